"""The auction house: lots and bids in a SQLite file, so that an auction outlives its process.

The rule: a lot is sold because its time is over, so nobody has to be there at that moment; and each
change is one statement, so that several processes can take bids.
"""

import math
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

LASTS = 120.0  # seconds, the first lot; each further one
LATER = 30.0  # longer
LATE = 15.0  # seconds that are left at least after a bid

LOTS = [
    ("Brass telescope", "Three draws, in its leather case.", 40),
    ("Writing desk", "Oak, with a drawer that nobody has opened.", 120),
    ("Ship in a bottle", "A schooner, under full sail.", 25),
]

TABLE = """
CREATE TABLE IF NOT EXISTS lots (
    id INTEGER PRIMARY KEY, title TEXT, about TEXT, start INTEGER, price INTEGER, ends REAL,
    bidder TEXT DEFAULT '', name TEXT DEFAULT ''
)
"""


@dataclass(frozen=True)
class Lot:
    id: int
    title: str
    about: str
    start: int
    price: int
    ends: float
    bidder: str
    name: str

    def left(self, now: float) -> int:
        """How many seconds are left, at most rounded up; 0 when it is over."""
        return max(0, math.ceil(self.ends - now))


class House:
    """The lots, and who has bid most.

    Args:
        path: The file that keeps them.
        now: The time, in seconds.
    """

    def __init__(self, path: str | Path = ":memory:", now: Callable[[], float] = time) -> None:
        self.now = now
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._run(TABLE)
        for id, (title, about, start) in enumerate(LOTS, 1):
            self._run(
                "INSERT OR IGNORE INTO lots (id, title, about, start, price, ends)"
                " VALUES (?, ?, ?, ?, ?, 0)",
                id, title, about, start, start,
            )  # fmt: skip

    def lots(self) -> dict[int, Lot]:
        """Return all lots as they are now, by id."""
        return {row[0]: Lot(*row) for row in self._run("SELECT * FROM lots ORDER BY id")}

    def bid(self, id: int, price: int, bidder: str, name: str) -> bool:
        """Bid for a lot; tell whether it was the highest bid, and in time."""
        now = self.now()
        return bool(
            self._run(
                "UPDATE lots SET price = ?, bidder = ?, name = ?, ends = max(ends, ?)"
                " WHERE id = ? AND price < ? AND ends > ? RETURNING id",
                price, bidder, name, now + LATE, id, price, now,
            )
        )  # fmt: skip

    def begin(self, after: float = 0.0) -> None:
        """Offer all lots anew, if all have been over for some seconds."""
        now = self.now()
        self._run(
            "UPDATE lots SET price = start, bidder = '', name = '', ends = ? + id * ?"
            " WHERE (SELECT max(ends) FROM lots) <= ?",
            now + LASTS - LATER, LATER, now - after,
        )  # fmt: skip

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _run(self, statement: str, *values: str | int | float) -> list[tuple[Any, ...]]:
        return self._database.execute(statement, values).fetchall()
