"""`python -m benchmarks.check`: how long `wirebird check` takes for the gallery, and why.

The rule: each time is that of a new process, whose modules are compiled already, as they are from
the second run on; CPU time is told beside it, as it stays nearly the same on a busy machine.

    scripts/run python -m benchmarks.check --rounds 9
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from benchmarks.__main__ import ROOT

APP = "examples.gallery:app"
STEPS = {
    "python": ["-c", ""],
    "import wirebird": ["-c", "import wirebird"],
    "import the gallery": ["-c", "import examples.gallery"],
    "wirebird check": ["-m", "wirebird", "check", APP],
}


def taken(arguments: Sequence[str]) -> tuple[float, float]:
    """Return the seconds that a process takes, and those of its CPU time."""
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds: int = parser.parse_args().rounds
    taken(STEPS["wirebird check"])
    about = f"{platform.system()} {platform.machine()}, CPython {platform.python_version()}"
    print(f"{about}, {os.cpu_count()} cores\n")
    print("| step | median | least | CPU, median |\n|---|--:|--:|--:|")
    for step, arguments in STEPS.items():
        all_seconds, all_cpu = zip(*[taken(arguments) for _ in range(rounds)], strict=True)
        median, cpu = statistics.median(all_seconds), statistics.median(all_cpu)
        print(f"| {step} | {median:.2f} s | {min(all_seconds):.2f} s | {cpu:.2f} s |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
