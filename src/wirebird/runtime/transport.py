"""What carries frames between a connection and a browser, or a test.

The rule: views cannot tell one transport from another.
"""

from __future__ import annotations

from typing import Protocol

from wirebird.errors import WirebirdError


class Transport(Protocol):
    """One open line to a client."""

    kind: str

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
