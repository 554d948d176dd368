"""Assets: named after their content, kept for ever, found by name and nowhere else."""

from __future__ import annotations

import gzip
import importlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jinja2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.web.pages import HelloView, client
from wirebird import AssetNotFound, LiveView, Wirebird
from wirebird.web.assets import Assets
from wirebird.web.files import AssetEncodingError

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
    path = app.assets.styles()[-1]
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
    names = [each.assets.styles()[-1] for each in (production, development)]
    assert names[0] == names[1]
    style.write_text("a longer two")
    assert production.assets.styles()[-1] == names[0]
    assert development.assets.styles()[-1] != names[1]


def test_tracked_are_the_client_and_the_styles(app: Wirebird) -> None:
    assert app.assets.tracked == {
        app.assets.client.path,
        *app.assets.styles(),
    }


def test_our_own_style_can_be_left_out(make_app: MakeApp) -> None:
    assert make_app(builtin_style=False).assets.styles() == []


async def test_the_files_beside_a_component_are_loaded_with_every_page_or_those_of_its_live_session(
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
    button = importlib.import_module("like_button").LikeButton
    with app.live_session("liked") as liked:
        liked.components(button)
        liked.live("/liked", HelloView)
    kinds = [rf"/_wirebird/app/like_button-[0-9a-f]+\.{kind}" for kind in ("js", "css")]
    async with client(app) as http:
        for path, is_there in (("/liked", True), ("/", False)):
            html = (await http.get(path)).text
            assert [bool(re.search(kind, html)) for kind in kinds] == [is_there] * 2
        app.components(button)
        html = (await http.get("/")).text
    assert all(re.search(kind, html) for kind in kinds)


# One file is one file


@pytest.mark.parametrize("spelling", ["{}/app.js", "{}/./app.js", "{}/x/../app.js", "{}/link.js"])
def test_a_file_is_loaded_once_under_all_spellings_of_its_path(
    spelling: str, tmp_path: Path
) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "app.js").write_text("1")
    (tmp_path / "link.js").symlink_to(tmp_path / "app.js")
    assets = Assets([tmp_path / "app.js", spelling.format(tmp_path)])
    assert len(assets.scripts()) == 1


APP = """
from wirebird import LiveView, Wirebird

class HomeView(LiveView):
    html = "<p>home</p>"

class AroundView(LiveView):
    html = "<p>around</p>"
    layout = "extra/around.html"

class InheritingView(AroundView):
    html = "<p>inheriting</p>"

class OtherView(LiveView):
    html = "<p>other</p>"
    scripts = ["extra/more.js"]
    styles = ["https://cdn.example/x.css"]

def make(**options):
    app = Wirebird(secret_key="k" * 40, **options)
    app.live("/", HomeView)
    with app.live_session("other", scripts=["session.js"], styles=["session.css"]) as other:
        other.live("/other", OtherView)
    app.live("/around", AroundView)
    app.live("/inheriting", InheritingView)
    app.live("/route", HomeView, layout="extra/around.html")
    with app.live_session("around", layout="extra/around.html") as around:
        around.live("/session", HomeView)
    return app
"""

Make = Callable[..., Wirebird]


@pytest.fixture
def make_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes an application whose module lies in a folder of its own, elsewhere than the process."""
    site = tmp_path / "site"
    (site / "extra").mkdir(parents=True)
    files = {
        "site_of_a_test.py": APP,
        "site_of_a_test.js": "export const One = { mounted() {} };",
        "session.js": "",
        "session.css": "",
        "home.css": "",
        "other.js": "",
        "extra/more.js": "",
        "extra/around.html": "<main>{{ inner_content }}</main>",
        "root.html": "<html>own {{ page.head }}{{ inner_content }}</html>",
    }
    for name, text in files.items():
        (site / name).write_text(text)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.syspath_prepend(site)
    module = importlib.import_module("site_of_a_test")
    monkeypatch.delitem(importlib.sys.modules, "site_of_a_test")  # type: ignore[attr-defined]
    monkeypatch.setitem(importlib.sys.modules, "site_of_a_test", module)  # type: ignore[attr-defined]
    return module.make


async def loaded(app: Wirebird, path: str = "/") -> list[str]:
    """Return the names of the application's own files that a page loads."""
    async with client(app) as http:
        html = (await http.get(path)).text
    names = re.findall(r"(?:/_wirebird/app/|https://cdn)[^\"&]+", html)
    return [re.sub(r"-[0-9a-f]{12}|/_wirebird/app/", "", name) for name in names]


