"""What a WebSocket costs by itself: an echo, a handshake, and a line that says nothing.

    python -m benchmarks.sockets                  (needs Linux and two cores)

uvicorn serves an application that echoes, with its own `websockets-sansio` and with ours in turn;
the client speaks in bytes, so that it is never what is waited for. Shown is the server's CPU time
and memory per unit, the best of some rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import uvloop

from benchmarks.__main__ import UVICORN, serving
from benchmarks.server_choice import Server

LINES = 50
IDLE = 1000
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n"
    b"User-Agent: benchmarks\r\nOrigin: http://x\r\nCookie: session=a\r\n\r\n"
)
TEXT = b'["1","2","lv:phx-1","event",{"type":"click","event":"inc","value":{}}]'
MASK = bytes((1, 2, 3, 4))
FRAME = bytes((0x81, 0x80 | len(TEXT))) + MASK + bytes(c ^ MASK[i % 4] for i, c in enumerate(TEXT))
SERVERS = ("websockets-sansio", "wirebird.server:WebSocket")


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Echoes what it is sent."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})


class Client(asyncio.Protocol):
    """A client that has opened a WebSocket, and sends the next text when the last has come back."""

    def __init__(self) -> None:
        self.opened = asyncio.get_running_loop().create_future()
        self.on_echo: Callable[[], bool] = lambda: False
        self.expected = len(TEXT) + 2

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            assert data.endswith(b"\r\n\r\n"), data
            return self.opened.set_result(None)
        self.expected -= len(data)
        if not self.expected:
            self.expected = len(TEXT) + 2
            if self.on_echo():
                self.transport.write(FRAME)

    @classmethod
    async def open(cls, server: Server) -> Client:
        url = urlsplit(server.base)
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(cls, str(url.hostname), url.port or 80)
        await client.opened
        return client


async def echo(server: Server, seconds: float) -> float:
    """Return microseconds of CPU per echo, on 50 lines that are never quiet."""
    clients = [await Client.open(server) for _ in range(LINES)]
    ended = asyncio.Event()
    done = 0
    began, stop = server.cpu, time.perf_counter() + seconds

    def on_echo() -> bool:
        nonlocal done
        done += 1
        if time.perf_counter() < stop:
            return True
        ended.set()
        return False

    for client in clients:
        client.on_echo = on_echo
        client.transport.write(FRAME)
    await ended.wait()
    used = server.cpu - began
    for client in clients:
        client.transport.close()
    return used / done * 1e6


async def idle(server: Server) -> tuple[float, float]:
    """Return microseconds of CPU per handshake, and KiB per line that has echoed once."""
    before, began = server.memory, server.cpu
    clients = [await Client.open(server) for _ in range(IDLE)]
    used = server.cpu - began
    for client in clients:
        echoed = asyncio.get_running_loop().create_future()
        client.on_echo = lambda: bool(echoed.set_result(None))  # noqa: B023
        client.transport.write(FRAME)
        await echoed
    held = server.memory - before
    for client in clients:
        client.transport.abort()
    return used / IDLE * 1e6, held / IDLE / 1024


async def measure(loop: str, ws: str, seconds: float) -> dict[str, float]:
    options = ["--loop", loop, "--ws", ws, "--ws-per-message-deflate", "false", "--no-access-log"]
    with serving(sys.executable, f"{__spec__.name}:app", options, runner=UVICORN) as (base, pid):
        server = Server(base, pid)
        await Client.open(server)
        handshake, held = await idle(server)
        return {
            "echo": await echo(server, seconds),
            "handshake": handshake,
            "idle": held,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--servers", nargs="+", default=SERVERS)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {1})
    best: dict[tuple[str, str], dict[str, float]] = {
        (loop, ws): {} for loop in ("uvloop", "asyncio") for ws in arguments.servers
    }
    for _ in range(arguments.rounds):
        for (loop, ws), row in best.items():
            for name, value in uvloop.run(measure(loop, ws, arguments.seconds)).items():
                row[name] = min(value, row.get(name, value))
    print(f"Python {sys.version.split()[0]}")
    print("| loop, WebSocket | echo | handshake | memory, idle |")
    print("|---|--:|--:|--:|")
    for (loop, ws), row in best.items():
        print(
            f"| {loop}, {ws} | {row['echo']:.1f} us | {row['handshake']:.0f} us |"
            f" {row['idle']:.1f} KiB |"
        )


if __name__ == "__main__":
    main()
