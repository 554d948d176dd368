"""Clicks, keys, focus, the viewport and timing: what a page's bindings send, and who handles it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from playwright.async_api import Page, expect
from pydantic import BaseModel, Field

from tests.browser.pages import (
    MORNING,
    Frames,
    Gate,
    connected,
    expect_heard,
    focus_settled,
    recorder,
    stop_clock,
    visit,
)
from wirebird import Depends, LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@pytest.fixture
def opened(page: Page, make_app: MakeApp, serve: Serve) -> Callable[..., Any]:
    """Opens a page with some markup, which shows the events that reach its view."""

    async def open_page(markup: str) -> None:
        app = make_app()
        app.live("/", recorder(markup))
        await visit(page, serve(app))

    return open_page


Opened = Callable[[str], Any]


async def test_a_click_sends_the_values_of_its_element(page: Page, opened: Opened) -> None:
    await opened(
        '<button phx-click="pick" phx-value-id="7" phx-value-user-name="Ada" value="v">'
        "<i>pick</i></button>"
    )
    await page.click("i")
    await expect_heard(page, "pick", {"id": "7", "user-name": "Ada", "value": "v"}, count=1)


async def test_a_click_elsewhere_is_a_click_away(page: Page, opened: Opened) -> None:
    await opened(
        '<div id="menu" phx-click-away="close"><b id="inside">in</b></div><b id="outside">out</b>'
    )
    await page.click("#inside")
    await page.click("#outside")
    await expect_heard(page, "close", {}, count=1)


async def test_focus_and_blur_send_the_value_of_the_input(page: Page, opened: Opened) -> None:
    await opened('<input id="i" value="x" phx-focus="enter" phx-blur="leave" phx-value-n="1">')
    await page.focus("#i")
    await expect_heard(page, "enter", {"n": "1", "value": "x"}, count=1)
    await page.fill("#i", "xy")
    await page.locator("#i").blur()
    await expect_heard(page, "leave", {"n": "1", "value": "xy"}, count=2)


async def test_the_window_s_focus_and_blur_are_heard(page: Page, opened: Opened) -> None:
    await opened('<div phx-window-focus="back" phx-window-blur="away" phx-value-n="1"></div>')
    await page.evaluate("window.dispatchEvent(new FocusEvent('blur'))")
    await expect_heard(page, "away", {"n": "1"}, count=1)
    await page.evaluate("window.dispatchEvent(new FocusEvent('focus'))")
    await expect_heard(page, "back", {"n": "1"}, count=2)


async def test_keys_are_sent_with_the_element_they_were_pressed_in(
    page: Page, opened: Opened
) -> None:
    await opened('<input id="i" phx-keydown="down" phx-keyup="up" phx-value-n="1">')
    await page.focus("#i")
    await page.keyboard.down("a")
    await expect_heard(page, "down", {"key": "a", "n": "1", "value": ""}, count=1)
    await page.keyboard.up("a")
    await expect_heard(page, "up", {"key": "a", "n": "1", "value": "a"}, count=2)


async def test_phx_key_lets_one_key_through(page: Page, opened: Opened) -> None:
    await opened('<input id="i" phx-keydown="enter" phx-key="Enter">')
    await page.focus("#i")
    await page.keyboard.press("a")
    await page.keyboard.press("Enter")
    await expect_heard(page, "enter", {"key": "Enter", "value": "a"}, count=1)


async def test_keys_of_the_window_are_heard_wherever_the_focus_is(
    page: Page, opened: Opened
) -> None:
    await opened(
        '<div phx-window-keydown="down" phx-key="Escape"></div><div phx-window-keyup="up"></div>'
    )
    await page.keyboard.down("Escape")
    await expect_heard(page, "down", {"key": "Escape"}, count=1)
    await page.keyboard.up("Escape")
    await expect_heard(page, "up", {"key": "Escape"}, count=2)
    await page.keyboard.press("b")
    await expect_heard(page, "up", {"key": "b"}, count=3)


async def test_the_ends_of_a_list_in_the_viewport_are_heard(page: Page, opened: Opened) -> None:
    rows = "".join(f'<li id="row-{n}" style="height: 90px">{n}</li>' for n in range(40))
    await opened(
        '<ul id="rows" phx-viewport-top="earlier" phx-viewport-bottom="later"'
        f' style="height: 300px; overflow-y: auto">{rows}</ul>'
    )
    scroll = "to => document.querySelector('#rows').scrollTo(0, to)"
    await page.evaluate(scroll, 10_000)
    await expect(page.locator("#event")).to_have_text("later")
    await expect(page.locator("#payload")).to_have_text('{"id": "row-39"}')
    await page.evaluate(scroll, 0)
    await expect(page.locator("#event")).to_have_text("earlier")
    await expect(page.locator("#payload")).to_have_text('{"id": "row-0"}')


async def test_a_list_can_be_scrolled_after_its_end_was_reached_without_a_line(
    page: Page, opened: Opened
) -> None:
    rows = "".join(f'<li id="row-{n}" style="height: 90px">{n}</li>' for n in range(40))
    await opened(
        '<ul id="rows" phx-viewport-top="earlier" phx-viewport-bottom="later"'
        f' style="height: 300px; overflow-y: auto">{rows}</ul>'
    )
    scroll = "to => document.querySelector('#rows').scrollTo(0, to)"
    await page.evaluate("new Promise(done => liveSocket.disconnect(done))")
    await page.evaluate(scroll, 10_000)
    await focus_settled(page)
    await page.evaluate("liveSocket.connect()")
    await connected(page)
    await page.evaluate(scroll, 0)
    await expect(page.locator("#event")).to_have_text("earlier")


async def test_debounce_waits_until_the_typing_is_over(page: Page, opened: Opened) -> None:
    await page.clock.install(time=MORNING)
    await opened(
        '<input id="i" phx-keyup="typed" phx-debounce="500"><button phx-click="other">x</button>'
    )
    await stop_clock(page)
    await page.type("#i", "abc")
    await page.clock.run_for(400)
    await page.evaluate("document.querySelector('button').click()")  # the focus stays
    await expect(page.locator("#event")).to_have_text("other")
    await expect(page.locator("#count")).to_have_text("1")
    await page.clock.run_for(200)
    await expect_heard(page, "typed", {"key": "c", "value": "abc"}, count=2)


async def test_debounce_can_wait_for_the_blur(page: Page, opened: Opened) -> None:
    await opened(
        '<form phx-change="changed"><input id="i" name="i" phx-debounce="blur"></form>'
        '<button phx-click="other">x</button>'
    )
    await page.type("#i", "abc")
    await expect(page.locator("#count")).to_have_text("0")
    await page.locator("#i").blur()
    await expect_heard(page, "changed", {"i": "abc", "_target": ["i"]}, count=1)


async def test_throttle_lets_one_through_at_a_time(page: Page, opened: Opened) -> None:
    await page.clock.install(time=MORNING)
    await opened(
        '<button id="b" phx-click="shot" phx-throttle="1000">!</button>'
        '<button id="other" phx-click="other">x</button>'
    )
    await stop_clock(page)
    await page.click("#b")
    await expect_heard(page, "shot", {"value": ""}, count=1)
    await page.click("#b")
    await page.click("#other")
    await expect_heard(page, "other", {"value": ""}, count=2)
    await page.clock.run_for(1100)
    await page.click("#b")
    await expect_heard(page, "shot", {"value": ""}, count=3)


class SlowView(LiveView):
    html = """
    <button id="b" phx-click="slow" phx-disable-with="Working">Work</button>
    <form id="f" phx-change="slow" phx-submit="slow">
      <input id="i" name="i">
      <button id="s" phx-disable-with="Saving">Save</button>
    </form>
    <p id="done">{{ done }}</p>
    """
    gates: list[Gate]

    async def mount(self) -> None:
        self.state.done = 0

    @event
    async def slow(self) -> None:
        await self.gates[self.state.done].wait()
        self.state.done += 1


def slow_app(make_app: MakeApp) -> tuple[Wirebird, list[Gate]]:
    gates = [Gate(), Gate()]
    app = make_app()
    app.live("/", type("SlowView", (SlowView,), {"gates": gates}))
    return app, gates


async def test_what_was_clicked_shows_that_it_waits(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, gates = slow_app(make_app)
    await visit(page, serve(app))
    await page.click("#b")
    await expect(page.locator("#b.phx-click-loading")).to_be_disabled()
    await expect(page.locator("#b")).to_have_text("Working")
    gates[0].open()
    await expect(page.locator("#done")).to_have_text("1")
    await expect(page.locator("#b")).to_have_text("Work")
    await expect(page.locator("#b")).to_be_enabled()
    await expect(page.locator(".phx-click-loading")).to_have_count(0)


async def test_a_form_shows_that_it_waits(page: Page, make_app: MakeApp, serve: Serve) -> None:
    app, gates = slow_app(make_app)
    await visit(page, serve(app))
    await page.fill("#i", "x")
    await expect(page.locator("#i.phx-change-loading")).to_be_attached()
    gates[0].open()
    await expect(page.locator(".phx-change-loading")).to_have_count(0)
    await page.click("#s")
    await expect(page.locator("#f.phx-submit-loading")).to_be_attached()
    await expect(page.locator("#s")).to_have_text("Saving")
    await expect(page.locator("#i")).to_have_attribute("readonly", "")
    gates[1].open()
    await expect(page.locator("#done")).to_have_text("2")
    await expect(page.locator("#s")).to_have_text("Save")
    await expect(page.locator(".phx-submit-loading")).to_have_count(0)


@dataclass
class Order:
    n: int = 1
    said: str = ""


class Item(BaseModel):
    name: str
    amount: int = Field(gt=0)


async def shop(session: Mapping[str, Any]) -> str:
    return session.get("shop", "the corner shop")


class OrderView(LiveView[Order]):
    html = """
    <button id="add" phx-click="add-item" phx-value-name="tea" phx-value-amount="2">add</button>
    <button id="bad" phx-click="add-item" phx-value-name="tea" phx-value-amount="none">bad</button>
    <button id="also" phx-click="append" phx-value-name="ink" phx-value-amount="1">also</button>
    <button id="where" phx-click="where" phx-value-place="ignored">where</button>
    <button id="raw" phx-click="raw" phx-value-a="1">raw</button>
    <button id="any" phx-click="anything" phx-value-a="1">any</button>
    <button id="private" phx-click="_secret">private</button>
    <p id="said">{{ said }}</p>
    <p id="n">{{ n }}</p>
    """

    @event("add-item", "append")
    async def add(self, item: Item, event: str) -> None:
        self.state.n += item.amount
        self.state.said = f"{event} {item.name}"

    @event
    async def where(self, place: Annotated[str, Depends(shop)]) -> None:
        self.state.said = place

    @event
    def raw(self, payload: dict[str, Any]) -> None:
        self.state.said = repr(payload)

    async def _secret(self) -> None:
        self.state.said = "told"

    async def handle_event(self, event: str, payload: dict[str, Any]) -> None:
        self.state.said = f"{event}: {payload.get('a', 'nothing')}"


async def test_a_handler_s_signature_says_what_it_takes(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", OrderView)
    await visit(page, serve(app))
    said, n = page.locator("#said"), page.locator("#n")
    await page.click("#add")
    await expect(said).to_have_text("add-item tea")
    await expect(n).to_have_text("3")
    await page.click("#also")
    await expect(said).to_have_text("append ink")
    await expect(n).to_have_text("4")
    await page.click("#where")
    await expect(said).to_have_text("the corner shop")
    await page.click("#raw")
    await expect(said).to_have_text("{'a': '1', 'value': ''}")
    await page.click("#any")
    await expect(said).to_have_text("anything: 1")
    await page.click("#private")
    await expect(said).to_have_text("_secret: nothing")


async def test_a_payload_that_does_not_fit_never_reaches_the_handler(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", OrderView)
    frames = Frames(page)
    await visit(page, serve(app))
    await page.click("#bad")
    await page.click("#add")
    await expect(page.locator("#n")).to_have_text("3")
    assert frames.events() == ["add-item", "add-item"]
    assert frames.joins() == 1
    await connected(page)
