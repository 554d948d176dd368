"""`python -m benchmarks.latency`: how long a thousand visitors wait, on PyView and on Wirebird.

The rule: an open loop. Each client sends an event a second whatever the server does, and its wait
begins when the event was due; then the same with one view among them whose table of 1,000 rows
changes wholly ten times a second.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.__main__ import COUNTER, SIDES, environment, interpreter, machine, measure, serving

CLIENTS = 1000
SECONDS = 20
HEAVY_PER_SECOND = 10


COLUMNS = "p50, ms | p99, ms | p99.9, ms | of a core"


def waits(python: str, app: str, load: str) -> str:
    """Return the cells under `COLUMNS` of one load of `benchmarks.load steady`."""
    with serving(python, app) as (base, pid):
        found = measure(python, f"steady {load}", base, pid) or {}
    cells = [f"{found[key]:.1f}" for key in ("p50_ms", "p99_ms", "p999_ms")]
    return " | ".join([*cells, f"{found['core']:.0%}"])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--python", help="the interpreter; the newest by default")
    arguments = parser.parse_args()
    python = environment(arguments.python or interpreter())
    print(machine(python), end="\n\n")
    print(f"| 1 event a second from each | side | {COLUMNS} |")
    print("|---|---|--:|--:|--:|--:|")
    for heavy, name in ((0, "alone"), (HEAVY_PER_SECOND, "beside one heavy view")):
        for side, app in SIDES.items():
            load = (
                f"{COUNTER} inc --clients {arguments.clients}"
                f" --count {arguments.seconds} --heavy {heavy}"
            )
            title = f"{arguments.clients} clients, {name}"
            print(f"| {title} | {side} | {waits(python, app, load)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
