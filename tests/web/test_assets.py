"""Assets: named after their content, kept for ever, found by name and nowhere else."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.web.pages import HelloView, client
from wirebird import Wirebird

MakeApp = Callable[..., Wirebird]


@pytest.fixture
def app(make_app: MakeApp, tmp_path: Path) -> Wirebird:
    (tmp_path / "app.js").write_text("export const hooks = {};")
    (tmp_path / "app.css").write_text("h1 { color: red }")
    app = make_app(scripts=[tmp_path / "app.js"], styles=[tmp_path / "app.css"])
    app.live("/", HelloView)
    return app


async def test_everything_that_a_page_names_is_served(app: Wirebird) -> None:
    async with client(app) as http:
        html = (await http.get("/")).text
        names = re.findall(r'(?:src|href)="(/_wirebird/[^"]+)"', html)
        names += re.findall(r"&#34;(/_wirebird/[^&]+)&#34;", html)
        assert [re.sub("-[0-9a-f]{12}", "", name) for name in names] == [
            "/_wirebird/wirebird.css",
            "/_wirebird/components.css",
            "/_wirebird/app/app.css",
            "/_wirebird/wirebird.js",
            "/_wirebird/app/app.js",
        ]
        for name in names:
            response = await http.get(name)
            assert response.status_code == 200
            assert "immutable" in response.headers["cache-control"]
            assert response.headers["x-content-type-options"] == "nosniff"
            kind = "text/css" if name.endswith(".css") else "text/javascript"
            assert response.headers["content-type"].startswith(kind)


async def test_a_worker_that_has_rendered_nothing_serves_them_too(
    app: Wirebird, make_app: MakeApp, tmp_path: Path
) -> None:
    path = app.assets.styles[-1].path
    fresh = make_app(styles=[tmp_path / "app.css"])
    async with client(fresh) as http:
        assert (await http.get(path)).text == "h1 { color: red }"


@pytest.mark.parametrize(
    "path",
    ["app/app.css", "../app.py", "app/..%2f..%2fapp.py", "wirebird-000000000000.js", ""],
)
async def test_nothing_else_is_served(app: Wirebird, path: str) -> None:
    async with client(app) as http:
        assert (await http.get(f"/_wirebird/{path}")).status_code == 404


def test_a_name_follows_its_content(make_app: MakeApp, tmp_path: Path) -> None:
    style = tmp_path / "a.css"
    style.write_text("one")
    production, development = make_app(styles=[style]), make_app(styles=[style], debug=True)
    names = [each.assets.styles[-1].path for each in (production, development)]
    assert names[0] == names[1]
    style.write_text("a longer two")
    assert production.assets.styles[-1].path == names[0]
    assert development.assets.styles[-1].path != names[1]


def test_tracked_are_the_client_and_the_styles(app: Wirebird) -> None:
    assert app.assets.tracked == {
        app.assets.client.path,
        *(style.path for style in app.assets.styles),
    }


def test_our_own_style_can_be_left_out(make_app: MakeApp) -> None:
    assert make_app(builtin_style=False).assets.styles == []


async def test_the_files_beside_a_component_are_loaded_with_every_page(
    app: Wirebird, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "like_button.py").write_text(
        "from wirebird import LiveComponent\n"
        "class LikeButton(LiveComponent):\n"
        "    html = '<b>like</b>'\n"
    )
    (tmp_path / "like_button.js").write_text("export const Like = { mounted() {} };")
    (tmp_path / "like_button.css").write_text("b { color: blue }")
    monkeypatch.syspath_prepend(tmp_path)
    app.components(importlib.import_module("like_button").LikeButton)
    async with client(app) as http:
        html = (await http.get("/")).text
    assert re.search(r"/_wirebird/view/like_button-[0-9a-f]+\.js", html)
    assert re.search(r"/_wirebird/view/like_button-[0-9a-f]+\.css", html)
