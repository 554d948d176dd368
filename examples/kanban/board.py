"""The board that all share: in this process, where an application would have its database."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

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


class Board:
    """Cards in columns. Each change makes new tuples, so that those given out stay as they were."""

    def __init__(self) -> None:
        self.columns: dict[Column, tuple[Card, ...]] = dict.fromkeys(Column, ())
        self.last = 0
        for column, titles in PLANS.items():
            for title in titles:
                self.add(title, column)

    def find(self, id: int) -> tuple[Card, Column, int] | None:
        """Return a card, its column and its place there, or None if it is gone."""
        for column, cards in self.columns.items():
            for place, card in enumerate(cards):
                if card.id == id:
                    return card, column, place
        return None

    def add(self, title: str, column: Column = Column.TO_DO) -> Card | None:
        """Put a new card at the end of a column, unless the board is full."""
        if sum(map(len, self.columns.values())) >= MOST:
            return None
        self.last += 1
        card = Card(self.last, title)
        self._put(column, [*self.columns[column], card])
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
