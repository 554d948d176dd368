"""A WebSocket as ASGI: opening, messages, back-pressure both ways, and every way to end."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from uvicorn.protocols.utils import ClientDisconnected

from tests.server.clients import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    becomes,
    frame,
    on_each_loop,
    request,
    served,
)
from wirebird.server.bounded_httptools import BoundedHttpTools

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

ACCEPTED = {"type": "websocket.accept"}


def text(data: str) -> dict[str, Any]:
    return {"type": "websocket.send", "text": data}


class Echo:
    """Echoes, and keeps what it is sent."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.received: list[Any] = []
        self.ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await receive()
        await send(ACCEPTED)
        while True:
            message = await receive()
            self.received.append(message)
            if message["type"] == "websocket.disconnect":
                self.ended.set()
                return
            with suppress(OSError):  # it has gone, and what it sent before is still to be received
                await send({**message, "type": "websocket.send"})


@on_each_loop
async def test_messages_are_echoed():
    async with served(Echo()) as server:
        client = await server.open()
        client.send(frame(TEXT, "grün".encode()), frame(BINARY, b"\0\1"))
        assert await client.frame() == (TEXT, "grün".encode())
        assert await client.frame() == (BINARY, b"\0\1")
        client.send(frame(TEXT, b"a", fin=False), frame(PING, b"?"), frame(CONTINUATION, b"b"))
        assert await client.frame() == (PONG, b"?")
        assert await client.frame() == (TEXT, b"ab")


@on_each_loop
async def test_a_large_message_comes_back_whole():
    async with served(Echo()) as server:
        client = await server.open()
        data = bytes(range(256)) * 4096
        client.send(frame(BINARY, data))
        assert await client.frame() == (BINARY, data)


@pytest.mark.parametrize("http", ["httptools", BoundedHttpTools])
async def test_the_application_is_told_what_was_asked_for(http: Any):
    app = Echo()
    async with served(app, root_path="/at", http=http) as server:
        await server.open("/a%20b?c=d", "Cookie: e=f", "Sec-WebSocket-Protocol: x, y")
        (scope,) = app.scopes
        peer = scope.pop("client")
        headers = dict(scope.pop("headers"))
        assert scope == {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "ws",
            "server": ("127.0.0.1", server.port),
            "root_path": "/at",
            "path": "/at/a b",
            "raw_path": b"/at/a%20b",
            "query_string": b"c=d",
            "subprotocols": ["x", "y"],
            "state": {},
            "extensions": {
                "websocket.http.response": {},
                "websocket.line": {"line": server.lines[0]},
            },
        }
        assert peer[0] == "127.0.0.1"
        assert headers[b"cookie"] == b"e=f"


async def test_a_subprotocol_and_headers_are_answered():
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({**ACCEPTED, "subprotocol": "y", "headers": [(b"x-a", b"b")]})
        await receive()

    async with served(app) as server:
        client = await server.connect(request())
        head = await client.head()
        assert b"\r\nsec-websocket-protocol: y\r\n" in head
        assert b"\r\nx-a: b\r\n" in head


@pytest.mark.parametrize("split", [1, 7, 50])
async def test_a_handshake_may_come_in_pieces(split: int):
    async with served(Echo()) as server:
        client = await server.connect()
        data = request()
        for start in range(0, len(data), split):
            client.send(data[start : start + split])
            await asyncio.sleep(0)
        assert (await client.head()).startswith(b"HTTP/1.1 101 ")


@pytest.mark.parametrize("http", ["httptools", "h11"])
async def test_either_parser_of_http_hands_a_socket_over(http: str):
    async with served(Echo(), http=http) as server:
        client = await server.open()
        client.text("a")
        assert await client.frame() == (TEXT, b"a")


async def test_a_connection_that_has_become_a_websocket_is_freed_at_once():
    gc.disable()  # it would be found by a collection
    try:
        async with served(Echo(), http=BoundedHttpTools) as server:
            await server.open()
            assert not any(type(each) is BoundedHttpTools for each in gc.get_objects())
    finally:
        gc.enable()


async def test_a_version_that_is_not_ours_is_refused():
    async with served(Echo()) as server:
        client = await server.connect(request(version="12"))
        assert (await client.rest()).startswith(b"HTTP/1.1 426 Upgrade Required\r\n")


# Refusing


@on_each_loop
async def test_a_socket_can_be_denied():
    told: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        told.append(await receive())

    async with served(app) as server:
        client = await server.connect(request())
        assert (await client.rest()).startswith(b"HTTP/1.1 403 Forbidden\r\n")
        await becomes(lambda: told)
        assert told[0]["type"] == "websocket.disconnect"


