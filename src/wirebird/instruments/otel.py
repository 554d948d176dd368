"""`OpenTelemetry`: gives measurements and spans to OpenTelemetry.

The rule: only its API is used here. Where things go, how often, and which spans are kept is set up
as in any other application, by its SDK or `opentelemetry-instrument`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Any

from wirebird.instruments import provider
from wirebird.instruments.provider import Attributes, buckets_of

try:
    from opentelemetry import context, metrics, trace
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'OpenTelemetry needs its API: pip install "wirebird[otel]"', name=error.name
    ) from error

_NAME = "wirebird"


class _Counter(provider.Counter):
    def __init__(self, counter: metrics.Counter) -> None:
        self._counter = counter

    def add(self, value: float = 1, attributes: Attributes | None = None) -> None:
        self._counter.add(value, attributes)


class _UpDownCounter(provider.UpDownCounter):
    def __init__(self, counter: metrics.UpDownCounter) -> None:
        self._counter = counter

    def add(self, value: float, attributes: Attributes | None = None) -> None:
        self._counter.add(value, attributes)


class _Gauge(provider.Gauge):
    def __init__(self, gauge: Any) -> None:
        self._gauge = gauge

    def set(self, value: float, attributes: Attributes | None = None) -> None:
        self._gauge.set(value, attributes)


class _Histogram(provider.Histogram):
    def __init__(self, histogram: metrics.Histogram) -> None:
        self._histogram = histogram

    def record(self, value: float, attributes: Attributes | None = None) -> None:
        self._histogram.record(value, attributes)


class _Span(provider.Span):
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def set_attribute(self, key: str, value: Any) -> None:
        self._span.set_attribute(key, value)

    def add_event(self, name: str, attributes: Attributes | None = None) -> None:
        self._span.add_event(name, attributes)

    def end(self, status: str = "ok") -> None:
        if status == "error":
            self._span.set_status(trace.StatusCode.ERROR)
        self._span.end()


class OpenTelemetry(provider.InstrumentationProvider):
    """Gives metrics and spans to OpenTelemetry.

    Args:
        meter_provider: What takes metrics; without it, the global one.
        tracer_provider: What takes spans; without it, the global one.
        spans: Whether what views do has spans.
        measures: Whether what views do is measured; not where another provider does that.

    Example:
        ```python
        app.instrument(OpenTelemetry())
        ```
    """

    def __init__(
        self,
        *,
        meter_provider: metrics.MeterProvider | None = None,
        tracer_provider: trace.TracerProvider | None = None,
        spans: bool = True,
        measures: bool = True,
    ) -> None:
        self.has_spans = spans
        self.has_metrics = measures
        self._meter = metrics.get_meter(_NAME, meter_provider=meter_provider)
        self._tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider)
        self._made: dict[tuple[type[Any], str], Any] = {}

    def create_counter(self, name: str, description: str = "", unit: str = "") -> provider.Counter:
        """Return the counter of a name."""
        known = self._made.get((_Counter, name))
        if known is None:
            made = self._meter.create_counter(name, unit, description)
            known = self._made[_Counter, name] = _Counter(made)
        return known

    def create_updown_counter(
        self, name: str, description: str = "", unit: str = ""
    ) -> provider.UpDownCounter:
        """Return the up-down counter of a name."""
        known = self._made.get((_UpDownCounter, name))
        if known is None:
            made = self._meter.create_up_down_counter(name, unit, description)
            known = self._made[_UpDownCounter, name] = _UpDownCounter(made)
        return known

    def create_gauge(self, name: str, description: str = "", unit: str = "") -> provider.Gauge:
        """Return the gauge of a name."""
        known = self._made.get((_Gauge, name))
        if known is None:
            made = self._meter.create_gauge(name, unit, description)
            known = self._made[_Gauge, name] = _Gauge(made)
        return known

    def create_histogram(
        self, name: str, description: str = "", unit: str = ""
    ) -> provider.Histogram:
        """Return the histogram of a name; its buckets are those of its unit."""
        known = self._made.get((_Histogram, name))
        if known is None:
            made = self._meter.create_histogram(
                name, unit, description, explicit_bucket_boundaries_advisory=buckets_of(unit)
            )
            known = self._made[_Histogram, name] = _Histogram(made)
        return known

    def start_span(self, name: str, attributes: Attributes | None = None) -> provider.Span:
        """Begin a span within the one that is current."""
        return _Span(self._tracer.start_span(name, attributes=attributes))

    def span(
        self, name: str, attributes: Attributes | None = None
    ) -> AbstractContextManager[provider.Span]:
        """Have a span around a block, within which other spans begin; an error is recorded."""
        around = trace.get_current_span()
        if around is not trace.INVALID_SPAN and not around.is_recording():
            return nullcontext(_Span(around))  # nor is what is within it
        return _Around(self._tracer.start_span(name, attributes=attributes))


class _Around:
    """A span that is the current one within a block.

    The API's own is made of two generators, which take longer than a span that is not recorded.
    """

    __slots__ = ("_span", "_token")

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def __enter__(self) -> provider.Span:
        self._token = context.attach(trace.set_span_in_context(self._span))
        return _Span(self._span)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        context.detach(self._token)
        span = self._span
        if error is not None and span.is_recording():
            span.record_exception(error)
            span.set_status(trace.StatusCode.ERROR, f"{type(error).__name__}: {error}")
        span.end()
