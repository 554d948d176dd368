"""A web ping: how long the way to this page and back takes, measured and drawn every second."""

from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

from wirebird import LiveView, event, info

EVERY = 1.0  # seconds
KEPT = 60
SCALES = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000)


@dataclass(frozen=True)
class Measure:
    """It is time for the next ping."""


@dataclass(frozen=True)
class Ping:
    """One that has come back: its number, and how long it took, in milliseconds."""

    number: int
    took: float


@dataclass
class Line:
    pings: list[Ping] = field(default_factory=list[Ping])
    count: int = 0
    sent_at: float | None = None

    kept = KEPT

    @property
    def figures(self) -> list[tuple[str, float]]:
        took = [ping.took for ping in self.pings] or [0.0]
        return [("Last", took[-1]), ("Median", median(took)), ("Longest", max(took))]

    @property
    def scale(self) -> int:
        """How many milliseconds the drawing is high."""
        _, longest = self.figures[-1]
        return next((scale for scale in SCALES if longest < scale), SCALES[-1])


class PingView(LiveView[Line]):
    """Keeps the clock itself, so that it need not believe the page's."""

    async def mount(self) -> None:
        self.socket.page_title = "Ping"
        self.socket.every(Measure(), EVERY)

    @info
    async def on_measure(self, _: Measure) -> None:
        if self.state.sent_at is None and not self.socket.parked:
            self.state.sent_at = perf_counter()
            self.socket.push_event("ping")

    @event
    async def pong(self) -> None:
        if self.state.sent_at is None:
            return
        took = (perf_counter() - self.state.sent_at) * 1000
        self.state.count += 1
        self.state.pings = [*self.state.pings, Ping(self.state.count, took)][-KEPT:]
        self.state.sent_at = None

    async def handle_return(self) -> None:
        self.state.sent_at = None  # what was on its way is lost
