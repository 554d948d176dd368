"""Clients of a WebSocket server that speak in bytes, and a server for them in the test's own loop.

The rule: nothing here is taken from what is tested: masks and frames are written out anew.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from wirebird.server import WebSocket

PATIENCE = 20.0
KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="
ACCEPT = b"BACScCJPNqyz+UBoqMH89VmURoA="
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, mask: bytes | None = b"\1\2\3\4"
) -> bytes:
    """Return a frame as a client sends it."""
    size = len(payload)
    if size < 126:
        length = bytes([size])
    elif size < 65536:
        length = b"\x7e" + size.to_bytes(2, "big")
    else:
        length = b"\x7f" + size.to_bytes(8, "big")
    first = bytes([(0x80 if fin else 0) | opcode])
    if mask is None:
        return first + length + payload
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    return first + bytes([length[0] | 0x80]) + length[1:] + mask + masked


def request(path: str = "/", *more: str, version: str = "13", key: str = KEY) -> bytes:
    """Return the head of a handshake."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: test",
        "Upgrade: websocket",
        "Connection: keep-alive, Upgrade",
        f"Sec-WebSocket-Key: {key}",
        f"Sec-WebSocket-Version: {version}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class Client:
    """A raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    def text(self, text: str) -> None:
        self.send(frame(TEXT, text.encode()))

    async def head(self) -> bytes:
        """Return the head of an HTTP response."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def frame(self) -> tuple[int, bytes]:
        """Return the opcode and the payload of the next frame."""
        async with asyncio.timeout(PATIENCE):
            first, second = await self.reader.readexactly(2)
            assert first & 0x80, "a server's messages come in one frame"
            assert not second & 0x80, "a server masks nothing"
            size = second
            if second == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            elif second == 127:
                size = int.from_bytes(await self.reader.readexactly(8), "big")
            return first & 0x0F, await self.reader.readexactly(size)

    async def rest(self) -> bytes:
        """Return all that comes until the server closes the connection."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.read()

    async def close(self) -> None:
        self.writer.transport.abort()


class Served:
    """A server and what it holds."""

    def __init__(self, port: int, state: ServerState) -> None:
        self.port = port
        self.state = state
        self.clients: list[Client] = []

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def lines(self) -> list[Any]:
        """The protocols of the connections that are open now."""
        return list(self.state.connections)

    async def connect(self, data: bytes = b"", **options: Any) -> Client:
        """Open a connection, and send something over it."""
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port, **options))
        self.clients.append(client)
        client.send(data)
        return client

    async def open(self, path: str = "/", *headers: str, **options: Any) -> Client:
        """Open a WebSocket."""
        client = await self.connect(request(path, *headers), **options)
        head = await client.head()
        assert head.startswith(b"HTTP/1.1 101 "), head
        return client


@asynccontextmanager
async def served(app: Any, **options: Any) -> AsyncIterator[Served]:
    """Serve an application until the block ends; options as uvicorn's."""
    given = {"ws": WebSocket, "log_config": None, "lifespan": "off", **options}
    config = uvicorn.Config(app, **given)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    protocol: Any = config.http_protocol_class
    server = await loop.create_server(
        lambda: protocol(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    serving = Served(server.sockets[0].getsockname()[1], state)
    try:
        yield serving
    finally:
        server.close()
        for client in serving.clients:
            await client.close()
        for task in list(state.tasks):
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)


async def becomes(condition: Callable[[], Any]) -> None:
    """Wait until something holds that no event tells of."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def _loops() -> dict[str, Any]:
    loops: dict[str, Any] = {"asyncio": asyncio.new_event_loop}
    if sys.platform != "win32":
        import uvloop

        loops["uvloop"] = uvloop.new_event_loop
    return loops


def on_each_loop(test: Callable[..., Awaitable[None]]) -> Any:
    """Run an asynchronous test with each event loop that there is."""

    def run(loop_factory: Any, **fixtures: Any) -> None:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(test(**fixtures))  # type: ignore[arg-type]

    functools.update_wrapper(run, test)
    del run.__wrapped__
    own = inspect.Parameter("loop_factory", inspect.Parameter.KEYWORD_ONLY)
    others = inspect.signature(test).parameters.values()
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [*(other.replace(kind=inspect.Parameter.KEYWORD_ONLY) for other in others), own]
    )
    return pytest.mark.parametrize("loop_factory", [*_loops().values()], ids=[*_loops()])(run)
