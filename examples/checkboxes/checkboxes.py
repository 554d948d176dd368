"""A board of checkboxes that all visitors share: one message a box, one small diff a page.

The boxes are on a shelf, which outlives the server; an application has its database.
"""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from examples.shelf import SHELF
from wirebird import LiveView, Presence, Transient, event, info

SIZE = 300
TOPIC = "checkboxes"


@dataclass(frozen=True)
class Checked:
    box: int
    on: bool


@dataclass
class Board:
    boxes: Transient[list[bool]] = field(default_factory=list[bool])
    people: Presence[str] = field(default_factory=Presence)

    @property
    def count(self) -> int:
        return sum(self.boxes)


class CheckboxesView(LiveView[Board]):
    """Tells all what became of one box, and never the whole board."""

    boxes = SHELF.get(TOPIC, [False] * SIZE, list[bool])

    async def mount(self) -> None:
        self.socket.page_title = "Checkboxes"
        await self.socket.subscribe(TOPIC)
        self.state.boxes = list(self.boxes)
        self.state.people = await self.socket.track(TOPIC, self.socket.id, "checking")

    @event
    async def check(
        self, box: Annotated[int, Field(ge=0, lt=SIZE)], value: str | None = None
    ) -> None:
        # A box that was just unchecked has no value.
        self.boxes[box] = value is not None
        SHELF.put(TOPIC, self.boxes, list[bool])
        await self.socket.broadcast(TOPIC, Checked(box, self.boxes[box]))

    @info
    async def on_checked(self, message: Checked) -> None:
        self.state.boxes[message.box] = message.on
