"""`Wirebird`: the application. It is a Starlette application with live routes.

The rule: whatever an application chooses (layouts, titles, secrets, origins) is chosen here, once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets as random_secrets
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypeAlias
from weakref import WeakSet

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Lifespan, Message, Receive, Scope, Send

from wirebird.cluster.brokers import pubsub_of
from wirebird.cluster.presence import PresenceTracker
from wirebird.cluster.stores import store_of
from wirebird.components import ui
from wirebird.concurrency import RunInThread
from wirebird.errors import WirebirdError
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.js import js
from wirebird.html.link import link
from wirebird.html.paths import mounted_at, prefix
from wirebird.instruments.installing import install as install_instruments
from wirebird.instruments.logs import UserOf
from wirebird.instruments.provider import InstrumentationProvider
from wirebird.live.around import Around
from wirebird.live.component import live_component
from wirebird.live.durability import CannotPause, NoStore, nearest, stored_fields
from wirebird.live.messages import PubSub
from wirebird.live.nested import live_render
from wirebird.live.rendering import Renderers
from wirebird.live.router import LiveRoute, LiveSession, Router
from wirebird.live.socket import HOST_APP, ConnectInfo
from wirebird.live.store import StateStore, Status
from wirebird.live.view import Durable, LiveView
from wirebird.runtime.connection import Connection
from wirebird.runtime.endpoint import END_PATIENCE, LINGER, Endpoint, Limits
from wirebird.runtime.saving import Saving
from wirebird.runtime.timing import TimedConnection
from wirebird.runtime.transport import Transport
from wirebird.runtime.watch import BLOCKED_AFTER
from wirebird.web.application import IN_MEMORY
from wirebird.web.assets import PREFIX, Assets
from wirebird.web.attach import attach
from wirebird.web.dead_render import visitor_in
from wirebird.web.direct import DirectWay, PageRoute
from wirebird.web.environment import DEBUG_VARIABLE as DEBUG_VARIABLE
from wirebird.web.environment import SECRET_VARIABLE as SECRET_VARIABLE
from wirebird.web.environment import is_on
from wirebird.web.health import health_routes
from wirebird.web.layouts import Layouts, flash_layout, found_layout
from wirebird.web.live_session import LiveSessionRoutes
from wirebird.web.longpoll import LongPollEndpoint
from wirebird.web.lookup import folder_of_caller, found_folder
from wirebird.web.mounted import whole_scope
from wirebird.web.sending import Sending
from wirebird.web.sessions import SessionCookie, Sessions
from wirebird.web.static import static_path_of
from wirebird.web.templating import Templating
from wirebird.web.websocket import WebSocketEndpoint, same_host, session_of
from wirebird.wire.sealing import Sealer
from wirebird.wire.tokens import Signer, check_secret

logger = logging.getLogger("wirebird.web")


Guard: TypeAlias = "Callable[[Request], bool | Awaitable[bool]]"
"""Is given the request of a page or of its socket; says whether its visitor may see it."""

ErrorHandler: TypeAlias = "Callable[[Request, Any], Response | Awaitable[Response]]"
"""Is given a request and what was raised, or a status as an `HTTPException`; returns an answer."""

made: WeakSet[Wirebird] = WeakSet()
"""All applications of this process, for those who cannot find them in what they are mounted in."""


async def not_found(request: Request) -> Response:
    """Answer that there is nothing."""
    raise HTTPException(404)


class SecretKeyMissing(WirebirdError, RuntimeError):
    """The application runs in production without a secret key."""


class Wirebird(Sending, Templating):
    """A web application with live views.

    It is a Starlette application: it takes routes, mounts, middleware, exception handlers and a
    lifespan as Starlette does, and can itself be mounted in Starlette, FastAPI or any ASGI
    application, whose session it then uses.

    Args:
        secret_key: Signs tokens and sessions; at least 32 characters. Without it, the environment
            variable WIREBIRD_SECRET_KEY. Development makes do with a random one.
        previous_secret_keys: Older keys, whose tokens still hold.
        debug: Show tracebacks in the page, and let open pages follow their templates, styles and
            scripts. Without it, WIREBIRD_DEBUG.
        templates: Folders in which templates are found by name.
        root_layout: The document around pages: a template's name, or a function of a `Page`.
        layout: The live layout around views: a template's name, a function of the socket and the
            inner content, or None. Without it, one that shows the flash.
        title: The title of pages that set none; without it, the words of the view's name.
        title_prefix: Stands before every title.
        title_suffix: Stands behind it.
        scripts: JavaScript modules that export hooks and other options of the client: files beside
            the module that makes the application, or URLs.
        styles: Style sheets, found in the same way.
        builtin_style: Whether our own style sheet is loaded.
        csp: The pages' Content-Security-Policy, such as `STRICT_POLICY`; `{nonce}` in it becomes
            each page's nonce.
        client_options: More options for the JavaScript client, as JSON.
        wire_pane: Whether pages can show what goes over their wire, and answers say how long the
            server was at them: in debug mode, unless this says otherwise. Where it is True in
            production, whoever uses a page can open it.
        broker: What carries broadcasts between processes: the URL of a Redis, a Valkey or a
            PostgreSQL, or a PubSub. Without it, WIREBIRD_BROKER; without that, they reach the
            views of this process.
        store: Where the states of durable views are kept: "sqlite:///state.db" (a file, for one
            machine), "redis://...", "postgresql://...", "memory:", or a `StateStore`. Without it,
            the environment variable WIREBIRD_STORE.
        durable: Whether views are durable that say nothing of it: True saves their state within
            50 ms, "always" before the page sees it.
        pause_after: After how many seconds out of sight, or without use, pages of durable views are
            paused, unless their view says otherwise; None for never.
        allowed_origins: Origins besides the host itself from which sockets may be opened, such as
            "https://example.com"; "*" allows all.
        socket_path: Where the socket is.
        session_cookie: The name of the session's cookie.
        https_only: Whether that cookie is for HTTPS only, whatever the request came by.
        limits: What one client may ask of the server.
        end_patience: How long a view that ends may take to finish what it is at and what it was
            sent before, in seconds. What takes longer is cancelled.
        linger: How long a view is kept when its page's line is lost, in seconds; 0 ends it at once.
            A view's own `linger` goes before.
        keep_first_render: For how many seconds the view that was mounted for a page's HTML waits
            for the page's socket, which takes it over, so that `mount` runs once; 0 mounts it
            twice. A view's own word goes before.
        blocked_after: How long an `async def` handler may block the event loop before the log names
            it, with the line that it is at, in seconds; 0 for as long as it likes.
        inspector: Who may see the inspector at `/_wirebird`: a function of the request, sync or
            async, that returns True. In debug mode everybody may, and False leaves it away; else
            nobody may unless a function says so.
        around: A function of the view, or component, and the name of the callback that is about to
            be called; it returns a context manager, sync or async, that stands around the call.
        run_in_thread: What runs `def` callbacks, instead of our threads: an async function that is
            given a function without parameters, runs it and returns what it returns.
        routes: Other routes, before the live ones.
        middleware: Starlette middleware.
        exception_handlers: What answers instead of a page for a status, such as 404, or a class of
            exceptions: a function of the request and the exception that returns a response.
        lifespan: An async context manager of the application, around all that it serves: what it
            opens before the first request is closed after the last view's end. A mapping that it
            yields is `request.state`.
        max_body_size: Most bytes of a request's body, of which uploads are none; None for as many
            as each route allows.

    Example:
        ```python
        app = Wirebird()
        app.live("/", CounterView)
        ```
    """

    def __init__(
        self,
        *,
        secret_key: str | None = None,
        previous_secret_keys: Sequence[str] = (),
        debug: bool | None = None,
        templates: str | Path | Iterable[str | Path] = "templates",
        root_layout: Any = None,
        layout: Any = flash_layout,
        title: str = "",
        title_prefix: str = "",
        title_suffix: str = "",
        scripts: Iterable[str | Path] = (),
        styles: Iterable[str | Path] = (),
        builtin_style: bool = True,
        csp: str | None = None,
        client_options: Mapping[str, Any] | None = None,
        wire_pane: bool | None = None,
        broker: str | PubSub | None = None,
        store: str | StateStore | None = None,
        durable: Durable = False,
        pause_after: float | None = None,
        allowed_origins: Iterable[str] = (),
        socket_path: str = "/live",
        session_cookie: str = "wirebird_session",
        https_only: bool = False,
        limits: Limits | None = None,
        end_patience: float = END_PATIENCE,
        linger: float = LINGER,
        keep_first_render: float = 0.0,
        blocked_after: float = BLOCKED_AFTER,
        inspector: Guard | Literal[False] | None = None,
        around: Around | None = None,
        run_in_thread: RunInThread | None = None,
        routes: Sequence[BaseRoute] = (),
        middleware: Sequence[Middleware] = (),
        exception_handlers: Mapping[int | type[Exception], ErrorHandler] | None = None,
        lifespan: Lifespan[Wirebird] | None = None,
        max_body_size: int | None = None,
    ) -> None:
        if debug is None:
            debug = is_on(DEBUG_VARIABLE)
        self._secret_key = secret_key or os.environ.get(SECRET_VARIABLE) or None
        if self._secret_key:
            check_secret(self._secret_key)
        self.previous_secret_keys = tuple(previous_secret_keys)
        self.title = title
        self.title_prefix = title_prefix
        self.title_suffix = title_suffix
        self.client_options = dict(client_options or {})
        self.wire_pane = debug if wire_pane is None else wire_pane
        self.pubsub: PubSub = pubsub_of(broker)
        self.presence = PresenceTracker(self.pubsub)
        self.store = store_of(store)
        self.durable: Durable = durable
        self.pause_after = pause_after
        self.keeps_state_on_reload = False  # set by `wirebird run --reload`
        self.allowed_origins = frozenset(origin.rstrip("/") for origin in allowed_origins)
        self.has_own_middleware = bool(middleware)
        self.socket_path = socket_path
        self.session_cookie = session_cookie
        self._https_only = https_only
        self.limits = limits or Limits()
        self.end_patience = end_patience
        self.linger = linger
        self.keep_first_render = keep_first_render
        self.blocked_after = blocked_after
        self.inspector = inspector
        self.around = around
        self.run_in_thread = run_in_thread
        self.live_router = Router()
        self.default_session = LiveSession("default")
        self.live_router.add_session(self.default_session)
        folder = folder_of_caller()
        folders = [templates] if isinstance(templates, str | Path) else list(templates)
        folders = [found_folder(each, folder) for each in folders]
        self.templates = TemplateEnvironment(folders, auto_reload=debug)
        self.renderers = Renderers(self.templates, within=around is not None)
        self.assets = Assets(
            scripts, styles, folder, builtin_style=builtin_style, auto_reload=debug
        )
        names: dict[str, Any] = self.templates.globals
        names |= {
            "js": js,
            "link": link,
            "live_component": live_component,
            "live_render": live_render,
            "static_path": static_path_of(self.assets),
            "ui": ui,
        }
        self.csp = csp
        root_layout = found_layout(root_layout, folder, self.templates)
        layout = found_layout(layout, folder, self.templates)
        self.layouts = Layouts(root_layout, layout, self.templates)
        self._endpoint: Endpoint | None = None
        self._instruments: list[tuple[Sequence[InstrumentationProvider], UserOf | None]] = []
        self._following: asyncio.Task[None] | None = None
        self.socket_route = WebSocketRoute(socket_path + "/websocket", WebSocketEndpoint(self))
        own: list[BaseRoute] = [
            *health_routes(PREFIX, lambda: self.endpoint, self._services),
            Route(PREFIX, not_found),  # not with a slash at its end, where an asset could be
            Route(PREFIX + "/{path:path}", self.assets.serve, methods=["GET"]),
            self.socket_route,
            Route(socket_path + "/longpoll", LongPollEndpoint(self)),
        ]
        super().__init__(
            debug=debug,
            routes=[*own, *routes],
            middleware=[
                *middleware,
                Middleware(Sessions, cookie=lambda: self.sessions, socket=self.socket_route),
            ],
            exception_handlers=exception_handlers,
            lifespan=lifespan,
            **({} if max_body_size is None else {"max_body_size": max_body_size}),
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        own_lifespan = self.router.lifespan_context
        self.router.lifespan_context = lambda app: self._connected(own_lifespan(app))
        self._direct = DirectWay(self)
        made.add(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            receive = self._draining(receive)
        else:
            if self._endpoint is None:
                _ = self.endpoint  # what is missing, where a host keeps its lifespan to itself
            if self._loop is None or self._loop.is_closed():
                self._loop = asyncio.get_running_loop()
            scope = whole_scope(scope)
            if "app" in scope:
                scope[HOST_APP] = scope["app"]
            root_path = scope.get("root_path", "")
            if not root_path and not prefix():
                return await self._answer(scope, receive, send)
            with mounted_at(root_path):
                return await self._answer(scope, receive, send)
        await super().__call__(scope, receive, send)

    def _answer(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        # What only passes on returns what to await: a socket keeps all frames as long as it lasts.
        if len(self.user_middleware) == 1:  # nobody's but ours
            route = self._direct.find(scope)
            if route is not None:
                return self._direct.serve(route, scope, receive, send)
        return super().__call__(scope, receive, send)

    def _draining(self, receive: Receive) -> Receive:
        """Let all views end before the application closes what it has opened."""
        endpoint = self.endpoint  # says before the first request what is missing

        async def take() -> Message:
            message = await receive()
            if message["type"] == "lifespan.startup":
                endpoint.is_stopping = False
            if message["type"] == "lifespan.shutdown":
                await endpoint.drain()
            return message

        return take

    @asynccontextmanager
    async def _connected(self, lifespan: AbstractAsyncContextManager[Any]) -> AsyncGenerator[Any]:
        """Have what carries messages, and keeps states, around all that the application does."""
        self._loop = asyncio.get_running_loop()
        await self.pubsub.start()
        if self.endpoint.saving is not None:
            await self.endpoint.saving.start()
        try:
            async with lifespan as state:
                yield state
        finally:
            await self.presence.stop()
            await self.pubsub.stop()

    async def through_layers(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request as Starlette does, through all of its layers."""
        await super().__call__(scope, receive, send)

    # Routes

    def attach(self, host: Starlette) -> None:
        """Put the live routes into a Starlette or FastAPI application, beside its own.

        That is how live pages join an application that exists: they have its session, its
        middleware, its users (`self.socket.request`), its 404 and its error pages, and paths
        without a prefix. Routes that are added later are there too. Where it is to be an
        application of its own under a prefix, mount it: `host.mount("/shop", app)`.

        Args:
            host: The application. It needs a session: Starlette's `SessionMiddleware`, or another.

        Raises:
            AttachError: This application has middleware or exception handlers of its own.

        Example:
            ```python
            api = FastAPI()
            api.add_middleware(SessionMiddleware, secret_key=secret_key)
            live = Wirebird(secret_key=secret_key)
            live.live("/", CounterView)
            live.attach(api)
            ```
        """
        attach(self, host)

    def live(
        self,
        path: str,
        view: type[LiveView[Any]],
        *,
        action: str | None = None,
        name: str | None = None,
        layout: Any = ...,
        container: tuple[str, Mapping[str, str]] = ("div", {}),
        metadata: Mapping[str, Any] | None = None,
        live_session: LiveSession | None = None,
    ) -> None:
        """Let a view answer a path.

        Args:
            path: As in Starlette, with converters: "/rooms/{id:int}".
            view: The view's class.
            action: What the view sees as `live_action`.
            name: The route's name, for `path_for`.
            layout: The live layout here, instead of the view's.
            container: The tag and attributes of the element around the view.
            metadata: Anything; the view sees it as `self.socket.metadata`.
            live_session: The live session that the route belongs to; see `live_session`.

        Raises:
            ViewDefinitionError: The view has neither a template nor a `render`.
        """
        route = LiveRoute(
            path,
            view,
            live_session or self.default_session,
            action=action,
            name=name,
            layout=found_layout(layout, folder_of_caller(), self.templates),
            container=container,
            metadata=metadata or {},
        )
        self.renderers(view)  # says now if its template is missing,
        self.layouts.of_view(route, view)  # or its layout
        if nearest(view.durable, route.live_session.durable, self.durable):
            stored_fields(view)  # says now what cannot be stored
        elif view.pause_after:
            raise CannotPause(view.__name__, "it, on its live session or on the application")
        self.live_router.add(route)
        self.assets.add_view(view, route.live_session)

        self.router.routes.append(PageRoute(self, route))

    def live_session(
        self,
        name: str,
        *,
        on_mount: Sequence[Callable[..., Any]] = (),
        session: Mapping[str, Any] | Callable[..., Mapping[str, Any]] | None = None,
        root_layout: Any = ...,
        layout: Any = ...,
        scripts: Iterable[str | Path] = (),
        styles: Iterable[str | Path] = (),
        durable: Durable | None = None,
    ) -> LiveSessionRoutes:
        """Begin a live session: views that share guards, and among which one can navigate.

        Args:
            name: Its name, unique in the application.
            on_mount: Functions that run before each view's mount; one that redirects ends it.
            session: More session data: a mapping, or a function of the request.
            root_layout: The document around its pages.
            layout: The live layout around its views.
            scripts: JavaScript modules that its pages load besides the application's.
            styles: Their style sheets.
            durable: Whether its views are durable that say nothing of it, instead of the
                application's word.

        Example:
            ```python
            with app.live_session("admin", on_mount=[require_admin]) as admin:
                admin.live("/admin", DashboardView)
            ```
        """
        folder = folder_of_caller()
        root_layout = found_layout(root_layout, folder, self.templates)
        layout = found_layout(layout, folder, self.templates)
        live_session = LiveSession(name, on_mount, session, root_layout, layout, durable)
        self.live_router.add_session(live_session)
        self.assets.session(live_session).add(scripts, styles, folder)
        return LiveSessionRoutes(self.live, self.components, live_session)

    def instrument(self, *providers: InstrumentationProvider, user: UserOf | None = None) -> None:
        """Let what views do be measured, traced and told in the log.

        Args:
            providers: What keeps the measurements and spans: `Prometheus()`, `OpenTelemetry()`, or
                an `InstrumentationProvider` of your own. Without any, only lines of the log say
                for which view they were written.
            user: A function of a view's socket that returns what names its user, for spans and the
                log; nobody is named without it.

        Raises:
            RuntimeError: The application has begun to serve pages.

        Example:
            ```python
            app.instrument(Prometheus(), user=lambda socket: socket.session.get("user"))
            ```
        """
        if self._endpoint is not None:
            raise RuntimeError("app.instrument(...) comes before the first page: call it at import")
        self._instruments.append((providers, user))

    # What connections and first renders need

    @property
    def secret_key(self) -> str:
        """The key that signs.

        Raises:
            SecretKeyMissing: There is none, and this is not development.
        """
        if self._secret_key is None:
            if not self.debug:
                raise SecretKeyMissing(
                    "Wirebird needs a secret key to sign sessions and tokens: set"
                    f" {SECRET_VARIABLE}"
                    " (python -c 'import secrets; print(secrets.token_urlsafe(48))') or pass"
                    " Wirebird(secret_key=...). For development, start with `wirebird run` or"
                    f" set {DEBUG_VARIABLE}=1."
                )
            self._secret_key = random_secrets.token_urlsafe(48)
        return self._secret_key

    @cached_property
    def sessions(self) -> SessionCookie:
        """The cookie of the sessions that nobody outside gives."""
        keys = [self.secret_key, *reversed(self.previous_secret_keys)]
        return SessionCookie(keys, self.session_cookie, self._https_only)

    @property
    def endpoint(self) -> Endpoint:
        """What all connections share; made when it is first needed."""
        if self._endpoint is None:
            routes = self.live_router.routes
            durable = [
                route.view
                for route in routes
                if nearest(route.view.durable, route.live_session.durable, self.durable)
            ]
            if durable and self.store is None:
                raise NoStore(durable[0])
            if routes and not durable and self.pause_after is not None:
                raise CannotPause("Wirebird", "views, or give Wirebird(durable=True)")
            self._endpoint = Endpoint(
                router=self.live_router,
                renderer=self.renderers,
                signer=Signer(self.secret_key, self.previous_secret_keys),
                pubsub=self.pubsub,
                presence=self.presence,
                layout=self.layouts.of_view,
                debug=self.debug,
                limits=self.limits,
                end_patience=self.end_patience,
                linger=self.linger,
                keep_first_render=self.keep_first_render,
                blocked_after=self.blocked_after,
                around=self.around,
                run_in_thread=self.run_in_thread,
                saving=None if self.store is None else self._saving(self.store),
                durable=self.durable,
                pause_after=self.pause_after,
                keeps_what_fits=self.keeps_state_on_reload,
            )
            if self.inspector is not False and (self.debug or self.inspector is not None):
                # By name: it stands above this layer, and is only there for those who want it.
                guard = None if self.debug else self.inspector
                import_module("wirebird.inspector.view").install(self, guard)
            for providers, user in self._instruments:
                install_instruments(self._endpoint, providers, user, self._services)
        return self._endpoint

    def _saving(self, store: StateStore) -> Saving:
        return Saving(store, Sealer(self.secret_key, self.previous_secret_keys), self.limits)

    def connect(
        self, transport: Transport, scope: Scope, csrf_token: str, info: ConnectInfo
    ) -> Connection:
        """Return a connection over a transport that was just opened."""
        is_seen = IN_MEMORY not in (scope.get("extensions") or ())
        if self.debug and is_seen:
            self._follow_files()
        made = TimedConnection if self.wire_pane and is_seen else Connection
        return made(
            self.endpoint,
            transport,
            session_of(scope, csrf_token),
            info,
            scope.get("root_path", ""),
            self.assets.tracked,
            visitor_in(scope),
        )

    def _follow_files(self) -> None:
        if self._following is None or self._following.done():
            # By name: `dev` stands above this layer, and is only there for debug mode.
            self._following = import_module("wirebird.dev.reload").follow(self)

    def _services(self) -> dict[str, Status]:
        """Return how what this process shares with others is."""
        store = {} if self.store is None else {"store": self.store.status}
        return {"broker": self.pubsub.status, **store}

    def origin_allowed(self, origin: str, host: str) -> bool:
        """Tell whether a page of `origin` may open a socket here."""
        return (
            same_host(origin, host)
            or origin.rstrip("/") in self.allowed_origins
            or "*" in self.allowed_origins
        )

    def session_extra(self, live_session: LiveSession, request: Request) -> dict[str, Any]:
        """Return the session data that a live session adds."""
        extra = live_session.session
        return dict(extra(request) if callable(extra) else extra or {})
