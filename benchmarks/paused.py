"""`python -m benchmarks.paused`: what a page costs that nobody looks at.

The rule: pages are opened, clicked and paused, as hidden tabs are; then what they take is what the
store has grown by, and what their process has. (Needs redis-server and PostgreSQL.)

    scripts/run python -m benchmarks.paused --stores Redis,SQLite --pages 2000
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.__main__ import inside, measure, serving
from benchmarks.durable import APP

MANY = 100_000
PAGES = {
    "a counter": "count",
    "an order of 20 rows and a form": "order",
}


def size_of(url: str) -> int:
    """Return how many bytes a store takes: of memory if it is in memory, else on the disk."""
    scheme = urlsplit(url).scheme
    if scheme == "redis":
        import redis

        with redis.Redis.from_url(url) as client:
            return int(client.info("memory")["used_memory"])
    if scheme == "postgresql":
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM")
            (found,) = connection.execute(
                "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)"
                " FROM pg_class WHERE relname LIKE 'wirebird%' AND relkind = 'r'"
            ).fetchone() or (0,)
            return int(found)
    path = Path(url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paused", description=__doc__)
    parser.add_argument("--pages", type=int, default=1000, help="how many are paused at a time")
    parser.add_argument("--stores", default="Redis,SQLite,PostgreSQL")
    parser.add_argument("--python", help="the interpreter; the newest by default")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.inside:
        return inside("benchmarks.paused", arguments.python)
    from benchmarks.stores import stores  # what it starts needs the benchmarks' environment

    print(f"| paused page | store | bytes in it | {MANY:,} of them | in the process | while open |")
    print("|---|---|--:|--:|--:|--:|", flush=True)
    with stores() as urls:
        for store in arguments.stores.split(","):
            for name, page in PAGES.items():
                url = urls[store]
                with serving(sys.executable, APP, settings={"WIREBIRD_STORE": url}) as server:
                    before = size_of(url)
                    load = f"paused /durable/{page}/me inc --clients {arguments.pages}"
                    found = measure(sys.executable, load, *server) or {}
                    each = (size_of(url) - before) / found["pages"]
                many = f"{each * MANY / 2**20:,.0f} MiB"
                held, opened = f"{found['kib']:.1f} KiB", f"{found['open_kib']:.1f} KiB"
                print(
                    f"| {name} | {store} | {each:,.0f} | {many} | {held} | {opened} |", flush=True
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
