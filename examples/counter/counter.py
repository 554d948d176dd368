"""A counter: state, an event, and a number from the query string."""

from dataclasses import dataclass

from wirebird import LiveView, event


@dataclass
class Counter:
    count: int = 0


class CounterView(LiveView[Counter]):
    """Counts clicks; /counter?count=5 starts at five."""

    async def handle_params(self, count: int = 0) -> None:
        self.state.count = count
        self.socket.page_title = "Counter"

    @event
    async def increment(self, by: int = 1) -> None:
        self.state.count += by
