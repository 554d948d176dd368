"""What views do is measured, traced and told in the log; no client makes up a name there."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry, generate_latest
from starlette.routing import Route

from wirebird import AsyncOutcome, LiveComponent, LiveView, Ok, Redirect, Wirebird, event, info
from wirebird.cluster.broker import Mail, Packet
from wirebird.cluster.broker_pubsub import BrokerPubSub
from wirebird.instruments import JSONFormatter, current_view
from wirebird.instruments.gauges import Gauges
from wirebird.instruments.otel import OpenTelemetry
from wirebird.instruments.prometheus import Prometheus
from wirebird.instruments.provider import InstrumentError
from wirebird.runtime.channel import Channel
from wirebird.testing import EventRefused, LiveClient, Redirected, ViewCrashed

MakeApp = Callable[..., Wirebird]

logger = logging.getLogger("shop")


@dataclass(frozen=True)
class Sold:
    count: int


@dataclass
class Stock:
    count: int = 0
    found: str = ""


@dataclass
class LikeState:
    likes: int = 0


class Like(LiveComponent[LikeState]):
    html = '<button id="like" phx-click="like" phx-target="{{ myself }}">{{ likes }}</button>'

    @event
    async def like(self) -> None:
        self.state.likes += 1


class StockView(LiveView[Stock]):
    html = (
        '<p>{{ count }} {{ found }}</p><button id="sell" phx-click="sell" phx-value-count="1">'
        '-</button><button id="fail" phx-click="fail">!</button>'
        '<button id="tell" phx-click="tell">t</button><button id="look" phx-click="look">l</button>'
        '{{ live_component(Like, id="like") }}'
    )

    async def mount(self) -> None:
        await self.socket.subscribe("stock")

    @event
    async def sell(self, count: int) -> None:
        self.state.count -= count

    @event
    async def fail(self) -> None:
        raise OSError("no stock")

    @event
    async def tell(self) -> None:
        await self.socket.broadcast("stock", Sold(1))

    @event
    async def look(self) -> None:
        logger.warning("looking")
        self.socket.start_async("look", self.find, then=self.found)

    async def find(self) -> str:
        view = current_view()
        return "nobody" if view is None else f"{view.view} of {view.user}"

    async def found(self, outcome: AsyncOutcome[str]) -> None:
        self.state.found = outcome.value if isinstance(outcome, Ok) else "failed"

    @info
    async def on_sold(self, message: Sold) -> None:
        self.state.count += message.count


class AwayView(LiveView[Stock]):
    html = "<p>never</p>"

    async def mount(self) -> None:
        if self.socket.connected:
            raise Redirect("/")


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def stock_app(make_app: MakeApp, *providers: Any, user: Any = None, **options: Any) -> Wirebird:
    app = make_app(**options)
    app.components(Like)
    app.live("/", StockView)
    app.live("/away", AwayView)
    app.instrument(*providers, user=user)
    return app


def id_of(app: Wirebird) -> str:
    """The id of the one view that is open."""
    (line,) = app.endpoint.connections
    (topic,) = line.channels
    return topic.removeprefix("lv:")


def samples(registry: CollectorRegistry, name: str) -> dict[str, float]:
    """The samples of a name in what Prometheus would read, by their labels."""
    found: dict[str, float] = {}
    for line in generate_latest(registry).decode().splitlines():
        key, _, value = line.rpartition(" ")
        if key == name or key.startswith(name + "{"):
            found[key.removeprefix(name)] = float(value)
    return found


def count_of(registry: CollectorRegistry, *labels: str) -> float:
    """How many messages with all of some labels were handled."""
    found = samples(registry, "wirebird_handler_duration_seconds_count")
    return sum(value for key, value in found.items() if all(label in key for label in labels))


async def test_events_are_counted_by_view_and_handler_with_their_durations(
    make_app: MakeApp, registry: CollectorRegistry
) -> None:
    async with LiveClient(stock_app(make_app, Prometheus(registry))) as client:
        view = await client.live("/")
        for _ in range(3):
            await view.click("#sell")
        await view.click("#like")
        assert count_of(registry, 'view="StockView"', 'handler="sell"', 'outcome="ok"') == 3
        assert count_of(registry, 'view="StockView"', 'handler="Like.like"') == 1
        (seconds,) = [
            value
            for key, value in samples(registry, "wirebird_handler_duration_seconds_sum").items()
            if 'handler="sell"' in key
        ]
        assert 0 < seconds < 60
        assert samples(registry, "wirebird_render_duration_seconds_count") == {
            '{view="StockView"}': 4
        }
        assert samples(registry, "wirebird_diff_size_bytes_sum")['{view="StockView"}'] > 100
        assert samples(registry, "wirebird_mailbox_wait_seconds_count")['{view="StockView"}'] >= 5


async def test_views_and_joins_are_counted(make_app: MakeApp, registry: CollectorRegistry) -> None:
    app = stock_app(make_app, Prometheus(registry), linger=0)
    async with LiveClient(app) as client:
        await client.live("/")
        assert samples(registry, "wirebird_views") == {'{view="StockView"}': 1}
        assert samples(registry, "wirebird_joins_total") == {'{outcome="ok",view="StockView"}': 1}
    assert samples(registry, "wirebird_views") == {'{view="StockView"}': 0}


async def test_a_join_that_leads_elsewhere_is_refused(
    make_app: MakeApp, registry: CollectorRegistry
) -> None:
    async with LiveClient(stock_app(make_app, Prometheus(registry))) as client:
        with pytest.raises(Redirected):
            await client.live("/away")
    assert samples(registry, "wirebird_joins_total")['{outcome="refused",view="AwayView"}'] == 1


async def test_what_a_client_makes_up_adds_no_names(
    make_app: MakeApp, registry: CollectorRegistry
) -> None:
    async with LiveClient(stock_app(make_app, Prometheus(registry))) as client:
        view = await client.live("/")
        for number in range(5):
            with pytest.raises(EventRefused):
                await view.hook_event(f"made-up-{number}", {})
        with pytest.raises(EventRefused):
            await view.hook_event("sell", {"count": "many"})
        assert count_of(registry, 'handler="unknown"', 'outcome="refused"') == 5
        assert count_of(registry, 'handler="sell"', 'outcome="refused"') == 1
        assert "made-up" not in generate_latest(registry).decode()


async def test_crashes_are_counted_by_their_errors(
    make_app: MakeApp, registry: CollectorRegistry
) -> None:
    async with LiveClient(stock_app(make_app, Prometheus(registry))) as client:
        view = await client.live("/")
        with pytest.raises(ViewCrashed):
            await view.click("#fail")
    assert samples(registry, "wirebird_crashes_total") == {'{error="OSError",view="StockView"}': 1}
    assert count_of(registry, 'handler="fail"', 'outcome="error"') == 1


async def test_broadcasts_are_counted_by_message_and_their_receivers_as_messages(
    make_app: MakeApp, registry: CollectorRegistry
) -> None:
    app = stock_app(make_app, Prometheus(registry))
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#tell")
        await app.broadcast("stock", Sold(2))
        await view.render()
    assert samples(registry, "wirebird_broadcasts_total") == {'{message="Sold"}': 2}
    assert count_of(registry, 'kind="message"', 'handler="Sold"') == 2


async def test_what_a_store_is_asked_is_timed(
    make_app: MakeApp, registry: CollectorRegistry
) -> None:
    app = stock_app(make_app, Prometheus(registry), store="memory:", durable="always")
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#sell")
    counts = samples(registry, "wirebird_store_duration_seconds_count")
    assert counts['{operation="claim",outcome="ok"}'] >= 1
    assert counts['{operation="save",outcome="ok"}'] >= 2


class Line:
    """A broker's connection that has what it is given at once."""

    def __init__(self) -> None:
        self.sent = asyncio.Event()

    async def send(self, packets: Sequence[Packet]) -> Sequence[tuple[Packet, str]]:
        self.sent.set()
        return []

    async def hear(self, topics: Sequence[str]) -> None: ...

    async def leave(self, topics: Sequence[str]) -> None: ...

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None: ...


