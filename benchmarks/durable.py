"""`python -m benchmarks.durable`: what `durable = True` and `"always"` cost an event, and a pause.

The rule: the same view is measured plain, durable and always, in one process and one sitting, round
after round; what counts is how much more CPU time the server needs than for the plain one. The
store's own CPU time is not in it. (Needs redis-server and PostgreSQL, as the tests do.)

    scripts/run python -m benchmarks.durable --stores Redis,SQLite --rounds 3
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass

from benchmarks.__main__ import Figures, inside, measure, serving

APP = "benchmarks.durable_app:app"
WORDS = ("plain", "durable", "always")


@dataclass(frozen=True)
class Load:
    """A row for each store.

    Attributes:
        name: What is done.
        text: The arguments of `benchmarks.load`.
        waits: Where among its figures is how long a client waits, at the median, in ms.
    """

    name: str
    text: str
    waits: tuple[str, float]


def _events(page: str, clients: int, count: int) -> str:
    return (
        f"events /{{word}}/{page}/me inc --clients {clients} --count {count} --warm {count // 10}"
    )


def _steady(page: str) -> str:
    return f"steady /{{word}}/{page}/me inc --clients 500 --count 6"


CLOSED, OPEN = ("p50_us", 1e-3), ("p50_ms", 1.0)
LOADS = (
    Load("counter, 50 clients without a pause", _events("count", 50, 20_000), CLOSED),
    Load("counter, 500 clients, 500 events a second", _steady("count"), OPEN),
    Load("counter, 1 client without a pause", _events("count", 1, 2000), CLOSED),
    Load(
        "an order of 20 rows and a form, 500 clients, 500 events a second", _steady("order"), OPEN
    ),
)


def cells(rounds: list[dict[str, Figures]], load: Load) -> list[str]:
    """Return what several rounds of the three have found."""

    def middle(word: str, less: str = "") -> float:
        return statistics.median(
            each[word]["cpu_us"] - (each[less]["cpu_us"] if less else 0) for each in rounds
        )

    figure, scale = load.waits
    waits = [statistics.median(each[word][figure] * scale for each in rounds) for word in WORDS]
    cpu = [middle("plain"), middle("durable", "plain"), middle("always", "plain")]
    return [*(f"{each:.1f}" for each in cpu), *(f"{each:.2f}" for each in waits)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.durable", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stores", default="Redis,SQLite,PostgreSQL")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--python", help="the interpreter; the newest by default")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.inside:
        return inside("benchmarks.durable", arguments.python)
    from benchmarks.stores import stores  # what it starts needs the benchmarks' environment

    print("| store, load | us of CPU | durable: more | always: more | p50, ms | durable | always |")
    print("|---|--:|--:|--:|--:|--:|--:|", flush=True)
    with stores() as urls:
        for store in arguments.stores.split(","):
            with serving(sys.executable, APP, settings={"WIREBIRD_STORE": urls[store]}) as server:
                for load in LOADS:
                    if arguments.only not in load.name:
                        continue
                    rounds = [
                        {
                            word: measure(sys.executable, load.text.format(word=word), *server)
                            or {}
                            for word in WORDS
                        }
                        for _ in range(arguments.rounds)
                    ]
                    row = " | ".join([f"{store}: {load.name}", *cells(rounds, load)])
                    print(f"| {row} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
