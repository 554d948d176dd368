"""`python -m benchmarks.profile`: where the time of each row of the benchmark goes.

The rule: nothing is measured but the real server under the real load. py-spy looks at it 400 times
a second and every look is counted for one stage, told by the innermost frame that belongs to one;
the shares are then applied to the server's CPU time per unit of work, measured without py-spy.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.__main__ import (
    COUNTER,
    FROZEN,
    ROOT,
    SIDES,
    TABLE,
    environment,
    interpreter,
    machine,
    measure,
    pinned,
    server_environment,
    serving,
)

LOOKS_PER_SECOND = 400
SECONDS = 6
LOAD_SECONDS = SECONDS + 4

# What a stage's frames have in common: a part of their file, and (behind "|") their function.
STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("handler", ("benchmarks/app.py",)),
    ("render", ("live/rendering.py", "html/", "<template>", "jinja2/", "/display.py", ".html")),
    ("differ", ("html/differ.py",)),
    ("to HTML", ("html/tree.py", "web/layouts.py")),
    ("binding", ("wirebird/binding/", "pydantic")),
    ("frame decode", ("wire/frames.py|decode",)),
    ("encode", ("wire/frames.py|reply", "wire/frames.py|push")),
    ("send", ("wirebird/server/websocket.py|write",)),
    ("tokens", ("wire/tokens.py", "itsdangerous", "hmac.py", "starlette/middleware/sessions.py")),
    ("first render", ("web/dead_render.py", "web/assets.py", "web/app.py|head")),
    ("runtime", ("wirebird/runtime/", "wirebird/live/", "wirebird/cluster/", "web/websocket.py")),
    ("ASGI layers", ("starlette/", "web/app.py", "uvicorn/middleware", "http/cookies")),
    ("server", ("wirebird/server/", "uvicorn/", "websockets/", "asyncio/", "uvloop/")),
)

ROWS: dict[str, tuple[str, str]] = {
    # name: (load without its size, the option that sizes it)
    "counter event, 50 clients": (f"events {COUNTER} inc --clients 50 --warm 500", "--count"),
    "table, one value": (f"events {TABLE} tick --warm 20", "--count"),
    "table, one value, frozen rows": (f"events {FROZEN} tick --warm 20", "--count"),
    "table, all values": (f"events {TABLE} tick_all --warm 20", "--count"),
    "table, reversed": (f"events {TABLE} reverse --warm 20", "--count"),
    "title beside the table": (f"events {TABLE} rename --warm 20", "--count"),
    "title beside the table, frozen rows": (f"events {FROZEN} rename --warm 20", "--count"),
    "broadcast, per delivery": ("broadcast --clients 500", "--count"),
    "HTTP render, counter": (f"pages {COUNTER} --clients 16", "--count"),
    "HTTP render, table": (f"pages {TABLE} --clients 16", "--count"),
    "join, counter": (f"join {COUNTER}", "--clients"),
    "join, table": (f"join {TABLE}", "--clients"),
}

SIZES = {  # units of work that take a second or so
    "counter event, 50 clients": 20_000,
    "broadcast, per delivery": 60,
    "HTTP render, counter": 3000,
    "HTTP render, table": 400,
    "join, counter": 600,
    "join, table": 150,
}


def stage_of(stack: str) -> str:
    """Return the stage of a stack: of its innermost frame that belongs to one."""
    frames = stack.split(";")
    for frame in reversed(frames):
        qualified, _, place = frame.partition(" (")
        function = qualified.rpartition(".")[2]
        path = place.replace("\\", "/")
        best = ""
        for stage, marks in STAGES:
            for mark in marks:
                part, _, name = mark.partition("|")
                # The closest description wins: the differ is among what lies in html/.
                if part in path and (not name or name == function) and len(mark) > len(best):
                    best, found = mark, stage
        if best:
            return found
    return "server"


def look(python: str, pid: int) -> Counter[str]:
    """Return how often each stage was seen at work."""
    with tempfile.TemporaryDirectory() as folder:
        stacks = Path(folder) / "stacks"
        command = [
            str(Path(python).with_name("py-spy")),
            "record",
            "--format",
            "raw",
            "--full-filenames",
        ]
        command += ["--rate", str(LOOKS_PER_SECOND), "--duration", str(SECONDS)]
        command += ["--output", str(stacks), "--pid", str(pid)]
        subprocess.run([*pinned(1), *command], check=True, capture_output=True)
        seen: Counter[str] = Counter()
        for line in stacks.read_text().splitlines():
            stack, _, count = line.rpartition(" ")
            if "Thread._bootstrap" not in stack:  # they wait, which is not always seen
                seen[stage_of(stack)] += int(count)
    return seen


def profile(python: str, side: str, row: str) -> tuple[float, dict[str, float]]:
    """Return the CPU time of a unit of work, in microseconds, and its stages'."""
    load, option = ROWS[row]
    size = SIZES.get(row, 1000)
    with serving(python, SIDES[side]) as (base, pid):
        started = time.perf_counter()
        figures = measure(python, f"{load} {option} {size}", base, pid)
        took = time.perf_counter() - started
        if figures is None:
            raise SystemExit(f"{row}: the server has no such view")
        longer = max(size, int(size * LOAD_SECONDS / max(0.5, took - 0.5)))
        command = [*pinned(1), python, "-m", "benchmarks.load", *load.split(), option, str(longer)]
        working = subprocess.Popen(
            [*command, "--base", base, "--pid", str(pid)],
            env=server_environment(),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(1.5)
        seen = look(python, pid)
        working.kill()
        working.wait()
    total = seen.total()
    return figures["cpu_us"], {
        stage: figures["cpu_us"] * count / total for stage, count in seen.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--python", help="the interpreter; the newest by default")
    arguments = parser.parse_args()
    python = environment(arguments.python or interpreter())
    names = [name for name, _ in STAGES]
    print(machine(python), end="\n\n")
    results = {row: profile(python, "Wirebird", row) for row in ROWS if arguments.only in row}
    shown = [name for name in names if any(name in stages for _, stages in results.values())]
    print(f"| microseconds | total | {' | '.join(shown)} |")
    print(f"|---|{'--:|' * (len(shown) + 1)}")
    for row, (cpu, stages) in results.items():
        cells = [
            f"{stages.get(name, 0):,.0f}" if cpu >= 500 else f"{stages.get(name, 0):.1f}"
            for name in shown
        ]
        print(f"| {row} | {cpu:,.0f} | {' | '.join(cells)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
