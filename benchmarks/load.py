"""The load: many clients of the LiveView protocol in one process, against any server of it.

The rule: what is reported is the server's CPU time (or memory) per unit of work; it stays the same
on a busy machine, which the time that a client waits does not.

    python -m benchmarks.load events /bench/counter inc --clients 50 --base URL --pid PID
"""

# pyright: reportMissingImports=false
# What benchmarks install beside the package is in requirements/bench.txt.

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import msgspec
import picows
import psutil
import uvloop

JOINS_AT_ONCE = 16
ANSWER_WITHIN_SECONDS = 60


class Server:
    """The process that is measured, with its children."""

    def __init__(self, base: str, pid: int) -> None:
        self.base = base
        self.pid = pid

    def _processes(self) -> list[psutil.Process]:
        root = psutil.Process(self.pid)
        return [root, *root.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """Return the CPU time used so far: to the nanosecond where Linux tells."""
        total = 0.0
        for process in self._processes():
            try:
                for thread in Path(f"/proc/{process.pid}/task").iterdir():
                    total += int((thread / "schedstat").read_text().split()[0]) / 1e9
            except (OSError, IndexError):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    def memory_kib(self) -> float:
        """Return the memory used now, pages that are shared counted in parts."""
        return sum(process.memory_full_info().pss for process in self._processes()) / 1024


class Meter:
    """CPU time of the server and time by the clock, between its start and its end."""

    cpu = 0.0
    clock = 0.0


@contextmanager
def metered(server: Server) -> Iterator[Meter]:
    meter = Meter()
    cpu, clock = server.cpu_seconds(), time.perf_counter()
    yield meter
    meter.cpu = server.cpu_seconds() - cpu
    meter.clock = time.perf_counter() - clock


class _PageReader(HTMLParser):
    """Finds in a page what a client needs to join its view."""

    def __init__(self) -> None:
        super().__init__()
        self.csrf = ""
        self.view: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "meta" and attributes.get("name") == "csrf-token":
            self.csrf = attributes["content"]
        elif "data-phx-session" in attributes and not self.view:
            self.view = attributes


def read_page(body: str) -> tuple[str, dict[str, str]]:
    """Return the CSRF token of a page and the attributes of its view's element."""
    reader = _PageReader()
    end = body.index(">", body.index("data-phx-session"))
    reader.feed(body[: end + 1])
    return reader.csrf, reader.view


def is_refusal(answer: Any) -> bool:
    """Whether an event reached no handler, so that there is nothing to measure."""
    reply = answer["response"].get("diff", {}).get("r")
    return isinstance(reply, dict) and reply.get("refused") is True


class View(picows.WSListener):
    """One joined view, as its browser sees it."""

    def __init__(self) -> None:
        self.topic = ""
        self.join_size = 0
        self.on_diff: Callable[[], None] = lambda: None
        self.uploads: dict[str, str] = {}
        self._sent = 0
        self._join_ref: str | None = None
        self._answers: dict[str, asyncio.Future[tuple[Any, int]]] = {}

    def on_ws_connected(self, transport: Any) -> None:
        self._transport = transport

    def on_ws_disconnected(self, transport: Any) -> None:
        self._fail("the server closed the connection")

    def on_ws_frame(self, transport: Any, frame: Any) -> None:
        if frame.msg_type is not picows.WSMsgType.TEXT:
            return
        text = frame.get_payload_as_bytes()
        _, ref, topic, name, payload = msgspec.json.decode(text)
        if name == "diff":
            self.on_diff()
        elif name == "phx_reply":
            answer = self._answers.pop(ref)
            if answer.done():
                return
            if is_refusal(payload):
                answer.set_exception(AssertionError(f"the server refused an event: {payload}"))
            else:
                answer.set_result((payload, len(text)))
        elif topic == self.topic:
            self._fail(f"the server sent {name}: {payload}")

    def _fail(self, why: str) -> None:
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError(why))

    def _expect_answer(self) -> tuple[str, asyncio.Future[tuple[Any, int]]]:
        self._sent += 1
        ref = str(self._sent)
        answer = asyncio.get_running_loop().create_future()
        self._answers[ref] = answer
        return ref, answer

    def send(self, name: str, payload: Any) -> asyncio.Future[tuple[Any, int]]:
        """Send a message; its answer and the answer's size in bytes are awaited."""
        ref, answer = self._expect_answer()
        if name == "phx_join":
            self._join_ref = ref
        frame = msgspec.json.encode((self._join_ref, ref, self.topic, name, payload))
        self._transport.send(picows.WSMsgType.TEXT, frame)
        return answer

    def join_upload(self, ref: str, token: str) -> asyncio.Future[tuple[Any, int]]:
        """Begin to send an entry; its chunks carry the join's ref, which is the answer's."""
        join_ref, answer = self._expect_answer()
        self.uploads[ref] = join_ref
        frame = msgspec.json.encode(
            (join_ref, join_ref, f"lvu:{ref}", "phx_join", {"token": token})
        )
        self._transport.send(picows.WSMsgType.TEXT, frame)
        return answer

    def send_chunk(self, entry: str, data: bytes) -> asyncio.Future[tuple[Any, int]]:
        """Send some bytes of an entry."""
        ref, answer = self._expect_answer()
        names = [name.encode() for name in (self.uploads[entry], ref, f"lvu:{entry}", "chunk")]
        header = bytes((0, *map(len, names))) + b"".join(names)
        self._transport.send(picows.WSMsgType.BINARY, header + data)
        return answer

    async def pause(self) -> None:
        """Have the page stored and ended, and close its line, as a hidden tab does."""
        ref, answer = self._expect_answer()
        frame = msgspec.json.encode((None, ref, "wirebird", "pause", {}))
        self._transport.send(picows.WSMsgType.TEXT, frame)
        paused, _ = await answer
        if paused["status"] != "ok":
            raise AssertionError(f"the page was not paused: {paused}")
        self._transport.disconnect()

    def click(self, event: str, values: dict[str, Any]) -> asyncio.Future[tuple[Any, int]]:
        """Click on what sends `event`."""
        return self.send("event", {"type": "click", "event": event, "value": values})


