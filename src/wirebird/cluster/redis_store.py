"""`RedisStore`: views' states in Redis, Valkey, or what speaks like them.

The rule: a record is one string; before what it holds stand its owner's epoch and the turn of the
save, in as many digits each, so that a script compares and sets it as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ConnectionError,
    OutOfMemoryError,
    RedisError,
    TimeoutError,
)

from wirebird.cluster.outage import PATIENCE, Outage
from wirebird.cluster.records import TOMBSTONE_SECONDS, turns
from wirebird.cluster.redis_line import Address, RedisLine
from wirebird.live.store import Claim, Status, Write

MOST_CONNECTIONS = 8

# An epoch is the time of Redis in microseconds, 16 digits until the year 2286; a turn has 12.
_HEAD = 28
_HOLDS = b"+"
_YES = b"1"[0]

_CLAIM = """
local time = redis.call('TIME')
local epoch = time[1] .. string.format('%06d', tonumber(time[2]))
local kept = redis.call('GET', KEYS[1])
local rest = '-'
if kept then
    local last = string.sub(kept, 1, 16)
    if last >= epoch then
        epoch = string.format('%016.0f', tonumber(last) + 1)
    end
    rest = string.sub(kept, 29)
end
redis.call('SET', KEYS[1], epoch .. '000000000000' .. rest, 'PX', ARGV[1])
return {epoch, rest}
"""

_SAVE = """
local saved = {}
for i, key in ipairs(KEYS) do
    local value = ARGV[2 * i]
    local last = redis.call('GETRANGE', key, 0, 27)
    local is_owner = last == '' or string.sub(last, 1, 16) <= string.sub(value, 1, 16)
    saved[i] = is_owner and '1' or '0'
    if last == '' or last <= string.sub(value, 1, 28) then
        redis.call('SET', key, value, 'PX', ARGV[2 * i - 1])
    end
end
return table.concat(saved)
"""


class RedisStore:
    """A store that all processes share which use the same Redis or Valkey.

    What is in it survives a restart of Redis as far as Redis is set to keep what it has
    (`appendonly yes`). A cluster of Redis is not supported; one with replicas is.

    Args:
        url: Where it is: `redis://user:password@host:6379/0`, `rediss://...`, `unix:///path`.
        prefix: Stands before the keys. Applications that share a Redis choose one each.
        patience: How long Redis may take to answer, in seconds.

    Raises:
        ValueError: The URL cannot be understood.

    Example:
        ```python
        app = Wirebird(store=RedisStore("redis://localhost", prefix="shop"))
        ```
    """

    def __init__(self, url: str, *, prefix: str = "wirebird", patience: float = PATIENCE) -> None:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        self._password = parts.password
        self._prefix = f"{prefix}:state:"
        self._outage = Outage(
            f"the store {parts.scheme}://{parts.hostname or parts.path}{port}",
            patience,
            self._problem,
        )
        if parts.scheme == "valkey":
            url = f"redis{url[len('valkey') :]}"
        pool = cast(Any, BlockingConnectionPool).from_url(
            url,
            max_connections=MOST_CONNECTIONS,
            timeout=patience,
            socket_timeout=None,  # all that is asked is bounded as a whole
            socket_connect_timeout=patience,
            # A connection may have been closed since it was used last.
            retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
            protocol=2,
        )
        self._redis: Any = Redis(connection_pool=pool)
        self._claim: Any = self._redis.register_script(_CLAIM)
        address = Address.of(url)
        self._line = None if address is None else RedisLine(address, _SAVE)
        self._save: Any = self._redis.register_script(_SAVE)

    def __repr__(self) -> str:
        return f"<RedisStore {self._outage.name}>"

    @property
    def status(self) -> Status:
        """Whether the store can be used, for health checks."""
        return self._outage.status

    async def start(self) -> None:
        """Begin: see whether Redis is there."""
        await self._outage.bounded(self._redis.ping())

    async def stop(self) -> None:
        """End: close the connections."""
        if self._line is not None:
            self._line.close()
        await self._redis.connection_pool.disconnect()

    async def claim(self, key: str, keep: float) -> Claim:
        """Become the owner of a record, whether there is one yet or not."""
        work = self._claim(keys=[self._prefix + key], args=[_milliseconds(keep)])
        epoch, rest = await self._outage.bounded(work)
        return Claim(int(epoch), _held(rest))

    async def save(self, writes: Sequence[Write]) -> Sequence[bool]:
        """Keep what several owners have; False for each that is none any more."""
        if not writes:
            return []
        prefix = self._prefix
        keys = [f"{prefix}{write.key}".encode() for write in writes]
        arguments: list[bytes] = []
        for write in writes:
            arguments.append(_milliseconds(write.keep))
            arguments.append(b"%016d%012d+%b" % (write.epoch, next(turns), write.data))
        saved = await self._outage.bounded(self._saved(keys, arguments))
        return [each == _YES for each in saved]

    async def load(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return what records hold, None for each that holds nothing."""
        if not keys:
            return []
        found = await self._outage.bounded(self._redis.mget([self._prefix + key for key in keys]))
        return [None if each is None else _held(each[_HEAD:]) for each in found]

    async def delete(self, key: str, epoch: int) -> None:
        """Forget what a record holds, if its owner asks; else nothing happens."""
        tombstone = [_milliseconds(TOMBSTONE_SECONDS), b"%016d%012d-" % (epoch, next(turns))]
        await self._outage.bounded(self._saved([f"{self._prefix}{key}".encode()], tombstone))

    async def _saved(self, keys: list[bytes], arguments: list[bytes]) -> bytes:
        if self._line is not None:
            return await self._line.run(keys, arguments)
        return await self._save(keys=keys, args=arguments)

    def _problem(self, error: BaseException) -> str | None:
        if isinstance(error, TimeoutError):
            return "it has not answered in time"
        if not isinstance(error, RedisError | OSError):
            return None
        text = " ".join(str(error).split()) or type(error).__name__
        if self._password:
            text = text.replace(self._password, "***")
        if isinstance(error, AuthenticationError):
            return f"it refuses the password: {text}"
        if isinstance(error, OutOfMemoryError):
            return f"it is full: {text}"
        if isinstance(error, BusyLoadingError):
            return f"it is still starting: {text}"
        return text


def _milliseconds(seconds: float) -> bytes:
    return b"%d" % max(1, round(seconds * 1000))


def _held(rest: bytes) -> bytes | None:
    return rest[1:] if rest[:1] == _HOLDS else None
