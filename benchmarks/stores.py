"""What a save costs in each store: CPU of this process, and the time until it is told.

    python -m benchmarks.stores --bytes 400 --seconds 1

Real servers are started on this machine, as the tests start them; what is not installed is left
out. PostgreSQL writes to the disk as it does by default, unlike in tests.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.cluster.servers import Server, ServerMissing, start_postgres, start_redis
from wirebird.cluster.stores import open_store
from wirebird.live.store import StateStore, Write

HOUR = 3600.0
BATCH = 100


@contextmanager
def stores() -> Iterator[dict[str, str]]:
    """The stores that there can be here: their URLs by their names."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = {"memory": "memory:", "SQLite": f"sqlite:///{folder}/states.db"}

        def add(name: str, start: Callable[[], Server]) -> None:
            try:
                server = start()
            except ServerMissing as missing:
                print(f"{name}: {missing}")
                return
            stack.callback(server.close)
            urls[name] = server.url

        add("Redis", start_redis)
        add("PostgreSQL", lambda: start_postgres("fsync=on", "full_page_writes=on"))
        yield urls


async def measure(store: StateStore, size: int, at_once: int, seconds: float) -> tuple[float, ...]:
    """Save again and again; return us of CPU a save, and ms until told: p50 and p99."""
    keys = [f"page-{number}" for number in range(at_once)]
    claims = [await store.claim(key, HOUR) for key in keys]
    data = os.urandom(size)
    writes = [Write(key, c.epoch, data, HOUR) for key, c in zip(keys, claims, strict=True)]
    took: list[float] = []
    cpu = time.process_time()
    until = time.perf_counter() + seconds
    while (start := time.perf_counter()) < until:
        assert all(await store.save(writes))
        took.append(time.perf_counter() - start)
    cpu = time.process_time() - cpu
    took.sort()
    p99 = took[min(len(took) - 1, len(took) * 99 // 100)]
    saves = len(took) * at_once
    return cpu / saves * 1e6, statistics.median(took) * 1e3, p99 * 1e3


async def run(size: int, seconds: float) -> None:
    """Measure each store, and print a table."""
    print(f"A state of {size} bytes       us of CPU a save     ms until told: p50     p99")
    with stores() as urls:
        for name, url in urls.items():
            store = open_store(url)
            await store.start()
            for at_once in (1, BATCH):
                await measure(store, size, at_once, seconds / 5)
                cpu, p50, p99 = await measure(store, size, at_once, seconds)
                what = "one" if at_once == 1 else f"{at_once} at once"
                print(f"{name:12} {what:12} {cpu:18.1f} {p50:24.2f} {p99:7.2f}")
            await store.stop()


def main() -> None:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bytes", type=int, default=400, help="how large a state is")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each is measured")
    arguments = parser.parse_args()
    asyncio.run(run(arguments.bytes, arguments.seconds))


if __name__ == "__main__":
    main()
