"""A field that proposes while one types: the server finds, the browser has the keys."""

from dataclasses import dataclass, field

from examples.typeahead.birds import BY_ID, Bird, find_birds
from wirebird import LiveView, event


@dataclass
class Notebook:
    q: str = ""
    found: list[Bird] = field(default_factory=list[Bird])
    seen: list[Bird] = field(default_factory=list[Bird])


class BirdsView(LiveView[Notebook]):
    """Notes the birds that somebody has seen."""

    async def mount(self) -> None:
        self.socket.page_title = "Birds seen today"

    @event
    async def find(self, q: str) -> None:
        self.state.q = q
        self.state.found = find_birds(q, most=7)

    @event
    async def close(self) -> None:
        self.state.found = []

    @event
    async def choose(self, id: str) -> None:
        bird = BY_ID.get(id)
        if bird is not None and bird not in self.state.seen:
            self.state.seen.insert(0, bird)
        self.state.q, self.state.found = "", []

    @event
    async def forget(self, id: str) -> None:
        self.state.seen = [bird for bird in self.state.seen if bird.id != id]
