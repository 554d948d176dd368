"""What a second worker adds: events per second of the busiest worker's time, with one and with two.

    python -m benchmarks.workers                  (needs Linux)

The load's own work would take a core from the workers, so what counts is the CPU time that the
busiest of them has used: with two that share nothing and are equally busy, it is half. Rounds are
interleaved and the best of each is taken.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from typing import Any

import httpx
import psutil

from benchmarks.__main__ import serving
from benchmarks.server_choice import Page, Server

CONNECTIONS = 60


def workers_of(pid: int) -> list[psutil.Process]:
    """Return the processes that serve: the children that are no helpers of Python's own."""
    process = psutil.Process(pid)
    spawned = [child for child in process.children() if "spawn_main" in " ".join(child.cmdline())]
    return spawned or [process]


def cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def capacity(workers: int, seconds: float) -> float:
    """Return events per second of CPU time of the busiest worker."""
    options: list[str] = ["--no-access-log"]
    if workers > 1:
        options += ["--workers", str(workers), "--timeout-worker-healthcheck", "60"]
    with serving(sys.executable, "benchmarks.app:app", options) as (base, pid):
        server = Server(base, pid)
        async with httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=0)) as client:
            pages = [
                await Page.open(client, server, "/bench/counter", False) for _ in range(CONNECTIONS)
            ]
            processes = workers_of(pid)
            for page in pages:
                await page.push("inc")
            began = [cpu(process) for process in processes]
            stop, done = time.perf_counter() + seconds, 0

            async def click(page: Page) -> None:
                nonlocal done
                while time.perf_counter() < stop:
                    await page.push("inc")
                    done += 1

            await asyncio.gather(*map(click, pages))
            used = [cpu(process) - start for process, start in zip(processes, began, strict=True)]
            for page in pages:
                await page.line.close()
    print(f"{workers}: {done} events, {used} s", file=sys.stderr)
    return done / max(used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    arguments = parser.parse_args()
    best: dict[int, Any] = {1: 0.0, 2: 0.0}
    for _ in range(arguments.rounds):
        for workers in best:
            found = asyncio.run(capacity(workers, arguments.seconds))
            best[workers] = max(best[workers], found)
    print("| workers | events per second of the busiest worker's time | of one's |")
    print("|---|--:|--:|")
    for workers, events in best.items():
        print(f"| {workers} | {events:,.0f} | {events / best[1]:.2f} |")


if __name__ == "__main__":
    main()
