"""`Flood`: a client that sends more events than it may.

The rule: it is not read as fast as it sends, so that its own events wait, and nobody else's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from time import monotonic
from typing import Protocol

logger = logging.getLogger("wirebird.runtime")

SLOWED = "wirebird:slowed"
"""The event by which a page hears that its events wait."""

LASTING = 1.0
"""How long a flood lasts before anybody hears of it, in seconds."""

_TELL_AGAIN_AFTER = 60.0


class Told(Protocol):
    """A view whose page can be told."""

    @property
    def parent(self) -> object:
        """The view in whose page it stands."""
        ...

    def announce(self, event: str, payload: object) -> None:
        """Push an event to the page without rendering."""
        ...


class Flood:
    """The floods of one client.

    Args:
        client: As it is called in the log.
    """

    __slots__ = ("_began", "_client", "_last", "_told")

    def __init__(self, client: object) -> None:
        self._client = client
        self._began = self._last = 0.0
        self._told = -_TELL_AGAIN_AFTER

    async def wait(self, seconds: float, views: Iterable[Told]) -> None:
        """Let the client wait; tell the log, and its page, when this goes on.

        Args:
            seconds: How long.
            views: Those of the client.
        """
        now = monotonic()
        if now - self._last > LASTING:
            self._began = now
        self._last = now
        if now - self._began >= LASTING and now - self._told >= _TELL_AGAIN_AFTER:
            self._told = now
            logger.warning(
                "%r: slowed down, as it sends more events than Limits.events_per_second allows",
                self._client,
            )
            for view in tuple(views):
                if view.parent is None:
                    view.announce(SLOWED, {})
        await asyncio.sleep(seconds)
