"""`SQLiteStore`: views' states in a file, for all processes of one machine.

The rule: one thread has the file. What waits for it when it turns to the file is written in one
transaction, so that a burst of saves costs one commit, and nobody is told "saved" before that.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeAlias, TypeVar

from wirebird.cluster.outage import PATIENCE, Outage
from wirebird.cluster.records import SWEEP_SECONDS, TOMBSTONE_SECONDS
from wirebird.live.store import Claim, Status, Write

MOST_AT_ONCE = 1000
"""How much is done in one transaction."""

SWEPT_AT_ONCE = 1000
"""How many records whose time is over are deleted at a time."""

T = TypeVar("T")
Work: TypeAlias = Callable[[sqlite3.Connection], Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS wirebird_states (
    key TEXT PRIMARY KEY, epoch INTEGER NOT NULL, data BLOB, until REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS wirebird_epochs (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER);
INSERT OR IGNORE INTO wirebird_epochs VALUES (1, 0);
"""
_SAVE = """
INSERT INTO wirebird_states VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
SET epoch = excluded.epoch, data = excluded.data, until = excluded.until
WHERE epoch <= excluded.epoch OR until <= ?
"""
_LOAD = "SELECT data FROM wirebird_states WHERE key = ? AND until > ?"
_SWEEP = """
DELETE FROM wirebird_states WHERE rowid IN
(SELECT rowid FROM wirebird_states WHERE until <= ? LIMIT ?)
"""


