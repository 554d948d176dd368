"""Pages that come back while something else happens: a view is on one line, parked, or ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from tests.conftest import SECRET_KEY
from tests.runtime.line import Line, Page, Visitor
from wirebird import Limits, LiveView, Stream, Wirebird, event, info
from wirebird.runtime.channel import Channel
from wirebird.runtime.mailbox import Stage

PATIENCE = 10.0


@dataclass
class Row:
    id: int


@dataclass
class Count:
    count: int = 0
    texts: list[str] = field(default_factory=list[str])
    rows: Stream[Row] = field(default_factory=Stream)


class Lives:
    """Counts views that were mounted on a line, and those of them that have ended."""

    def __init__(self) -> None:
        self.mounted = 0
        self.ended: list[str] = []
        self.guard = asyncio.Event()
        self.guard.set()
        self.asked = asyncio.Event()
        self.refused: set[str] = set()

    @property
    def running(self) -> int:
        return self.mounted - len(self.ended)

    async def admit(self, doc: str = "") -> None:
        self.asked.set()
        await self.guard.wait()
        if doc in self.refused:
            self.refused.discard(doc)
            raise PermissionError


class CountView(LiveView[Count]):
    html = """<p>{{ count }}</p><ul id="rows" phx-update="stream">
    {% for dom_id, row in rows %}<li id="{{ dom_id }}"></li>{% endfor %}</ul>"""
    lives: Lives

    def mount(self) -> None:
        if self.socket.connected:
            self.lives.mounted += 1

    @event
    def add(self) -> None:
        self.state.count += 1

    @event
    def go(self, to: str) -> None:
        self.socket.push_patch(to)

    @info
    def on_text(self, text: str) -> None:
        self.state.texts.append(text)

    @info
    def on_row(self, row: Row) -> None:
        self.state.rows.insert(row)

    def terminate(self, reason: str) -> None:
        if self.socket.connected:
            self.lives.ended.append(reason)


class Browser:
    """A page that comes back over one line and another."""

    def __init__(self, **options: Any) -> None:
        self.lives = lives = Lives()
        self.view = type("CountView", (CountView,), {"lives": lives})
        self.app = Wirebird(secret_key=SECRET_KEY, **options)
        with self.app.live_session("guarded", on_mount=[lives.admit]) as guarded:
            guarded.live("/{doc}", self.view)
        self.app.add_route("/sign/in", _sign_in, methods=["GET"])
        self.visitor = Visitor(self.app)
        self.page: Page
        self.mark = ""
        self.lines: list[Line] = []

    async def load(self) -> Browser:
        await self.visitor.get("/sign/in")
        self.page = await self.visitor.page("/a")
        return self

    async def line(self) -> Line:
        line = await self.visitor.line(self.page).open()
        self.lines.append(line)
        return line

    def begin_join(self, line: Line, mark: str | None = None, url: str | None = None) -> str:
        params = {"_csrf_token": self.page.csrf, "_mark": self.mark if mark is None else mark}
        return line.begin_join(self.page, params={**params, "_mounts": 1}, url=url or self.page.url)

    def joined(self, answer: Any) -> str:
        """Take note of what a page was shown; return that."""
        assert answer["status"] == "ok", answer
        rendered = answer["response"]["rendered"]
        (self.mark,) = (e[1]["mark"] for e in rendered["e"] if e[0] == "wirebird:mark")
        return rendered["1"]["0"]

    async def join(self, line: Line) -> str:
        return self.joined(await line.reply(self.begin_join(line)))

    @property
    def parked(self) -> list[Channel]:
        return list(self.app.endpoint.parking)

    @property
    def running(self) -> int:
        """How many views stand on a line, or are kept."""
        open_lines = [line for line in self.app.endpoint.connections if not line._closed]  # type: ignore[attr-defined]
        standing = {channel for line in open_lines for channel in line.channels.values()}
        return len({each for each in (*standing, *self.parked) if not each.is_ending})  # type: ignore[attr-defined]

    async def none_is_forgotten(self) -> None:
        """Wait until each view that was mounted is on a line, kept, or has ended."""
        async with asyncio.timeout(PATIENCE):
            while self.lives.running != self.running:  # noqa: ASYNC110 - tells nobody
                await asyncio.sleep(0)


async def _sign_in(request: Request) -> Response:
    request.session["live_socket_id"] = "user:1"
    return Response()


@asynccontextmanager
async def browsing(**options: Any) -> AsyncIterator[Browser]:
    browser = await Browser(**options).load()
    try:
        yield browser
    finally:
        for line in browser.lines:
            await line.close()
        await browser.none_is_forgotten()
        await browser.app.endpoint.drain()
        assert browser.lives.running == 0


async def handled(channel: Channel) -> None:
    async with asyncio.timeout(PATIENCE):
        while channel.handling or channel._inbox:  # pyright: ignore[reportPrivateUsage]  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_a_line_that_is_lost_before_its_page_is_refused_has_no_view():
    async with browsing() as browser:
        line = await browser.line()
        await browser.join(line)
        await line.close()
        (channel,) = browser.parked
        browser.lives.guard.clear()
        browser.lives.asked.clear()
        line = await browser.line()
        browser.begin_join(line)
        await asyncio.wait_for(browser.lives.asked.wait(), PATIENCE)
        await line.close()
        assert browser.parked == [channel]
        browser.lives.refused.add("a")
        browser.lives.guard.set()
        await handled(channel)
        await browser.join(await browser.line())
        await browser.none_is_forgotten()
        assert browser.lives.mounted == 2
        assert browser.lives.ended == ["refused"]


async def test_nothing_begins_on_a_line_that_was_closed_because_its_client_does_not_read(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("wirebird.runtime.connection._CLOSE_PATIENCE", 0.01)
    async with browsing() as browser:
        line = await browser.line()
        await browser.join(line)
        (connection,) = browser.app.endpoint.connections
        with line.not_reading():
            browser.begin_join(line)  # the view that it replaces is told so first
            async with asyncio.timeout(PATIENCE):
                while not browser.lives.ended:  # noqa: ASYNC110 - tells nobody
                    await asyncio.sleep(0)
            await browser.app.disconnect("user:1")
            await connection._ending  # type: ignore[attr-defined]
        assert (await line.receive())[3] == "phx_close"
        await line.close()
        await browser.none_is_forgotten()
        assert browser.lives.mounted == 1


async def test_of_two_that_come_back_at_once_the_later_has_the_view():
    async with browsing() as browser:
        line = await browser.line()
        await browser.join(line)
        await line.event(browser.page, "add")
        await line.close()
        browser.lives.guard.clear()
        lines = [await browser.line(), await browser.line()]
        refs = [browser.begin_join(line) for line in lines]
        for line in lines:
            await line.alive()
        browser.lives.guard.set()
        assert browser.joined(await lines[1].reply(refs[1])) == "1"
        await lines[1].event(browser.page, "add")
        await lines[0].close()
        assert browser.lives.mounted == 1
        assert browser.lives.ended == []


async def test_who_comes_back_is_admitted_where_the_view_is_and_not_where_he_says():
    async with browsing() as browser:
        line = await browser.line()
        await browser.join(line)
        await line.event(browser.page, "go", {"to": "/secret"})
        await line.close()
        browser.lives.refused.add("secret")
        line = await browser.line()
        answer = await line.reply(browser.begin_join(line))
        assert browser.joined(answer) == "0"
        assert browser.lives.mounted == 2
        assert browser.lives.ended == ["refused"]


@pytest.mark.parametrize("message", [lambda n: "x" * 1000 + str(n), Row], ids=["state", "rows"])
async def test_a_view_that_grows_while_it_is_kept_takes_no_more_than_there_is_room_for(
    message: Callable[[int], Any],
):
    async with browsing(limits=Limits(parked_memory=100_000)) as browser:
        line = await browser.line()
        await browser.join(line)
        await line.close()
        (channel,) = browser.parked
        for number in range(1000):
            channel.deliver(message(number))
        await handled(channel)
        assert browser.parked == []
        await browser.none_is_forgotten()
        assert browser.lives.ended == ["disconnected"]


async def test_a_view_that_handles_much_while_it_is_kept_and_does_not_grow_stays():
    async with browsing(limits=Limits(parked_memory=100_000)) as browser:
        line = await browser.line()
        await browser.join(line)
        await line.close()
        (channel,) = browser.parked
        for _ in range(1000):
            channel.deliver(Row(1))
            await handled(channel)
            channel.view.state.rows.reset()
        assert browser.parked == [channel]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["open", "open with an old mark", "expire", "message"])),
        st.tuples(st.sampled_from(["event", "close", "leave"]), st.integers(0, 3)),
    ),
    max_size=16,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_each_view_is_on_one_line_kept_or_ended(steps: list[tuple[Any, ...]]):
    asyncio.run(_each(steps))


async def _each(steps: list[tuple[Any, ...]]) -> None:
    async with browsing(limits=Limits(parked_views=2)) as browser:
        old = ""
        for kind, *which in steps:
            lines = [line for line in browser.lines if line.closed is None]
            if kind.startswith("open"):
                line = await browser.line()
                mark = old if kind != "open" else browser.mark
                old = browser.mark
                browser.joined(await line.reply(browser.begin_join(line, mark)))
            elif kind == "expire" and browser.parked:
                browser.parked[0].end("disconnected")
            elif kind == "message":
                for channel in browser.parked:
                    channel.deliver("hello")
            elif which and which[0] < len(lines):
                line = lines[which[0]]
                if kind == "close":
                    await line.close()
                else:
                    line.push(browser.page.topic, "phx_leave" if kind == "leave" else "event", ADD)
            await browser.none_is_forgotten()
            parking = browser.app.endpoint.parking
            places = parking._places.values()  # pyright: ignore[reportPrivateUsage]
            assert parking._weight == sum(place.weight for place in places)  # pyright: ignore[reportPrivateUsage]
            assert all(channel.stage is Stage.PARKED for channel in browser.parked)
            assert len(browser.parked) <= 2


ADD = {"type": "click", "event": "add", "value": {}}
