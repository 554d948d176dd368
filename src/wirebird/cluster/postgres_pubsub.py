"""`PostgresPubSub`: messages among processes by way of PostgreSQL's LISTEN and NOTIFY.

The rule: every process hears one channel and passes over what nobody in it receives, so that a
topic costs the database nothing. What is too large to be notified stands in a table for a while.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from time import monotonic
from typing import TypeAlias, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from wirebird.cluster.broker import CONNECT_PATIENCE, PATIENCE, TURN_SECONDS, Mail, Packet
from wirebird.cluster.broker_pubsub import BrokerPubSub

LARGEST_NOTIFIED = 7_900
"""Most bytes in a notification; PostgreSQL takes less than 8,000."""

KEPT_SECONDS = 300
"""How long a message that is too large for one stands in its table."""

_STORED = b"@"

Connection: TypeAlias = psycopg.AsyncConnection[TupleRow]
T = TypeVar("T")


class Queries:
    """What is asked of the database."""

    def __init__(self, channel: str) -> None:
        table = sql.Identifier(f"{channel}_messages")
        names = {"table": table, "channel": sql.Literal(channel)}
        self.listen = sql.SQL("LISTEN {}").format(sql.Identifier(channel))
        self.notify = sql.SQL(
            "SELECT pg_notify({channel}, packet) FROM unnest(%s::text[]) AS packet"
        ).format(**names)
        self.make_table = sql.SQL(
            "SELECT pg_advisory_xact_lock(hashtext({channel}));"
            " CREATE UNLOGGED TABLE IF NOT EXISTS {table} ("
            "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            " data bytea NOT NULL, sent timestamptz NOT NULL DEFAULT now())"
        ).format(**names)
        self.store = sql.SQL(
            "WITH old AS (DELETE FROM {table} WHERE sent < now() - make_interval(secs => %s)),"
            " new AS (INSERT INTO {table} (data) VALUES (%s) RETURNING id)"
            " SELECT pg_notify({channel}, '@' || id || ' ' || %s) FROM new"
        ).format(**names)
        self.fetch = sql.SQL("SELECT data FROM {table} WHERE id = %s").format(**names)


class PostgresBroker:
    """A PostgreSQL that carries messages.

    Args:
        url: `postgresql://user:password@host/database`, or what else libpq understands.
        channel: The channel that is notified. What is too large stands in the table of that name,
            with `_messages` after it.
        patience: How long it may take to answer.

    Raises:
        ValueError: The URL cannot be understood.
    """

    def __init__(self, url: str, channel: str, patience: float = PATIENCE) -> None:
        self.patience = patience
        try:
            known = conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            # Its text may show the password.
            raise ValueError("libpq does not understand the URL of the PostgreSQL") from None
        self._url = url
        self.queries = Queries(channel)
        self._password = known.get("password")
        place = f"{known.get('host', 'localhost')}:{known.get('port', 5432)}"
        self.name = f"the broker postgresql://{place}/{known.get('dbname', '')}"

    async def connect(self) -> Connection:
        """Open a connection."""
        return await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            prepare_threshold=None,  # what pools connections in between may not keep statements
            connect_timeout=int(CONNECT_PATIENCE),
        )

    async def sender(self) -> PostgresSender:
        """Open a connection to send over."""
        return PostgresSender(self, await self.connect())

    async def receiver(self, mail: Mail) -> PostgresReceiver:
        """Open a connection to hear over."""
        receiver = PostgresReceiver(self, await self.connect(), mail)
        await receiver.begin()
        return receiver

    def problem(self, error: BaseException) -> str:
        """Return what went wrong, for people, in one line without a password."""
        if isinstance(error, TimeoutError):
            return "it did not answer in time"
        text = " ".join(str(error).split()) or type(error).__name__
        return text.replace(str(self._password), "***") if self._password else text


class PostgresSender:
    """Sends packets over one connection."""

    def __init__(self, broker: PostgresBroker, connection: Connection) -> None:
        self._queries = broker.queries
        self._connection = connection

    async def send(self, packets: Sequence[Packet]) -> Sequence[tuple[Packet, str]]:
        """Send packets, those that are small enough in one round trip."""
        return await unbroken(self._connection, self._send(packets))

    async def _send(self, packets: Sequence[Packet]) -> list[tuple[Packet, str]]:
        refused: list[tuple[Packet, str]] = []
        small: list[Packet] = []
        for packet in packets:
            if len(packet.data) + len(packet.head()) < LARGEST_NOTIFIED:
                small.append(packet)
                continue
            refused += await self._notify(small)
            small = []
            try:
                await self._store(packet)
            except psycopg.Error as error:
                refused.append((packet, _reason(self._connection, error)))
        return refused + await self._notify(small)

    async def _notify(self, packets: Sequence[Packet]) -> list[tuple[Packet, str]]:
        try:
            if packets:
                texts = [packet.packed().decode() for packet in packets]
                await self._connection.execute(self._queries.notify, [texts])
            return []
        except psycopg.Error as error:
            why = _reason(self._connection, error)
            if len(packets) == 1:
                return [(packets[0], why)]
        return [each for packet in packets for each in await self._notify([packet])]

    async def _store(self, packet: Packet) -> None:
        values = [KEPT_SECONDS, packet.data, packet.head().decode()]
        try:
            await self._connection.execute(self._queries.store, values)
        except psycopg.errors.UndefinedTable:
            async with self._connection.transaction():
                await self._connection.execute(self._queries.make_table)
            await self._connection.execute(self._queries.store, values)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()


class PostgresReceiver:
    """Hears all topics over one connection."""

    def __init__(self, broker: PostgresBroker, connection: Connection, mail: Mail) -> None:
        self._queries = broker.queries
        self._connection = connection
        self._mail = mail
        self._patience = broker.patience
        self._come: deque[bytes] = deque()
        # Some come while something else is asked for.
        connection.add_notify_handler(lambda notify: self._come.append(notify.payload.encode()))

    async def begin(self) -> None:
        """Listen to the channel."""
        await unbroken(self._connection, self._connection.execute(self._queries.listen))

    async def hear(self, topics: Sequence[str]) -> None:
        """Do nothing: all topics are heard."""

    async def leave(self, topics: Sequence[str]) -> None:
        """Do nothing: all topics are heard."""

    async def run(self) -> None:
        """Take what comes, and see that the database is still there."""
        connection = self._connection
        while True:
            if not await self._readable():
                alive = unbroken(connection, connection.execute("SELECT 1"))
                async with asyncio.timeout(self._patience):
                    await alive
            else:
                connection.pgconn.consume_input()
            await self._take_all()

    async def _readable(self) -> bool:
        """Wait until something comes, or for a while."""
        loop = asyncio.get_running_loop()
        came = asyncio.Event()
        place = self._connection.fileno()
        loop.add_reader(place, came.set)
        try:
            async with asyncio.timeout(self._patience):
                await came.wait()
            return True
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(place)

    async def _take_all(self) -> None:
        until = monotonic() + TURN_SECONDS
        while True:
            while notify := self._connection.pgconn.notifies():
                self._come.append(notify.extra)
            if not self._come:
                return
            packed = self._come.popleft()
            number, _, head = packed.partition(b" ")
            if number.startswith(_STORED) and number[1:].isdigit():
                await self._fetch(int(number[1:]), head)
            else:
                self._mail.take(packed)
            if monotonic() > until:
                await asyncio.sleep(0)
                until = monotonic() + TURN_SECONDS

    async def _fetch(self, number: int, head: bytes) -> None:
        if not self._mail.wants(head):
            return
        fetch = self._connection.execute(self._queries.fetch, [number], binary=True)
        async with asyncio.timeout(self._patience):
            cursor = await unbroken(self._connection, fetch)
        row = await cursor.fetchone()
        if row is None:
            raise ConnectionError("a large message was kept no longer when its turn came")
        self._mail.take(b"%b\n%b" % (head, row[0]))

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()


class PostgresPubSub(BrokerPubSub):
    """Topics that all processes share that use the same PostgreSQL.

    Args:
        url: Where it is: `postgresql://user:password@host/database`. It must lead to the server
            itself, not to what hands out its connections one statement at a time.
        channel: The channel that is notified. Applications that share a database choose one each.
        patience: How long PostgreSQL may take to answer before the connection is given up, in
            seconds.

    Raises:
        ValueError: The URL cannot be understood.

    Example:
        ```python
        app = Wirebird(broker=PostgresPubSub("postgresql:///shop", channel="shop"))
        ```
    """

    def __init__(self, url: str, *, channel: str = "wirebird", patience: float = PATIENCE) -> None:
        super().__init__(PostgresBroker(url, channel, patience))


async def unbroken(connection: Connection, work: Awaitable[T]) -> T:
    """Do work with a connection; whoever gives up waiting for it cuts the connection.

    psycopg would ask a server that does not answer to stop, and wait for its answer.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        _cut(connection)
        await asyncio.wait({task}, timeout=1)
        if task.done() and not task.cancelled():
            task.exception()
        raise
    return task.result()


def _cut(connection: Connection) -> None:
    """Let whoever waits for the connection see that it has ended."""
    with (
        suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(connection.fileno())) as line,
    ):
        line.shutdown(socket.SHUT_RDWR)


def _reason(connection: Connection, error: psycopg.Error) -> str:
    """Return why the database does not take something; raise what ended the connection."""
    if connection.closed or isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        raise error
    return " ".join(str(error).split())
