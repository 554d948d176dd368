"""A tab that nobody sees or uses is paused, and is back with all it had when somebody does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import is_same_document, mark, until, visit
from wirebird import LiveView, MemoryStore, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@dataclass
class Count:
    count: int = 0
    text: str = ""


class CounterView(LiveView[Count]):
    html = """<h1>{{ count }}</h1><button phx-click="add">Add</button>
    <i phx-window-keydown="add" phx-key="+"></i>
    <form id="form" phx-change="changed"><input name="text" value="{{ text }}"></form>"""
    durable = True
    pause_after = 0.1
    ended: list[str]
    listens = True  # so that it is not paused as long as it is in sight

    async def mount(self) -> None:
        if self.listens:
            await self.socket.subscribe("news")

    @event
    async def add(self) -> None:
        self.state.count += 1

    @event
    async def changed(self, text: str) -> None:
        self.state.text = text

    async def terminate(self, reason: str) -> None:
        if self.socket.connected:
            self.ended.append(reason)


async def hide(page: Page, hidden: bool = True) -> None:
    """Let the page believe that its tab is hidden, or shown."""
    await page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


@pytest.fixture
def ended() -> list[str]:
    return []


@pytest.fixture
def url(make_app: MakeApp, serve: Serve, ended: list[str]) -> str:
    app = make_app(store=MemoryStore())
    app.live("/", type("CounterView", (CounterView,), {"ended": ended}))
    app.live("/idle", type("IdleView", (CounterView,), {"ended": ended, "listens": False}))
    return serve(app)


async def paused(page: Page, ended: list[str]) -> None:
    """Hide a page and wait until its view has ended and its line is closed."""
    await hide(page)
    await until(lambda: "paused" in ended, "the view is paused")
    await page.wait_for_function("!liveSocket.isConnected()")


async def test_a_hidden_tab_is_paused_and_is_back_when_it_is_shown(
    page: Page, url: str, ended: list[str]
) -> None:
    await visit(page, url)
    await mark(page)
    await page.click("button")
    await expect(page.locator("h1")).to_have_text("1")
    await page.fill("input", "typed")
    await paused(page, ended)
    await hide(page, False)
    await page.click("button")
    await expect(page.locator("h1")).to_have_text("2")
    await expect(page.locator("input")).to_have_value("typed")
    assert await is_same_document(page)


async def test_a_click_on_a_page_that_is_paused_wakes_it_and_is_not_lost(
    page: Page, url: str, ended: list[str]
) -> None:
    """Such as in a window that the system says is hidden, and is not."""
    await visit(page, url)
    await paused(page, ended)
    await page.click("button")
    await expect(page.locator("h1")).to_have_text("1")


async def test_a_tab_that_is_shown_in_time_is_not_paused(
    page: Page, url: str, ended: list[str]
) -> None:
    await visit(page, url)
    await page.evaluate(
        """() => {
            const set = (hidden) => {
                const get = () => hidden;
                Object.defineProperty(document, "hidden", { get, configurable: true });
                document.dispatchEvent(new Event("visibilitychange"));
            };
            set(true);
            set(false);
        }"""
    )
    await page.click("button")
    await expect(page.locator("h1")).to_have_text("1")
    assert await page.evaluate("liveSocket.isConnected()")
    assert ended == []


async def test_a_paused_page_is_paused_again(page: Page, url: str, ended: list[str]) -> None:
    await visit(page, url)
    for count in range(1, 4):
        ended.clear()
        await paused(page, ended)
        await hide(page, False)
        await page.click("button")
        await expect(page.locator("h1")).to_have_text(str(count))


async def test_a_page_that_nobody_uses_is_paused_and_the_first_act_is_not_lost(
    page: Page, url: str, ended: list[str]
) -> None:
    await visit(page, url + "/idle")
    await mark(page)

    async def unused() -> None:
        await until(lambda: "paused" in ended, "the view is paused")
        await page.wait_for_function("!liveSocket.isConnected()")
        shown = await page.locator("[data-phx-main]").get_attribute("class") or ""
        assert "error" not in shown
        assert "loading" not in shown
        ended.clear()

    await unused()
    await page.evaluate("document.querySelector('button').click()")
    await expect(page.locator("h1")).to_have_text("1")
    await unused()
    await page.keyboard.press("+")
    await expect(page.locator("h1")).to_have_text("2")
    await unused()
    await page.mouse.wheel(0, 10)
    await page.wait_for_function("liveSocket.isConnected()")
    assert await is_same_document(page)
