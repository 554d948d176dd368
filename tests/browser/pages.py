"""What browser tests share: opening a live page, recording its frames, a view that shows events."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Page, WebSocket, expect

from wirebird import LiveView

HEARD = """
<output id="count">{{ count }}</output>
<output id="event">{{ event }}</output>
<output id="payload">{{ payload }}</output>
"""


MORNING = datetime(2026, 1, 1, 8, tzinfo=UTC)
"""When a page begins whose clock is installed (`page.clock.install(time=MORNING)`)."""


async def stop_clock(page: Page) -> None:
    """From now on only `page.clock.run_for` lets time pass, however slow the machine."""
    await page.clock.pause_at(MORNING + timedelta(hours=1))


async def visit(page: Page, url: str) -> None:
    """Open a page and wait until its view is joined."""
    await page.goto(url)
    await connected(page)


async def connected(page: Page) -> None:
    """Wait until the page's view is joined."""
    await expect(page.locator("[data-phx-main].phx-connected")).to_be_attached()


async def mark(page: Page) -> None:
    """Leave a mark in the document that only a page load takes away; see `is_same_document`."""
    await page.evaluate("window.marker = 1")


async def is_same_document(page: Page) -> bool:
    """Tell whether the document is still the one that was marked."""
    return bool(await page.evaluate("window.marker === 1"))


async def focus_settled(page: Page) -> None:
    """Wait until a `js.focus` is over: the client focuses again, two frames later."""
    frames = "requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))"
    await page.evaluate(f"() => new Promise((done) => {frames})")


class Frames:
    """The frames of a page's sockets, as `[join_ref, ref, topic, event, payload]`."""

    def __init__(self, page: Page) -> None:
        self.sent: list[list[Any]] = []
        self.received: list[list[Any]] = []
        self._news = asyncio.Event()
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda data: self._note(self.sent, data))
        socket.on("framereceived", lambda data: self._note(self.received, data))

    def _note(self, frames: list[list[Any]], data: str | bytes) -> None:
        if isinstance(data, bytes):  # a chunk of an upload
            return
        frames.append(json.loads(data))
        self._news.set()

    async def until(self, came: Callable[[list[Any]], bool]) -> None:
        """Wait until the server has sent a frame of which `came` is true."""
        async with asyncio.timeout(10):
            while not any(map(came, self.received)):
                self._news.clear()
                await self._news.wait()

    def joins(self) -> int:
        """How many joins the page has asked for."""
        return sum(frame[3] == "phx_join" for frame in self.sent)

    def events(self) -> list[str]:
        """The names of the events that the page has sent."""
        return [frame[4]["event"] for frame in self.sent if frame[3] == "event"]


class Gate:
    """Holds a handler in the server's thread until the test lets it go."""

    def __init__(self) -> None:
        self._is_open = False
        self._lock = threading.Lock()
        self._waiting: list[asyncio.Future[None]] = []

    def open(self) -> None:
        with self._lock:
            self._is_open = True
            waiting, self._waiting = self._waiting, []
        for passed in waiting:
            with contextlib.suppress(RuntimeError):  # its server has gone
                passed.get_loop().call_soon_threadsafe(_let_pass, passed)

    async def wait(self) -> None:
        passed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._is_open:
                return
            self._waiting.append(passed)
        async with asyncio.timeout(10):
            await passed


def _let_pass(passed: asyncio.Future[None]) -> None:
    if not passed.done():
        passed.set_result(None)


async def until(condition: Any, what: str) -> None:
    """Wait for something that the server does without telling the page.

    Raises:
        AssertionError: It did not happen within ten seconds.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - the server is another thread's
                await asyncio.sleep(0.005)
    assert condition(), f"it never came to pass that {what}"


@dataclass
class Heard:
    event: str = ""
    payload: str = ""
    count: int = 0


class Recorder(LiveView[Heard]):
    """Shows the last event that reached it, and how many did."""

    async def handle_event(self, event: str, payload: Any) -> None:
        self.state.event = event
        self.state.payload = json.dumps(payload, sort_keys=True)
        self.state.count += 1


def recorder(markup: str) -> type[Recorder]:
    """Return a view with some markup that shows the events which reach it."""
    return type("RecorderView", (Recorder,), {"html": markup + HEARD, "__module__": __name__})


async def expect_heard(page: Page, event: str, payload: Any, *, count: int | None = None) -> None:
    """Wait until a `recorder` shows an event."""
    await expect(page.locator("#event")).to_have_text(event)
    await expect(page.locator("#payload")).to_have_text(json.dumps(payload, sort_keys=True))
    if count is not None:
        await expect(page.locator("#count")).to_have_text(str(count))
