"""What uvicorn's protocols for HTTP lack: bounds on what a client may do before it is answered.

The rule: a connection is there to be asked for something. One that is slow to ask is closed, and
what it asks with is bounded in size and number, whether it comes at once or byte by byte.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, cast

from wirebird.server.lines import Lines

HEAD_SIZE = 65_536
"""Most bytes of a request's line and headers."""

HEADERS = 100
"""Most headers of a request."""

TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


class HttpLine(asyncio.Protocol):
    """What both have in common: the line's place among the others."""

    # uvicorn's, of both protocols
    loop: Any
    transport: Any
    client: Any
    server_state: Any
    config: Any
    flow: Any

    _lines: Lines
    _peer: str | None
    _websocket: asyncio.Protocol | None = None  # what the line has become

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # uvicorn's
        self._entered()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._left()

    def _entered(self) -> None:
        lines = self._lines = Lines.of(self.server_state, self.config, self.loop)
        self._peer = lines.enter(self.client)
        if lines.too_many(self._peer):
            self.transport.abort()
            return
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            lines.make_room(sock.fileno())
        lines.requests.add(self)

    def _left(self) -> None:
        self._lines.requests.discard(self)
        self._lines.leave(self._peer)
        self._peer = None

    def _hand_over(self, data: bytes) -> None:
        """Hand on what has come behind a handshake: a client may send before it is answered."""
        self._websocket = cast(asyncio.Protocol, self.transport.get_protocol())
        if data and not self.transport.is_closing():
            self._websocket.data_received(data)

    def overdue(self) -> None:
        """Close the line, unless it waits for the application and not for the client."""
        if self.flow.read_paused:
            self._lines.requests.add(self)
        else:
            self.transport.close()

    def abort(self) -> None:
        """Cut the line."""
        self._lines.requests.discard(self)
        self.transport.abort()

    def _refuse_head(self) -> None:
        """Answer a request whose head is too large."""
        self.transport.write(
            b"HTTP/1.1 %d %b\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            % (TOO_LARGE, TOO_LARGE.phrase.encode())
        )
        self.transport.close()
