"""Who is here, and where their pointers are: one field of the state, which follows by itself."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from zlib import crc32

from pydantic import Field, StringConstraints

from wirebird import LiveView, Presence, PresenceDiff, event, info

NAMES = [
    "Badger",
    "Crane",
    "Dormouse",
    "Finch",
    "Heron",
    "Lynx",
    "Marten",
    "Otter",
    "Stoat",
    "Wren",
]

Percent = Annotated[float, Field(ge=0, le=100)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


@dataclass(frozen=True)
class Visitor:
    name: str
    hue: int
    x: float | None = None
    y: float | None = None

    @classmethod
    def of(cls, id: str) -> "Visitor":
        chosen = crc32(id.encode())
        return cls(NAMES[chosen % len(NAMES)], chosen % 360)


@dataclass
class Board:
    me: Visitor
    people: Presence[Visitor] = field(default_factory=Presence)
    news: str = ""


class PresenceView(LiveView[Board]):
    """A hook sends where the pointer is, twenty times a second at most."""

    async def mount(self) -> None:
        self.socket.page_title = "Presence"
        me = Visitor.of(self.socket.id)
        self.state = Board(me, await self.socket.track("board", self.socket.id, me))

    @event
    async def point(self, x: Percent, y: Percent) -> None:
        self.become(x=x, y=y)

    @event
    async def leave(self) -> None:
        self.become(x=None, y=None)

    @event
    async def rename(self, name: Name) -> None:
        self.become(name=name)

    def become(self, **changes: Any) -> None:
        self.state.me = replace(self.state.me, **changes)
        self.state.people.update(self.state.me)

    @info
    async def on_diff(self, diff: PresenceDiff[Visitor]) -> None:
        news = [(diff.joins, "has come"), (diff.leaves, "has left")]
        for people, what in news:
            for entries in people.values():
                self.state.news = f"{entries[-1].name} {what}."
