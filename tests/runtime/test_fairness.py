"""Whoever asks for much work leaves others their turn, and their threads."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.runtime.line import PATIENCE, Visitor
from wirebird import Limits, LiveView, Wirebird, event, info
from wirebird.runtime import connection, mailbox, scheduler

MakeApp = Callable[..., Wirebird]

PAGES = 30
EVENT_SECONDS = 0.004
"""What an event costs by the clock of these tests: two take longer than a turn."""


class Clock:
    """A clock that only goes on while a view works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (connection, mailbox, scheduler):
        monkeypatch.setattr(module, "monotonic", clock)
    return clock


@dataclass
class Count:
    count: int = 0


@dataclass
class Work:
    pass


def working(clock: Clock) -> Any:
    """Return a view whose events take as long as the clock says."""

    class Working(LiveView[Count]):
        html = "<p>{{ count }}</p>"
        handled = 0
        gate = asyncio.Event()
        everywhere = asyncio.Event()

        async def mount(self) -> None:
            await self.socket.subscribe("work")

        @event
        async def work(self) -> None:
            type(self).handled += 1
            self.state.count += 1
            clock.now += EVENT_SECONDS

        @event
        async def wait(self) -> None:
            await type(self).gate.wait()

        @event
        async def all_work(self) -> None:
            await self.socket.broadcast("work", Work())

        @info
        async def on_work(self, message: Work) -> None:
            await self.work()
            if type(self).handled == PAGES:
                type(self).everywhere.set()

    return Working


@asynccontextmanager
async def turns(view: Any) -> AsyncIterator[list[int]]:
    """Note how many events are handled in each turn of the event loop."""
    handled: list[int] = []

    async def look() -> None:
        before = view.handled
        while True:
            await asyncio.sleep(0)
            handled.append(view.handled - before)
            before = view.handled

    looking = asyncio.create_task(look())
    yield handled
    looking.cancel()


async def test_a_client_that_sends_much_leaves_others_their_turn(make_app: MakeApp, clock: Clock):
    view = working(clock)
    app = make_app(layout=None)
    app.live("/", view)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        async with turns(view) as handled:
            refs = [line.begin_event(page, "work") for _ in range(60)]
            await line.reply(refs[-1])
    assert sum(handled) == 60
    assert max(handled) == 2


async def test_a_view_for_which_much_waits_leaves_others_their_turn(
    make_app: MakeApp, clock: Clock
):
    view = working(clock)
    app = make_app(layout=None)
    app.live("/", view)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        line.begin_event(page, "wait")
        refs = [line.begin_event(page, "work") for _ in range(60)]
        assert await line.alive()  # all of them have been read, and wait
        async with turns(view) as handled:
            view.gate.set()
            await line.reply(refs[-1])
    assert sum(handled) == 60
    assert max(handled) == 2


async def test_a_broadcast_to_many_leaves_others_their_turn(make_app: MakeApp, clock: Clock):
    view = working(clock)
    app = make_app(layout=None)
    app.live("/", view)
    visitor = Visitor(app)
    pages = [await visitor.page("/") for _ in range(PAGES)]
    async with visitor.line(pages[0]) as line:
        for page in pages:
            await line.join(page)
        async with turns(view) as handled:
            await line.event(pages[0], "all_work")
            await view.everywhere.wait()
    # The sender's own is handled with its event. Before 3.12 tasks do not begin at once.
    assert max(handled) <= (3 if sys.version_info >= (3, 12) else 9)


@pytest.mark.parametrize("most", [1, 3])
async def test_one_visitor_leaves_threads_to_the_others(make_app: MakeApp, most: int):
    entered = threading.Semaphore(0)
    release = threading.Event()

    class Blocking(LiveView[Count]):
        html = "<p>{{ count }}</p>"
        inside = 0

        @event
        def block(self) -> None:
            type(self).inside += 1
            entered.release()
            assert release.wait(PATIENCE)

        @event
        def count(self) -> None:
            self.state.count += 1

    app = make_app(layout=None, limits=Limits(threads_per_connection=most))
    app.live("/", Blocking)
    greedy, modest = Visitor(app), Visitor(app)
    pages = [await greedy.page("/") for _ in range(6)]
    page = await modest.page("/")
    async with greedy.line(pages[0]) as line, modest.line(page) as other:
        await other.join(page)
        for each in pages:
            await line.join(each)
        refs = [line.begin_event(each, "block") for each in pages]
        for _ in range(most):
            assert await asyncio.to_thread(entered.acquire, timeout=PATIENCE)
        assert await other.event(page, "count") == {"diff": {"0": "1"}}
        assert Blocking.inside == most
        release.set()
        for ref in refs:  # those that had to wait have their turn
            await line.reply(ref)
        assert Blocking.inside == 6
