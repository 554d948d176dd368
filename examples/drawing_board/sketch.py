"""What is on the board: the last pieces that were drawn, in a SQLite file, one row each."""

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

MOST = 2_000

TABLE = """
CREATE TABLE IF NOT EXISTS pieces (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author TEXT, stroke INTEGER, ink INTEGER, width INTEGER, points TEXT
)
"""


@dataclass(frozen=True)
class Piece:
    """A part of a stroke, which begins where the part before it ended."""

    id: int | None
    author: str
    stroke: int
    ink: int
    width: int
    points: str


class Sketch:
    """Reads and writes the file; `path` may be ":memory:"."""

    def __init__(self, path: str | Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute(TABLE)

    def pieces(self) -> list[Piece]:
        """Return all pieces, the oldest first."""
        return [Piece(*row) for row in self._file.execute("SELECT * FROM pieces ORDER BY id")]

    def add(self, piece: Piece) -> Piece:
        """Add a piece, and return it with its id; the oldest makes room for it."""
        statement = "INSERT INTO pieces VALUES (?, ?, ?, ?, ?, ?) RETURNING *"
        added = Piece(*self._file.execute(statement, astuple(piece)).fetchone())
        self._file.execute("DELETE FROM pieces WHERE id <= ?", [(added.id or 0) - MOST])
        return added

    def last_stroke(self, author: str) -> list[int]:
        """Return the pieces of somebody's last stroke."""
        own = [piece for piece in self.pieces() if piece.author == author]
        return [piece.id or 0 for piece in own if piece.stroke == own[-1].stroke]

    def erase(self, ids: Sequence[int]) -> None:
        """Take pieces away."""
        self._file.executemany("DELETE FROM pieces WHERE id = ?", [[id] for id in ids])
