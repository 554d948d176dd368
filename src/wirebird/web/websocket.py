"""The WebSocket transport, as a plain ASGI application.

The rule: who may open a socket is decided at the handshake (protocol version, origin); what may be
joined over it, by the connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_plus, urlsplit

from anyio import CancelScope
from starlette.types import Message, Receive, Scope, Send

from wirebird.runtime.connection import Connection
from wirebird.runtime.transport import DISCONNECTED, MALFORMED, TransportClosed
from wirebird.web.application import Application
from wirebird.web.csrf import CSRF_KEY
from wirebird.web.dead_render import connect_info, view_session
from wirebird.wire.frames import FrameError
from wirebird.wire.tokens import csrf_valid

if TYPE_CHECKING:
    from wirebird.runtime.transport import Transport
    from wirebird.server import WebSocket

logger = logging.getLogger("wirebird.web")

GOING_AWAY = 1001
"""The code of a line that a browser closes because its page was closed or left."""

LEFT = 4001
"""The same, as our client says it, where the browser would say nothing."""


class WebSocketTransport:
    """One open WebSocket."""

    __slots__ = ("_send", "unread_since")

    kind = "websocket"

    def __init__(self, send: Send) -> None:
        self._send = send
        self.unread_since: float | None = None

    async def send(self, frame: str) -> None:
        is_first = self.unread_since is None  # others may wait, too
        if is_first:
            self.unread_since = monotonic()
        try:
            await self._send({"type": "websocket.send", "text": frame})
        except Exception as error:  # each server has its own for a line that is gone
            raise TransportClosed from error
        finally:
            if is_first:
                self.unread_since = None

    async def close(self, code: int = 1000, reason: str = "") -> None:
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except (OSError, RuntimeError):
            pass  # it is closed already
        except Exception:
            logger.exception("the server did not close a socket with %s", code)


class DirectTransport:
    """One open WebSocket of `wirebird.server`, without ASGI's messages between."""

    __slots__ = ("_line", "unread_since")

    kind = "websocket"

    def __init__(self, line: WebSocket) -> None:
        self._line = line
        self.unread_since: float | None = None

    async def send(self, frame: str) -> None:
        try:
            unread = self._line.write(frame)
        except OSError as error:
            raise TransportClosed from error
        if unread is not None:
            if self.unread_since is None:
                self.unread_since = monotonic()
            try:
                await unread.wait()
            finally:
                self.unread_since = None

    async def close(self, code: int = 1000, reason: str = "") -> None:
        try:
            await self._line.send({"type": "websocket.close", "code": code, "reason": reason})
        except (OSError, RuntimeError):
            pass  # it is closed already
        except asyncio.CancelledError:
            self._line.abort()  # whoever does not read does not let itself be closed either
            raise


class WebSocketEndpoint:
    """Accepts sockets and passes their frames to a connection."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        line = _line_of(scope)
        direct = line is not None and line.is_unwrapped(receive, send)
        transport = DirectTransport(line) if line and direct else WebSocketTransport(send)
        connection = await self._open(scope, send, transport)
        if connection is None:
            return
        was_left = False
        try:
            await connection.listen()
            if line is not None and direct:
                line.attach(connection.take)
                line.on_shutdown = connection.stop
            await send({"type": "websocket.accept"})
            self._await_join(line, connection)
            take = connection.receive
            while (data := _data_of(message := await receive())) is not None:
                await take(data)
                del data, message  # an idle connection holds nothing of what it was sent
            was_left = message.get("code") in (GOING_AWAY, LEFT)
        except FrameError as error:
            logger.warning("%r: closed: %s", connection, error)
            await connection.transport.close(MALFORMED)
        except TransportClosed:
            pass
        finally:
            with CancelScope(shield=True):  # a server that is stopped lets views end in order
                connection.was_left = was_left
                await (connection.end() if was_left else connection.lose())

    def _await_join(self, line: WebSocket | None, connection: Connection) -> None:
        """Do without a client that joins nothing, or when the server needs its place."""
        if line is None:
            return connection.await_join()
        line.expendable = True
        connection.await_join(lambda: setattr(line, "expendable", False))

    async def _open(self, scope: Scope, send: Send, transport: Transport) -> Connection | None:
        query: str = scope["query_string"].decode("latin-1")
        info = connect_info(scope, "websocket")
        refusal = refusal_of(self.app, query, info.headers)
        if refusal is not None:
            logger.warning("refused a socket from %s: %s", info.peer, refusal)
            await send({"type": "websocket.close", "code": DISCONNECTED, "reason": refusal})
            return None
        return self.app.connect(transport, scope, parameter(query, "_csrf_token"), info)


def refusal_of(app: Application, query: str, headers: Mapping[str, str]) -> str | None:
    """Return why nobody may open a line so; None when somebody may."""
    version = parameter(query, "vsn") or "1.0.0"
    if not version.startswith("2."):
        return f"protocol version {version!r:.20}, not 2.0.0"
    origin = headers.get("origin")
    if origin is not None and not app.origin_allowed(origin, headers.get("host", "")):
        return f"origin {origin!r:.100} is not allowed: add it to allowed_origins"
    return None


def parameter(query: str, name: str) -> str:
    """Return the first value of a parameter of a query; an empty string if there is none."""
    for part in query.split("&"):
        key, _, value = part.partition("=")
        if key == name:
            return unquote_plus(value)
    return ""


def _line_of(scope: Scope) -> WebSocket | None:
    """Return the line of a server of ours."""
    extension = cast("dict[str, Any]", scope.get("extensions") or {}).get("websocket.line")
    return None if extension is None else extension["line"]


def _data_of(message: Message) -> str | bytes | None:
    """Return what the client sent, or None when it has gone."""
    if message["type"] != "websocket.receive":
        return None
    text = message.get("text")
    return message["bytes"] if text is None else text


@lru_cache(maxsize=128)  # all pages of an application have one
def same_host(origin: str, host: str) -> bool:
    """Tell whether an Origin header names the host that a request was sent to."""
    try:
        parts = urlsplit(origin)
        default = {"http": 80, "https": 443}.get(parts.scheme)
        there = urlsplit(f"//{host}")
        return (
            default is not None
            and parts.hostname is not None
            and parts.hostname == there.hostname
            and (parts.port or default) == (there.port or default)
        )
    except ValueError:
        return False


def session_of(scope: Scope, csrf_token: str) -> dict[str, Any] | None:
    """Return the session of a handshake, or None when its CSRF token does not belong to it."""
    session = cast("dict[str, Any] | None", scope.get("session"))
    if session is None or not csrf_valid(session.get(CSRF_KEY), csrf_token):
        return None
    return view_session(session)
