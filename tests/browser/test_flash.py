"""The flash: shown once, wherever the visitor is sent meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import Frames, connected, until, visit
from wirebird import LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


class FormView(LiveView):
    html = """
    <h1>Form</h1><p id="n">{{ n }}</p><p id="own">{{ flash.get("info", "none") }}</p>
    <button id="put" phx-click="put">put</button>
    <button id="more" phx-click="more">more</button>
    <button id="clear" phx-click="clear">clear</button>
    <button id="navigate" phx-click="leave" phx-value-by="push_navigate">navigate</button>
    <button id="redirect" phx-click="leave" phx-value-by="redirect">redirect</button>
    <button id="push" phx-click="leave" phx-value-by="push_patch" phx-value-to="/?x=1">push</button>
    {{ link("patch", patch="/?x=2", id="patch") }}
    """

    async def mount(self) -> None:
        self.state.n = 0

    async def handle_params(self, halt: bool = False) -> None:
        if halt:
            self.socket.put_flash("info", "Sent on <b>")
            self.socket.push_navigate("/done")

    @event
    async def put(self) -> None:
        self.socket.put_flash("info", "Saved <b>")
        self.socket.put_flash("error", "Nearly")

    @event
    async def more(self) -> None:
        self.state.n += 1

    @event
    async def clear(self) -> None:
        self.socket.clear_flash("error")

    @event
    async def leave(self, by: str, to: str = "/done") -> None:
        self.socket.put_flash("info", "Saved <b>")
        getattr(self.socket, by)(to)


class DoneView(LiveView):
    html = '<h1>Done</h1><p id="own">{{ flash.get("info", "none") }}</p>'


@pytest.fixture
def site(make_app: MakeApp) -> Wirebird:
    app = make_app()
    app.live("/", FormView)
    app.live("/done", DoneView)
    return app


INFO, ERROR = ".wirebird-flash-info", ".wirebird-flash-error"


async def test_the_flash_is_shown_by_the_built_in_layout_and_by_the_view(
    page: Page, site: Wirebird, serve: Serve
) -> None:
    await visit(page, serve(site))
    await page.click("#put")
    await expect(page.locator(INFO)).to_have_text("Saved <b>")
    await expect(page.locator(ERROR)).to_have_text("Nearly")
    await expect(page.locator("#own")).to_have_text("Saved <b>")
    await page.click("#clear")
    await expect(page.locator(ERROR)).to_have_count(0)
    await expect(page.locator(INFO)).to_be_visible()


async def test_a_click_on_the_flash_clears_it_on_the_server(
    page: Page, site: Wirebird, serve: Serve
) -> None:
    await visit(page, serve(site))
    await page.click("#put")
    await page.click(INFO)
    await expect(page.locator(INFO)).to_have_count(0)
    await expect(page.locator(ERROR)).to_be_visible()
    await expect(page.locator("#own")).to_have_text("none")
    await page.click("#more")
    await expect(page.locator("#n")).to_have_text("1")
    await expect(page.locator(INFO)).to_have_count(0)


@pytest.mark.parametrize("button", ["#navigate", "#redirect"])
async def test_the_flash_goes_along_and_is_shown_once(
    button: str, page: Page, site: Wirebird, serve: Serve
) -> None:
    base = serve(site)
    await visit(page, base)
    await page.click(button)
    await expect(page).to_have_url(base + "/done")
    await connected(page)
    await expect(page.locator(INFO)).to_have_text("Saved <b>")
    await expect(page.locator("#own")).to_have_text("Saved <b>")
    await page.reload()
    await connected(page)
    await expect(page.locator("h1")).to_have_text("Done")
    await expect(page.locator(INFO)).to_have_count(0)


async def test_the_flash_of_a_first_render_that_sends_on_is_shown(
    page: Page, site: Wirebird, serve: Serve
) -> None:
    base = serve(site)
    await page.goto(base + "/?halt=true")
    await expect(page).to_have_url(base + "/done")
    await connected(page)
    await expect(page.locator(INFO)).to_have_text("Sent on <b>")


async def test_the_flash_does_not_come_back_when_the_view_is_joined_again(
    page: Page, site: Wirebird, serve: Serve
) -> None:
    frames = Frames(page)
    await visit(page, serve(site))
    await page.click("#redirect")
    await expect(page.locator("h1")).to_have_text("Done")
    await connected(page)
    await expect(page.locator(INFO)).to_be_visible()
    await page.click(INFO)
    await expect(page.locator(INFO)).to_have_count(0)
    joins = frames.joins()
    await page.evaluate("liveSocket.disconnect(() => liveSocket.connect())")
    await until(lambda: frames.joins() == joins + 1, "the view is joined again")
    await connected(page)
    await expect(page.locator(INFO)).to_have_count(0)


async def test_a_patch_by_the_visitor_clears_the_flash_and_one_by_the_view_keeps_it(
    page: Page, site: Wirebird, serve: Serve
) -> None:
    base = serve(site)
    await visit(page, base)
    await page.click("#push")
    await expect(page).to_have_url(base + "/?x=1")
    await expect(page.locator(INFO)).to_be_visible()
    await page.click("#patch")
    await expect(page).to_have_url(base + "/?x=2")
    await expect(page.locator(INFO)).to_have_count(0)
