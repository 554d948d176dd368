"""What the inspector does to a view: crash it, hold its mailbox, or cut its line.

The rule: each goes the way that the real thing would go, so that what follows is what would follow.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from wirebird.errors import CrashRequested
from wirebird.runtime.channel import Channel
from wirebird.runtime.connection import Connection
from wirebird.runtime.mailbox import ANSWERED, Outcome
from wirebird.runtime.transport import DISCONNECTED

LONGEST_PAUSE = 60.0
"""After how long a view goes on by itself, in seconds."""


def crash(channel: Channel) -> None:
    """Let a view raise."""

    async def crash_as_asked(_: None) -> Outcome:
        raise CrashRequested("crashed from the inspector")

    channel.put(crash_as_asked, None)


def disconnect(channel: Channel) -> None:
    """Cut the line of a view's page, as a network does; the page comes back by itself."""
    line = channel.connection
    if isinstance(line, Connection):
        line.abort("disconnected from the inspector", DISCONNECTED)


class Pause:
    """Lets a view handle nothing for a while; what comes waits.

    Args:
        channel: The view.
    """

    def __init__(self, channel: Channel) -> None:
        self._over = asyncio.Event()
        channel.put(self.paused_by_the_inspector, None)

    @property
    def is_over(self) -> bool:
        """Whether the view goes on."""
        return self._over.is_set()

    def end(self) -> None:
        """Let the view go on."""
        self._over.set()

    async def paused_by_the_inspector(self, _: None) -> Outcome:
        """Handle the pause as a message, so that all others wait behind it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_PAUSE):
                await self._over.wait()
        self._over.set()
        return ANSWERED
