"""`InstrumentationProvider`: what measures, whoever keeps the measurements.

The rule: nothing here knows of views, and nothing that measures knows who keeps what it measures.
Whoever brings another backend writes the abstract methods of these classes, and no more.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial, wraps
from time import perf_counter
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar, cast

from wirebird.errors import WirebirdError

Attributes: TypeAlias = Mapping[str, Any]
"""What tells measurements of one instrument apart: few names, and few values of each."""

P = ParamSpec("P")
R = TypeVar("R")


class InstrumentError(WirebirdError, ValueError):
    """An instrument is used in a way that its backend cannot keep."""


class Counter(ABC):
    """Counts what only ever grows."""

    @abstractmethod
    def add(self, value: float = 1, attributes: Attributes | None = None) -> None:
        """Count more.

        Args:
            value: How much; never less than 0.
            attributes: What tells this apart from others.
        """

    def bound(self, attributes: Attributes) -> Callable[[float], None]:
        """Return `add` for attributes that stay the same.

        That is for whoever calls it often, in one thread.
        """
        return partial(self.add, attributes=attributes)


class UpDownCounter(ABC):
    """Counts what grows and shrinks."""

    @abstractmethod
    def add(self, value: float, attributes: Attributes | None = None) -> None:
        """Count more, or less.

        Args:
            value: How much.
            attributes: What tells this apart from others.
        """


class Gauge(ABC):
    """Has a value, now."""

    @abstractmethod
    def set(self, value: float, attributes: Attributes | None = None) -> None:
        """Have another value.

        Args:
            value: The value.
            attributes: What tells this apart from others.
        """


class Histogram(ABC):
    """Keeps how values are distributed."""

    @abstractmethod
    def record(self, value: float, attributes: Attributes | None = None) -> None:
        """Keep a value.

        Args:
            value: The value.
            attributes: What tells this apart from others.
        """

    def bound(self, attributes: Attributes) -> Callable[[float], None]:
        """Return `record` for attributes that stay the same.

        That is for whoever calls it often, in one thread.
        """
        return partial(self.record, attributes=attributes)


class Span(ABC):
    """A piece of work, from its beginning to its end."""

    @abstractmethod
    def set_attribute(self, key: str, value: Any) -> None:
        """Say something of the work."""

    @abstractmethod
    def add_event(self, name: str, attributes: Attributes | None = None) -> None:
        """Say that something happened during it, now."""

    @abstractmethod
    def end(self, status: Literal["ok", "error"] | str = "ok") -> None:
        """Take note that it is done.

        Args:
            status: "ok" or "error".
        """


class InstrumentationProvider(ABC):
    """Makes instruments and spans; given to `Wirebird.instrument`.

    `wirebird.instruments.prometheus.Prometheus` and `wirebird.instruments.otel.OpenTelemetry` are
    two. Metrics have dotted names, and units as UCUM writes them: "s", "By".

    Attributes:
        has_metrics: Whether it is given what views do as metrics.
        has_spans: Whether it is given what views do as spans.

    Example:
        ```python
        metrics = Prometheus()
        app.instrument(metrics)

        paid = metrics.create_counter("shop.orders.paid", "Orders that were paid")
        paid.add(1, {"method": "card"})

        @metrics.time_function("shop.search.duration")
        async def search(text: str) -> list[Product]: ...
        ```
    """

    has_metrics = True
    has_spans = True

    @abstractmethod
    def create_counter(self, name: str, description: str = "", unit: str = "") -> Counter:
        """Return the counter of a name, made when it is first asked for."""

    @abstractmethod
    def create_updown_counter(
        self, name: str, description: str = "", unit: str = ""
    ) -> UpDownCounter:
        """Return the up-down counter of a name, made when it is first asked for."""

    @abstractmethod
    def create_gauge(self, name: str, description: str = "", unit: str = "") -> Gauge:
        """Return the gauge of a name, made when it is first asked for."""

    @abstractmethod
    def create_histogram(self, name: str, description: str = "", unit: str = "") -> Histogram:
        """Return the histogram of a name, made when it is first asked for."""

    @abstractmethod
    def start_span(self, name: str, attributes: Attributes | None = None) -> Span:
        """Begin a span, which whoever asks for it ends."""

    # By name

    def increment_counter(
        self, name: str, value: float = 1, attributes: Attributes | None = None
    ) -> None:
        """Count more in the counter of a name."""
        self.create_counter(name).add(value, attributes)

    def update_updown_counter(
        self, name: str, value: float, attributes: Attributes | None = None
    ) -> None:
        """Count more, or less, in the up-down counter of a name."""
        self.create_updown_counter(name).add(value, attributes)

    def record_gauge(self, name: str, value: float, attributes: Attributes | None = None) -> None:
        """Give the gauge of a name another value."""
        self.create_gauge(name).set(value, attributes)

    def record_histogram(
        self, name: str, value: float, attributes: Attributes | None = None
    ) -> None:
        """Keep a value in the histogram of a name."""
        self.create_histogram(name).record(value, attributes)

    # Around code

    def span(self, name: str, attributes: Attributes | None = None) -> AbstractContextManager[Span]:
        """Have a span around a block; what is raised is its error.

        Example:
            ```python
            with metrics.span("shop.pay", {"method": "card"}) as span:
                span.set_attribute("order", order.id)
            ```
        """
        return self._span(name, attributes)

    @contextmanager
    def _span(self, name: str, attributes: Attributes | None) -> Generator[Span]:
        span = self.start_span(name, attributes)
        try:
            yield span
        except BaseException as error:
            span.set_attribute("error", True)
            span.set_attribute("error.type", type(error).__name__)
            span.set_attribute("error.message", str(error))
            span.end("error")
            raise
        span.end("ok")

    def trace(
        self, name: str | None = None, attributes: Attributes | None = None
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Have a span around each call of a function, `async def` or `def`.

        Args:
            name: The span's; without it, the function's module and name.
            attributes: What is said of each.
        """

        def decorate(function: Callable[P, R]) -> Callable[P, R]:
            called = name or f"{function.__module__}.{function.__qualname__}"
            return _within(function, lambda: self.span(called, attributes))

        return decorate

    @contextmanager
    def time_histogram(self, name: str, attributes: Attributes | None = None) -> Generator[None]:
        """Keep in a histogram how long a block takes, in seconds, whatever comes of it."""
        histogram = self.create_histogram(name, unit="s")
        began = perf_counter()
        try:
            yield
        finally:
            histogram.record(perf_counter() - began, attributes)

    def time_function(
        self, histogram_name: str | None = None, attributes: Attributes | None = None
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Keep in a histogram how long each call of a function takes, in seconds.

        Args:
            histogram_name: Without it, the function's module and name, and `.duration`.
            attributes: What tells the calls apart from others of that name.
        """

        def decorate(function: Callable[P, R]) -> Callable[P, R]:
            called = histogram_name or f"{function.__module__}.{function.__qualname__}.duration"
            return _within(function, lambda: self.time_histogram(called, attributes))

        return decorate


def _within(
    function: Callable[P, R], around: Callable[[], AbstractContextManager[object]]
) -> Callable[P, R]:
    """Return a function that does the same within something."""
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def run_async(*args: P.args, **kwargs: P.kwargs) -> Any:
            with around():
                return await cast(Any, function)(*args, **kwargs)

        return cast("Callable[P, R]", run_async)

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with around():
            return function(*args, **kwargs)

    return run


DURATIONS = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip
"""The bounds of a histogram's buckets where its unit is seconds."""

SIZES = (64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0)
"""The bounds where it is bytes."""


def buckets_of(unit: str) -> tuple[float, ...] | None:
    """Return the bounds of the buckets of a histogram; None for the backend's own."""
    return {"s": DURATIONS, "By": SIZES}.get(unit)
