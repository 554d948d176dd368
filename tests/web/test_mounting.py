"""Mounted in another application: what is found under the prefix, and whose session it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.runtime.line import Visitor
from tests.web.pages import client
from wirebird import LiveView, NavigationError, Redirect, Wirebird, event
from wirebird.html.link import link
from wirebird.web.layouts import Page
from wirebird.web.mounted import whole_scope

MakeApp = Callable[..., Wirebird]


class WhereView(LiveView):
    html = "<p>{{ socket.path('/list?a=1') }} {{ socket.root_path }} {{ user }}</p>"

    async def mount(self, session: dict[str, Any], away: bool = False) -> None:
        self.state.user = session.get("user", "nobody")
        if away:
            raise Redirect("/list")


@pytest.fixture
def inside(make_app: MakeApp) -> Wirebird:
    app = make_app()
    app.live("/list", WhereView, name="list")
    return app


async def login(request: Request) -> PlainTextResponse:
    request.session["user"] = "ada"
    return PlainTextResponse("welcome")


def in_starlette(inside: Wirebird, prefix: str = "/shop") -> Starlette:
    return Starlette(
        routes=[Route("/login", login), Mount(prefix, inside)],
        middleware=[Middleware(SessionMiddleware, secret_key="outside")],
    )


def in_fastapi(inside: Wirebird) -> FastAPI:
    app = FastAPI()
    app.add_middleware(SessionMiddleware, secret_key="outside")
    app.add_route("/login", login)
    app.mount("/shop", inside)
    return app


@pytest.mark.parametrize("within", [in_starlette, in_fastapi])
async def test_a_page_knows_its_prefix_and_the_session_outside(
    within: Callable[[Wirebird], Any], inside: Wirebird
) -> None:
    async with client(within(inside)) as http:
        await http.get("/login")
        html = (await http.get("/shop/list")).text
        assert "<p>/shop/list?a=1 /shop ada</p>" in html
        assert '<meta name="wirebird-socket" content="/shop/live">' in html
        for name in re.findall(r'(?:src|href)="(/[^"]+)"', html):
            assert name.startswith("/shop/_wirebird/")
            assert (await http.get(name)).status_code == 200
        assert list(http.cookies) == ["session"]


async def test_a_redirect_goes_where_it_says(inside: Wirebird) -> None:
    async with client(in_starlette(inside)) as http:
        response = await http.get("/shop/list?away=true")
    assert response.status_code == 302
    assert response.headers["location"] == "/shop/list"


async def test_without_a_prefix_a_path_is_what_it_is(inside: Wirebird) -> None:
    async with client(inside) as http:
        assert "<p>/list?a=1  nobody</p>" in (await http.get("/list")).text


async def test_a_prefix_is_quoted(inside: Wirebird) -> None:
    async with client(in_starlette(inside, "/mein café")) as http:
        html = (await http.get("/mein%20caf%C3%A9/list")).text
    assert "<p>/mein%20caf%C3%A9/list?a=1 /mein café nobody</p>" in html
    assert inside.live_router.match_url("http://x/mein%20caf%C3%A9/list", "/mein café") is not None
    assert inside.live_router.match_url("http://x/mein%20caf%C3%A9s/list", "/mein café") is None


async def test_a_path_is_one_of_this_host(inside: Wirebird) -> None:
    class Wrong(LiveView):
        html = ""

        async def mount(self) -> None:
            self.socket.path("//elsewhere.example")

    inside.live("/wrong", Wrong)
    async with client(inside) as http:
        with pytest.raises(NavigationError, match="no path on this host"):
            await http.get("/wrong")


def test_path_for_is_the_path_as_the_routes_know_it(inside: Wirebird) -> None:
    assert inside.path_for("list") == "/list"
    with pytest.raises(LookupError, match="named routes: list"):
        inside.path_for("lost")


def passing_the_rest(app: ASGIApp, prefix: str) -> ASGIApp:
    """A host as Litestar is: it passes on the rest of a path, with its slashes moved."""

    async def host(scope: Scope, receive: Receive, send: Send) -> None:
        rest = scope["path"].removeprefix(prefix)
        await app({**scope, "path": cut(rest), "root_path": ""}, receive, send)

    def cut(rest: str) -> str:
        return (rest if prefix else rest.lstrip("/")).rstrip("/") + "/"

    return host


class Counting(LiveView):
    html = """<p>{{ socket.path("/list") }} {{ socket.url }} {{ count }}</p>"""

    async def mount(self, id: int) -> None:
        self.state.count = id

    @event
    async def up(self) -> None:
        self.state.count += 1


@pytest.mark.parametrize("prefix", ["", "/shop"])
async def test_a_host_may_pass_on_the_rest_of_the_path_only(inside: Wirebird, prefix: str) -> None:
    inside.live("/items/{id:int}", Counting)
    visitor = Visitor(passing_the_rest(inside, prefix))

    page = await visitor.page(f"{prefix}/items/7")
    assert f"{prefix}/list http://127.0.0.1:4010{prefix}/items/7 7" in page.text
    for name in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert name.startswith(f"{prefix}/_wirebird/")
        assert (await visitor.get(name)).status_code == 200

    async with visitor.line(page, path=f"{prefix}/live/websocket") as line:
        assert f"{prefix}/list" in str(await line.join(page))
        assert "8" in str(await line.event(page, "up"))


@pytest.mark.parametrize(
    ("path", "raw", "root", "whole"),
    [
        ("/a", b"/a", "", ("/a", "")),
        ("/caf\xe9", b"/caf%C3%A9", "", ("/caf\xe9", "")),
        ("a/", b"/a", "", ("/a", "")),
        ("caf\xe9/", b"/caf%C3%A9/", "", ("/caf\xe9/", "")),
        ("/a/", b"/shop/a", "", ("/shop/a", "/shop")),
        ("/", b"/shop/", "", ("/shop/", "/shop")),
        ("/", b"/shop", "", ("/shop", "/shop")),
        ("/a", b"/mein%20laden/a", "", ("/mein laden/a", "/mein laden")),
        ("/shop/a", b"/shop/a", "/shop", ("/shop/a", "/shop")),
        ("/rewritten", b"/shop/a", "", ("/rewritten", "")),
        ("/a", b"/schema", "", ("/a", "")),
        ("rewritten", b"/shop/a", "", ("/rewritten", "")),
        ("a", None, "", ("/a", "")),
        ("", None, "", ("/", "")),
    ],
)
def test_what_was_cut_off_is_known_by_the_raw_path(
    path: str, raw: bytes | None, root: str, whole: tuple[str, str]
) -> None:
    scope = whole_scope({"type": "http", "path": path, "raw_path": raw, "root_path": root})

    assert (scope["path"], scope["root_path"]) == whole


class LinkingView(LiveView):
    html = """
    {{ link("a", navigate="/list") }} {{ link("b", outside="/login") }}
    <a href="{{ socket.path('/list') }}">c</a>
    <button phx-click="{{ js.navigate('/list') }}">d</button>
    """


def page_around(page: Page) -> Markup:
    return Markup("<body>{}{}</body>").format(page.content, link("e", href="/list"))


async def test_links_of_the_page_and_of_what_is_around_it_lead_inside(make_app: MakeApp) -> None:
    app = make_app(root_layout=page_around)
    app.live("/", LinkingView)
    app.live("/list", WhereView)
    for host, prefix in ((in_starlette(app), "/shop"), (app, "")):
        async with client(host) as http:
            html = (await http.get(f"{prefix}/")).text
        paths = re.findall(r'(?:href=|href&#34;:)(?:"|&#34;)([^"&]+)', html)
        assert paths == [f"{prefix}/list", "/login", *[f"{prefix}/list"] * 3]


async def test_an_attached_application_has_the_prefix_of_its_host(make_app: MakeApp) -> None:
    app = make_app()
    app.live("/", LinkingView)
    api = FastAPI()
    api.add_middleware(SessionMiddleware, secret_key="outside")
    app.attach(api)
    async with client(Starlette(routes=[Mount("/behind", api)])) as http:
        html = (await http.get("/behind/")).text
    assert '<a href="/behind/list"' in html
    assert '<a href="/login">' in html


class StrayView(LiveView):
    html = """
    <a class="x" href="/list?page=2">a</a> <a href="/elsewhere">b</a> <a href="/shop/list">c</a>
    {{ link("d", navigate="/login") }} {{ link("e", patch="/list") }} {{ link("f", href="/x") }}
    <form id="f" action="/sign-in" method="post"></form> <link href="/list"> <a href="?page=2">g</a>
    """


async def sign_in(request: Request) -> PlainTextResponse:
    return PlainTextResponse("welcome")


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.message for each in caplog.records if each.name.startswith("wirebird")]


async def test_links_that_lead_nowhere_are_told_once_in_debug_mode(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    for debug in (False, True):
        app = make_app(debug=debug, routes=[Route("/sign-in", sign_in, methods=["POST"])])
        app.live("/stray", StrayView)
        app.live("/list", WhereView)
        async with client(app) as http:
            await http.get("/stray")
        assert said(caplog) == []  # a path is what it is
        async with client(in_starlette(app)) as http:
            await http.get("/shop/stray")
            await http.get("/shop/stray")
        assert len(said(caplog)) == (3 if debug else 0)
    plain, live, form = said(caplog)
    assert "StrayView has <a href='/list'>, which leads out of the application" in plain
    assert "link(outside=...)" in plain
    assert "StrayView links to /shop/login, where no view is routed" in live
    assert "StrayView has <form action='/sign-in'>, which leads out of the application" in form
