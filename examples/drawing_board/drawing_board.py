"""A board on which all draw: a stroke is sent in pieces while it is drawn, and each piece once.

The sketch is in this process; with several, put it where all can see it, such as a database.
"""

from dataclasses import dataclass, field
from itertools import count
from typing import Annotated

from pydantic import Field

from wirebird import LiveView, Presence, Resubscribed, Stream, event, info

TOPIC = "drawing-board"
MOST = 2_000  # pieces on the board
INKS = ["black", "red", "amber", "green", "blue", "violet"]

Number = Annotated[float, Field(ge=0, le=1000)]
Points = Annotated[list[tuple[Number, Number]], Field(min_length=1, max_length=100)]
Ink = Annotated[int, Field(ge=0, lt=len(INKS))]
Width = Annotated[int, Field(ge=2, le=24)]


@dataclass(frozen=True)
class Piece:
    """A part of a stroke, which begins where the part before it ended."""

    id: int
    author: str
    stroke: int
    ink: int
    width: int
    points: str


@dataclass(frozen=True)
class Drawn:
    piece: Piece


@dataclass(frozen=True)
class Erased:
    ids: tuple[int, ...]


class Sketch:
    """What is on the board: the last pieces that were drawn, by their ids."""

    def __init__(self) -> None:
        self.pieces: dict[int, Piece] = {}
        self.ids = count(1)

    def add(self, piece: Piece) -> None:
        self.pieces[piece.id] = piece
        if len(self.pieces) > MOST:
            del self.pieces[next(iter(self.pieces))]

    def last_stroke(self, author: str) -> tuple[int, ...]:
        """Return the pieces of somebody's last stroke."""
        own = [piece for piece in self.pieces.values() if piece.author == author]
        return tuple(piece.id for piece in own if piece.stroke == own[-1].stroke)

    def erase(self, ids: tuple[int, ...]) -> None:
        for id in ids:
            self.pieces.pop(id, None)


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

    sketch = Sketch()

    async def mount(self) -> None:
        self.socket.page_title = "Drawing board"
        await self.socket.subscribe(TOPIC)
        self.state.people = await self.socket.track(TOPIC, self.socket.id, "drawing")
        self.state.pieces.insert_many(self.sketch.pieces.values())

    @event
    async def choose(self, ink: Ink, width: Width) -> None:
        self.state.ink, self.state.width = ink, width

    @event
    async def draw(self, stroke: int, points: Points) -> None:
        """Add to the stroke that is being drawn; the author sees it with the answer."""
        line = " ".join(f"{x:g},{y:g}" for x, y in points)
        ink, width = self.state.ink, self.state.width
        piece = Piece(next(self.sketch.ids), self.socket.id, stroke, ink, width, line)
        self.sketch.add(piece)
        self.state.pieces.insert(piece)
        await self.socket.broadcast(TOPIC, Drawn(piece), include_self=False)

    @event
    async def undo(self) -> None:
        await self.erase(self.sketch.last_stroke(self.socket.id))
        self.state.news = "Your last stroke is gone."

    @event
    async def clear(self) -> None:
        await self.erase(tuple(self.sketch.pieces))
        self.state.news = "The board is empty."

    async def erase(self, ids: tuple[int, ...]) -> None:
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
        self.state.pieces.reset(self.sketch.pieces.values())
