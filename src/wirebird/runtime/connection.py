"""`Connection`: one client's line, and the views that it has joined over it.

The rule: what a client sends is checked here before any view sees it. A bad frame gets the
protocol's answer and a line in the log, and nothing else changes.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping
from contextlib import suppress
from contextvars import copy_context
from time import monotonic
from typing import Any, cast

from wirebird.concurrency import ThreadShare
from wirebird.live.messages import Resubscribed
from wirebird.live.socket import ConnectInfo
from wirebird.runtime.channel import Channel
from wirebird.runtime.endpoint import Endpoint
from wirebird.runtime.flood import Flood
from wirebird.runtime.joining import admit
from wirebird.runtime.line import JoinedView, LineTransfer
from wirebird.runtime.observed import introduce
from wirebird.runtime.pausing import PAUSE_TOPIC, pause
from wirebird.runtime.returning import begin as begin_return
from wirebird.runtime.scheduler import TURN_SECONDS
from wirebird.runtime.transfers.joining import join_upload
from wirebird.runtime.transport import DISCONNECTED, RESTART, TOO_MUCH, Transport, TransportClosed
from wirebird.wire import frames
from wirebird.wire.frames import Frame, FrameError

logger = logging.getLogger("wirebird.runtime")

LIVE_SOCKET_ID = "live_socket_id"
"""The session's key whose value names all sockets to be closed together."""

READ_PATIENCE = 30.0
"""How long a client whose frames are not handled may keep its line, in seconds."""

_CLOSE_PATIENCE = 5.0
_DISCONNECT = "live_socket:"
_LONG_ID = 200


