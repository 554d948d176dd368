"""`python -m benchmarks.survival`: what pages lose when their processes are restarted and killed.

The rule: a count that a page has seen and that is lower once it is back was lost. Two processes
behind nginx, a Redis as broker and one as store; each page counts up all the time while both
processes are restarted one after the other, then the busier one is killed, then the broker for ten
seconds, then the store. Then one process with a file of SQLite, which is restarted ten times and
killed. It exits with 1 if anything that is promised was missed. Arguments are those of
`benchmarks.survival_pages`. (Needs Linux, redis-server and nginx.)
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.__main__ import ROOT, environment, interpreter, machine, server_environment

COLUMNS = (
    "durable: what happened", "pages hit", "away, median", "at most", "longest answer",
    "counts lost", "seen before", "still away", "errors", "strangers",
)  # fmt: skip


def main() -> int:
    python = environment(interpreter())
    print(machine(python), end="\n\n")
    print(f"| {' | '.join(COLUMNS)} |")
    print(f"|---|{'--:|' * (len(COLUMNS) - 1)}", flush=True)
    command = [python, "-m", "benchmarks.survival_pages", *sys.argv[1:]]
    return subprocess.run(command, env=server_environment(), cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