async def test_files_are_found_beside_the_module_that_names_them(make_site: Make) -> None:
    app = make_site(scripts=["site_of_a_test.js"], styles=["home.css"], root_layout="root.html")
    assert await loaded(app) == ["site_of_a_test.js", "home.css"]
    async with client(app) as http:
        assert (await http.get("/")).text.startswith("<html>own")


async def test_a_view_s_files_are_loaded_by_the_pages_that_can_show_it(make_site: Make) -> None:
    app = make_site()
    assert await loaded(app) == ["site_of_a_test.js", "home.css"]
    assert await loaded(app, "/other") == [
        "session.js", "more.js", "other.js", "site_of_a_test.js",
        "session.css", "https://cdn.example/x.css",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "options", [{"scripts": ["none.js"]}, {"styles": "none.css"}, {"scripts": ["extra"]}]
)
def test_a_file_that_is_not_there_stops_the_start(options: Any, make_site: Make) -> None:
    with pytest.raises(AssetNotFound, match=r"site: files are looked for"):
        make_site(**options)


async def test_live_layouts_are_found_beside_the_module_that_names_them(make_site: Make) -> None:
    async with client(make_site()) as http:
        for path in ("around", "inheriting", "route", "session"):
            assert "><main><p>" in (await http.get(f"/{path}")).text
    async with client(make_site(layout="extra/around.html")) as http:
        assert "><main><p>home</p></main>" in (await http.get("/")).text


def test_a_root_layout_that_is_not_there_stops_the_start(make_site: Make) -> None:
    with pytest.raises(jinja2.TemplateNotFound, match=r"nowhere\.html"):
        make_site(root_layout="nowhere.html")


async def test_urls_are_loaded_as_they_are(make_site: Make) -> None:
    app = make_site(scripts=["https://cdn.example/a.js?b=1&c=2"], styles=["//cdn.example/a.css"])
    async with client(app, base_url="http://test") as http:
        html = (await http.get("/")).text
    assert "https://cdn.example/a.js?b=1&amp;c=2" in html
    assert 'href="//cdn.example/a.css"' in html


# What files refer to

REFERRING = {
    "app.js": 'import {a} from "./lib/a.js"; export * from \'./b.js\'; import "./none.js";\n'
    'const u = new URL("./dot.svg#x", import.meta.url); import("./b.js"); import "lib";',
    "lib/a.js": 'import "../b.js"; export const a = 1;',
    "b.js": 'import {a} from "./lib/a.js";',
    "app.css": '@import "more.css"; p { background: url(dot.svg) }'
    ' i { src: url("f%20x.woff2?#iefix")'
    " format('woff2'), url(data:x), url(#y), url(/z), url(https://x/y) }",
    "more.css": "b { background: url('./dot.svg') }",
    "dot.svg": "<svg/>",
    "f x.woff2": "font",
    "secret.txt": "nobody refers to it",
}