class LineBroker:
    name = "a broker"
    patience = 5.0

    def __init__(self) -> None:
        self.line = Line()

    async def sender(self) -> Line:
        return self.line

    async def receiver(self, mail: Mail) -> Line:
        return self.line

    def problem(self, error: BaseException) -> str:
        return str(error)


async def test_what_a_broker_is_given_is_timed(
    make_app: MakeApp, registry: CollectorRegistry
) -> None:
    broker = LineBroker()
    app = stock_app(make_app, Prometheus(registry), broker=BrokerPubSub(broker))
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#tell")
        await broker.line.sent.wait()
    found = samples(registry, "wirebird_broker_duration_seconds_count")
    assert found == {'{outcome="ok"}': 1}


async def test_it_is_looked_how_much_waits_and_what_can_be_used(
    make_app: MakeApp, registry: CollectorRegistry
) -> None:
    app = stock_app(make_app, Prometheus(registry), store="memory:")
    async with LiveClient(app) as client:
        view = await client.live("/")
        (gauges,) = [each for each in app.endpoint.observers if isinstance(each, Gauges)]
        await view.click("#sell")
        gauges.look()
        assert samples(registry, "wirebird_mailbox_depth") == {'{view="StockView"}': 0}
        assert samples(registry, "wirebird_connections") == {"": 1}
        assert samples(registry, "wirebird_views_parked") == {"": 0}
        assert samples(registry, "wirebird_service_up") == {
            '{service="broker"}': 1,
            '{service="store"}': 1,
        }


