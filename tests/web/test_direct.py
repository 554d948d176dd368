"""Pages and the socket are reached directly, and nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.runtime.line import Visitor
from wirebird import LiveView, Wirebird
from wirebird.html.fragment import Fragment
from wirebird.web import direct

MakeApp = Callable[..., Wirebird]


class Greeting(LiveView[dict[str, Any]]):
    """Greets, or fails."""

    mounts = 0

    async def mount(self, name: str = "you", fail: str = "") -> None:
        type(self).mounts += 1
        self.state = {"name": name}
        if fail == "teapot":
            raise HTTPException(418)
        if fail:
            raise RuntimeError("no greeting today")

    def render(self) -> Any:
        return Fragment((f"<p>Hello {self.state['name']}, {self.socket.url}</p>",))


@pytest.fixture
def app(make_app: MakeApp) -> Wirebird:
    app = make_app()
    app.live("/", Greeting, name="home")
    app.live("/to/{name}", Greeting)
    return app


@pytest.fixture(autouse=True)
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was served directly, and what through the layers."""
    taken: list[str] = []
    serve, layers = direct.DirectWay.serve, Starlette.__call__

    async def serve_noted(self: Any, route: Any, scope: Scope, *rest: Any) -> None:
        taken.append("direct")
        await serve(self, route, scope, *rest)

    async def layers_noted(self: Any, scope: Scope, *rest: Any) -> None:
        taken.append("layers")
        await layers(self, scope, *rest)

    monkeypatch.setattr(direct.DirectWay, "serve", serve_noted)
    monkeypatch.setattr(Starlette, "__call__", layers_noted)
    return taken


@pytest.mark.parametrize("path", ["/", "/?name=Ada", "/to/Ada", "/to/Ada?x=1"])
async def test_pages_come_directly(path: str, app: Wirebird, ways: list[str]):
    visitor = Visitor(app)
    first = await visitor.get(path)  # a visitor without cookies
    again = await visitor.get(path)
    assert ways == ["direct", "direct"]
    assert f"Hello {'Ada' if 'Ada' in path else 'you'}, http://127.0.0.1:4010{path}<" in again.text
    assert "set-cookie" in first.headers
    assert "set-cookie" not in again.headers
    assert again.headers["vary"] == "Cookie"


async def test_the_socket_is_reached_directly(app: Wirebird, ways: list[str]):
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        assert (await line.join(page))["status"] == "ok"
    assert ways == ["direct", "direct"]


async def test_it_is_the_same_page_through_the_layers(
    app: Wirebird, make_app: MakeApp, ways: list[str]
):
    class Layer:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await self.app(scope, receive, send)

    layered = make_app(middleware=[Middleware(Layer)])
    layered.live("/", Greeting)
    here, there = Visitor(app), Visitor(layered)
    pages = [(await visitor.get("/?name=Ada")) for visitor in (here, there)]
    assert ways == ["direct", "layers"]
    assert {*pages[0].headers} == {*pages[1].headers}
    assert (await there.page("/")).text == (await here.page("/")).text
    # Either reads the session that the other wrote.
    there.http.cookies.jar.set_cookie(next(iter(here.http.cookies.jar)))
    assert "set-cookie" not in (await there.get("/")).headers


async def test_middleware_that_is_added_later_is_passed(app: Wirebird):
    seen: list[str] = []

    class Counting:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            seen.append(scope["path"])
            await self.app(scope, receive, send)

    await Visitor(app).get("/")
    app.add_middleware(Counting)
    await Visitor(app).get("/")
    assert seen == ["/"]


async def test_what_a_view_raises_reaches_the_handlers_and_it_is_not_run_twice(make_app: MakeApp):
    async def teapot(request: Request, error: Exception) -> Response:
        return PlainTextResponse(f"{type(error).__name__} at {request.url.path}", 418)

    app = make_app(exception_handlers={418: teapot})
    app.live("/to/{name}", Greeting)
    Greeting.mounts = 0
    visitor = Visitor(app)
    response = await visitor.get("/to/Ada?fail=teapot")
    assert (response.status_code, response.text) == (418, "HTTPException at /to/Ada")
    assert Greeting.mounts == 1
    assert (await visitor.get("/to/Ada?fail=now")).status_code == 500
    assert Greeting.mounts == 2


async def test_routes_that_come_first_stay_first(app: Wirebird):
    assert "Hello" in (await Visitor(app).get("/")).text

    async def other(request: Request) -> Response:
        return PlainTextResponse("another page")

    app.router.routes.insert(0, Route("/", other))
    assert (await Visitor(app).get("/")).text == "another page"


async def test_a_host_s_prefix_and_session_are_kept(app: Wirebird, ways: list[str]):
    host = Starlette(
        routes=[Mount("/shop", app)],
        middleware=[Middleware(SessionMiddleware, secret_key="outside")],
    )
    visitor = Visitor(host)
    page = await visitor.page("/shop/to/Ada")
    assert "http://127.0.0.1:4010/shop/to/Ada" in page.text
    assert ways == ["layers", "direct"]
    assert [cookie.name for cookie in visitor.http.cookies.jar] == ["session"]


async def test_other_methods_go_the_usual_way(app: Wirebird, ways: list[str]):
    visitor = Visitor(app)
    head = await visitor.http.head("/")
    assert (head.status_code, head.text) == (200, "")
    assert (await visitor.http.post("/")).status_code == 403  # no CSRF token
    assert (await visitor.http.put("/")).status_code == 405
    assert ways == ["layers"] * 3
