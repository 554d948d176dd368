"""A board of cards that many move at once, with a mouse, a finger or the arrow keys.

The board is on a shelf, which outlives the server; an application has its database.
"""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, StringConstraints

from examples.kanban.board import Board, Card, Column
from examples.shelf import SHELF
from wirebird import LiveView, Presence, Transient, event, info, js

TOPIC = "kanban"

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Step = Annotated[int, Field(ge=-1, le=1)]


@dataclass(frozen=True)
class Changed:
    """The board is another one; what was done to it, as text."""

    news: str


@dataclass
class Kanban:
    columns: Transient[dict[Column, tuple[Card, ...]]] = field(
        default_factory=dict[Column, tuple[Card, ...]]
    )
    people: Presence[str] = field(default_factory=Presence)
    news: str = ""


class KanbanView(LiveView[Kanban]):
    """Shows the board anew whenever somebody has changed it: only what moved is sent."""

    board = SHELF.get(TOPIC, Board())

    async def mount(self) -> None:
        self.socket.page_title = "Kanban"
        await self.socket.subscribe(TOPIC)
        self.state.people = await self.socket.track(TOPIC, self.socket.id, "planning")
        self.state.columns = self.board.columns

    @event
    async def drop(self, id: int, column: Column, before: int | None = None) -> bool:
        """Put a card before another one, or at the end; tell whether it is still there."""
        found = self.board.find(id)
        if found is None:
            return False
        others = [card.id for card in self.board.columns[column] if card.id != id]
        place = others.index(before) if before in others else len(others)
        await self.move(found[0], column, place)
        return True

    @event
    async def step(self, id: int, across: Step, along: Step) -> None:
        """Move a card by one: to the column beside its own, or up and down."""
        if found := self.board.find(id):
            card, column, place = found
            columns = list(Column)
            new = columns.index(column) + across
            if 0 <= new < len(columns):
                await self.move(card, columns[new], max(place + along, 0))

    async def move(self, card: Card, column: Column, place: int) -> None:
        self.board.move(card, column, place)
        cards = self.board.columns[column]
        where = f"{cards.index(card) + 1} of {len(cards)} in {column}"
        await self.tell(f"{card.title}: {where}.")

    @event
    async def add(self, title: Title) -> None:
        card = self.board.add(title)
        await self.tell(f"{card.title} was added." if card else "The board is full.")

    @event
    async def delete(self, id: int) -> None:
        if found := self.board.find(id):
            card, column, place = found
            self.board.remove(id)
            await self.tell(f"{card.title} was deleted.")
            # The focus goes to the card that comes into its place.
            rest = self.board.columns[column]
            to = f"#delete-{rest[min(place, len(rest) - 1)].id}" if rest else "#title"
            self.socket.push_js(js.focus(to=to))

    async def tell(self, news: str) -> None:
        """Keep the change, show it here, with the answer to the event, and let the others know."""
        SHELF.put(TOPIC, self.board)
        await self.on_changed(Changed(news))
        await self.socket.broadcast(TOPIC, Changed(news), include_self=False)

    @info
    async def on_changed(self, message: Changed) -> None:
        self.state.columns = self.board.columns
        self.state.news = message.news