class Browser:
    """Opens views: the page, the handshake and the join, each as a browser does."""

    def __init__(self, server: Server, http: aiohttp.ClientSession) -> None:
        self.server = server
        self.http = http

    async def open(self, path: str) -> View:
        """Open one view."""
        base = self.server.base
        async with self.http.get(base + path) as response:
            response.raise_for_status()
            csrf, element = read_page(await response.text())
        host = urlsplit(base).netloc
        query = urlencode({"_csrf_token": csrf, "_mounts": 0, "vsn": "2.0.0"})
        cookies = self.http.cookie_jar.filter_cookies(aiohttp.client.URL(base))
        headers = {"Origin": base}
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={c.value}" for name, c in cookies.items())
        _, view = await picows.ws_connect(
            View, f"ws://{host}/live/websocket?{query}", extra_headers=headers
        )
        view.topic = f"lv:{element['id']}"
        join = {
            "url": base + path,
            "params": {"_csrf_token": csrf, "_mounts": 0, "_track_static": []},
            "session": element["data-phx-session"],
            "static": element.get("data-phx-static"),
        }
        answer, view.join_size = await asyncio.wait_for(
            view.send("phx_join", join), ANSWER_WITHIN_SECONDS
        )
        if answer["status"] != "ok":
            raise ConnectionError(f"{path}: the join was refused: {answer['response']}")
        return view

    async def open_many(self, path: str, count: int) -> list[View]:
        """Open many views, some at a time."""
        turns = asyncio.Semaphore(JOINS_AT_ONCE)

        async def one() -> View:
            async with turns:
                return await self.open(path)

        return await asyncio.gather(*(one() for _ in range(count)))


