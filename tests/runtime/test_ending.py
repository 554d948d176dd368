"""A view that ends finishes what it is at and what it was sent before, whatever ended it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import pytest

from tests.runtime.line import Line, Page, Visitor
from wirebird import LiveView, Ok, Wirebird, event, info
from wirebird.runtime import ending as ends


@dataclass
class Orders:
    count: int = 0


@dataclass(frozen=True)
class Said:
    text: str


class Shop(LiveView[Orders]):
    """Writes down what was done; in the middle of an order, it waits for the bank."""

    html = "<p>{{ count }}</p>"
    done: list[str]
    charged: asyncio.Event
    bank: asyncio.Event
    thread_bank: threading.Event

    @event
    async def order(self) -> None:
        self.done.append("charged")
        self.charged.set()
        await self.bank.wait()
        self.done.append("stored")
        self.state.count += 1

    @event
    def order_in_thread(self) -> None:
        self.done.append("charged")
        self.socket.send(Said("charged"))
        loop.call_soon_threadsafe(self.charged.set)
        self.thread_bank.wait()
        self.done.append("stored")

    @event
    async def note(self, text: str) -> None:
        self.done.append(text)

    @event
    async def fail(self) -> None:
        raise ZeroDivisionError

    @event
    async def go(self) -> None:
        self.socket.push_navigate("/")

    @event
    async def pay(self, finish: bool = True, then_go: bool = False) -> None:
        self.socket.start_async("pay", self.payment, then=self.paid, finish=finish)
        if then_go:
            self.socket.push_navigate("/")

    async def payment(self) -> str:
        self.done.append("charged")
        self.charged.set()
        await self.bank.wait()
        self.done.append("stored")
        return "receipt"

    async def paid(self, outcome: Any) -> None:
        assert isinstance(outcome, Ok)
        self.done.append(outcome.value)

    @info
    async def on_said(self, said: Said) -> None:
        pass

    async def terminate(self, reason: str) -> None:
        if self.socket.connected:
            self.done.append(reason)


loop: asyncio.AbstractEventLoop


@pytest.fixture
async def shop() -> type[Shop]:
    global loop
    loop = asyncio.get_running_loop()

    class Mine(Shop):
        done: list[str] = []  # noqa: RUF012
        charged = asyncio.Event()
        bank = asyncio.Event()
        thread_bank = threading.Event()

    return Mine


@pytest.fixture
def app(make_app: Callable[..., Wirebird], shop: type[Shop]) -> Wirebird:
    app = make_app(layout=None)
    app.live("/", shop)
    return app


async def visit(app: Wirebird) -> tuple[Line, Page]:
    visitor = Visitor(app)
    page = await visitor.page("/")
    line = await visitor.line(page).open()
    assert (await line.join(page))["status"] == "ok"
    return line, page


async def leave(app: Wirebird, line: Line, page: Page) -> None:
    line.push(page.topic, "phx_leave", {})


async def rejoin(app: Wirebird, line: Line, page: Page) -> None:
    line.begin_join(page)


async def lose(app: Wirebird, line: Line, page: Page) -> None:
    line._to_server.put_nowait({"type": "websocket.disconnect", "code": 1006})


async def abort(app: Wirebird, line: Line, page: Page) -> None:
    line.send("[no frame")


async def stop(app: Wirebird, line: Line, page: Page) -> None:
    """As a server does that gives its tasks no more time."""
    assert line.task is not None
    line.task.cancel()


async def stop_twice(app: Wirebird, line: Line, page: Page) -> None:
    assert line.task is not None
    line.task.cancel()
    await ending(app)
    line.task.cancel()
    with suppress(asyncio.CancelledError):
        await line.task


End = Callable[[Wirebird, Line, Page], Any]

ENDS: dict[End, str] = {
    leave: "leave",
    rejoin: "replaced",
    lose: "disconnected",
    abort: "disconnected",
    stop: "disconnected",
    stop_twice: "disconnected",
}


@pytest.fixture(params=ENDS, ids=lambda end: end.__name__)
def end(request: pytest.FixtureRequest) -> End:
    return request.param


async def ending(app: Wirebird) -> None:
    """Wait until a view has begun to end."""
    for _ in repeat(None):
        if app.endpoint.scheduler()._ends:
            return
        await asyncio.sleep(0)


async def ended(app: Wirebird, line: Line) -> None:
    await app.endpoint.scheduler().ended()
    with suppress(asyncio.CancelledError):
        await line.close()


async def test_a_handler_under_way_is_finished(app: Wirebird, shop: type[Shop], end: End):
    line, page = await visit(app)
    line.begin_event(page, "order")
    await shop.charged.wait()
    await end(app, line, page)
    await ending(app)
    assert shop.done == ["charged"]
    shop.bank.set()
    await app.endpoint.scheduler().ended()
    assert shop.done[:3] == ["charged", "stored", ENDS[end]]
    await ended(app, line)


async def test_a_handler_in_a_thread_is_finished(app: Wirebird, shop: type[Shop], end: End):
    line, page = await visit(app)
    line.begin_event(page, "order_in_thread")
    await shop.charged.wait()
    await end(app, line, page)
    await ending(app)
    shop.thread_bank.set()
    await app.endpoint.scheduler().ended()
    assert shop.done[:3] == ["charged", "stored", ENDS[end]]
    await ended(app, line)


async def test_what_was_sent_before_the_end_is_handled_in_order(
    app: Wirebird, shop: type[Shop], end: End
):
    line, page = await visit(app)
    line.begin_event(page, "order")
    for n in range(5):
        line.begin_event(page, "note", {"text": str(n)})
    await shop.charged.wait()
    assert await line.alive()  # it has read them all
    await end(app, line, page)
    await ending(app)
    shop.bank.set()
    await app.endpoint.scheduler().ended()
    assert shop.done[:8] == ["charged", "stored", *"01234", ENDS[end]]
    await ended(app, line)


async def test_what_the_client_sent_before_it_went_is_read_although_nothing_can_be_sent(
    app: Wirebird, shop: type[Shop]
):
    line, page = await visit(app)
    for n in range(5):
        line.begin_event(page, "note", {"text": str(n)})
    await line.close()  # the answers to all of them meet a line that is gone
    assert shop.done == [*"01234", "disconnected"]


async def test_nothing_is_rendered_any_more(
    make_app: Callable[..., Wirebird], shop: type[Shop], end: End
):
    rendered: list[int] = []

    class Watched(shop):  # type: ignore[misc, valid-type]
        html = "<p>{{ seen(count) }}</p>"

    app = make_app(layout=None)
    app.templates.globals["seen"] = rendered.append
    app.live("/", Watched)
    line, page = await visit(app)
    del rendered[:]
    line.begin_event(page, "order")
    await shop.charged.wait()
    await end(app, line, page)
    await ending(app)
    shop.bank.set()
    await app.endpoint.scheduler().ended()
    assert 1 not in rendered
    await ended(app, line)


async def test_a_topic_that_was_left_is_joined_anew_meanwhile(app: Wirebird, shop: type[Shop]):
    line, page = await visit(app)
    line.begin_event(page, "order")
    await shop.charged.wait()
    left = line.push(page.topic, "phx_leave", {})
    assert (await line.join(page))["status"] == "ok"
    await line.event(page, "note", {"text": "new"})
    shop.bank.set()
    assert await line.reply(left) == {"status": "ok", "response": {}}
    await app.endpoint.scheduler().ended()
    assert shop.done == ["charged", "new", "stored", "leave"]
    await line.close()


async def test_a_view_that_is_joined_again_is_mounted_after_the_last_one_has_stored(
    app: Wirebird, shop: type[Shop]
):
    line, page = await visit(app)
    line.begin_event(page, "order")
    await shop.charged.wait()
    again = line.begin_join(page)
    line.begin_event(page, "note", {"text": "new"})
    assert await line.alive()  # other views of the line do not wait for it
    shop.bank.set()
    assert (await line.reply(again))["status"] == "ok"
    await line.event(page, "note", {"text": "newer"})
    assert shop.done == ["charged", "stored", "replaced", "new", "newer"]
    await line.close()


async def test_mount_is_finished_and_nothing_follows_it(
    make_app: Callable[..., Wirebird], shop: type[Shop]
):
    class Slow(shop):  # type: ignore[misc, valid-type]
        async def mount(self) -> None:
            if self.socket.connected:
                await self.order()

    app = make_app(layout=None)
    app.live("/", Slow)
    visitor = Visitor(app)
    page = await visitor.page("/")
    line = await visitor.line(page).open()
    line.begin_join(page)
    line.begin_event(page, "note", {"text": "too early"})
    await shop.charged.wait()
    await lose(app, line, page)
    await ending(app)
    shop.bank.set()
    await ended(app, line)
    assert shop.done == ["charged", "stored", "disconnected"]


async def test_a_crash_while_a_view_ends_ends_it(
    app: Wirebird, shop: type[Shop], caplog: pytest.LogCaptureFixture
):
    line, page = await visit(app)
    line.begin_event(page, "order")
    line.begin_event(page, "fail")
    line.begin_event(page, "note", {"text": "after"})
    await shop.charged.wait()
    await lose(app, line, page)
    await ending(app)
    shop.bank.set()
    await ended(app, line)
    assert shop.done == ["charged", "stored", "disconnected"]
    assert "the view crashed" in caplog.text


async def test_what_takes_longer_than_the_patience_is_cancelled_and_named(
    app: Wirebird, shop: type[Shop], end: End, caplog: pytest.LogCaptureFixture
):
    app.endpoint.end_patience = 0.01
    line, page = await visit(app)
    line.begin_event(page, "order")
    await shop.charged.wait()
    await end(app, line, page)
    await ending(app)
    await app.endpoint.scheduler().ended()
    assert shop.done[:2] == ["charged", ENDS[end]]
    assert "cancelled: the event 'order' does not end" in caplog.text
    await ended(app, line)


async def test_what_will_not_be_cancelled_holds_up_nothing(
    make_app: Callable[..., Wirebird],
    shop: type[Shop],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setattr(ends, "STOP_PATIENCE", 0.01)

    class Stubborn(shop):  # type: ignore[misc, valid-type]
        @event
        async def hold(self) -> None:
            shop.charged.set()
            while not shop.bank.is_set():
                with suppress(asyncio.CancelledError):
                    await shop.bank.wait()

        async def terminate(self, reason: str) -> None:
            await super().terminate(reason)
            if self.socket.connected:
                await asyncio.Event().wait()

    app = make_app(layout=None, end_patience=0.01)
    app.live("/", Stubborn)
    line, page = await visit(app)
    line.begin_event(page, "hold")
    await shop.charged.wait()
    await line.close()
    assert shop.done == ["disconnected"]
    assert "the event 'hold' does not stop although it was cancelled" in caplog.text
    assert "cancelled: terminate takes more than 0.01 s" in caplog.text
    shop.bank.set()


# Background work


@pytest.mark.parametrize("then_go", [False, True], ids=["stays", "sends its visitor elsewhere"])
async def test_work_that_must_finish_does_and_is_heard(
    app: Wirebird, shop: type[Shop], end: End, then_go: bool
):
    line, page = await visit(app)
    line.begin_event(page, "pay", {"then_go": then_go})
    await shop.charged.wait()
    await end(app, line, page)
    await ending(app)
    shop.bank.set()
    await app.endpoint.scheduler().ended()
    assert shop.done[:4] == ["charged", "stored", "receipt", ENDS[end]]
    await ended(app, line)


async def test_other_work_ends_with_its_view(app: Wirebird, shop: type[Shop], end: End):
    line, page = await visit(app)
    line.begin_event(page, "pay", {"finish": False})
    await shop.charged.wait()
    await end(app, line, page)
    await ending(app)
    await app.endpoint.scheduler().ended()
    assert shop.done[:2] == ["charged", ENDS[end]]
    await ended(app, line)


async def test_work_that_must_finish_is_finished_after_a_crash_and_not_heard(
    app: Wirebird, shop: type[Shop]
):
    line, page = await visit(app)
    line.begin_event(page, "pay")
    await shop.charged.wait()
    line.begin_event(page, "fail")
    await ending(app)
    shop.bank.set()
    await app.endpoint.scheduler().ended()
    assert shop.done == ["charged", "stored", "crash"]
    await line.close()


async def test_work_that_must_finish_and_takes_too_long_is_cancelled_and_named(
    app: Wirebird, shop: type[Shop], caplog: pytest.LogCaptureFixture
):
    app.endpoint.end_patience = 0.01
    line, page = await visit(app)
    line.begin_event(page, "pay")
    await shop.charged.wait()
    await line.close()
    assert shop.done == ["charged", "disconnected"]
    assert "cancelled: Mine: the task 'pay' does not end" in caplog.text


# A server that stops


async def test_a_server_that_stops_waits_for_its_views(app: Wirebird, shop: type[Shop]):
    line, page = await visit(app)
    line.begin_event(page, "order")
    await shop.charged.wait()
    messages: asyncio.Queue[Any] = asyncio.Queue()
    told: asyncio.Queue[Any] = asyncio.Queue()
    lifespan = asyncio.create_task(app({"type": "lifespan"}, messages.get, told.put))
    messages.put_nowait({"type": "lifespan.startup"})
    assert (await told.get())["type"] == "lifespan.startup.complete"
    messages.put_nowait({"type": "lifespan.shutdown"})
    await ending(app)
    assert told.empty()
    shop.bank.set()
    assert (await told.get())["type"] == "lifespan.shutdown.complete"
    assert shop.done == ["charged", "stored", "shutdown"]
    await lifespan
    await line.close()


async def test_lines_are_closed_when_the_server_stops(app: Wirebird, shop: type[Shop]):
    line, page = await visit(app)
    await app.endpoint.drain()
    line.begin_event(page, "note", {"text": "late"})
    assert (await line.until_closed()).code == 4012  # service restart: connect to the next one
    await line.close()
    assert shop.done == ["shutdown"]
