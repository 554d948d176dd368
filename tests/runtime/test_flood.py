"""A client that sends more events than it may waits, and nobody else does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.runtime.line import Visitor
from wirebird import Limits, LiveView, Wirebird, event
from wirebird.runtime import connection, flood

MakeApp = Callable[..., Wirebird]


@dataclass
class Count:
    count: int = 0


class Counter(LiveView[Count]):
    html = "<p>{{ count }}</p>"

    @event
    async def increment(self) -> None:
        self.state.count += 1


def counting(make_app: MakeApp, **limits: Any) -> Wirebird:
    app = make_app(layout=None, limits=Limits(**limits))
    app.live("/", Counter)
    return app


class Clock:
    """A clock that stands still until a test moves it."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (connection, flood):
        monkeypatch.setattr(module, "monotonic", clock)
    return clock


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long clients had to wait; they do not really."""
    waits: list[float] = []

    async def wait(_: Any, seconds: float, __: Any) -> None:
        waits.append(seconds)

    monkeypatch.setattr(flood.Flood, "wait", wait)
    return waits


async def test_so_many_at_once_and_then_one_after_the_other(
    make_app: MakeApp, clock: Clock, waits: list[float]
):
    app = counting(make_app, events_per_second=8, events_at_once=4)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        for number in range(1, 8):
            assert await line.event(page, "increment") == {"diff": {"0": str(number)}}
        assert waits == [0.125, 0.25]  # the first one takes no place
        clock.now += 100
        waits.clear()
        for _ in range(5):
            await line.event(page, "increment")
        assert waits == []


async def test_without_a_limit_nobody_waits(make_app: MakeApp, clock: Clock, waits: list[float]):
    app = counting(make_app, events_per_second=0)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        for _ in range(2000):
            line.begin_event(page, "increment")
        assert await line.alive()
        assert waits == []


async def test_other_clients_do_not_wait(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch):
    over = asyncio.Event()

    async def wait(*_: Any) -> None:
        await over.wait()

    monkeypatch.setattr(flood.Flood, "wait", wait)
    app = counting(make_app, events_per_second=0.01, events_at_once=2)
    loud, calm = Visitor(app), Visitor(app)
    page, other = await loud.page("/"), await calm.page("/")
    async with loud.line(page) as flooding, calm.line(other) as line:
        await flooding.join(page)
        await line.join(other)
        refs = [flooding.begin_event(page, "increment") for _ in range(5)]
        for ref in refs[:4]:  # of which the last one makes it wait
            await flooding.reply(ref)
        assert await line.event(other, "increment") == {"diff": {"0": "1"}}
        lines: Any = app.endpoint.connections
        counts = [each.view.state.count for one in lines for each in one.channels.values()]
        assert sorted(counts) == [1, 4]
        over.set()
        await flooding.reply(refs[4])


async def test_the_page_and_the_log_hear_of_a_flood_that_lasts(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(flood, "LASTING", 0.0)
    app = counting(make_app, events_per_second=1000, events_at_once=1)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        for _ in range(10):
            line.begin_event(page, "increment")
        frame = await line.receive()
        while frame[3] != "diff":
            frame = await line.receive()
        assert frame[4] == {"e": [["wirebird:slowed", {}]]}
        assert "more events than Limits.events_per_second allows" in caplog.text


class Shown:
    parent = None

    def __init__(self) -> None:
        self.told = 0

    def announce(self, event: str, payload: object) -> None:
        self.told += 1


async def test_a_flood_is_told_of_when_it_lasts_and_once_a_minute(clock: Clock):
    view, nested = Shown(), Shown()
    nested.parent = view  # pyright: ignore[reportAttributeAccessIssue]
    floods = flood.Flood("a client")

    async def go_on(seconds: float, pause: float = 0.5) -> int:
        for _ in range(int(seconds / pause)):
            await floods.wait(0, [view, nested])
            clock.now += pause
        return view.told

    assert await go_on(1) == 0
    assert await go_on(1) == 1
    assert await go_on(30) == 1
    assert await go_on(60) == 2
    clock.now += 100
    assert await go_on(20, pause=5) == 2  # now and then is no flood
    assert nested.told == 0
