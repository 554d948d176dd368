"""The first page of all, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Page, expect

from wirebird import LiveView, Wirebird, event


@dataclass
class Counter:
    count: int = 0


class CounterView(LiveView[Counter]):
    html = '<h1>Count is {{ count }}</h1><button phx-click="increment" phx-value-by="2">+</button>'

    async def handle_params(self, count: int = 0) -> None:
        self.state.count = count

    @event
    async def increment(self, by: int = 1) -> None:
        self.state.count += by


async def test_a_click_is_answered_in_the_page(
    make_app: Callable[..., Wirebird], serve: Callable[..., str], page: Page
) -> None:
    app = make_app()
    app.live("/", CounterView)
    await page.goto(serve(app) + "/?count=5")
    await expect(page.locator("h1")).to_have_text("Count is 5")
    await expect(page.locator("[data-phx-main]")).to_have_class("phx-connected")
    await page.click("button")
    await expect(page.locator("h1")).to_have_text("Count is 7")
