"""`python -m benchmarks.components`: one changed component of 500, beside the counter's event.

The rule: both are measured in one process, in turn, without sockets: what is compared is what the
library does for an event, from frame to frame.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass

from wirebird import ConnectInfo, LiveComponent, LiveView, Wirebird, event
from wirebird.runtime.channel import Channel
from wirebird.runtime.connection import Connection
from wirebird.runtime.joining import Join
from wirebird.wire.frames import Frame

COMPONENTS = 500
EVENTS = 5_000
ROUNDS = 5


@dataclass
class Count:
    label: str = ""
    count: int = 0


class CellComponent(LiveComponent[Count]):
    html = '<p phx-click="inc" phx-target="{{ myself }}">{{ label }}: {{ count }}</p>'

    @event
    async def inc(self) -> None:
        self.state.count += 1


class CellsView(LiveView):
    html = """{% for n in range(500) %}{{ live_component(CellComponent, id=n, label=n) }}
    {% endfor %}"""


class CountView(LiveView[Count]):
    html = '<p phx-click="inc">{{ label }}: {{ count }}</p>'

    @event
    async def inc(self) -> None:
        self.state.count += 1


class Sink:
    """A transport that takes everything and counts it."""

    kind = "memory"
    unread_since: float | None = None

    def __init__(self) -> None:
        self.frames = 0
        self.last = ""
        self.sent = asyncio.Event()

    async def send(self, frame: str) -> None:
        self.frames += 1
        self.last = frame
        self.sent.set()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Nothing is open."""


async def joined(app: Wirebird, path: str) -> tuple[Channel, Sink]:
    """Return a view that has joined, and where its frames go."""
    match = app.live_router.match(path)
    assert match is not None
    sink = Sink()
    connection = Connection(app.endpoint, sink, {}, ConnectInfo())
    frame = Frame("1", "1", f"lv:{path}", "phx_join", {})
    channel = Channel(
        connection,
        Join(
            frame,
            match.route.view,
            match,
            f"http://localhost{path}",
            navigated=False,
            flash={},
            session={},
            params={},
        ),
    )
    channel.begin()
    await until(sink, 1)
    return channel, sink


async def until(sink: Sink, frames: int) -> None:
    """Wait until so many frames have been sent."""
    while sink.frames < frames:
        sink.sent.clear()
        await sink.sent.wait()


async def cost(channel: Channel, sink: Sink, payload: dict[str, object]) -> float:
    """Return the CPU time of an event, in microseconds."""
    began = time.process_time()
    for number in range(EVENTS):
        frame = Frame("1", str(number + 2), channel.topic, "event", payload)
        expected = sink.frames + 1
        channel.receive(frame)
        await until(sink, expected)
    return (time.process_time() - began) / EVENTS * 1e6


async def main() -> None:
    """Measure both in turn and print the medians."""
    app = Wirebird(secret_key="benchmarks-only-" * 3)
    app.components(CellComponent)
    app.live("/cells", CellsView)
    app.live("/count", CountView)
    cells, cells_sink = await joined(app, "/cells")
    count, count_sink = await joined(app, "/count")
    click: dict[str, object] = {"type": "click", "event": "inc", "value": {}}
    of_cells: list[float] = []
    of_count: list[float] = []
    for _ in range(ROUNDS):
        of_cells.append(await cost(cells, cells_sink, {**click, "cid": COMPONENTS // 2}))
        of_count.append(await cost(count, count_sink, click))
    one, counter = statistics.median(of_cells), statistics.median(of_count)
    print(f"one of {COMPONENTS} components  {one:6.1f} us  {len(cells_sink.last)} bytes")
    print(f"a counter            {counter:6.1f} us  {len(count_sink.last)} bytes")
    print(f"ratio                {one / counter:6.2f}    (must be under 3)")


if __name__ == "__main__":
    asyncio.run(main())
