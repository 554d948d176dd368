from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.runtime.line import PATIENCE, Line, Page, Visitor
from wirebird import LiveView, LocalPubSub, Resubscribed, Wirebird, event, info


@dataclass
class Log:
    """What a view has done, in order."""

    steps: list[str] = field(default_factory=list)
    count: int = 0


@dataclass(frozen=True)
class Said:
    text: str


class Recording(LiveView[Log]):
    """Keeps a log of what it handles; what waits for the gate does so in the middle."""

    html = "<p>{{ steps|join(' ') }}</p>"
    gate: asyncio.Event
    entered: asyncio.Event
    ended: list[str]

    @event
    async def slow(self) -> None:
        self.state.steps.append("slow:begins")
        type(self).entered.set()
        await type(self).gate.wait()
        self.state.steps.append("slow:ends")

    @event
    async def note(self, text: str = "") -> None:
        self.state.steps.append(text)

    @event
    async def steps(self) -> dict[str, Any]:
        return {"steps": self.state.steps}

    @event
    async def say(self, text: str) -> None:
        self.socket.send(Said(text))

    @info
    async def on_said(self, said: Said) -> None:
        self.state.steps.append(said.text)

    async def terminate(self, reason: str) -> None:
        if self.socket.connected:
            type(self).ended.append(reason)


def recording() -> type[Recording]:
    """Return a class of its own for each test, with its own gate."""

    class Mine(Recording):
        gate = asyncio.Event()
        entered = asyncio.Event()
        ended: list[str] = []  # noqa: RUF012

    return Mine


@asynccontextmanager
async def joined(app: Wirebird, path: str = "/") -> AsyncIterator[tuple[Line, Page]]:
    visitor = Visitor(app)
    page = await visitor.page(path)
    async with visitor.line(page) as line:
        reply = await line.join(page)
        assert reply["status"] == "ok", reply
        yield line, page


def serving(
    make_app: Callable[..., Wirebird], view: type[LiveView[Any]], **options: Any
) -> Wirebird:
    app = make_app(layout=None, **options)
    app.live("/", view)
    return app


async def steps(line: Line, page: Page) -> list[str]:
    return (await line.event(page, "steps"))["diff"]["r"]["steps"]


# One message at a time


async def test_messages_do_not_overtake_one_another(make_app: Callable[..., Wirebird]):
    view = recording()
    async with joined(serving(make_app, view)) as (line, page):
        line.begin_event(page, "slow")
        for text in ("one", "two", "three"):
            line.begin_event(page, "note", {"text": text})
        await view.entered.wait()
        view.gate.set()
        assert await steps(line, page) == ["slow:begins", "slow:ends", "one", "two", "three"]


async def test_nothing_is_rendered_in_the_middle_of_a_handler(make_app: Callable[..., Wirebird]):
    view = recording()
    app = serving(make_app, view)
    async with joined(app) as (line, page), joined(app) as (other_line, other):
        await other_line.event(other, "say", {"text": "elsewhere"})
        slow = line.begin_event(page, "slow")
        await view.entered.wait()
        # While it waits, the connection still answers, and a message comes in.
        assert await line.alive()
        assert line._kept == []
        view.gate.set()
        reply = await line.reply(slow)
        assert reply["response"]["diff"] == {"0": "slow:begins slow:ends"}


async def test_a_message_that_a_handler_sends_comes_after_it(make_app: Callable[..., Wirebird]):
    async with joined(serving(make_app, recording())) as (line, page):
        first = line.begin_event(page, "say", {"text": "said"})
        second = line.begin_event(page, "note", {"text": "noted"})
        await line.reply(first)
        await line.reply(second)
        assert sorted(await steps(line, page)) == ["noted", "said"]


async def test_each_event_has_an_answer_of_its_own(make_app: Callable[..., Wirebird]):
    view = recording()
    async with joined(serving(make_app, view)) as (line, page):
        refs = [line.begin_event(page, "note", {"text": str(n)}) for n in range(50)]
        for n, ref in enumerate(refs):
            assert await line.receive() == [
                line.joins[page.topic],
                ref,
                page.topic,
                "phx_reply",
                {"status": "ok", "response": {"diff": {"0": " ".join(map(str, range(n + 1)))}}},
            ]


async def test_a_burst_of_messages_is_rendered_a_few_times(make_app: Callable[..., Wirebird]):
    class Counts(LiveView[Log]):
        html = "<p>{{ count }}</p>"

        async def mount(self) -> None:
            await self.socket.subscribe("burst")

        @info
        async def on_said(self, said: Said) -> None:
            self.state.count += 1

    app = serving(make_app, Counts)
    async with joined(app) as (line, page):
        for _ in range(1000):
            await app.pubsub.broadcast("burst", Said("x"))
        diffs: list[str] = []
        while not diffs or diffs[-1] != "1000":
            frame = await line.receive()
            assert frame[3] == "diff"
            diffs.append(frame[4]["0"])
        assert len(diffs) <= 5
        assert page.topic


