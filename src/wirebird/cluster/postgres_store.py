"""`PostgresStore`: views' states in a table of PostgreSQL.

The rule: whatever is asked is one statement, by the database's clock. The table is logged: what a
page was told is kept also when the database is killed.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from wirebird.cluster.outage import PATIENCE, Outage
from wirebird.cluster.records import SWEEP_SECONDS, TOMBSTONE_SECONDS, turns
from wirebird.live.store import Claim, Status, StoreUnavailable, Write

MOST_CONNECTIONS = 4

SWEPT_AT_ONCE = 1000
"""How many records whose time is over are deleted at a time."""

Connection: TypeAlias = psycopg.AsyncConnection[TupleRow]


Work: TypeAlias = Callable[[Connection], Awaitable[Any]]


class Use:
    """The use of a connection by one who may give up."""

    __slots__ = ("connection", "is_given_up")

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.is_given_up = False

    def give_up(self) -> bool:
        """Close the line, and return whether there was one: its user then gets an error.

        Cancelled, psycopg would ask the server to cancel too, and may block all else meanwhile.
        """
        self.is_given_up = True
        if self.connection is None:
            return False
        try:
            with socket.socket(fileno=os.dup(self.connection.pgconn.socket)) as line:
                line.shutdown(socket.SHUT_RDWR)
        except (OSError, psycopg.Error):
            return False
        return True


class Statements:
    """What is asked of the database, for a table.

    There is no index on `until`: with one, no save could leave the row where it is (HOT).
    """

    def __init__(self, table: str) -> None:
        names = {
            "table": sql.Identifier(table),
            "epochs": sql.Identifier(f"{table}_epochs"),
            "epochs_name": sql.Literal(f'"{table}_epochs"'),
            "lock": sql.Literal(table),
        }

        def statement(text: str) -> sql.Composed:
            return sql.SQL(text).format(**names)  # pyright: ignore[reportArgumentType]

        self.make = statement(
            "SELECT pg_advisory_xact_lock(hashtext({lock}));"
            " CREATE TABLE IF NOT EXISTS {table} ("
            '  key text COLLATE "C" PRIMARY KEY, epoch bigint NOT NULL,'
            "  turn bigint NOT NULL, data bytea, until timestamptz NOT NULL)"
            " WITH (fillfactor = 70);"
            " ALTER TABLE {table} ALTER COLUMN data SET STORAGE EXTERNAL;"
            " CREATE SEQUENCE IF NOT EXISTS {epochs}"
        )
        self.claim = statement(
            "INSERT INTO {table} AS kept (key, epoch, turn, data, until) VALUES"
            " (%(key)s, nextval({epochs_name}), 0, NULL, now() + make_interval(secs => %(keep)s))"
            " ON CONFLICT (key) DO UPDATE SET epoch = nextval({epochs_name}), turn = 0,"
            " data = CASE WHEN kept.until > now() THEN kept.data END, until = excluded.until"
            " RETURNING epoch, data"
        )
        self.save = statement(
            "INSERT INTO {table} AS kept (key, epoch, turn, data, until)"
            " SELECT key, epoch, turn, data, now() + make_interval(secs => keep)"
            " FROM unnest(%b::text[], %b::bigint[], %b::bytea[], %b::float8[], %b::bigint[])"
            # In one order, so that two processes never wait for each other.
            " AS written (key, epoch, data, keep, turn) ORDER BY key"
            " ON CONFLICT (key) DO UPDATE"
            " SET epoch = excluded.epoch, turn = excluded.turn, data = excluded.data,"
            " until = excluded.until"
            " WHERE (kept.epoch, kept.turn) <= (excluded.epoch, excluded.turn)"
            " OR kept.until <= now() RETURNING key"
        )
        self.load = statement("SELECT key, data FROM {table} WHERE key = ANY(%s) AND until > now()")
        self.delete = statement(
            "INSERT INTO {table} AS kept (key, epoch, turn, data, until) VALUES"
            " (%(key)s, %(epoch)s, %(turn)s, NULL, now() + make_interval(secs => %(keep)s))"
            " ON CONFLICT (key) DO UPDATE SET epoch = excluded.epoch, turn = excluded.turn,"
            " data = NULL, until = excluded.until"
            " WHERE (kept.epoch, kept.turn) <= (excluded.epoch, excluded.turn)"
            " OR kept.until <= now()"
        )
        self.sweep = statement(
            "DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table}"
            " WHERE until <= now() LIMIT %s FOR UPDATE SKIP LOCKED)"
        )


class PostgresStore:
    """A store that all processes share which use the same database.

    It makes its table and a sequence when there are none, so its user may need the right to do that
    once.

    Args:
        url: `postgresql://user:password@host/database`, or what else libpq understands.
        table: The table. Applications that share a database choose one each.
        patience: How long the database may take to answer, in seconds.

    Raises:
        ValueError: The URL cannot be understood.

    Example:
        ```python
        app = Wirebird(store=PostgresStore("postgresql://shop@db/shop", table="shop_states"))
        ```
    """

    def __init__(
        self, url: str, *, table: str = "wirebird_states", patience: float = PATIENCE
    ) -> None:
        try:
            known = conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            # Its text may show the password.
            raise ValueError("libpq does not understand it") from None
        self._url = url
        self._password = str(known.get("password") or "")
        place = f"{known.get('host', 'localhost')}/{known.get('dbname', '')}"
        self._outage = Outage(f"the store postgresql://{place}", patience, self._problem)
        self._statements = Statements(table)
        self._is_made = False
        self._free: list[Connection] = []
        self._turns = asyncio.Semaphore(MOST_CONNECTIONS)
        self._sweeper: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<PostgresStore {self._outage.name}>"

    @property
    def status(self) -> Status:
        """Whether the store can be used, for health checks."""
        return self._outage.status

    async def start(self) -> None:
        """Begin: make the table if there is none."""
        if self._sweeper is None:
            self._sweeper = asyncio.create_task(self._sweep(), name=repr(self))
        await self.load([""])

    async def stop(self) -> None:
        """End: close the connections."""
        sweeper, self._sweeper = self._sweeper, None
        if sweeper is not None:
            sweeper.cancel()
            await asyncio.wait((sweeper,))
        while self._free:
            await self._free.pop().close()

    async def claim(self, key: str, keep: float) -> Claim:
        """Become the owner of a record, whether there is one yet or not."""
        ((epoch, data),) = await self._ask(self._statements.claim, {"key": key, "keep": keep})
        return Claim(epoch, data)

    async def save(self, writes: Sequence[Write]) -> Sequence[bool]:
        """Keep what several owners have; False for each that is none any more."""
        saved = [False] * len(writes)
        left = list(enumerate(writes))
        while left:
            # One statement writes a row once; who has a key again has the next turn.
            now: dict[str, tuple[int, Write]] = {}
            later: list[tuple[int, Write]] = []
            for at, write in left:
                if write.key in now:
                    later.append((at, write))
                else:
                    now[write.key] = (at, write)
            batch = [write for _, write in now.values()]
            columns = [list(column) for column in zip(*batch, strict=True)]
            columns.append([next(turns) for _ in batch])
            for (key,) in await self._ask(self._statements.save, columns):
                saved[now[key][0]] = True
            left = later
        return saved

    async def load(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return what records hold, None for each that holds nothing."""
        if not keys:
            return []
        found = dict(await self._ask(self._statements.load, [list(keys)]))
        return [found.get(key) for key in keys]

    async def delete(self, key: str, epoch: int) -> None:
        """Forget what a record holds, if its owner asks; else nothing happens."""
        values = {"key": key, "epoch": epoch, "turn": next(turns), "keep": TOMBSTONE_SECONDS}
        await self._ask(self._statements.delete, values)

    async def _sweep(self) -> None:
        while True:
            more = False
            with suppress(StoreUnavailable):
                more = await self._swept() == SWEPT_AT_ONCE
            await asyncio.sleep(0 if more else SWEEP_SECONDS)

    async def _swept(self) -> int:
        async def sweep(connection: Connection) -> int:
            return (await connection.execute(self._statements.sweep, [SWEPT_AT_ONCE])).rowcount

        return await self._bounded(sweep)

    async def _ask(self, statement: sql.Composed, values: Any) -> list[Any]:
        async def ask(connection: Connection) -> list[Any]:
            cursor = connection.cursor(binary=True)
            await cursor.execute(statement, values, prepare=True)
            return await cursor.fetchall() if cursor.description else []

        return await self._bounded(ask)

    async def _bounded(self, work: Work) -> Any:
        use = Use()
        return await self._outage.bounded_apart(self._with_connection(work, use), use.give_up)

    async def _with_connection(self, work: Work, use: Use) -> Any:
        async with self._turns:
            while self._free:
                connection = use.connection = self._free.pop()
                try:
                    return await self._used(connection, work)
                except psycopg.OperationalError:
                    if use.is_given_up or not connection.closed:
                        raise
                    # It was closed since it was used last; the next one may be, too.
            use.connection = None
            connection = use.connection = await self._connect()
            return await self._used(connection, work)

    async def _used(self, connection: Connection, work: Work) -> Any:
        try:
            found = await work(connection)
        except BaseException as error:
            if isinstance(error, errors.UndefinedTable):
                self._is_made = False
            # Nobody knows what is still to come over it.
            connection.pgconn.finish()
            raise
        self._free.append(connection)
        return found

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=max(2, round(self._outage.patience))
        )
        if not self._is_made:
            async with connection.transaction():
                await connection.execute(self._statements.make)
            self._is_made = True
        return connection

    def _problem(self, error: BaseException) -> str | None:
        if not isinstance(error, psycopg.Error | OSError):
            return None
        text = " ".join(str(error).split()) or type(error).__name__
        if self._password:
            text = text.replace(self._password, "***")
        if isinstance(error, errors.DiskFull):
            return f"it is full: {text}"
        return text
