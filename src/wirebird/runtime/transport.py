"""What carries frames between a connection and a browser, or a test.

The rule: views cannot tell one transport from another.
"""

from __future__ import annotations

from typing import Protocol

from wirebird.errors import WirebirdError

MALFORMED = 4011
"""The code of a line that is closed because what came is no frame."""

RESTART = 4012
"""The code of a line that a server closes because it stops."""

TOO_MUCH = 4013
"""The code of a line that is closed because its client cannot be served."""

DISCONNECTED = 4008
"""The code of a line that the application closes.

As 1011, 1012, 1013 and 1008, which not every server lets an application send: 1000 and 4000 to
4999 are.
"""


class Transport(Protocol):
    """One open line to a client.

    Attributes:
        kind: What kind it is, for views that ask.
        unread_since: Since when something waits that the client does not read, by the monotonic
            clock; None when nothing does.
    """

    kind: str
    unread_since: float | None

    async def send(self, frame: str) -> None:
        """Send a frame; returns when the line can take more.

        Raises:
            TransportClosed: The line is gone.
        """
        ...

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the line; nothing happens when it is closed already."""
        ...


class TransportClosed(WirebirdError):
    """The client is gone."""
