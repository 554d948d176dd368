"""A dashboard of the server that shows it: what it costs, and what its views do."""

import os
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic

import psutil

from examples.server_dashboard.meters import Meters
from wirebird import LiveView, Wirebird, info

METERS = Meters()
SECONDS = 60


@dataclass(frozen=True)
class Tick:
    """A second is over."""


@dataclass
class Tile:
    """A figure, and how it was in the last minute."""

    title: str
    unit: str = ""
    values: deque[float] = field(default_factory=lambda: deque(maxlen=SECONDS))

    @property
    def now(self) -> str:
        return f"{self.values[-1]:,.1f}".removesuffix(".0") if self.values else "–"

    @property
    def points(self) -> str:
        """The line of its values, in a field of 60 by 20."""
        most = max(self.values, default=0) or 1
        first = SECONDS - len(self.values)
        at = (f"{first + x},{20 - 18 * value / most:.1f}" for x, value in enumerate(self.values))
        return " ".join(at)


@dataclass(frozen=True)
class Row:
    view: str
    number: int
    messages: int
    handling: float
    rendering: float
    sent: float


@dataclass
class Dashboard:
    process: int = field(default_factory=os.getpid)
    memory: Tile = field(default_factory=lambda: Tile("Memory", "MB"))
    cpu: Tile = field(default_factory=lambda: Tile("Processor", "%"))
    views: Tile = field(default_factory=lambda: Tile("Views"))
    events: Tile = field(default_factory=lambda: Tile("Messages", "/s"))
    sent: Tile = field(default_factory=lambda: Tile("Sent", "KB/s"))
    rows: list[Row] = field(default_factory=list[Row])

    @property
    def tiles(self) -> list[Tile]:
        return [self.memory, self.cpu, self.views, self.events, self.sent]


class ServerDashboardView(LiveView[Dashboard]):
    """Looks once a second. Its own messages are among those that it counts."""

    durable = False  # another process has other figures

    async def mount(self) -> None:
        self.socket.page_title = "Server dashboard"
        self.process = psutil.Process()
        self.process.cpu_percent()
        self.before = (monotonic(), METERS["wirebird.handler.duration"].count, 0.0)
        self.look()
        self.socket.every(Tick(), 1)

    @info
    async def on_tick(self, _: Tick) -> None:
        self.look()

    def look(self) -> None:
        state = self.state
        messages, sent = METERS["wirebird.handler.duration"], METERS["wirebird.diff.size"]
        (then, handled, had_sent), now = self.before, monotonic()
        self.before = (now, messages.count, sent.sum)
        state.memory.values.append(self.process.memory_info().rss / 1e6)
        state.cpu.values.append(self.process.cpu_percent())
        state.views.values.append(METERS["wirebird.views"].sum)
        if had_sent:
            state.events.values.append((messages.count - handled) / (now - then))
            state.sent.values.append((sent.sum - had_sent) / 1000 / (now - then))
        state.rows = sorted(self.measured(), key=lambda row: -row.messages)

    def measured(self) -> Iterable[Row]:
        for view, number in METERS["wirebird.views"].sums.items():
            yield Row(
                view,
                int(number),
                METERS["wirebird.handler.duration"].counts[view],
                METERS["wirebird.handler.duration"].mean(view) * 1000,
                METERS["wirebird.render.duration"].mean(view) * 1000,
                METERS["wirebird.diff.size"].sums[view] / 1000,
            )


def add_to(app: Wirebird) -> None:
    """Let the application measure what its views do, and serve the page that shows it."""
    app.instrument(METERS)
    with app.live_session("dashboard") as pages:
        pages.live("/dashboard", ServerDashboardView)
