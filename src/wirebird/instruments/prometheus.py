"""`Prometheus`: keeps measurements for a Prometheus that comes for them.

The rule: names are Prometheus's own: `wirebird.handler.duration` in seconds is
`wirebird_handler_duration_seconds`. A metric has the labels of its first measurement.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from threading import Lock
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from wirebird.instruments import provider
from wirebird.instruments.provider import Attributes, InstrumentError, Span, buckets_of

try:
    import prometheus_client as client
    from prometheus_client.exposition import choose_encoder
    from prometheus_client.metrics_core import HistogramMetricFamily, Metric
    from prometheus_client.multiprocess import MultiProcessCollector
    from prometheus_client.registry import Collector
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'Prometheus needs prometheus_client: pip install "wirebird[prometheus]"', name=error.name
    ) from error

_UNITS = {"s": "_seconds", "By": "_bytes"}
_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"


class _Metric:
    """A metric that is made with the labels of its first measurement."""

    def __init__(self, name: str, make: Callable[[list[str]], Any]) -> None:
        self.name = name
        self._make = make
        self._metric: Any = None
        self._labels: list[str] = []

    def child(self, attributes: Attributes | None) -> Any:
        """Return what keeps measurements of these attributes."""
        given = attributes or {}
        if self._metric is None:
            self._labels = [_label(name) for name in given]
            self._metric = self._make(self._labels)
        if not self._labels:
            if given:
                raise self._other(given)
            return self._metric
        values = {_label(name): str(value) for name, value in given.items()}
        if values.keys() - set(self._labels):
            raise self._other(given)
        return self._metric.labels(*[values.get(name, "") for name in self._labels])

    def _other(self, given: Attributes) -> InstrumentError:
        known = ", ".join(self._labels) or "none"
        return InstrumentError(
            f"{self.name} has the labels of its first measurement ({known}), and now"
            f" {', '.join(given)}: give all of them each time"
        )


class _Counter(_Metric, provider.Counter):
    def add(self, value: float = 1, attributes: Attributes | None = None) -> None:
        self.child(attributes).inc(value)

    def bound(self, attributes: Attributes) -> Callable[[float], None]:
        return cast("Callable[[float], None]", self.child(attributes).inc)


class _UpDownCounter(_Metric, provider.UpDownCounter):
    def add(self, value: float, attributes: Attributes | None = None) -> None:
        self.child(attributes).inc(value)


class _Gauge(_Metric, provider.Gauge):
    def set(self, value: float, attributes: Attributes | None = None) -> None:
        self.child(attributes).set(value)


class _Histogram(_Metric, provider.Histogram):
    def record(self, value: float, attributes: Attributes | None = None) -> None:
        self.child(attributes).observe(value)

    def bound(self, attributes: Attributes) -> Callable[[float], None]:
        child = self.child(attributes)
        alone: Any = child.alone if isinstance(child, _Tally) else child
        return cast("Callable[[float], None]", alone.observe)


class _Tally:
    """A histogram of one process, in a fourth of the time that `prometheus_client` needs.

    Attributes:
        alone: What one thread observes, which waits for nobody.
    """

    __slots__ = ("_bounds", "_counts", "_lock", "_sum", "alone")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0
        self._lock = Lock()
        self.alone = _Alone(bounds)

    def observe(self, value: float) -> None:
        """Take a value, from any thread."""
        place = bisect_left(self._bounds, value)
        with self._lock:
            self._counts[place] += 1
            self._sum += value

    def read(self) -> tuple[list[tuple[str, float]], float]:
        """Return how many there are up to each bound, and their sum."""
        alone = self.alone
        with self._lock:
            counts = [one + other for one, other in zip(self._counts, alone.counts, strict=True)]
            total = self._sum + alone.sum
        bounds = [*map(repr, self._bounds), "+Inf"]
        return list(zip(bounds, accumulate(counts), strict=True)), total


class _Alone:
    """What one thread observes."""

    __slots__ = ("_bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self._bounds, value)] += 1
        self.sum += value


class _Tallies(Collector):
    """All tallies of a metric, by their labels; as `Histogram` of `prometheus_client`."""

    def __init__(
        self,
        name: str,
        description: str,
        labels: Sequence[str],
        *,
        registry: client.CollectorRegistry,
        buckets: Sequence[float],
    ) -> None:
        self._family = (name, description)
        self._names = labels
        self._buckets = buckets
        self._all: dict[tuple[str, ...], _Tally] = {}
        registry.register(self)

    def labels(self, *values: str) -> _Tally:
        tally = self._all.get(values)
        if tally is None:
            tally = self._all.setdefault(values, _Tally(self._buckets))
        return tally

    def observe(self, value: float) -> None:
        self.labels().observe(value)

    def describe(self) -> Iterable[Metric]:
        return [HistogramMetricFamily(*self._family, labels=self._names)]

    def collect(self) -> Iterable[Metric]:
        family = HistogramMetricFamily(*self._family, labels=self._names)
        for values, tally in tuple(self._all.items()):
            family.add_metric(values, *tally.read())
        return [family]


class _NoSpan(Span):
    def set_attribute(self, key: str, value: Any) -> None:
        """Keep nothing."""

    def add_event(self, name: str, attributes: Attributes | None = None) -> None:
        """Keep nothing."""

    def end(self, status: str = "ok") -> None:
        """Keep nothing."""


class Prometheus(provider.InstrumentationProvider):
    """Keeps metrics in a registry of `prometheus_client`, and serves them.

    Where several processes serve one port (`wirebird run --workers`), PROMETHEUS_MULTIPROC_DIR
    names an empty folder in which they keep their metrics together.

    Args:
        registry: Where the metrics are; without it, the one that everybody's are in.

    Example:
        ```python
        metrics = Prometheus()
        app = Wirebird(routes=[Route("/metrics", metrics.serve)])
        app.instrument(metrics)
        ```
    """

    has_spans = False

    def __init__(self, registry: client.CollectorRegistry = client.REGISTRY) -> None:
        self.registry = registry
        self._made: dict[str, Any] = {}

    def create_counter(self, name: str, description: str = "", unit: str = "") -> provider.Counter:
        """Return the counter of a name."""
        return self._once(_Counter, client.Counter, name, description, unit)

    def create_updown_counter(
        self, name: str, description: str = "", unit: str = ""
    ) -> provider.UpDownCounter:
        """Return the up-down counter of a name: a gauge, in Prometheus's words."""
        how = {"multiprocess_mode": "livesum"}
        return self._once(_UpDownCounter, client.Gauge, name, description, unit, **how)

    def create_gauge(self, name: str, description: str = "", unit: str = "") -> provider.Gauge:
        """Return the gauge of a name; of several processes it is the sum."""
        how = {"multiprocess_mode": "livesum"}
        return self._once(_Gauge, client.Gauge, name, description, unit, **how)

    def create_histogram(
        self, name: str, description: str = "", unit: str = ""
    ) -> provider.Histogram:
        """Return the histogram of a name; its buckets are those of its unit."""
        buckets = buckets_of(unit) or client.Histogram.DEFAULT_BUCKETS[:-1]
        kind = client.Histogram if os.environ.get(_DIRECTORY) else _Tallies
        return self._once(_Histogram, kind, name, description, unit, buckets=buckets)

    def start_span(self, name: str, attributes: Attributes | None = None) -> Span:
        """Return a span that nobody keeps."""
        return _NoSpan()

    async def serve(self, request: Request) -> Response:
        """Answer with all metrics; the endpoint of a route."""
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        registry = self.registry
        if os.environ.get(_DIRECTORY):
            registry = client.CollectorRegistry()
            MultiProcessCollector(registry)
        return Response(encode(registry), headers={"content-type": kind})

    def _once(
        self, kind: type[Any], metric: Any, name: str, description: str, unit: str, **how: Any
    ) -> Any:
        known = self._made.get(name)
        if known is None:
            plain = _label(name)
            ending = _UNITS.get(unit, "")
            plain = plain if plain.endswith(ending) else plain + ending

            def make(labels: list[str]) -> Any:
                return metric(plain, description or name, labels, registry=self.registry, **how)

            known = self._made[name] = kind(plain, make)
        elif not isinstance(known, kind):
            raise InstrumentError(f"{name} is a {type(known).__name__.strip('_')} already")
        return known


def _label(name: str) -> str:
    return re.sub(r"\W", "_", name)
