"""`Channel`: one joined view, from its join to its end.

The rule: a channel passes on what comes to the view and sends what the view shows; how messages
wait is `Mailbox`'s, what is shown is `Display`'s, at which URL the view is is `Location`'s, what
its socket can ask for is `ViewHost`'s, and what it uploads is `ViewUploads`'. It begins in
`mounting`, hears its client in `incoming`, and ends in `ending`.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from wirebird.binding.binding import Sources
from wirebird.concurrency import thread_share
from wirebird.errors import CrashRequested
from wirebird.html.differ import Message
from wirebird.html.stream_rows import Operation, Operations, current_keeper
from wirebird.live.around import current_around
from wirebird.live.errors import Redirect
from wirebird.live.hooks import Halt
from wirebird.live.messages import Resubscribed
from wirebird.live.navigation import Navigation
from wirebird.live.socket import Socket
from wirebird.live.view import Live, LiveView
from wirebird.runtime.display import Display
from wirebird.runtime.ending import end
from wirebird.runtime.faults import mended, overlay
from wirebird.runtime.host import ViewHost
from wirebird.runtime.incoming import FRAMES, on_malformed
from wirebird.runtime.joining import Join
from wirebird.runtime.line import Line
from wirebird.runtime.location import Location, way_out
from wirebird.runtime.mailbox import (
    ANSWERED,
    SHOWS,
    Handler,
    Mailbox,
    Outcome,
    Stage,
)
from wirebird.runtime.mounting import mount
from wirebird.runtime.parking import MARK, linger_of, marked
from wirebird.runtime.saved import Saved
from wirebird.runtime.sent import Sent
from wirebird.runtime.transfers.uploads import ViewUploads
from wirebird.runtime.transport import TransportClosed
from wirebird.runtime.warnings import warn_of_message
from wirebird.runtime.watch import named_by
from wirebird.wire import frames
from wirebird.wire.frames import Frame

if TYPE_CHECKING:
    from wirebird.runtime.observed import Observed

logger = logging.getLogger("wirebird.runtime")


class Channel(Mailbox):
    """A view that is joined, or about to be.

    Owned by its `Connection`, which passes frames on and ends it.

    Args:
        connection: The line.
        join: What the client may join.
        after: The end of the view that it replaces, which comes first.

    Attributes:
        view: The view, from the stage `JOINING` on.
        display: What it shows, while its stage `is_shown`.
        join: What the client has joined.
        reply: What the handler of the event that is being handled has answered.
        saved: Its record in the store; None for a view that is not durable.
        life: Its number, by which its page comes back to it; 0 for a page that never does.
        sent: What was sent and has perhaps not arrived, if anything was that counts.
        began: When it began, by the monotonic clock.
        observed: Who is told what it does; see `observed`. None when nobody is.
    """

    __slots__ = (
        "_after", "_ending", "_response", "_uploads", "began", "connection", "display", "host",
        "join", "join_ref", "life", "location", "observed", "parent", "reply", "saved", "sent",
        "topic", "view", "view_class",
    )  # fmt: skip

    view: LiveView[Any]
    display: Display

    def __init__(
        self, connection: Line, join: Join, after: asyncio.Task[None] | None = None
    ) -> None:
        super().__init__(connection.endpoint)
        self._context.run(thread_share.set, connection.threads)
        self._context.run(current_around.set, self.endpoint.around)
        self.connection = connection
        self.topic = join.frame.topic
        self.join_ref = join.frame.join_ref or ""
        self.parent = join.parent
        self.view_class = join.view
        self.join = join
        self._after = after
        self._ending: asyncio.Task[None] | None = None
        self.location = Location(self.endpoint.router, join.match, connection.root_path)
        self.host = ViewHost(self)
        self.reply: Any = None
        self.saved: Saved | None = None
        self.sent: Sent | None = None
        self.began = monotonic()
        self.observed: Observed | None = None
        self._response: dict[str, Any] = {}
        self.follow()
        self._uploads: ViewUploads | None = None

    def __repr__(self) -> str:
        return f"<Channel {self.topic} {self.view_class.__name__}>"

    @property
    def url(self) -> str:
        """The URL of the view's page."""
        return self.join.url if self.stage is Stage.WAITING else self.view.socket.url

    @property
    def is_ending(self) -> bool:
        """Whether its end has begun."""
        return self._ending is not None

    def follow(self) -> None:
        """Know from now on what the page was shown, if the view can be kept for it."""
        self.life = 0
        if MARK in self.join.params and linger_of(self) > 0:
            self.life = self.endpoint.parking.know(self)
            self._context.run(current_keeper.set, self)

    def cut_uploads(self) -> None:
        """Let go of files whose bytes came over a line that is lost."""
        if self._uploads is not None:
            self._uploads.cut()

    @property
    def uploads(self) -> ViewUploads:
        """What is under way of the view's uploads."""
        if self._uploads is None:
            self._uploads = ViewUploads(self)
        return self._uploads

    @property
    def is_at_work(self) -> bool:
        """Whether the view handles something, or something in the background goes on for it."""
        uploads = self._uploads
        return self.current is not None or self.host.is_at_work or uploads is not None

    async def end_uploads(self) -> None:
        """End what is under way of the view's uploads."""
        if self._uploads is not None:
            await self._uploads.end()

    def admits(self, key: str) -> bool:
        """Tell whether a nested view's token was made for this page as it is."""
        return self.stage.is_shown and self.display.admits(key)

    # What comes in

    def begin(self) -> None:
        """Mount the view and answer the join."""
        self.put(self._on_join, None)

    def receive(self, frame: Frame) -> None:
        """Take a frame from the client."""
        handler = FRAMES.get(frame.event)
        if type(frame.payload) is not dict and (handler is not None or frame.event == "phx_leave"):
            logger.warning("%r: the client sent %.40r in a binary frame", self, frame.event)
        elif frame.event == "phx_leave":
            self.end("leave", frame)
        elif handler is None:
            logger.warning("%r: the client sent an unknown %.40r", self, frame.event)
        else:
            self.put(partial(handler, self), frame)

    def receive_malformed(self, frame: Frame, why: str) -> None:
        """Answer an event whose payload cannot be read; the view lives."""
        self.put(self._on_malformed, (frame, why))

    def deliver(self, message: Any) -> None:
        """Take a message for `@info` handlers; from any thread."""
        if threading.get_ident() != self.thread:
            try:
                self.loop.call_soon_threadsafe(self.deliver, message)
            except RuntimeError:
                logger.warning("%r: a message came after its event loop had ended", self)
        else:
            self.put_later(self.on_info, message)

    def refresh(self) -> None:
        """Render anew although nothing came: the template itself has changed."""
        self.put_later(self._on_refresh, None)

    def announce(self, event: str, payload: Any) -> None:
        """Push an event to the page without rendering."""
        self.put_later(self._on_announce, [event, payload])

    def patch_later(self, navigation: Navigation) -> None:
        """Patch the URL because a nested view asked for it."""
        self.put_later(self._on_patch_request, navigation)

    def put_outcome(self, tell_outcome: Callable[[], Awaitable[None]], owed: bool) -> None:
        """Tell the view what came of background work; also while it ends, if that is `owed`."""
        if owed:
            self.put_last(self._on_owed_work, tell_outcome)
        else:
            self.put(self._on_work, tell_outcome)

    def work_later(self, work: Callable[[], Awaitable[None]]) -> None:
        """Let something happen to the view between its messages."""
        self.put_later(self._on_work, work)

    def is_owed(self, handler: Handler[Any]) -> bool:
        """Tell whether a message is handled although the view has sent its visitor elsewhere."""
        return handler == self._on_owed_work

    def update_component(self, component: type[Any], id: str, props: Mapping[str, Any]) -> None:
        """Hand props to a component after what the view is doing now."""
        self.put_later(self._on_update, (component, id, props))

    def overflow(self) -> None:
        """Take note that more messages came than may wait."""
        logger.warning("%r: more messages wait than it can take; closing its connection", self)
        self.end("disconnected")
        self.connection.abort("too many waiting messages")

    def held_back(self) -> None:
        """Take note that a message was handled whose outcome cannot be shown yet."""
        if self.saved is not None:
            self.saved.changed()
        self.endpoint.parking.handled(self)
        if self.view.socket.waiting_events > self.endpoint.limits.parked_events:
            logger.warning("%r: ended, as too many events wait for its page", self)
            self.end("disconnected")

    def disconnected(self) -> None:
        """Take note that the client is gone."""
        self.connection.closed()

    def name_of(self, handler: Handler[Any], argument: Any) -> str:
        """Return what a message is called in the log."""
        if isinstance(argument, Frame):
            name = cast("dict[str, Any]", argument.payload).get("event")
            return f"the event {name!r:.80}" if isinstance(name, str) else argument.event
        if handler == self.on_info:
            return f"a message of the class {type(argument).__name__}"
        return getattr(handler, "func", handler).__name__.strip("_").replace("_", " ")

    # Showing

    async def show(self, ref: str | None) -> None:
        """Render, and send what changed; `ref` is the message that waits for an answer."""
        socket = self.view.socket
        navigation = socket.take_navigation()
        way: dict[str, Any] = {}
        if navigation is not None:
            navigation = await self.navigate(navigation)
            if navigation is not None:
                if not self._stays(navigation):
                    return await self._leave_for(navigation, ref)
                way = way_out(navigation, socket, self.endpoint.signer)
                socket.clear_flash()
        message = Message()
        try:
            diff = await self.display.diff(message)
        except Redirect as redirect:
            return await self._leave_for(redirect.navigation, ref)
        if socket.hooks is not None:
            await socket.hooks.run(self.view, "after_render", self.view)
        diff = self.complete(message, diff, socket)
        if self.saved is not None and (stored := self.saved.shown()) is not None:
            await stored
        if ref is None:
            if diff:
                await self.push("diff", diff)
            for event, payload in way.items():
                await self.push(event, payload)
        else:
            response, self._response = self._response, {}
            await self.answer(ref, {**response, "diff": diff, **way} if diff else response | way)

    def complete(
        self, message: Message, payload: dict[Any, Any], socket: Socket, joins: bool = False
    ) -> dict[Any, Any]:
        """Return a payload with all that goes with it: reply, events, title and statics."""
        if self.reply is not None:
            payload["r"], self.reply = self.reply, None
        events = socket.take_events()
        if self.sent is not None or (self.life and (events is not None or joins)):
            events = marked(self, events, joins)
        if events is not None:
            payload["e"] = events
        title = socket.take_title()
        if title is not None:
            payload["t"] = title
        return message.finish(payload)

    def keep(self, stream: Operations, operations: list[Operation]) -> None:
        """Take note of what a stream forgets with the next message."""
        if self.sent is None:
            self.sent = Sent()
        self.sent.keep(stream, operations)

    def respond(self, response: dict[str, Any]) -> None:
        """Let the next answer say more than what is shown."""
        self._response = response

    async def refuse_frame(self, frame: Frame, why: str) -> Outcome:
        """Answer that what the client sent cannot be; the view lives."""
        logger.warning("%r: the client sent %s", self, why)
        await self.answer(frame.ref, {"reason": "malformed"}, "error")
        return ANSWERED

    async def push(self, event: str, payload: Any, ref: str | None = None) -> None:
        """Send an event of the protocol to the page.

        Raises:
            TransportClosed: The line is gone.
        """
        await self.connection.send(frames.push(self.join_ref, self.topic, event, payload, ref=ref))

    async def answer(self, ref: str | None, response: Any, status: Any = "ok") -> None:
        """Answer a frame.

        Raises:
            TransportClosed: The line is gone.
        """
        await self.connection.send(frames.reply(self.join_ref, ref, self.topic, status, response))

    # Joining and leaving

    def move(self, connection: Line, join: Join) -> None:
        """Be on another line from now on."""
        self.connection.forget(self)
        self.connection, self.join, self.join_ref = connection, join, join.frame.join_ref or ""
        self._context.run(thread_share.set, connection.threads)

    async def _on_join(self, _: None) -> Outcome:
        if self._after is not None:
            after, self._after = self._after, None
            await asyncio.wait([after])
            if not self.is_wanted:
                return ANSWERED
        return await mount(self)

    async def crash(self, error: BaseException) -> None:
        """End the view because a handler raised; the client joins anew."""
        self.tell_crash("the view crashed", error)
        told = self.stage.takes
        if self.stage.is_shown:
            del self.display
            if self.saved is not None:
                self.saved.crashed()
        self.stage = Stage.ABANDONED
        self.connection.let_go(self)
        self.end("crash")
        if told:
            with suppress(TransportClosed):
                if self.endpoint.debug and not isinstance(error, CrashRequested):
                    await self.push("diff", {"e": [overlay(self, error)]})
                await self.push("phx_error", {"reason": "channel_crash"}, ref=self.join_ref)

    def tell_crash(self, what: str, error: BaseException) -> None:
        """Tell that the view raised, in the log.

        Args:
            what: What became of it.
            error: What it raised.
        """
        logger.error("%r: %s", self, what, exc_info=error)

    async def moved(self) -> None:
        """End the view because its page has gone on with another copy of it."""
        self.stage = Stage.ABANDONED
        self.connection.let_go(self)
        self.end("replaced")
        with suppress(TransportClosed):
            await self.push("phx_close", {}, ref=self.join_ref)

    def end(self, reason: str, leave: Frame | None = None) -> asyncio.Task[None]:
        """End the view: what it is at and what came before, and then `terminate`.

        Args:
            reason: "leave", "disconnected", "crash", "replaced", "refused" or "shutdown".
            leave: The frame with which the client leaves.

        Returns:
            The end, which belongs to nobody: whoever waits for it must not cancel it.
        """
        if self._ending is None:
            self.endpoint.parking.forget(self)
            self._ending = self.endpoint.scheduler().end(end(self, reason, leave), self._context)
        return self._ending

    # Events and messages

    async def _on_malformed(self, malformed: tuple[Frame, str]) -> Outcome:
        return await on_malformed(self, *malformed)

    def sources(self, event: str, payload: Any) -> Sources:
        """Return what the parameters of a handler are filled from."""
        socket = self.view.socket
        return Sources(
            payload=payload,
            params=socket.params,
            session=socket.session,
            socket=socket,
            url=socket.url,
            event=event,
            view=self.view,
        )

    async def on_info(self, message: Any) -> Outcome:
        """Hand a message to the view's handler of it."""
        view = self.view
        if message.__class__ is Resubscribed and not _takes_gaps(view):
            return ANSWERED
        self.display.changed = True
        hooks = view.socket.hooks
        try:
            halt: Halt | None = None
            if hooks is not None:
                halt = await hooks.run(view, "handle_info", message, view.socket)
            if halt is None and not await self.endpoint.tell(view, message, self.sources):
                logger.warning(
                    "%r: nothing handles a %s: write an @info method that takes it",
                    self,
                    type(message).__name__,
                )
                warn_of_message(self, message)
        except Redirect as redirect:
            view.socket.go(redirect.navigation)
        return SHOWS

    async def _on_work(self, tell_outcome: Callable[[], Awaitable[None]]) -> Outcome:
        """Tell the view what came of background work."""
        try:
            await tell_outcome()
        except Redirect as redirect:
            self.view.socket.go(redirect.navigation)
        return SHOWS

    async def _on_owed_work(self, tell_outcome: Callable[[], Awaitable[None]]) -> Outcome:
        return await self._on_work(tell_outcome)

    def touch(self, owner: Live[Any]) -> bool:
        """Let a view or component render again; False if it is gone."""
        return self.stage.is_shown and self.display.touch(owner)

    def has(self, owner: Live[Any]) -> bool:
        """Tell whether the page still has that view or component."""
        return self.stage.is_shown and self.display.has(owner)

    async def _on_refresh(self, _: None) -> Outcome:
        self.display.touch_all()
        if self.stage is Stage.PARKED:
            return ANSWERED
        try:
            await self.show(None)
        except TransportClosed:
            raise
        except Exception as error:
            # The view is sound; its template is being written.
            logger.error("%r: cannot show its changed template", self, exc_info=error)
            await self._on_announce(overlay(self, error))
        else:
            if self.endpoint.debug:
                await self._on_announce(mended(self))
        return ANSWERED

    async def _on_announce(self, event: list[Any]) -> Outcome:
        await self.push("diff", {"e": [event]})
        return ANSWERED

    # Components

    async def _on_update(self, update: tuple[type[Any], str, Mapping[str, Any]]) -> Outcome:
        components = self.display.components
        if components is None or not components.update(*update):
            component, id, _ = update
            logger.info("%r: no %s with id=%r to update", self, component.__name__, id)
        return SHOWS

    def components_gone(self) -> None:
        """End what belongs to components that have left the page."""
        self.host.components_gone()
        if self._uploads is not None:
            self._uploads.components_gone()

    # Navigation

    async def _on_patch_request(self, navigation: Navigation) -> Outcome:
        self.view.socket.go(navigation)
        return SHOWS

    async def navigate(self, navigation: Navigation, told: bool = False) -> Navigation | None:
        """Carry out patches; return the navigation that leads out of the view, if any does."""
        if self.parent is not None and navigation.kind == "patch":
            # The URL belongs to the view in whose page this one stands.
            self.parent.patch_later(navigation)
            return None
        if self.stage.is_shown:
            self.display.changed = True
        view = self.view
        return await self.location.follow(view, navigation, None if told else self._tell_patch)

    def _stays(self, navigation: Navigation) -> bool:
        """Tell whether the view goes on when the page goes elsewhere: a sticky one does."""
        is_sticky = self.parent is None and self.location.match is None
        return is_sticky and navigation.kind == "navigate"

    async def _tell_patch(self, navigation: Navigation) -> None:
        await self.push("live_patch", navigation.history)

    async def _leave_for(self, navigation: Navigation, ref: str | None) -> None:
        self.stage = Stage.LEAVING
        socket = self.view.socket
        way = way_out(navigation, socket, self.endpoint.signer)
        await self.push("diff", {"e": socket.take_events() or []})
        if ref:
            response, self._response = self._response, {}
            await self.answer(ref, {**response, **way})
        else:
            ((event, payload),) = way.items()
            await self.push(event, payload)


def _takes_gaps(view: LiveView[Any]) -> bool:
    return type(view).definition.handlers.info_for(Resubscribed) is not None


named_by(
    Mailbox._run,  # pyright: ignore[reportPrivateUsage]
    lambda names: f"{names['self'].view_class.__name__}: {names['self'].handling}",
)