class Connection:
    """A client's line.

    Args:
        endpoint: The application.
        transport: What carries the frames.
        session: The session of the handshake; None when its CSRF token was wrong, and then
            nothing can be joined.
        info: Who is at the other end.
        root_path: The prefix under which the application is mounted.
        asset_urls: The URLs of the tracked assets as they are now.
        visitor: Whose line it is: only pages that were made for the same visitor can be joined.

    Attributes:
        was_left: Whether the browser closed it because its page is closed or left.
    """

    __slots__ = (
        "__weakref__",
        "_asset_urls",
        "_channels",
        "_closed",
        "_due",
        "_ending",
        "_flood",
        "_interval",
        "_left",
        "_lost",
        "_on_joined",
        "_slack",
        "_stopping",
        "_telling",
        "_thread",
        "_topic",
        "_transfers",
        "_unjoined",
        "_worked",
        "endpoint",
        "info",
        "loop",
        "root_path",
        "session",
        "threads",
        "transport",
        "visitor",
        "was_left",
    )

    def __init__(
        self,
        endpoint: Endpoint,
        transport: Transport,
        session: Mapping[str, Any] | None,
        info: ConnectInfo,
        root_path: str = "",
        asset_urls: frozenset[str] = frozenset(),
        visitor: str = "",
    ) -> None:
        self.endpoint = endpoint
        self.transport = transport
        self.session = session
        self.info = info
        self.root_path = root_path
        self.visitor = visitor
        self._asset_urls = asset_urls
        self._channels: dict[str, Channel] = {}
        self._left: list[JoinedView] = []
        self._transfers: dict[str, LineTransfer] = {}
        self._closed = False
        self._lost = False
        self.was_left = False
        self._worked = 0.0  # seconds since others had their turn
        self._ending: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._topic: str | None = None
        self._unjoined: asyncio.TimerHandle | None = None
        self._on_joined: Callable[[], object] | None = None
        self.loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        most = endpoint.limits.threads_per_connection
        self.threads = ThreadShare(most, endpoint.run_in_thread)
        rate = endpoint.limits.events_per_second
        self._interval = 1 / rate if rate else 0.0
        self._slack = self._interval * endpoint.limits.events_at_once
        self._due = 0.0  # when the last event was due, of a client that keeps to the rate
        self._flood: Flood | None = None
        endpoint.opened(self)

    def __repr__(self) -> str:
        return f"<Connection {self.info.peer} {len(self._channels)} views>"

    @property
    def channels(self) -> Mapping[str, Channel]:
        """The joined views by topic."""
        return self._channels

    def await_join(self, on_joined: Callable[[], object] | None = None) -> None:
        """Close the line if nothing is joined over it in time.

        Args:
            on_joined: Called at the first join.
        """
        self._on_joined = on_joined
        within = self.endpoint.limits.join_within
        self._unjoined = self.loop.call_later(within, self._never_joined)

    def _never_joined(self) -> None:
        logger.info("%r: closed, as nothing was joined over it", self)
        self.abort("nothing was joined", DISCONNECTED)

    def _joined(self) -> None:
        if self._unjoined is not None:
            self._unjoined.cancel()
            self._unjoined = None
        if self._on_joined is not None:
            self._on_joined()
            self._on_joined = None

    async def receive(self, data: str | bytes) -> None:
        """Take what the client sent.

        Raises:
            FrameError: It is no frame of this protocol: close the line with `MALFORMED`.
            TransportClosed: The line is gone.
        """
        rest = self.take(data)
        if rest is not None:
            await rest

    def take(self, data: str | bytes) -> Coroutine[Any, Any, None] | None:
        """Take what the client sent; return what is left to await before it may send more.

        Raises:
            FrameError: It is no frame of this protocol: close the line with `MALFORMED`.
            TransportClosed: The line is gone.
        """
        if self._closed:
            if self._stopping is not None:
                return None
            raise TransportClosed
        began = monotonic()
        try:
            frame = frames.decode(data, max_size=self.endpoint.limits.frame_size)
        except FrameError as error:
            if error.frame is None:
                raise
            rest: Coroutine[Any, Any, None] | None = self._refuse_frame(error.frame, str(error))
        else:
            rest = self._handle(frame)
            if rest is None:
                due = self._due + self._interval
                self._due = due = due if due > began else began
                if due - began > self._slack:
                    rest = self._slow_down(due - began - self._slack)
        self._worked += monotonic() - began
        if self._worked > TURN_SECONDS:
            self._worked = 0.0
            return _after_others(rest)
        return rest

    def _handle(self, frame: Frame) -> Coroutine[Any, Any, None] | None:
        channel = self._channels.get(frame.topic)
        if channel is None or frame.event == "phx_join":
            return self._take_other(frame)
        if frame.join_ref != channel.join_ref:
            logger.info("%r: dropped a frame of an earlier join: %s", channel, frame.event)
            return None
        if frame.event == "phx_leave" and type(frame.payload) is dict:
            # It finishes what it was sent before; its topic can be joined anew meanwhile.
            self.let_go(channel)
        channel.receive(frame)
        return self._wait_for(channel) if channel.is_full else None

    def _slow_down(self, seconds: float) -> Coroutine[Any, Any, None]:
        if self._flood is None:
            self._flood = Flood(self)
        return self._flood.wait(seconds, self._channels.values())

    def check(self, now: float) -> None:
        """Do without a client that does not read what it was sent."""
        since = self.transport.unread_since
        if since is not None and now - since > self.endpoint.limits.unread_within:
            logger.warning("%r: closed, as its client does not read", self)
            self.transport.unread_since = None
            self.abort("what was sent is not read")

    async def _refuse_frame(self, frame: Frame, why: str) -> None:
        """Answer a frame whose payload is at fault: it costs that frame, and no view."""
        channel = self._channels.get(frame.topic)
        if channel is not None and channel.join_ref == frame.join_ref and frame.event == "event":
            channel.receive_malformed(frame, why)
            return
        logger.warning("%r: refused %r to %r: %s", self, frame.event, frame.topic, why)
        if frame.ref is not None:
            response = {"reason": "malformed"}
            reply = frames.reply(frame.join_ref, frame.ref, frame.topic, "error", response)
            await self.send(reply)

    async def _take_other(self, frame: Frame) -> None:
        """Take a frame that is not for a view on this line, or is a join."""
        try:
            await self._take_unjoined(frame)
        except TransportClosed:
            raise
        except Exception:
            logger.exception("%r: could not take %r for %r", self, frame.event, frame.topic)
            await self._refuse_frame(frame, "it could not be taken")

    async def _take_unjoined(self, frame: Frame) -> None:
        topic = frame.topic
        if topic in self._channels:
            await self._join(frame)
        elif topic.startswith("lvu:"):
            await self._receive_upload(frame)
        elif topic == PAUSE_TOPIC and frame.event == "pause":
            await pause(self, frame)
        elif topic == "phoenix" and frame.event == "heartbeat":
            for channel in self._channels.values():
                if channel.sent is not None:
                    channel.sent.heard()
            await self.send(frames.reply(None, frame.ref, topic, "ok", {}))
        elif frame.event == "phx_join" and topic.startswith("lv:"):
            await self._join(frame)
        elif frame.event == "phx_leave":
            await self.send(frames.reply(frame.join_ref, frame.ref, topic, "ok", {}))
        else:
            await self._unmatched(frame)

    async def _unmatched(self, frame: Frame) -> None:
        logger.warning("%r: the client sent %r to %r", self, frame.event, frame.topic)
        response = {"reason": "unmatched topic"}
        await self.send(frames.reply(None, frame.ref, frame.topic, "error", response))

    def tell(self, event: str, payload: Any) -> None:
        """Send an event to a page that shows no view; for development."""
        text = frames.push(None, "wirebird", event, payload)
        self._telling = asyncio.ensure_future(self._tell(text))

    async def _tell(self, text: str) -> None:
        with suppress(TransportClosed):
            await self.send(text)

    async def send(self, text: str) -> None:
        """Send a frame.

        Raises:
            TransportClosed: The line is gone.
        """
        if self._lost or self._closed:
            raise TransportClosed
        try:
            await self.transport.send(text)
        except asyncio.CancelledError:
            if not self._closed:
                raise
            cast("asyncio.Task[Any]", asyncio.current_task()).uncancel()
            raise TransportClosed from None

    async def await_page(self) -> None:
        """Be the line of a page whose socket has not come yet."""
        await self.listen()
        self._closed = True

    def hold(self, channel: Channel) -> None:
        """Have a view that nobody has joined yet."""
        self._channels[channel.topic] = channel

    async def listen(self) -> None:
        """Be closed when the application disconnects the session's `live_socket_id`."""
        name = None if self.session is None else self.session.get(LIVE_SOCKET_ID)
        if self._topic is None and isinstance(name, str) and name and not self._closed:
            self._topic = disconnect_topic(name)
            await self.endpoint.pubsub.subscribe(self._topic, self._on_disconnect)

    def let_go(self, channel: JoinedView) -> None:
        """Pass nothing more on to a view that ends; it counts as the line's until it has."""
        if self._channels.get(channel.topic) is channel:
            del self._channels[channel.topic]
            self._left.append(channel)

    def forget(self, channel: JoinedView) -> None:
        """Take a view that has ended off the line."""
        self.let_go(channel)
        if channel in self._left:
            self._left.remove(channel)
        if self._closed and self._topic is not None and not self._channels:
            self.endpoint.scheduler().end(self._stop_listening(), copy_context())

    def add_transfer(self, transfer: LineTransfer) -> None:
        """Pass the frames of an upload's topic on to it."""
        self._transfers[transfer.topic] = transfer

    def forget_transfer(self, transfer: LineTransfer) -> None:
        """Take an upload that ends off the line."""
        if self._transfers.get(transfer.topic) is transfer:
            del self._transfers[transfer.topic]

    def closed(self) -> None:
        """Take note that nothing can be sent; what the client sent before is still to be read."""
        self._lost = True

    def abort(self, reason: str, code: int = TOO_MUCH) -> None:
        """Close the line because the client cannot be served, and end its views."""
        if not self._closed:
            self._closed = True
            self._ending = asyncio.ensure_future(self._abort(reason, code))

    def taken_over(self) -> None:
        """Keep the views for their page, which has come back over another line than this one."""
        logger.info("%r: closed, as its page is on another line now", self)
        for channel in self._channels.values():
            if self.endpoint.parking.take(channel):
                channel.give_up_within(Connection.send)
        self.abort("the page is on another line", DISCONNECTED)

    async def _abort(self, reason: str, code: int) -> None:
        await self._close(reason, code)
        await self.lose()

    async def _close(self, reason: str, code: int) -> None:
        try:
            # A client that does not read does not let itself be closed either.
            async with asyncio.timeout(_CLOSE_PATIENCE):
                await self.transport.close(code, reason)
        except TimeoutError:
            pass
        except Exception:
            logger.exception("%r: could not be closed", self)

    def stop(self) -> None:
        """Shut down, as the server stops."""
        self.endpoint.is_stopping = True
        self._stopping = self._stopping or asyncio.ensure_future(self._shut_down())

    async def shut_down(self) -> None:
        """End all views because the server stops; the client is told to come back to another."""
        self.stop()
        await asyncio.wait([cast("asyncio.Task[None]", self._stopping)])

    async def _shut_down(self) -> None:
        was_closed = self._closed
        await self.end("shutdown")  # first of all: whoever takes the page over finds all of it
        if not was_closed:
            await self._close(f"spread={self.endpoint.spread}", RESTART)

    async def lose(self) -> None:
        """Keep the views for when their page is back, and end those that are not to be kept."""
        self._closed = True
        kept = [
            channel for channel in self._channels.values() if self.endpoint.parking.take(channel)
        ]
        for channel in kept:
            channel.give_up_within(Connection.send)
        await self._end("disconnected", kept)

    async def end(self, reason: str = "disconnected") -> None:
        """End all views; the line is gone or about to be."""
        await self._end(reason, ())

    async def _end(self, reason: str, kept: Collection[Channel]) -> None:
        self._closed = True
        if self._unjoined is not None:
            self._unjoined.cancel()
        channels = [
            channel for channel in (*self._channels.values(), *self._left) if channel not in kept
        ]
        ends = [channel.end(reason) for channel in channels]
        for channel in channels:
            channel.give_up_within(Connection.send)  # what is to be sent is no work to be finished
        if not kept:
            await self._stop_listening()
        if ends:
            await asyncio.wait(ends)

    async def _stop_listening(self) -> None:
        if self._topic is not None:
            topic, self._topic = self._topic, None
            try:
                await self.endpoint.pubsub.unsubscribe(topic, self._on_disconnect)
            except Exception:
                logger.exception("%r: could not unsubscribe from %r", self, topic)

    def _on_disconnect(self, message: Any) -> None:
        if isinstance(message, Resubscribed):
            return
        if threading.get_ident() != self._thread:
            self.loop.call_soon_threadsafe(self._on_disconnect, message)
        else:
            logger.info("%r: disconnected by the application", self)
            for channel in tuple(self._channels.values()):
                if channel.saved is not None:
                    channel.saved.void()
                channel.end("disconnected")
            self.abort("disconnected", DISCONNECTED)

    async def _wait_for(self, channel: Channel) -> None:
        """Read no more before the view has taken what it was sent: the sender waits, not we."""
        try:
            async with asyncio.timeout(READ_PATIENCE):
                await channel.room()
        except TimeoutError:
            logger.warning("%r: does not take what it is sent; closing its connection", channel)
            self.abort("too many waiting messages")
            raise TransportClosed from None

    def assets_changed(self, params: Mapping[str, Any]) -> bool:
        """Tell whether the page was loaded with assets that are no longer current."""
        tracked = params.get("_track_static")
        if not isinstance(tracked, list) or not self._asset_urls:
            return False
        return any(
            isinstance(url, str) and not url.endswith(tuple(self._asset_urls))
            for url in cast("list[Any]", tracked)
        )

    # Joining

    async def _join(self, frame: Frame) -> None:
        earlier = self._channels.get(frame.topic)
        after = None
        if earlier is not None:
            join_ref = earlier.join_ref
            self.let_go(earlier)
            after = earlier.end("replaced")
            await self.send(frames.push(join_ref, frame.topic, "phx_close", {}, ref=join_ref))
        if len(self._channels) + len(self._left) >= self.endpoint.limits.views_per_connection:
            return await self.refuse_join(frame, "join crashed", "too many views on one connection")
        join = admit(self, frame)
        if isinstance(join, tuple):
            return await self.refuse_join(frame, *join)
        self._joined()
        await self.listen()
        if self._closed:  # meanwhile: nobody would end what begins on it now
            return
        parking = self.endpoint.parking
        claimed = None if earlier is not None else parking.claimed(self, join)
        if claimed is not None:
            channel, number = claimed
            problem = parking.problem(channel, join, number)
            if problem is None:
                self._channels[frame.topic] = channel
                return begin_return(channel, self, join, number)
            after = channel.end(problem)
        channel = self._channels[frame.topic] = Channel(self, join, after)
        introduce(channel)
        channel.begin()

    def mount_anew(self, channel: JoinedView, reason: str) -> None:
        """Mount another view in the place of one that is not to come back, and ends therefore."""
        topic = channel.topic
        if self._channels.get(topic) is not channel:
            return
        join = cast(Channel, channel).join
        self.let_go(channel)
        after = channel.end(reason)
        if not self._closed:
            self._channels[topic] = new = Channel(self, join, after)
            introduce(new)
            new.begin()

    async def refuse_join(self, frame: Frame, reason: str, why: str) -> None:
        """Answer that something cannot be joined.

        Args:
            frame: The join.
            reason: What the client is told.
            why: What the log says.
        """
        logger.warning("%r: refused to join %r as %s: %s", self, frame.topic, reason, why)
        text = frames.reply(frame.join_ref, frame.ref, frame.topic, "error", {"reason": reason})
        await self.send(text)

    # Uploads

    async def _receive_upload(self, frame: Frame) -> None:
        transfer = self._transfers.get(frame.topic)
        if frame.event == "phx_join":
            await join_upload(self, frame)
        elif transfer is not None and transfer.join_ref == frame.join_ref:
            await transfer.receive(frame)
        elif frame.event == "phx_leave":
            await self.send(frames.reply(frame.join_ref, frame.ref, frame.topic, "ok", {}))
        else:
            await self._unmatched(frame)

    def verify(self, token: Any, salt: str, age: float | None = None) -> dict[str, Any]:
        """Return the data of a token that the client sent.

        Raises:
            TokenError: It cannot be trusted, or is older than `age` seconds.
        """
        age = self.endpoint.limits.token_age if age is None else age
        return self.endpoint.signer.verify(token if isinstance(token, str) else "", salt, age)


def disconnect_topic(live_socket_id: str) -> str:
    """Return the topic on which sockets of that id hear that they are to be closed."""
    if len(live_socket_id) > _LONG_ID:  # a broker's topics are of a bounded length
        data = live_socket_id.encode(errors="surrogatepass")
        live_socket_id = hashlib.blake2b(data, digest_size=18).hexdigest()
    return _DISCONNECT + live_socket_id


__all__ = ["LIVE_SOCKET_ID", "Connection", "FrameError", "disconnect_topic"]


async def _after_others(rest: Coroutine[Any, Any, None] | None) -> None:
    """Let others have their turn: a client that floods must not keep them waiting."""
    await asyncio.sleep(0)
    if rest is not None:
        await rest
