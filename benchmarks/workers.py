"""What a second worker adds: events per second of the workers' own time, with one and with two.

    python -m benchmarks.workers                  (needs Linux and two cores)

The load takes a part of the cores itself, so what counts is the CPU time that the workers use.
Shown is what they would handle if all were equally busy, and what the busiest of them allows: the
kernel hands connections to whichever worker wakes first, which on a quiet machine is often the
same. Rounds are interleaved and the best of each is taken.
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


async def capacity(workers: int, seconds: float) -> tuple[float, float]:
    """Return events per second of CPU time: of all workers alike, and of the busiest."""
    options = ["--workers", str(workers)]
    with serving(sys.executable, "benchmarks.app:app", options, cores=workers) as (base, pid):
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
    return done / (sum(used) / workers), done / max(used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    arguments = parser.parse_args()
    best: dict[int, Any] = {1: (0.0, 0.0), 2: (0.0, 0.0)}
    for _ in range(arguments.rounds):
        for workers in best:
            found = asyncio.run(capacity(workers, arguments.seconds))
            best[workers] = tuple(map(max, best[workers], found))
    print("| workers | events/s, equally busy | of one's | as the busiest allows | of one's |")
    print("|---|--:|--:|--:|--:|")
    for workers, (alike, busiest) in best.items():
        print(
            f"| {workers} | {alike:,.0f} | {alike / best[1][0]:.2f} |"
            f" {busiest:,.0f} | {busiest / best[1][1]:.2f} |"
        )


if __name__ == "__main__":
    main()
