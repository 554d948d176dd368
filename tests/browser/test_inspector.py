"""The inspector sees a page in another tab, and what it does there can be seen in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Page, expect

from wirebird import LiveView, Wirebird, event


@dataclass
class Counter:
    count: int = 0


class CounterView(LiveView[Counter]):
    html = '<h1>Count is {{ count }}</h1><button phx-click="increment">+</button>'

    @event
    async def increment(self) -> None:
        self.state.count += 1


async def test_a_view_is_listed_and_comes_back_after_it_was_disconnected(
    make_app: Callable[..., Wirebird],
    serve: Callable[..., str],
    page: Page,
    other_page: Page,
) -> None:
    app = make_app(inspector=lambda request: True)
    app.live("/", CounterView)
    url = serve(app)
    await page.goto(url)
    await page.click("button")
    await expect(page.locator("h1")).to_have_text("Count is 1")
    await other_page.goto(f"{url}/_wirebird")
    await other_page.click("#views a:text('CounterView')")
    await expect(other_page.locator("h1")).to_have_text("CounterView")
    await page.click("button")
    await expect(other_page.locator("#entries")).to_contain_text("the event 'increment'")
    summary = other_page.locator("#entries summary").first
    await summary.click()
    await expect(other_page.locator("#entries pre").first).to_contain_text('"diff"')

    line = (await other_page.locator("tr", has_text="Line").first.text_content()) or ""
    await other_page.click("text=Disconnect")
    await expect(page.locator("[data-phx-main]")).to_have_class("phx-connected")
    await expect(other_page.locator("tr", has_text="Line").first).not_to_have_text(line)
    await expect(other_page.locator("h1")).to_have_text("CounterView")
    await page.click("button")
    await expect(page.locator("h1")).to_have_text("Count is 3")
