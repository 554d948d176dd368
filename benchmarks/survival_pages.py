"""The pages of `benchmarks.survival`, and what happens to their processes.

The rule: a count that a page has seen and that is lower once it is back was lost.
"""

# pyright: reportMissingImports=false
# What benchmarks install beside the package is in requirements/bench.txt.

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import picows

from benchmarks.load import View, read_page
from benchmarks.survival_servers import PLACES, Place, Process
from tests.cluster.servers import Server

BACK_WITHIN = 10.0
"""How soon all pages must be back, in seconds."""

SERVER_AWAY = 10.0
"""For how long the broker is away, and the store, in seconds."""

SAVED_WITHIN = 0.05
"""How old what `durable = True` loses of a killed process may be, in seconds."""


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
        slowest: How long a page waited for an answer, at most, in seconds.
    """

    hits: int = 0
    lost: int = 0
    oldest: float = 0.0
    away: list[float] = field(default_factory=list[float])
    errors: int = 0
    strangers: int = 0
    slowest: float = 0.0


class Line(View):
    """A line that ends when the server says so, and then takes no more clicks."""

    is_open = True
    ended_at = 0.0

    def on_ws_frame(self, transport: Any, frame: Any) -> None:
        if frame.msg_type is picows.WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        else:
            super().on_ws_frame(transport, frame)

    def on_ws_disconnected(self, transport: Any) -> None:
        self.is_open = False
        self.ended_at = time.perf_counter()
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
            began = time.perf_counter()
            try:
                answer, _ = await asyncio.wait_for(self._view.click("inc", {}), 15)
                count = int(answer["response"]["diff"]["1"])
                self.losses.slowest = max(self.losses.slowest, time.perf_counter() - began)
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
        self._gone = self._view.ended_at or time.perf_counter()  # noticed with the next click
        wait = 0.1
        while True:
            await asyncio.sleep(wait * random.random())
            wait = min(wait * 2, 2.0)
            with suppress(OSError, TimeoutError, picows.WSError, asyncio.IncompleteReadError):
                await self._join()
                break
        self.losses.away.append(time.perf_counter() - self._gone)


@dataclass(frozen=True)
class Disturbance:
    """What happens to the servers.

    Attributes:
        name: What a row of the table calls it.
        happens: Does it.
        lasts: For how many seconds pages can be away because of it alone.
        may_lose: How old what is lost may be, in seconds.
    """

    name: str
    happens: Callable[[], Awaitable[None]]
    lasts: float = 0.0
    may_lose: float = 0.0


def report(durable: str, disturbance: Disturbance, pages: list[Page]) -> bool:
    """Print what a disturbance has cost; return whether what is promised was kept."""
    found = [page.losses for page in pages]
    away = sorted(seconds for losses in found for seconds in losses.away)
    lost = sum(losses.lost for losses in found)
    oldest = max(losses.oldest for losses in found)
    still_away = sum(not page.is_back for page in pages)
    errors = sum(losses.errors for losses in found)
    strangers = sum(losses.strangers for losses in found)
    cells = [
        f"{durable}: {disturbance.name}",
        f"{sum(losses.hits for losses in found):,}",
        f"{statistics.median(away):.2f} s" if away else "-",
        f"{away[-1]:.2f} s" if away else "-",
        f"{max(losses.slowest for losses in found):.2f} s",
        f"{lost}",
        f"{oldest * 1000:.0f} ms" if lost else "-",
        f"{still_away}",
        f"{errors}",
        f"{strangers}",
    ]
    print(f"| {' | '.join(cells)} |", flush=True)
    for page in pages:
        # Who is still away was hit by what is still to come back from.
        page.losses = Losses(hits=0 if page.is_back else 1)
    in_time = not away or away[-1] <= BACK_WITHIN + disturbance.lasts
    return in_time and oldest <= disturbance.may_lose and not still_away + strangers + errors


async def all_back(pages: list[Page]) -> None:
    """Wait until all pages have lines, but no longer than they may take."""
    await asyncio.sleep(3)  # a page notices with its next click
    until = time.perf_counter() + BACK_WITHIN
    while time.perf_counter() < until and not all(page.is_back for page in pages):  # noqa: ASYNC110 - each page has clicks of its own
        await asyncio.sleep(0.1)


def disturbances(place: Place, durable: str) -> list[Disturbance]:
    """Return what happens to a place, in turn."""

    async def restart_all() -> None:
        for process in place.processes:
            await process.restart()

    async def kill_the_busier() -> None:
        # All pages may be with one: where they were sent when the other was restarted.
        await max(place.processes, key=Process.lines).restart(signal.SIGKILL)

    def lose(server: Server) -> Callable[[], Awaitable[None]]:
        async def happens() -> None:
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(SERVER_AWAY)
            await asyncio.to_thread(server.start)

        return happens

    always = durable == "always"
    one_by_one = place.broker is None
    what = "restarted" if one_by_one else "both restarted in turn"
    found = [
        *[Disturbance(what, restart_all)] * place.restarts,
        Disturbance(
            "killed" if one_by_one else "the busier one killed",
            kill_the_busier,
            may_lose=0.0 if always else SAVED_WITHIN,
        ),
    ]
    if place.broker is not None:
        found.append(Disturbance("the broker killed for 10 s", lose(place.broker)))
    if place.store is not None:
        # Pages that see nothing that is not stored can see nothing meanwhile.
        lasts = SERVER_AWAY if always else 0.0
        found.append(Disturbance("the store killed for 10 s", lose(place.store), lasts))
    return found


async def run(place: Place, durable: str, clients: int, pause: float) -> bool:
    """Let pages count in a place while things happen; return whether what is promised was kept."""
    kept = True
    for process in place.processes:
        await process.ready()
    connector = aiohttp.TCPConnector(limit=32)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as http:
        pages = [Page(place.base, f"page-{number}", http) for number in range(clients)]
        opening = asyncio.Semaphore(32)

        async def open_page(page: Page) -> None:
            async with opening:
                await page.load()

        await asyncio.gather(*map(open_page, pages))
        counting = [asyncio.create_task(page.count(pause)) for page in pages]
        for disturbance in disturbances(place, durable):
            await asyncio.sleep(3)
            await disturbance.happens()
            await all_back(pages)
            kept &= report(f"{place.name}, {durable}", disturbance, pages)
        for task in counting:
            if task.done():
                raise SystemExit(f"a page gave up: {task.exception()!r}")
            task.cancel()
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between two clicks")
    parser.add_argument("--places", default=",".join(PLACES), help="where: Redis, SQLite, or both")
    parser.add_argument("--durable", default="true,always", help="true, always, or true,always")
    arguments = parser.parse_args()
    kept = True
    for name in arguments.places.split(","):
        for durable in arguments.durable.split(","):
            with PLACES[name](sys.executable, durable) as place:
                kept &= asyncio.run(run(place, durable, arguments.clients, arguments.pause))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
