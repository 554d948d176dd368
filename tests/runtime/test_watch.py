"""Whoever blocks the event loop is named in the log, with the line."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from tests.runtime.line import PATIENCE, Visitor
from wirebird import LiveView, Wirebird, event
from wirebird.runtime import watch
from wirebird.runtime.watch import Watch

MakeApp = Callable[..., Wirebird]


class Said(logging.Handler):
    """What the log says of who blocks; a handler that blocks can wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []
        self.come = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if "blocked the event loop" in record.getMessage():
            self.messages.append(record.getMessage())
            self.come.set()


@pytest.fixture
def said() -> Iterator[Said]:
    handler = Said()
    logger = logging.getLogger("wirebird.runtime")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


def slow_view(said: Said) -> Any:
    class Slow(LiveView[Any]):
        html = "<p>hi</p>"
        gate = asyncio.Event()

        @event
        async def block(self) -> None:
            assert said.come.wait(PATIENCE)  # as long as it takes

        @event
        async def wait(self) -> None:
            await self.gate.wait()

        @event
        async def begin(self) -> None:
            self.socket.start_async("import", self.work)

        async def work(self) -> None:
            assert said.come.wait(PATIENCE)  # in the background

    return Slow


@pytest.fixture
def view(said: Said) -> Any:
    return slow_view(said)


@pytest.fixture
def app(make_app: MakeApp, view: Any) -> Wirebird:
    app = make_app(layout=None, blocked_after=0.02)
    app.live("/", view)
    return app


async def test_a_handler_that_blocks_is_named_with_its_view_event_and_line(
    app: Wirebird, said: Said
):
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        await line.event(page, "block")
    [message] = said.messages
    assert message.startswith("Slow: the event 'block' has blocked the event loop for 0.")
    assert "test_watch.py:" in message
    assert "in block: assert said.come.wait(PATIENCE)  # as long as it takes" in message


async def test_a_handler_that_only_waits_is_not_the_one_that_blocks(
    app: Wirebird, view: Any, said: Said
):
    patient, hasty = Visitor(app), Visitor(app)
    page, other = await patient.page("/"), await hasty.page("/")
    async with patient.line(page) as line, hasty.line(other) as other_line:
        await line.join(page)
        waiting = line.begin_event(page, "wait")
        await other_line.join(other)
        await other_line.event(other, "block")
        view.gate.set()
        await line.reply(waiting)
    assert ["'block'" in message for message in said.messages] == [True]


async def test_background_work_that_blocks_is_named(app: Wirebird, said: Said):
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        await line.event(page, "begin")
        assert await line.alive()
    assert said.messages[0].startswith("Slow: the task 'import' has blocked the event loop")
    assert "in work: assert said.come.wait(PATIENCE)  # in the background" in said.messages[0]


@pytest.mark.parametrize("again", [60.0, 0.0])
async def test_the_same_is_said_once_a_minute(
    said: Said, monkeypatch: pytest.MonkeyPatch, again: float
):
    monkeypatch.setattr(watch, "_SAY_AGAIN_AFTER", again)
    watched = Watch(asyncio.get_running_loop(), [], 0.2)
    stack = watch._stack(sys._getframe())
    for what in ("View: the event 'a'", "View: the event 'a'", "View: the event 'b'"):
        watched._say_of(what, 0.3, stack)
    assert len(said.messages) == (2 if again else 3)


async def test_each_page_that_blocks_is_told_and_the_log_once(said: Said):
    told: list[Any] = []
    loop = asyncio.get_running_loop()
    watched = Watch(loop, [], 0.2, lambda names, *_: told.append(names["self"]))

    def stack_of(self: str) -> Any:
        return [sys._getframe()]

    stacks = {page: stack_of(page) for page in ("one", "another")}
    for answered, page in [(1.0, "one"), (1.0, "one"), (2.0, "another"), (3.0, "one")]:
        watched._answered = answered
        watched._say_of("View: the event 'a'", 0.3, stacks[page])
    assert told == ["one", "another", "one"]
    assert len(said.messages) == 1


async def test_what_is_known_does_not_grow_for_ever(said: Said, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "_MOST_KNOWN", 3)
    watched = Watch(asyncio.get_running_loop(), [], 0.2)
    for number in range(10):
        watched._say_of(str(number), 0.3, watch._stack(sys._getframe()))
    assert len(watched._said) <= 3


async def test_it_can_be_turned_off(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch):
    def none(*_: Any, **__: Any) -> Any:
        raise AssertionError("a thread was started")

    app = make_app(blocked_after=0)
    app.live("/", type("Quiet", (LiveView,), {"html": "<p>hi</p>"}))
    visitor = Visitor(app)
    page = await visitor.page("/")
    monkeypatch.setattr(threading, "Thread", none)
    async with visitor.line(page) as line:
        assert (await line.join(page))["status"] == "ok"


class Looks:
    """Lets the thread that watches look a few times, without waiting."""

    def __init__(self, times: int) -> None:
        self.left = times

    def wait(self, seconds: float) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_loop_that_does_not_run_is_blocked_by_nobody(monkeypatch: pytest.MonkeyPatch):
    blocked: list[float] = []
    monkeypatch.setattr(Watch, "_say", lambda _, seconds: blocked.append(seconds))
    loop = asyncio.new_event_loop()
    watched = Watch(loop, [], 0.02)

    def look() -> None:
        watched._look(cast("Any", Looks(2)))

    look()
    assert blocked == []

    async def running() -> None:
        look()

    loop.run_until_complete(running())
    assert len(blocked) == 2
    loop.close()


async def test_nothing_watches_over_a_loop_without_lines(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "_CHECK_SECONDS", -1.0)
    lines: list[Any] = []
    watched = Watch(asyncio.get_running_loop(), lines, 0.2)
    watched.begin()
    assert watched._ended is None

    class Open:
        loop = asyncio.get_running_loop()
        checked = asyncio.Event()

        def check(self, now: float) -> None:
            self.checked.set()

    lines.append(Open())
    watched.begin()
    assert watched._ended is not None
    assert Open.checked.is_set()
    ended = watched._ended
    lines.clear()
    await asyncio.to_thread(ended.wait, PATIENCE)
    assert watched._ended is None
