"""Nested and sticky views, as the browser joins, keeps and loses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from examples.gallery import HERE
from examples.tabs import tabs
from tests.browser.pages import connected, focus_settled, is_same_document, mark, visit
from tests.runtime.test_children import (
    STICKY,
    ChildView,
    Holder,
    HolderView,
    LoopView,
    MiddleView,
    OtherView,
    ParentView,
    SessionView,
    WayParentView,
    WayView,
)
from wirebird import Wirebird, js

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@pytest.fixture
def url(make_app: MakeApp, serve: Serve) -> str:
    app = make_app()
    app.components(ChildView, Holder, MiddleView, SessionView, WayView)
    app.live("/", ParentView)
    app.live("/other", OtherView)
    app.live("/loop", LoopView)
    app.live("/held", HolderView)
    app.live("/way", WayParentView)
    layout = app.templates.inline(STICKY, "sticky.html")

    def around(_: Any, inner: Any) -> Any:
        return layout.tree({"inner_content": inner}, {})

    with app.live_session("music", layout=around) as live:
        live.live("/music", MusicView)
        live.live("/music/other", MusicView)
    return serve(app)


class MusicView(ParentView):
    html = """<h1>{{ url }}</h1>{{ link("other", navigate="/music/other") }}
    {{ link("first", navigate="/music") }}{{ link("away", navigate="/other") }}"""


async def push(page: Page, selector: str, event: str, value: str = "{}") -> None:
    """Send an event from an element, to the view that it stands in."""
    script = """([selector, event, value]) => {
      const command = JSON.stringify([["push", {event, value: JSON.parse(value)}]]);
      liveSocket.execJS(document.querySelector(selector), command, "click");
    }"""
    await page.evaluate(script, [selector, event, value])


async def test_a_child_and_its_parent_live_side_by_side(page: Page, url: str):
    await visit(page, url + "/")
    await page.click("#kid .inc")
    await expect(page.locator("#kid b")).to_have_text("1")
    await push(page, "h1", "inc")
    await expect(page.locator("h1")).to_have_text("1 -")
    await expect(page.locator("#kid b")).to_have_text("1")
    await push(page, "#kid p", "tell", '{"text": "up"}')
    await expect(page.locator("em")).to_have_text("up")
    await push(page, "h1", "tell", '{"to": "kid", "text": "down"}')
    await expect(page.locator("#kid i")).to_have_text("down")


async def test_a_child_goes_and_comes_back_anew(page: Page, url: str):
    await visit(page, url + "/")
    await page.click("#kid .inc")
    await expect(page.locator("#kid b")).to_have_text("1")
    await push(page, "h1", "toggle")
    await expect(page.locator("#kid")).to_have_count(0)
    await push(page, "h1", "toggle")
    await expect(page.locator("#kid b")).to_have_text("0")
    await page.click("#kid .inc")
    await expect(page.locator("#kid b")).to_have_text("1")


async def test_crashes_stay_in_their_view(page: Page, url: str):
    await visit(page, url + "/")
    await push(page, "h1", "inc")
    await page.click("#kid .inc")
    await expect(page.locator("#kid b")).to_have_text("1")
    await push(page, "#kid p", "crash")
    await expect(page.locator("#kid b")).to_have_text("0")
    await expect(page.locator("h1")).to_have_text("1 -")
    await page.click("#kid .inc")
    await expect(page.locator("#kid b")).to_have_text("1")
    await push(page, "h1", "crash")
    await expect(page.locator("h1")).to_have_text("0 -")
    await expect(page.locator("#kid b")).to_have_text("0")
    await page.click("#kid .inc")
    await expect(page.locator("#kid b")).to_have_text("1")


async def test_a_child_that_ends_before_its_answer_is_taken_leaves_its_place_to_the_next(
    page: Page, url: str
):
    await visit(page, url + "/")
    await push(page, "h1", "toggle")
    await expect(page.locator("#kid")).to_have_count(0)
    script = """(transition) => {
      const line = liveSocket.getSocket().conn;
      new MutationObserver((_, observer) => {
        if (!document.querySelector("#kid")) return;
        observer.disconnect();
        liveSocket.execJS(document.querySelector("h1"), transition, "click");
        line.addEventListener("message", ({ data }) => {
          const [, , topic, event] = JSON.parse(data);
          if (topic !== "lv:kid" || event !== "phx_reply") return;
          liveSocket.disconnect(() => liveSocket.connect());
        });
      }).observe(document.body, { childList: true, subtree: true });
    }"""
    await page.evaluate(script, str(js.transition("slow", to="h1", time=500)))
    await push(page, "h1", "toggle")
    await expect(page.locator("[data-phx-main].phx-error")).to_be_attached()
    await connected(page)
    await page.click("#kid .inc")
    await expect(page.locator("#kid b")).to_have_text("1")


async def test_parent_and_child_come_back_after_the_line_was_lost(page: Page, url: str):
    await visit(page, url + "/")
    await page.click("#kid .inc")
    await expect(page.locator("#kid b")).to_have_text("1")
    await page.evaluate(
        "new Promise(done => liveSocket.disconnect(done)).then(() => liveSocket.connect())"
    )
    await expect(page.locator("#kid.phx-connected")).to_be_attached()
    await page.click("#kid .inc")
    await expect(page.locator("#kid b")).to_have_text("2")


async def test_a_child_patches_and_navigates_the_page(page: Page, url: str):
    await visit(page, url + "/")
    await mark(page)
    await push(page, "#kid p", "patch", '{"to": "/?q=child"}')
    await expect(page.locator("h1")).to_have_text("0 child")
    await expect(page).to_have_url(url + "/?q=child")
    await push(page, "#kid p", "navigate")
    await expect(page.locator("h1")).to_have_text("other")
    await expect(page).to_have_url(url + "/other")
    assert await is_same_document(page)


@pytest.mark.parametrize("how", ["redirect", "navigate"])
async def test_a_child_that_leads_elsewhere_when_it_joins(how: str, page: Page, url: str):
    await page.goto(f"{url}/way?how={how}&when=connected")
    await expect(page.locator("h1")).to_have_text("other")
    await expect(page).to_have_url(url + "/other")


async def test_children_in_components_and_loops_keep_their_state(page: Page, url: str):
    await visit(page, url + "/held")
    await page.click("#held .inc")
    await expect(page.locator("#held b")).to_have_text("1")
    await page.evaluate(
        """liveSocket.execJS(document.querySelector("h3"),
           JSON.stringify([["push", {event: "inc", target: 1}]]), "click")"""
    )
    await expect(page.locator("h3")).to_have_text("1")
    await expect(page.locator("#held b")).to_have_text("1")
    await visit(page, url + "/loop")
    await page.click("#kid-b .inc")
    await expect(page.locator("#kid-b b")).to_have_text("1")
    await push(page, "section", "set_names", '{"names": ["c", "b"]}')
    await expect(page.locator(".name")).to_have_text(["c", "b"])
    await expect(page.locator("#kid-b b")).to_have_text("1")


async def test_a_sticky_view_stays_within_its_live_session(page: Page, url: str):
    await visit(page, url + "/music")
    await mark(page)
    await page.click("#player .inc")
    await expect(page.locator("#player b")).to_have_text("1")
    await page.click("text=other")
    await expect(page).to_have_url(url + "/music/other")
    await connected(page)
    await page.click("#player .inc")
    await expect(page.locator("#player b")).to_have_text("2")
    await page.go_back()
    await expect(page.locator("h1")).to_have_text(url + "/music")
    await expect(page.locator("#player b")).to_have_text("2")
    assert await is_same_document(page)
    await page.click("text=away")
    await expect(page).to_have_url(url + "/other")
    await expect(page.locator("#player")).to_have_count(0)
    assert not await is_same_document(page)


async def test_a_sticky_view_that_navigates_goes_on(page: Page, make_app: MakeApp, serve: Serve):
    app = make_app()
    app.components(ChildView)
    layout = app.templates.inline(STICKY, "sticky.html")

    def around(_: Any, inner: Any) -> Any:
        return layout.tree({"inner_content": inner}, {})

    with app.live_session("music", layout=around) as live:
        live.live("/", ParentView)
        live.live("/other", OtherView)
    await visit(page, serve(app))
    await mark(page)
    await push(page, "#player p", "navigate")
    await expect(page.locator("h1")).to_have_text("other")
    await expect(page.locator("#player b")).to_have_text("1")
    await page.click("#player .inc")
    await expect(page.locator("#player b")).to_have_text("2")
    assert await is_same_document(page)


# The example


@pytest.fixture
def records(make_app: MakeApp, serve: Serve) -> str:
    app = make_app(templates=HERE)
    tabs.add_to(app, layout="tabs/tabs_layout.html")
    return serve(app) + "/tabs"


async def test_tabs_are_used_with_the_keyboard(page: Page, records: str):
    await visit(page, records + "/planets")
    tab = page.get_by_role("tab")
    await page.click("#tab-notes")
    await expect(page.locator("#panel-notes")).to_be_visible()
    await page.fill("#note", "A door closes.")
    await page.keyboard.press("Enter")
    await expect(page.locator(".written li")).to_have_text(["A door closes."])
    await page.focus("#tab-notes")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#tab-tracks")).to_be_focused()
    await expect(page.locator("#tab-tracks")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#tab-notes")).to_be_focused()
    await page.keyboard.press("Home")
    await expect(page.locator("#tab-tracks")).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.locator("#tab-notes")).to_be_focused()
    await expect(page.locator(".written li")).to_have_text(["A door closes."])
    for place, tabindex in enumerate(["-1", "-1", "0"]):
        await expect(tab.nth(place)).to_have_attribute("tabindex", tabindex)
    await expect(page.locator("[role=tabpanel]:visible")).to_have_count(1)
    await focus_settled(page)
    await page.keyboard.press("Tab")
    await expect(page.locator("#panel-notes")).to_be_focused()
    await page.goto(page.url.partition("?")[0] + "?tab=story")
    await expect(page.locator(".story")).to_be_visible()