async def test_a_title_that_a_message_sets_arrives_at_once(make_app: Callable[..., Wirebird]):
    class Titled(LiveView[Log]):
        html = "<p>titled</p>"

        async def mount(self) -> None:
            self.socket.push_event("mounted", {"n": 1})
            await self.socket.subscribe("titles")

        async def handle_info(self, message: str) -> None:
            self.socket.page_title = message

    app = serving(make_app, Titled)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        reply = await line.join(page)
        assert reply["response"]["rendered"]["e"] == [["mounted", {"n": 1}]]
        await app.pubsub.broadcast("titles", "<b>New</b>")
        assert (await line.receive())[3:] == ["diff", {"t": "<b>New</b>"}]


# Fairness


async def test_a_view_that_keeps_itself_busy_does_not_stall_others(
    make_app: Callable[..., Wirebird],
):
    class Busy(LiveView[Log]):
        html = "<p>busy</p>"

        @event
        async def start(self) -> None:
            self.socket.send("again")

        async def handle_info(self, message: str) -> None:
            self.socket.send("again")

    app = serving(make_app, Busy)
    app.live("/calm", recording())
    async with joined(app) as (line, page), joined(app, "/calm") as (calm_line, calm):
        await line.event(page, "start")
        for _ in range(10):
            assert await calm_line.event(calm, "steps")
        assert await line.alive()


async def test_a_blocking_handler_does_not_stall_other_views(make_app: Callable[..., Wirebird]):
    entered, release = threading.Event(), threading.Event()

    class Blocking(LiveView[Log]):
        html = "<p>{{ count }}</p>"

        @event
        def block(self) -> None:
            entered.set()
            assert release.wait(PATIENCE)
            self.state.count += 1

    app = serving(make_app, Blocking)
    app.live("/calm", recording())
    visitor = Visitor(app)
    page, calm = await visitor.page("/"), await visitor.page("/calm")
    async with visitor.line(page) as line:
        await line.join(page)
        await line.join(calm)
        blocked = line.begin_event(page, "block")
        assert await asyncio.to_thread(entered.wait, PATIENCE)
        assert await steps(line, calm) == []
        release.set()
        assert (await line.reply(blocked))["response"] == {"diff": {"0": "1"}}


# From a `def` handler's thread


async def test_a_thread_can_use_the_socket(make_app: Callable[..., Wirebird]):
    class Threaded(LiveView[Log]):
        html = "<p>{{ steps|join(' ') }}</p>"

        def mount(self) -> None:
            self.socket.subscribe("thread")
            self.socket.send_after(Said("late"), 0.001)
            self.socket.send(Said("mounted"))

        @event
        def act(self) -> None:
            self.state.steps.append("acted")
            self.socket.send(Said("sent"))
            self.socket.broadcast("thread", Said("broadcast"))
            self.socket.push_event("pushed")
            self.socket.page_title = "T"

        @event
        def stop(self) -> None:
            self.socket.unsubscribe("thread")
            timer = self.socket.every(Said("never"), 0)
            timer.cancel()

        @event
        def steps(self) -> dict[str, Any]:
            return {"steps": self.state.steps}

        @info
        def on_said(self, said: Said) -> None:
            self.state.steps.append(said.text)

    app = serving(make_app, Threaded)
    assert isinstance(app.pubsub, LocalPubSub)
    async with joined(app) as (line, page):
        while "late" not in await steps(line, page):
            pass
        assert app.pubsub.subscribers("thread") == 1
        response = await line.event(page, "act")
        assert response["diff"]["e"] == [["pushed", {}]]
        assert response["diff"]["t"] == "T"
        while len(await steps(line, page)) < 5:
            pass
        assert sorted(await steps(line, page)) == ["acted", "broadcast", "late", "mounted", "sent"]
        await line.event(page, "stop")
        assert app.pubsub.subscribers("thread") == 0
        assert "never" not in await steps(line, page)


async def test_a_message_may_come_from_any_thread(make_app: Callable[..., Wirebird]):
    sockets: list[Any] = []
    view = recording()

    class Shared(view):  # type: ignore[misc, valid-type]
        async def mount(self) -> None:
            sockets.append(self.socket)

    async with joined(serving(make_app, Shared)) as (line, page):
        await asyncio.to_thread(lambda: sockets[-1].send(Said("hello")))
        assert (await line.receive())[4] == {"0": "hello"}
        assert await steps(line, page) == ["hello"]


async def test_a_message_to_this_process_alone_takes_no_broker(make_app: Callable[..., Wirebird]):
    class Shared(recording()):  # type: ignore[misc]
        async def mount(self) -> None:
            await self.socket.subscribe("here")

        @event
        async def tell(self) -> None:
            await self.socket.local_broadcast("here", Said("to all"))
            await self.socket.local_broadcast("here", Said("to others"), include_self=False)

    async with joined(serving(make_app, Shared)) as (line, page):
        await line.event(page, "tell")
        assert await steps(line, page) == ["to all"]