@pytest.fixture
def referring(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    for name, text in REFERRING.items():
        (tmp_path / name).write_text(text)
    return tmp_path


async def test_what_a_file_refers_to_is_served_under_one_name_each(
    referring: Path, make_app: MakeApp
) -> None:
    app = make_app(scripts=[referring / "app.js"], styles=[referring / "app.css"])
    app.live("/", HelloView)
    waiting = [app.assets.scripts()[0], app.assets.styles()[-1]]
    seen: dict[str, str] = {}
    async with client(app) as http:
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            response = await http.get(path)
            assert response.status_code == 200, path
            seen[path] = response.text
            if not path.endswith((".js", ".css")):
                continue
            for name in re.findall(r"[^\"'(\s]*-[0-9a-f]{12}\.[a-z0-9]+", response.text):
                waiting.append(str(httpx.URL(f"http://test{path}").join(name).path))
        assert (await http.get("/_wirebird/app/secret.txt")).status_code == 404
    names = sorted(re.sub(r"-[0-9a-f]{12}", "", path.rpartition("/")[2]) for path in seen)
    assert names == ["a.js", "app.css", "app.js", "b.js", "dot.svg", "f x.woff2", "more.css"]
    script = next(text for path, text in seen.items() if "app/app-" in path and ".js" in path)
    assert 'import "./none.js"' in script
    assert 'import "lib"' in script
    assert re.search(r"dot-[0-9a-f]{12}\.svg#x", script)
    style = next(text for path, text in seen.items() if "app/app-" in path and ".css" in path)
    assert style.endswith("url(data:x), url(#y), url(/z), url(https://x/y) }")


def test_a_name_follows_what_the_file_refers_to(referring: Path) -> None:
    before = Assets([referring / "app.js"]).scripts()
    (referring / "lib" / "a.js").write_text("export const a = 2;")
    assert Assets([referring / "app.js"]).scripts() != before


def test_in_development_a_name_follows_a_change_of_what_it_refers_to(referring: Path) -> None:
    assets = Assets([referring / "app.js"], auto_reload=True)
    before = assets.scripts()
    (referring / "b.js").write_text("export const b = 'a longer two';")
    os.utime(referring / "b.js", ns=(1, 1))
    assert assets.scripts() != before


# Folders of files


@pytest.fixture
def static_app(make_app: MakeApp, tmp_path: Path) -> Wirebird:
    folder = tmp_path / "static"
    (folder / "img").mkdir(parents=True)
    (folder / "a b.css").write_text("p { background: url(img/dot.svg) }")
    (folder / "img" / "dot.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    app = make_app()
    app.static("/static", folder)
    app.live("/", StaticView)
    return app


class StaticView(LiveView):
    html = """<img src="{{ static_path('/static/img/dot.svg') }}">"""


async def test_a_folder_of_files_is_served_by_plain_and_by_hashed_names(
    static_app: Wirebird,
) -> None:
    hashed = static_app.static_path("/static/a b.css")
    assert re.fullmatch(r"/static/a%20b-[0-9a-f]{12}\.css", hashed)
    async with client(static_app) as http:
        plain = await http.get("/static/a%20b.css")
        assert plain.text == "p { background: url(img/dot.svg) }"
        assert plain.headers["cache-control"] == "no-cache"
        response = await http.get(hashed)
        assert "immutable" in response.headers["cache-control"]
        (inner,) = re.findall(r"url\(([^)]+)\)", response.text)
        assert (await http.get(f"/static/{inner}")).text == "<svg/>"
        assert inner.removeprefix(".") in (await http.get("/")).text
        for path in ("../secret.txt", "..%2fsecret.txt", "none.txt", "x-0123456789ab.css", ""):
            assert (await http.get(f"/static/{path}")).status_code == 404
        assert (await http.post("/static/img/dot.svg")).status_code == 405


async def test_a_worker_that_has_named_nothing_serves_hashed_names_too(
    static_app: Wirebird, make_app: MakeApp, tmp_path: Path
) -> None:
    path = static_app.static_path("/static/img/dot.svg")
    fresh = make_app()
    fresh.static("/static", tmp_path / "static")
    async with client(fresh) as http:
        assert (await http.get(path)).text == "<svg/>"


async def test_static_paths_know_where_the_application_is_mounted(static_app: Wirebird) -> None:
    outer = Starlette(routes=[Mount("/shop", static_app)])
    async with client(outer) as http:
        html = (await http.get("/shop/")).text
        (path,) = re.findall(r'<img src="([^"]+)"', html)
        assert path.startswith("/shop/static/img/dot-")
        assert (await http.get(path)).text == "<svg/>"


@pytest.mark.parametrize(
    "name", ["/static/none.svg", "static/img/dot.svg", "/img/dot.svg", "/static/../secret.txt"]
)
def test_a_static_file_that_is_not_there_is_an_error(static_app: Wirebird, name: str) -> None:
    with pytest.raises(AssetNotFound, match="no static folder has"):
        static_app.static_path(name)


def test_a_static_folder_that_is_not_there_is_an_error(make_app: MakeApp) -> None:
    with pytest.raises(AssetNotFound, match="there is no folder 'nowhere'"):
        make_app().static("/static", "nowhere")


# Compressed


@pytest.mark.parametrize("accepted", ["gzip", "gzip;q=0.5, identity", "*", "GZIP"])
async def test_assets_are_compressed_where_the_client_takes_it(
    app: Wirebird, accepted: str
) -> None:
    async with client(app) as http:
        style = app.assets.styles()[0]
        plain = await http.get(style, headers={"accept-encoding": "identity"})
        response = await http.get(style, headers={"accept-encoding": accepted})
    assert "content-encoding" not in plain.headers
    assert response.headers["content-encoding"] in ("gzip", "zstd")
    assert response.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert int(response.headers["content-length"]) < len(plain.content) / 2
    if accepted != "*":
        assert response.text == plain.text


@pytest.mark.parametrize("accepted", ["", "gzip;q=0", "br;q=0, gzip;q=0.0", "gzip;q=x", "deflate"])
async def test_assets_are_sent_plain_to_who_takes_nothing_else(
    app: Wirebird, accepted: str
) -> None:
    async with client(app) as http:
        response = await http.get(app.assets.styles()[0], headers={"accept-encoding": accepted})
    assert "content-encoding" not in response.headers


def test_the_build_has_compressed_our_client() -> None:
    client_script = Assets().client
    assert set(client_script.built) == {"br", "gzip"}
    assert gzip.decompress(client_script.built["gzip"]) == client_script.content
    assert next(iter(client_script.encodings)) == "br"


async def test_the_wire_pane_is_offered_where_it_is_wanted_and_no_part_of_a_first_load(
    make_app: MakeApp,
) -> None:
    for options, offered in (({}, 0), ({"debug": True}, 1), ({"wire_pane": True}, 1)):
        app = make_app(**options)
        app.live("/", HelloView)
        async with client(app) as http:
            html = (await http.get("/")).text
            names = re.findall(r'name="wirebird-wire-pane" content="([^"]+)"', html)
            assert len(names) == html.count("wire_pane") == offered
            for name in names:
                assert (await http.get(name)).headers["content-type"].startswith("text/javascript")
    hidden = make_app(debug=True, wire_pane=False)
    hidden.live("/", HelloView)
    async with client(hidden) as http:
        assert "wire_pane" not in (await http.get("/")).text
    assert len(Assets().wire_pane.encodings["gzip"]) <= 12 * 1024


def test_a_first_load_costs_at_most_65_kib() -> None:
    assets = Assets()
    ours = [assets.client, *(assets.find(path) for path in assets.styles())]
    sizes = [len(asset.encodings["gzip"]) for asset in ours if asset is not None]
    assert len(sizes) == 3
    assert sum(sizes) <= 65 * 1024


@pytest.mark.parametrize("scoped", [False, True])
async def test_a_byte_order_mark_of_a_script_or_a_style_is_dropped(
    make_app: MakeApp, tmp_path: Path, scoped: bool
) -> None:
    script, style = tmp_path / "own.js", tmp_path / "own.css"
    script.write_bytes("\ufeffexport const Own = {};".encode())
    style.write_bytes("\ufeffp { color: red }".encode())
    of_view = {"scripts": [script], "styles": [style], "scoped": scoped, "html": "<p>x</p>"}
    app = make_app()
    app.live("/", type("OwnView", (LiveView,), of_view))
    async with client(app) as http:
        html = (await http.get("/")).text
        for name in re.findall(r'"(/_wirebird/app/own-[^"]+)"', html):
            content = (await http.get(name)).content
            assert b"\xef\xbb\xbf" not in content
            assert b"Own" in content or b"color" in content


@pytest.mark.parametrize("suffix", ["js", "css"])
async def test_a_script_or_a_style_in_another_encoding_is_an_error_with_its_name_and_line(
    make_app: MakeApp, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"own.{suffix}"
    file.write_bytes("/* one */\n/* caf\xe9 */".encode("latin-1"))
    kind = {"js": "scripts", "css": "styles"}[suffix]
    message = rf"own\.{suffix}, line 2, is not UTF-8: save the file in that encoding"
    with pytest.raises(AssetEncodingError, match=message):
        make_app().live("/", type("OwnView", (LiveView,), {kind: [file], "html": "<p>x</p>"}))
    app = make_app(**{kind: [file]})
    app.live("/", HelloView)
    async with client(app) as http:
        with pytest.raises(AssetEncodingError, match=message):
            await http.get("/")
