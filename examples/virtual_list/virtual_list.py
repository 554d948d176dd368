"""A list of 100,000 rows, of which the page has those in sight and the server only the same."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from examples.virtual_list.race import FINISHERS, Runner, finisher
from wirebird import LiveView, Transient, event

BEFORE, AFTER = 24, 48  # rows around the first one in sight, so that scrolling meets no gap

Place = Annotated[int, Field(ge=1, le=FINISHERS)]


@dataclass
class Results:
    place: int = 1
    total: int = FINISHERS
    rows: Transient[list[Runner]] = field(default_factory=list[Runner])


class ResultsView(LiveView[Results]):
    """Shows the rows around a place; the list's hook says which place is in sight."""

    async def mount(self) -> None:
        self.socket.page_title = "Virtual list"

    async def handle_params(self, place: Place = 1) -> None:
        self.state.place = place
        await self.show(place)

    @event
    async def show(self, place: Place) -> None:
        """Show the rows around a place while somebody scrolls."""
        places = range(max(1, place - BEFORE), min(FINISHERS, place + AFTER) + 1)
        self.state.rows = [finisher(place) for place in places]

    @event
    async def rest(self, place: Place) -> None:
        """Note in the URL where the scrolling has come to an end."""
        self.socket.push_patch(self.socket.path(place=place), replace=True)

    @event
    async def go(self, place: Place) -> None:
        self.state.place = place
        await self.show(place)
        self.socket.push_event("scroll-to", {"place": place})