async def test_only_a_view_that_asks_hears_that_it_may_have_missed_something(
    make_app: Callable[..., Wirebird], caplog: pytest.LogCaptureFixture
):
    class Reads(recording()):  # type: ignore[misc]
        async def mount(self) -> None:
            await self.socket.subscribe("talk")

        @info
        async def on_resubscribed(self, message: Resubscribed) -> None:
            self.state.steps.append(f"again:{message.topic}")

    class Goes(recording()):  # type: ignore[misc]
        async def mount(self) -> None:
            await self.socket.subscribe("talk")

        async def handle_info(self, message: Any) -> None:
            self.state.steps.append("told")

    for view, expected in ((Reads, ["again:talk"]), (Goes, [])):
        app = serving(make_app, view)
        async with joined(app) as (line, page):
            await app.pubsub.local_broadcast("talk", Resubscribed("talk"))
            assert await steps(line, page) == expected
    assert not caplog.records


# The end of a view


async def test_a_view_left_by_navigation_is_ended(make_app: Callable[..., Wirebird]):
    view = recording()

    class Leaves(view):  # type: ignore[misc, valid-type]
        async def mount(self) -> None:
            await self.socket.subscribe("left")
            self.timer = self.socket.every(Said("tick"), 1000)
            timers.append(self.timer)

        @event
        async def go(self) -> None:
            self.socket.push_navigate("/")

    timers: list[Any] = []
    app = serving(make_app, Leaves)
    assert isinstance(app.pubsub, LocalPubSub)
    async with joined(app) as (line, page):
        assert app.pubsub.subscribers("left") == 1
        response = await line.event(page, "go")
        assert response == {"live_redirect": {"kind": "push", "to": "/"}}
        # On its way out it executes nothing more.
        line.begin_event(page, "note", {"text": "late"})
        line.begin_event(page, "slow")
        assert await line.leave(page) == {"status": "ok", "response": {}}
        assert view.ended == ["leave"]
        assert not view.entered.is_set()
        assert app.pubsub.subscribers("left") == 0
        assert [timer.active for timer in timers] == [False, False]
        assert (await line.join(page, url=None, redirect=page.url))["status"] == "ok"
        assert app.pubsub.subscribers("left") == 1
    assert app.pubsub.subscribers("left") == 0


async def test_what_ends_one_view_of_a_socket_ends_all_of_them_once(
    make_app: Callable[..., Wirebird],
):
    view = recording()
    visitor = Visitor(serving(make_app, view))
    pages = [await visitor.page("/") for _ in range(5)]
    async with visitor.line(pages[0]) as line:
        for page in pages:
            await line.join(page)
        line.begin_event(pages[0], "slow")
        await view.entered.wait()
        view.gate.set()
    assert view.ended == ["disconnected"] * 5


async def test_a_view_that_has_ended_takes_nothing_more(make_app: Callable[..., Wirebird]):
    view = recording()
    sockets: list[Any] = []

    class Kept(view):  # type: ignore[misc, valid-type]
        async def mount(self) -> None:
            if self.socket.connected:
                sockets.append(self.socket)

    app = serving(make_app, Kept)
    assert isinstance(app.pubsub, LocalPubSub)
    async with joined(app):
        pass
    socket = sockets[0]
    await socket.subscribe("late")
    assert app.pubsub.subscribers("late") == 0
    assert not socket.every(Said("x"), 0).active
    socket.send(Said("x"))
    await socket.broadcast("late", Said("x"))
    assert view.ended == ["disconnected"]


# Context variables

tenant: contextvars.ContextVar[str] = contextvars.ContextVar("tenant", default="nobody")


async def test_context_variables_belong_to_one_view(make_app: Callable[..., Wirebird]):
    class Tenant(LiveView[Log]):
        html = "<p>{{ steps|join(' ') }}</p>"

        async def mount(self, name: str = "") -> None:
            await self.socket.subscribe("tenants")
            if self.socket.connected and name:
                tenant.set(name)

        @event
        async def tell(self) -> None:
            await self.socket.broadcast("tenants", Said("who?"))

        @info
        async def on_said(self, said: Said) -> None:
            self.state.steps.append(tenant.get())

    app = serving(make_app, Tenant)
    async with joined(app, "/?name=ada") as (ada, page), joined(app) as (other, _):
        await ada.event(page, "tell")
        assert (await ada.receive())[4] == {"0": "ada"}
        assert (await other.receive())[4] == {"0": "nobody"}
    assert tenant.get() == "nobody"


# Messages that nobody expects


async def test_a_message_without_a_handler_is_logged(
    make_app: Callable[..., Wirebird], caplog: pytest.LogCaptureFixture
):
    class Deaf(LiveView[Log]):
        html = "<p>deaf</p>"

        async def mount(self) -> None:
            await self.socket.subscribe("deaf")

        @event
        async def ping(self) -> None: ...

    app = serving(make_app, Deaf)
    async with joined(app) as (line, page):
        await app.pubsub.broadcast("deaf", Said("x"))
        assert await line.event(page, "ping") == {}
        assert await line.event(page, "ping") == {}
    assert "nothing handles a Said" in caplog.text
