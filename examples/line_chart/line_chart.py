"""A line chart at ten samples a second: the server draws, and a tick sends one segment of the line.

The segments are a stream, so the server keeps none; that they glide is a transition, and no script.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from math import exp, pi, sin
from random import Random
from time import time

from wirebird import LiveView, Stream, event, info

RATE = 10  # samples a second
SHOWN = 150
WIDTH = 600
STEP = WIDTH / SHOWN


class Signal(StrEnum):
    """What is measured: a level from 0 to 100, known for every moment there is."""

    TIDE = "tide"
    HEART = "heart"
    NOISE = "noise"

    def at(self, sample: int) -> float:
        seconds = sample / RATE
        match self:
            case Signal.TIDE:
                level = 50 + 28 * sin(2 * pi * seconds / 9) + 12 * sin(2 * pi * seconds / 2.3)
            case Signal.HEART:
                beat = seconds % 1.2
                level = 30 + 60 * exp(-(((beat - 0.4) / 0.07) ** 2))
                level += 14 * exp(-(((beat - 0.8) / 0.12) ** 2))
            case Signal.NOISE:
                level = 50 + sum(Random(sample - back).uniform(-11, 11) for back in range(6))
        return round(min(max(level, 0), 100), 1)


@dataclass(frozen=True)
class Tick:
    """It is time for the next sample."""


@dataclass(frozen=True)
class Segment:
    """The line from one sample to the next one."""

    id: int
    before: float
    after: float

    @classmethod
    def of(cls, signal: Signal, sample: int) -> "Segment":
        return cls(sample, signal.at(sample - 1), signal.at(sample))


@dataclass
class Chart:
    segments: Stream[Segment] = field(default_factory=lambda: Stream(limit=-SHOWN))
    signal: Signal = Signal.TIDE
    first: int = 0
    last: int = 0
    level: float = 0.0
    running: bool = True

    signals = list(Signal)
    step = STEP

    @property
    def scrolled(self) -> float:
        """How far the line has moved to the left since the page was opened."""
        return (self.last - self.first) * STEP - WIDTH


class LineChartView(LiveView[Chart]):
    """Draws what was before when it opens, and from then on one segment a tick."""

    durable = False  # what it shows comes by itself

    async def mount(self) -> None:
        self.socket.page_title = "Line chart"
        self.socket.every(Tick(), 1 / RATE)

    async def handle_params(self, signal: Signal = Signal.TIDE) -> None:
        self.state.signal = signal
        self.state.last = self.state.first = int(time() * RATE)
        self.state.segments.reset()
        self.draw(self.state.last - SHOWN)

    @event
    async def toggle(self) -> None:
        self.state.running = not self.state.running

    @info
    async def on_tick(self, _: Tick) -> None:
        if self.state.running:
            before, self.state.last = self.state.last, int(time() * RATE)
            self.draw(max(before, self.state.last - SHOWN))

    def draw(self, after: int) -> None:
        """Add the segments after a sample, up to now."""
        state = self.state
        samples = range(after + 1, state.last + 1)
        state.segments.insert_many(Segment.of(state.signal, sample) for sample in samples)
        state.level = state.signal.at(state.last)
