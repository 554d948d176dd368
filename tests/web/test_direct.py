"""The direct way between a view and its line, and ASGI around it: both are the same to a page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

import pytest

from tests.runtime.line import Page, Visitor
from tests.server.clients import (
    CLOSE,
    PING,
    PONG,
    TEXT,
    Client,
    Served,
    becomes,
    frame,
    on_each_loop,
    served,
)
from wirebird import LiveView, Wirebird, event, info
from wirebird.web.websocket import DirectTransport, WebSocketTransport


class Counter(LiveView[dict[str, Any]]):
    html = "<p>{{ count }}</p>"

    async def mount(self) -> None:
        self.state["count"] = 0
        await self.socket.subscribe("all")

    @event
    async def add(self, by: int = 1) -> None:
        self.state["count"] += by

    @event
    async def tell(self) -> None:
        await self.socket.broadcast("all", 100)

    @info
    async def told(self, by: int) -> None:
        self.state["count"] += by


def plain(app: Any) -> Any:
    return app


def send_wrapped(app: Any) -> Any:
    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def other(message: Any) -> None:
            await send(message)

        await app(scope, receive, other)

    return wrapped


def receive_wrapped(app: Any) -> Any:
    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def other() -> Any:
            return await receive()

        await app(scope, other, send)

    return wrapped


WAYS = {
    plain: DirectTransport,
    send_wrapped: WebSocketTransport,
    receive_wrapped: WebSocketTransport,
}


@pytest.fixture
def app(make_app: Callable[..., Wirebird]) -> Wirebird:
    app = make_app(layout=None)
    app.live("/", Counter)
    return app


async def joined(server: Served, app: Wirebird) -> tuple[Client, Page]:
    """Return a line over which a view was joined."""
    visitor = Visitor(app, f"http://127.0.0.1:{server.port}")
    page = await visitor.page("/")
    client = await server.open(
        f"/live/websocket?vsn=2.0.0&_csrf_token={quote(page.csrf)}",
        f"Cookie: {visitor.cookies()}",
    )
    payload = {"url": page.url, "params": {}, "session": page.session, "static": page.static}
    client.text(json.dumps(["1", "1", page.topic, "phx_join", payload]))
    assert (await reply(client))["status"] == "ok"
    return client, page


async def reply(client: Client) -> Any:
    opcode, payload = await client.frame()
    assert opcode == TEXT
    return json.loads(payload)[4]


def click(page: Page, ref: int, name: str, **value: Any) -> str:
    payload = {"type": "click", "event": name, "value": value}
    return json.dumps(["1", str(ref), page.topic, "event", payload])


@on_each_loop
@pytest.mark.parametrize("way", WAYS)
async def test_views_answer_and_hear_each_other_either_way(app: Wirebird, way: Any):
    async with served(way(app)) as server:
        client, page = await joined(server, app)
        connection: Any = next(iter(app.endpoint.connections))
        assert type(connection.transport) is WAYS[way]
        client.text(click(page, 2, "add", by=5))
        assert (await reply(client))["response"]["diff"] == {"0": "5"}
        client.text(click(page, 3, "tell"))
        answers = [await reply(client), await reply(client)]
        assert any("105" in json.dumps(answer) for answer in answers)


@on_each_loop
@pytest.mark.parametrize("way", WAYS)
async def test_a_burst_is_handled_in_order_either_way(app: Wirebird, way: Any):
    async with served(way(app)) as server:
        client, page = await joined(server, app)
        bursts = [frame(TEXT, click(page, ref, "add").encode()) for ref in range(2, 1002)]
        client.send(*bursts)
        for number in range(1, 1001):
            assert (await reply(client))["response"]["diff"] == {"0": str(number)}


@on_each_loop
@pytest.mark.parametrize("way", WAYS)
async def test_what_is_no_frame_closes_the_line_either_way(app: Wirebird, way: Any):
    async with served(way(app)) as server:
        client, _ = await joined(server, app)
        client.text("no frame at all")
        assert await client.frame() == (CLOSE, (4011).to_bytes(2, "big"))


@on_each_loop
@pytest.mark.parametrize("way", WAYS)
async def test_views_end_when_their_client_vanishes_either_way(app: Wirebird, way: Any):
    async with served(way(app)) as server:
        client, _ = await joined(server, app)
        await client.close()
        await becomes(lambda: not server.lines and not server.state.tasks)


tenant: ContextVar[str] = ContextVar("tenant", default="nobody")


class Tenant(Counter):
    async def mount(self) -> None:
        self.state["count"] = tenant.get()

    @event
    async def again(self) -> None:
        self.state["count"] = f"{tenant.get()} again"


@on_each_loop
@pytest.mark.parametrize("way", WAYS)
async def test_what_middleware_has_set_for_a_socket_its_views_see_either_way(
    make_app: Callable[..., Wirebird], way: Any
):
    app = make_app(layout=None)
    app.live("/", Tenant)

    async def middleware(scope: Any, receive: Any, send: Any) -> None:
        tenant.set("somebody")
        await app(scope, receive, send)

    async with served(way(middleware)) as server:
        client, page = await joined(server, app)
        client.text(click(page, 2, "again"))
        assert (await reply(client))["response"]["diff"] == {"0": "somebody again"}


class Busy(Counter):
    at_it: asyncio.Event
    go: asyncio.Event
    ended: list[str]

    @event
    async def work(self) -> None:
        type(self).at_it.set()
        await type(self).go.wait()
        type(self).ended.append("worked")

    async def terminate(self, reason: str) -> None:
        type(self).ended.append(reason)


@on_each_loop
async def test_a_server_that_stops_closes_a_line_once_its_views_have_ended(
    make_app: Callable[..., Wirebird],
):
    app = make_app(layout=None)
    app.live("/", Busy)
    Busy.at_it, Busy.go, Busy.ended = asyncio.Event(), asyncio.Event(), []
    async with served(app) as server:
        client, page = await joined(server, app)
        client.text(click(page, 2, "work"))
        await Busy.at_it.wait()
        (line,) = server.lines
        line.shutdown()
        client.text(click(page, 3, "add"))  # too late to be taken, and no reason to be cut off
        client.send(frame(PING, b"still there?"))
        assert await client.frame() == (PONG, b"still there?")
        Busy.go.set()
        assert await client.frame() == (CLOSE, (4012).to_bytes(2, "big") + b"spread=1")
        assert Busy.ended == ["http", "worked", "shutdown"]


# The line's side


@on_each_loop
async def test_a_sink_sets_the_pace_and_its_errors_are_the_applications():
    taken: list[Any] = []
    go = asyncio.Event()
    raised: list[Exception] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        line = scope["extensions"]["websocket.line"]["line"]
        assert line.is_unwrapped(receive, send)

        def sink(data: Any) -> Any:
            taken.append(data)
            if data == "wait":
                return go.wait()
            if data == "fail":
                raise ValueError("as told")
            return None

        line.attach(sink)
        await send({"type": "websocket.accept"})
        try:
            await receive()
        except ValueError as error:
            raised.append(error)

    async with served(app) as server:
        client = await server.open()
        for word in ("a", "wait", "b", "fail", "late"):
            client.text(word)
        await becomes(lambda: taken == ["a", "wait"])
        await asyncio.sleep(0.01)
        assert taken == ["a", "wait"]
        go.set()
        await becomes(lambda: raised)
        assert taken == ["a", "wait", "b", "fail"]


@on_each_loop
async def test_a_sink_gets_all_that_was_sent_before_the_line_ended():
    taken: list[Any] = []
    told: list[Any] = []
    go = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()

        def sink(data: Any) -> Any:
            taken.append(data)
            return go.wait() if data == "0" else None

        scope["extensions"]["websocket.line"]["line"].attach(sink)
        await send({"type": "websocket.accept"})
        told.append(await receive())

    async with served(app) as server:
        client = await server.open()
        client.send(*(frame(TEXT, b"%d" % number) for number in range(100)))
        await becomes(lambda: taken)
        (line,) = server.lines
        line.shutdown()
        await becomes(lambda: not server.lines)
        assert told == []
        go.set()
        await becomes(lambda: told)
        assert taken == [*map(str, range(100))]
        assert told[0]["code"] == 1012


@on_each_loop
async def test_writing_says_when_the_client_does_not_read():
    waited = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        line = scope["extensions"]["websocket.line"]["line"]
        await send({"type": "websocket.accept"})
        while (unread := line.write("x" * 65_536)) is None:
            pass
        waited.set()
        await unread.wait()
        line.write("read")
        await receive()

    async with served(app) as server:
        client = await server.open(limit=2**16)
        await asyncio.wait_for(waited.wait(), 20)
        while (await client.frame())[1] != b"read":
            pass
