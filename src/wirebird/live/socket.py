"""`self.socket`: the wire as a view sees it.

The rule: what a view asks for is only noted here (events to push, a place to go, a title); the
runtime carries it out with the next render. Nothing here knows of sockets or HTTP.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlsplit
from weakref import ref

from starlette.requests import Request

from wirebird.html.paths import BrowserPath, browser_path
from wirebird.html.tree import exact
from wirebird.live.background import Background
from wirebird.live.hooks import Hooks, Stage
from wirebird.live.host import Host
from wirebird.live.navigation import Navigation, local_path, redirection
from wirebird.uploads.socket_uploads import Uploading
from wirebird.wire.frames import packed
from wirebird.wire.params import decode_params, encode_params

if TYPE_CHECKING:
    from wirebird.html.js import JS
    from wirebird.live.messages import Timer
    from wirebird.live.presence import Presence
    from wirebird.uploads.upload import Uploads


Meta = TypeVar("Meta")

HOST_APP = "wirebird.host"
"""Where a scope keeps the application in which this one is mounted."""

_HTTP = {"ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class ConnectInfo:
    """Who is at the other end.

    Attributes:
        peer: Host and port of the client, or None when the server does not know.
        user_agent: The browser's own description of itself.
        headers: Request headers by lower-case name.
        transport: "websocket", "longpoll" or "memory"; "http" in the first render.
        scope: The request as ASGI has it; `request` reads it.
    """

    peer: tuple[str, int] | None = None
    user_agent: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    transport: str = "http"
    scope: MutableMapping[str, Any] | None = field(default=None, repr=False, compare=False)

    @property
    def request(self) -> Request:
        """The request of the page, or the handshake of its socket, as a request of the host.

        Raises:
            RuntimeError: The view was not made by a request.
        """
        if self.scope is None:
            raise RuntimeError("there is no request: the view was made by hand")
        self.scope.setdefault("state", {})  # so that it is one state for all who ask
        host = self.scope.get(HOST_APP) or self.scope.get("app")
        request = {**self.scope, "type": "http", "app": host}
        if self.scope["type"] == "websocket":
            request |= {"method": "GET", "scheme": _HTTP.get(self.scope["scheme"], "http")}
        return Request(request)

    @property
    def overrides(self) -> Mapping[Callable[..., Any], Callable[..., Any]]:
        """The dependencies that the host replaces (FastAPI's `dependency_overrides`)."""
        if self.scope is None:
            return {}
        host = self.scope.get(HOST_APP) or self.scope.get("app")
        return getattr(host, "dependency_overrides", None) or {}


class Socket(Background, Uploading):
    """The connection of one view to its page.

    Attributes:
        id: The view's id in the page.
        connected: False in the first (HTTP) render, True over the socket; True in both in a view
            whose first render is kept (`keep_first_render`).
        url: The page's whole URL.
        params: Path and query parameters of the URL, as text.
        live_action: The `action` of the route that matched.
        metadata: The `metadata` of that route.
        csrf_token: The page's CSRF token, for forms and links that post.
        nonce: What a script of the view's own carries when the page's policy asks for one.
        session: The session of the HTTP request. Read-only: a socket cannot set cookies.
        flash: Messages by kind, shown once.
        connect_params: What the client sent when it joined (the `params` of its LiveSocket).
        connect_info: Who is at the other end.
        assets_changed: Whether assets marked `phx-track-static` are newer than the page's.
        navigation_type: How this view came to be: "load" for a page load, "navigate" for live
            navigation.
        root_path: The prefix under which the application is mounted; see `path`.
    """

    __slots__ = (
        "_events",
        "_hooks",
        "_host",
        "_navigation",
        "_owned_by",
        "_title",
        "_title_changed",
        "_uploads",
        "assets_changed",
        "connect_info",
        "connect_params",
        "connected",
        "csrf_token",
        "flash",
        "follows_streams",
        "id",
        "live_action",
        "metadata",
        "navigation_type",
        "nonce",
        "params",
        "root_path",
        "session",
        "url",
    )

    def __init__(
        self,
        id: str,
        host: Host,
        *,
        connected: bool,
        url: str = "",
        session: Mapping[str, Any] | None = None,
        connect_info: ConnectInfo | None = None,
        connect_params: Mapping[str, Any] | None = None,
    ) -> None:
        self.id = id
        self.connected = connected
        self.url = url
        self.params: Mapping[str, Any] = {}
        self.live_action: str | None = None
        self.metadata: Mapping[str, Any] = {}
        self.csrf_token = ""
        self.nonce = ""
        self.session: Mapping[str, Any] = {} if session is None else session
        self.flash: dict[str, str] = {}
        self.connect_info = connect_info or ConnectInfo()
        self.connect_params: Mapping[str, Any] = connect_params or {}
        self.assets_changed = False
        self.follows_streams = False
        self.navigation_type = "load"
        self.root_path = ""
        self._host = host
        self._owned_by: Any = None
        self._title: str | None = None
        self._title_changed = False
        self._events: list[list[Any]] | None = None
        self._navigation: Navigation | None = None
        self._hooks: Hooks | None = None
        self._uploads: dict[Any, Uploads] | None = None

    def __repr__(self) -> str:
        return f"<Socket {self.id} {self.url} {'connected' if self.connected else 'http'}>"

    @property
    def page_title(self) -> str | None:
        """The page's title, without the layout's prefix and suffix; text, never markup."""
        return self._title

    @page_title.setter
    def page_title(self, title: str | None) -> None:
        title = None if title is None else exact(title)
        if title != self._title:
            self._title = title
            self._title_changed = True

    @property
    def transport(self) -> str:
        """The kind of connection: "websocket", "longpoll", "memory", or "http" before it."""
        return self.connect_info.transport

    @property
    def parked(self) -> bool:
        """Whether the page's line is lost: what comes is handled, and shown when it is back."""
        return self._host.is_parked

    @property
    def request(self) -> Request:
        """The request that the page was asked for with; over the socket, its handshake.

        It is the host's: `.user`, `.state`, `.session`, `.cookies` and `.headers` are what the host
        and its middleware have put there. A socket keeps that of its handshake, so what a cookie
        said then holds until the page connects again.

        Example:
            ```python
            async def mount(self) -> None:
                self.state.user = self.socket.request.user
            ```
        """
        return self.connect_info.request

    @property
    def host(self) -> Host:
        """What runs the view."""
        return self._host

    # To the page

    def push_event(
        self, name: str, payload: Mapping[str, Any] | None = None, *, before_patch: bool = False
    ) -> None:
        """Send an event to the page: to hooks' `handleEvent`, and as `phx:NAME` on the window.

        Args:
            name: The event's name.
            payload: What JSON can say, and dataclasses, models, dates, `JS` commands.
            before_patch: Whether the page hears of it before it is changed by this render.

        In the first (HTTP) render it waits for the socket's own mount and does nothing.

        Raises:
            UnsendableError: JSON has no equivalent of what is in the payload.

        Example:
            ```python
            self.socket.push_event("points", {"values": [1, 2, 3]})
            ```
        """
        if not self.connected:
            return
        content = packed(payload or {}, f"push_event({name!r})")
        entry: list[Any] = [name, content]
        if before_patch:
            entry.append(True)
        if self._events is None:
            self._events = []
        self._events.append(entry)

    def push_js(self, commands: JS, *, to: str | None = None) -> None:
        """Have the page carry out commands, once it shows what this render changes.

        Args:
            commands: A chain, as bindings have them.
            to: A selector of the elements that have the commands, for those that name no target of
                their own. Without it, that is the page's body.

        Example:
            ```python
            self.socket.push_js(js.focus(to="#name"))
            ```
        """
        self.push_event("js", {"cmd": commands, "to": to} if to else {"cmd": commands})

    def put_flash(self, kind: str, message: str) -> None:
        """Show a message once; it survives `push_navigate` and `redirect`.

        Args:
            kind: "info", "error" or a kind of your own.
            message: Text.
        """
        self.flash = {**self.flash, exact(kind): exact(message)}

    def clear_flash(self, kind: str | None = None) -> None:
        """Take back the message of a kind, or all of them."""
        if kind is None:
            self.flash = {}
        else:
            self.flash = {key: text for key, text in self.flash.items() if key != kind}

    # Elsewhere

    def path(self, to: str | None = None, /, **query: Any) -> str:
        """Return a path of this application as the browser knows it: behind the mount prefix.

        That is for plain HTML (`<a href>`, `<form action>`, `<img src>`) of an application that is
        mounted, and for what is to change in a query. `link`, `js` and the socket add the prefix by
        themselves, and never twice to what this returns.

        Args:
            to: A path with query, as the application's routes know it; without it, the page's own
                path and query.
            query: What is to be another in the query: None takes a name out of it. Values as
                `encode_params` takes them: text, numbers, dates, lists, dicts.

        Raises:
            NavigationError: `to` is no path on this host.

        Example:
            ```python
            self.socket.push_patch(self.socket.path(page=2))  # and whatever else the query has
            ```
            ```jinja
            <form action="{{ socket.path('/sign-in') }}" method="post">
            ```
        """
        if to is None:
            here = urlsplit(self.url)
            whole = "/" + here.path.lstrip("/") + ("?" + here.query if here.query else "")
        else:
            whole = browser_path(local_path(to), quote(self.root_path))
        if not query:
            return BrowserPath(whole)
        place, mark, fragment = whole.partition("#")
        path, _, known = place.partition("?")
        known = encode_params({**decode_params(known), **query})
        return BrowserPath((f"{path}?{known}" if known else path) + mark + fragment)

    def push_patch(self, to: str, *, replace: bool = False) -> None:
        """Change the URL and call `handle_params`, within this view.

        Args:
            to: A path of the application with query, or only a query ("?page=2") for the current
                path.
            replace: Replace the history's entry instead of adding one.

        Raises:
            NavigationError: `to` is no path on this host.
        """
        if to.startswith("?"):
            to = BrowserPath(urlsplit(self.url).path + to)
        self.go(Navigation("patch", local_path(to), replace))

    def push_navigate(self, to: str, *, replace: bool = False) -> None:
        """Go to another view over the open socket; to another live session, by a page load.

        Args:
            to: A path of the application with query.
            replace: Replace the history's entry instead of adding one.

        Raises:
            NavigationError: `to` is no path on this host.
        """
        self.go(Navigation("navigate", local_path(to), replace))

    def redirect(
        self,
        to: str | None = None,
        *,
        external: str | None = None,
        outside: str | None = None,
        status: int = 302,
    ) -> None:
        """Load another page.

        Args:
            to: A path of the application.
            external: A whole URL elsewhere, instead of `to`.
            outside: A path of the application in which this one is mounted, instead of `to`.
            status: The HTTP status in the first render (301, 302, 303, 307 or 308).

        Raises:
            NavigationError: The place is not allowed, or not exactly one is given.
        """
        self.go(redirection("redirect", to, external, outside, status))

    def go(self, navigation: Navigation) -> None:
        """Go somewhere once the handler is done; the last request counts."""
        self._navigation = navigation.under(self.root_path)

    @property
    def is_going(self) -> Navigation | None:
        """Where the view has asked to go, if it has."""
        return self._navigation

    # Messages

    def send(self, message: Any) -> None:
        """Send a message to this view; `@info` handles it after what it is doing now."""
        self._host.deliver(message)

    def send_after(self, message: Any, seconds: float) -> Timer:
        """Send a message to this view once, `seconds` from now.

        Returns:
            The timer, which can be cancelled; it ends with the view.
        """
        return self._host.start_timer(partial(self.send, message), seconds, repeat=False)

    def every(self, message: Any, seconds: float) -> Timer:
        """Send a message to this view every `seconds`, the first time `seconds` from now.

        Returns:
            The timer, which can be cancelled; it ends with the view.
        """
        return self._host.start_timer(partial(self.send, message), seconds, repeat=True)

    def subscribe(self, topic: str) -> Awaitable[None]:
        """Receive what is broadcast on a topic, until the view ends.

        Example:
            ```python
            await self.socket.subscribe(f"room:{room}")
            ```
        """
        return self._host.subscribe(topic)

    def unsubscribe(self, topic: str) -> Awaitable[None]:
        """Stop receiving what is broadcast on a topic."""
        return self._host.unsubscribe(topic)

    def broadcast(self, topic: str, message: Any, *, include_self: bool = True) -> Awaitable[None]:
        """Send a message to every view that subscribed to a topic.

        Args:
            topic: The topic.
            message: Within one process any object, which views share, so make it one that nobody
                changes. Through a broker a dataclass, a pydantic model or a JSON value.
            include_self: Whether this view receives it too, if it subscribed.

        Raises:
            UnsendableMessage: A broker cannot carry the message; nobody has received it.
        """
        return self._host.broadcast(topic, message, include_self)

    def local_broadcast(
        self, topic: str, message: Any, *, include_self: bool = True
    ) -> Awaitable[None]:
        """Send a message, which may be any object, to the subscribed views of this process.

        Args:
            topic: The topic.
            message: The message.
            include_self: Whether this view receives it too, if it subscribed.
        """
        return self._host.local_broadcast(topic, message, include_self)

    def track(self, topic: str, key: object, meta: Meta) -> Presence[Meta]:
        """Be here, on a topic, until this view ends; see who else is.

        In the first (HTTP) render it only shows who is here.

        Args:
            topic: The topic.
            key: Whose entry it is, as a rule a user's id: all tabs of one person have the same.
            meta: What is said of this one. Views share it, so make it one that nobody changes.

        Returns:
            Who is here, for a field of the state; it follows by itself. Await it, so that what
            other processes know is in it from the beginning; in a `def` handler it is.

        Raises:
            UnsendableMessage: `meta` cannot be sent to other processes.

        Example:
            ```python
            self.state.people = await self.socket.track("lobby", user.id, Person(user.name))
            ```
        """
        return self._host.presence(self._owner, topic, exact(key), meta)

    def presence(self, topic: str) -> Presence[Any]:
        """See who is here, on a topic, without being one of them; see `track`.

        Example:
            ```python
            self.state.people = await self.socket.presence("lobby")
            ```
        """
        return self._host.presence(self._owner, topic)

    def send_parent(self, message: Any) -> None:
        """Send a message to the view in whose page this nested view stands."""
        self._host.send_parent(message)

    def send_child(self, id: str, message: Any) -> None:
        """Send a message to the nested view of an id, if it has joined."""
        self._host.send_child(id, message)

    def send_update(self, component: type[Any], *, id: object, **props: Any) -> None:
        """Give a component on the page new props, after what the view is doing now.

        Args:
            component: The component's class.
            id: Its id.
            props: What to give to its `update`.

        Example:
            ```python
            self.socket.send_update(Cart, id="cart", items=items)
            ```
        """
        self._host.send_update(component, exact(id), props)

    def send_update_after(
        self, component: type[Any], seconds: float, *, id: object, **props: Any
    ) -> Timer:
        """Give a component on the page new props, `seconds` from now.

        Returns:
            The timer, which can be cancelled; it ends with the view.
        """
        update = partial(self._host.send_update, component, exact(id), props)
        return self._host.start_timer(update, seconds, repeat=False)

    # Hooks

    @property
    def hooks(self) -> Hooks | None:
        """The hooks that were attached, if any were."""
        return self._hooks

    def attach_hook(self, name: str, stage: Stage, function: Callable[..., Any]) -> None:
        """Let a function see what happens to this view.

        Args:
            name: Tells it from other hooks of the stage.
            stage: When it runs, and with what:
                "handle_params" `(params, url, socket)`, "handle_event" `(event, payload, socket)`,
                "handle_info" `(message, socket)` and "handle_async" `(name, outcome, socket)`
                before the view's own handler; "after_render" `(view)` after each render.
            function: `def` (run in a thread) or `async def`. If it returns `Halt()`, neither later
                hooks nor the view's handler run; `Halt(reply)` also answers an event.

        Raises:
            ValueError: There is no such stage, or it has a hook of that name already.

        Example:
            ```python
            async def log(event, payload, socket):
                print(socket.id, event)

            self.socket.attach_hook("log", "handle_event", log)
            ```
        """
        if self._hooks is None:
            self._hooks = Hooks()
        self._hooks.attach(name, stage, function)

    def detach_hook(self, name: str, stage: Stage) -> None:
        """Take a hook away; nothing happens when there is none of that name."""
        if self._hooks is not None:
            self._hooks.detach(name, stage)

    # Runtime's side

    def of(self, owner: Any) -> Socket:
        """Return this socket for a view, or for a component of the view whose socket it is."""
        if self._owned_by is None:
            # Without a cycle, all of a page goes as soon as it is sent.
            self._owned_by = owner if self.connected else ref(owner)
            return self
        return ComponentSocket(self, owner)

    @property
    def _owner(self) -> Any:
        owner = self._owned_by
        return owner() if type(owner) is ref else owner  # pyright: ignore[reportUnknownVariableType]

    def take_navigation(self) -> Navigation | None:
        """Return where the view asked to go, once."""
        navigation, self._navigation = self._navigation, None
        return navigation

    def take_events(self) -> list[list[Any]] | None:
        """Return the events to push, once."""
        events, self._events = self._events, None
        return events

    def put_events(self, events: list[list[Any]]) -> None:
        """Let events wait again, before those that wait."""
        if events:
            self._events = [*events, *(self._events or ())]

    @property
    def waiting_events(self) -> int:
        """How many events wait to be pushed."""
        return len(self._events or ())

    def take_title(self) -> str | None:
        """Return the title if it has changed since the last time."""
        if not self._title_changed:
            return None
        self._title_changed = False
        return self._title or ""


class ComponentSocket(Socket):
    """A view's socket in the hands of a component, with background work and uploads of its own.

    Everything else is the view's, read and written there.
    """

    # `Socket.__init__` is not called: its slots stay unset here, so that reading one fails and
    # comes to `__getattr__`, while all methods are found and run on this very object. Those that
    # ask for `_owner` so act for the component, and all else they touch is the view's.
    __slots__ = ("_view_socket",)

    def __init__(self, socket: Socket, owner: Any) -> None:
        object.__setattr__(self, "_view_socket", socket)
        object.__setattr__(self, "_owned_by", owner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view_socket, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._view_socket, name, value)
