"""The long-poll transport, for clients whose proxy lets no WebSocket through.

The rule: a session is a line like a WebSocket, whose frames wait for the client's next poll. It is
lost when that does not come; every request must come from the visitor who began it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from asyncio import FIRST_COMPLETED
from collections.abc import Coroutine
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wirebird.runtime.connection import Connection
from wirebird.runtime.transport import TransportClosed
from wirebird.web.application import Application
from wirebird.web.dead_render import connect_info, visitor_in
from wirebird.web.websocket import refusal_of
from wirebird.wire import longpoll
from wirebird.wire.frames import FrameError
from wirebird.wire.longpoll import Batch
from wirebird.wire.tokens import TokenError

logger = logging.getLogger("wirebird.web")

POLL_SECONDS = 10.0
"""How long a poll waits for something to answer; half of what the client allows it."""

PATIENCE = 20.0
"""How long a client may take from one poll to the next before it is gone, in seconds."""

MOST_WAITING = 64 * 1024
"""How many characters wait for a poll before a view that sends more waits for it, too."""

MOST_UNJOINED = 1000
"""How many sessions may have joined nothing yet; the oldest goes first."""

_TICK_SECONDS = 0.25
_SALT = "longpoll"


class LongPollTransport:
    """What waits for one client that polls."""

    __slots__ = ("_frames", "_is_closed", "_poll", "_size", "_unread")

    kind = "longpoll"

    def __init__(self) -> None:
        self._frames: list[str] = []
        self._size = 0
        self._is_closed = False
        self._poll: asyncio.Future[bool] | None = None
        self._unread: asyncio.Event | None = None  # set once the client has polled

    @property
    def is_closed(self) -> bool:
        """Whether nothing more will be sent."""
        return self._is_closed

    async def send(self, frame: str) -> None:
        if self._is_closed:
            raise TransportClosed
        self._frames.append(frame)
        self._size += len(frame)
        self._end_poll(True)
        if self._size > MOST_WAITING:
            if self._unread is None:
                self._unread = asyncio.Event()
            await self._unread.wait()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.end()

    def end(self) -> None:
        """Send nothing more: the next poll gets what has waited, the one after it learns of it."""
        self._is_closed = True
        self._end_poll(True)
        self._make_room()

    def poll(self) -> asyncio.Future[bool]:
        """Return what is done when a poll can be answered, with whether `take` is for it.

        It is not when another poll of the client came after it.
        """
        self._end_poll(False)
        poll = self._poll = asyncio.get_running_loop().create_future()
        if self._frames or self._is_closed:
            self._end_poll(True)
        return poll

    def take(self) -> list[str]:
        """Return what has waited; there is room for more."""
        frames, self._frames = self._frames, []
        self._size = 0
        self._make_room()
        return frames

    def _end_poll(self, takes: bool) -> None:
        poll, self._poll = self._poll, None
        if poll is not None and not poll.done():
            poll.set_result(takes)

    def _make_room(self) -> None:
        if self._unread is not None:
            self._unread.set()
            self._unread = None


class _Session:
    """One client that polls.

    Attributes:
        polls: How many of its polls wait.
        due: By when the next one must come, by the monotonic clock.
        posting: Held while a batch is read: frames keep their order.
    """

    __slots__ = ("connection", "due", "key", "polls", "posting", "token", "transport")

    def __init__(
        self, key: str, token: str, connection: Connection, transport: LongPollTransport
    ) -> None:
        self.key = key
        self.token = token
        self.connection = connection
        self.transport = transport
        self.polls = 0
        self.due = monotonic() + PATIENCE
        self.posting = asyncio.Lock()


class LongPollEndpoint:
    """Answers polls, and passes what is posted to the session's connection."""

    def __init__(self, app: Application) -> None:
        self.app = app
        self._sessions: dict[str, _Session] = {}
        self._unjoined: dict[str, _Session] = {}
        self._ends: set[asyncio.Future[None]] = set()
        self._ticking: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        token = query.get("token", [""])[0]
        session = self._session_of(scope, token)
        if scope["method"] not in ("GET", "POST"):
            response = Response(status_code=405, headers={"allow": "GET, POST"})
        elif scope["method"] == "GET" and not token:
            response = await self._begin(scope, query)
        elif session is None:
            response = _response(longpoll.GONE)
        elif scope["method"] == "GET":
            return await self._get(session, scope, receive, send)
        else:
            response = await self._post(session, Request(scope, receive))
        await response(scope, receive, send)

    async def _begin(self, scope: Scope, query: dict[str, list[str]]) -> Response:
        info = connect_info(scope, "longpoll")
        refusal = refusal_of(self.app, query, info.headers)
        if refusal is not None:
            logger.warning("refused a long poll from %s: %s", info.peer, refusal)
            return _response(longpoll.FORBIDDEN)
        transport = LongPollTransport()
        csrf_token = query.get("_csrf_token", [""])[0]
        connection = self.app.connect(transport, scope, csrf_token, info)
        await connection.listen()
        key = secrets.token_urlsafe(16)
        token = self.app.endpoint.signer.sign({"key": key}, _SALT)
        session = _Session(key, token, connection, transport)
        self._sessions[key] = self._unjoined[key] = session
        connection.await_join(lambda: self._unjoined.pop(key, None))
        if len(self._unjoined) > MOST_UNJOINED:
            self._lose(next(iter(self._unjoined.values())))
        if self._ticking is not connection.loop:
            self._ticking = connection.loop
            connection.loop.call_later(_TICK_SECONDS, self._tick, connection.loop)
        return _response(longpoll.GONE, token, [])

    def _session_of(self, scope: Scope, token: str) -> _Session | None:
        endpoint = self.app.endpoint
        try:
            key = endpoint.signer.verify(token, _SALT, endpoint.limits.token_age)["key"]
        except TokenError:
            return None
        session = self._sessions.get(key)
        if session is None or session.connection.loop is not asyncio.get_running_loop():
            return None
        return session if session.connection.visitor == visitor_in(scope) else None

    # Requests

    async def _get(self, session: _Session, scope: Scope, receive: Receive, send: Send) -> None:
        session.polls += 1
        try:
            response = await self._poll(session, receive)
            await response(scope, receive, send)
        finally:
            session.polls -= 1
            session.due = monotonic() + PATIENCE

    async def _poll(self, session: _Session, receive: Receive) -> Response:
        transport = session.transport
        answer = transport.poll()
        left = asyncio.ensure_future(_until_left(receive))
        try:
            await asyncio.wait([answer, left], timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        finally:
            left.cancel()
        if left.done() and not answer.done():
            self._lose(session)  # a client gives up a session of which a poll fails
            return _response(longpoll.GONE)
        if answer.done() and not answer.result():
            return _response(longpoll.NOTHING, session.token, [])
        messages = transport.take()
        if messages:
            return _response(longpoll.OK, session.token, messages)
        if transport.is_closed:
            self._lose(session)
            return _response(longpoll.GONE)
        return _response(longpoll.NOTHING, session.token, [])

    async def _post(self, session: _Session, request: Request) -> Response:
        try:
            async with session.posting:
                await self._read(session.connection, request)
        except FrameError as error:
            logger.warning("%r: closed: %s", session.connection, error)
            self._lose(session)
            return _response(longpoll.MALFORMED)
        except (TransportClosed, ClientDisconnect):
            return _response(longpoll.GONE)
        return _response(longpoll.OK)

    async def _read(self, connection: Connection, request: Request) -> None:
        batch = Batch(self.app.limits.frame_size)
        async for data in request.stream():
            for frame in batch.feed(data):
                await connection.receive(frame)
        for frame in batch.end():
            await connection.receive(frame)

    # Ends

    def _lose(self, session: _Session) -> None:
        """End a session whose client is gone, or is to go."""
        self._sessions.pop(session.key, None)
        self._unjoined.pop(session.key, None)
        session.transport.end()
        self._do(session.connection.end())

    def _do(self, end: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(end)
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look for clients that do not poll any more, and whether the server stops."""
        sessions = [each for each in self._sessions.values() if each.connection.loop is loop]
        stops = server_stops()
        now = monotonic()
        for session in sessions:
            if not session.polls and session.due < now:
                self._lose(session)
            elif stops:
                session.connection.stop()
        if sessions:
            loop.call_later(_TICK_SECONDS, self._tick, loop)
        else:
            self._ticking = None


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def server_stops() -> bool:
    """Tell whether uvicorn stops: it says so only when all requests are answered, polls too."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return getattr(server, "should_exit", False) is True


def _response(status: int, token: str | None = None, messages: list[str] | None = None) -> Response:
    return Response(
        longpoll.answer(status, token, messages),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )
