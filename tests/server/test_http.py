"""HTTP before it is answered: how much may be asked, and how slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.server.clients import (
    TEXT,
    Client,
    Served,
    becomes,
    frame,
    on_each_loop,
    request,
    served,
)
from wirebird.server import WebSocket
from wirebird.server.compressed import CompressedWebSocket
from wirebird.server.lines import Lines

PROTOCOLS = {
    "httptools": "wirebird.server.bounded_httptools:BoundedHttpTools",
    "h11": "wirebird.server.bounded_h11:BoundedH11",
}
PUBLIC = "8.8.8.8"


@pytest.fixture(params=list(PROTOCOLS.values()), ids=list(PROTOCOLS))
def http(request: pytest.FixtureRequest) -> str:
    return request.param


async def size(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the size of the body."""
    total = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        total += len(message["body"])
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"%d" % total})


async def never(scope: Any, receive: Any, send: Any) -> None:
    """Do not decide about a WebSocket before it is closed."""
    while (await receive())["type"] != "websocket.disconnect":
        pass


def head(*lines: str, path: str = "/") -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: test", *lines, "", ""]).encode()


async def status(server: Served, *pieces: bytes) -> int:
    """Return the status of the answer to a request in pieces, each of them a read of its own."""
    client = await server.connect()
    for piece in pieces:
        client.send(piece)
        await asyncio.sleep(0.001)
    answered = int((await client.head()).split()[1])
    await client.close()
    return answered


async def answer(client: Client) -> bytes:
    """Return a whole answer."""
    async with asyncio.timeout(20):
        return await client.reader.readuntil(b"\r\n0\r\n\r\n")


async def test_a_head_of_an_ordinary_size_is_read_whole_and_byte_by_byte(http: str):
    async with served(size, http=http) as server:
        data = head("Cookie: " + "a" * 8000, *(f"X-{n}: b" for n in range(50)))
        assert await status(server, data) == 200
        assert await status(server, *(bytes([byte]) for byte in head("X-A: b"))) == 200


