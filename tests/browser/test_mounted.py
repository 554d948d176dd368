"""Inside FastAPI and Starlette: under a prefix, with their sessions, beside their endpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route

from tests.browser.pages import connected, is_same_document, mark, visit
from wirebird import LiveView, Redirect, Wirebird, event, js

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

OUTSIDE = "the key of the application outside"


class ListView(LiveView):
    html = """
    <h1>List</h1><p id="page">{{ page }}</p><p id="user">{{ user }}</p>
    <p id="hook" phx-hook="Own"></p>
    {{ link("next", patch="?page=2", id="query") }}
    {{ link("next", patch="/list?page=3", id="patch") }}
    {{ link("item", navigate="/items/7", id="item") }}
    {{ link("load", href="/items/7", id="load") }}
    {{ link("outside", outside="/api/hello", id="outside") }}
    <button id="push_patch" phx-click="go" phx-value-by="push_patch"
      phx-value-to="/list?page=4">p</button>
    <button id="push_navigate" phx-click="go" phx-value-by="push_navigate"
      phx-value-to="/items/7">n</button>
    <button id="redirect" phx-click="go" phx-value-by="redirect" phx-value-to="/items/7">r</button>
    <a id="plain" href="{{ socket.path('/items/7') }}">plain</a>
    {{ link("whole", navigate=socket.path("/items/7"), id="whole") }}
    <button id="leave" phx-click="leave">l</button>
    <button id="raise" phx-click="leave" phx-value-how="raise">l</button>
    <button id="pushed" phx-click="push">p</button>
    <button id="js" phx-click="{{ js.navigate('/items/7') }}">j</button>
    """

    async def mount(self, session: dict[str, Any]) -> None:
        self.state.user = session.get("user", "nobody")

    async def handle_params(self, page: int = 1) -> None:
        self.state.page = page

    @event
    async def leave(self, how: str = "") -> None:
        if how == "raise":
            raise Redirect(outside="/api/hello")
        self.socket.redirect(outside="/api/hello")

    @event
    async def push(self) -> None:
        self.socket.push_js(js.navigate("/items/7"), to="#pushed")

    @event
    async def go(self, by: str, to: str) -> None:
        getattr(self.socket, by)(to)


class ItemView(LiveView):
    html = '<h1>Item</h1>{{ link("list", navigate="/list", id="list") }}'


class GuardView(LiveView):
    html = ""

    async def mount(self) -> None:
        self.socket.redirect("/items/1")


@pytest.fixture
def inside(make_app: MakeApp, tmp_path: Path) -> Wirebird:
    script, style = tmp_path / "app.js", tmp_path / "app.css"
    script.write_text("export const Own = { mounted() { this.el.textContent = 'hooked'; } };")
    style.write_text("h1 { color: rgb(4, 5, 6); }")
    app = make_app(scripts=[script], styles=[style])
    app.live("/list", ListView)
    app.live("/items/{id:int}", ItemView, name="item")
    app.live("/guard", GuardView)
    return app


def in_fastapi(inside: Wirebird) -> FastAPI:
    app = FastAPI()
    app.add_middleware(SessionMiddleware, secret_key=OUTSIDE)

    @app.get("/api/hello")
    async def hello(request: Request) -> dict[str, str]:
        request.session["user"] = "ada"
        return {"hello": "world"}

    app.mount("/shop", inside)
    return app


def in_starlette(inside: Wirebird) -> Starlette:
    async def hello(request: Request) -> JSONResponse:
        request.session["user"] = "ada"
        return JSONResponse({"hello": "world"})

    return Starlette(
        routes=[Route("/api/hello", hello), Mount("/shop", inside)],
        middleware=[Middleware(SessionMiddleware, secret_key=OUTSIDE)],
    )


@pytest.fixture(params=[in_fastapi, in_starlette])
def outside(request: pytest.FixtureRequest, inside: Wirebird) -> Any:
    return request.param(inside)


async def test_a_mounted_application_is_found_whole(page: Page, outside: Any, serve: Serve) -> None:
    missing: list[str] = []
    page.on("response", lambda r: missing.append(r.url) if r.status >= 400 else None)
    base = serve(outside)
    await page.goto(base + "/api/hello")
    await expect(page.locator("body")).to_contain_text("world")
    await visit(page, base + "/shop/list?page=5")
    await expect(page.locator("#page")).to_have_text("5")
    await expect(page.locator("#user")).to_have_text("ada")
    await expect(page.locator("#hook")).to_have_text("hooked")
    await expect(page.locator("h1")).to_have_css("color", "rgb(4, 5, 6)")
    assert [url for url in missing if "favicon" not in url] == []


async def test_every_way_within_keeps_the_prefix(page: Page, outside: Any, serve: Serve) -> None:
    base = serve(outside) + "/shop"
    await visit(page, base + "/list")
    await mark(page)
    for button, number in (("#query", "2"), ("#patch", "3"), ("#push_patch", "4")):
        await page.click(button)
        await expect(page.locator("#page")).to_have_text(number)
        await expect(page).to_have_url(f"{base}/list?page={number}")
    for button in ("#item", "#whole", "#push_navigate", "#js", "#pushed"):
        await page.click(button)
        await expect(page.locator("h1")).to_have_text("Item")
        await expect(page).to_have_url(base + "/items/7")
        await page.click("#list")
        await expect(page.locator("h1")).to_have_text("List")
    assert await is_same_document(page)
    await page.click("#redirect")
    await expect(page.locator("h1")).to_have_text("Item")
    await connected(page)
    await expect(page).to_have_url(base + "/items/7")
    assert not await is_same_document(page)
    await page.go_back()
    await expect(page.locator("h1")).to_have_text("List")
    await connected(page)
    await page.click("#load")
    await expect(page.locator("h1")).to_have_text("Item")
    await page.go_back()
    await connected(page)
    await page.click("#plain")
    await expect(page.locator("h1")).to_have_text("Item")
    await page.goto(base + "/guard")
    await expect(page).to_have_url(base + "/items/1")


async def test_a_view_may_link_to_the_application_outside(
    page: Page, outside: Any, serve: Serve
) -> None:
    base = serve(outside)
    for way in ("#outside", "#leave", "#raise"):
        await visit(page, base + "/shop/list")
        await page.click(way)
        await expect(page).to_have_url(base + "/api/hello")
        await expect(page.locator("body")).to_contain_text("world")


async def test_without_a_session_outside_the_mounted_one_has_its_own(
    page: Page, inside: Wirebird, serve: Serve
) -> None:
    base = serve(Starlette(routes=[Mount("/shop", inside)]))
    await visit(page, base + "/shop/list")
    await page.click("#push_navigate")
    await expect(page).to_have_url(base + "/shop/items/7")


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def test_other_endpoints_live_in_the_application_itself(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(routes=[Route("/hello", hello)])
    app.live("/items/{id:int}", ItemView)
    app.mount("/api", in_fastapi_alone())
    base = serve(app)
    await visit(page, base + "/items/1")
    await page.goto(base + "/hello")
    await expect(page.locator("body")).to_have_text("hello")
    await page.goto(base + "/api/hello")
    await expect(page.locator("body")).to_contain_text("from below")


def in_fastapi_alone() -> FastAPI:
    app = FastAPI()

    @app.get("/hello")
    async def hello() -> dict[str, str]:
        return {"hello": "from below"}

    return app
