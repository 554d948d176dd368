"""What the lines of one server share: their deadlines, and who may have how many.

The rule: no line has a timer of its own, and when descriptors run short, those go first that have
not said yet what they are for.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from uvicorn.config import Config
from uvicorn.server import ServerState

from wirebird.server.deadlines import Deadlines
from wirebird.server.peers import Peers, trusted_proxies
from wirebird.server.settings import PER_PEER, Settings

try:
    import resource
except ImportError:  # Windows, where sockets are not among few descriptors
    resource = None

if TYPE_CHECKING:
    from wirebird.server.http import HttpLine
    from wirebird.server.websocket import WebSocket

logger = logging.getLogger("uvicorn.error")

CLOSE_WITHIN = 10.0
"""How long a client may take to close its end, in seconds."""

_RESERVE = 20  # of how many descriptors one is kept for other things than lines
_of: WeakKeyDictionary[ServerState, Lines] = WeakKeyDictionary()


class Lines:
    """The open lines of one server.

    Attributes:
        requests: Connections that owe a request, or its rest.
        pings: WebSockets that are due to be asked whether they are still there; None if never.
        pongs: Those that were asked; None if they need not answer.
        closings: Those that are to be closed, and are cut when they do not let themselves be.
        expendable: WebSockets that the application would rather lose than others.
    """

    def __init__(self, config: Config, loop: asyncio.AbstractEventLoop) -> None:
        settings = Settings.of_environment()
        self.requests: Deadlines[HttpLine] = Deadlines(
            loop, settings.request_within, lambda line: line.overdue()
        )
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
        self.expendable: dict[WebSocket, None] = {}
        self._peers = Peers(trusted_proxies(config))
        self._most_descriptors = _descriptors()
        self._per_peer = settings.per_peer
        if self._most_descriptors is not None:
            self._per_peer = min(self._per_peer, self._most_descriptors // 2)

    @classmethod
    def of(cls, state: ServerState, config: Config, loop: asyncio.AbstractEventLoop) -> Lines:
        """Return the lines of a server."""
        lines = _of.get(state)
        if lines is None:
            lines = _of[state] = cls(config, loop)
        return lines

    def enter(self, client: tuple[str, int] | None) -> str | None:
        """Count a line among its peer's; return the peer, or None when it is not known."""
        peer = self._peers.name_of(client)
        self._peers.enter(peer)
        return peer

    def leave(self, peer: str | None) -> None:
        """Count a line of a peer no more."""
        self._peers.leave(peer)

    def too_many(self, peer: str | None) -> bool:
        """Tell whether a peer has more lines than it may have, the last one included."""
        if self._peers.count(peer) <= self._per_peer:
            return False
        logger.warning(
            "refused a connection: %s has %d already; if it is a proxy, name it in"
            " --forwarded-allow-ips, and %s sets the limit",
            peer,
            self._per_peer,
            PER_PEER,
        )
        return True

    def make_room(self, descriptor: int) -> None:
        """Cut a line that is not needed, when descriptors run short.

        Args:
            descriptor: That of the newest line: the lowest that was free.
        """
        if self._most_descriptors is None or descriptor < self._most_descriptors:
            return
        line = self.requests.first() or next(iter(self.expendable), None)
        if line is not None:
            line.abort()


def _descriptors() -> int | None:
    """Return how many descriptors may be in use before they are short; None for any number."""
    if resource is None:
        return None
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if most == resource.RLIM_INFINITY else most - max(16, most // _RESERVE)
