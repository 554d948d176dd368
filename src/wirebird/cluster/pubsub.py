"""`LocalPubSub`: publish/subscribe within one process.

The rule: a broadcast only hands messages over; no receiver runs inside the sender.
"""

from __future__ import annotations

import logging
from typing import Any

from wirebird.live.messages import Receiver
from wirebird.live.store import Status

logger = logging.getLogger("wirebird.cluster")


class LocalPubSub:
    """Topics of one process, which no other worker hears.

    Example:
        ```python
        app = Wirebird(broker=LocalPubSub())  # the default
        ```
    """

    shared_between_workers = False
    status = Status(ok=True)

    def __init__(self) -> None:
        self._topics: dict[str, dict[Receiver, None]] = {}

    async def start(self) -> None:
        """Do nothing: there is nothing to connect to."""

    async def stop(self) -> None:
        """Do nothing: nothing waits to be sent."""

    async def subscribe(self, topic: str, receiver: Receiver) -> None:
        """Call `receiver` with every message on `topic` from now on."""
        self._topics.setdefault(topic, {})[receiver] = None

    async def unsubscribe(self, topic: str, receiver: Receiver) -> None:
        """Stop what `subscribe` began; nothing happens when it never did."""
        receivers = self._topics.get(topic)
        if receivers is not None:
            receivers.pop(receiver, None)
            if not receivers:
                del self._topics[topic]

    async def broadcast(self, topic: str, message: Any, exclude: Receiver | None = None) -> None:
        """Hand `message`, which may be any object, to every receiver of `topic` but `exclude`."""
        self.deliver(topic, message, exclude)

    local_broadcast = broadcast

    def deliver(self, topic: str, message: Any, exclude: Receiver | None = None) -> None:
        """Do as `broadcast`, for those who cannot wait."""
        for receiver in tuple(self._topics.get(topic, ())):
            if receiver != exclude:
                try:
                    receiver(message)
                except Exception:
                    logger.exception("a receiver of the topic %r failed", topic)

    def topics(self) -> list[str]:
        """Return the topics that have receivers."""
        return list(self._topics)

    def subscribers(self, topic: str) -> int:
        """Return how many receivers a topic has."""
        return len(self._topics.get(topic, ()))
