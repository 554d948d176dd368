"""`python -m benchmarks`: PyView and Wirebird in turn, on one core each, and one table of both.

The rule: both are measured in the same sitting, round after round, with the same load, server and
interpreter, and the table shows the medians. It installs what it needs into an environment of its
own, `.venv-bench-X.Y`.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN_SECONDS = 30
SECRET = "benchmarks-only-" * 3

COUNTER = "/bench/counter"
TABLE = "/bench/table"
FROZEN = "/bench/frozen"
STREAM = "/bench/stream"


@dataclass(frozen=True)
class Work:
    """One row of the table.

    Attributes:
        name: What is done.
        load: The arguments of `benchmarks.load`.
        must: The most of PyView's cost that we may have.
        aim: What we would like.
        phoenix: What Phoenix LiveView needed of PyView's cost, when both were measured.
        figure: Which of the load's figures counts.
        fresh: Whether it needs a server that has done nothing else (memory does).
        theirs: The load for PyView, where it differs.
    """

    name: str
    load: str
    must: float | None = None
    aim: float | None = None
    phoenix: float | None = None
    figure: str = "cpu_us"
    fresh: bool = False
    theirs: str | None = None


def _counter(clients: int, count: int) -> str:
    return f"events {COUNTER} inc --clients {clients} --count {count} --warm {count // 10}"


def _table(event: str) -> str:
    return f"events {TABLE} {event} --count 400 --warm 40"


def _frozen(name: str, event: str) -> Work:
    """Return the same work on rows that cannot change, against PyView's table."""
    load = _table(event)
    return Work(f"{name}, frozen rows", load.replace(TABLE, FROZEN), theirs=load)


PUSHES = f"events {STREAM} push --count 1500 --warm 200"
PAGES = f"pages {COUNTER} --clients 16 --count 4000"
TABLE_PAGES = f"pages {TABLE} --clients 16 --count 320"
JOINS = f"join {COUNTER} --clients 1000"
TABLE_JOINS = f"join {TABLE} --clients 200"

COMPRESSED = " --accept gzip,zstd"

# What Phoenix LiveView 1.2.10 needed of what PyView 0.9.0 did: each on one core of one machine, in
# one sitting on 2026-11-29, with this load. Joins load their pages uncompressed.
WORK = (
    Work("counter event, 50 clients", _counter(50, 30_000), 0.23, 0.19, 49 / 80),
    Work("counter event, 1 client", _counter(1, 3000), 0.37, 0.32, 95 / 135),
    Work("stream push, 1 client", PUSHES, 0.44, 0.38, 120 / 160),
    Work("broadcast, per delivery", "broadcast --clients 500 --count 30", 0.55, 0.45, 24 / 43),
    Work("title beside the table", _table("rename"), 1 / 84, 1 / 117, 100 / 11_700),
    _frozen("title beside the table", "rename"),
    Work("table, one value", _table("tick"), 1 / 62, 1 / 73, 1067 / 12_433),
    _frozen("table, one value", "tick"),
    Work("table, all values", _table("tick_all"), 1 / 15, 1 / 18, 3300 / 12_433),
    _frozen("table, all values", "tick_all"),
    Work("table, reversed", _table("reverse"), 1 / 21, 1 / 26, 1600 / 11_767),
    _frozen("table, reversed", "reverse"),
    Work("HTTP render, counter", PAGES, 0.27, 0.22, 159 / 341),
    Work("HTTP render, counter, compressed", PAGES + COMPRESSED, phoenix=225 / 341),
    Work("HTTP render, table", TABLE_PAGES, 1 / 10, 1 / 12),
    Work("HTTP render, table, compressed", TABLE_PAGES + COMPRESSED, phoenix=4386 / 12_099),
    Work("join, counter", JOINS, 0.30, 0.25, 601 / 1170, fresh=True),
    Work("join, table", TABLE_JOINS, None, None, 9300 / 25_300, fresh=True),
    Work("idle view, counter", JOINS, 0.43, 0.36, 42 / 28, "kib", fresh=True),
    Work("idle view, table", TABLE_JOINS, 0.50, 0.41, 2068 / 612, "kib", fresh=True),
)  # fmt: skip

