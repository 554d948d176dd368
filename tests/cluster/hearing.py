"""What tests of PubSubs have in common: several processes' worth of them, and who listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from wirebird import broadcastable
from wirebird.cluster.broker_pubsub import BrokerPubSub
from wirebird.cluster.postgres_pubsub import PostgresPubSub
from wirebird.cluster.redis_pubsub import RedisPubSub

PATIENCE = 20.0


@broadcastable
@dataclass(frozen=True)
class Said:
    user: str
    text: str = ""
    number: int = 0


class Hearer:
    """Receives topics."""

    def __init__(self) -> None:
        self._come: asyncio.Queue[Any] = asyncio.Queue()

    def __call__(self, message: Any) -> None:
        self._come.put_nowait(message)

    async def next(self) -> Any:
        """Return the next message."""
        return await asyncio.wait_for(self._come.get(), PATIENCE)

    async def until(self, message: Any) -> list[Any]:
        """Return what comes before a message."""
        before: list[Any] = []
        while (came := await self.next()) != message:
            before.append(came)
        return before

    def come(self) -> list[Any]:
        """Return what has come already."""
        return [self._come.get_nowait() for _ in range(self._come.qsize())]


def pubsub_at(url: str, *, patience: float = 5.0) -> BrokerPubSub:
    """Return a process's worth of a broker."""
    if url.startswith("redis"):
        return RedisPubSub(url, patience=patience)
    return PostgresPubSub(url, patience=patience)


@asynccontextmanager
async def started(*urls: str, patience: float = 5.0) -> AsyncIterator[list[BrokerPubSub]]:
    """Start a process's worth of a broker for each URL."""
    async with AsyncExitStack() as stack:
        found: list[BrokerPubSub] = []
        for url in urls:
            pubsub = pubsub_at(url, patience=patience)
            await pubsub.start()
            stack.push_async_callback(pubsub.stop)
            found.append(pubsub)
        yield found
