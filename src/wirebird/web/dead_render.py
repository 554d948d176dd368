"""The first render: a page's HTML in answer to a plain request, readable without JavaScript.

The rule: it runs the same callbacks as the socket will, in a view of its own that ends with the
response, unless it is kept for its page: see `FirstRender`.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape
from starlette.datastructures import URL, Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from wirebird.binding.errors import BindingError
from wirebird.binding.signature import source_of
from wirebird.live.errors import NotFound, Redirect
from wirebird.live.navigation import Navigation
from wirebird.live.router import LiveRoute, Match
from wirebird.live.socket import HOST_APP, ConnectInfo, Socket
from wirebird.live.view import LiveView
from wirebird.names import snake_case
from wirebird.runtime.first_render import Asked, FirstRender
from wirebird.runtime.flash import FLASH_SECONDS, flash_of, sign_flash
from wirebird.web.application import Application
from wirebird.web.csrf import CSRF_KEY, secret_of
from wirebird.web.early_posts import filled, sent_fields
from wirebird.web.head import head, nonce_of, policy
from wirebird.web.layouts import Page, title_tag
from wirebird.web.once_shown import OnceShown
from wirebird.web.page_warnings import with_warnings
from wirebird.wire.params import ParamsError, decode_params
from wirebird.wire.tokens import TokenError, csrf_secret, mask, random_id

if TYPE_CHECKING:
    from wirebird.runtime.endpoint import Endpoint

logger = logging.getLogger("wirebird.web")

FLASH_COOKIE = "__phoenix_flash__"
RELOAD_COOKIE = "__phoenix_reload_status__"
RELOAD_SECONDS = 60.0

_KEPT = (b"cache-control", b"max-age=0, private, must-revalidate")
_NOT_KEPT = (b"cache-control", b"no-store")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"content-type", b"text/html; charset=utf-8"),
)

_LONGEST_HOST = 255


class PageResponse(HTMLResponse):
    """A page, whose headers are those of all pages.

    Args:
        html: The page.
        policy: Its Content-Security-Policy; empty for none.
        kept: Whether the browser may keep it, to ask whether it is still good.
    """

    def __init__(self, html: str, policy: str, kept: bool) -> None:
        self.status_code = 200
        self.background = None
        self.body = html.encode()
        cache = _KEPT if kept else _NOT_KEPT
        chosen = [(b"content-security-policy", policy.encode("latin-1"))] if policy else []
        length = (b"content-length", b"%d" % len(self.body))
        self.raw_headers = [cache, *chosen, *_HEADERS, length]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


async def render_page(app: Application, route: LiveRoute, request: Request) -> Response:
    """Answer a request for a live route.

    A POST is a form that was sent before the script was there: its page has the fields filled in.

    Raises:
        HTTPException: What the view raised, 400 for a malformed query, or what refuses a POST.
    """
    endpoint = app.endpoint
    if endpoint.around is None and endpoint.run_in_thread is None:
        return await _page(app, endpoint, route, request)
    with endpoint.surroundings():
        return await _page(app, endpoint, route, request)


async def _page(
    app: Application, endpoint: Endpoint, route: LiveRoute, request: Request
) -> Response:
    session = request.session
    sent = await sent_fields(app, request) if request.method == "POST" else None
    secret = secret_of(session)
    if secret is None:
        secret = session[CSRF_KEY] = csrf_secret()
    visitor = visitor_of(secret)
    scope = request.scope
    root_path: str = scope.get("root_path", "")
    try:
        query: bytes = scope.get("query_string", b"")
        params = decode_params(query.decode("latin-1")) if query else {}
    except ParamsError as error:
        raise HTTPException(400, str(error) if app.debug else None) from error
    cookies = _own_cookies(request)
    reload_token = cookies.get(RELOAD_COOKIE)
    if reload_token is not None:
        _answer_reload(app, reload_token)
    path = scope["path"].removeprefix(root_path)
    match = Match(route, {**params, **request.path_params}, path)
    extra = app.session_extra(route.live_session, request)
    shown = view_session(session)
    csrf_token = mask(secret)
    flash_cookie = cookies.get(FLASH_COOKIE)
    flash = _flash_of(app, flash_cookie, visitor) if flash_cookie else {}
    nonce = nonce_of(app, request)
    asked = Asked(shown, connect_info(scope, "http"), root_path, visitor, csrf_token, nonce)
    seconds = endpoint.seconds_kept(route.view)
    if seconds and request.method == "GET":
        first: OnceShown | FirstRender = FirstRender(endpoint, seconds, asked)
    else:
        first = OnceShown(endpoint, asked)
    id = "phx-" + random_id(9)
    try:
        content = await first.html(id, match, _url_of(scope, query), {**shown, **extra}, flash)
    except Redirect as redirect:
        return _redirect(app, redirect.navigation, first.socket, request)
    except NotFound as error:
        misfit = error.__cause__
        if not isinstance(misfit, BindingError):
            raise
        if app.debug:
            place = f"\n{source_of(misfit.function)}" if misfit.function else ""
            raise NotFound(f"{error.detail}{place}") from error
        logger.info("%s: %s", route.view.__name__, error.detail)  # it names what only we know
        raise NotFound from error
    socket = first.socket
    page = Page(
        _container(app, route, socket, content, extra, visitor),
        title_tag(
            socket.page_title or (None if app.title else words_of(route.view)),
            app.title,
            app.title_prefix,
            app.title_suffix,
        ),
        head(app, request, csrf_token, route.live_session, nonce),
        csrf_token,
        socket,
        request,
        nonce,
    )
    html = app.layouts.of_page(route.live_session)(page)
    if app.debug:
        html = with_warnings(app, route, html, root_path, nonce)
    response = PageResponse(
        html if sent is None else filled(html, sent),
        policy(app, nonce, embedded=HOST_APP in scope),
        kept=sent is None,
    )
    if flash_cookie is not None:
        response.delete_cookie(FLASH_COOKIE)
    if reload_token is not None:
        response.delete_cookie(RELOAD_COOKIE)
    return response


def _own_cookies(request: Request) -> dict[str, str]:
    """Return the cookies of a request, if some of them may be ours."""
    for name, value in request.scope["headers"]:
        if name == b"cookie" and b"__phoenix_" in value:
            return request.cookies
    return {}


def _url_of(scope: Scope, query: bytes) -> str:
    """Return the URL of a request, as Starlette makes it."""
    host = next((value for name, value in scope["headers"] if name == b"host"), None)
    if host is not None and len(host) > _LONGEST_HOST:
        return str(URL(scope=scope))
    path: str = scope["path"]
    for mark, code in (("?", "%3F"), ("#", "%23"), ("\\", "%5C")):
        if mark in path:
            path = path.replace(mark, code)
    server = scope.get("server")
    url = _origin(scope["scheme"], host, tuple(server) if server else None) + path
    return f"{url}?{query.decode('latin-1')}" if query else url


@lru_cache(maxsize=256)
def _origin(scheme: str, host: bytes | None, server: tuple[Any, ...] | None) -> str:
    headers = [] if host is None else [(b"host", host)]
    scope = {"scheme": scheme, "headers": headers, "server": server, "path": "/"}
    return str(URL(scope=scope)).removesuffix("/")


def _container(
    app: Application,
    route: LiveRoute,
    socket: Socket,
    content: str,
    extra: dict[str, Any],
    visitor: str,
) -> Markup:
    signer = app.endpoint.signer
    token: dict[str, Any] = {
        "id": socket.id,
        "view": route.view.definition.name,
        "live_session": route.live_session.name,
        "visitor": visitor,
    }
    if extra:
        token["extra"] = extra
    flash = socket.flash
    static = signer.sign({"id": socket.id, "flash": flash}, "static") if flash else ""
    tag, attributes = route.container
    more = ""
    if attributes:
        more = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return Markup(
        f'<{tag} id="{socket.id}" data-phx-main{more}'
        f' data-phx-session="{signer.sign(token, "session")}"'
        f' data-phx-static="{static}">{content}</{tag}>'
    )


@lru_cache(maxsize=256)
def words_of(view: type[LiveView[Any]]) -> str:
    """Return what a view's class is called, for people: `ChatRoomView` is "Chat room"."""
    name = view.__name__.removesuffix("View") or view.__name__
    return snake_case(name).replace("_", " ").capitalize()


