"""What is measured of a store and a broker, and of what is broadcast.

The rule: whoever is measured is asked the same, and answers the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from time import perf_counter
from typing import Any, TypeVar

from wirebird.instruments.provider import Histogram, InstrumentationProvider
from wirebird.live.messages import PubSub, Receiver
from wirebird.live.store import Claim, StateStore, Status, Write

T = TypeVar("T")


class CountedPubSub:
    """Carries what another does, and counts what is broadcast.

    Args:
        pubsub: The other.
        provider: Makes the counter.
    """

    def __init__(self, pubsub: PubSub, provider: InstrumentationProvider) -> None:
        self._pubsub = pubsub
        self._sent = provider.create_counter(
            "wirebird.broadcasts", "Messages that were broadcast, however many receive them"
        )

    @property
    def status(self) -> Status:
        """Whether other processes can be reached."""
        return self._pubsub.status

    async def start(self) -> None:
        """Begin."""
        await self._pubsub.start()

    async def stop(self) -> None:
        """End."""
        await self._pubsub.stop()

    async def subscribe(self, topic: str, receiver: Receiver) -> None:
        """Call `receiver` with every message on `topic` from now on."""
        await self._pubsub.subscribe(topic, receiver)

    async def unsubscribe(self, topic: str, receiver: Receiver) -> None:
        """Stop what `subscribe` began."""
        await self._pubsub.unsubscribe(topic, receiver)

    async def broadcast(self, topic: str, message: Any, exclude: Receiver | None = None) -> None:
        """Hand `message` to every receiver of `topic` except `exclude`, in all processes."""
        await self._pubsub.broadcast(topic, message, exclude)
        self._sent.add(1, {"message": type(message).__name__})

    async def local_broadcast(
        self, topic: str, message: Any, exclude: Receiver | None = None
    ) -> None:
        """Hand `message` to those receivers that this process has."""
        await self._pubsub.local_broadcast(topic, message, exclude)
        self._sent.add(1, {"message": type(message).__name__})


class TimedSending:
    """Measures how long a broker takes to have what it is given.

    Args:
        providers: Make the histograms.
    """

    def __init__(self, providers: Sequence[InstrumentationProvider]) -> None:
        self._durations = [
            provider.create_histogram(
                "wirebird.broker.duration",
                "How long the broker took to have what it was given",
                "s",
            )
            for provider in providers
        ]

    def __call__(self, seconds: float, well: bool) -> None:
        for durations in self._durations:
            durations.record(seconds, {"outcome": "ok" if well else "error"})


class TimedStore:
    """Keeps what a store keeps, and measures how long that takes.

    Args:
        store: The store.
        provider: Makes the histogram.
    """

    def __init__(self, store: StateStore, provider: InstrumentationProvider) -> None:
        self._store = store
        self._durations: Histogram = provider.create_histogram(
            "wirebird.store.duration", "How long the store took to do what it was asked", "s"
        )

    @property
    def status(self) -> Status:
        """Whether the store can be used."""
        return self._store.status

    async def start(self) -> None:
        """Begin."""
        await self._store.start()

    async def stop(self) -> None:
        """End."""
        await self._store.stop()

    async def claim(self, key: str, keep: float) -> Claim:
        """Become the owner of a record."""
        return await self._timed("claim", self._store.claim(key, keep))

    async def save(self, writes: Sequence[Write]) -> Sequence[bool]:
        """Keep what several owners have."""
        return await self._timed("save", self._store.save(writes))

    async def load(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return what records hold."""
        return await self._timed("load", self._store.load(keys))

    async def delete(self, key: str, epoch: int) -> None:
        """Forget what a record holds."""
        await self._timed("delete", self._store.delete(key, epoch))

    async def _timed(self, operation: str, work: Awaitable[T]) -> T:
        began = perf_counter()
        outcome = "error"
        try:
            result = await work
            outcome = "ok"
            return result
        finally:
            attributes = {"operation": operation, "outcome": outcome}
            self._durations.record(perf_counter() - began, attributes)
