"""`RedisLine`: one script run in Redis again and again, on a connection of its own.

The rule: requests are sent as they come, and answered in the same order. Who gives up closes the
connection, and the others ask once more on a new one: what is run here may be run twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
from collections import deque
from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any, cast

from redis._parsers.base import BaseParser
from redis.asyncio.connection import SSLConnection, UnixDomainSocketConnection, parse_url
from redis.exceptions import (
    AuthenticationWrongNumberOfArgsError,
    ConnectionError,
    NoScriptError,
    ReadOnlyError,
)

from wirebird.errors import WirebirdError

_TEXT, _BYTES, _ERROR = b"+"[0], b"$"[0], b"-"[0]


class _Cut(WirebirdError, ConnectionError):
    """The connection was closed before an answer came."""


@dataclass(frozen=True)
class Address:
    """Where Redis is, and who asks.

    Attributes:
        host: Its name or number.
        port: Its port.
        path: Its socket's file, instead of both.
        db: The number of the database.
        username: Who asks.
        password: Their password.
        tls: Whether the connection is encrypted.
    """

    host: str = "localhost"
    port: int = 6379
    path: str = ""
    db: int = 0
    username: str = ""
    password: str = ""
    tls: bool = False

    @classmethod
    def of(cls, url: str) -> Address | None:
        """Return what a URL says; None if it says more than we understand."""
        options: dict[str, Any] = {**parse_url(url)}
        kind = options.pop("connection_class", None)
        if kind not in (None, SSLConnection, UnixDomainSocketConnection):
            return None
        if not options.keys() <= {"host", "port", "path", "db", "username", "password"}:
            return None
        options["db"] = int(options.get("db", 0))
        return cls(**options, tls=kind is SSLConnection)


class _Connection(asyncio.Protocol):
    """A connection, and who waits for an answer from it."""

    def __init__(self) -> None:
        self.is_open = False
        self._transport: Any = None
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[asyncio.Future[bytes]] = deque()
        self._rest = b""

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        """Send a request; its answer is awaited."""
        answer: asyncio.Future[bytes] = self._loop.create_future()
        if self.is_open:
            self._waiting.append(answer)
            self._transport.write(request)
        else:
            answer.set_exception(_Cut("the connection was closed"))
        return answer

    def cut(self) -> None:
        """Close the connection, without waiting for anything."""
        self.is_open = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.is_open = True
        self._transport = transport
        line: socket.socket | None = transport.get_extra_info("socket")
        if line is not None and line.family != getattr(socket, "AF_UNIX", None):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all who wait."""
        self.is_open = False
        why = f"the connection was closed: {exc}" if exc else "the connection was closed"
        while self._waiting:
            answer = self._waiting.popleft()
            if not answer.done():
                answer.set_exception(_Cut(why))

    def data_received(self, data: bytes) -> None:
        """Hand on the answers that are complete."""
        if self._rest:
            data = self._rest + data
        at, size = 0, len(data)
        while at < size and (end := data.find(b"\r\n", at)) >= 0:
            kind, line, after = data[at], data[at + 1 : end], end + 2
            if kind == _BYTES:
                after += int(line) + 2
                if after > size:
                    break
                line = data[end + 2 : after - 2]
            elif kind not in (_TEXT, _ERROR):
                return self.cut()
            at = after
            answer = self._waiting.popleft()
            if answer.done():
                continue
            if kind == _ERROR:
                error = cast(Any, BaseParser).parse_error(line.decode("utf-8", "replace"))
                answer.set_exception(error)
            else:
                answer.set_result(line)
        self._rest = data[at:]


class RedisLine:
    """Runs a script whose answer is a text.

    Args:
        address: Where Redis is.
        script: The script. To run it twice must be the same as to run it once.
    """

    def __init__(self, address: Address, script: str) -> None:
        self._address = address
        sha = hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
        self._known = _packed(b"EVALSHA", sha.encode())
        self._whole = _packed(b"EVAL", script.encode())
        self._connection: _Connection | None = None
        self._connecting = asyncio.Lock()

    async def run(self, keys: Sequence[bytes], arguments: Sequence[bytes]) -> bytes:
        """Run the script; return what it does.

        Raises:
            OSError: There is no connection.
            RedisError: Redis has refused, or has closed two connections.
        """
        words = len(keys) + len(arguments) + 3
        rest = _packed(b"%d" % len(keys), *keys, *arguments)
        try:
            return await self._run(words, rest)
        except _Cut:
            return await self._run(words, rest)

    def close(self) -> None:
        """Close the connection; the next request makes a new one."""
        if self._connection is not None:
            self._connection.cut()
            self._connection = None
        self._connecting = asyncio.Lock()

    async def _run(self, words: int, rest: bytes) -> bytes:
        connection = self._connection
        if connection is None or not connection.is_open:
            connection = await self._connect()
        try:
            try:
                return await connection.ask(b"*%d\r\n%b%b" % (words, self._known, rest))
            except NoScriptError:
                return await connection.ask(b"*%d\r\n%b%b" % (words, self._whole, rest))
        except (ConnectionError, ReadOnlyError, asyncio.CancelledError):
            connection.cut()  # another may lead to a Redis that answers, and owes nothing yet
            raise

    async def _connect(self) -> _Connection:
        async with self._connecting:
            if self._connection is None or not self._connection.is_open:
                # In a context of its own, which what is called for a connection keeps.
                loop = asyncio.get_running_loop()
                await loop.create_task(self._open(), context=Context())
            return cast(_Connection, self._connection)

    async def _open(self) -> None:
        self._connection = await _opened(self._address)


async def _opened(address: Address) -> _Connection:
    loop = asyncio.get_running_loop()
    if address.path:
        _, connection = await loop.create_unix_connection(_Connection, address.path)
    else:
        tls = ssl.create_default_context() if address.tls else None
        _, connection = await loop.create_connection(
            _Connection, address.host, address.port, ssl=tls
        )
    try:
        await _let_in(connection, address)
    except BaseException:
        connection.cut()
        raise
    return connection


async def _let_in(connection: _Connection, address: Address) -> None:
    password = address.password.encode()
    if address.username:
        try:
            await connection.ask(_command(b"AUTH", address.username.encode(), password))
        except AuthenticationWrongNumberOfArgsError:  # before Redis 6
            await connection.ask(_command(b"AUTH", password))
    elif password:
        await connection.ask(_command(b"AUTH", password))
    if address.db:
        await connection.ask(_command(b"SELECT", b"%d" % address.db))


def _command(*words: bytes) -> bytes:
    return b"*%d\r\n%b" % (len(words), _packed(*words))


def _packed(*words: bytes) -> bytes:
    return b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in words])
