"""Live components, as the browser shows, addresses and forgets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import Frames, visit
from tests.runtime.test_components import (
    Branch,
    Counter,
    Doing,
    DoingView,
    ElsewhereView,
    PageView,
    PanelComponent,
    PanelView,
    RichComponent,
    RichView,
    SelectorView,
    Switch,
    SwitchView,
)
from wirebird import LiveView, Stream, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


class RootSwitchView(PageView):
    """Its layout is another template once there is a flash."""

    @event
    async def flash(self) -> None:
        self.socket.put_flash("info", "hello")


class BranchView(LiveView):
    html = "{{ live_component(Branch, id='r', path='r', depth=2) }}"


@dataclass(frozen=True)
class Item:
    id: int


@dataclass
class Items:
    items: Stream[Item] = field(default_factory=lambda: Stream([Item(1), Item(2)]))


class StreamView(LiveView[Items]):
    html = """
    <ul id="items" phx-update="stream">
      {% for dom_id, item in items %}
      <li id="{{ dom_id }}">{{ live_component(Counter, id=item.id, label="i" ~ item.id) }}</li>
      {% endfor %}
    </ul>
    """

    @event
    async def add(self, id: int) -> None:
        self.state.items.insert(Item(id), at=0)

    @event
    async def remove(self, id: int) -> None:
        self.state.items.delete({"id": id})


@pytest.fixture
def url(make_app: MakeApp, serve: Serve) -> str:
    app = make_app()
    app.components(Branch, Counter, Doing, PanelComponent, RichComponent, Switch)
    one = app.templates.inline("<main>{{ inner_content }}</main>", "one.html")
    two = app.templates.inline("<aside>{{ inner_content }}</aside>", "two.html")

    def around(socket: Any, inner: Any) -> Any:
        return (two if socket.flash else one).tree({"inner_content": inner}, {})

    app.live("/", PageView)
    app.live("/selector", SelectorView)
    app.live("/rich", RichView)
    app.live("/switch", SwitchView)
    app.live("/panel", PanelView)
    app.live("/doing", DoingView)
    app.live("/branch", BranchView)
    app.live("/stream", StreamView)
    app.live("/elsewhere", ElsewhereView)
    app.live("/root", RootSwitchView, layout=around)
    return serve(app)


async def push(page: Page, event: str, value: str = "{}", at: str = "[data-phx-main]") -> None:
    """Send an event to the view, from one of its elements."""
    script = """([selector, event, value]) => {
      const command = JSON.stringify([["push", {event, value: JSON.parse(value)}]]);
      liveSocket.execJS(document.querySelector(selector), command, "click");
    }"""
    await page.evaluate(script, [at, event, value])


async def change(page: Page, name: str) -> None:
    await push(page, "change", f'{{"change": "{name}"}}')


async def test_components_keep_state_elements_and_focus_while_they_move(page: Page, url: str):
    await visit(page, url + "/")
    await page.click("#s-b button:first-of-type")
    await expect(page.locator("#s-b i")).to_have_text("2")
    await page.evaluate("document.querySelector('#s-b b').kept = true")
    await change(page, "reverse")
    await expect(page.locator("section b")).to_have_text(["c", "b", "a"])
    await change(page, "insert")
    await expect(page.locator("section b")).to_have_text(["c", "x", "b", "a"])
    await expect(page.locator("#s-b i")).to_have_text("2")
    assert await page.evaluate("document.querySelector('#s-b b').kept")


async def test_a_component_that_leaves_is_destroyed_on_both_sides(page: Page, url: str):
    frames = Frames(page)
    await visit(page, url + "/")
    await page.click("footer button:first-of-type")
    await expect(page.locator("footer i")).to_have_text("2")
    await change(page, "hide")
    await expect(page.locator("footer")).to_have_count(0)
    # A component that is shown again before both sides have let it go keeps its state.
    await frames.until(lambda frame: frame[4].get("response") == {"cids": [4]})
    await change(page, "show")
    await expect(page.locator("footer i")).to_have_text("0")
    sent = [(frame[3], frame[4]) for frame in frames.sent if frame[3].startswith("cids_")]
    assert sent == [("cids_will_destroy", {"cids": [4]}), ("cids_destroyed", {"cids": [4]})]
    await page.click("footer button:first-of-type")
    await expect(page.locator("footer i")).to_have_text("2")


async def test_a_selector_targets_all_that_it_finds(page: Page, url: str):
    await visit(page, url + "/selector")
    await page.click("#all")
    await expect(page.locator("i")).to_have_text(["1", "1"])


async def test_newcomers_take_their_statics_from_those_there(page: Page, url: str):
    await visit(page, url + "/rich")
    await page.click("article:nth-child(2) .toggle")
    await expect(page.locator("article:nth-child(2) em")).to_have_text("2 open")
    await page.click("article:nth-child(1) .empty")
    await expect(page.locator("article:nth-child(1) li")).to_have_count(0)
    await push(page, "items", '{"items": ["n", "a", "m", "b", "c"]}')
    await expect(page.locator("article")).to_have_count(5)
    await expect(page.locator("article:nth-child(1) li")).to_have_text(["x", "y"])
    await expect(page.locator("article:nth-child(3) li")).to_have_text(["x", "y"])
    await expect(page.locator("article:nth-child(2) li")).to_have_count(0)
    await page.click("article:nth-child(3) .toggle")
    await expect(page.locator("article:nth-child(3) s")).to_have_text(["x", "y"])


async def test_a_component_may_change_its_root_and_what_is_around_it(page: Page, url: str):
    await visit(page, url + "/switch")
    for name, shown in (("section", "section 1"), ("plain", "plain"), ("div", "div 3")):
        await push(page, name)
        await expect(page.locator("[data-phx-component]")).to_have_text(shown)
    await push(page, "div", '{"whole": true}')
    await expect(page.locator("h1")).to_have_text("4")
    await expect(page.locator("#d")).to_have_text("div 4")


async def test_components_stay_when_the_whole_tree_is_replaced(page: Page, url: str):
    await visit(page, url + "/root")
    await page.click("#s-b button:first-of-type")
    await expect(page.locator("#s-b i")).to_have_text("2")
    await push(page, "flash")
    await expect(page.locator("aside section")).to_have_count(3)
    await expect(page.locator("#s-b i")).to_have_text("2")
    await page.click("#s-b button:first-of-type")
    await expect(page.locator("#s-b i")).to_have_text("4")


async def test_content_and_the_components_in_it(page: Page, url: str):
    await visit(page, url + "/panel")
    await page.click(".body div:nth-of-type(2) button:first-of-type")
    await expect(page.locator(".body i")).to_have_text(["0", "2", "0"])
    await page.click("h2")
    await expect(page.locator(".body")).to_have_count(0)
    await page.click("h2")
    await expect(page.locator(".body i")).to_have_text(["0", "0", "0"])
    await push(page, "rename", '{"title": "New"}')
    await expect(page.locator(".body b")).to_have_text(["a", "b", "c", "New"])


async def test_a_component_flashes_patches_and_navigates(page: Page, url: str):
    await visit(page, url + "/doing")
    await page.fill("#f input", "milk")
    await page.keyboard.press("Enter")
    await expect(page.locator("#doing i")).to_have_text("milk by ada")

    async def to_component(name: str) -> None:
        script = """name => liveSocket.execJS(document.querySelector("#doing"),
          JSON.stringify([["push", {event: name, target: 1}]]), "click")"""
        await page.evaluate(script, name)

    await to_component("flash")
    await expect(page.locator("[role=alert]").first).to_have_text("from a component")
    await to_component("navigate")
    await expect(page.locator("h1")).to_have_text("elsewhere")


async def test_components_inside_each_other(page: Page, url: str):
    await visit(page, url + "/branch")
    await expect(page.locator(".knot")).to_have_count(7)
    await page.click("#k-3 > .n")
    await expect(page.locator("#k-3 > span")).to_have_text("1")
    await page.click("#k-1 > .n")
    await expect(page.locator("#k-1 > span")).to_have_text("1")
    await expect(page.locator("#k-3 > span")).to_have_text("1")
    await page.click("#k-1 > .o")
    await expect(page.locator(".knot")).to_have_count(1)
    await page.click("#k-1 > .o")
    await expect(page.locator(".knot")).to_have_count(7)
    await expect(page.locator("#k-3")).to_have_count(0)


async def test_components_in_the_rows_of_a_stream(page: Page, url: str):
    frames = Frames(page)
    await visit(page, url + "/stream")
    await page.click("#items-2 button:first-of-type")
    await expect(page.locator("#items-2 i")).to_have_text("2")
    await push(page, "add", '{"id": 3}')
    await expect(page.locator("#items b")).to_have_text(["i3", "i1", "i2"])
    await expect(page.locator("#items-2 i")).to_have_text("2")
    await push(page, "add", '{"id": 2}')
    await page.click("#items-3 button:first-of-type")
    await expect(page.locator("#items-3 i")).to_have_text("2")
    await expect(page.locator("#items-2 i")).to_have_text("2")
    await push(page, "remove", '{"id": 2}')
    await expect(page.locator("#items b")).to_have_text(["i3", "i1"])
    await frames.until(lambda frame: bool(frame[4].get("response", {}).get("cids")))
    await push(page, "add", '{"id": 2}')
    await expect(page.locator("#items-2 i")).to_have_text("0")