class SQLiteStore:
    """A store in a file, which survives restarts, and which several processes may share.

    What was saved is kept when a process is killed. When the machine itself fails, the last moments
    may be lost, but never the file. It belongs on a disk of the machine: not on a network's.

    Args:
        path: The file, which is made if there is none; its folder must be there.
        patience: How long to wait for other processes that write, in seconds.

    Example:
        ```python
        app = Wirebird(store="sqlite:///states.db")
        ```
    """

    def __init__(self, path: str | Path, *, patience: float = PATIENCE) -> None:
        self.path = Path(path)
        self._outage = Outage(f"the store {self.path}", patience, self._problem)
        self._waiting: SimpleQueue[_Asked | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def __repr__(self) -> str:
        return f"<SQLiteStore {self.path}>"

    @property
    def status(self) -> Status:
        """Whether the store can be used, for health checks."""
        return self._outage.status

    async def start(self) -> None:
        """Begin: open the file, and make it if there is none."""
        await self._ask(lambda connection: None)

    async def stop(self) -> None:
        """End: what waits is written, and the file is closed."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            await asyncio.to_thread(thread.join, self._outage.patience)

    async def claim(self, key: str, keep: float) -> Claim:
        """Become the owner of a record, whether there is one yet or not."""

        def claim(connection: sqlite3.Connection) -> Claim:
            now = time.time()
            # Never one twice, even of records that have vanished.
            connection.execute("UPDATE wirebird_epochs SET last = last + 1")
            (epoch,) = connection.execute("SELECT last FROM wirebird_epochs").fetchone()
            found = connection.execute(_LOAD, (key, now)).fetchone()
            data = None if found is None else found[0]
            connection.execute(
                "INSERT OR REPLACE INTO wirebird_states VALUES (?, ?, ?, ?)",
                (key, epoch, data, now + keep),
            )
            return Claim(epoch, data)

        return await self._ask(claim)

    async def save(self, writes: Sequence[Write]) -> Sequence[bool]:
        """Keep what several owners have; False for each that is none any more."""
        if not writes:
            return []

        def save(connection: sqlite3.Connection) -> list[bool]:
            now = time.time()
            execute = connection.execute
            return [
                execute(_SAVE, (write.key, write.epoch, write.data, now + write.keep, now)).rowcount
                > 0
                for write in writes
            ]

        return await self._ask(save)

    async def load(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return what records hold, None for each that holds nothing."""
        if not keys:
            return []

        def load(connection: sqlite3.Connection) -> list[bytes | None]:
            now = time.time()
            found = [connection.execute(_LOAD, (key, now)).fetchone() for key in keys]
            return [None if row is None else row[0] for row in found]

        return await self._ask(load)

    async def delete(self, key: str, epoch: int) -> None:
        """Forget what a record holds, if its owner asks; else nothing happens."""

        def delete(connection: sqlite3.Connection) -> None:
            now = time.time()
            connection.execute(_SAVE, (key, epoch, None, now + TOMBSTONE_SECONDS, now))

        await self._ask(delete)

    async def _ask(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._outage.bounded(self._answer(work))

    async def _answer(self, work: Work) -> Any:
        loop = asyncio.get_running_loop()
        asked = _Asked(work, loop, loop.create_future())
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=repr(self), daemon=True)
            self._thread.start()
        self._waiting.put(asked)
        return await asked.answer

    # In the thread

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        sweep_at = 0.0
        ended = False
        while not ended:
            try:
                first = self._waiting.get(timeout=max(0.0, sweep_at - time.monotonic()))
            except Empty:
                asked: list[_Asked] = []
            else:
                asked, ended = self._with_others(first)
            # Who no longer waits has been told that it was not done.
            asked = [each for each in asked if not each.answer.cancelled()]
            try:
                if connection is None:
                    connection = self._open()
                answers = _transaction(connection, [each.work for each in asked])
            except Exception as error:
                connection = _closed(connection)
                sweep_at = time.monotonic() + SWEEP_SECONDS
                for each in asked:
                    each.fail(error)
                continue
            for each, answer in zip(asked, answers, strict=True):
                each.tell(answer)
            if time.monotonic() >= sweep_at:
                sweep_at = time.monotonic() + (SWEEP_SECONDS if _sweep(connection) else 0)
        _closed(connection)

    def _with_others(self, first: _Asked | None) -> tuple[list[_Asked], bool]:
        """Return what waits, and whether it is time to end."""
        asked: list[_Asked] = []
        following = first
        while following is not None:
            asked.append(following)
            if len(asked) == MOST_AT_ONCE:
                return asked, False
            try:
                following = self._waiting.get_nowait()
            except Empty:
                return asked, False
        return asked, True

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=self._outage.patience, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            _transaction(connection, [_make_tables])
        except BaseException:
            connection.close()
            raise
        return connection

    def _problem(self, error: BaseException) -> str | None:
        if not isinstance(error, sqlite3.Error):
            return None
        folder = self.path.absolute().parent
        if not folder.is_dir():
            return f"the folder {folder} does not exist"
        if not os.access(folder, os.W_OK | os.X_OK):
            return f"nothing can be written into the folder {folder}"
        return str(error)


class _Asked(NamedTuple):
    """What is to be done with the file, and who waits for it."""

    work: Work
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]

    def tell(self, answer: Any) -> None:
        """Say what came of it."""
        self._later(lambda: self.answer.done() or self.answer.set_result(answer))

    def fail(self, error: Exception) -> None:
        """Say that nothing came of it."""
        self._later(lambda: self.answer.done() or self.answer.set_exception(error))

    def _later(self, function: Callable[[], Any]) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(function)


def _transaction(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Any]:
    if not works:
        return []
    connection.execute("BEGIN IMMEDIATE")
    try:
        answers = [work(connection) for work in works]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return answers


def _make_tables(connection: sqlite3.Connection) -> None:
    for statement in _TABLES.split(";"):
        connection.execute(statement)


def _sweep(connection: sqlite3.Connection) -> bool:
    """Delete records whose time is over; return whether that was all of them."""
    try:
        return connection.execute(_SWEEP, (time.time(), SWEPT_AT_ONCE)).rowcount < SWEPT_AT_ONCE
    except sqlite3.Error:
        return True  # there is a next time


def _closed(connection: sqlite3.Connection | None) -> None:
    if connection is not None:
        connection.close()
