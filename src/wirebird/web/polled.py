"""Sessions of clients that poll, and what carries their frames.

The rule: a session is a line like a WebSocket, whose frames wait for the client's next poll. It is
lost when that does not come.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from asyncio import FIRST_COMPLETED
from collections.abc import Coroutine, Generator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, Protocol, TypeVar

from wirebird.runtime.connection import Connection
from wirebird.runtime.transport import TransportClosed
from wirebird.server.peers import Peers
from wirebird.server.settings import Settings
from wirebird.wire import longpoll
from wirebird.wire.frames import FrameError

logger = logging.getLogger("wirebird.web")

POLL_SECONDS = 10.0
"""How long a poll waits for something to answer; half of what the client allows it."""

LEAVE_SECONDS = 5.0
"""How long after the end of a client's last poll it may say that its page was left."""

PATIENCE = 20.0
"""How long a client may take from one poll to the next before it is gone, in seconds."""

MOST_WAITING = 64 * 1024
"""How many characters wait for a poll before a view that sends more waits for it, too."""

MOST_UNJOINED = 1000
"""How many sessions may have joined nothing yet; the oldest goes first."""

_TICK_SECONDS = 0.25

T = TypeVar("T")


class LongPollTransport:
    """What waits for one client that polls."""

    __slots__ = ("_frames", "_is_closed", "_poll", "_size", "_unread", "unread_since")

    kind = "longpoll"

    def __init__(self) -> None:
        self.unread_since: float | None = None  # that the client polls is asked of the session
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


class Polled(Protocol):
    """A session, in this process or in another one."""

    async def poll(self, left: asyncio.Future[Any]) -> tuple[int, list[str]]:
        """Return the status of a poll, and the frames for it.

        Args:
            left: Done when the client does not wait for the answer any more.
        """
        ...

    def answered(self) -> None:
        """Take note that the answer to a poll was sent."""
        ...

    async def take(self, frames: Sequence[str | bytes]) -> int:
        """Take what the client has posted; return the status of that."""
        ...

    def lose(self) -> None:
        """End the session because its client is gone, or is to go."""
        ...


