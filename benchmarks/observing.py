"""What it costs an event to be looked at: by instruments, the inspector and the wire pane.

    scripts/run python -m benchmarks.observing

One process, in memory: frames go in, and what is sent goes nowhere, so the figures are the
server's alone. All ways are measured in turn, round after round; shown is the quickest round of
each, as whatever else a machine does only adds, and what it costs more than none of it.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from prometheus_client import CollectorRegistry

from wirebird import LiveView, Wirebird, event
from wirebird.inspector.log import Recorder
from wirebird.instruments.logs import UserOf
from wirebird.instruments.otel import OpenTelemetry
from wirebird.instruments.prometheus import Prometheus
from wirebird.live.socket import ConnectInfo
from wirebird.runtime.channel import Channel
from wirebird.runtime.connection import Connection
from wirebird.runtime.timing import TimedConnection

WARM = 2_000
SECRET = "benchmarks-only-" * 3


@dataclass
class Counter:
    count: int = 0


class CounterView(LiveView[Counter]):
    """A number and a button."""

    html = '<p>{{ count }}</p><button phx-click="increment" phx-value-by="1">+</button>'

    @event
    async def increment(self, by: int) -> None:
        self.state.count += by


class Nowhere:
    """A transport that sends nothing, and says when something was to be sent."""

    kind = "memory"
    unread_since: float | None = None

    def __init__(self) -> None:
        self.sent = asyncio.Event()

    async def send(self, frame: str) -> None:
        self.sent.set()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        pass


def plain() -> Wirebird:
    app = Wirebird(secret_key=SECRET, blocked_after=0)
    app.live("/", CounterView)
    return app


def guarded() -> Wirebird:
    app = Wirebird(secret_key=SECRET, blocked_after=0, inspector=lambda request: False)
    app.live("/", CounterView)
    return app


def recorded() -> Wirebird:
    app = plain()
    app.endpoint.observers = (Recorder(lambda channel: None),)
    return app


def measured(*providers: Any, user: UserOf | None = None) -> Wirebird:
    app = plain()
    app.instrument(*providers, user=user)
    return app


def meters() -> OpenTelemetry:
    provider = MeterProvider(metric_readers=[InMemoryMetricReader()])
    return OpenTelemetry(meter_provider=provider, spans=False)


def traces(share: float) -> OpenTelemetry:
    tracers = TracerProvider(sampler=TraceIdRatioBased(share))
    return OpenTelemetry(tracer_provider=tracers, measures=False)


Make = Callable[[], Wirebird]
WAYS: dict[str, tuple[Make, type[Connection]]] = {
    "none of it": (plain, Connection),
    "none of it, again": (plain, Connection),
    "inspector behind a guard, nobody looks": (guarded, Connection),
    "inspector, somebody looks at this view": (recorded, Connection),
    "wire pane can be opened": (plain, TimedConnection),
    "views in the log": (lambda: measured(user=lambda socket: None), Connection),
    "Prometheus": (lambda: measured(Prometheus(CollectorRegistry())), Connection),
    "OpenTelemetry, metrics": (lambda: measured(meters()), Connection),
    "OpenTelemetry, 1 % of spans": (lambda: measured(traces(0.01)), Connection),
    "OpenTelemetry, all spans": (lambda: measured(traces(1.0)), Connection),
}


class Page:
    """A view that has joined, with nobody at the other end."""

    def __init__(self, app: Wirebird, kind: type[Connection]) -> None:
        self._app = app
        self._transport = Nowhere()
        self._line = kind(app.endpoint, self._transport, {}, ConnectInfo())
        self._ref = 0

    async def join(self) -> None:
        token = {
            "id": "page",
            "view": CounterView.definition.name,
            "live_session": "default",
            "visitor": "",
        }
        signed = self._app.endpoint.signer.sign(token, "session")
        payload = f'{{"url":"http://here/","session":"{signed}","static":"","params":{{}}}}'
        await self._line.receive(f'["1","1","lv:page","phx_join",{payload}]')
        await self._transport.sent.wait()
        (channel,) = self._line.channels.values()
        assert isinstance(channel, Channel)

    async def press(self, times: int) -> float:
        """Return the CPU time of an event, in microseconds."""
        line, sent = self._line, self._transport.sent
        value = '{"type":"click","event":"increment","value":{"by":"1"}}'
        began = time.process_time()
        for _ in range(times):
            self._ref += 1
            sent.clear()
            rest = line.take(f'["1","{self._ref}","lv:page","event",{value}]')
            if rest is not None:
                await rest
            await sent.wait()
            line._due = 0.0  # pyright: ignore[reportPrivateUsage] # nobody is that quick
        return (time.process_time() - began) / times * 1e6


async def run(rounds: int, events: int) -> None:
    pages: dict[str, Page] = {}
    for name, (make, kind) in WAYS.items():
        pages[name] = Page(make(), kind)
        await pages[name].join()
        await pages[name].press(WARM)
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, page in pages.items():
            found[name].append(await page.press(events))
    base = min(found["none of it"])
    print("| | CPU of an event | more |\n|---|--:|--:|")
    for name, all_ in found.items():
        print(f"| {name} | {min(all_):.1f} us | {min(all_) - base:+.1f} us |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.observing")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--events", type=int, default=300)
    chosen = parser.parse_args()
    asyncio.run(run(chosen.rounds, chosen.events))


if __name__ == "__main__":
    main()
