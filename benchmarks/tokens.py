"""Tokens that stream into many views at once: what that costs the server.

    python -m benchmarks.tokens --views 100 --rate 200 --seconds 10

It starts the server itself, with this interpreter, on a core of its own. One core is 100 %.
"""

# pyright: reportMissingImports=false
# What benchmarks install beside the package is in requirements/bench.txt.

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from wirebird import LiveView, Wirebird, event

PATH = "/bench/tokens"
WORDS = 200


@dataclass
class Answer:
    text: str = ""
    tokens: int = 0


class TokensView(LiveView[Answer]):
    """An answer of two hundred words, again and again."""

    html = "<div><p>{{ text }}</p></div>"

    @event
    async def go(self, rate: int) -> None:
        self.socket.start_stream("answer", tokens, rate, each=self.add)

    async def add(self, token: str) -> None:
        state = self.state
        state.tokens += 1
        state.text = token if state.tokens % WORDS == 0 else state.text + token

    @event
    async def stop(self) -> dict[str, int]:
        self.socket.cancel_async("answer")
        return {"tokens": self.state.tokens}


async def tokens(rate: int) -> AsyncIterator[str]:
    """Yield `rate` tokens a second, whatever the clock's grain."""
    start, count = time.perf_counter(), 0
    while True:
        yield " token"
        count += 1
        await asyncio.sleep(max(0.0, start + count / rate - time.perf_counter()))


app = Wirebird(secret_key="benchmarks-only-" * 3)
app.live(PATH, TokensView)


async def measure(views: int, rate: int, seconds: float, base: str, pid: int) -> None:
    """Let every view stream, and print what the server used."""
    import aiohttp

    from benchmarks.load import Browser, Server, metered

    diffs = 0

    def count() -> None:
        nonlocal diffs
        diffs += 1

    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        browser = Browser(Server(base, pid), http)
        opened = await browser.open_many(PATH, views)
        for view in opened:
            view.on_diff = count
        for view in opened:
            await view.click("go", {"rate": rate})
        await asyncio.sleep(1)
        diffs = 0
        with metered(browser.server) as meter:
            await asyncio.sleep(seconds)
        shown = diffs
        answers = [await view.click("stop", {}) for view in opened]
    handled = sum(answer["response"]["diff"]["r"]["tokens"] for answer, _ in answers)
    print(f"{views} views, {rate} tokens a second each, for {meter.clock:.1f} s")
    print(f"  server          {meter.cpu / meter.clock:8.1%} of one core")
    print(f"  per diff        {meter.cpu / shown * 1e6:8.1f} us of CPU")
    print(f"  per token       {meter.cpu / (views * rate * meter.clock) * 1e6:8.1f} us of CPU")
    print(f"  diffs per view  {shown / views / meter.clock:8.1f} a second")
    print(
        f"  tokens handled  {handled / (views * rate * (meter.clock + 1)):8.1%} of those asked for"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tokens")
    parser.add_argument("--views", type=int, default=100)
    parser.add_argument("--rate", type=int, default=200, help="tokens a second and view")
    parser.add_argument("--seconds", type=float, default=10)
    chosen = parser.parse_args()
    from benchmarks.__main__ import pinned

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uvicorn = f"-m uvicorn benchmarks.tokens:app --port {port} --log-level warning"
    options = "--loop uvloop --ws wirebird.server:WebSocket"
    server = subprocess.Popen(
        [*pinned(0), sys.executable, *uvicorn.split(), *options.split()],
        env={**os.environ, "WIREBIRD_DEBUG": ""},
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        base = f"http://127.0.0.1:{port}"
        asyncio.run(measure(chosen.views, chosen.rate, chosen.seconds, base, server.pid))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