class Session:
    """One client that polls this process.

    Args:
        sessions: Where it is known.
        key: As what.
        connection: Its line.
        transport: What carries the line's frames.
    """

    __slots__ = ("_due", "_polls", "_posting", "_sessions", "connection", "key", "transport")

    def __init__(
        self, sessions: Sessions, key: str, connection: Connection, transport: LongPollTransport
    ) -> None:
        self._sessions = sessions
        self.key = key
        self.connection = connection
        self.transport = transport
        self._polls = 0  # that have no answer yet
        self._due = monotonic() + PATIENCE  # the next one, by the monotonic clock
        self._posting = asyncio.Lock()  # frames keep their order

    def __repr__(self) -> str:
        return repr(self.connection)

    @property
    def is_overdue(self) -> bool:
        """Whether the client has not polled in time."""
        return not self._polls and self._due < monotonic()

    async def poll(self, left: asyncio.Future[Any]) -> tuple[int, list[str]]:
        """Return the status of a poll, and the frames for it."""
        self._polls += 1
        transport = self.transport
        answer = transport.poll()
        await asyncio.wait([answer, left], timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        if answer.done() and not answer.result():
            return longpoll.NOTHING, []
        if left.done():
            self.lose()  # a client gives up a session of which a poll fails
            return longpoll.GONE, []
        messages = transport.take()
        if messages:
            return longpoll.OK, messages
        if transport.is_closed:
            self.lose()
            return longpoll.GONE, []
        return longpoll.NOTHING, []

    def answered(self) -> None:
        """Take note that the answer to a poll was sent."""
        self._polls -= 1
        self._due = monotonic() + PATIENCE

    async def take(self, frames: Sequence[str | bytes]) -> int:
        """Take what the client has posted; return the status of that."""
        if frames and frames[-1] == longpoll.LEFT:
            self._leave()
            return longpoll.GONE
        try:
            async with self._posting:
                for frame in frames:
                    await self.connection.receive(frame)
        except FrameError as error:
            logger.warning("%r: closed: %s", self.connection, error)
            self.lose()
            return longpoll.MALFORMED
        except TransportClosed:
            return longpoll.GONE
        return longpoll.OK

    def lose(self) -> None:
        """End the session because its client is gone, or is to go."""
        self._sessions.forget(self)
        self.transport.end()
        self._sessions.do(self.connection.lose())

    def _leave(self) -> None:
        """End the session and its views: nobody comes back to the page for them."""
        self._sessions.forget(self)
        self.transport.end()
        self.connection.was_left = True
        self._sessions.do(self.connection.end())


class Sessions:
    """The sessions of one process."""

    def __init__(self) -> None:
        self._all: dict[str, Session] = {}
        self._forgotten: dict[str, Session] = {}
        self._peers = Peers()
        self._per_peer = Settings.of_environment().per_peer
        self._unjoined: dict[str, Session] = {}
        self._elsewhere: set[asyncio.Future[Any]] = set()
        self._work: set[asyncio.Future[Any]] = set()
        self._ticking: asyncio.AbstractEventLoop | None = None

    def too_many(self, peer: tuple[str, int] | None) -> bool:
        """Tell whether a peer has as many sessions as it may have lines, where it is known."""
        name = self._peers.name_of(peer)
        return name is not None and self._peers.count(name) >= self._per_peer

    def begin(self, key: str, connection: Connection, transport: LongPollTransport) -> None:
        """Begin a session whose client is expected to poll."""
        self._all[key] = self._unjoined[key] = Session(self, key, connection, transport)
        self._peers.enter(self._peers.name_of(connection.info.peer))
        connection.await_join(lambda: self._unjoined.pop(key, None))
        if len(self._unjoined) > MOST_UNJOINED:
            next(iter(self._unjoined.values())).lose()
        self._watch(connection.loop)

    def find(self, key: str, visitor: str, *, posts: bool = False) -> Session | None:
        """Return a session, if it is this visitor's.

        Args:
            key: As what it is known.
            visitor: Who asks.
            posts: Whether something is posted to it, which may come late.
        """
        session = self._all.get(key) or (self._forgotten.get(key) if posts else None)
        if session is None or session.connection.visitor != visitor:
            return None
        return session if session.connection.loop is asyncio.get_running_loop() else None

    def forget(self, session: Session) -> None:
        """Know a session no more."""
        if self._all.pop(session.key, None) is not None:
            self._peers.leave(self._peers.name_of(session.connection.info.peer))
            self._forgotten[session.key] = session
            loop = session.connection.loop
            loop.call_later(LEAVE_SECONDS, self._forgotten.pop, session.key, None)
        self._unjoined.pop(session.key, None)

    def do(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Do something that nobody needs to wait for."""
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    @contextmanager
    def elsewhere(self, poll: asyncio.Future[Any]) -> Generator[None]:
        """Cancel a poll that another process is to answer, if this one stops meanwhile."""
        self._elsewhere.add(poll)
        self._watch(poll.get_loop())
        try:
            yield
        finally:
            self._elsewhere.discard(poll)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._ticking is not loop:
            self._ticking = loop
            loop.call_later(_TICK_SECONDS, self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look for clients that do not poll any more, and whether the server stops."""
        sessions = [each for each in self._all.values() if each.connection.loop is loop]
        elsewhere = [each for each in self._elsewhere if each.get_loop() is loop]
        stops = server_stops()
        for session in sessions:
            if session.is_overdue:
                session.lose()
            elif stops:
                session.connection.stop()
        if stops:
            for poll in elsewhere:
                poll.cancel()
        if sessions or elsewhere:
            loop.call_later(_TICK_SECONDS, self._tick, loop)
        else:
            self._ticking = None


def server_stops() -> bool:
    """Tell whether uvicorn stops: it says so only when all requests are answered, polls too."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return getattr(server, "should_exit", False) is True
