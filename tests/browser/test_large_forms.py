"""A form that is larger than a frame may be: the visitor is told, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.pages import Frames, connected, until, visit
from wirebird import LiveView, Wirebird, event
from wirebird.runtime.endpoint import Limits

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

FITS = "й" * 100
LARGE = "й" * 1000


@dataclass
class Letter:
    count: int = 0
    length: int = -1
    sent: int = -1


class LetterView(LiveView[Letter]):
    html = """
    <h1>{{ count }}</h1><button id="more" phx-click="more">+</button>
    <form id="f" aria-label="Letter" method="post" phx-change="changed" phx-submit="send">
      <label for="to">To</label><input id="to" name="to">
      <label for="text">Text</label><textarea id="text" name="text"></textarea>
      <button id="send">Send</button>
    </form>
    <output>{{ length }} {{ sent }} {{ count }}</output>
    """

    @event
    async def more(self) -> None:
        self.state.count += 1

    @event
    async def changed(self, text: str) -> None:
        self.state.length = len(text)

    @event
    async def send(self, text: str) -> None:
        self.state.sent = len(text)


@pytest_asyncio.fixture(loop_scope="session")
async def frames(page: Page, make_app: MakeApp, serve: Serve) -> Frames:
    frames = Frames(page)
    app = make_app(limits=Limits(frame_size=4000))
    app.live("/", LetterView)
    await visit(page, serve(app))
    await page.click("#more")
    await expect(page.locator("output")).to_have_text("-1 -1 1")
    return frames


async def test_who_types_too_much_is_told_where_and_goes_on(page: Page, frames: Frames) -> None:
    await page.fill("#text", LARGE)
    told = page.get_by_role("alert")
    await expect(told).to_contain_text("The form “Letter” (“Text”) is too large to be sent")
    # The rest of the page lives on, its state too, and takes nothing away.
    await page.click("#more")
    await expect(page.locator("output")).to_have_text("-1 -1 2")
    await expect(page.locator("#text")).to_have_value(LARGE)
    await page.fill("#to", "Ada")
    await page.click("#more")
    await expect(page.locator("output")).to_have_text("-1 -1 3")
    await expect(page.locator("#to")).to_have_value("Ada")
    await page.fill("#text", FITS)
    await expect(page.locator("output")).to_have_text("100 -1 3")
    await expect(told).to_have_count(0)
    assert frames.joins() == 1


async def test_it_is_not_sent_before_it_fits(page: Page, frames: Frames) -> None:
    await page.fill("#text", LARGE)
    await page.click("#send")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.locator("#send")).to_be_enabled()
    await page.fill("#text", FITS)
    await page.click("#send")
    await expect(page.locator("output")).to_have_text("100 100 1")
    assert frames.joins() == 1


async def test_it_stays_when_the_line_is_lost(page: Page, frames: Frames) -> None:
    await page.fill("#text", FITS)
    await expect(page.locator("output")).to_have_text("100 -1 1")
    await page.evaluate("new Promise(done => liveSocket.disconnect(done))")
    await page.fill("#text", LARGE)
    await page.evaluate("liveSocket.connect()")
    await until(lambda: frames.joins() == 2, "the page joins again")
    await connected(page)
    await expect(page.get_by_role("alert")).to_contain_text("too large")
    await expect(page.locator("#text")).to_have_value(LARGE)
    await page.click("#more")
    await expect(page.locator("h1")).to_have_text("2")
    await expect(page.locator("#text")).to_have_value(LARGE)
    assert frames.joins() == 2


async def test_a_page_can_tell_it_in_its_own_words(page: Page, frames: Frames) -> None:
    await page.evaluate(
        """addEventListener("wirebird:form-too-large", (event) => {
          event.preventDefault();
          document.title = `${event.target.id} ${event.detail.size > event.detail.limit}`;
        })"""
    )
    await page.fill("#text", LARGE)
    await expect(page).to_have_title("f true")
    await expect(page.get_by_role("alert")).to_have_count(0)
