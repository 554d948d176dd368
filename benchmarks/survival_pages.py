"""The pages of `benchmarks.survival`, and what happens to their processes.

The rule: a count that a page has seen and that is lower once it is back was lost.
"""

# pyright: reportMissingImports=false
# What benchmarks install beside the package is in requirements/bench.txt.

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import aiohttp
import picows
import psutil

from benchmarks.__main__ import ROOT, server_environment
from benchmarks.load import View, read_page
from tests.cli.running import free_port
from tests.deploy.nginx import nginx

BACK_WITHIN = 10.0
"""How soon all pages must be back, in seconds."""

BROKER_AWAY = 10.0


class Process:
    """One of the application's processes, always at the same port."""

    def __init__(self, python: str, durable: str, services: dict[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._python = python
        self._environment = {**server_environment(), **services, "BENCH_DURABLE": durable}
        self.start()

    def start(self) -> None:
        command = [self._python, "-m", "wirebird", "run", "benchmarks.survival_app:app"]
        command += ["--port", str(self.port), "--log-level", "error"]
        self.process = subprocess.Popen(
            command, env=self._environment, cwd=ROOT, stdout=subprocess.DEVNULL
        )

    def lines(self) -> int:
        """Return how many connections it has."""
        return len(psutil.Process(self.process.pid).net_connections("tcp"))

    async def ready(self) -> None:
        while self.process.poll() is None:
            with suppress(OSError):
                await asyncio.to_thread(urlopen, f"{self.url}/_wirebird/ready")
                return
            await asyncio.sleep(0.05)
        raise SystemExit("a process of the application did not start")

    async def restart(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        await asyncio.to_thread(self.process.wait)
        self.start()
        await self.ready()


class Redis:
    """A Redis that comes back with what it had."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [
            *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
            *("--dir", str(folder), "--appendonly", "yes", "--save", ""),
        ]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Losses:
    """What pages saw of one disturbance.

    Attributes:
        hits: How often a page lost its line.
        lost: Counts that had been seen and were gone.
        oldest: How long before its line was lost a page had seen the oldest of them, in seconds.
        away: How long each page that is back was without a line, in seconds.
        errors: Answers that were errors.
        strangers: Pages that were shown what belongs to another.
    """

    hits: int = 0
    lost: int = 0
    oldest: float = 0.0
    away: list[float] = field(default_factory=list[float])
    errors: int = 0
    strangers: int = 0


class Line(View):
    """A line that ends when the server says so, and then takes no more clicks."""

    is_open = True

    def on_ws_frame(self, transport: Any, frame: Any) -> None:
        if frame.msg_type is picows.WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        else:
            super().on_ws_frame(transport, frame)

    def on_ws_disconnected(self, transport: Any) -> None:
        self.is_open = False
        super().on_ws_disconnected(transport)

    def click(self, event: str, values: dict[str, Any]) -> asyncio.Future[tuple[Any, int]]:
        if not self.is_open:
            raise ConnectionError("the line is lost")
        return super().click(event, values)


class Page:
    """One page that counts up, and comes back whenever its line is lost."""

    def __init__(self, base: str, name: str, http: aiohttp.ClientSession) -> None:
        self.base = base
        self.name = name
        self.http = http
        self.losses = Losses()
        self._seen: list[float] = [0.0]  # when each count was shown
        self._mounts = 0

    async def load(self) -> None:
        self.url = f"{self.base}/count/{self.name}"
        async with self.http.get(self.url) as response:
            response.raise_for_status()
            self._csrf, self._element = read_page(await response.text())
            cookies = response.cookies
        self._cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in cookies.items())
        await self._join()

    async def _join(self) -> None:
        query = urlencode({"_csrf_token": self._csrf, "vsn": "2.0.0"})
        headers = {"Origin": self.base, "Cookie": self._cookies}
        address = f"ws://{urlsplit(self.base).netloc}/live/websocket?{query}"
        _, view = await picows.ws_connect(Line, address, extra_headers=headers)
        self._view = view
        view.topic = f"lv:{self._element['id']}"
        join = {
            "url": self.url,
            "params": {"_csrf_token": self._csrf, "_mounts": self._mounts},
            "session": self._element["data-phx-session"],
            "static": self._element.get("data-phx-static"),
        }
        answer, _ = await asyncio.wait_for(view.send("phx_join", join), 10)
        if answer["status"] != "ok":
            self.losses.errors += 1
            raise ConnectionError(answer)
        shown = answer["response"]["rendered"]
        if shown["0"] != self.name:
            self.losses.strangers += 1
        self._returned_with(int(shown["1"]))
        self._mounts += 1

    def _returned_with(self, count: int) -> None:
        lost = self._seen[count + 1 :]
        if lost:
            self.losses.lost += len(lost)
            self.losses.oldest = max(self.losses.oldest, self._gone - lost[0])
        del self._seen[count + 1 :]
        now = time.perf_counter()
        self._seen += [now] * (count + 1 - len(self._seen))

    async def count(self, pause: float) -> None:
        """Count up until cancelled."""
        await asyncio.sleep(random.random() * pause)
        while True:
            try:
                answer, _ = await asyncio.wait_for(self._view.click("inc", {}), 15)
                count = int(answer["response"]["diff"]["1"])
                self._seen += [time.perf_counter()] * (count + 1 - len(self._seen))
            except (ConnectionError, KeyError, TimeoutError):
                await self._return()
            await asyncio.sleep(pause)

    @property
    def is_back(self) -> bool:
        """Whether it has come back each time that it lost its line."""
        return self._view.is_open and len(self.losses.away) == self.losses.hits

    async def _return(self) -> None:
        self.losses.hits += 1
        self._gone = time.perf_counter()
        wait = 0.1
        while True:
            await asyncio.sleep(wait * random.random())
            wait = min(wait * 2, 2.0)
            with suppress(OSError, TimeoutError, picows.WSError, asyncio.IncompleteReadError):
                await self._join()
                break
        self.losses.away.append(time.perf_counter() - self._gone)


def report(name: str, pages: list[Page]) -> bool:
    """Print what a disturbance has cost; return whether all pages came back in time."""
    found = [page.losses for page in pages]
    away = sorted(seconds for losses in found for seconds in losses.away)
    lost = sum(losses.lost for losses in found)
    oldest = max(losses.oldest for losses in found)
    cells = [
        name,
        f"{sum(losses.hits for losses in found)}",
        f"{statistics.median(away):.2f} s" if away else "-",
        f"{away[-1]:.2f} s" if away else "-",
        f"{lost}",
        f"{oldest * 1000:.0f} ms" if lost else "-",
        f"{sum(not page.is_back for page in pages)}",
        f"{sum(losses.errors for losses in found)}",
        f"{sum(losses.strangers for losses in found)}",
    ]
    print(f"| {' | '.join(cells)} |", flush=True)
    in_time = all(page.is_back for page in pages) and (not away or away[-1] <= BACK_WITHIN)
    for page in pages:
        # Who is still away was hit by what is still to come back from.
        page.losses = Losses(hits=0 if page.is_back else 1)
    return in_time


async def all_back(pages: list[Page]) -> None:
    """Wait until all pages have lines, but no longer than they may take."""
    await asyncio.sleep(3)  # a page notices with its next click
    until = time.perf_counter() + BACK_WITHIN
    while time.perf_counter() < until and not all(page.is_back for page in pages):  # noqa: ASYNC110 - each page has clicks of its own
        await asyncio.sleep(0.1)


@contextmanager
def services(python: str, durable: str) -> Iterator[tuple[str, list[Process], Redis]]:
    """Run nginx, two processes, a broker and a store."""
    folder = Path(tempfile.mkdtemp(prefix="wirebird-survival-"))
    folder.chmod(0o755)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        broker, store = Redis(folder / "broker"), Redis(folder / "store")
        stack.callback(broker.kill)
        stack.callback(store.kill)
        names = {"WIREBIRD_BROKER": broker.url, "WIREBIRD_STORE": store.url}
        processes = [Process(python, durable, names) for _ in range(2)]
        for process in processes:
            stack.callback(lambda process=process: process.process.kill())
        base = stack.enter_context(nginx(folder / "nginx", [each.url for each in processes]))
        yield base, processes, broker


async def run(python: str, durable: str, clients: int, pause: float) -> None:
    with services(python, durable) as (base, processes, broker):
        for process in processes:
            await process.ready()
        connector = aiohttp.TCPConnector(limit=32)
        async with aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar()
        ) as http:
            pages = [Page(base, f"page-{number}", http) for number in range(clients)]
            opening = asyncio.Semaphore(32)

            async def open_page(page: Page) -> None:
                async with opening:
                    await page.load()

            await asyncio.gather(*map(open_page, pages))
            counting = [asyncio.create_task(page.count(pause)) for page in pages]

            async def restart_both() -> None:
                for process in processes:
                    await process.restart()

            async def kill_the_busier() -> None:
                # All pages may be with one: where they were sent when the other was restarted.
                await max(processes, key=Process.lines).restart(signal.SIGKILL)

            async def lose_broker() -> None:
                broker.kill()
                await asyncio.sleep(BROKER_AWAY)
                broker.start()

            disturbances: dict[str, Callable[[], Awaitable[None]]] = {
                "both restarted in turn": restart_both,
                "one killed": kill_the_busier,
                "the broker killed for 10 s": lose_broker,
            }
            for name, disturb in disturbances.items():
                await asyncio.sleep(3)
                await disturb()
                await all_back(pages)
                report(f"{durable}: {name}", pages)
            for task in counting:
                if task.done():
                    raise SystemExit(f"a page gave up: {task.exception()!r}")
                task.cancel()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between two clicks")
    arguments = parser.parse_args()
    for durable in ("true", "always"):
        asyncio.run(run(sys.executable, durable, arguments.clients, arguments.pause))


if __name__ == "__main__":
    main()
