"""A board on which all draw: a stroke is sent in pieces while it is drawn, and each piece once.

The sketch is in a file of its own, so it outlives the server.
"""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from examples.drawing_board.sketch import MOST, Piece, Sketch
from examples.shelf import file_of
from wirebird import LiveView, Presence, Resubscribed, Stream, event, info

TOPIC = "drawing-board"
INKS = ["black", "red", "amber", "green", "blue", "violet"]

Number = Annotated[float, Field(ge=0, le=1000)]
Points = Annotated[list[tuple[Number, Number]], Field(min_length=1, max_length=100)]
Ink = Annotated[int, Field(ge=0, lt=len(INKS))]
Width = Annotated[int, Field(ge=2, le=24)]


@dataclass(frozen=True)
class Drawn:
    piece: Piece


@dataclass(frozen=True)
class Erased:
    ids: list[int]


@dataclass
class Board:
    pieces: Stream[Piece] = field(default_factory=lambda: Stream(limit=-MOST))
    people: Presence[str] = field(default_factory=Presence)
    ink: int = 0
    width: int = 5
    news: str = ""

    inks = INKS


class DrawingBoardView(LiveView[Board]):
    """Subscribes before it reads, and tells of each piece when it comes."""

    durable = False  # the file has what was drawn
    sketch = Sketch(file_of("drawing-board"))

    async def mount(self) -> None:
        self.socket.page_title = "Drawing board"
        await self.socket.subscribe(TOPIC)
        self.state.people = await self.socket.track(TOPIC, self.socket.id, "drawing")
        self.state.pieces.insert_many(self.sketch.pieces())

    @event
    async def choose(self, ink: Ink, width: Width) -> None:
        self.state.ink, self.state.width = ink, width

    @event
    async def draw(self, stroke: int, points: Points) -> None:
        """Add to the stroke that is being drawn; the author sees it with the answer."""
        line = " ".join(f"{x:g},{y:g}" for x, y in points)
        ink, width = self.state.ink, self.state.width
        piece = self.sketch.add(Piece(None, self.socket.id, stroke, ink, width, line))
        self.state.pieces.insert(piece)
        await self.socket.broadcast(TOPIC, Drawn(piece), include_self=False)

    @event
    async def undo(self) -> None:
        ids = self.sketch.last_stroke(self.socket.id)
        await self.erase(ids)
        self.state.news = "Your last stroke is gone." if ids else "You have no stroke here."

    @event
    async def clear(self) -> None:
        await self.erase([piece.id or 0 for piece in self.sketch.pieces()])
        self.state.news = "The board is empty."

    async def erase(self, ids: list[int]) -> None:
        self.sketch.erase(ids)
        await self.socket.broadcast(TOPIC, Erased(ids))

    @info
    async def on_drawn(self, message: Drawn) -> None:
        self.state.pieces.insert(message.piece)

    @info
    async def on_erased(self, message: Erased) -> None:
        for id in message.ids:
            self.state.pieces.delete({"id": id})

    @info
    async def on_resubscribed(self, _: Resubscribed) -> None:
        self.state.pieces.reset(self.sketch.pieces())
