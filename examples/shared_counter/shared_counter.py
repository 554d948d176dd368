"""A counter that is the same for all who look at it: a topic, a message, and who is here.

The number is in this process; with several, put it where they all can count, such as a database.
"""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from wirebird import LiveView, Presence, event, info

TOPIC = "shared-counter"


@dataclass
class Tally:
    count: int = 0


@dataclass(frozen=True)
class Counted:
    count: int


@dataclass
class SharedCounter:
    count: int = 0
    people: Presence[str] = field(default_factory=Presence)


class SharedCounterView(LiveView[SharedCounter]):
    """Subscribes before it reads, so that nothing between the two is missed."""

    tally = Tally()

    async def mount(self) -> None:
        self.socket.page_title = "Shared counter"
        await self.socket.subscribe(TOPIC)
        self.state.count = self.tally.count
        self.state.people = await self.socket.track(TOPIC, self.socket.id, "counting")

    @event
    async def count(self, by: Annotated[int, Field(ge=-1, le=1)]) -> None:
        self.tally.count += by
        await self.socket.broadcast(TOPIC, Counted(self.tally.count))

    @info
    async def on_counted(self, message: Counted) -> None:
        self.state.count = message.count
