"""Patches, live navigation, redirects, links and history, as the address bar shows them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, expect
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.browser.pages import Frames, connected, is_same_document, mark, until, visit
from wirebird import LiveView, NotFound, Redirect, Wirebird, event, info

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

LEFT = ("leave", "replaced")  # the join of the next view may overtake the leave of this one


@dataclass
class Pages:
    page: int = 1
    mounts: int = 0
    tags: list[str] = field(default_factory=list)


class ListView(LiveView[Pages]):
    html = """
    <h1>List</h1>
    <p id="page">{{ page }}</p>
    <p id="mounts">{{ mounts }}</p>
    <p id="url">{{ url }}</p>
    {{ link("next", patch="/list?page=" ~ (page + 1), id="next") }}
    {{ link("stay", patch="/list?page=" ~ (page + 1), replace=true, id="stay") }}
    {{ link("item", navigate="/items/7", id="item") }}
    {{ link("instead", navigate="/items/7", replace=true, id="instead") }}
    {{ link("load", href="/items/7", id="load") }}
    {{ link("out", patch="/items/7", id="out") }}
    {{ link("part", patch="/list?page=5#part", id="to-part") }}
    {% call link(navigate="/items/8", id="rich") %}<b>rich</b>{% endcall %}
    <button id="patch" phx-click="turn" phx-value-to="/list?page=9">patch</button>
    <button id="query" phx-click="turn" phx-value-to="?page=10">query</button>
    <button id="replace" phx-click="turn" phx-value-to="/list?page=9" phx-value-replace="true">
      replace</button>
    <button id="navigate" phx-click="go" phx-value-to="/items/7">navigate</button>
    <button id="swap" phx-click="go" phx-value-to="/items/7" phx-value-replace="true">swap</button>
    <button id="redirect" phx-click="leave" phx-value-to="/items/7">redirect</button>
    <button id="raise" phx-click="give_up">raise</button>
    <button id="external" phx-click="out">external</button>
    <button id="wrong" phx-click="turn" phx-value-to="/items/7">wrong</button>
    <button id="later" phx-click="later">later</button>
    <h2 id="part">Part</h2>
    """
    ended: list[str]
    mounted = 0

    async def mount(self) -> None:
        type(self).mounted += 1
        self.state.mounts = type(self).mounted

    async def handle_params(self, page: int = 1) -> None:
        self.state.page = page

    async def terminate(self, reason: str) -> None:
        self.ended.append(reason)

    @event
    async def turn(self, to: str, replace: bool = False) -> None:
        self.socket.push_patch(to, replace=replace)

    @event
    async def go(self, to: str, replace: bool = False) -> None:
        self.socket.push_navigate(to, replace=replace)

    @event
    async def leave(self, to: str) -> None:
        self.socket.redirect(to)

    @event
    async def give_up(self) -> None:
        raise Redirect("/items/7")

    @event
    async def out(self) -> None:
        port = self.socket.url.split("/")[2].split(":")[1]
        self.socket.redirect(external=f"http://localhost:{port}/plain")

    @event
    async def later(self) -> None:
        self.socket.send_after("go", 0.01)

    @info
    async def on_go(self, message: str) -> None:
        self.socket.push_patch("/list?page=33")


class ItemView(LiveView):
    html = """
    <h1>Item</h1>
    <p id="id">{{ id }}</p><p id="kind">{{ kind }}</p>
    {{ link("list", navigate="/list", id="list") }}
    """

    async def mount(self, id: int) -> None:
        self.state.id, self.state.kind = id, type(id).__name__


async def plain(request: Request) -> PlainTextResponse:
    return PlainTextResponse("plain")


@pytest.fixture
def shop(make_app: MakeApp) -> Wirebird:
    view = type("ListView", (ListView,), {"ended": [], "mounted": 0})
    app = make_app(routes=[Route("/plain", plain)])
    app.live("/list", view)
    app.live("/items/{id:int}", ItemView)
    return app


async def test_a_patch_stays_in_the_view(page: Page, shop: Wirebird, serve: Serve) -> None:
    base = serve(shop)
    await visit(page, base + "/list")
    mounts = await page.locator("#mounts").inner_text()
    await mark(page)
    await page.click("#next")
    await expect(page.locator("#page")).to_have_text("2")
    await expect(page).to_have_url(base + "/list?page=2")
    await expect(page.locator("#url")).to_have_text(base + "/list?page=2")
    await page.click("#patch")
    await expect(page.locator("#page")).to_have_text("9")
    await expect(page).to_have_url(base + "/list?page=9")
    await page.click("#query")
    await expect(page.locator("#page")).to_have_text("10")
    await expect(page).to_have_url(base + "/list?page=10")
    await page.click("#later")
    await expect(page.locator("#page")).to_have_text("33")
    await expect(page).to_have_url(base + "/list?page=33")
    await expect(page.locator("#mounts")).to_have_text(mounts)
    assert await is_same_document(page)


async def test_back_and_forward_go_through_patches_and_views(
    page: Page, shop: Wirebird, serve: Serve
) -> None:
    await visit(page, serve(shop) + "/list")
    await mark(page)
    await page.click("#next")
    await expect(page.locator("#page")).to_have_text("2")
    await page.click("#item")
    await expect(page.locator("h1")).to_have_text("Item")
    await page.go_back()
    await expect(page.locator("#page")).to_have_text("2")
    await page.go_back()
    await expect(page.locator("#page")).to_have_text("1")
    await page.go_forward()
    await expect(page.locator("#page")).to_have_text("2")
    await page.go_forward()
    await expect(page.locator("#id")).to_have_text("7")
    assert await is_same_document(page)


@pytest.mark.parametrize(("button", "more"), [("#stay", 0), ("#replace", 0), ("#next", 1)])
async def test_a_patch_may_replace_the_history_s_entry(
    button: str, more: int, page: Page, shop: Wirebird, serve: Serve
) -> None:
    await visit(page, serve(shop) + "/list")
    length = await page.evaluate("history.length")
    await page.click(button)
    await expect(page.locator("#page")).not_to_have_text("1")
    await page.wait_for_function("location.search !== ''")
    assert await page.evaluate("history.length") == length + more


@pytest.mark.parametrize(
    ("button", "more"),
    [("#item", 1), ("#instead", 0), ("#navigate", 1), ("#swap", 0), ("#out", 1)],
)
async def test_live_navigation_keeps_the_document_and_ends_the_view(
    button: str, more: int, page: Page, shop: Wirebird, serve: Serve
) -> None:
    base = serve(shop)
    ended: list[str] = shop.live_router.routes[0].view.ended  # type: ignore[attr-defined]
    await visit(page, base + "/list")
    await mark(page)
    ended.clear()
    length = await page.evaluate("history.length")
    await page.click(button)
    await expect(page.locator("h1")).to_have_text("Item")
    await expect(page.locator("#id")).to_have_text("7")
    await expect(page.locator("#kind")).to_have_text("int")
    await expect(page).to_have_url(base + "/items/7")
    await until(lambda: len(ended) == 1, "the view that was left has ended")
    assert ended[0] in LEFT
    assert await is_same_document(page)
    assert await page.evaluate("history.length") == length + more


async def test_a_link_may_hold_markup(page: Page, shop: Wirebird, serve: Serve) -> None:
    await visit(page, serve(shop) + "/list")
    await page.click("#rich b")
    await expect(page.locator("#id")).to_have_text("8")


@pytest.mark.parametrize("button", ["#load", "#redirect", "#raise"])
async def test_redirects_and_plain_links_load_the_page(
    button: str, page: Page, shop: Wirebird, serve: Serve
) -> None:
    base = serve(shop)
    await visit(page, base + "/list")
    await mark(page)
    await page.click(button)
    await expect(page.locator("h1")).to_have_text("Item")
    await connected(page)
    await expect(page).to_have_url(base + "/items/7")
    assert not await is_same_document(page)


async def test_a_redirect_may_lead_to_another_host(
    page: Page, shop: Wirebird, serve: Serve
) -> None:
    base = serve(shop)
    await visit(page, base + "/list")
    await page.click("#external")
    await expect(page).to_have_url(base.replace("127.0.0.1", "localhost") + "/plain")
    await expect(page.locator("body")).to_have_text("plain")


async def test_a_patch_out_of_the_view_is_the_view_s_mistake(
    page: Page, shop: Wirebird, serve: Serve
) -> None:
    base = serve(shop)
    frames = Frames(page)
    await visit(page, base + "/list")
    await page.click("#wrong")
    await until(lambda: frames.joins() == 2, "the view crashed and was joined again")
    await expect(page).to_have_url(base + "/list")


async def test_a_patched_link_may_have_a_fragment(page: Page, shop: Wirebird, serve: Serve) -> None:
    base = serve(shop)
    await visit(page, base + "/list?page=4#part")
    await expect(page.locator("#page")).to_have_text("4")
    await page.click("#to-part")
    await expect(page.locator("#page")).to_have_text("5")
    await expect(page).to_have_url(base + "/list?page=5#part")


class ParamsView(LiveView):
    html = """
    <p id="params">{{ params }}</p><p id="action">{{ live_action }}</p>
    {{ link("edit", patch="/things/3/edit?tab=a", id="edit") }}
    {{ link("file", patch="/files/a%20b/c.txt", id="file") }}
    {{ link("odd", patch="/things/7?q=%26%3D%2B+x", id="odd") }}
    """

    async def handle_params(self, params: dict[str, Any]) -> None:
        self.state.params = json.dumps(params, sort_keys=True)


def params_app(make_app: MakeApp) -> Wirebird:
    app = make_app()
    app.live("/things/{id:int}", ParamsView, action="show")
    app.live("/things/{id:int}/edit", ParamsView, action="edit")
    app.live("/files/{path:path}", ParamsView, action="file")
    return app


async def test_routes_of_one_view_are_patched_between(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await visit(page, serve(params_app(make_app)) + "/things/3")
    await mark(page)
    await expect(page.locator("#action")).to_have_text("show")
    await expect(page.locator("#params")).to_have_text('{"id": 3}')
    await page.click("#edit")
    await expect(page.locator("#action")).to_have_text("edit")
    await expect(page.locator("#params")).to_have_text('{"id": 3, "tab": "a"}')
    await page.click("#file")
    await expect(page.locator("#action")).to_have_text("file")
    await expect(page.locator("#params")).to_have_text('{"path": "a b/c.txt"}')
    await page.click("#odd")
    await expect(page.locator("#params")).to_have_text('{"id": 7, "q": "&=+ x"}')
    assert await is_same_document(page)


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("a=1&a=2", {"a": "2"}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("f[x]=1&f[y][z]=2", {"f": {"x": "1", "y": {"z": "2"}}}),
        ("u=%C3%A9%F0%9F%90%A6&plus=a+b", {"u": "é🐦", "plus": "a b"}),
    ],
)
async def test_query_strings_reach_both_renders_alike(
    query: str, params: dict[str, Any], page: Page, make_app: MakeApp, serve: Serve
) -> None:
    url = f"{serve(params_app(make_app))}/things/1?{query}"
    expected = json.dumps({"id": 1, **params}, sort_keys=True)
    response = await page.goto(url)
    assert response is not None
    first = await response.text()
    await connected(page)
    await expect(page.locator("#params")).to_have_text(expected)
    assert (
        await page.evaluate(
            "html => new DOMParser().parseFromString(html, 'text/html')"
            ".querySelector('#params').textContent",
            first,
        )
        == expected
    )


class GuardView(LiveView):
    html = "<h1>Guard</h1>"
    to = ""

    async def mount(self, way: str = "") -> None:
        if way == "redirect":
            self.socket.redirect("/items/1")
        elif way == "navigate":
            self.socket.push_navigate("/items/2")
        elif way == "raise":
            raise Redirect("/items/3")
        elif way == "missing":
            raise NotFound("no such thing")
        elif way == "socket" and self.socket.connected:
            self.socket.push_navigate("/items/4")
        elif way == "socket-load" and self.socket.connected:
            self.socket.redirect("/items/5")

    async def handle_params(self, way: str = "", done: bool = False) -> None:
        if way == "patch" and not done:
            self.socket.push_patch("/guard?way=patch&done=true")


@pytest.mark.parametrize(
    ("way", "path"),
    [
        ("redirect", "/items/1"),
        ("navigate", "/items/2"),
        ("raise", "/items/3"),
        ("socket", "/items/4"),
        ("socket-load", "/items/5"),
        ("patch", "/guard?way=patch&done=true"),
    ],
)
async def test_mount_may_send_the_visitor_elsewhere(
    way: str, path: str, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/guard", GuardView)
    app.live("/items/{id:int}", ItemView)
    base = serve(app)
    await page.goto(f"{base}/guard?way={way}")
    await expect(page).to_have_url(base + path)
    await connected(page)


class DoorView(LiveView):
    html = """
    {% for way in ways %}{{ link(way, navigate="/guard?way=" ~ way, id=way) }}{% endfor %}
    """

    async def mount(self) -> None:
        self.state.ways = ["redirect", "navigate", "raise", "patch", "missing"]


@pytest.mark.parametrize(
    ("way", "path", "loads"),
    [
        ("redirect", "/items/1", True),
        ("navigate", "/items/2", False),
        ("raise", "/items/3", True),
        ("patch", "/guard?way=patch&done=true", False),
    ],
)
async def test_mount_after_live_navigation_may_send_the_visitor_elsewhere(
    way: str, path: str, loads: bool, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", DoorView)
    app.live("/guard", GuardView)
    app.live("/items/{id:int}", ItemView)
    base = serve(app)
    await visit(page, base)
    await mark(page)
    await page.click(f"#{way}")
    await expect(page).to_have_url(base + path)
    await expect(page.locator("h1")).to_be_visible()
    await connected(page)
    assert await is_same_document(page) is not loads


async def test_what_is_not_found_over_the_socket_is_loaded(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", DoorView)
    app.live("/guard", GuardView)
    base = serve(app)
    await visit(page, base)
    async with page.expect_response(lambda response: "/guard" in response.url) as loading:
        await page.click("#missing")
    assert (await loading.value).status == 404
    await expect(page.locator("body")).to_have_text("Not Found")


async def test_a_view_left_by_navigation_is_ended_whole(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    ticks: list[int] = []
    ended: list[str] = []

    class TickingView(LiveView):
        html = '{{ link("item", navigate="/items/1", id="item") }}'

        async def mount(self) -> None:
            await self.socket.subscribe("news")
            self.timer = self.socket.every("tick", 0.005)

        @info
        async def on_tick(self, message: str) -> None:
            ticks.append(1)

        async def terminate(self, reason: str) -> None:
            ended.append(reason)
            if self.socket.connected:
                timers.append(self.timer.active)

    timers: list[bool] = []
    app = make_app()
    app.live("/", TickingView)
    app.live("/items/{id:int}", ItemView)
    await visit(page, serve(app))
    await until(lambda: ticks, "the timer runs")
    assert app.pubsub.subscribers("news") == 1  # type: ignore[attr-defined]
    await page.click("#item")
    await expect(page.locator("#id")).to_have_text("1")
    await until(lambda: len(ended) == 2, "the view has ended")
    assert ended[1] in LEFT
    assert timers == [False]
    assert app.pubsub.subscribers("news") == 0  # type: ignore[attr-defined]