@on_each_loop
async def test_a_socket_can_be_denied_with_an_answer_of_the_application():
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        start = {"status": 418, "headers": [(b"x-a", b"b"), (b"content-length", b"99")]}
        await send({"type": "websocket.http.response.start", **start})
        await send({"type": "websocket.http.response.body", "body": b"t", "more_body": True})
        await send({"type": "websocket.http.response.body", "body": b"ea"})

    async with served(app) as server:
        client = await server.connect(request())
        head, _, body = (await client.rest()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 418 I'm a Teapot\r\n")
        assert b"\r\nx-a: b\r\n" in head
        assert b"\r\ncontent-length: 3" in head
        assert body == b"tea"


@pytest.mark.parametrize("crashes", [True, False])
async def test_an_application_that_decides_nothing_is_a_500(
    crashes: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    # uvicorn's own may have been taken away by a server that ran before in this process.
    monkeypatch.setattr("wirebird.server.websocket.logger", logging.getLogger(__name__))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if crashes:
            raise ValueError("a mistake of the application")

    async with served(app) as server:
        client = await server.connect(request())
        assert (await client.rest()).startswith(b"HTTP/1.1 500 ")
    (record,) = caplog.records
    assert record.levelno == logging.ERROR


@pytest.mark.parametrize(
    "messages",
    [
        [text("before it is open")],
        [{"type": "websocket.http.response.body", "body": b""}],
        [{"type": "websocket.http.response.start", "status": 403}, ACCEPTED],
        [ACCEPTED, ACCEPTED],
        [ACCEPTED, {"type": "websocket.close"}, text("after it was closed")],
        [ACCEPTED, {"type": "websocket.close"}, {"type": "websocket.close"}],
    ],
)
async def test_a_message_at_the_wrong_time_is_the_applications_mistake(messages: list[Any]):
    raised: list[Exception] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        try:
            for message in messages:
                await send(message)
        except RuntimeError as error:
            raised.append(error)

    async with served(app) as server:
        await server.connect(request())
        await becomes(lambda: raised)


# Ending


@on_each_loop
@pytest.mark.parametrize(
    ("sent", "answer", "told"),
    [
        (b"\x0f\xa0bye", b"\x0f\xa0bye", (4000, "bye")),
        (b"", b"", (1005, "")),
    ],
)
async def test_a_client_that_closes_is_answered(sent: bytes, answer: bytes, told: tuple[int, str]):
    app = Echo()
    async with served(app) as server:
        client = await server.open()
        client.send(frame(TEXT, b"a"), frame(CLOSE, sent), frame(TEXT, b"late"))
        assert await client.frame() == (CLOSE, answer)
        assert await client.rest() == b""
        await asyncio.wait_for(app.ended.wait(), 20)
        first, last = app.received
        assert first["text"] == "a"
        assert (last["code"], last["reason"]) == told
        await becomes(lambda: not server.lines)


@on_each_loop
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(TEXT, b"a", mask=None), 1002),
        (frame(TEXT, b"\xff"), 1007),
        (b"\x81\xff" + (2**40).to_bytes(8, "big"), 1009),
        (frame(BINARY, b"a" * 60, fin=False) + frame(CONTINUATION, b"a" * 60), 1009),
    ],
)
async def test_a_client_that_breaks_the_protocol_is_told_and_closed(data: bytes, code: int):
    app = Echo()
    async with served(app, ws_max_size=100) as server:
        client = await server.open()
        client.send(data)
        opcode, payload = await client.frame()
        assert (opcode, int.from_bytes(payload[:2], "big")) == (CLOSE, code)
        assert await client.rest() == b""
        await asyncio.wait_for(app.ended.wait(), 20)
        assert app.received[-1]["code"] == code


@on_each_loop
async def test_a_client_that_vanishes_ends_the_socket_after_what_it_sent():
    app = Echo()
    async with served(app) as server:
        client = await server.open()
        client.text("last words")
        await client.frame()
        await client.close()
        await asyncio.wait_for(app.ended.wait(), 20)
        assert [message["type"] for message in app.received] == [
            "websocket.receive",
            "websocket.disconnect",
        ]
        assert app.received[-1]["code"] == 1006


