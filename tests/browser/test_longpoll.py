"""Behind a proxy that lets no WebSocket through, a page does all that it does elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect
from starlette.types import ASGIApp

from tests.browser.blocking import before
from tests.browser.pages import connected, is_same_document, mark, until, visit
from wirebird import STRICT_POLICY, LiveView, Wirebird, event, info

MakeApp = Callable[..., Wirebird]
Serve = Callable[[ASGIApp], str]


@dataclass
class Shown:
    count: int = 0
    pushed: int = 0
    text: str = ""
    saved: str = ""
    transport: str = ""


class Everything(LiveView[Shown]):
    html = """
    <h1>{{ transport }}</h1>
    <button id="more" phx-click="more">{{ count }}</button>
    <output id="pushed">{{ pushed }}</output>
    <form id="form" phx-change="typed" phx-submit="save">
      <input id="text" name="text" value="{{ text }}">
      <output id="typed">{{ text }}</output>
      {{ ui.live_file_input(uploads.file) }}
      <button id="save">Save</button>
    </form>
    <output id="saved">{{ saved }}</output>
    {{ link("Other", navigate="/other", id="away") }}
    """
    ended: asyncio.Event
    loop: asyncio.AbstractEventLoop

    async def mount(self) -> None:
        self.state.transport = self.socket.transport
        self.socket.allow_upload("file", accept="any", max_file_size=1_000_000)
        await self.socket.subscribe("all")
        type(self).loop = asyncio.get_running_loop()

    @event
    async def more(self) -> None:
        self.state.count += 1

    @event
    async def typed(self, text: str = "") -> None:
        self.state.text = text

    @event
    async def save(self) -> None:
        sizes = await self.socket.consume_uploaded_entries(
            "file", lambda file: f"{file.entry.client_name}:{len(file.path.read_bytes())}"
        )
        self.state.saved = " ".join(sizes)

    @info
    async def push(self, message: int) -> None:
        self.state.pushed += message

    async def terminate(self, reason: str) -> None:
        if self.socket.connected:
            self.ended.set()


class Other(LiveView[Shown]):
    html = '<h1>Other {{ transport }}</h1>{{ link("Back", navigate="/", id="back") }}'

    async def mount(self) -> None:
        self.state.transport = self.socket.transport


@pytest.fixture
def view() -> type[Everything]:
    class Mine(Everything):
        ended = asyncio.Event()

    return Mine


@pytest.fixture
def app(make_app: MakeApp, view: type[Everything]) -> Wirebird:
    app = make_app(csp=STRICT_POLICY, client_options={"longPollFallbackMs": 200})
    app.live("/", view)
    app.live("/other", Other)
    return app


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


async def say(app: Wirebird, view: type[Everything], message: int) -> None:
    sent = app.pubsub.broadcast("all", message)
    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_awaited(sent), view.loop))


async def _awaited(work: Any) -> None:
    await work


@pytest.mark.parametrize("how", ["refuse", "swallow"])
async def test_a_page_without_websockets_does_all_that_it_does_elsewhere(
    page: Page, app: Wirebird, view: type[Everything], serve: Serve, how: Any
):
    async with before(port_of(serve(app))) as proxy:
        url = proxy.url
        proxy.how = how
        await visit(page, url)
        await mark(page)
        await expect(page.locator("h1")).to_have_text("longpoll")
        for count in range(3):
            await page.click("#more")
            await expect(page.locator("#more")).to_have_text(str(count + 1))
        await say(app, view, 5)
        await expect(page.locator("#pushed")).to_have_text("5")
        await page.fill("#text", "grüße\n")
        await expect(page.locator("#typed")).to_have_text("grüße")
        file: FilePayload = {
            "name": "a",
            "mimeType": "text/plain",
            "buffer": bytes(range(256)) * 2000,
        }
        await page.set_input_files("input[type=file]", file)
        await page.click("#save")
        await expect(page.locator("#saved")).to_have_text("a:512000")
        await page.click("#away")
        await expect(page.locator("h1")).to_have_text("Other longpoll")
        await page.click("#back")
        await expect(page.locator("#more")).to_have_text("0")
        assert await is_same_document(page)
        assert proxy.asked == 1
        view.ended.clear()
        await page.goto("about:blank")
        await until(view.ended.is_set, "the view of the page that was left has ended")


async def test_a_tab_remembers_that_no_websocket_opens(page: Page, app: Wirebird, serve: Serve):
    async with before(port_of(serve(app))) as proxy:
        url = proxy.url
        await visit(page, url)
        await visit(page, url + "/other")
        await expect(page.locator("h1")).to_have_text("Other longpoll")
        assert proxy.asked == 1


async def test_a_page_that_polls_comes_back_when_its_server_does(
    page: Page, app: Wirebird, view: type[Everything], serve: Serve
):
    async with before(port_of(serve(app))) as proxy:
        url = proxy.url
        await visit(page, url)
        await page.fill("#text", "kept")
        await expect(page.locator("#typed")).to_have_text("kept")
        await proxy.cut()
        await expect(page.locator("[data-phx-main].phx-error")).to_be_attached()
        await proxy.open()
        await connected(page)
        await expect(page.locator("#typed")).to_have_text("kept")
        await expect(page.locator("h1")).to_have_text("longpoll")


async def test_a_page_whose_server_was_away_has_a_websocket_again(
    page: Page, app: Wirebird, serve: Serve
):
    async with before(port_of(serve(app))) as proxy:
        url = proxy.url
        proxy.how = "pass"
        await visit(page, url)
        await expect(page.locator("h1")).to_have_text("websocket")
        async with page.expect_event("requestfailed", lambda request: "longpoll" in request.url):
            await proxy.cut()
        await proxy.open()
        await connected(page)
        await expect(page.locator("h1")).to_have_text("websocket")


async def test_the_view_of_a_closed_tab_ends(
    page: Page, other_page: Page, app: Wirebird, view: type[Everything], serve: Serve
):
    view.linger = 0
    async with before(port_of(serve(app))) as proxy:
        await visit(other_page, proxy.url)
        await other_page.close()
        ended = asyncio.run_coroutine_threadsafe(view.ended.wait(), view.loop)
        await asyncio.wait_for(asyncio.wrap_future(ended), 10)