SIDES = {"PyView": "benchmarks.pyview_app:app", "Wirebird": "benchmarks.app:app"}

OURS = ("-m", "wirebird", "run")
"""What runs an application of ours."""

UVICORN = ("-m", "uvicorn", "--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio")
"""What runs any other: the fastest of what uvicorn has."""

Figures = dict[str, float]


def pinned(core: int) -> list[str]:
    """Return what runs a command on one core, where that is possible."""
    cores = os.cpu_count() or 1
    if shutil.which("taskset") is None or cores < 2:
        return []
    return ["taskset", "-c", str(core)]


def interpreter() -> str:
    """Return the path of the newest Python that both sides run on."""
    for version in ("3.14", "3.13"):
        found = subprocess.run(
            [ROOT / "scripts/python", version], capture_output=True, text=True, check=False
        )
        if found.returncode == 0:
            return found.stdout.strip()
    return sys.executable


def environment(python: str) -> str:
    """Return the interpreter of the benchmarks' environment, which is made if need be."""
    version = subprocess.check_output(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], text=True
    ).strip()
    venv = ROOT / f".venv-bench-{version}"
    pins = ROOT / "requirements/bench.txt"
    stamp = venv / ".made-of"
    wanted = f"{python}\n{pins.read_text()}"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"setup: making {venv.name}", file=sys.stderr)
        uv = str(ROOT / "scripts/uv")
        inside = str(venv / "bin/python")
        subprocess.run([uv, "venv", "-q", "--clear", "--python", python, venv], check=True)
        subprocess.run(
            [uv, "pip", "sync", "-q", "--python", inside, "--require-hashes", pins], check=True
        )
        stamp.write_text(wanted)
    return str(venv / "bin/python")


def server_environment() -> dict[str, str]:
    """Return the environment variables with which both sides run."""
    paths = [str(ROOT / "src"), str(ROOT)]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYVIEW_SECRET": SECRET,
        "WIREBIRD_SECRET_KEY": SECRET,
        "WIREBIRD_DEBUG": "",
    }


