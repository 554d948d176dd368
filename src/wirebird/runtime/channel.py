"""`Channel`: one joined view, from its join to its end.

The rule: one message at a time, in the order of arrival, each followed by one render; messages
that nobody waits on share a render. An error ends this view and no other.

Read `_run` from top to bottom: it is the life of an event.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import logging
import threading
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

from wirebird.html.differ import Message
from wirebird.live import lifecycle
from wirebird.live.binding import BindingError, Sources
from wirebird.live.depends import call_in_thread
from wirebird.live.errors import NotFound, Redirect, client_error_status
from wirebird.live.events import UnknownEvent, dispatch
from wirebird.live.messages import DONE, Timer
from wirebird.live.navigation import Navigation, NavigationError
from wirebird.live.router import Match
from wirebird.live.socket import Socket
from wirebird.live.tasks import Tasks
from wirebird.live.view import Live, LiveView
from wirebird.runtime.components import Components
from wirebird.runtime.display import Display
from wirebird.runtime.endpoint import LIVEVIEW_VERSION, Endpoint
from wirebird.runtime.scheduler import start
from wirebird.runtime.transport import TransportClosed
from wirebird.wire import frames
from wirebird.wire.frames import Frame
from wirebird.wire.params import ParamsError, decode_form

if TYPE_CHECKING:
    from wirebird.runtime.connection import Connection

logger = logging.getLogger("wirebird.runtime")

MAX_PATCHES = 20
"""Most times that a view may patch its URL from within `handle_params`."""

END_PATIENCE = 10.0
"""How long an ending view waits for its handler to stop, in seconds."""

_MOST_BEFORE_RENDER = 256
_ANSWERED = ""


class Join:
    """What a checked `phx_join` asks for."""

    __slots__ = (
        "flash", "frame", "given", "match", "navigated", "params", "parent", "session", "url", "view",
    )  # fmt: skip

    def __init__(
        self,
        frame: Frame,
        view: type[LiveView[Any]],
        match: Match | None,
        url: str,
        *,
        navigated: bool,
        flash: dict[str, str],
        session: dict[str, Any],
        params: dict[str, Any],
        given: dict[str, Any] | None = None,
        parent: Channel | None = None,
    ) -> None:
        self.frame = frame
        self.view = view
        self.match = match
        self.url = url
        self.navigated = navigated
        self.flash = flash
        self.session = session
        self.params = params
        self.given = given
        self.parent = parent


class Channel:
    """A view that is joined, or about to be.

    Owned by its `Connection`, which passes frames on and ends it.
    """

    __slots__ = (
        "__weakref__",
        "_context",
        "_ended",
        "_inbox",
        "_join",
        "_leaving",
        "_loop",
        "_match",
        "_reply",
        "_room",
        "_running",
        "_task",
        "_tasks",
        "_thread",
        "_timers",
        "_topics",
        "connection",
        "display",
        "endpoint",
        "join_ref",
        "parent",
        "topic",
        "view",
        "view_class",
    )

    def __init__(self, connection: Connection, join: Join) -> None:
        self.connection = connection
        self.endpoint: Endpoint = connection.endpoint
        self.topic = join.frame.topic
        self.join_ref = join.frame.join_ref or ""
        self.view_class = join.view
        self.view: LiveView[Any] | None = None
        self.display: Display | None = None
        self._join: Join | None = join
        self.parent = join.parent
        self._match = join.match
        self._inbox: list[tuple[Callable[[Any], Awaitable[str | None]], Any]] = []
        self._running = False
        self._ended = False
        self._leaving = False
        self._reply: Any = None
        self._task: asyncio.Task[Any] | None = None
        self._tasks: Tasks | None = None
        self._timers: set[Timer] | None = None
        self._topics: set[str] | None = None
        self._room: asyncio.Future[None] | None = None
        # What a view sets in context variables is seen by its later handlers, not by other views.
        self._context = contextvars.copy_context()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def __repr__(self) -> str:
        return f"<Channel {self.topic} {type(self.view).__name__ if self.view else 'joining'}>"

    @property
    def visitor(self) -> str:
        """Whose page it is."""
        return self.connection.visitor

    # What comes in

    def begin(self) -> None:
        """Mount the view and answer the join."""
        self._put(self._on_join, None)

    def receive(self, frame: Frame) -> None:
        """Take a frame from the client."""
        handler = _FRAMES.get(frame.event)
        if handler is not None and type(frame.payload) is not dict:
            logger.warning("%r: the client sent %.40r in a binary frame", self, frame.event)
        elif handler is None:
            logger.warning("%r: the client sent an unknown %.40r", self, frame.event)
        else:
            self._put(handler.__get__(self), frame)

    def deliver(self, message: Any) -> None:
        """Take a message for `@info` handlers; from any thread."""
        if threading.get_ident() != self._thread:
            try:
                self._loop.call_soon_threadsafe(self.deliver, message)
            except RuntimeError:
                logger.warning("%r: a message came after its event loop had ended", self)
        else:
            self._put_later(self._on_info, message)

    def refresh(self) -> None:
        """Render anew although nothing came: the template itself has changed."""
        self._put_later(self._on_refresh, None)

    def announce(self, event: str, payload: Any) -> None:
        """Push an event to the page without rendering."""
        self._put_later(self._on_announce, [event, payload])

    def _put_later(self, handle: Callable[[Any], Awaitable[str | None]], argument: Any) -> None:
        if self._ended:
            return
        self._inbox.append((handle, argument))
        if not self._running:
            self._running = True
            self.endpoint.scheduler().soon(self._run, self._context)
        elif len(self._inbox) > self.endpoint.limits.waiting_messages:
            self._overflow()

    def _put(self, handle: Callable[[Any], Awaitable[str | None]], argument: Any) -> None:
        if self._ended:
            return
        self._inbox.append((handle, argument))
        if not self._running:
            self._running = True
            start(self._run(), self._context)
        elif len(self._inbox) > self.endpoint.limits.waiting_messages:
            self._overflow()

    @property
    def is_full(self) -> bool:
        """Whether the client should wait before it sends more."""
        return len(self._inbox) >= self.endpoint.limits.waiting_frames and not self._ended

    async def room(self) -> None:
        """Wait until what the client has sent so far is being handled."""
        if self._room is None:
            self._room = self._loop.create_future()
        await asyncio.shield(self._room)

    def _make_room(self) -> None:
        if self._room is not None:
            if not self._room.done():
                self._room.set_result(None)
            self._room = None

    def _overflow(self) -> None:
        logger.warning("%r: more messages wait than it can take; closing its connection", self)
        self._inbox.clear()
        self.connection.abort("too many waiting messages")

    # The life of an event

    async def _run(self) -> None:
        self._task = asyncio.current_task()
        try:
            while self._inbox and not self._ended:
                waiting, self._inbox = self._inbox, []
                self._make_room()
                last = len(waiting) - 1
                stale = False
                for index, (handle, argument) in enumerate(waiting, -last):
                    if self._leaving and getattr(argument, "event", "") != "phx_leave":
                        continue
                    ref = await handle(argument)
                    if self._leaving:
                        if self._ended:
                            return
                        continue
                    stale = stale or ref is not _ANSWERED
                    if stale and (ref or not index or not index % _MOST_BEFORE_RENDER):
                        await self._show(ref or None)
                        stale = False
                        if index and not index % _MOST_BEFORE_RENDER:
                            await asyncio.sleep(0)
                if self._inbox:
                    await asyncio.sleep(0)  # a view that keeps itself busy must not starve others
        except TransportClosed:
            self.connection.closed()
        except asyncio.CancelledError as error:
            if not _is_cancelled():  # not this view's end: something that a handler awaited
                await self._crash(error)
            elif not self._ended:
                raise
        except (Exception, SystemExit) as error:
            await self._crash(error)
        finally:
            self._running = False
            self._task = None

    async def _show(self, ref: str | None) -> None:
        """Render, and send what changed; `ref` is the message that waits for an answer."""
        view = cast("LiveView[Any]", self.view)
        socket = view.socket
        navigation = socket.take_navigation()
        if navigation is not None:
            navigation = await self._navigate(navigation)
            if navigation is not None:
                await self._leave_for(navigation, ref)
                return
        diff = await self._diff(socket)
        if ref is None:
            if diff:
                await self._send(frames.push(self.join_ref, self.topic, "diff", diff))
        else:
            response = {"diff": diff} if diff else {}
            await self._send(frames.reply(self.join_ref, ref, self.topic, "ok", response))

    async def _diff(self, socket: Socket) -> dict[Any, Any]:
        """Return what the client must be told since the last time, perhaps nothing."""
        message = Message()
        return self._complete(message, await cast(Display, self.display).diff(message), socket)

    def _complete(
        self, message: Message, payload: dict[Any, Any], socket: Socket
    ) -> dict[Any, Any]:
        if self._reply is not None:
            payload["r"], self._reply = self._reply, None
        events = socket.take_events()
        if events is not None:
            payload["e"] = events
        title = socket.take_title()
        if title is not None:
            payload["t"] = title
        return message.finish(payload)

    async def _send(self, text: str) -> None:
        await self.connection.send(text)

    # Joining and leaving

    async def _on_join(self, _: None) -> str | None:
        join = cast(Join, self._join)
        self._join = None
        frame = join.frame
        socket = Socket(
            self.topic[3:],
            self,
            connected=True,
            url=join.url,
            session=join.session,
            connect_info=self.connection.info,
            connect_params=join.params,
        )
        socket.flash = join.flash
        socket.params = join.given or {}
        socket.navigation_type = "navigate" if join.navigated else "load"
        socket.root_path = self.connection.root_path
        socket.assets_changed = self.connection.assets_changed(join.params)
        message = Message()
        try:
            self.view = view = join.view(socket)
            went_on = await lifecycle.begin(view, join.match)
            patched: Navigation | None = None
            navigation = socket.take_navigation()
            if went_on and navigation is not None:
                patched = navigation
                navigation = await self._navigate(navigation, tell=False)
            if navigation is not None:
                events = {"events": socket.take_events() or []}
                await self._refuse(frame, events | self._place(navigation))
                return None
            route = None if self._match is None else self._match.route
            self.display = Display(self.endpoint, view, route)
            tree = await self.display.full(message)
        except TransportClosed:
            raise
        except asyncio.CancelledError as error:
            if _is_cancelled():
                raise
            await self._refuse(frame, self._join_error(error))
            return None
        except (Exception, SystemExit) as error:
            await self._refuse(frame, self._join_error(error))
            return None
        rendered = self._complete(message, tree, socket)
        response: dict[str, Any] = {"liveview_version": LIVEVIEW_VERSION, "rendered": rendered}
        if patched is not None:
            response["live_patch"] = {**patched.history, "to": _path_of(socket.url)}
        if join.navigated and join.match is not None:
            tag, attributes = join.match.route.container
            response["container"] = [tag, dict(attributes)]
        await self._send(frames.reply(self.join_ref, frame.ref, self.topic, "ok", response))
        self._leaving = False
        return _ANSWERED

    async def _refuse(self, frame: Frame, response: dict[str, Any]) -> None:
        self._leaving = True
        await self._send(frames.reply(self.join_ref, frame.ref, self.topic, "error", response))
        self.connection.forget(self)
        await self.end("refused")

    def _join_error(self, error: BaseException) -> dict[str, Any]:
        status = client_error_status(error)
        if status is not None:
            logger.info("%r: mount answered %s: %s", self, status, error)
            token = self.endpoint.signer.sign({"status": status}, "reload")
            return {"reason": "reload", "status": status, "token": token}
        logger.error("%r: the view crashed while it was joined", self, exc_info=error)
        if self.endpoint.debug:
            return {"reason": "join crashed", "events": [self._overlay(error, untilJoined=True)]}
        return {"reason": "join crashed"}

    def _overlay(self, error: BaseException, **more: Any) -> list[Any]:
        """Return the event that shows the developer a traceback in the page."""
        title = f"{type(error).__name__} in {self.view_class.__name__}"
        detail = "".join(traceback.format_exception(error))
        return ["wirebird:error", {"title": title, "detail": detail, **more}]

    async def _on_leave(self, frame: Frame) -> str | None:
        self._leaving = True
        close = frames.push(self.join_ref, self.topic, "phx_close", {}, ref=self.join_ref)
        await self._send(close)
        await self._send(frames.reply(self.join_ref, frame.ref, self.topic, "ok", {}))
        self.connection.forget(self)
        await self.end("leave")
        return None

    async def _crash(self, error: BaseException) -> None:
        logger.error("%r: the view crashed", self, exc_info=error)
        self._leaving = True
        self.connection.forget(self)
        try:
            if self.endpoint.debug:
                overlay = {"e": [self._overlay(error)]}
                await self._send(frames.push(self.join_ref, self.topic, "diff", overlay))
            reason = {"reason": "channel_crash"}
            await self._send(
                frames.push(self.join_ref, self.topic, "phx_error", reason, ref=self.join_ref)
            )
        except TransportClosed:
            pass
        await self.end("crash")

    async def end(self, reason: str) -> None:
        """End the view: its timers, its subscriptions, its work, and then `terminate`.

        Args:
            reason: "leave", "disconnected", "crash", "replaced", "refused" or "shutdown".
        """
        if self._ended:
            return
        self._ended = self._leaving = True
        self._inbox.clear()
        self._make_room()
        task = self._task
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            _, running = await asyncio.wait([task], timeout=END_PATIENCE)
            if running:
                logger.error("%r: a handler does not stop although its view has ended", self)
        for timer in tuple(self._timers or ()):
            timer.cancel()
        if self._tasks is not None:
            await self._tasks.end()
        for topic in tuple(self._topics or ()):
            try:
                await self.endpoint.pubsub.unsubscribe(topic, self.deliver)
            except Exception:
                logger.exception("%r: could not unsubscribe from %r", self, topic)
        self.display = None
        for child in [c for c in self.connection.channels.values() if c.parent is self]:
            self.connection.forget(child)
            await child.end(reason)
        if self.view is not None:
            try:
                await lifecycle.terminate(self.view, reason)
            except (Exception, SystemExit):
                logger.exception("%r: terminate raised", self)

    # Frames

    async def _on_event(self, frame: Frame) -> str | None:
        payload = cast("dict[str, Any]", frame.payload)
        name = payload.get("event")
        value = payload.get("value")
        ref = frame.ref
        if not isinstance(name, str):
            return self._reject(ref, f"an event without a name: {payload!r:.120}")
        if payload.get("type") == "form":
            try:
                value = decode_form(value or "", payload.get("meta") or {})  # type: ignore[arg-type]
            except (ParamsError, TypeError, AttributeError, ValueError) as error:
                return self._reject(ref, f"event {name!r}: its form is malformed: {error}")
        if name[:3] == "lv:":
            return self._on_builtin(ref, name, value)
        target = self._target(payload)
        if target is None:
            logger.info("%r: event %r for a component that is gone", self, name)
            return ref
        try:
            reply = await dispatch(target, self._sources(name, value))
        except (BindingError, UnknownEvent) as error:
            return self._reject(ref, str(error))
        except Redirect as redirect:
            target.socket._go(redirect.navigation)  # pyright: ignore[reportPrivateUsage]
            return ref
        if reply is not None and ref:
            self._reply = reply
        return ref

    def _target(self, payload: dict[str, Any]) -> Live[Any] | None:
        """Return the view or component that an event is for, which may show something new now."""
        display = cast(Display, self.display)
        if "cid" not in payload:
            display.changed = True
            return self.view
        components = display.components
        component = None if components is None else components.find(payload["cid"])
        if component is not None:
            cast(Components, components).touch(component)
        return component

    def _is_here(self, owner: Live[Any]) -> bool:
        """Tell whether the page still has that view or component."""
        if owner is self.view:
            return True
        components = None if self.display is None else self.display.components
        return components is not None and components.find(cast(Any, owner).myself.cid) is owner

    def _touch(self, owner: Live[Any]) -> bool:
        """Let a view or component render again; False if it is gone."""
        display = self.display
        if display is None or not self._is_here(owner):
            return False
        if owner is self.view:
            display.changed = True
        else:
            cast(Components, display.components).touch(cast(Any, owner))
        return True

    def _sources(self, event: str, payload: Any) -> Sources:
        socket = cast("LiveView[Any]", self.view).socket
        return Sources(
            payload=payload,
            params=socket.params,
            session=socket.session,
            socket=socket,
            url=socket.url,
            event=event,
            view=self.view,
        )

    def _reject(self, ref: str | None, why: str) -> str | None:
        """Answer an event that reaches no handler: the view lives, the page hears of it."""
        logger.warning("%r: %s", self, why)
        if not ref:
            return None
        self._reply = {"error": why if self.endpoint.debug else "the event was refused"}
        return ref

    def _on_builtin(self, ref: str | None, name: str, value: Any) -> str | None:
        socket = cast("LiveView[Any]", self.view).socket
        if name != "lv:clear-flash":
            return self._reject(ref, f"unknown event {name!r}")
        key = cast("dict[str, Any]", value).get("key") if isinstance(value, dict) else None
        socket.clear_flash(key if isinstance(key, str) else None)
        return ref

    async def _on_info(self, message: Any) -> str | None:
        view = cast("LiveView[Any]", self.view)
        cast(Display, self.display).changed = True
        definition = type(view).definition
        handler = definition.handlers.info_for(cast(object, message).__class__)
        try:
            if handler is not None:
                if handler.binder.is_empty and handler.is_async:
                    await handler.function(view, message)
                else:
                    await handler.run(view, message, self._sources("", None))
            elif definition.handle_info is None:
                logger.warning(
                    "%r: nothing handles a %s: write an @info method that takes it",
                    self,
                    type(message).__name__,
                )
            elif definition.handle_info:
                await cast(Any, view).handle_info(message)
            else:
                await call_in_thread(cast(Any, view).handle_info, message)
        except Redirect as redirect:
            view.socket._go(redirect.navigation)  # pyright: ignore[reportPrivateUsage]
        return None

    async def _on_work(self, tell: Callable[[], Awaitable[None]]) -> str | None:
        try:
            await tell()
        except Redirect as redirect:
            socket = cast("LiveView[Any]", self.view).socket
            socket._go(redirect.navigation)  # pyright: ignore[reportPrivateUsage]
        return None

    async def _on_refresh(self, _: None) -> str | None:
        display = cast(Display, self.display)
        display.changed = True
        if display.components is not None:
            for component in display.components:
                display.components.touch(component)
        try:
            await self._show(None)
        except TransportClosed:
            raise
        except Exception as error:
            # The view is sound; its template is being written.
            logger.error("%r: cannot show its changed template", self, exc_info=error)
            await self._on_announce(self._overlay(error))
        return _ANSWERED

    async def _on_announce(self, event: list[Any]) -> str | None:
        await self._send(frames.push(self.join_ref, self.topic, "diff", {"e": [event]}))
        return _ANSWERED

    async def _on_live_patch(self, frame: Frame) -> str | None:
        url = cast("dict[str, Any]", frame.payload).get("url")
        match = self._match_here(url) if isinstance(url, str) else None
        if match is None:
            response = {"link_redirect": True}
            await self._send(frames.reply(self.join_ref, frame.ref, self.topic, "ok", response))
            return _ANSWERED
        cast("LiveView[Any]", self.view).socket.clear_flash()
        await self._patch(cast(str, url), match)
        return frame.ref

    async def _on_components_will_destroy(self, frame: Frame) -> str | None:
        components = cast(Display, self.display).components
        if components is not None:
            components.will_leave(_cids(frame))
        await self._send(frames.reply(self.join_ref, frame.ref, self.topic, "ok", {}))
        return _ANSWERED

    async def _on_components_destroyed(self, frame: Frame) -> str | None:
        components = cast(Display, self.display).components
        gone = [] if components is None else components.left(_cids(frame))
        if self._tasks is not None and gone:
            self._tasks.end_of_those_gone(self._is_here)
        response = {"cids": gone}
        await self._send(frames.reply(self.join_ref, frame.ref, self.topic, "ok", response))
        return _ANSWERED

    def send_update(self, component: type[Any], id: str, props: Mapping[str, Any]) -> None:
        """Hand props to a component after what the view is doing now; from any thread."""
        if threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self.send_update, component, id, props)
        else:
            self._put_later(self._on_update, (component, id, props))

    async def _on_update(self, update: tuple[type[Any], str, Mapping[str, Any]]) -> str | None:
        components = cast(Display, self.display).components
        if components is None or not components.update(*update):
            component, id, _ = update
            logger.info("%r: no %s with id=%r to update", self, component.__name__, id)
        return None

    # Navigation

    def _match_here(self, url: str) -> Match | None:
        """Return the match of a URL if this very view answers it in the same live session."""
        match = self.endpoint.router.match_url(url, self.connection.root_path)
        here = self._match
        if (
            match is None
            or here is None
            or match.route.view is not here.route.view
            or match.route.live_session is not here.route.live_session
        ):
            return None
        return match

    async def _patch(self, url: str, match: Match) -> None:
        view = cast("LiveView[Any]", self.view)
        view.socket.url = url
        self._match = match
        if self.display is not None:
            self.display.changed = True
        try:
            await lifecycle.patch(view, match)
        except BindingError as error:
            raise NotFound(str(error)) from error
        except Redirect as redirect:
            view.socket._go(redirect.navigation)  # pyright: ignore[reportPrivateUsage]

    async def _navigate(self, navigation: Navigation, tell: bool = True) -> Navigation | None:
        """Carry out patches; return the navigation that leads out of the view, if any does."""
        if self.parent is not None and navigation.kind == "patch":
            # The URL belongs to the view in whose page this one stands.
            self.parent.patch_later(navigation)
            return None
        socket = cast("LiveView[Any]", self.view).socket
        for _ in range(MAX_PATCHES):
            if navigation.kind != "patch":
                return navigation
            url = urljoin(socket.url, navigation.to)
            match = self._match_here(url)
            if match is None:
                raise NavigationError(
                    f"push_patch({navigation.to!r}) leads out of {type(self.view).__name__}:"
                    " use push_navigate"
                )
            if tell:
                await self._send(
                    frames.push(self.join_ref, self.topic, "live_patch", navigation.history)
                )
            await self._patch(url, match)
            following = socket.take_navigation()
            if following is None:
                return None
            navigation = following
        raise NavigationError(
            f"{type(self.view).__name__}.handle_params patched {MAX_PATCHES} times in a row:"
            " patch only when the URL is not yet what it should be"
        )

    def patch_later(self, navigation: Navigation) -> None:
        """Patch the URL because a nested view asked for it."""
        self._put_later(self._on_patch_request, navigation)

    async def _on_patch_request(self, navigation: Navigation) -> str | None:
        cast("LiveView[Any]", self.view).socket._go(navigation)  # pyright: ignore[reportPrivateUsage]
        return None

    def send_parent(self, message: Any) -> None:
        """Send a message to the view in whose page this one stands."""
        if self.parent is None:
            logger.warning("%r: send_parent: it stands in no other view's page", self)
        else:
            self.parent.deliver(message)

    def send_child(self, id: str, message: Any) -> None:
        """Send a message to a nested view."""
        child = self.connection.channels.get(f"lv:{id}")
        if child is None or child.parent is not self:
            logger.info("%r: send_child: no nested view %r has joined", self, id)
        else:
            child.deliver(message)

    def _place(self, navigation: Navigation) -> dict[str, Any]:
        socket = cast("LiveView[Any]", self.view).socket
        flash = (
            {"flash": self.endpoint.signer.sign(socket.flash, "flash")} if socket.flash else {}
        )
        if navigation.kind == "navigate":
            return {"live_redirect": {**navigation.history, **flash}}
        return {"redirect": {"to": navigation.to, "status": navigation.status, **flash}}

    async def _leave_for(self, navigation: Navigation, ref: str | None) -> None:
        self._leaving = True
        socket = cast("LiveView[Any]", self.view).socket
        events = {"e": socket.take_events() or []}
        place = self._place(navigation)
        await self._send(frames.push(self.join_ref, self.topic, "diff", events))
        if ref:
            await self._send(frames.reply(self.join_ref, ref, self.topic, "ok", place))
        else:
            ((event, payload),) = place.items()
            await self._send(frames.push(self.join_ref, self.topic, event, payload))

    # What the view's socket asks for

    def start_timer(self, message: Any, seconds: float, repeat: bool) -> Timer:
        """Send `message` to the view later, until the view ends; from any thread."""
        if self._timers is None:
            self._timers = set()
        timer = Timer(
            self._loop,
            seconds,
            lambda: self.deliver(message),
            repeat=repeat,
            on_end=self._timers.discard,
        )
        if self._ended:
            timer.cancel()
        else:
            self._timers.add(timer)
            timer.start()
        return timer

    def tasks(self) -> Tasks | None:
        """Return the view's background work; None once the view has ended."""
        if self._tasks is None and not self._ended:
            deliver = functools.partial(self._put, self._on_work)
            self._tasks = Tasks(self._loop, self._thread, deliver, self._touch, self._on_info)
        return self._tasks

    def subscribe(self, topic: str) -> Awaitable[None]:
        """Receive a topic until the view ends."""
        return self._here(self._subscribe(topic))

    async def _subscribe(self, topic: str) -> None:
        if self._topics is None:
            self._topics = set()
        if topic not in self._topics and not self._ended:
            self._topics.add(topic)
            await self.endpoint.pubsub.subscribe(topic, self.deliver)

    def unsubscribe(self, topic: str) -> Awaitable[None]:
        """Stop receiving a topic."""
        return self._here(self._unsubscribe(topic))

    async def _unsubscribe(self, topic: str) -> None:
        if self._topics and topic in self._topics:
            self._topics.discard(topic)
            await self.endpoint.pubsub.unsubscribe(topic, self.deliver)

    def broadcast(self, topic: str, message: Any, include_self: bool) -> Awaitable[None]:
        """Send to all who receive a topic."""
        exclude = None if include_self else self.deliver
        return self._here(self.endpoint.pubsub.broadcast(topic, message, exclude))

    def _here(self, work: Coroutine[Any, Any, None]) -> Awaitable[None]:
        """Return work to be awaited; in the thread of a `def` handler, do it before returning."""
        if threading.get_ident() == self._thread:
            return work
        asyncio.run_coroutine_threadsafe(work, self._loop).result()
        return DONE


_FRAMES: dict[str, Any] = {
    "event": Channel._on_event,  # pyright: ignore[reportPrivateUsage]
    "live_patch": Channel._on_live_patch,  # pyright: ignore[reportPrivateUsage]
    "phx_leave": Channel._on_leave,  # pyright: ignore[reportPrivateUsage]
    "cids_will_destroy": Channel._on_components_will_destroy,  # pyright: ignore
    "cids_destroyed": Channel._on_components_destroyed,  # pyright: ignore
}


def _is_cancelled() -> bool:
    """Tell whether the current task itself was cancelled, not something that it awaited."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _cids(frame: Frame) -> list[Any]:
    cids = cast("dict[str, Any]", frame.payload).get("cids")
    return cast("list[Any]", cids) if isinstance(cids, list) else []


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
