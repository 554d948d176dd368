"""`python -m benchmarks.crowd`: how long anybody waits among 5,000 views on one process.

The rule: an open loop, as in `latency`. Each view has an event every ten seconds, so that there are
500 a second among them, and a wait begins when the event was due.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.__main__ import COUNTER, SIDES, environment, interpreter, machine
from benchmarks.latency import COLUMNS, waits

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
    print(f"| views | events a second | {COLUMNS} |")
    print("|--:|--:|--:|--:|--:|--:|", flush=True)
    load = (
        f"{COUNTER} inc --clients {arguments.views} --count {EVENTS_OF_EACH}"
        f" --every {EVERY_SECONDS}"
    )
    rate = arguments.views / EVERY_SECONDS
    found = waits(python, SIDES["Wirebird"], load)
    print(f"| {arguments.views:,} | {rate:.0f} | {found} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
