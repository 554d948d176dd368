"""Keeps what the server measures of itself, as sums by view, for the dashboard.

A provider of instruments is given to the application once, and is told from then on what views do.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from wirebird.instruments import (
    Counter,
    Gauge,
    Histogram,
    InstrumentationProvider,
    UpDownCounter,
)
from wirebird.instruments.provider import Attributes


class Meter(Counter, UpDownCounter, Gauge, Histogram):
    """One instrument: sums by view, and of how many measurements each is made."""

    def __init__(self) -> None:
        self.sums: defaultdict[str, float] = defaultdict(float)
        self.counts: defaultdict[str, int] = defaultdict(int)

    def record(self, value: float, attributes: Attributes | None = None) -> None:
        view = (attributes or {}).get("view", "")
        self.sums[view] += value
        self.counts[view] += 1

    def add(self, value: float = 1, attributes: Attributes | None = None) -> None:
        self.record(value, attributes)

    def set(self, value: float, attributes: Attributes | None = None) -> None:
        self.sums[(attributes or {}).get("view", "")] = value

    def bound(self, attributes: Attributes) -> Callable[[float], None]:
        return partial(self.record, attributes=attributes)

    @property
    def sum(self) -> float:
        return sum(self.sums.values())

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    def mean(self, view: str) -> float:
        return self.sums[view] / (self.counts[view] or 1)


class Meters(InstrumentationProvider):
    """The instruments by their names."""

    has_spans = False

    def __init__(self) -> None:
        self._by_name: defaultdict[str, Meter] = defaultdict(Meter)

    def __getitem__(self, name: str) -> Meter:
        return self._by_name[name]

    def create_counter(self, name: str, description: str = "", unit: str = "") -> Meter:
        return self[name]

    create_updown_counter = create_gauge = create_histogram = create_counter

    def start_span(self, name: str, attributes: Attributes | None = None) -> NoReturn:
        raise NotImplementedError("nobody asks for spans that are not kept")
