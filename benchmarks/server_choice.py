"""Which event loop, HTTP parser and WebSocket implementation `wirebird run` takes, by measurement.

    python -m benchmarks.server_choice            (needs Linux and two cores)

Each choice serves `benchmarks.app` on core 0 while a client on core 1 keeps 50 counters busy. Shown
is the server's CPU time per unit of work, which is steady where latency is not, and its memory. The
rounds are interleaved and the best of each is taken, so that a busy machine slows all alike.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import itertools
import json
import os
import re
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote

import httpx
import psutil
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.__main__ import UVICORN, serving

CONNECTIONS = 50
IDLE = 300
ATTRIBUTE = r'{}="([^"]*)"'


@dataclass(frozen=True)
class Choice:
    """What a server is made of."""

    loop: str = "uvloop"
    http: str = "httptools"
    ws: str = "websockets-sansio"
    deflate: bool = False

    @property
    def options(self) -> list[str]:
        """The arguments of uvicorn."""
        deflate = str(self.deflate).lower()
        return [
            *("--loop", self.loop, "--http", self.http, "--ws", self.ws),
            *("--ws-per-message-deflate", deflate, "--no-access-log"),
        ]

    def __str__(self) -> str:
        return f"{self.loop}, {self.http}, {self.ws}{', deflate' if self.deflate else ''}"


CHOICES = (
    Choice(ws="wirebird.server:WebSocket"),
    Choice(),
    Choice(loop="asyncio"),
    Choice(http="h11"),
    Choice(ws="websockets"),
    Choice(ws="wsproto"),
    Choice(loop="asyncio", http="h11", ws="websockets"),
    Choice(deflate=True),
    Choice(ws="websockets", deflate=True),
)


class Server:
    """A server process that is measured."""

    def __init__(self, base: str, pid: int) -> None:
        self.base = base
        self.process = psutil.Process(pid)

    @property
    def cpu(self) -> float:
        """Seconds of CPU used so far."""
        times = self.process.cpu_times()
        return times.user + times.system

    @property
    def memory(self) -> int:
        """Bytes that are this process's own."""
        return self.process.memory_full_info().uss


class Page:
    """A page that was opened as a browser opens it."""

    def __init__(self, line: ClientConnection, topic: str) -> None:
        self.line = line
        self.topic = topic
        self.count = itertools.count(2)
        self.bytes = 0

    @classmethod
    async def open(
        cls, client: httpx.AsyncClient, server: Server, path: str, deflate: bool
    ) -> Page:
        url = server.base + path
        text = (await client.get(url)).text
        topic, session, static = (
            html.unescape(_find(text, name))
            for name in ("<div id", "data-phx-session", "data-phx-static")
        )
        csrf = html.unescape(_find(text, '<meta name="csrf-token" content'))
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
        address = server.base.replace("http", "ws") + "/live/websocket"
        line = await connect(
            f"{address}?vsn=2.0.0&_csrf_token={quote(csrf)}",
            additional_headers={"Origin": server.base, "Cookie": cookies},
            compression="deflate" if deflate else None,
            ping_interval=None,
        )
        page = cls(line, f"lv:{topic}")
        payload = {"url": url, "params": {}, "session": session, "static": static}
        await line.send(json.dumps(["1", "1", page.topic, "phx_join", payload]))
        reply = json.loads(await line.recv())
        assert reply[4]["status"] == "ok", reply
        return page

    async def push(self, event: str, index: int = 0) -> None:
        payload = {"type": "click", "event": event, "value": {"i": index}}
        frame = ["1", str(next(self.count)), self.topic, "event", payload]
        await self.line.send(json.dumps(frame))
        answer = await self.line.recv()
        assert '"refused":true' not in str(answer), answer
        self.bytes = len(answer)


def _find(text: str, name: str) -> str:
    found = re.search(ATTRIBUTE.format(name), text)
    assert found is not None, name
    return found[1]


async def measure(choice: Choice, seconds: float) -> dict[str, float]:
    with serving(sys.executable, "benchmarks.app:app", choice.options, runner=UVICORN) as (
        base,
        pid,
    ):
        server = Server(base, pid)
        async with httpx.AsyncClient() as client:
            return {
                "event": await _events(server, client, choice, seconds),
                "table": await _table(server, client, choice),
                "http": await _http(server, client, seconds),
                "idle": await _idle(server, client, choice),
            }


async def _events(
    server: Server, client: httpx.AsyncClient, choice: Choice, seconds: float
) -> float:
    """Return microseconds of CPU per click on one of 50 counters."""
    pages = [
        await Page.open(client, server, "/bench/counter", choice.deflate)
        for _ in range(CONNECTIONS)
    ]
    for page in pages:
        await page.push("inc")
    began, stop, done = server.cpu, time.perf_counter() + seconds, 0

    async def click(page: Page) -> None:
        nonlocal done
        while time.perf_counter() < stop:
            await page.push("inc")
            done += 1

    await asyncio.gather(*map(click, pages))
    used = server.cpu - began
    for page in pages:
        await page.line.close()
    return used / done * 1e6


async def _table(server: Server, client: httpx.AsyncClient, choice: Choice) -> float:
    """Return microseconds of CPU for a diff of some 18 kB: all values of a table."""
    page = await Page.open(client, server, "/bench/table", choice.deflate)
    rounds = 200
    began = server.cpu
    for _ in range(rounds):
        await page.push("tick_all")
    used = server.cpu - began
    await page.line.close()
    return used / rounds * 1e6


async def _http(server: Server, client: httpx.AsyncClient, seconds: float) -> float:
    """Return microseconds of CPU per first render of the counter."""
    began, stop, done = server.cpu, time.perf_counter() + seconds / 2, 0

    async def get() -> None:
        nonlocal done
        while time.perf_counter() < stop:
            await client.get(f"{server.base}/bench/counter")
            done += 1

    await asyncio.gather(*(get() for _ in range(8)))
    return (server.cpu - began) / done * 1e6


async def _idle(server: Server, client: httpx.AsyncClient, choice: Choice) -> float:
    """Return KiB of memory for each counter that was clicked once and waits."""
    began = server.memory
    pages: list[Page] = []
    for _ in range(IDLE):
        page = await Page.open(client, server, "/bench/counter", choice.deflate)
        await page.push("inc")
        pages.append(page)
    used = server.memory - began
    for page in pages:
        page.line.transport.abort()
    return used / IDLE / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {1})
    best: dict[Choice, dict[str, Any]] = {
        choice: {} for choice in CHOICES if choice.ws != "wsproto" or find_spec("wsproto")
    }
    for _ in range(arguments.rounds):
        for choice, row in best.items():
            for name, value in asyncio.run(measure(choice, arguments.seconds)).items():
                row[name] = min(value, row.get(name, value))
            print(choice, row, file=sys.stderr)
    print(f"Python {sys.version.split()[0]}")
    print("| loop, HTTP, WebSocket | event | 18 kB diff | first render | memory, idle |")
    print("|---|---|---|---|---|")
    for choice, row in best.items():
        print(
            f"| {choice} | {row['event']:.0f} us | {row['table']:,.0f} us |"
            f" {row['http']:.0f} us | {row['idle']:.0f} KiB |"
        )


if __name__ == "__main__":
    main()
