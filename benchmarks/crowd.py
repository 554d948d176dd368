"""`python -m benchmarks.crowd`: how long anybody waits among 5,000 views on one process.

The rule: an open loop, as in `latency`. Each view has an event every ten seconds, so that there are
500 a second among them, and a wait begins when the event was due.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.__main__ import COUNTER, SIDES, environment, interpreter, machine, measure, serving

VIEWS = 5000
EVERY_SECONDS = 10
EVENTS_OF_EACH = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd", description=__doc__)
    parser.add_argument("--views", type=int, default=VIEWS)
    parser.add_argument("--python", help="the interpreter; the newest by default")
    arguments = parser.parse_args()
    python = environment(arguments.python or interpreter())
    print(machine(python), end="\n\n")
    print("| views | events a second | p50, ms | p99, ms | p99.9, ms | of a core |")
    print("|--:|--:|--:|--:|--:|--:|")
    load = (
        f"steady {COUNTER} inc --clients {arguments.views} --count {EVENTS_OF_EACH}"
        f" --every {EVERY_SECONDS}"
    )
    with serving(python, SIDES["Wirebird"]) as (base, pid):
        found = measure(python, load, base, pid) or {}
    cells = [f"{found[key]:.1f}" for key in ("p50_ms", "p99_ms", "p999_ms")]
    rate = arguments.views / EVERY_SECONDS
    print(f"| {arguments.views:,} | {rate:.0f} | {' | '.join(cells)} | {found['core']:.0%} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
