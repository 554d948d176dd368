"""The document around pages and the layouts around views: ours, the application's, and who wins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import is_same_document, mark, visit
from wirebird import LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

ROOT = """<!DOCTYPE html>
<html lang="eo">
<head>{{ page.title }}{{ page.head }}</head>
<body class="{{ live_action or 'none' }}">
<header>{{ request.url.path }}</header>
{{ inner_content }}
<form method="post"><input type="hidden" name="_csrf_token" value="{{ csrf_token }}"></form>
</body>
</html>
"""


def layout(name: str) -> str:
    return (
        f'<p id="layout">{name} {{{{ flash.get("info", "no flash") }}}}</p>'
        "<main>{{ inner_content }}</main>"
    )


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    (tmp_path / "root.html").write_text(ROOT)
    (tmp_path / "other_root.html").write_text(ROOT.replace("eo", "la"))
    for name in ("app", "session", "view", "route"):
        (tmp_path / f"{name}.html").write_text(layout(name))
    return tmp_path


class CountView(LiveView):
    html = """
    <p id="n">{{ n }}</p><button phx-click="more">more</button>
    {{ link("next", navigate="/next", id="next") }}
    """

    async def mount(self) -> None:
        self.state.n = 0
        self.socket.page_title = "Count"

    @event
    async def more(self) -> None:
        self.state.n += 1
        self.socket.put_flash("info", f"flash {self.state.n}")


class OwnLayoutView(CountView):
    layout = "view.html"


class BareView(CountView):
    layout = None


async def test_the_built_in_document_is_complete(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", CountView)
    await visit(page, serve(app))
    await expect(page).to_have_title("Count")
    assert await page.evaluate("document.compatMode") == "CSS1Compat"
    assert await page.evaluate("document.characterSet") == "UTF-8"
    assert await page.evaluate("document.documentElement.lang") == "en"
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_an_application_has_its_own_document(
    page: Page, templates: Path, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(templates=templates, root_layout="root.html")
    app.live("/", CountView, action="home")
    await visit(page, serve(app))
    assert await page.evaluate("document.documentElement.lang") == "eo"
    await expect(page.locator("header")).to_have_text("/")
    await expect(page.locator("body")).to_have_class("home")
    await expect(page).to_have_title("Count")
    await page.click("button")
    await expect(page.locator("#n")).to_have_text("1")
    token = await page.locator("input[name=_csrf_token]").get_attribute("value")
    assert token == await page.locator("meta[name=csrf-token]").get_attribute("content")


async def test_a_live_session_has_its_own_document(
    page: Page, templates: Path, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(templates=templates, root_layout="root.html")
    app.live("/", CountView)
    with app.live_session("next", root_layout="other_root.html") as other:
        other.live("/next", CountView)
    await visit(page, serve(app))
    await mark(page)
    await page.click("#next")
    await page.wait_for_function("document.documentElement.lang === 'la'")
    assert not await is_same_document(page)


async def test_the_nearest_live_layout_wins(
    page: Page, templates: Path, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(templates=templates, layout="app.html")
    app.live("/app", CountView)
    with app.live_session("session", layout="session.html") as session:
        session.live("/session", CountView)
        session.live("/view", OwnLayoutView)
        session.live("/route", OwnLayoutView, layout="route.html")
        session.live("/bare", BareView)
    base = serve(app)
    for name in ("app", "session", "view", "route"):
        await visit(page, f"{base}/{name}")
        await expect(page.locator("#layout")).to_have_text(f"{name} no flash")
        await page.click("button")
        await expect(page.locator("main #n")).to_have_text("1")
        await expect(page.locator("#layout")).to_have_text(f"{name} flash 1")
    await visit(page, f"{base}/bare")
    await page.click("button")
    await expect(page.locator("#n")).to_have_text("1")
    await expect(page.locator("#layout")).to_have_count(0)


async def test_the_container_is_the_route_s_choice(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", CountView, container=("main", {"class": "wide", "data-x": '"1"'}))
    app.live("/next", CountView, container=("main", {"class": "narrow"}))
    await visit(page, serve(app))
    await expect(page.locator("main.wide[data-phx-main]")).to_have_attribute("data-x", '"1"')
    await page.click("#next")
    await expect(page.locator("main.narrow[data-phx-main]")).to_be_attached()
    await expect(page.locator(".wide")).to_have_count(0)
