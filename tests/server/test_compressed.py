"""WebSockets that compress: a client's bombs and crumbs cost no more than the limit."""

from __future__ import annotations

import zlib
from typing import Any

from websockets.asyncio.client import connect

from tests.server.clients import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    Client,
    becomes,
    frame,
    request,
    served,
)
from wirebird.server.compressed import CompressedWebSocket

LIMIT = 100_000
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})


def compressed(**options: Any) -> Any:
    return served(echo, ws=CompressedWebSocket, ws_max_size=LIMIT, **options)


async def code(client: Client) -> int:
    """Return the code of the close frame that comes."""
    opcode, payload = await client.frame()
    assert opcode == CLOSE
    return int.from_bytes(payload[:2], "big")


async def test_messages_and_fragments_are_echoed():
    async with compressed() as server, connect(server.url) as client:
        assert client.protocol.extensions
        await client.send("a" * 1000)
        assert await client.recv() == "a" * 1000
        await client.send(["b" * 100, "c", "", "d"])
        assert await client.recv() == "b" * 100 + "cd"
        await client.send([b"b", b"c", b"d"])
        assert await client.recv() == b"bcd"


async def test_what_a_message_becomes_when_it_is_unpacked_counts():
    async with compressed() as server:
        client = await server.connect(request("/", DEFLATE))
        assert b"permessage-deflate" in await client.head()
        pack = zlib.compressobj(9, zlib.DEFLATED, -12)
        bomb = pack.compress(b"a" * 10_000_000) + pack.flush(zlib.Z_SYNC_FLUSH)
        client.send(frame(BINARY | 0x40, bomb[:-4]))
        assert await code(client) == 1009


async def test_fragments_count_together_when_they_are_unpacked():
    async with compressed() as server:
        client = await server.connect(request("/", DEFLATE))
        await client.head()
        pack = zlib.compressobj(9, zlib.DEFLATED, -12)
        for number in range(15):
            part = pack.compress(b"a" * 10_000) + pack.flush(zlib.Z_SYNC_FLUSH)
            client.send(frame(CONTINUATION if number else BINARY | 0x40, part, fin=False))
        assert await code(client) == 1009


async def test_crumbs_take_no_more_than_what_is_in_them():
    async with compressed() as server:
        client = await server.open()
        client.send(frame(BINARY, b"ab", fin=False), frame(CONTINUATION, b"", fin=False) * 20_000)
        client.send(frame(CONTINUATION, b"ab", fin=False) * 1000)
        (line,) = server.lines
        await becomes(lambda: line.frames and len(line.frames[0]) == 2002)
        assert len(line.frames) == 1
        client.send(frame(CONTINUATION, b"c"))
        assert await client.frame() == (BINARY, b"ab" * 1001 + b"c")


async def test_pongs_that_a_client_does_not_read_do_not_pile_up():
    async with compressed() as server:
        client = await server.open(limit=2**16)
        (line,) = server.lines
        pings = frame(PING, b"a" * 125) * 1000
        for _ in range(200):
            client.send(pings)
            await client.writer.drain()
            if not line.writable.is_set():
                break
        for _ in range(10):
            client.send(pings)
            await client.writer.drain()
        assert line.transport.get_write_buffer_size() < 300_000
