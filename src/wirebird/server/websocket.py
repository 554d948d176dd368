"""`WebSocket`: what uvicorn hands a connection to that asks for a WebSocket.

The rule: whoever is slower sets the pace. No more is read from a client than the application takes,
and none of what a client does not read piles up here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, MutableMapping
from contextvars import copy_context
from enum import Enum
from typing import Any, cast
from urllib.parse import unquote

from uvicorn.config import Config
from uvicorn.protocols.utils import ClientDisconnected, get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState

from wirebird.server.forwarded import unwrapped
from wirebird.server.frames import (
    BINARY,
    NO_STATUS,
    PING,
    PONG,
    TEXT,
    Close,
    Event,
    Failure,
    FrameReader,
    Ping,
    Pong,
    close_frame,
    frame,
)
from wirebird.server.handshake import Refusal, Upgrade, accepted, read_upgrade, response
from wirebird.server.lines import Lines

logger = logging.getLogger("uvicorn.error")

Message = MutableMapping[str, Any]

Sink = Callable[[str | bytes], Coroutine[Any, Any, None] | None]
"""Takes a message at once; returns what is left to await before it takes the next."""

ABNORMAL = 1006
"""What the application is told when a line ends without a close frame."""

MOST_WAITING = 16
"""How many messages wait for the application before no more are read."""

FRAMES_AT_ONCE = 32
"""How many frames of one client are read before others have their turn."""

_EARLY = 65_536  # bytes that a client may send before it has been accepted


class _State(Enum):
    CONNECTING = "the application has not decided"
    RESPONDING = "the application refuses with an answer of its own"
    OPEN = "messages go both ways"
    CLOSING = "our close frame was sent, theirs has not come"
    CLOSED = "nothing more is sent or read"


_CONNECTING, _RESPONDING, _OPEN, _CLOSING, _CLOSED = _State  # one look-up less for each message


class WebSocket(asyncio.Protocol):
    """One connection that asked for a WebSocket, as ASGI.

    Args:
        config: The server's configuration: `ws_max_size`, `ws_ping_interval`, `ws_ping_timeout`.
        server_state: What the server's connections share.
        app_state: What the application's lifespan has left.

    Example:
        ```python
        uvicorn.run(app, ws=WebSocket)
        ```
    """

    __slots__ = (
        "__weakref__",
        "_accept",
        "_app_state",
        "_client",
        "_config",
        "_context",
        "_disconnect",
        "_failure",
        "_inbox",
        "_lagging",
        "_lines",
        "_loop",
        "_peer",
        "_pong",
        "_reader",
        "_response",
        "_server",
        "_server_state",
        "_sink",
        "_state",
        "_transport",
        "_unread",
        "_waiter",
        "on_shutdown",
    )

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._loop = _loop or asyncio.get_running_loop()
        self._config = config
        self._server_state = server_state
        self._app_state = app_state
        self._lines = Lines.of(server_state, config, self._loop)
        self._reader = FrameReader(config.ws_max_size)
        self._state = _CONNECTING
        self._accept: bytes | None = None
        self._inbox: list[Message] = []  # nearly always empty: a deque would take 700 bytes
        self._waiter: asyncio.Future[None] | None = None
        self._lagging = False  # nothing is read until the application has caught up
        self._unread: asyncio.Event | None = None  # set once the client has read what it was sent
        self._pong: bytes | None = None  # what a client that does not read is owed
        self._disconnect: Message | None = None
        self._sink: Sink | None = None  # the direct way in
        self.on_shutdown: Callable[[], object] | None = None  # closes the line in the app's time
        self._failure: BaseException | None = None  # what it has raised
        self._response: tuple[int, list[tuple[bytes, bytes]], list[bytes]] | None = None

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        line = cast(asyncio.Transport, transport)
        self.take_over(line, get_remote_addr(line), get_local_addr(line))

    def take_over(
        self,
        transport: asyncio.Transport,
        client: tuple[str, int] | None,
        server: tuple[str, int | None] | None,
    ) -> None:
        """Have a line whose ends are known."""
        self._transport = transport
        self._client = client
        self._server = server
        self._peer = self._lines.enter(self._client)
        self._server_state.connections.add(self)  # pyright: ignore[reportArgumentType]

    def connection_lost(self, exc: Exception | None) -> None:
        self._server_state.connections.discard(self)  # pyright: ignore[reportArgumentType]
        self._forget()
        self._lines.closings.discard(self)
        self._lines.leave(self._peer)
        self._state = _CLOSED
        self._ended(ABNORMAL)
        self.resume_writing()
        if exc is None:
            self._transport.close()

    def eof_received(self) -> None:
        """Close the line, as a client that has ended its half does not read either."""

    def pause_writing(self) -> None:
        self._unread = asyncio.Event()

    def resume_writing(self) -> None:
        if self._unread is not None:
            self._unread.set()
            self._unread = None
        if self._pong is not None and self._state is _OPEN:
            pong, self._pong = self._pong, None
            self._transport.write(frame(PONG, pong))

    def data_received(self, data: bytes) -> None:
        if self._state is _OPEN or self._state is _CLOSING:
            self._reader.feed(data)
            self._read()
        elif self._state is _CONNECTING:
            if self._accept is None:
                self.open(read_upgrade(data[: data.index(b"\r\n\r\n")]))
            else:
                self._early(data)

    def _early(self, data: bytes) -> None:
        """Keep what comes before the application has decided."""
        self._reader.feed(data)
        if self._reader.unread > _EARLY:
            self.abort()

    def shutdown(self) -> None:
        """Close the line because the server stops, or let the application do so."""
        if self._state is _OPEN and self.on_shutdown is not None:
            self.on_shutdown()
            return
        if self._state is _OPEN:
            self._ended(1012)
            self._transport.write(close_frame(1012))
        elif self._state is _CONNECTING or self._state is _RESPONDING:
            self._respond(500, [], b"Internal Server Error")
        self._finish()

    # Reading

    def _read(self) -> None:
        """Hand on what has arrived, as much as the application takes."""
        if self._lagging:
            return
        following = self._reader.next
        for _ in range(FRAMES_AT_ONCE):
            event = following()
            if event is None:
                return
            if self._sink is not None and (type(event) is str or type(event) is bytes):
                self._hand(self._sink, event)
            elif type(event) is str:
                self._take({"type": "websocket.receive", "text": event})
            elif type(event) is bytes:
                self._take({"type": "websocket.receive", "bytes": event})
            else:
                self._control(event)
            if self._lagging:
                return
        self._lag()
        self._loop.call_soon(self._catch_up)

    def _take(self, message: Message) -> None:
        if self._state is _CLOSING:
            return  # the application takes no more
        self._inbox.append(message)
        if self._waiter is not None:
            self._wake()
        elif len(self._inbox) >= MOST_WAITING:
            self._lag()

    def _hand(self, sink: Sink, data: str | bytes) -> None:
        if self._state is _CLOSING or self._failure is not None:
            return
        try:
            rest = self._context.run(sink, data)
        except Exception as error:
            self._failure = error
            self._wake()
        else:
            if rest is not None:
                self._lag()
                task = self._loop.create_task(rest, context=self._context)
                self._server_state.tasks.add(task)
                task.add_done_callback(self._handed)

    def _handed(self, task: asyncio.Task[None]) -> None:
        self._server_state.tasks.discard(task)
        if not task.cancelled():
            self._failure = task.exception()
        self._catch_up()

    def _control(self, event: Event) -> None:
        if isinstance(event, Ping):
            if self._unread is not None:
                self._pong = event.payload  # it answers all that came before, too
            elif self._state is _OPEN:
                self._transport.write(frame(PONG, event.payload))
        elif isinstance(event, Pong):
            if self._lines.pongs is not None:
                self._lines.pongs.discard(self)
        elif isinstance(event, Close | Failure):
            if self._state is _OPEN:
                self._ended(event.code, event.reason)
                self._transport.write(close_frame(event.code, event.reason))
            self._finish()

    def _lag(self) -> None:
        if not self._lagging:
            self._lagging = True
            self._transport.pause_reading()

    def _catch_up(self) -> None:
        """Hand on what has arrived but was not read yet."""
        if self._lagging:
            self._lagging = False
            self._read()
            if not self._lagging:
                self._wake()  # it may have ended
                if not self._transport.is_closing():
                    self._transport.resume_reading()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _ended(self, code: int, reason: str = "") -> None:
        """Tell the application that the line has ended, after what it was sent before."""
        if self._disconnect is None:
            self._disconnect = {"type": "websocket.disconnect", "code": code, "reason": reason}
            self._wake()

    # Opening

    def open(self, upgrade: Upgrade | Refusal) -> None:
        """Ask the application whether it takes the line, or refuse what is no upgrade."""
        if isinstance(upgrade, Refusal):
            self._state = _CLOSED
            self._transport.write(upgrade.response)
            self._transport.close()
            return
        self._accept = upgrade.accept
        path, _, query = upgrade.target.partition(b"?")
        root = self._config.root_path
        scope: dict[str, Any] = {
            "type": "websocket",
            "asgi": {"version": self._config.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "wss" if is_ssl(self._transport) else "ws",
            "server": self._server,
            "client": self._client,
            "root_path": root,
            "path": root + unquote(path.decode("latin-1")),
            "raw_path": root.encode() + path,
            "query_string": query,
            "headers": upgrade.headers,
            "subprotocols": upgrade.subprotocols,
            "state": self._app_state.copy(),
            "extensions": {"websocket.http.response": {}, "websocket.line": {"line": self}},
        }
        self._inbox.append({"type": "websocket.connect"})
        task = self._loop.create_task(self._run(scope))
        self._server_state.tasks.add(task)
        task.add_done_callback(self._server_state.tasks.discard)

    async def _run(self, scope: dict[str, Any]) -> None:
        app = unwrapped(cast(Any, self._config).loaded_app, scope)
        code = 1000
        try:
            await app(scope, self.receive, self.send)
            if self._state is _CONNECTING:
                logger.error("ASGI callable returned without completing handshake.")
        except ClientDisconnected:
            pass
        except asyncio.CancelledError:
            code = 1012
            raise
        except BaseException:
            code = 1011
            logger.exception("Exception in ASGI application\n")
        finally:
            self._returned(code)

    def _returned(self, code: int) -> None:
        """Close a line that the application has left as it is."""
        if self._state in (_CONNECTING, _RESPONDING):
            self._respond(500, [], b"Internal Server Error")
        elif self._state is _OPEN:
            self._close(code)

    # ASGI's side

    async def receive(self) -> Message:
        """Return the next message; after the last one, that the line has ended."""
        while not self._inbox:
            if self._failure is not None:
                raise self._failure
            if self._lagging and self._sink is None:
                self._catch_up()
            elif self._lagging:
                await self._awakening()
            elif self._disconnect is not None:
                return self._disconnect
            else:
                await self._awakening()
        return self._inbox.pop(0)

    def _awakening(self) -> asyncio.Future[None]:
        self._waiter = waiter = self._loop.create_future()
        return waiter

    async def send(self, message: Message) -> None:
        """Send a message once the client has read what it was sent before.

        Raises:
            ClientDisconnected: It has gone.
            RuntimeError: The application has closed the line before, or this is no time for that
                message.
        """
        if self._unread is not None:
            await self._unread.wait()
        kind = message["type"]
        if self._state is _OPEN:
            if kind == "websocket.send":
                text = message.get("text")
                if text is None:
                    self._transport.write(frame(BINARY, message["bytes"]))
                else:
                    self._transport.write(frame(TEXT, text.encode()))
            elif kind == "websocket.close":
                self._close(message.get("code", 1000), message.get("reason") or "")
            else:
                raise RuntimeError(f"Expected websocket.send or websocket.close, not {kind!r}.")
        elif self._state is _CONNECTING or self._state is _RESPONDING:
            self._decide(kind, message)
        elif self._state is _CLOSING:
            raise RuntimeError(f"Unexpected {kind!r} after websocket.close.")
        else:
            raise ClientDisconnected

    def _decide(self, kind: str, message: Message) -> None:
        if kind == "websocket.http.response.body" and self._response is not None:
            status, headers, parts = self._response
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._ended(ABNORMAL)
                self._respond(status, headers, b"".join(parts))
        elif self._state is _RESPONDING:
            raise RuntimeError(f"Expected websocket.http.response.body, not {kind!r}.")
        elif kind == "websocket.accept":
            self._accepted(message)
        elif kind == "websocket.close":
            self._ended(ABNORMAL)
            self._respond(403, [], b"")
        elif kind == "websocket.http.response.start":
            self._state = _RESPONDING
            self._response = (message["status"], [*message.get("headers", ())], [])
        else:
            raise RuntimeError(f"Expected websocket.accept or websocket.close, not {kind!r}.")

    def _accepted(self, message: Message) -> None:
        assert self._accept is not None
        headers = [*self._server_state.default_headers, *message.get("headers", ())]
        self._transport.write(accepted(self._accept, message.get("subprotocol"), headers))
        self._state = _OPEN
        if self._lines.pings is not None:
            self._lines.pings.add(self)
        self._read()  # what came too early

    def _respond(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self._state = _CLOSED
        headers = [*self._server_state.default_headers, *headers]
        self._transport.write(response(status, headers, body))
        self._transport.close()

    # The direct way: scope["extensions"]["websocket.line"]["line"]

    def is_unwrapped(self, receive: object, send: object) -> bool:
        """Tell whether nobody stands between an application and this line."""
        return receive == self.receive and send == self.send

    def attach(self, sink: Sink) -> None:
        """Hand messages to a function from now on, as they are read.

        What it raises, `receive` raises; otherwise that returns when the line has ended.
        """
        self._sink = sink
        self._context = copy_context()  # what middleware has set is the views', too

    def write(self, text: str) -> asyncio.Event | None:
        """Send a text; return what is set once the client reads, if it does not now.

        Raises:
            ClientDisconnected: The line is closed.
        """
        if self._state is not _OPEN:
            raise ClientDisconnected
        payload = text.encode()
        size = len(payload)
        self._transport.write(b"\x81%c%b" % (size, payload) if size < 126 else frame(TEXT, payload))
        return self._unread

    # Closing

    def _close(self, code: int, reason: str = "") -> None:
        """Send our close frame, and await the client's."""
        self._ended(code, reason)
        self._state = _CLOSING
        self._transport.write(close_frame(code, reason))
        self._forget()
        self._lines.closings.add(self)
        self._loop.call_soon(self._catch_up)

    def _finish(self) -> None:
        """Close the line once the client has read what it was sent, or does not in time."""
        if self._state is _CLOSED:
            return
        self._state = _CLOSED
        self._forget()
        if self._transport.get_write_buffer_size():
            self._lines.closings.add(self)
        self._transport.close()

    @property
    def expendable(self) -> bool:
        """Whether this line is cut before others when the server runs short of descriptors.

        An application says so in `scope["extensions"]["websocket.line"]["line"]`, as long as it
        does not know what a client is there for.
        """
        return self in self._lines.expendable

    @expendable.setter
    def expendable(self, expendable: bool) -> None:
        if not expendable:
            self._lines.expendable.pop(self, None)
        elif self._state is not _CLOSED:
            self._lines.expendable[self] = None

    def _forget(self) -> None:
        self._lines.expendable.pop(self, None)
        if self._lines.pings is not None:
            self._lines.pings.discard(self)
        if self._lines.pongs is not None:
            self._lines.pongs.discard(self)

    def abort(self) -> None:
        """Cut the line."""
        self._forget()
        self._state = _CLOSED
        self._transport.abort()

    # Whether the client is still there

    def ping(self) -> None:
        """Ask the client to show that it is there."""
        lines = self._lines
        self._transport.write(frame(PING, b""))
        if lines.pongs is not None and self not in lines.pongs:
            lines.pongs.add(self)
        if lines.pings is not None:
            lines.pings.add(self)

    def unanswered(self) -> None:
        """Close the line of a client that has not shown itself in time."""
        self._ended(1011, "keepalive ping timeout")
        self._transport.write(close_frame(1011, "keepalive ping timeout"))
        self._finish()


__all__ = ["NO_STATUS", "WebSocket"]