@on_each_loop
async def test_the_application_can_close_and_awaits_the_clients_answer():
    told: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPTED)
        await send({"type": "websocket.close", "code": 4001, "reason": "bye"})
        told.append(await receive())

    async with served(app) as server:
        client = await server.open()
        assert await client.frame() == (CLOSE, b"\x0f\xa1bye")
        client.send(frame(TEXT, b"late"), frame(PING, b"late"), frame(CLOSE, b"\x0f\xa1"))
        assert await client.rest() == b""
        assert told == [{"type": "websocket.disconnect", "code": 4001, "reason": "bye"}]


@on_each_loop
async def test_a_client_that_does_not_answer_a_close_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("wirebird.server.lines.CLOSE_WITHIN", 0.05)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPTED)
        await send({"type": "websocket.close"})

    async with served(app) as server:
        client = await server.open()
        await client.frame()
        await becomes(lambda: not server.lines)


@pytest.mark.parametrize(("error", "code"), [(ValueError("a mistake"), 1011), (None, 1000)])
async def test_a_socket_that_the_application_leaves_open_is_closed(
    error: Exception | None, code: int
):
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPTED)
        if error is not None:
            raise error

    async with served(app) as server:
        client = await server.open()
        assert await client.frame() == (CLOSE, code.to_bytes(2, "big"))


@on_each_loop
async def test_a_stopping_server_says_so_and_the_application_gets_all_that_was_sent():
    received: list[Any] = []
    go = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPTED)
        await go.wait()
        while not received or received[-1]["type"] != "websocket.disconnect":
            received.append(await receive())

    async with served(app) as server:
        client = await server.open()
        client.send(*(frame(TEXT, b"%d" % number) for number in range(200)), frame(PING, b"end"))
        (line,) = server.lines
        await becomes(lambda: line._lagging)
        line.shutdown()
        assert await client.frame() == (CLOSE, (1012).to_bytes(2, "big"))
        assert await client.rest() == b""
        go.set()
        await becomes(lambda: len(received) == 201)
        assert [message.get("text") for message in received[:-1]] == [*map(str, range(200))]
        assert received[-1]["code"] == 1012


async def test_a_stopping_server_refuses_who_is_not_accepted_yet():
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    async with served(app) as server:
        client = await server.connect(request())
        await becomes(lambda: server.state.tasks)
        (line,) = server.lines
        line.shutdown()
        assert (await client.rest()).startswith(b"HTTP/1.1 500 ")


@on_each_loop
async def test_sending_to_a_client_that_has_gone_is_an_error_of_the_system():
    errors: list[Exception] = []
    gone = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPTED)
        await receive()
        await gone.wait()
        try:
            await send(text("a"))
        except OSError as error:
            errors.append(error)

    async with served(app) as server:
        client = await server.open()
        await client.close()
        await becomes(lambda: not server.lines)
        gone.set()
        await becomes(lambda: errors)
        assert isinstance(errors[0], ClientDisconnected)


# Back-pressure


@on_each_loop
async def test_no_more_is_read_than_the_application_takes():
    turn = asyncio.Semaphore(0)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPTED)
        for _ in range(3000):
            await turn.acquire()
            message = await receive()
        await send(message)

    async with served(app) as server:
        client = await server.open()
        for number in range(3000):
            client.text(f"{number} {'x' * 5000}")
        (line,) = server.lines
        await becomes(lambda: line._lagging)
        await asyncio.sleep(0.05)
        assert len(line._inbox) <= 16
        assert line._reader.unread < 1_000_000
        assert client.writer.transport.get_write_buffer_size() > 1_000_000
        for _ in range(3000):
            turn.release()
        await becomes(lambda: not server.state.tasks)


@on_each_loop
async def test_an_application_that_sends_waits_for_a_client_that_does_not_read():
    sent = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal sent
        await receive()
        await send(ACCEPTED)
        for _ in range(1000):
            await send({"type": "websocket.send", "bytes": b"x" * 65_536})
            sent += 1
        await receive()

    async with served(app) as server:
        client = await server.open(limit=2**16)
        (line,) = server.lines
        await becomes(lambda: line._unread is not None)
        await asyncio.sleep(0.05)
        stopped = sent
        assert stopped < 1000
        for _ in range(1000):
            assert (await client.frame())[0] == BINARY
        assert sent == 1000


@on_each_loop
async def test_one_of_several_that_wait_to_send_can_be_cancelled():
    waiting: list[asyncio.Task[None]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPTED)
        await send({"type": "websocket.send", "bytes": b"x" * 20_000_000})
        waiting.extend(asyncio.ensure_future(send(text(word))) for word in ("a", "b", "c"))
        await receive()

    async with served(app) as server:
        client = await server.open()
        await becomes(lambda: waiting)
        await asyncio.sleep(0)
        waiting[1].cancel()
        assert (await client.frame())[0] == BINARY
        assert [await client.frame(), await client.frame()] == [(TEXT, b"a"), (TEXT, b"c")]


