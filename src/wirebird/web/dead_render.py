"""The first render: a page's HTML in answer to a plain GET, readable without JavaScript.

The rule: it runs the same callbacks as the socket will, in a view of its own that ends with the
response.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING, Any, cast

from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from wirebird.html.tree import Tree, to_html
from wirebird.live import lifecycle
from wirebird.live.messages import PubSub, Timer
from wirebird.live.rendering import PageNames
from wirebird.live.router import LiveRoute, Match
from wirebird.live.socket import ConnectInfo, Socket
from wirebird.web.layouts import Page, title_tag
from wirebird.wire.params import ParamsError, decode_params
from wirebird.wire.tokens import TokenError, csrf_secret, mask

if TYPE_CHECKING:
    from wirebird.web.app import Wirebird

CSRF_KEY = "_csrf_token"
FLASH_COOKIE = "__phoenix_flash__"
RELOAD_COOKIE = "__phoenix_reload_status__"

_HEADERS = {
    "cache-control": "max-age=0, private, must-revalidate",
    "content-security-policy": "base-uri 'self'; frame-ancestors 'self';",
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
}


class _FirstRender:
    """What runs a view that has no socket: what comes later never comes."""

    __slots__ = ("pubsub",)

    def __init__(self, pubsub: PubSub) -> None:
        self.pubsub = pubsub

    def deliver(self, message: Any) -> None:
        pass

    def start_timer(self, message: Any, seconds: float, repeat: bool) -> Timer:
        loop = asyncio.get_running_loop()
        timer = Timer(loop, seconds, lambda: None, repeat=repeat, on_end=lambda _: None)
        timer.cancel()
        return timer

    async def subscribe(self, topic: str) -> None:
        pass

    async def unsubscribe(self, topic: str) -> None:
        pass

    async def broadcast(self, topic: str, message: Any, include_self: bool) -> None:
        await self.pubsub.broadcast(topic, message)


async def render_page(app: Wirebird, route: LiveRoute, request: Request) -> Response:
    """Answer a GET for a live route.

    Raises:
        HTTPException: What the view raised, or 400 for a malformed query.
    """
    endpoint = app.endpoint
    session = request.session
    secret = session.get(CSRF_KEY)
    if not isinstance(secret, str):
        secret = session[CSRF_KEY] = csrf_secret()
    try:
        params = decode_params(request.url.query) if request.url.query else {}
    except ParamsError as error:
        raise HTTPException(400, str(error)) from error
    match = Match(route, {**params, **request.path_params}, request.url.path)
    extra = app.session_extra(route.live_session, request)
    socket = Socket(
        "phx-" + secrets.token_urlsafe(9),
        _FirstRender(endpoint.pubsub),
        connected=False,
        url=str(request.url),
        session={**session, **extra},
        connect_info=connect_info(request.scope, "http"),
    )
    flash_cookie = request.cookies.get(FLASH_COOKIE)
    if flash_cookie:
        socket.flash = _flash_of(app, flash_cookie)
    view = route.view(socket)
    try:
        await lifecycle.begin(view, match)
        navigation = socket.take_navigation()
        if navigation is not None:
            return _redirect(app, navigation.to, navigation.status, socket.flash)
        content = await _content(app, view, route)
    finally:
        await lifecycle.terminate(view, "http")
    csrf_token = mask(secret)
    page = Page(
        _container(app, route, socket, content, extra),
        title_tag(socket.page_title, app.title, app.title_prefix, app.title_suffix),
        app.head(request, csrf_token),
        csrf_token,
        socket,
        request,
    )
    response = HTMLResponse(app.root_layout(route.live_session)(page), headers=_HEADERS)
    if flash_cookie is not None:
        response.delete_cookie(FLASH_COOKIE)
    if RELOAD_COOKIE in request.cookies:
        response.delete_cookie(RELOAD_COOKIE)
    return response


async def _content(app: Wirebird, view: Any, route: LiveRoute) -> str:
    rendered = app.endpoint.renderer(route.view).render(view, PageNames(view.socket), None)
    tree = rendered if type(rendered) is tuple else await cast(Any, rendered)
    layout = app.endpoint.layout(route, route.view)
    return to_html(cast(Tree, tree) if layout is None else layout(view.socket, cast(Tree, tree)))


def _container(
    app: Wirebird, route: LiveRoute, socket: Socket, content: str, extra: dict[str, Any]
) -> Markup:
    signer = app.endpoint.signer
    token: dict[str, Any] = {
        "id": socket.id,
        "view": route.view.definition.name,
        "live_session": route.live_session.name,
    }
    if extra:
        token["extra"] = extra
    page: dict[str, Any] = {"id": socket.id}
    if socket.flash:
        page["flash"] = socket.flash
    tag, attributes = route.container
    more = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return Markup(
        f'<{tag} id="{socket.id}" data-phx-main{more}'
        f' data-phx-session="{signer.sign(token, "session")}"'
        f' data-phx-static="{signer.sign(page, "static")}">{content}</{tag}>'
    )


def _flash_of(app: Wirebird, token: str) -> dict[str, str]:
    try:
        return dict(app.endpoint.signer.verify(token, "flash", 3600))
    except TokenError:
        return {}


def _redirect(app: Wirebird, to: str, status: int, flash: dict[str, str]) -> Response:
    response = RedirectResponse(to, status)
    if flash:
        token = app.endpoint.signer.sign(flash, "flash")
        response.set_cookie(FLASH_COOKIE, token, max_age=60, samesite="lax")
    return response


def connect_info(scope: Any, transport: str) -> ConnectInfo:
    """Return who sent a request."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    client = scope.get("client")
    peer = None if client is None else (client[0], client[1])
    return ConnectInfo(peer, headers.get("user-agent", ""), headers, transport)


def json_attribute(value: Any) -> str:
    """Return JSON for a double-quoted attribute."""
    return str(escape(json.dumps(value, separators=(",", ":"))))
