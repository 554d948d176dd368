"""uvicorn's H11Protocol with the bounds of `http`; h11 itself counts the bytes of a head."""

from __future__ import annotations

import sys

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from wirebird.server.http import TOO_LARGE, HttpLine

_PIECE = 16_384  # h11 counts only what it has read before: what comes at once is unbounded


class BoundedH11(HttpLine, H11Protocol):
    """One connection, as HTTP."""

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), _PIECE):
            if self._websocket is not None:
                self._websocket.data_received(data[start:])
                break
            if not self.transport.is_closing():
                super().data_received(data[start : start + _PIECE])
        requests, state = self._lines.requests, self.conn.their_state
        if self not in self.connections:
            pass  # it has become a WebSocket
        elif state is h11.SEND_BODY or (state is h11.IDLE and self not in requests):
            requests.add(self)
        elif state is not h11.IDLE:
            requests.discard(self)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        super().handle_websocket_upgrade(event)
        self._left()
        self._hand_over(self.conn.trailing_data[0])

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._lines.requests.add(self)

    def send_400_response(self, msg: str) -> None:
        if getattr(sys.exception(), "error_status_hint", 400) == TOO_LARGE:
            self._refuse_head()
        else:
            super().send_400_response(msg)
