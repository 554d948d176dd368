"""The text that all write, in a SQLite file, with the changes that made it what it is.

The rule: changes are taken only if they were made to the newest version. Whoever was not up to date
gets what is missing, and their editor makes its own changes fit: nothing that is written is lost.
"""

import json
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Annotated, TypeAlias

from pydantic import NonNegativeInt, StringConstraints

MOST = 20_000  # UTF-16 units, which CodeMirror counts
KEPT = 2_000  # changes, for pages that were away

TABLES = """
CREATE TABLE IF NOT EXISTS document (version INTEGER, text TEXT);
CREATE TABLE IF NOT EXISTS changes (version INTEGER PRIMARY KEY, client TEXT, parts TEXT);
"""

Text: TypeAlias = Annotated[str, StringConstraints(max_length=MOST)]
Part: TypeAlias = NonNegativeInt | list[NonNegativeInt | Text]
"""So many units stay as they are; or so many are deleted, and these lines come instead."""


@dataclass(frozen=True)
class Change:
    """A change of the whole text, as CodeMirror writes it, and whose it is."""

    client: Annotated[str, StringConstraints(max_length=40)]
    parts: list[Part]


class Unfit(ValueError):
    """A change that cannot be made to the text."""


class Document:
    """Reads and writes the file, for one thread at a time; `path` may be ":memory:"."""

    def __init__(self, path: str | Path, text: str = "") -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.executescript(TABLES)
        self._lock = RLock()
        with self._transaction():
            if not self._database.execute("SELECT 1 FROM document").fetchone():
                self._database.execute("INSERT INTO document VALUES (0, ?)", (text,))

    @contextmanager
    def _transaction(self) -> Generator[None]:
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            yield

    def read(self) -> tuple[int, str]:
        """Return the newest version's number, and its text."""
        with self._lock:
            return self._database.execute("SELECT version, text FROM document").fetchone()

    def take(self, version: int, changes: Sequence[Change]) -> bool:
        """Make changes to a version, if it is the newest one.

        Raises:
            Unfit: They do not fit the text.
        """
        with self._transaction():
            newest, text = self.read()
            if version != newest:
                return False
            for version, change in enumerate(changes, newest + 1):
                text = changed(text, change.parts)
                row = (version, change.client, json.dumps(change.parts))
                self._database.execute("INSERT INTO changes VALUES (?, ?, ?)", row)
            now = newest + len(changes)
            self._database.execute("UPDATE document SET version = ?, text = ?", (now, text))
            self._database.execute("DELETE FROM changes WHERE version <= ?", (now - KEPT,))
        return True

    def since(self, version: int) -> list[Change]:
        """Return the changes after a version.

        Raises:
            Unfit: It was too long ago.
        """
        query = "SELECT client, parts FROM changes WHERE version > ? ORDER BY version"
        with self._transaction():
            rows = self._database.execute(query, (version,)).fetchall()
            if version + len(rows) != self.read()[0]:
                raise Unfit("this version is not known any more")
        return [Change(client, json.loads(parts)) for client, parts in rows]


def changed(text: str, parts: Sequence[Part]) -> str:
    """Return a text with a change made to it."""
    units = text.encode("utf-16-le", "surrogatepass")
    place, new = 0, b""
    for part in parts:
        match part:
            case int(length):
                new += units[place : place + 2 * length]
            case [int(length), *lines]:
                new += "\n".join(map(str, lines)).encode("utf-16-le", "surrogatepass")
            case _:
                raise Unfit("this is no change")
        place += 2 * length
    if place != len(units) or len(new) > 2 * MOST:
        raise Unfit("the change does not fit the text")
    return new.decode("utf-16-le", "surrogatepass")
