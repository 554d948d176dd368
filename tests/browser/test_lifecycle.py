"""From the first HTTP render over the join to the end of a view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypedDict

import pytest
from playwright.async_api import Browser, Page, expect
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.browser.pages import MORNING, Frames, connected, stop_clock, until, visit
from wirebird import LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@dataclass
class Steps:
    steps: list[str] = field(default_factory=list)


class StepsView(LiveView[Steps]):
    html = """
    <h1 id="connected">{{ socket.connected }}</h1>
    <p id="steps">{{ steps | join(" ") }}</p>
    """
    ended: list[str]

    async def mount(self, room: str, session: dict[str, Any]) -> None:
        self.state.steps.append(f"mount:{room}:{session.get('user')}")

    async def handle_params(self, page: int = 1) -> None:
        self.state.steps.append(f"params:{page}")

    async def terminate(self, reason: str) -> None:
        self.ended.append(reason)


async def login(request: Request) -> PlainTextResponse:
    request.session["user"] = "ada"
    return PlainTextResponse("welcome")


def steps_app(make_app: MakeApp) -> tuple[Wirebird, list[str]]:
    ended: list[str] = []
    view = type("StepsView", (StepsView,), {"ended": ended})
    app = make_app(routes=[Route("/login", login)])
    app.live("/rooms/{room}", view)
    return app, ended


async def test_a_page_is_readable_without_javascript(
    browser: Browser, make_app: MakeApp, serve: Serve
) -> None:
    app, ended = steps_app(make_app)
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(serve(app) + "/rooms/lobby?page=2")
    await expect(page.locator("#connected")).to_have_text("False")
    await expect(page.locator("#steps")).to_have_text("mount:lobby:None params:2")
    assert ended == ["http"]
    await context.close()


async def test_the_view_begins_again_over_the_socket(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, _ = steps_app(make_app)
    base = serve(app)
    await page.goto(base + "/login")
    await visit(page, base + "/rooms/lobby?page=2")
    await expect(page.locator("#connected")).to_have_text("True")
    await expect(page.locator("#steps")).to_have_text("mount:lobby:ada params:2")


async def test_a_view_ends_when_its_tab_is_closed(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, ended = steps_app(make_app)
    await visit(page, serve(app) + "/rooms/lobby")
    ended.clear()
    await page.close()
    await until(lambda: ended, "terminate is called")
    assert ended in (["disconnected"], ["leave"])


class Plain(LiveView[Steps]):
    html = """<p id="steps">{{ steps | join(" ") }}</p><button phx-click="more">more</button>"""

    def mount(self) -> None:
        self.state.steps.append("mount")

    def handle_params(self) -> None:
        self.state.steps.append("params")

    @event
    def more(self) -> None:
        self.state.steps.append("more")


async def test_callbacks_may_be_plain_functions(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", Plain)
    await visit(page, serve(app))
    await page.click("button")
    await expect(page.locator("#steps")).to_have_text("mount params more")


class Model(BaseModel):
    n: int = 3


class Mapping(TypedDict):
    n: int


COUNTING = '<p id="n">{{ n }}</p><button phx-click="more">more</button>'


class MappingView(LiveView[Mapping]):
    html = COUNTING

    async def mount(self) -> None:
        self.state["n"] = 3

    @event
    async def more(self) -> None:
        self.state["n"] += 1


class UntypedView(LiveView):
    html = COUNTING

    async def mount(self) -> None:
        self.state.n = 3

    @event
    async def more(self) -> None:
        self.state.n += 1


class PydanticView(LiveView[Model]):
    html = COUNTING

    @event
    async def more(self) -> None:
        self.state.n += 1


@pytest.mark.parametrize("view", [PydanticView, MappingView, UntypedView])
async def test_any_kind_of_state_is_shown_and_followed(
    view: type[LiveView[Any]], page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", view)
    await visit(page, serve(app))
    await expect(page.locator("#n")).to_have_text("3")
    await page.click("button")
    await expect(page.locator("#n")).to_have_text("4")


class FragileView(LiveView[Model]):
    html = """
    <p id="n">{{ n }}</p>
    <button id="more" phx-click="more">more</button>
    <button id="crash" phx-click="crash">crash</button>
    <button id="render" phx-click="spoil">render</button>
    {{ link("params", patch="/?fail=true", id="params") }}
    {% if n < 0 %}{{ 1 // 0 }}{% endif %}
    <button id="unknown" phx-click="unknown">unknown</button>
    """

    @event
    async def more(self) -> None:
        self.state.n += 1

    @event
    async def crash(self) -> None:
        raise RuntimeError("meant to be")

    @event
    async def spoil(self) -> None:
        self.state.n = -1

    async def handle_params(self, fail: bool = False) -> None:
        if fail and self.state.n != 3:
            raise RuntimeError("meant to be")

    async def terminate(self, reason: str) -> None:
        if reason == "crash":
            raise RuntimeError("meant to be, too")


@pytest.mark.parametrize("where", ["#crash", "#render", "#params"])
async def test_a_crash_ends_that_view_only_and_it_begins_anew(
    where: str, page: Page, other_page: Page, make_app: MakeApp, serve: Serve
) -> None:
    # Where a link waits for its patch, the client loads the page anew after a while.
    app = make_app(client_options={"reloadJitterMin": 10, "reloadJitterMax": 20})
    app.live("/", FragileView)
    url = serve(app)
    for tab in (page, other_page):
        await visit(tab, url)
        await tab.click("#more")
        await expect(tab.locator("#n")).to_have_text("4")
    await page.click(where)
    await expect(page.locator("#n")).to_have_text("3")
    await connected(page)
    await page.click("#more")
    await expect(page.locator("#n")).to_have_text("4")
    await other_page.click("#more")
    await expect(other_page.locator("#n")).to_have_text("5")


async def test_an_event_that_nobody_handles_leaves_the_view_as_it_is(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", FragileView)
    await visit(page, serve(app))
    await page.click("#more")
    await page.click("#unknown")
    await page.click("#more")
    await expect(page.locator("#n")).to_have_text("5")


class BrokenView(LiveView):
    html = "<p id='hello'>hello</p>"

    async def mount(self) -> None:
        if self.socket.connected:
            raise RuntimeError("meant to be")


async def ping(request: Request) -> PlainTextResponse:
    return PlainTextResponse("pong")


async def test_a_crash_in_mount_makes_no_storm_of_joins(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(routes=[Route("/ping", ping)])
    app.live("/", BrokenView)
    url = serve(app)
    frames = Frames(page)
    await page.clock.install(time=MORNING)
    await page.goto(url)
    await expect(page.locator("[data-phx-main].phx-error")).to_be_attached()
    await stop_clock(page)
    for _ in range(6):
        await page.clock.run_for(500)
        await page.request.get(url + "/ping")
    assert frames.joins() <= 2


class SwapView(LiveView):
    html = """
    {% if bold %}<b id="x">{{ x }}</b>{% else %}<p id="x">{{ x }}</p>{% endif %}
    <button phx-click="swap">swap</button>
    """

    async def mount(self) -> None:
        self.state.bold, self.state.x = False, "same"

    @event
    async def swap(self) -> None:
        self.state.bold = not self.state.bold


async def test_branches_with_other_tags_and_equal_values_swap(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", SwapView)
    await visit(page, serve(app))
    await page.click("button")
    await expect(page.locator("b#x")).to_have_text("same")
    await page.click("button")
    await expect(page.locator("p#x")).to_have_text("same")