async def events(
    browser: Browser, path: str, event: str, *, clients: int, count: int, warm: int
) -> dict[str, float]:
    """Each client sends an event, awaits the answer, and sends the next: `count` in all."""
    views = await browser.open_many(path, clients)
    waits: list[float] = []
    sizes: list[int] = []

    async def click(view: View, times: int, first: int) -> None:
        for number in range(first, first + times):
            start = time.perf_counter()
            answer, size = await view.click(event, {"i": number % 1000})
            waits.append(time.perf_counter() - start)
            sizes.append(size)
            if answer["status"] != "ok" or "diff" not in answer["response"]:
                raise AssertionError(f"{path}: {event} changed nothing: {answer}")

    async def all_click(times: int) -> None:
        share = max(1, times // clients)
        await asyncio.gather(*(click(view, share, n * 7) for n, view in enumerate(views)))

    await all_click(warm)
    waits.clear()
    sizes.clear()
    with metered(browser.server) as meter:
        await all_click(count)
    return {
        "cpu_us": meter.cpu / len(waits) * 1e6,
        "p50_us": statistics.median(waits) * 1e6,
        "bytes": statistics.mean(sizes),
        "per_second": len(waits) / meter.clock,
    }


async def join(browser: Browser, path: str, *, clients: int) -> dict[str, float]:
    """Views are opened (page, handshake, join) and left alone."""
    await browser.open_many(path, 4)
    await asyncio.sleep(1)
    before = browser.server.memory_kib()
    with metered(browser.server) as meter:
        views = await browser.open_many(path, clients)
    await asyncio.sleep(1.5)
    used = browser.server.memory_kib() - before
    return {
        "cpu_us": meter.cpu / clients * 1e6,
        "kib": used / clients,
        "bytes": views[0].join_size,
    }


async def paused(browser: Browser, path: str, event: str, *, clients: int) -> dict[str, float]:
    """Views are opened, get one event each, and are paused."""

    async def pause_all() -> float:
        views = await browser.open_many(path, clients)
        await asyncio.gather(*(view.click(event, {}) for view in views))
        opened = browser.server.memory_kib()
        await asyncio.gather(*(view.pause() for view in views))
        await asyncio.sleep(1)
        return opened

    for _ in range(2):  # what the process keeps to use again
        await pause_all()
    before = browser.server.memory_kib()
    opened = await pause_all()
    await pause_all()
    return {
        "kib": (browser.server.memory_kib() - before) / (2 * clients),
        "open_kib": (opened - before) / clients,
        "pages": 4 * clients,
    }


async def broadcast(browser: Browser, *, clients: int, rounds: int) -> dict[str, float]:
    """One view's event is broadcast to all of them."""
    views = await browser.open_many("/bench/broadcast", clients)
    arrived = 0
    everywhere = asyncio.Event()

    def count() -> None:
        nonlocal arrived
        arrived += 1
        if arrived == clients:
            everywhere.set()

    for view in views:
        view.on_diff = count

    async def go(number: int) -> float:
        nonlocal arrived
        arrived = 0
        everywhere.clear()
        start = time.perf_counter()
        answer = views[0].click("go", {"n": number})
        await asyncio.wait_for(everywhere.wait(), ANSWER_WITHIN_SECONDS)
        await answer
        return time.perf_counter() - start

    await go(-1)
    await go(-2)
    with metered(browser.server) as meter:
        waits = [await go(number) for number in range(1, rounds + 1)]
    return {
        "cpu_us": meter.cpu / (rounds * clients) * 1e6,
        "p50_us": statistics.median(waits) * 1e6,
    }


async def steady(
    browser: Browser,
    path: str,
    event: str,
    *,
    clients: int,
    count: int,
    heavy: float,
    every: float = 1.0,
) -> dict[str, float]:
    """Each client sends an event a second, or every so many, whether or not the last was answered.

    A wait is counted from when the event was due, so that a server that falls behind cannot hide it
    by having fewer events come.

    Args:
        browser: Opens the views.
        path: The view of most clients.
        event: What they send.
        clients: How many.
        count: How many events each sends.
        heavy: How many times a second one more client changes all values of the table.
        every: How many seconds are between the events of a client.
    """
    views = await browser.open_many(path, clients)
    table = await browser.open("/bench/table") if heavy else None
    for view in views:  # what is done once for each, like owning its record, is no part of it
        await view.click(event, {"i": 1})
    await asyncio.sleep(0.5)
    now = time.perf_counter  # the event loop counts in milliseconds
    start = now() + 1
    waits: list[float] = []

    async def answered(view: View, name: str, due: float) -> float:
        await asyncio.sleep(due - now())
        answer, _ = await view.click(name, {"i": 1})
        if answer["status"] != "ok" or "diff" not in answer["response"]:
            raise AssertionError(f"{path}: {name} changed nothing: {answer}")
        return now() - due

    async def one(view: View, offset: float) -> None:
        sent: list[asyncio.Task[float]] = []
        for number in range(count):
            due = start + offset + number * every
            sent.append(asyncio.create_task(answered(view, event, due)))
            await asyncio.sleep(due - now())
        waits.extend(await asyncio.gather(*sent))

    async def heavy_one(view: View) -> None:
        for number in range(int(count * every * heavy)):
            await answered(view, "tick_all", start + number / heavy)

    with metered(browser.server) as meter:
        others = [] if table is None else [heavy_one(table)]
        await asyncio.gather(*(one(v, n * every / clients) for n, v in enumerate(views)), *others)
    waits.sort()
    return {
        "p50_ms": waits[len(waits) // 2] * 1e3,
        "p99_ms": waits[len(waits) * 99 // 100] * 1e3,
        "p999_ms": waits[len(waits) * 999 // 1000] * 1e3,
        "cpu_us": meter.cpu / len(waits) * 1e6,
        "core": meter.cpu / meter.clock,
        "events": len(waits),
    }


async def pages(browser: Browser, path: str, *, clients: int, count: int) -> dict[str, float]:
    """Pages are loaded, without any socket."""
    size = 0

    async def load(times: int) -> None:
        nonlocal size
        for _ in range(times):
            async with browser.http.get(browser.server.base + path) as response:
                response.raise_for_status()
                plain = len(await response.read())
                size = response.content_length or plain

    async def all_load(times: int) -> None:
        await asyncio.gather(*(load(times // clients) for _ in range(clients)))

    await all_load(count // 5)
    with metered(browser.server) as meter:
        await all_load(count)
    return {"cpu_us": meter.cpu / (count // clients * clients) * 1e6, "bytes": size}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument(
        "mode", choices=("events", "join", "broadcast", "pages", "paused", "steady")
    )
    parser.add_argument("path", nargs="?", default="/bench/counter")
    parser.add_argument("event", nargs="?", default="inc")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--pid", type=int, required=True, help="the server's process")
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000, help="events, pages or rounds")
    parser.add_argument("--heavy", type=float, default=0, help="changes of a table, a second")
    parser.add_argument("--accept", default="identity", help="encodings of pages")
    parser.add_argument("--every", type=float, default=1, help="seconds between steady events")
    parser.add_argument("--warm", type=int, default=100, help="events before the measurement")
    return parser.parse_args()


async def main(chosen: argparse.Namespace) -> None:
    jar = aiohttp.CookieJar(unsafe=True)  # hosts without a name have cookies here
    headers = {"Accept-Encoding": chosen.accept}
    async with aiohttp.ClientSession(cookie_jar=jar, headers=headers) as http:
        browser = Browser(Server(chosen.base, chosen.pid), http)
        work: Awaitable[dict[str, float]]
        if chosen.mode == "events":
            work = events(
                browser,
                chosen.path,
                chosen.event,
                clients=chosen.clients,
                count=chosen.count,
                warm=chosen.warm,
            )
        elif chosen.mode == "join":
            work = join(browser, chosen.path, clients=chosen.clients)
        elif chosen.mode == "paused":
            work = paused(browser, chosen.path, chosen.event, clients=chosen.clients)
        elif chosen.mode == "steady":
            work = steady(
                browser,
                chosen.path,
                chosen.event,
                clients=chosen.clients,
                count=chosen.count,
                heavy=chosen.heavy,
                every=chosen.every,
            )
        elif chosen.mode == "broadcast":
            work = broadcast(browser, clients=chosen.clients, rounds=chosen.count)
        else:
            work = pages(browser, chosen.path, clients=chosen.clients, count=chosen.count)
        json.dump({name: round(value, 2) for name, value in (await work).items()}, sys.stdout)
        print()


if __name__ == "__main__":
    uvloop.run(main(_arguments()))