@pytest.mark.parametrize(
    ("protocol", "pieces", "length"),
    [("httptools", 1, 70_000), ("httptools", 10, 70_000), ("h11", 1, 90_000)],
)
async def test_a_head_that_is_too_large_is_refused(protocol: str, pieces: int, length: int):
    large = [
        head("X-A: " + "a" * length),
        head(path="/" + "a" * length),
        head(*(f"X-{number}: {'a' * 1000}" for number in range(length // 1000))),
    ]
    async with served(size, http=PROTOCOLS[protocol]) as server:
        for data in large:
            step = len(data) // pieces + 1
            split = [data[start : start + step] for start in range(0, len(data), step)]
            assert await status(server, *split) == 431


@pytest.mark.parametrize("line", [b"X-A: " + b"a" * 20_000, b"x-a: a\r\n" * 2500])
async def test_a_head_without_an_end_is_refused_and_nothing_of_it_kept(http: str, line: bytes):
    async with served(size, http=http) as server:
        client = await server.connect(b"GET / HTTP/1.1\r\nHost: test\r\n")
        for _ in range(40):
            client.send(line)
            await asyncio.sleep(0.001)
        await becomes(lambda: not server.lines)


async def test_a_request_has_no_more_than_a_hundred_headers():
    async with served(size, http=PROTOCOLS["httptools"]) as server:
        assert await status(server, head(*(f"X-{n}: a" for n in range(99)))) == 200
        assert await status(server, head(*(f"X-{n}: a" for n in range(100)))) == 431


async def test_a_handshake_is_bounded_too(http: str):
    async with served(size, http=http) as server:
        assert await status(server, request("/", "X-A: " + "a" * 90_000)) == 431


@on_each_loop
@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("websocket", [WebSocket, CompressedWebSocket])
@pytest.mark.parametrize("size", [5, 20_000, 60_000])
async def test_what_comes_in_one_packet_with_a_handshake_is_not_lost(
    protocol: str, websocket: type[asyncio.Protocol], size: int
):
    async with served(echo, http=PROTOCOLS[protocol], ws=websocket) as server:
        first, second = b"a" * size, b"second"
        client = await server.connect(request() + frame(TEXT, first) + frame(TEXT, second)[:3])
        assert (await client.head()).startswith(b"HTTP/1.1 101 ")
        client.send(frame(TEXT, second)[3:])
        assert await client.frame() == (TEXT, first)
        assert await client.frame() == (TEXT, second)


async def test_what_comes_with_a_handshake_is_bounded(http: str):
    async with served(never, http=http) as server:
        client = await server.connect(request() + frame(TEXT, b"a" * 200_000))
        with pytest.raises(ConnectionError):
            await client.rest()


async def test_a_body_may_be_large_and_a_head_follow_it(http: str):
    async with served(size, http=http) as server:
        client = await server.connect()
        body = b"a" * 300_000
        client.send(b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 300000\r\n\r\n" + body)
        assert b"\r\n\r\n6\r\n300000\r\n" in await answer(client)
        client.send(head())
        assert b"HTTP/1.1 200 " in await answer(client)


async def test_a_body_in_small_chunks_is_no_head(http: str):
    async with served(size, http=http) as server:
        client = await server.connect(
            b"POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(50):
            client.send(b"1\r\na\r\n" * 1000)
            await client.writer.drain()
        client.send(b"0\r\n\r\n")
        assert (await client.head()).startswith(b"HTTP/1.1 200 ")


# Deadlines


def lines_of(server: Served) -> Lines:
    return server.lines[0]._lines


async def waits(server: Served) -> Any:
    """Return the one connection, once the server waits for it."""
    await becomes(lambda: server.lines and server.lines[0] in lines_of(server).requests)
    return server.lines[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: test\r\nX-A: ",
        b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n12345",
    ],
)
async def test_a_client_that_does_not_ask_in_time_is_closed(
    http: str, data: bytes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LINES_REQUEST_WITHIN", "0.1")
    async with served(size, http=http) as server:
        client = await server.connect(data)
        await becomes(lambda: server.lines)
        await client.rest()
        await becomes(lambda: not server.lines and not server.state.tasks)


@pytest.mark.parametrize("data", [b"", head() + b"GET"])
async def test_whoever_waits_for_an_answer_is_not_waited_for(http: str, data: bytes):
    go = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await go.wait()
        await size(scope, receive, send)

    async with served(app, http=http) as server:
        client = await server.connect(head())
        await becomes(lambda: server.state.tasks)
        assert server.lines[0] not in lines_of(server).requests
        go.set()
        await client.head()
        await waits(server)


async def test_a_body_that_comes_has_its_time_again_with_each_piece(http: str):
    async with served(size, http=http) as server:
        client = await server.connect(
            b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n"
        )
        line = await waits(server)
        due = line._lines.requests._due
        first = due[line]
        client.send(b"12345")
        await becomes(lambda: due[line] > first)
        client.send(b"67890")
        assert (await client.head()).startswith(b"HTTP/1.1 200 ")


async def test_a_socket_owes_no_request(http: str):
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()

    async with served(app, http=http) as server:
        await server.open()
        assert len(lines_of(server).requests) == 0


# Who may have how many


@pytest.fixture
def from_public(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let all clients come from an address of the public Internet."""

    def come(host: str) -> None:
        for name in (
            "uvicorn.protocols.http.httptools_impl",
            "uvicorn.protocols.http.h11_impl",
            "wirebird.server.websocket",
        ):
            monkeypatch.setattr(f"{name}.get_remote_addr", lambda transport: (host, 1))

    return come


async def echo(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        return await size(scope, receive, send)
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})


async def test_one_peer_has_no_more_lines_than_it_may_have(
    http: str, from_public: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LINES_PER_PEER", "3")
    from_public(PUBLIC)
    async with served(echo, http=http) as server:
        first = await server.open()
        second = await server.open()
        third = await server.connect()
        await becomes(lambda: len(server.lines) == 3)
        refused = await server.connect(head())
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await refused.head()
        first.send(frame(TEXT, b"still here"))
        assert await first.frame() == (TEXT, b"still here")
        await second.close()
        await third.close()
        await becomes(lambda: len(server.lines) == 1)
        await server.open()
        from_public("1.1.1.1")
        assert await status(server, head()) == 200


async def test_a_proxy_that_is_trusted_may_have_any_number(
    from_public: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LINES_PER_PEER", "1")
    from_public(PUBLIC)
    protocol = PROTOCOLS["httptools"]
    async with served(echo, http=protocol, forwarded_allow_ips="8.8.0.0/16") as server:
        for _ in range(3):
            await server.open()


async def test_when_descriptors_run_short_the_silent_go_first_and_then_the_expendable(http: str):
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            line = scope["extensions"]["websocket.line"]["line"]
            line.expendable = scope["path"] == "/expendable"
        await echo(scope, receive, send)

    async with served(app, http=http) as server:
        wanted = await server.open("/wanted")
        expendable = await server.open("/expendable")
        silent = await server.connect()
        await becomes(lambda: len(server.lines) == 3)
        lines_of(server)._most_descriptors = 1
        assert await status(server, head()) == 200
        await silent.rest()
        await becomes(lambda: len(server.lines) == 2)
        assert await status(server, head()) == 200
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await expendable.frame()
        wanted.send(frame(TEXT, b"still here"))
        assert await wanted.frame() == (TEXT, b"still here")