async def test_prometheus_reads_it_at_a_route(
    make_app: MakeApp, registry: CollectorRegistry
) -> None:
    metrics = Prometheus(registry)
    app = stock_app(make_app, metrics, routes=[Route("/metrics", metrics.serve)])
    async with LiveClient(app) as client:
        await client.live("/")
        page = await client.get("/metrics")
        assert page.headers["content-type"].startswith("text/plain")
        assert "# TYPE wirebird_handler_duration_seconds histogram" in page.text


async def test_whoever_is_not_observed_pays_nothing(make_app: MakeApp) -> None:
    app = stock_app(make_app)  # only the log knows whose a line is
    async with LiveClient(app) as client:
        await client.live("/")
        (line,) = app.endpoint.connections
        (channel,) = line.channels.values()
        assert type(channel) is Channel


def test_instruments_come_before_the_first_page(make_app: MakeApp) -> None:
    app = stock_app(make_app)
    assert app.endpoint.observers
    with pytest.raises(RuntimeError, match="before the first page"):
        app.instrument()


# OpenTelemetry


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    yield exporter
    exporter.shutdown()


def telemetry(spans: InMemorySpanExporter, reader: InMemoryMetricReader | None = None) -> Any:
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    meters = MeterProvider(metric_readers=[] if reader is None else [reader])
    return OpenTelemetry(meter_provider=meters, tracer_provider=tracers)


def named(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    (span,) = [each for each in spans.get_finished_spans() if each.name == name]
    return span


async def test_an_event_is_a_span_with_its_rendering_in_it(
    make_app: MakeApp, spans: InMemorySpanExporter
) -> None:
    app = stock_app(make_app, telemetry(spans), user=lambda socket: socket.params.get("as"))
    async with LiveClient(app) as client:
        view = await client.live("/?as=ada")
        await view.click("#sell")
        event = named(spans, "StockView sell")
        render = named(spans, "StockView render")
        assert render.parent is not None
        assert event.context is not None
        assert render.parent.span_id == event.context.span_id
        assert event.parent is None
        assert dict(event.attributes or {}) == {
            "wirebird.view": "StockView",
            "wirebird.view.id": id_of(app),
            "wirebird.kind": "event",
            "wirebird.handler": "sell",
            "user.id": "ada",
        }
        assert named(spans, "StockView mount")


async def test_a_crash_is_an_error_of_its_span(
    make_app: MakeApp, spans: InMemorySpanExporter
) -> None:
    async with LiveClient(stock_app(make_app, telemetry(spans))) as client:
        view = await client.live("/")
        with pytest.raises(ViewCrashed):
            await view.click("#fail")
    span = named(spans, "StockView fail")
    assert not span.status.is_ok
    assert [each.name for each in span.events] == ["exception"]


async def test_a_message_and_its_rendering_are_spans(
    make_app: MakeApp, spans: InMemorySpanExporter
) -> None:
    app = stock_app(make_app, telemetry(spans))
    async with LiveClient(app) as client:
        view = await client.live("/")
        await app.broadcast("stock", Sold(2))
        await view.render()
        assert named(spans, "StockView Sold")


async def test_opentelemetry_has_the_metrics_that_prometheus_has(
    make_app: MakeApp, spans: InMemorySpanExporter
) -> None:
    reader = InMemoryMetricReader()
    async with LiveClient(stock_app(make_app, telemetry(spans, reader))) as client:
        view = await client.live("/")
        await view.click("#sell")
        data = cast("Any", reader.get_metrics_data())
    metrics = {
        each.name: each
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for each in scope.metrics
    }
    assert {"wirebird.views", "wirebird.joins", "wirebird.handler.duration"} <= metrics.keys()
    durations = metrics["wirebird.handler.duration"]
    assert durations.unit == "s"
    (sell,) = [p for p in durations.data.data_points if p.attributes["handler"] == "sell"]
    assert sell.count == 1
    assert sell.explicit_bounds[0] == 0.0001


# The log


async def test_lines_of_the_log_say_of_which_view_and_whose_they_are(make_app: MakeApp) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JSONFormatter())
    for name in ("shop", "wirebird.runtime"):
        logging.getLogger(name).addHandler(handler)
    try:
        app = stock_app(make_app, user=lambda socket: socket.params.get("as"))
        async with LiveClient(app) as client:
            view = await client.live("/?as=ada")
            await view.click("#look")
            await view.until(lambda view: "StockView of ada" in view.text("p"))
            id = id_of(app)
            with pytest.raises(ViewCrashed):
                await view.click("#fail")
    finally:
        for name in ("shop", "wirebird.runtime"):
            logging.getLogger(name).removeHandler(handler)
    looking, crash = [json.loads(line) for line in written.getvalue().splitlines()]
    about = {"view": "StockView", "view_id": id, "user": "ada"}
    assert looking.items() >= {"message": "looking", "logger": "shop", **about}.items()
    assert crash.items() >= {"level": "error", "error": "OSError", **about}.items()
    assert "no stock" in crash["traceback"]


