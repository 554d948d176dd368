"""A burst of messages is shown with few renders, and whoever waits for an answer has it in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.runtime.line import Line, Page, Visitor
from wirebird import LiveView, Wirebird, event, info
from wirebird.runtime.channel import Channel

BURST = 1000
MOST_RENDERS = 8
"""Far fewer than messages, whatever the machine is busy with."""


@dataclass
class Count:
    count: int = 0


class CountView(LiveView[Count]):
    html = "<p>{{ count }} {{ rendered() }}</p>"

    @event
    def add(self, by: int) -> int:
        self.state.count += by
        return self.state.count

    @info
    def on_number(self, by: int) -> None:
        self.state.count += by


async def joined(app: Wirebird) -> tuple[Line, Page, Channel, list[None]]:
    """Return a page that has joined, and what is added to with each render."""
    renders: list[None] = []

    def rendered() -> str:
        renders.append(None)
        return ""

    app.templates.globals["rendered"] = rendered
    app.live("/", CountView)
    visitor = Visitor(app)
    page = await visitor.page("/")
    line = await visitor.line(page).open()
    await line.join(page)
    (connection,) = app.endpoint.connections
    channel: Any = connection.channels[page.topic]
    renders.clear()
    return line, page, channel, renders


def shown(frame: Any) -> int:
    """Return the count that a frame brings."""
    diff: Any = frame[4] if frame[3] == "diff" else frame[4]["response"]["diff"]
    while not isinstance(diff, str):
        diff = diff.get("1", diff.get("0"))
    return int(diff)


async def test_a_burst_of_messages_is_rendered_a_few_times_and_ends_with_the_last_state(
    make_app: Callable[..., Wirebird],
):
    line, _, channel, renders = await joined(make_app())
    for _ in range(BURST):
        channel.deliver(1)
    counts = [0]
    while counts[-1] < BURST:
        counts.append(shown(await line.receive()))
    assert counts == sorted(counts)
    assert counts[-1] == BURST
    assert len(renders) <= MOST_RENDERS
    assert len(counts) - 1 == len(renders)
    await line.close()


async def test_a_burst_does_not_change_the_order_of_answers(make_app: Callable[..., Wirebird]):
    line, page, channel, renders = await joined(make_app())
    refs: list[str] = []
    for number in range(3):
        for _ in range(BURST):
            channel.deliver(1)
        refs.append(line.begin_event(page, "add", {"by": 10_000}))
        if number == 1:
            assert await line.alive()  # the server has read what was sent so far
    frames: list[Any] = []
    while sum(frame[3] == "phx_reply" for frame in frames) < 3 or shown(frames[-1]) != 33_000:
        frames.append(await line.receive())
    assert [frame[1] for frame in frames if frame[3] == "phx_reply"] == refs
    counts = [shown(frame) for frame in frames]
    assert counts == sorted(counts)
    assert len(renders) <= 3 * MOST_RENDERS
    await line.close()
