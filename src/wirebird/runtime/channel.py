"""`Channel`: one joined view, from its join to its end.

The rule: one message at a time, in the order of arrival, each followed by one render; messages
that nobody waits on share a render. An error ends this view and no other.

Read `_run` from top to bottom: it is the life of an event.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import traceback
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

from wirebird.html.differ import Message
from wirebird.html.kept_rows import KeptRows
from wirebird.html.tree import Tree
from wirebird.live import lifecycle
from wirebird.live.binding import BindingError, Sources
from wirebird.live.depends import call_in_thread
from wirebird.live.errors import NotFound, Redirect, client_error_status
from wirebird.live.messages import Timer
from wirebird.live.navigation import Navigation, NavigationError
from wirebird.live.rendering import PageNames
from wirebird.live.router import Match
from wirebird.live.socket import Socket
from wirebird.live.view import LiveView
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

_MOST_BEFORE_RENDER = 256
_ANSWERED = ""


class Join:
    """What a checked `phx_join` asks for."""

    __slots__ = ("flash", "frame", "match", "navigated", "params", "session", "url", "view")

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
    ) -> None:
        self.frame = frame
        self.view = view
        self.match = match
        self.url = url
        self.navigated = navigated
        self.flash = flash
        self.session = session
        self.params = params


class Channel:
    """A view that is joined, or about to be.

    Owned by its `Connection`, which passes frames on and ends it.
    """

    __slots__ = (
        "__weakref__",
        "_ended",
        "_inbox",
        "_join",
        "_kept",
        "_layout",
        "_leaving",
        "_loop",
        "_match",
        "_page",
        "_renderer",
        "_reply",
        "_running",
        "_task",
        "_thread",
        "_timers",
        "_topics",
        "connection",
        "endpoint",
        "join_ref",
        "topic",
        "tree",
        "view",
    )

    def __init__(self, connection: Connection, join: Join) -> None:
        self.connection = connection
        self.endpoint: Endpoint = connection.endpoint
        self.topic = join.frame.topic
        self.join_ref = join.frame.join_ref or ""
        self.tree: Tree | None = None
        self.view: LiveView[Any] | None = None
        self._join: Join | None = join
        self._match = join.match
        self._renderer = self.endpoint.renderer(join.view)
        route = None if join.match is None else join.match.route
        self._layout = self.endpoint.layout(route, join.view)
        self._page: PageNames | None = None
        self._kept: KeptRows | None = None
        self._inbox: list[tuple[Callable[[Any], Awaitable[str | None]], Any]] = []
        self._running = False
        self._ended = False
        self._leaving = False
        self._reply: Any = None
        self._task: asyncio.Task[Any] | None = None
        self._timers: set[Timer] | None = None
        self._topics: set[str] | None = None
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def __repr__(self) -> str:
        return f"<Channel {self.topic} {type(self.view).__name__ if self.view else 'joining'}>"

    # What comes in

    def begin(self) -> None:
        """Mount the view and answer the join."""
        self._put(self._on_join, None)

    def receive(self, frame: Frame) -> None:
        """Take a frame from the client."""
        handler = _FRAMES.get(frame.event)
        if handler is None:
            logger.warning("%r: the client sent an unknown %.40r", self, frame.event)
        else:
            self._put(handler.__get__(self), frame)

    def deliver(self, message: Any) -> None:
        """Take a message for `@info` handlers; from any thread."""
        if threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self.deliver, message)
        elif not self._ended:
            self._inbox.append((self._on_info, message))
            if not self._running:
                self._running = True
                self.endpoint.scheduler().soon(self._run)
            elif len(self._inbox) > self.endpoint.limits.waiting_messages:
                self._overflow()

    def _put(self, handle: Callable[[Any], Awaitable[str | None]], argument: Any) -> None:
        if self._ended:
            return
        self._inbox.append((handle, argument))
        if not self._running:
            self._running = True
            start(self._run())
        elif len(self._inbox) > self.endpoint.limits.waiting_messages:
            self._overflow()

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
                last = len(waiting) - 1
                stale = False
                for index, (handle, argument) in enumerate(waiting, -last):
                    ref = await handle(argument)
                    if self._leaving:
                        if self._ended:
                            return
                        continue
                    stale = stale or ref is not _ANSWERED
                    if stale and (ref or not index or not index % _MOST_BEFORE_RENDER):
                        await self._show(ref or None)
                        stale = False
        except TransportClosed:
            self.connection.closed()
        except asyncio.CancelledError:
            if not self._ended:
                raise
        except Exception as error:
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

    async def _render(self) -> Tree:
        view = cast("LiveView[Any]", self.view)
        if self._kept is None:
            self._kept = KeptRows()
        tree = self._renderer.render(view, cast(PageNames, self._page), self._kept)
        if type(tree) is not tuple:
            tree = await cast("Awaitable[Tree]", tree)
        return tree if self._layout is None else self._layout(view.socket, tree)

    async def _diff(self, socket: Socket) -> dict[Any, Any]:
        """Return what the client must be told since the last time, perhaps nothing."""
        new = await self._render()
        message = Message()
        diff = message.diff_tree(self.tree, new) or {}  # type: ignore[arg-type]
        self.tree = new
        return self._complete(message, diff, socket)

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
        socket.navigation_type = "navigate" if join.navigated else "load"
        socket.assets_changed = self.connection.assets_changed(join.params)
        self._page = PageNames(socket)
        try:
            self.view = view = join.view(socket)
            went_on = await lifecycle.begin(view, join.match)
            patched: Navigation | None = None
            navigation = socket.take_navigation()
            if went_on and navigation is not None:
                patched = navigation
                navigation = await self._navigate(navigation, tell=False)
            if navigation is not None:
                await self._refuse(frame, {"events": socket.take_events() or []} | self._place(navigation))
                return None
            tree = await self._render()
        except TransportClosed:
            raise
        except Exception as error:
            await self._refuse(frame, self._join_error(error))
            return None
        self.tree = tree
        message = Message()
        rendered = self._complete(message, message.full_tree(tree), socket)
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

    def _join_error(self, error: Exception) -> dict[str, Any]:
        status = client_error_status(error)
        if status is not None:
            logger.info("%r: mount answered %s: %s", self, status, error)
            token = self.endpoint.signer.sign({"status": status}, "reload")
            return {"reason": "reload", "status": status, "token": token}
        logger.error("%r: the view crashed while it was joined", self, exc_info=error)
        if self.endpoint.debug:
            return {"reason": "join crashed", "events": [self._overlay(error)]}
        return {"reason": "join crashed"}

    def _overlay(self, error: Exception) -> list[Any]:
        """Return the event that shows the developer a traceback in the page."""
        title = f"{type(error).__name__} in {self._renderer.view.__name__}"
        detail = "".join(traceback.format_exception(error))
        return ["wirebird:error", {"title": title, "detail": detail}]

    async def _on_leave(self, frame: Frame) -> str | None:
        self._leaving = True
        self.connection.forget(self)
        close = frames.push(self.join_ref, self.topic, "phx_close", {}, ref=self.join_ref)
        await self._send(close)
        await self._send(frames.reply(self.join_ref, frame.ref, self.topic, "ok", {}))
        await self.end("leave")
        return None

    async def _crash(self, error: Exception) -> None:
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
        self._ended = True
        self._inbox.clear()
        task = self._task
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.wait([task])
        for timer in tuple(self._timers or ()):
            timer.cancel()
        for topic in self._topics or ():
            await self.endpoint.pubsub.unsubscribe(topic, self.deliver)
        self.tree = self._kept = None
        if self.view is not None and hasattr(self.view, "socket"):
            try:
                await lifecycle.terminate(self.view, reason)
            except Exception:
                logger.exception("%r: terminate raised", self)

    # Frames

    async def _on_event(self, frame: Frame) -> str | None:
        payload = cast("dict[str, Any]", frame.payload)
        name = payload.get("event")
        kind = payload.get("type")
        value = payload.get("value")
        ref = frame.ref
        if not isinstance(name, str) or not isinstance(kind, str):
            return self._reject(ref, f"an event without a name or type: {payload!r:.120}")
        if kind == "form":
            try:
                value = decode_form(value or "", payload.get("meta") or {})  # type: ignore[arg-type]
            except (ParamsError, TypeError, AttributeError) as error:
                return self._reject(ref, f"event {name!r}: its form is malformed: {error}")
        if "cid" in payload:
            logger.info("%r: event %r for a component that is gone", self, name)
            return ref
        if name[:3] == "lv:":
            return self._on_builtin(ref, name, value)
        view = cast("LiveView[Any]", self.view)
        handler = type(view).definition.handlers.events.get(name)
        try:
            if handler is not None:
                if handler.binder.is_empty and handler.is_async:
                    reply = await handler.function(view)
                else:
                    reply = await handler.run(view, self._sources(name, value))
            else:
                is_async = type(view).definition.handle_event
                if is_async is None:
                    known = ", ".join(sorted(type(view).definition.handlers.events)) or "none"
                    return self._reject(
                        ref,
                        f"{type(view).__name__} has no @event {name!r} and no handle_event"
                        f" (its events: {known})",
                    )
                function = cast(Any, view).handle_event
                if is_async:
                    reply = await function(name, value)
                else:
                    reply = await call_in_thread(function, name, value)
        except BindingError as error:
            return self._reject(ref, str(error))
        except Redirect as redirect:
            view.socket._go(redirect.navigation)  # pyright: ignore[reportPrivateUsage]
            return ref
        if reply is not None:
            self._reply = reply
        return ref

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
        self._reply = {"error": why if self.endpoint.debug else "the event was refused"}
        return ref

    def _on_builtin(self, ref: str | None, name: str, value: Any) -> str | None:
        socket = cast("LiveView[Any]", self.view).socket
        if name != "lv:clear-flash":
            return self._reject(ref, f"unknown event {name!r}")
        key = value.get("key") if isinstance(value, dict) else None  # pyright: ignore
        socket.clear_flash(key if isinstance(key, str) else None)
        return ref

    async def _on_info(self, message: Any) -> str | None:
        view = cast("LiveView[Any]", self.view)
        definition = type(view).definition
        handler = definition.handlers.info_for(type(message))
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

    async def _on_live_patch(self, frame: Frame) -> str | None:
        url = cast("dict[str, Any]", frame.payload).get("url")
        match = self._match_here(url) if isinstance(url, str) else None
        if match is None:
            response = {"link_redirect": True}
            await self._send(frames.reply(self.join_ref, frame.ref, self.topic, "ok", response))
            return _ANSWERED
        await self._patch(cast(str, url), match)
        return frame.ref

    async def _on_components_will_destroy(self, frame: Frame) -> str | None:
        await self._send(frames.reply(self.join_ref, frame.ref, self.topic, "ok", {}))
        return _ANSWERED

    async def _on_components_destroyed(self, frame: Frame) -> str | None:
        response = {"cids": cast("dict[str, Any]", frame.payload).get("cids", [])}
        await self._send(frames.reply(self.join_ref, frame.ref, self.topic, "ok", response))
        return _ANSWERED

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
        try:
            await lifecycle.patch(view, match)
        except BindingError as error:
            raise NotFound(str(error)) from error
        except Redirect as redirect:
            view.socket._go(redirect.navigation)  # pyright: ignore[reportPrivateUsage]

    async def _navigate(self, navigation: Navigation, tell: bool = True) -> Navigation | None:
        """Carry out patches; return the navigation that leads out of the view, if any does."""
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
        """Send `message` to the view later, until the view ends."""
        if self._timers is None:
            self._timers = set()
        timer = Timer(
            self._loop,
            seconds,
            lambda: self.deliver(message),
            repeat=repeat,
            on_end=self._timers.discard,
        )
        self._timers.add(timer)
        return timer

    async def subscribe(self, topic: str) -> None:
        """Receive a topic until the view ends."""
        if self._topics is None:
            self._topics = set()
        if topic not in self._topics:
            self._topics.add(topic)
            await self.endpoint.pubsub.subscribe(topic, self.deliver)

    async def unsubscribe(self, topic: str) -> None:
        """Stop receiving a topic."""
        if self._topics and topic in self._topics:
            self._topics.discard(topic)
            await self.endpoint.pubsub.unsubscribe(topic, self.deliver)

    async def broadcast(self, topic: str, message: Any, include_self: bool) -> None:
        """Send to all who receive a topic."""
        exclude = None if include_self else self.deliver
        await self.endpoint.pubsub.broadcast(topic, message, exclude)


_FRAMES: dict[str, Any] = {
    "event": Channel._on_event,  # pyright: ignore[reportPrivateUsage]
    "live_patch": Channel._on_live_patch,  # pyright: ignore[reportPrivateUsage]
    "phx_leave": Channel._on_leave,  # pyright: ignore[reportPrivateUsage]
    "cids_will_destroy": Channel._on_components_will_destroy,  # pyright: ignore
    "cids_destroyed": Channel._on_components_destroyed,  # pyright: ignore
}


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
