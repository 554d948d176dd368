"""Layouts and commands written as t-strings, in the browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from string.templatelib import Template
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.pages import visit
from wirebird import JS, LiveView, Socket, Wirebird, event, js, link
from wirebird import Page as LivePage

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


def document(page: LivePage) -> Template:
    return t"""<!DOCTYPE html>
    <html lang="eo"><head>{page.title}{page.head}</head><body>
    <header class={["top", "wide"]}>{page.request.url.path}</header>{page.content}</body></html>"""


def around(socket: Socket, inner: Any) -> Template:
    return t"<nav>{socket.flash.get('info', 'no flash')}</nav><main>{inner}</main>"


@dataclass
class Count:
    n: int = 0


class CountView(LiveView[Count]):
    def render(self) -> Template:
        return t"""
        <p id="n">{self.state.n}</p>
        <button id="more" phx-click={self.more} phx-value-by="2">more</button>
        <button id="hide" phx-click={self.hiding()}>hide</button>
        <div id="box">box</div>
        {link("next", patch="/?x=1", id="next")}
        """

    def hiding(self) -> JS:
        return js.hide(to="#box").push(self.more, value={"by": 5})

    @event("count-more")
    async def more(self, by: int) -> None:
        self.state.n += by
        self.socket.put_flash("info", f"flash {self.state.n}")


async def test_layouts_and_commands_may_be_t_strings(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(root_layout=document, layout=around)
    app.live("/", CountView)
    base = serve(app)
    await visit(page, base)
    assert await page.evaluate("document.compatMode") == "CSS1Compat"
    await expect(page.locator("header.top.wide")).to_have_text("/")
    await expect(page.locator("nav")).to_have_text("no flash")
    await page.click("#more")
    await expect(page.locator("main #n")).to_have_text("2")
    await expect(page.locator("nav")).to_have_text("flash 2")
    await page.click("#hide")
    await expect(page.locator("#box")).to_be_hidden()
    await expect(page.locator("#n")).to_have_text("7")
    await page.click("#next")
    await expect(page).to_have_url(base + "/?x=1")
