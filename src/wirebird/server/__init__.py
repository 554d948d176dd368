"""A WebSocket protocol for uvicorn, in plain Python; nothing of Wirebird is in it.

`frames` and `handshake` know RFC 6455 and no sockets; `websocket` joins them to asyncio and ASGI.
"""

from wirebird.server.websocket import WebSocket

__all__ = ["WebSocket"]
