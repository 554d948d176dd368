"""The page's title: in the first render and after, always as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.pages import visit
from wirebird import LiveView, Wirebird, event, info

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

EVIL = "</title><script>window.owned = 1</script>&amp;\"'"


class TitleView(LiveView):
    html = """
    <button id="set" phx-click="set">set</button>
    <button id="evil" phx-click="evil">evil</button>
    <button id="none" phx-click="none">none</button>
    <button id="soon" phx-click="soon">soon</button>
    {{ link("other", navigate="/other", id="other") }}
    """

    async def mount(self, title: str = "First") -> None:
        self.socket.page_title = title

    @event
    async def set(self) -> None:
        self.socket.page_title = "Second"

    @event
    async def evil(self) -> None:
        self.socket.page_title = EVIL

    @event
    async def none(self) -> None:
        self.socket.page_title = None

    @event
    async def soon(self) -> None:
        self.socket.send_after("soon", 0.01)

    @info
    async def on_soon(self, message: str) -> None:
        self.socket.page_title = "Soon"


class OtherView(LiveView):
    html = '{{ link("untitled", navigate="/untitled", id="untitled") }}'

    async def mount(self) -> None:
        self.socket.page_title = "Other"


class UntitledView(LiveView):
    html = "<h1>Untitled</h1>"


def site(make_app: MakeApp, **options: Any) -> Wirebird:
    app = make_app(**options)
    app.live("/", TitleView)
    app.live("/other", OtherView)
    app.live("/untitled", UntitledView)
    return app


async def test_the_title_follows_the_view(page: Page, make_app: MakeApp, serve: Serve) -> None:
    await visit(page, serve(site(make_app)))
    await expect(page).to_have_title("First")
    await page.click("#set")
    await expect(page).to_have_title("Second")
    await page.click("#other")
    await expect(page).to_have_title("Other")


async def test_a_title_set_by_a_message_is_shown_with_it(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await visit(page, serve(site(make_app)))
    await page.click("#soon")
    await expect(page).to_have_title("Soon")


async def test_prefix_suffix_and_default_are_the_same_before_and_after(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    options = {"title": "Home", "title_prefix": "My ", "title_suffix": " · Shop"}
    base = serve(site(make_app, **options))
    await visit(page, base)
    await expect(page).to_have_title("My First · Shop")
    await page.click("#set")
    await expect(page).to_have_title("My Second · Shop")
    await page.click("#none")
    await expect(page).to_have_title("My Home · Shop")
    await page.goto(base + "/untitled")
    await expect(page).to_have_title("My Home · Shop")


async def test_a_view_without_a_title_does_not_keep_the_last_one_s(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await visit(page, serve(site(make_app, title="Home")) + "/other")
    await expect(page).to_have_title("Other")
    await page.click("#untitled")
    await expect(page.locator("h1")).to_have_text("Untitled")
    await expect(page).to_have_title("Home")


async def test_a_title_is_never_markup(page: Page, make_app: MakeApp, serve: Serve) -> None:
    base = serve(site(make_app, title_prefix="<b>", title_suffix="\"'</title>"))
    await page.goto(base)
    await page.goto(base + "/?title=%3C/title%3E%3Cscript%3Ewindow.owned%20%3D%201%3C/script%3E")
    await expect(page).to_have_title("<b></title><script>window.owned = 1</script>\"'</title>")
    assert await page.evaluate("window.owned") is None
    await page.click("#evil")
    await expect(page).to_have_title(f"<b>{EVIL}\"'</title>")
    assert await page.evaluate("window.owned") is None
