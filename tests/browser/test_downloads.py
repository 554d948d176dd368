"""Pages that send the browser to a file: it is saved, and the page stays what it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page, expect
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.browser.pages import Frames, connected, until, visit
from wirebird import LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@dataclass
class Exporting:
    count: int = 0
    is_ready: bool = False
    text: str = ""


class ExportView(LiveView[Exporting]):
    html = """
    <h1>{{ count }}</h1>
    <button id="increment" phx-click="increment">+</button>
    <button id="redirect" phx-click="download">file</button>
    <form id="f" action="/file" method="post" phx-submit="export"
          {{ "phx-trigger-action" if is_ready }}><button id="trigger">export</button></form>
    <form id="post" action="/file" method="post"><button id="plain-post">export</button></form>
    {{ link("post", id="link-post", href="/file", method="post") }}
    <a id="plain" href="/file">plain</a>
    <button id="nothing" phx-click="download" phx-value-what="nothing">nothing</button>
    <form id="note" phx-change="typed"><input id="text" name="text" value="{{ text }}"></form>
    <output>{{ text }}</output>
    <p id="hooked" phx-hook="Hooked" phx-update="ignore"></p>
    """

    @event
    async def increment(self) -> None:
        self.state.count += 1

    @event
    async def download(self, what: str = "file") -> None:
        self.socket.redirect(f"/{what}")

    @event
    async def export(self) -> None:
        self.state.is_ready = True

    @event
    async def typed(self, text: str) -> None:
        self.state.text = text


async def file(request: Request) -> Response:
    headers = {"content-disposition": 'attachment; filename="x.csv"'}
    return Response("a,b\n", media_type="text/csv", headers=headers)


async def nothing(request: Request) -> Response:
    return Response(status_code=204)


@pytest.fixture
def url(make_app: MakeApp, serve: Serve, tmp_path: Any) -> str:
    hooks = tmp_path / "hooks.js"
    hooks.write_text("export const Hooked = {mounted() { this.el.append('mounted '); }}")
    routes = [Route("/file", file, methods=["GET", "POST"]), Route("/nothing", nothing)]
    app = make_app(routes=routes, scripts=[hooks])
    app.live("/", ExportView)
    return serve(app)


WAYS = ["redirect", "trigger", "plain-post", "link-post", "plain"]


@pytest.mark.parametrize("how", WAYS)
async def test_the_file_comes_and_the_page_goes_on(how: str, page: Page, url: str) -> None:
    await visit(page, url)
    await page.fill("#text", "typed")
    await expect(page.locator("output")).to_have_text("typed")
    async with page.expect_download() as download:
        await page.click(f"#{how}")
    assert (await download.value).suggested_filename == "x.csv"
    # At once: what is asked of the page waits until it is back.
    await page.evaluate("document.getElementById('increment').click()")
    await expect(page.locator("h1")).to_have_text("1")
    await expect(page.locator("#text")).to_have_value("typed")
    await expect(page.locator("output")).to_have_text("typed")
    await expect(page.locator("#hooked")).to_have_text("mounted")
    await page.fill("#text", "more")
    await expect(page.locator("output")).to_have_text("more")


async def test_a_page_that_nobody_touches_comes_back_by_itself(page: Page, url: str) -> None:
    frames = Frames(page)
    await visit(page, url)
    await page.click("#nothing")
    await until(lambda: frames.joins() == 2, "the page joins again")
    await connected(page)


async def test_a_second_file_comes_as_the_first_one(page: Page, url: str) -> None:
    await visit(page, url)
    for _ in range(2):
        async with page.expect_download():
            await page.click("#trigger")
        await connected(page)


async def test_a_form_that_is_sent_at_once_is_sent_when_the_page_is_back(
    page: Page, url: str
) -> None:
    await visit(page, url)
    async with page.expect_download():
        await page.click("#plain")
    async with page.expect_download():
        await page.click("#trigger")


class AwayView(LiveView):
    html = """<form id="f" action="/nothing" method="post" {{ "phx-trigger-action" if away }}>
    <input name="a"></form>"""
    joins = 0

    async def mount(self) -> None:
        self.state.away = self.socket.connected
        type(self).joins += self.socket.connected


async def test_a_page_that_sends_itself_away_at_each_join_comes_back_once_and_when_it_is_used(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    view = type("AwayView", (AwayView,), {"joins": 0})
    app = make_app(routes=[Route("/nothing", nothing, methods=["POST"])])
    app.live("/", view)
    await page.clock.install()
    await page.goto(serve(app))
    await until(lambda: view.joins == 2, "the page joins again")
    await page.clock.fast_forward(60_000)
    await page.keyboard.press("a")
    await until(lambda: view.joins == 3, "the page joins when it is used")
