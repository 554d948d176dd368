"""`RedisPubSub`: messages among processes by way of Redis, Valkey, or what speaks like them.

The rule: one connection hears and one sends, whatever the number of topics and views.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import Any, cast
from urllib.parse import urlsplit

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError

from wirebird.cluster.broker import (
    CONNECT_PATIENCE,
    PATIENCE,
    TURN_SECONDS,
    Mail,
    Packet,
)
from wirebird.cluster.broker_pubsub import BrokerPubSub


class RedisBroker:
    """A Redis that carries messages.

    Args:
        url: `redis://`, `rediss://` or `unix://`, as redis-py takes it.
        prefix: Stands before the topics' names; applications that share a Redis, whichever of its
            databases they name, hear each other if theirs is the same.
        patience: How long it may take to answer.

    Raises:
        ValueError: The URL cannot be understood.
    """

    def __init__(self, url: str, prefix: str, patience: float = PATIENCE) -> None:
        self.patience = patience
        parts = urlsplit(url)
        place = parts.hostname or parts.path
        port = f":{parts.port}" if parts.port else ""
        self.name = f"the broker {parts.scheme}://{place}{port}"
        self._prefix = prefix
        self._password = parts.password
        options: dict[str, Any] = {
            "socket_timeout": None,
            "socket_connect_timeout": CONNECT_PATIENCE,
            "protocol": 2,
            "retry": Retry(NoBackoff(), 0),
        }
        self._pool = cast(Any, ConnectionPool).from_url(url, **options)

    def channel(self, topic: str) -> str:
        """Return the name of a topic in Redis."""
        return f"{self._prefix}:{topic}"

    async def connect(self) -> AbstractConnection:
        """Open a connection."""
        connection: AbstractConnection = self._pool.make_connection()
        await connection.connect()
        return connection

    async def sender(self) -> RedisSender:
        """Open a connection to send over."""
        return RedisSender(self, await self.connect())

    async def receiver(self, mail: Mail) -> RedisReceiver:
        """Open a connection to hear over."""
        return RedisReceiver(self, await self.connect(), mail)

    def problem(self, error: BaseException) -> str:
        """Return what went wrong, for people, in one line without a password."""
        if isinstance(error, TimeoutError) and not isinstance(error, RedisError):
            return "it did not answer in time"
        text = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, AuthenticationError):
            text = f"it refuses the password: {text}"
        return text.replace(self._password, "***") if self._password else text


class RedisSender:
    """Sends packets over one connection."""

    def __init__(self, broker: RedisBroker, connection: AbstractConnection) -> None:
        self._broker = broker
        self._connection = connection

    async def send(self, packets: Sequence[Packet]) -> Sequence[tuple[Packet, str]]:
        """Send packets in one round trip."""
        connection: Any = self._connection
        channel = self._broker.channel
        commands = [("PUBLISH", channel(each.topic), each.packed()) for each in packets]
        await connection.send_packed_command(connection.pack_commands(commands))
        for _ in packets:
            await connection.read_response()
        return ()

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.disconnect()


class RedisReceiver:
    """Hears topics over one connection."""

    def __init__(self, broker: RedisBroker, connection: AbstractConnection, mail: Mail) -> None:
        self._broker = broker
        self._connection = connection
        self._mail = mail
        self._writing = asyncio.Lock()
        self._asked: dict[bytes, deque[asyncio.Future[None]]] = {}
        self._alive = asyncio.Event()

    async def hear(self, topics: Sequence[str]) -> None:
        """Subscribe; return when Redis has confirmed it."""
        if not topics:
            return
        loop = asyncio.get_running_loop()
        channels = [self._broker.channel(topic) for topic in topics]
        confirmed = [loop.create_future() for _ in channels]
        for channel, future in zip(channels, confirmed, strict=True):
            self._asked.setdefault(channel.encode(), deque()).append(future)
        await self._write("SUBSCRIBE", *channels)
        await asyncio.gather(*confirmed)

    async def leave(self, topics: Sequence[str]) -> None:
        """Unsubscribe."""
        await self._write("UNSUBSCRIBE", *map(self._broker.channel, topics))

    async def run(self) -> None:
        """Take what comes, and see that Redis is still there."""
        watch = asyncio.ensure_future(self._watch())
        read = asyncio.ensure_future(self._read())
        try:
            done, _ = await asyncio.wait({watch, read}, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                await each
        finally:
            watch.cancel()
            read.cancel()
            await asyncio.wait({watch, read})
            for futures in self._asked.values():
                for future in futures:
                    if not future.done():
                        future.set_exception(ConnectionError("the connection has failed"))
                        future.exception()  # who no longer waits for it does not want to know

    async def _read(self) -> None:
        connection = cast(Any, self._connection)
        until = monotonic() + TURN_SECONDS
        while True:
            response = await connection.read_response(disconnect_on_error=False)
            self._alive.set()
            kind = response[0]
            if kind == b"message":
                self._mail.take(response[2])
            elif kind == b"subscribe":
                self._confirm(response[1])
            if monotonic() > until:  # what has come already is read without giving way
                await asyncio.sleep(0)
                until = monotonic() + TURN_SECONDS

    def _confirm(self, channel: bytes) -> None:
        futures = self._asked.get(channel)
        if futures:
            future = futures.popleft()
            if not future.done():
                future.set_result(None)
            if not futures:
                del self._asked[channel]

    async def _watch(self) -> None:
        while True:
            self._alive.clear()
            await self._write("PING")
            async with asyncio.timeout(self._broker.patience):
                await self._alive.wait()
            await asyncio.sleep(self._broker.patience)

    async def _write(self, *command: str) -> None:
        async with self._writing:
            await self._connection.send_command(*command)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.disconnect()


class RedisPubSub(BrokerPubSub):
    """Topics that all processes share that use the same Redis or Valkey.

    Args:
        url: Where it is: `redis://user:password@host:6379`, `rediss://...`, `unix:///path`.
        prefix: Stands before the topics' names. Applications that share a Redis choose one each:
            its databases do not keep topics apart.
        patience: How long Redis may take to answer before the connection is given up, in seconds.

    Raises:
        ValueError: The URL cannot be understood.

    Example:
        ```python
        app = Wirebird(broker=RedisPubSub("redis://localhost", prefix="shop"))
        ```
    """

    def __init__(self, url: str, *, prefix: str = "wirebird", patience: float = PATIENCE) -> None:
        super().__init__(RedisBroker(url, prefix, patience))
