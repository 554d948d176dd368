"""uvicorn's WebSockets that compress, with bounds on what it keeps for a client.

The rule: a client that does not read, or sends crumbs, costs no more than its `ws_max_size`.
"""

from __future__ import annotations

from typing import cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame


class CompressedWebSocket(WebSocketsSansIOProtocol):
    """One connection that asked for a WebSocket, as ASGI."""

    def handle_ping(self) -> None:
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)

    def handle_cont(self, event: Frame) -> None:
        if event.fin:
            super().handle_cont(event)
            return
        # Joined as it comes, since each object takes more than a crumb that is in it.
        frames = cast("list[bytes | bytearray]", self.frames)
        first = frames[0]
        if not isinstance(first, bytearray):
            first = frames[0] = bytearray(first)
        first += event.data
