"""The counter in one file: on Python 3.14 and later a t-string can carry the HTML."""

from dataclasses import dataclass
from string.templatelib import Template

from wirebird import LiveView, event


@dataclass
class Counter:
    count: int = 0


class CounterTStringView(LiveView[Counter]):
    """Counts clicks; the buttons name the handler itself."""

    async def mount(self) -> None:
        self.socket.page_title = "Counter in a t-string"

    @event
    async def increment(self, by: int = 1) -> None:
        self.state.count += by

    def render(self) -> Template:
        return t"""
            <h1>Count is {self.state.count}</h1>
            <p class="counter">
              <button phx-click={self.increment} phx-value-by="-1" aria-label="Less">−</button>
              <button phx-click={self.increment} phx-value-by="1" aria-label="More">+</button>
            </p>
        """
