"""`Channel`: one joined view, from its join to its end.

The rule: a channel passes on what comes to the view and sends what the view shows; how messages
wait is `Mailbox`'s, what is shown is `Display`'s, at which URL the view is is `Location`'s, what
its socket can ask for is `ViewHost`'s, and what it uploads is `ViewUploads`'.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeAlias, cast

from wirebird.binding.binding import Sources
from wirebird.binding.errors import BindingError
from wirebird.concurrency import thread_share
from wirebird.html.differ import Message
from wirebird.live import lifecycle
from wirebird.live.around import current_around
from wirebird.live.errors import Redirect
from wirebird.live.events import (
    MalformedEvent,
    UnknownEvent,
    pack_reply,
    read_event,
)
from wirebird.live.hooks import Halt
from wirebird.live.navigation import Navigation
from wirebird.live.socket import Socket
from wirebird.live.view import Live, LiveView
from wirebird.runtime.display import Display
from wirebird.runtime.endpoint import LIVEVIEW_VERSION
from wirebird.runtime.faults import join_refusal, overlay
from wirebird.runtime.host import ViewHost
from wirebird.runtime.joining import Join
from wirebird.runtime.line import Line
from wirebird.runtime.location import Location, path_of, way_out
from wirebird.runtime.mailbox import (
    ANSWERED,
    SHOWS,
    Handler,
    Mailbox,
    Outcome,
    Stage,
    is_cancelled,
)
from wirebird.runtime.transfers.uploads import ViewUploads, on_allow_upload, on_progress
from wirebird.runtime.transport import TransportClosed
from wirebird.uploads.entry import MalformedUpload
from wirebird.wire import frames
from wirebird.wire.frames import Frame

logger = logging.getLogger("wirebird.runtime")

STOP_PATIENCE = 5.0
"""How long what is cancelled at a view's end may take to stop, in seconds."""


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
    """

    __slots__ = (
        "_after", "_ending", "_host", "_join", "_location", "_reply", "_response", "_uploads",
        "connection", "display", "join_ref", "parent", "topic", "view", "view_class",
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
        self._join = join
        self._after = after
        self._ending: asyncio.Task[None] | None = None
        self._location = Location(self.endpoint.router, join.match, connection.root_path)
        self._host = ViewHost(self)
        self._reply: Any = None
        self._response: dict[str, Any] = {}
        self._uploads: ViewUploads | None = None

    def __repr__(self) -> str:
        return f"<Channel {self.topic} {self.view_class.__name__}>"

    @property
    def url(self) -> str:
        """The URL of the view's page."""
        return self._join.url if self.stage is Stage.WAITING else self.view.socket.url

    @property
    def uploads(self) -> ViewUploads:
        """What is under way of the view's uploads."""
        if self._uploads is None:
            self._uploads = ViewUploads(self)
        return self._uploads

    def admits(self, key: str) -> bool:
        """Tell whether a nested view's token was made for this page as it is."""
        return self.stage.is_shown and self.display.admits(key)

    # What comes in

    def begin(self) -> None:
        """Mount the view and answer the join."""
        self.put(self._on_join, None)

    def receive(self, frame: Frame) -> None:
        """Take a frame from the client."""
        handler = _FRAMES.get(frame.event)
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

    def is_owed(self, handler: Handler[Any]) -> bool:
        """Tell whether a message is handled although the view has sent its visitor elsewhere."""
        return handler == self._on_owed_work

    def update_component(self, component: type[Any], id: str, props: Mapping[str, Any]) -> None:
        """Hand props to a component after what the view is doing now."""
        self.put_later(self._on_update, (component, id, props))

    def overflow(self) -> None:
        """Take note that more messages came than may wait."""
        logger.warning("%r: more messages wait than it can take; closing its connection", self)
        self.connection.abort("too many waiting messages")

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
        return handler.__name__.strip("_").replace("_", " ")

    # Showing

    async def show(self, ref: str | None) -> None:
        """Render, and send what changed; `ref` is the message that waits for an answer."""
        socket = self.view.socket
        navigation = socket.take_navigation()
        way: dict[str, Any] = {}
        if navigation is not None:
            navigation = await self._navigate(navigation)
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
        diff = self._complete(message, diff, socket)
        if ref is None:
            if diff:
                await self._push("diff", diff)
            for event, payload in way.items():
                await self._push(event, payload)
        else:
            response, self._response = self._response, {}
            await self._answer(ref, {**response, "diff": diff, **way} if diff else response | way)

    def _complete(
        self, message: Message, payload: dict[Any, Any], socket: Socket
    ) -> dict[Any, Any]:
        """Return a payload with all that goes with it: reply, events, title and statics."""
        if self._reply is not None:
            payload["r"], self._reply = self._reply, None
        events = socket.take_events()
        if events is not None:
            payload["e"] = events
        title = socket.take_title()
        if title is not None:
            payload["t"] = title
        return message.finish(payload)

    def respond(self, response: dict[str, Any]) -> None:
        """Let the next answer say more than what is shown."""
        self._response = response

    async def refuse_frame(self, frame: Frame, why: str) -> Outcome:
        """Answer that what the client sent cannot be; the view lives."""
        logger.warning("%r: the client sent %s", self, why)
        await self._answer(frame.ref, {"reason": "malformed"}, "error")
        return ANSWERED

    async def _push(self, event: str, payload: Any, ref: str | None = None) -> None:
        await self.connection.send(frames.push(self.join_ref, self.topic, event, payload, ref=ref))

    async def _answer(self, ref: str | None, response: Any, status: Any = "ok") -> None:
        await self.connection.send(frames.reply(self.join_ref, ref, self.topic, status, response))

    # Joining and leaving

    async def _on_join(self, _: None) -> Outcome:
        join = self._join
        ref = join.frame.ref
        if self._after is not None:
            after, self._after = self._after, None
            await asyncio.wait([after])
            if not self.is_wanted:
                return ANSWERED
        socket = join.socket(self.connection, self._host)
        message = Message()
        try:
            self.view = view = join.view(socket)
            self.stage = Stage.JOINING
            went_on = await lifecycle.begin(view, join.match, join.guard)
            if not self.is_wanted:
                return ANSWERED
            patched: Navigation | None = None
            navigation = socket.take_navigation()
            if went_on and navigation is not None:
                patched = navigation if self.parent is None else None
                navigation = await self._navigate(navigation, told=True)
            if navigation is not None:
                way = way_out(navigation, socket, self.endpoint.signer)
                return await self._refuse_join(ref, {"events": socket.take_events() or [], **way})
            match = self._location.match
            self.display = Display(self.endpoint, view, None if match is None else match.route)
            tree = await self.display.full(message)
        except TransportClosed:
            raise
        except Redirect as redirect:
            way = way_out(redirect.navigation, socket, self.endpoint.signer)
            return await self._refuse_join(ref, {"events": socket.take_events() or [], **way})
        except asyncio.CancelledError as error:
            if is_cancelled():
                raise
            return await self._refuse_join(ref, join_refusal(self, error))
        except (Exception, SystemExit) as error:
            return await self._refuse_join(ref, join_refusal(self, error))
        if not self.is_wanted:
            return ANSWERED
        self.stage = Stage.JOINED
        rendered = self._complete(message, tree, socket)
        response: dict[str, Any] = {"liveview_version": LIVEVIEW_VERSION, "rendered": rendered}
        if patched is not None:
            response["live_patch"] = {**patched.history, "to": path_of(socket.url)}
        if join.navigated and join.match is not None:
            tag, attributes = join.match.route.container
            response["container"] = [tag, dict(attributes)]
        await self._answer(ref, response)
        return ANSWERED

    async def _refuse_join(self, ref: str | None, response: dict[str, Any]) -> Outcome:
        self.connection.let_go(self)
        self.end("refused")
        await self._answer(ref, response, "error")
        return ANSWERED

    async def crash(self, error: BaseException) -> None:
        """End the view because a handler raised; the client joins anew."""
        logger.error("%r: the view crashed", self, exc_info=error)
        told = self.stage.takes
        if self.stage.is_shown:
            del self.display
        self.stage = Stage.ABANDONED
        self.connection.let_go(self)
        self.end("crash")
        if told:
            with suppress(TransportClosed):
                if self.endpoint.debug:
                    await self._push("diff", {"e": [overlay(self, error)]})
                await self._push("phx_error", {"reason": "channel_crash"}, ref=self.join_ref)

    def end(self, reason: str, leave: Frame | None = None) -> asyncio.Task[None]:
        """End the view: what it is at and what came before, and then `terminate`.

        Args:
            reason: "leave", "disconnected", "crash", "replaced", "refused" or "shutdown".
            leave: The frame with which the client leaves.

        Returns:
            The end, which belongs to nobody: whoever waits for it must not cancel it.
        """
        if self._ending is None:
            self._ending = self.endpoint.scheduler().end(self._end(reason, leave), self._context)
        return self._ending

    async def _end(self, reason: str, leave: Frame | None) -> None:
        stage = self.stage
        children = [c for c in self.connection.channels.values() if c.parent is self]
        for child in children:
            self.connection.let_go(child)
        ends = [child.end(reason) for child in children]
        self._host.begin_end()
        late = await self._finish(self.loop.time() + self.endpoint.end_patience)
        if leave is not None:
            with suppress(TransportClosed):
                await self._push("phx_close", {}, ref=self.join_ref)
                await self._answer(leave.ref, {})
        if self._uploads is not None:
            await self._uploads.end()
        if ends:
            await asyncio.wait(ends)
        if stage is not Stage.WAITING:
            await self._terminate(reason)
        for name in late:
            logger.error("%r: cancelled: %s does not end although its view has", self, name)
        if self.stage.is_shown:
            del self.display
        if not await self.stop(STOP_PATIENCE):
            logger.error("%r: %s does not stop although it was cancelled", self, self.handling)
        await self._host.end()
        self.connection.forget(self)

    async def _finish(self, deadline: float) -> list[str]:
        """Let what must finish do so; return the names of what does not in time."""
        while await self.finish(deadline - self.loop.time()):
            late = await self._host.finish(deadline)
            if late or self.handling == "":
                return late
        return [self.handling, *self._host.unfinished()]

    async def _terminate(self, reason: str) -> None:
        patience = self.endpoint.end_patience
        timeout = asyncio.timeout(patience)
        try:
            async with timeout:
                await lifecycle.terminate(self.view, reason)
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and is_cancelled():
                raise
            if timeout.expired():
                logger.error("%r: cancelled: terminate takes more than %s s", self, patience)
            else:
                logger.error("%r: terminate raised", self, exc_info=error)

    # Events and messages

    async def _on_event(self, frame: Frame) -> Outcome:
        payload = cast("dict[str, Any]", frame.payload)
        ref = frame.ref
        view = self.view
        try:
            name, value = read_event(payload)
            if name[:3] == "lv:":
                return self._on_builtin(ref, name, value)
            target = self.display.target(payload)
            if target is None:
                logger.info("%r: event %r for a component that is gone", self, name)
                return Outcome(ref)
            if payload.get("uploads"):
                self.uploads.choose(payload["uploads"])
            if view.socket.hooks is not None:
                halt = await view.socket.hooks.run(view, "handle_event", name, value, view.socket)
                if halt is not None:
                    reply = halt.reply
                    if reply is not None:
                        reply = frames.packed(reply, f"a hook's reply to the event {name!r}")
                    return self._replied(ref, reply)
            reply = await self.endpoint.dispatch(target, name, value, self._sources)
            if reply is not None and ref:
                reply = pack_reply(target, name, reply)
            return self._replied(ref, reply)
        except (MalformedEvent, MalformedUpload, BindingError, UnknownEvent) as error:
            return self._refuse_event(ref, str(error))
        except Redirect as redirect:
            view.socket.go(redirect.navigation)
            return Outcome(ref)

    def _replied(self, ref: str | None, reply: Any) -> Outcome:
        if reply is not None and ref:
            self._reply = reply
        return Outcome(ref)

    def _refuse_event(self, ref: str | None, why: str) -> Outcome:
        """Answer an event that reaches no handler: the view lives, the page hears of it.

        The answer is `ok` all the same: at an error the client never unlocks the elements that wait
        for it, so that the page is stuck. What is wrong stands in the reply, and `refused` tells it
        from a handler's own reply that has an `error`.
        """
        logger.warning("%r: %s", self, why)
        told = why if self.endpoint.debug else "the event was refused"
        return self._replied(ref, {"error": told, "refused": True})

    async def _on_malformed(self, malformed: tuple[Frame, str]) -> Outcome:
        frame, why = malformed
        return self._refuse_event(frame.ref, why) if frame.ref else ANSWERED

    def _sources(self, event: str, payload: Any) -> Sources:
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

    def _on_builtin(self, ref: str | None, name: str, value: Any) -> Outcome:
        if name != "lv:clear-flash":
            return self._refuse_event(ref, f"unknown event {name!r}")
        key = cast("dict[str, Any]", value).get("key") if isinstance(value, dict) else None
        socket = self.view.socket
        socket.clear_flash(key if isinstance(key, str) else None)
        return Outcome(ref)

    async def on_info(self, message: Any) -> Outcome:
        """Hand a message to the view's handler of it."""
        view = self.view
        self.display.changed = True
        hooks = view.socket.hooks
        try:
            halt: Halt | None = None
            if hooks is not None:
                halt = await hooks.run(view, "handle_info", message, view.socket)
            if halt is None and not await self.endpoint.tell(view, message, self._sources):
                logger.warning(
                    "%r: nothing handles a %s: write an @info method that takes it",
                    self,
                    type(message).__name__,
                )
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
        try:
            await self.show(None)
        except TransportClosed:
            raise
        except Exception as error:
            # The view is sound; its template is being written.
            logger.error("%r: cannot show its changed template", self, exc_info=error)
            await self._on_announce(overlay(self, error))
        return ANSWERED

    async def _on_announce(self, event: list[Any]) -> Outcome:
        await self._push("diff", {"e": [event]})
        return ANSWERED

    # Components

    async def _on_update(self, update: tuple[type[Any], str, Mapping[str, Any]]) -> Outcome:
        components = self.display.components
        if components is None or not components.update(*update):
            component, id, _ = update
            logger.info("%r: no %s with id=%r to update", self, component.__name__, id)
        return SHOWS

    async def _on_components_will_destroy(self, frame: Frame) -> Outcome:
        components = self.display.components
        if components is not None:
            components.will_leave(_cids(frame))
        await self._answer(frame.ref, {})
        return ANSWERED

    async def _on_components_destroyed(self, frame: Frame) -> Outcome:
        components = self.display.components
        gone = [] if components is None else components.left(_cids(frame), self.display.tree)
        if gone:
            self._host.components_gone()
            if self._uploads is not None:
                self._uploads.components_gone()
        await self._answer(frame.ref, {"cids": gone})
        return ANSWERED

    # Navigation

    async def _on_live_patch(self, frame: Frame) -> Outcome:
        url = cast("dict[str, Any]", frame.payload).get("url")
        match = self._location.own(url) if isinstance(url, str) else None
        if match is None:
            await self._answer(frame.ref, {"link_redirect": True})
            return ANSWERED
        view = self.view
        view.socket.clear_flash()
        self.display.changed = True
        await self._location.enter(view, cast(str, url), match)
        return Outcome(frame.ref)

    async def _on_patch_request(self, navigation: Navigation) -> Outcome:
        self.view.socket.go(navigation)
        return SHOWS

    async def _navigate(self, navigation: Navigation, told: bool = False) -> Navigation | None:
        """Carry out patches; return the navigation that leads out of the view, if any does."""
        if self.parent is not None and navigation.kind == "patch":
            # The URL belongs to the view in whose page this one stands.
            self.parent.patch_later(navigation)
            return None
        if self.stage.is_shown:
            self.display.changed = True
        view = self.view
        return await self._location.follow(view, navigation, None if told else self._tell_patch)

    def _stays(self, navigation: Navigation) -> bool:
        """Tell whether the view goes on when the page goes elsewhere: a sticky one does."""
        is_sticky = self.parent is None and self._location.match is None
        return is_sticky and navigation.kind == "navigate"

    async def _tell_patch(self, navigation: Navigation) -> None:
        await self._push("live_patch", navigation.history)

    async def _leave_for(self, navigation: Navigation, ref: str | None) -> None:
        self.stage = Stage.LEAVING
        socket = self.view.socket
        way = way_out(navigation, socket, self.endpoint.signer)
        await self._push("diff", {"e": socket.take_events() or []})
        if ref:
            response, self._response = self._response, {}
            await self._answer(ref, {**response, **way})
        else:
            ((event, payload),) = way.items()
            await self._push(event, payload)


FrameHandler: TypeAlias = Callable[[Channel, Frame], Awaitable[Outcome]]

_FRAMES: dict[str, FrameHandler] = {
    "event": Channel._on_event,  # pyright: ignore[reportPrivateUsage]
    "live_patch": Channel._on_live_patch,  # pyright: ignore[reportPrivateUsage]
    "cids_will_destroy": Channel._on_components_will_destroy,  # pyright: ignore
    "cids_destroyed": Channel._on_components_destroyed,  # pyright: ignore
    "allow_upload": on_allow_upload,
    "progress": on_progress,
}


def _cids(frame: Frame) -> list[Any]:
    cids = cast("dict[str, Any]", frame.payload).get("cids")
    return cast("list[Any]", cids) if isinstance(cids, list) else []
