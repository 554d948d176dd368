"""A WebSocket protocol for uvicorn, in plain Python; nothing of Wirebird is in it.

`frames` and `handshake` know RFC 6455 and no sockets; `websocket` joins them to asyncio and ASGI.
Uvicorn is imported with `WebSocket` only, so not by those who need something else of the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wirebird.server.websocket import WebSocket

__all__ = ["WebSocket"]


def __getattr__(name: str) -> Any:
    if name != "WebSocket":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from wirebird.server.websocket import WebSocket

    return WebSocket
