"""A machine that writes a log: each line follows from its number, so none has to be kept.

An application would read a file, or ask its database, where this makes lines up.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from random import Random
from time import time

RATE = 5  # lines a second


class Level(IntEnum):
    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


WRITES = [
    (Level.DEBUG, "cache", "kept {word} for {number} s"),
    (Level.DEBUG, "db", "SELECT from {word}: {number} rows"),
    (Level.INFO, "http", "GET /{word}/{number} 200"),
    (Level.INFO, "http", "POST /{word} 303"),
    (Level.INFO, "jobs", "{word} was mailed to {number} people"),
    (Level.INFO, "auth", "user {number} has signed in"),
    (Level.WARNING, "db", "{word}: slow, {number} ms"),
    (Level.WARNING, "http", "GET /{word}/{number} 404"),
    (Level.ERROR, "jobs", "{word} has failed, again in {number} s"),
]
WEIGHTS = [6, 6, 9, 4, 3, 3, 2, 2, 1]
WORDS = ["orders", "plants", "invoices", "letters", "basket", "rooms", "photos"]


@dataclass(frozen=True)
class Line:
    id: int
    level: Level
    source: str
    text: str

    @property
    def time(self) -> str:
        return f"{datetime.fromtimestamp(self.id / RATE, UTC):%H:%M:%S.%f}"[:-5]

    def is_about(self, words: str) -> bool:
        """Tell whether all of some words are in it."""
        said = f"{self.source} {self.text}".lower()
        return all(word in said for word in words.lower().split())


def last_id() -> int:
    """Return the number of the line that was written last."""
    return int(time() * RATE)


def line(id: int) -> Line:
    random = Random(id)
    level, source, text = random.choices(WRITES, WEIGHTS)[0]
    text = text.format(word=random.choice(WORDS), number=random.randint(2, 900))
    return Line(id, level, source, text)
