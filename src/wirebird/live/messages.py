"""Messages between views: what a publish/subscribe service offers, and timers.

The rule: a message is handed over as it is, in order, and never runs anything by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

Receiver: TypeAlias = Callable[[Any], None]


class PubSub(Protocol):
    """Topics that views subscribe to and broadcast on."""

    async def subscribe(self, topic: str, receiver: Receiver) -> None:
        """Call `receiver` with every message on `topic` from now on."""
        ...

    async def unsubscribe(self, topic: str, receiver: Receiver) -> None:
        """Stop what `subscribe` began; nothing happens when it never did."""
        ...

    async def broadcast(self, topic: str, message: Any, exclude: Receiver | None = None) -> None:
        """Hand `message` to every receiver of `topic` except `exclude`."""
        ...


class Timer:
    """A message that is to come, once or again and again.

    Example:
        ```python
        self.timer = self.socket.every(Tick(), seconds=1)
        ...
        self.timer.cancel()
        ```
    """

    __slots__ = ("_deliver", "_handle", "_loop", "_on_end", "_seconds")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        seconds: float,
        deliver: Callable[[], None],
        *,
        repeat: bool,
        on_end: Callable[[Timer], None],
    ) -> None:
        self._loop = loop
        self._seconds = seconds if repeat else None
        self._deliver = deliver
        self._on_end = on_end
        self._handle: asyncio.TimerHandle | None = loop.call_later(seconds, self._fire)

    @property
    def active(self) -> bool:
        """Whether a message is still to come."""
        return self._handle is not None

    def cancel(self) -> None:
        """Let no further message come."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
            self._on_end(self)

    def _fire(self) -> None:
        if self._seconds is None:
            self._handle = None
            self._on_end(self)
        else:
            self._handle = self._loop.call_later(self._seconds, self._fire)
        self._deliver()
