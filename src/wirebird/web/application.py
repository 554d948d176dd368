"""`Application`: what pages and the socket ask of the application.

The rule: whatever serves a request knows no more of the application than stands here. `Wirebird` is
one.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Protocol

from starlette.requests import Request
from starlette.routing import Router, WebSocketRoute
from starlette.types import Receive, Scope, Send

from wirebird.live.messages import PubSub
from wirebird.live.router import LiveSession
from wirebird.live.socket import ConnectInfo
from wirebird.runtime.connection import Connection
from wirebird.runtime.endpoint import Endpoint, Limits
from wirebird.runtime.transport import Transport
from wirebird.web.assets import Assets
from wirebird.web.layouts import Layouts
from wirebird.web.sessions import SessionCookie

IN_MEMORY = "wirebird.in_memory"
"""An ASGI extension of scopes that no server made: nobody looks at these pages."""


class Application(Protocol):
    """The application, as whatever serves a request sees it; see the arguments of `Wirebird`."""

    assets: Assets
    client_options: dict[str, Any]
    csp: str | None
    debug: bool
    layouts: Layouts
    limits: Limits
    pubsub: PubSub
    router: Router
    socket_path: str
    socket_route: WebSocketRoute
    title: str
    title_prefix: str
    title_suffix: str
    wire_pane: bool

    @property
    def endpoint(self) -> Endpoint:
        """What all connections share."""
        ...

    @cached_property
    def sessions(self) -> SessionCookie:
        """The cookie of the sessions that nobody outside gives."""
        ...

    async def through_layers(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request as Starlette does, through all of its layers."""
        ...

    def connect(
        self, transport: Transport, scope: Scope, csrf_token: str, info: ConnectInfo
    ) -> Connection:
        """Return a connection over a transport that was just opened."""
        ...

    def origin_allowed(self, origin: str, host: str) -> bool:
        """Tell whether a page of `origin` may open a socket here."""
        ...

    def session_extra(self, live_session: LiveSession, request: Request) -> dict[str, Any]:
        """Return the session data that a live session adds."""
        ...
