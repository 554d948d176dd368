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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--python", help="the interpreter; the newest by default")
    arguments = parser.parse_args()
    python = environment(arguments.python or interpreter())
    print(machine(python), end="\n\n")
    print("| 1 event a second from each | side | p50, ms | p99, ms | p99.9, ms | of a core |")
    print("|---|---|--:|--:|--:|--:|")
    for heavy, name in ((0, "alone"), (HEAVY_PER_SECOND, "beside one heavy view")):
        for side, app in SIDES.items():
            load = (
                f"steady {COUNTER} inc --clients {arguments.clients}"
                f" --count {arguments.seconds} --heavy {heavy}"
            )
            with serving(python, app) as (base, pid):
                found = measure(python, load, base, pid) or {}
            cells = [f"{found[key]:.1f}" for key in ("p50_ms", "p99_ms", "p999_ms")]
            title = f"{arguments.clients} clients, {name}"
            print(f"| {title} | {side} | {' | '.join(cells)} | {found['core']:.0%} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
