"""The board that all share: what is on it, and what can be done to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

MOST = 60


class Column(StrEnum):
    TO_DO = "to do"
    DOING = "doing"
    DONE = "done"


@dataclass(frozen=True)
class Card:
    id: int
    title: str


PLANS = {
    Column.TO_DO: ["Sow the peas", "Oil the hinges", "Mend the fence"],
    Column.DOING: ["Prune the roses", "Paint the shed"],
    Column.DONE: ["Sweep the path"],
}


def first_cards() -> dict[Column, tuple[Card, ...]]:
    """Return something to move."""
    ids = count(1)
    return {column: tuple(Card(next(ids), title) for title in PLANS[column]) for column in Column}


@dataclass
class Board:
    """Cards in columns. Each change makes new tuples, so that those given out stay as they were."""

    columns: dict[Column, tuple[Card, ...]] = field(default_factory=first_cards)
    last: int = sum(map(len, PLANS.values()))

    def find(self, id: int) -> tuple[Card, Column, int] | None:
        """Return a card, its column and its place there, or None if it is gone."""
        for column, cards in self.columns.items():
            for place, card in enumerate(cards):
                if card.id == id:
                    return card, column, place
        return None

    def add(self, title: str) -> Card | None:
        """Put a new card at the end of what is to do, unless the board is full."""
        if sum(map(len, self.columns.values())) >= MOST:
            return None
        self.last += 1
        card = Card(self.last, title)
        self._put(Column.TO_DO, [*self.columns[Column.TO_DO], card])
        return card

    def remove(self, id: int) -> None:
        for column, cards in self.columns.items():
            self._put(column, (card for card in cards if card.id != id))

    def move(self, card: Card, column: Column, place: int) -> None:
        """Put a card somewhere else; too far is at the end."""
        self.remove(card.id)
        cards = [*self.columns[column]]
        cards.insert(max(place, 0), card)
        self._put(column, cards)

    def _put(self, column: Column, cards: Iterable[Card]) -> None:
        self.columns = {**self.columns, column: tuple(cards)}
