"""Rooms to talk in: the URL says which, a presence who is here, a stream what is said.

What was said last is on a shelf, which outlives the server; an application has its database.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from secrets import token_hex
from typing import Annotated, Any
from zlib import crc32

from pydantic import StringConstraints

from examples.shelf import SHELF
from wirebird import LiveView, Presence, PresenceDiff, Stream, Timer, Wirebird, event, info

KEPT = 100
TYPING = 4.0  # seconds after the last key
NAMES = ["Ash", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Larch", "Maple", "Rowan", "Willow"]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Room(StrEnum):
    LOBBY = "lobby"
    KITCHEN = "kitchen"
    GARDEN = "garden"

    @property
    def topic(self) -> str:
        return f"room:{self}"


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    hue: int
    typing: bool = False

    @classmethod
    def of(cls, id: str) -> "Person":
        chosen = crc32(id.encode())
        return cls(id, NAMES[chosen % len(NAMES)], chosen % 360)


@dataclass(frozen=True)
class Message:
    id: str
    author: Person
    text: str


@dataclass(frozen=True)
class Paused:
    """Nothing was typed for a while."""


@dataclass
class Chat:
    me: Person
    room: Room | None = None
    messages: Stream[Message] = field(default_factory=lambda: Stream(limit=-KEPT))
    people: Presence[Person] = field(default_factory=Presence)
    draft: str = ""
    news: str = ""
    rooms: list[Room] = field(default_factory=lambda: list(Room))

    @property
    def typing(self) -> list[str]:
        """The names of the others who are typing."""
        people = [entries[-1] for entries in self.people.values()]
        return [person.name for person in people if person.typing and person.id != self.me.id]


class RoomView(LiveView[Chat]):
    """One view for all rooms: a link to another one is a patch, and nothing is mounted anew."""

    history: dict[Room, list[Message]] = SHELF.get("rooms", {}, dict[Room, list[Message]])
    timer: Timer | None = None

    async def mount(self) -> None:
        self.state = Chat(Person.of(self.socket.id))

    async def handle_params(self, room: Room) -> None:
        state = self.state
        if state.room:
            await self.socket.unsubscribe(state.room.topic)
            state.people.untrack()
        state.room, state.draft, state.news = room, "", ""
        state.me = replace(state.me, typing=False)
        self.socket.page_title = room.title()
        await self.socket.subscribe(room.topic)
        state.people = await self.socket.track(room.topic, state.me.id, state.me)
        state.messages.reset(self.history.get(room, []))

    async def handle_return(self) -> None:
        self.state.me = replace(self.state.me, typing=False)
        self.state.people.update(self.state.me)

    @event
    async def type(self, text: str) -> None:
        self.state.draft = text
        self.become(typing=bool(text.strip()))
        if self.timer:
            self.timer.cancel()
        self.timer = self.socket.send_after(Paused(), TYPING)

    @info
    async def on_paused(self, _: Paused) -> None:
        self.become(typing=False)

    @event
    async def say(self, text: Text) -> None:
        assert self.state.room
        message = Message(token_hex(8), self.state.me, text)
        said = self.history.setdefault(self.state.room, [])
        said.append(message)
        del said[:-KEPT]
        SHELF.put("rooms", self.history)
        self.state.draft = ""
        self.become(typing=False)
        await self.socket.broadcast(self.state.room.topic, message)

    @info
    async def on_message(self, message: Message) -> None:
        self.state.messages.insert(message)

    @event
    async def rename(self, name: Name) -> None:
        self.become(name=name)

    def become(self, **changes: Any) -> None:
        me = replace(self.state.me, **changes)
        if me != self.state.me:
            self.state.me = me
            self.state.people.update(me)

    @info
    async def on_diff(self, diff: PresenceDiff[Person]) -> None:
        for people, what in ((diff.joins, "has come in"), (diff.leaves, "has gone")):
            for entries in people.values():
                self.state.news = f"{entries[-1].name} {what}."


def add_to(app: Wirebird) -> None:
    """Serve each room under /rooms."""
    with app.live_session("rooms") as pages:
        pages.live("/rooms/{room}", RoomView)
