"""What the lines of one server share: their deadlines.

The rule: no line has a timer of its own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from uvicorn.config import Config
from uvicorn.server import ServerState

from wirebird.server.deadlines import Deadlines

if TYPE_CHECKING:
    from wirebird.server.websocket import WebSocket

CLOSE_WITHIN = 10.0
"""How long a client may take to close its end, in seconds."""

_of: WeakKeyDictionary[ServerState, Lines] = WeakKeyDictionary()


class Lines:
    """The open lines of one server.

    Attributes:
        pings: WebSockets that are due to be asked whether they are still there; None if never.
        pongs: Those that were asked; None if they need not answer.
        closings: Those that are to be closed, and are cut when they do not let themselves be.
    """

    def __init__(self, config: Config, loop: asyncio.AbstractEventLoop) -> None:
        interval, timeout = config.ws_ping_interval, config.ws_ping_timeout
        self.pings: Deadlines[WebSocket] | None = None
        self.pongs: Deadlines[WebSocket] | None = None
        if interval:
            self.pings = Deadlines(loop, interval, lambda line: line.ping())
        if interval and timeout:
            self.pongs = Deadlines(loop, timeout, lambda line: line.unanswered())
        self.closings: Deadlines[WebSocket] = Deadlines(
            loop, CLOSE_WITHIN, lambda line: line.abort()
        )

    @classmethod
    def of(cls, state: ServerState, config: Config, loop: asyncio.AbstractEventLoop) -> Lines:
        """Return the lines of a server."""
        lines = _of.get(state)
        if lines is None:
            lines = _of[state] = cls(config, loop)
        return lines