@on_each_loop
async def test_a_sender_does_not_wait_for_a_client_that_has_gone():
    ended = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPTED)
        try:
            while True:
                await send({"type": "websocket.send", "bytes": b"x" * 65_536})
        except OSError:
            ended.set()

    async with served(app) as server:
        client = await server.open()
        (line,) = server.lines
        await becomes(lambda: line._unread is not None)
        await client.close()
        await asyncio.wait_for(ended.wait(), 20)


@on_each_loop
async def test_pongs_that_a_client_does_not_read_do_not_pile_up():
    async with served(Echo()) as server:
        client = await server.open(limit=2**16)
        (line,) = server.lines
        pings = b"".join(frame(PING, b"%0125d" % number) for number in range(1000))
        for _ in range(1000):
            client.send(pings)
            async with asyncio.timeout(20):
                await client.writer.drain()
            if line._unread is not None:
                break
        for _ in range(20):
            client.send(pings)
            await client.writer.drain()
        assert line._transport.get_write_buffer_size() < 200_000
        client.send(frame(PING, b"the last"))
        while (await client.frame()) != (PONG, b"the last"):
            pass


@on_each_loop
async def test_what_a_client_sends_before_it_is_accepted_waits():
    decide = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await decide.wait()
        await Echo()(scope, receive, send)

    async with served(app) as server:
        client = await server.connect(request())
        await becomes(lambda: server.state.tasks)
        client.text("early")
        (line,) = server.lines
        await becomes(lambda: line._reader.unread)
        decide.set()
        await client.head()
        assert await client.frame() == (TEXT, b"early")


async def test_who_sends_a_lot_before_being_accepted_is_cut_off():
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async with served(app) as server:
        client = await server.connect(request())
        await becomes(lambda: server.state.tasks)
        client.send(frame(TEXT, b"a" * 100_000))
        await becomes(lambda: not server.lines)


@on_each_loop
async def test_a_flood_of_frames_leaves_others_their_turn():
    app = Echo()
    async with served(app) as server:
        flooding = await server.open()
        other = await server.open()
        lines = server.lines
        flooding.send(frame(PONG) * 200_000)
        await becomes(lambda: any(line._lagging for line in lines))
        other.text("a")
        assert await other.frame() == (TEXT, b"a")
        assert any(line._lagging or line._reader.unread for line in lines)
        flooding.text("b")
        assert await flooding.frame() == (TEXT, b"b")


# Whether the client is still there


@on_each_loop
async def test_a_client_that_answers_pings_stays():
    async with served(Echo(), ws_ping_interval=0.02, ws_ping_timeout=20) as server:
        client = await server.open()
        for _ in range(5):
            opcode, payload = await client.frame()
            assert opcode == PING
            client.send(frame(PONG, payload))
        client.text("here")
        while (answer := await client.frame())[0] == PING:
            pass
        assert answer == (TEXT, b"here")


@on_each_loop
async def test_a_client_that_answers_no_ping_is_closed():
    app = Echo()
    async with served(app, ws_ping_interval=0.02, ws_ping_timeout=0.05) as server:
        client = await server.open()
        while (answer := await client.frame())[0] == PING:
            pass
        assert answer == (CLOSE, b"\x03\xf3keepalive ping timeout")
        await becomes(lambda: not server.lines)
        assert app.received[-1]["code"] == 1011


@on_each_loop
async def test_a_client_that_neither_reads_nor_answers_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("wirebird.server.lines.CLOSE_WITHIN", 0.05)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPTED)
        while True:
            await send({"type": "websocket.send", "bytes": b"x" * 65_536})

    async with served(app, ws_ping_interval=0.05, ws_ping_timeout=0.05) as server:
        await server.open(limit=2**16)
        await becomes(lambda: not server.lines and not server.state.tasks)


async def test_without_an_interval_nobody_is_pinged():
    async with served(Echo(), ws_ping_interval=None) as server:
        client = await server.open()
        client.text("a")
        assert await client.frame() == (TEXT, b"a")
        assert server.lines[0]._lines.pings is None


async def test_a_line_that_has_ended_is_waited_for_no_more():
    async with served(Echo()) as server:
        client = await server.open()
        (line,) = server.lines
        assert line in line._lines.pings
        await client.close()
        await becomes(lambda: not server.lines)
        for deadlines in (line._lines.pings, line._lines.pongs, line._lines.closings):
            assert line not in deadlines