def test_a_line_elsewhere_has_what_it_was_given(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "shop"):
        logger.info("%s sold", 3, extra={"order": 7})
    line = json.loads(JSONFormatter().format(caplog.records[0]))
    assert line.items() >= {"message": "3 sold", "order": 7, "level": "info"}.items()
    assert "view" not in line


# A provider's own helpers


async def test_functions_and_blocks_are_timed_and_traced(
    registry: CollectorRegistry, spans: InMemorySpanExporter
) -> None:
    metrics, traces = Prometheus(registry), telemetry(spans)

    @metrics.time_function("shop.search.duration", {"kind": "text"})
    @traces.trace("search")
    async def search(text: str) -> str:
        await asyncio.sleep(0)
        return text

    @traces.trace()
    def broken() -> None:
        raise KeyError("x")

    assert await search("tea") == "tea"
    with pytest.raises(KeyError):
        broken()
    with traces.span("pay", {"method": "card"}) as span:
        span.set_attribute("order", 7)
        span.add_event("sent")
    found = samples(registry, "shop_search_duration_seconds_count")
    assert found == {'{kind="text"}': 1}
    assert dict(named(spans, "pay").attributes or {}) == {"method": "card", "order": 7}
    assert named(spans, "search").status.is_ok or named(spans, "search").status.is_unset
    (failed,) = [each for each in spans.get_finished_spans() if "broken" in each.name]
    assert not failed.status.is_ok


def test_the_same_name_is_the_same_instrument(registry: CollectorRegistry) -> None:
    metrics = Prometheus(registry)
    metrics.increment_counter("shop.paid", 2, {"method": "card"})
    metrics.increment_counter("shop.paid", 1, {"method": "card"})
    metrics.record_gauge("shop.queue", 4)
    metrics.update_updown_counter("shop.open", 2)
    metrics.update_updown_counter("shop.open", -1)
    assert samples(registry, "shop_paid_total") == {'{method="card"}': 3}
    assert samples(registry, "shop_queue") == {"": 4}
    assert samples(registry, "shop_open") == {"": 1}
    with pytest.raises(InstrumentError, match="labels of its first measurement"):
        metrics.increment_counter("shop.paid", 1, {"colour": "red"})
    with pytest.raises(InstrumentError, match="is a Counter already"):
        metrics.create_gauge("shop.paid")


def test_processes_of_one_port_keep_their_metrics_together(tmp_path: Path) -> None:
    program = """
import asyncio
from starlette.requests import Request
from wirebird.instruments.prometheus import Prometheus
metrics = Prometheus()
metrics.record_histogram("shop.search", 0.2, {"kind": "text"})
metrics.create_histogram("shop.search").bound({"kind": "text"})(0.3)
request = Request({"type": "http", "headers": [], "method": "GET", "path": "/"})
print(asyncio.run(metrics.serve(request)).body.decode())
"""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for processes in (1, 2):
        ran = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True
        )
        assert f'shop_search_count{{kind="text"}} {2.0 * processes}' in ran.stdout, ran.stderr
