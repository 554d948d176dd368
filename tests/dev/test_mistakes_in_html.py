"""Mistakes that only a page's HTML shows, and what its developer is told of them in the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.browser.pages import visit
from tests.conftest import SECRET_KEY, serving
from wirebird import LiveView, Stream, Wirebird, event


@dataclass
class Item:
    id: int


@dataclass
class Shelf:
    items: Stream[Item] = field(default_factory=Stream)
    more: str = ""


class MisplacedView(LiveView[Shelf]):
    html = """
    <form phx-change="change"><input name="a"></form>
    <p id="note">One <div>inner</div></p><i id="note">Two</i>
    <div id="chart" phx-hook="Chrat"></div>
    <div class="map" phx-hook="Map"></div>
    <div class="rows"><tr><td>1</td></tr></div>
    <section class="left"><b>open</section>
    <ul id="items">
      {% for dom_id, item in items %}<li id="{{ dom_id }}">{{ item.id }}</li>{% endfor %}
    </ul>
    """

    async def mount(self) -> None:
        self.state.items.insert(Item(1))

    @event
    async def change(self, a: str = "") -> None: ...


class FineView(LiveView[Shelf]):
    html = '<a href="/list">List</a> {{ more }}'


def build(*, debug: bool = True, script: Path) -> Wirebird:
    app = Wirebird(secret_key=SECRET_KEY, debug=debug, scripts=[script])
    app.live("/", MisplacedView)
    app.live("/list", FineView)
    return app


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    script = tmp_path_factory.mktemp("scripts") / "hooks.js"
    script.write_text("export const hooks = { Map: { mounted() {} }, Chart: { mounted() {} } };")
    return script


@pytest.fixture(scope="module")
def url(script: Path) -> Iterator[str]:
    app = build(script=script)
    with serving(Starlette(routes=[Mount("/shop", app), Mount("/", app)])) as url:
        yield url


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ("a form with phx-change needs an id", '<form phx-change="change">'),
        ('the id "note" stands twice', '<i id="note">'),
        ('there is no hook "Chrat"', '<div id="chart" phx-hook="Chrat">'),
        ("an element with phx-hook needs an id that no other has", '<div class="map"'),
        ('write phx-update="stream" on the element around them', '<ul id="items">'),
        ("<div> cannot stand in <p>", "test_mistakes_in_html.py:"),
        ("browsers drop <tr> outside a table", "test_mistakes_in_html.py:"),
        ("<b> is not closed before </section>", "test_mistakes_in_html.py:"),
    ],
)
async def test_what_is_wrong_with_the_html_is_told_in_the_page(
    page: Page, url: str, message: str, where: str
):
    await visit(page, url)
    warning = page.locator("#wirebird-warnings li").filter(has_text=message)
    await expect(warning).to_have_count(1)
    await expect(warning.locator(".where")).to_contain_text(where)


async def test_a_plain_link_out_of_a_mounted_application_is_told_in_the_page(page: Page, url: str):
    await visit(page, f"{url}/shop/list")
    message = page.locator("#wirebird-warnings .message")
    await expect(message).to_contain_text("leads out of the application")


async def test_a_mended_template_takes_back_its_own_warnings_and_no_others(
    page: Page, tmp_path: Path
):
    (tmp_path / "root.html").write_text(
        "<html><head>{{ page.head }}</head><body><p>Root <ul></ul></p>{{ page.content }}</body>"
    )
    outer = "{{ live_render(InnerView, id='inner') }}"
    (tmp_path / "outer.html").write_text(f"<p>A <div></div></p>{outer}")
    (tmp_path / "inner.html").write_text("<p>B <table></table></p>")

    class InnerView(LiveView):
        template = "inner.html"

    class OuterView(LiveView):
        template = "outer.html"

    app = Wirebird(secret_key=SECRET_KEY, debug=True, templates=tmp_path, root_layout="root.html")
    app.templates.globals["InnerView"] = InnerView
    app.live("/", OuterView)
    with serving(app) as url:
        await visit(page, url)
        warnings = page.locator("#wirebird-warnings li")
        await expect(warnings).to_have_count(3)
        (tmp_path / "inner.html").write_text("<p>B <table></table></p><b></b>")
        inner = warnings.filter(has_text="<table> cannot stand in <p>")
        await expect(inner.filter(has_text="inner.html:1")).to_have_count(1)
        (tmp_path / "outer.html").write_text(f"<hr>{outer}")
        await expect(warnings.filter(has_text="<div> cannot stand in <p>")).to_have_count(0)
        await expect(warnings.filter(has_text="<ul> cannot stand in <p>")).to_have_count(1)
        await expect(inner.filter(has_text="inner.html:1")).to_have_count(1)
        await expect(warnings.locator(".count").filter(has_text="×")).to_have_count(0)


async def test_production_says_nothing_of_html(page: Page, script: Path):
    with serving(build(debug=False, script=script)) as url:
        await visit(page, url)
        await expect(page.locator("#items li")).to_have_count(1)
        await expect(page.locator("#wirebird-warnings")).to_have_count(0)
        assert "wirebird-warnings" not in await page.content()
