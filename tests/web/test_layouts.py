"""Root layouts, live layouts and titles, as the first render sends them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest
from markupsafe import Markup

from tests.web.pages import HelloView, client
from wirebird import Page, Socket, Wirebird
from wirebird.web.layouts import title_tag

MakeApp = Callable[..., Wirebird]


async def get(app: Wirebird, path: str = "/") -> str:
    async with client(app) as http:
        response = await http.get(path)
    assert response.status_code == 200
    return response.text


async def test_the_built_in_document_is_whole(make_app: MakeApp) -> None:
    app = make_app(title="Shop")
    app.live("/", HelloView)
    html = await get(app)
    assert html.lower().startswith("<!doctype html>")
    assert html.lower().count("<!doctype") == 1
    assert '<meta name="viewport"' in html
    assert ">Shop</title>" in html
    assert "<h1>Hello you</h1>" in html
    assert html.rstrip().endswith("</html>")


@pytest.mark.parametrize(
    ("cookie", "attribute"),
    [
        ("wirebird_theme=dark", ' data-theme="dark"'),
        ("a=b; wirebird_theme=light; c=d", ' data-theme="light"'),
        ('wirebird_theme="><script>', ""),
        ("", ""),
    ],
)
async def test_the_document_is_light_or_dark_as_the_visitor_chose(
    cookie: str, attribute: str, make_app: MakeApp, tmp_path: Path
) -> None:
    (tmp_path / "root.html").write_text("<html{{ page.theme }}>{{ page.content }}</html>")
    app = make_app(templates=tmp_path)
    app.live("/", HelloView)
    app.live_session("own", root_layout="root.html").live("/own", HelloView)
    async with client(app) as http:
        headers = {"cookie": cookie} if cookie else {}
        assert f'<html lang="en"{attribute}>' in (await http.get("/", headers=headers)).text
        assert f"<html{attribute}>" in (await http.get("/own", headers=headers)).text


async def test_a_root_layout_may_be_a_jinja_file(make_app: MakeApp, tmp_path: Path) -> None:
    (tmp_path / "root.html").write_text(
        "<!DOCTYPE html><html><head>{{ page.title }}{{ page.head }}</head>"
        "<body data-url='{{ url }}'>{{ inner_content }}</body></html>"
    )
    app = make_app(templates=tmp_path, root_layout="root.html")
    app.live("/", HelloView)
    html = await get(app, "/?name=Ada")
    assert "data-url='http://test/?name=Ada'" in html
    assert "<h1>Hello Ada</h1>" in html
    assert 'name="csrf-token"' in html


async def test_a_root_layout_may_be_a_function(make_app: MakeApp) -> None:
    def root(page: Page) -> Markup:
        return Markup("<!doctype html><html><head>{}{}</head><body>{}</body></html>").format(
            page.title, page.head, page.content
        )

    app = make_app(root_layout=root)
    app.live("/", HelloView)
    html = await get(app)
    assert html.lower().count("<!doctype") == 1
    assert "<body><div id=" in html


async def test_a_live_layout_may_be_a_function(make_app: MakeApp) -> None:
    def around(socket: Socket, inner: Any) -> Markup:
        return Markup("<main>{}</main>").format(inner)

    app = make_app(layout=around)
    app.live("/", HelloView)
    assert "<main><h1>Hello you</h1></main>" in await get(app)


class LostView(HelloView):
    layout = "nowhere.html"


def test_a_layout_that_is_not_there_stops_the_start(make_app: MakeApp) -> None:
    app = make_app()
    for name in (
        lambda: app.live("/", LostView),
        lambda: app.live("/", HelloView, layout="nowhere.html"),
        lambda: app.live_session("lost", layout="nowhere.html"),
        lambda: make_app(layout="nowhere.html"),
    ):
        with pytest.raises(jinja2.TemplateNotFound, match=r"nowhere\.html"):
            name()


@pytest.mark.parametrize(
    ("title", "default", "prefix", "suffix", "tag"),
    [
        ("A", "", "", "", "<title>A</title>"),
        (None, "", "", "", "<title></title>"),
        (
            "A & B",
            "D",
            "<p> ",
            ' "s"',
            (
                '<title data-default="D" data-prefix="&lt;p&gt; " data-suffix=" &#34;s&#34;">'
                "&lt;p&gt; A &amp; B &#34;s&#34;</title>"
            ),
        ),
        (None, "D", "P ", "", '<title data-default="D" data-prefix="P ">P D</title>'),
    ],
)
def test_a_title_is_text_with_what_the_client_needs_to_change_it(
    title: str | None, default: str, prefix: str, suffix: str, tag: str
) -> None:
    assert title_tag(title, default, prefix, suffix) == tag
