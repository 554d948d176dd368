"""`AttachedRoutes`: an application's routes in the router of another one.

The rule: the host stays what it is. Its middleware, its session, its 404 and its error handlers
serve the live pages as they serve its own; what they need and it does not have is said.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

from wirebird.errors import WirebirdError
from wirebird.html.paths import mounted_at
from wirebird.live.socket import HOST_APP
from wirebird.web.assets import PREFIX

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wirebird.web.app import Wirebird

_ROUTE = "wirebird.route"


class AttachError(WirebirdError, RuntimeError):
    """An application cannot be attached to its host as both are."""


class AttachedRoutes(BaseRoute):
    """The routes of an application, those that are added later included.

    Args:
        app: The application.
        host: The application whose router has them.
    """

    def __init__(self, app: Wirebird, host: Starlette) -> None:
        self.app = app
        self.host = host

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        partial: tuple[Match, Scope] | None = None
        for route in self.app.routes:
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, {**child, _ROUTE: route}
            if match is Match.PARTIAL and partial is None:
                partial = match, {**child, _ROUTE: route}
        return partial or (Match.NONE, {})

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        for route in self.app.routes:
            try:
                return route.url_path_for(name, **path_params)
            except NoMatchFound:
                continue
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: BaseRoute = scope.pop(_ROUTE)
        is_asset = isinstance(route, Route) and route.path.startswith(PREFIX + "/")
        if not is_asset and "session" not in scope:
            raise AttachError(
                "live pages need a session, and the application that they are attached to has none:"
                " host.add_middleware(SessionMiddleware, secret_key=...), from"
                " starlette.middleware.sessions"
            )
        scope[HOST_APP] = self.host
        with mounted_at(scope.get("root_path", "")):
            await route.handle(scope, receive, send)


def attach(app: Wirebird, host: Starlette) -> None:
    """Put an application's routes into the router of a Starlette or FastAPI application.

    Raises:
        AttachError: The application has middleware or error handlers of its own.
    """
    if app.has_own_middleware or app.exception_handlers:
        raise AttachError(
            "middleware and exception handlers of an attached application would never run: give"
            " them to the host, or mount the application instead: host.mount(path, app)"
        )
    host.router.routes.append(AttachedRoutes(app, host))
    outer = host.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: Any) -> AsyncGenerator[Any, None]:
        endpoint = app.endpoint  # says before the first request what is missing
        async with app.router.lifespan_context(app), outer(running) as state:
            try:
                yield state
            finally:
                await endpoint.drain()

    host.router.lifespan_context = lifespan
