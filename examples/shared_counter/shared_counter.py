"""A counter that is the same for all who look at it: a topic, a message, and who is here.

The number is on a shelf, which outlives the server; an application has its database.
"""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from examples.shelf import SHELF
from wirebird import LiveView, Presence, Transient, event, info

TOPIC = "shared-counter"


@dataclass(frozen=True)
class Counted:
    count: int


@dataclass
class SharedCounter:
    count: Transient[int] = 0
    people: Presence[str] = field(default_factory=Presence)


class SharedCounterView(LiveView[SharedCounter]):
    """Subscribes before it reads, so that nothing between the two is missed."""

    async def mount(self) -> None:
        self.socket.page_title = "Shared counter"
        await self.socket.subscribe(TOPIC)
        self.state.count = SHELF.get(TOPIC, 0)
        self.state.people = await self.socket.track(TOPIC, self.socket.id, "counting")

    @event
    async def count(self, by: Annotated[int, Field(ge=-1, le=1)]) -> None:
        count = SHELF.get(TOPIC, 0) + by
        SHELF.put(TOPIC, count)
        await self.socket.broadcast(TOPIC, Counted(count))

    @info
    async def on_counted(self, message: Counted) -> None:
        self.state.count = message.count
