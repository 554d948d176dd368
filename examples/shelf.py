"""`Shelf`: where examples put what all their visitors share, so that it outlives the server.

The rule: what is put there is in the file when `put` returns. An application has its database.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


class Shelf:
    """Keeps values by their names.

    Args:
        file: A SQLite file; without one, they are kept as long as the process lives.
    """

    def __init__(self, file: str | Path = ":memory:") -> None:
        self._file = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("CREATE TABLE IF NOT EXISTS shelf (name TEXT PRIMARY KEY, value BLOB)")

    def get(self, name: str, default: T, kind: Any = None) -> T:
        """Return what was put under a name.

        Args:
            name: The name.
            default: What to return where nothing is, or nothing that fits.
            kind: The type of the value, such as `list[Card]`; without it, that of the default.
        """
        found = self._file.execute("SELECT value FROM shelf WHERE name = ?", [name]).fetchone()
        if found is None:
            return default
        try:
            return TypeAdapter[T](kind or type(default)).validate_json(found[0])
        except ValueError:  # of an earlier version
            return default

    def put(self, name: str, value: object, kind: Any = None) -> None:
        """Put a value under a name: whatever pydantic writes as JSON."""
        content = TypeAdapter[Any](kind or type(value)).dump_json(value)
        self._file.execute("REPLACE INTO shelf VALUES (?, ?)", [name, content])


def file_of(name: str) -> str:
    """Return where an example that has a SQLite file of its own keeps it, as SQLite names it."""
    folder = os.environ.get("GALLERY_FOLDER")
    return str(Path(folder, f"{name}.db")) if folder else ":memory:"


SHELF = Shelf(file_of("shelf"))
