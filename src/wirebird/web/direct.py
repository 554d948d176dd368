"""The direct way to a page or the socket, past Starlette's layers where none has anything to do.

The rule: whoever asks cannot tell. With middleware of the application's, and for all that is
neither the GET of a page nor the socket, the way is Starlette's; and what a view raises reaches
Starlette's handlers.
"""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.middleware.sessions import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from wirebird.live.router import LiveRoute
from wirebird.web.application import Application
from wirebird.web.dead_render import render_page
from wirebird.web.error_page import ErrorPage, is_handled

_RAISED = "wirebird.raised"


class PageRoute(Route):
    """The route of a view's page."""

    def __init__(self, app: Application, live: LiveRoute) -> None:
        async def page(request: Request) -> Response:
            raised = request.scope.get(_RAISED)
            try:
                if raised is not None:  # the view was run already
                    raise raised
                return await render_page(app, live, request)
            except Exception as error:
                if not app.debug or is_handled(error, request):
                    raise
                return ErrorPage(app, live, request, error)

        super().__init__(live.path, page, methods=["GET", "POST"], name=live.name)
        self.live = live


class DirectWay:
    """Finds what can be served directly, and serves it.

    Args:
        app: The application.
    """

    def __init__(self, app: Application) -> None:
        self._app = app
        self._router = app.router
        self._found: dict[tuple[str, str], PageRoute] = {}
        self._count = 0  # of the routes when those were found

    def find(self, scope: Scope) -> BaseRoute | None:
        """Return the route that a request can be taken to directly, if there is one."""
        if scope["type"] == "websocket":
            socket = self._app.socket_route
            return socket if socket.matches(scope)[0] is Match.FULL else None
        if scope["method"] != "GET":
            return None
        routes = self._router.routes
        if len(routes) != self._count:
            self._found.clear()
            self._count = len(routes)
        place = (scope.get("root_path", ""), scope["path"])
        found = self._found.get(place)
        if found is not None:
            scope.setdefault("path_params", {})
            return found
        for route in routes:
            match, more = route.matches(scope)
            if match is Match.FULL:
                if not isinstance(route, PageRoute):
                    return None
                if not route.param_convertors:
                    self._found[place] = route
                scope["path_params"] = more["path_params"]
                return route
        return None

    def serve(
        self, route: BaseRoute, scope: Scope, receive: Receive, send: Send
    ) -> Awaitable[None]:
        """Take a request to what `find` returned."""
        scope["app"] = self._app
        if isinstance(route, PageRoute):
            return self._page(route, scope, receive, send)
        if "session" not in scope:
            scope["session"] = self._app.sessions.read(scope["headers"])
        return self._app.socket_route.endpoint(scope, receive, send)

    async def _page(self, route: PageRoute, scope: Scope, receive: Receive, send: Send) -> None:
        scope["router"] = self._router
        scope["endpoint"] = route.endpoint
        sessions = self._app.sessions
        session: Session | None = None
        if "session" not in scope:
            session = scope["session"] = sessions.read(scope["headers"])
        try:
            response = await render_page(self._app, route.live, Request(scope, receive, send))
        except Exception as error:
            scope[_RAISED] = error
            if session is not None:
                send = sessions.written_by(send, session, scope)
            await self._app.through_layers(scope, receive, send)
            return
        if session is not None:
            response.raw_headers += sessions.headers_after(session, scope)
        await response(scope, receive, send)