@contextmanager
def serving(
    python: str,
    app: str,
    extra: list[str] | None = None,
    *,
    cores: int = 1,
    runner: Sequence[str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[tuple[str, int]]:
    """Run a server for a while, on the first core or on all; its URL and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    runner = runner or (UVICORN if app == SIDES["PyView"] else OURS)
    options = ["--port", str(port), "--log-level", "warning", *(extra or [])]
    process = subprocess.Popen(
        [*(pinned(0) if cores == 1 else []), python, *runner, app, *options],
        env={**server_environment(), **(settings or {})},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _await_health(base, process)
        yield base, process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_health(base: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_WITHIN_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base}/health"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise SystemExit(f"the server did not start: {process.args}")


def measure(python: str, load: str, base: str, pid: int) -> Figures | None:
    """Run one load against a server; None when the server lacks the view."""
    command = [*pinned(1), python, "-m", "benchmarks.load", *load.split()]
    command += ["--base", base, "--pid", str(pid)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=server_environment(), cwd=ROOT, check=False
    )
    if done.returncode != 0:
        if "404" in done.stderr:
            return None
        raise SystemExit(f"{load}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def measure_side(python: str, side: str, chosen: tuple[Work, ...]) -> dict[str, Figures]:
    """Measure one side once."""
    figures: dict[str, Figures] = {}
    app = SIDES[side]

    def load_of(work: Work) -> str:
        return work.theirs if side == "PyView" and work.theirs else work.load

    loads = list(dict.fromkeys(load_of(work) for work in chosen if not work.fresh))
    with serving(python, app) as (base, pid):
        for load in loads:
            figures[load] = measure(python, load, base, pid) or {}
    for load in dict.fromkeys(load_of(work) for work in chosen if work.fresh):
        with serving(python, app) as (base, pid):
            figures[load] = measure(python, load, base, pid) or {}
    return {work.name: figure for work in chosen if (figure := figures[load_of(work)])}


Samples = dict[tuple[str, str], list[Figures]]


def median_of(samples: Samples, side: str, work: Work, figure: str) -> float | None:
    """Return the median of a figure over the rounds."""
    values = [sample[figure] for sample in samples.get((side, work.name), ()) if figure in sample]
    return statistics.median(values) if values else None


def _number(value: float | None, work: Work) -> str:
    if value is None:
        return "-"
    unit = "KiB" if work.figure == "kib" else "us"
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"


def _share(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if value >= 0.15 else f"1/{1 / value:.0f}"


def verdict(work: Work, ratio: float | None) -> str:
    """Tell how a ratio compares with what was promised."""
    if ratio is None or (work.must is None and work.aim is None):
        return ""
    if work.aim is not None and ratio <= work.aim:
        return "aim"
    if work.must is None:
        return ""
    return "yes" if ratio <= work.must else "NO"


def report(chosen: tuple[Work, ...], samples: Samples) -> list[str]:
    """Return the table as lines of Markdown."""
    lines = [
        "| work | PyView | Wirebird | ratio | must | aim | ok? | Phoenix's | bytes | PyView's |",
        "|---|--:|--:|--:|--:|--:|---|--:|--:|--:|",
    ]
    for work in chosen:
        theirs = median_of(samples, "PyView", work, work.figure)
        ours = median_of(samples, "Wirebird", work, work.figure)
        ratio = ours / theirs if ours is not None and theirs else None
        sizes = [median_of(samples, side, work, "bytes") for side in ("Wirebird", "PyView")]
        shown = ["" if size is None or work.figure == "kib" else f"{size:,.0f}" for size in sizes]
        cells = [
            work.name,
            _number(theirs, work),
            _number(ours, work),
            _share(ratio),
            _share(work.must),
            _share(work.aim),
            verdict(work, ratio),
            _share(work.phoenix),
            *shown,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def machine(python: str) -> str:
    """Return what was measured, where and with what, in a sentence."""
    names = ("wirebird", "pyview-web", "uvicorn", "websockets", "uvloop", "starlette")
    code = (
        "import importlib.metadata as m, platform, sys\n"
        "print('CPython', platform.python_version())\n"
        f"for name in {names[1:]!r}: print(name, m.version(name))"
    )
    versions = ", ".join(subprocess.check_output([python, "-c", code], text=True).split("\n")[:-1])
    today = datetime.date.today().isoformat()
    return f"{today}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores; {versions}."


def inside(module: str, python: str | None = None) -> int:
    """Say what is measured where, and run a benchmark again inside of its environment.

    Args:
        module: The benchmark; it is given the arguments of this process, and `--inside`.
        python: The interpreter; the newest by default.
    """
    found = environment(python or interpreter())
    print(machine(found), end="\n\n", flush=True)
    command = [found, "-m", module, "--inside", *sys.argv[1:]]
    return subprocess.run(command, env=server_environment(), cwd=ROOT, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python", help="the interpreter, 3.13 or later; the newest by default")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--side", choices=tuple(SIDES), help="one side only")
    arguments = parser.parse_args()
    python = environment(arguments.python or interpreter())
    chosen = tuple(work for work in WORK if arguments.only in work.name)
    sides = [arguments.side] if arguments.side else list(SIDES)
    samples: Samples = {}
    for number in range(arguments.rounds):
        for side in sides:
            print(f"round {number + 1} of {arguments.rounds}: {side}", file=sys.stderr)
            for name, figures in measure_side(python, side, chosen).items():
                samples.setdefault((side, name), []).append(figures)
    print(machine(python), end="\n\n")
    lines = report(chosen, samples)
    print("\n".join(lines))
    return 1 if any("| NO |" in line for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