def view_session(session: Mapping[str, Any]) -> dict[str, Any]:
    """Return the session as views see it: without our own secret."""
    return {name: value for name, value in session.items() if name != CSRF_KEY}


def _answer_reload(app: Application, token: str) -> None:
    """Answer with the status for which a join had the page loaded anew.

    The first render may well succeed where the join did not; without this it would go on for ever.
    """
    try:
        status = app.endpoint.signer.verify(token, "reload", RELOAD_SECONDS)["status"]
    except TokenError:
        return
    forget = Response()
    forget.delete_cookie(RELOAD_COOKIE)
    raise HTTPException(status, headers={"set-cookie": forget.headers["set-cookie"]})


def _flash_of(app: Application, token: str, visitor: str) -> dict[str, str]:
    try:
        return flash_of(app.endpoint.signer, token, visitor)
    except TokenError:
        return {}


def _redirect(
    app: Application, navigation: Navigation, socket: Socket, request: Request
) -> Response:
    navigation = navigation.under(socket.root_path)
    response = RedirectResponse(navigation.to, navigation.status)
    if socket.flash:
        token = sign_flash(app.endpoint.signer, socket.flash, socket.host.visitor)
        response.set_cookie(
            FLASH_COOKIE,
            token,
            max_age=int(FLASH_SECONDS),
            secure=request.url.scheme == "https",
            samesite="lax",
        )
    return response


@lru_cache(maxsize=1024)  # a page, its socket and the next pages are of one
def visitor_of(secret: str) -> str:
    """Return what binds a page's tokens to the session that the page was made for."""
    return hashlib.blake2s(secret.encode(), digest_size=12, person=b"visitor").hexdigest()


def visitor_in(scope: Scope) -> str:
    """Return the visitor of a request, by its session."""
    return visitor_of(secret_of(scope.get("session", {})) or "")


def connect_info(scope: Any, transport: str) -> ConnectInfo:
    """Return who sent a request."""
    raw: list[tuple[bytes, bytes]] = scope["headers"]
    agent = next((value for name, value in raw if name == b"user-agent"), b"").decode("latin-1")
    client = scope.get("client")
    peer = None if client is None else (client[0], client[1])
    # The headers decode what is asked for, when it is.
    return ConnectInfo(peer, agent, Headers(raw=raw), transport, scope)
