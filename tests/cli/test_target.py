"""Applications are found by what people type, and mistakes are named."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from wirebird import Wirebird
from wirebird.cli.errors import CommandError
from wirebird.cli.target import AppTarget, is_app, wirebird_apps

KEY = "k" * 40
ONE = "from wirebird import Wirebird\nsite = Wirebird()\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty current folder, whose modules are forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def problem(text: str) -> str:
    with pytest.raises(CommandError) as caught:
        AppTarget.parse(text).load()
    return str(caught.value)


@pytest.mark.parametrize("text", ["one_app:site", "one_app", "one_app.py", "./one_app.py:site"])
def test_an_application_has_several_names(folder: Path, text: str):
    (folder / "one_app.py").write_text(ONE)
    assert isinstance(AppTarget.parse(text).load(), Wirebird)


def test_a_file_in_a_package_is_that_packages_module(folder: Path):
    package = folder / "deep" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "prices.py").write_text("PRICE = 3\n")
    (package / "web.py").write_text("from .prices import PRICE\n" + ONE)
    target = AppTarget.parse("deep/shop/web.py")
    assert target.module == "shop.web"
    assert isinstance(target.load(), Wirebird)


def test_a_factory_is_called(folder: Path):
    (folder / "made.py").write_text(
        "from wirebird import Wirebird\ndef make(): return Wirebird()\n"
    )
    assert isinstance(AppTarget.parse("made:make").load(), Wirebird)


def test_an_application_in_an_object_is_found(folder: Path):
    (folder / "nested_app.py").write_text(ONE + "class site_box:\n    inner = site\n")
    assert isinstance(AppTarget.parse("nested_app:site_box.inner").load(), Wirebird)


def test_the_one_that_mounts_the_other_is_served(folder: Path):
    (folder / "outer.py").write_text(
        ONE + "from fastapi import FastAPI\nwhole = FastAPI()\nwhole.mount('/live', site)\n"
    )
    assert isinstance(AppTarget.parse("outer").load(), FastAPI)


def test_of_several_the_usual_name_is_taken_and_otherwise_one_must_be_named(folder: Path):
    (folder / "usual.py").write_text(ONE + "app = Wirebird()\n")
    (folder / "several.py").write_text(ONE + "other = Wirebird()\n")
    app = AppTarget.parse("usual").load()
    assert app is sys.modules["usual"].app
    assert "several applications (site, other): say which, as in several:site" in problem("several")


def test_a_missing_module_is_named_with_those_that_are_there(folder: Path):
    (folder / "one_app.py").write_text(ONE)
    assert "no module 'oneapp'" in problem("oneapp:app")
    assert "one_app.py" in problem("oneapp:app")
    assert "no module 'one_app.web'" in problem("one_app.web:app")
    assert "no file counter.py" in problem("counter.py")


def test_a_module_that_the_application_misses_is_not_mistaken_for_it(folder: Path):
    (folder / "imports.py").write_text("x = 1\nimport no_such_library\n")
    told = problem("imports:app")
    assert "imports.py" in told
    assert "line 2" in told
    assert "No module named 'no_such_library'" in told
    assert "importlib" not in told


def test_a_wrong_name_is_told_the_right_one(folder: Path):
    (folder / "one_app.py").write_text(ONE)
    assert "Its applications: site. Try one_app:site" in problem("one_app:app")


def test_a_module_without_an_application_is_told_what_it_has(folder: Path):
    (folder / "only_views.py").write_text(
        "from wirebird import LiveView\nclass HelloView(LiveView):\n    html = 'hi'\n"
    )
    told = problem("only_views")
    assert "only_views.py has no application" in told
    assert "the views HelloView" in told
    assert 'app.live("/", HelloView)' in told
    assert "'HelloView' in only_views.py is no application but a type" in problem(
        "only_views:HelloView"
    )


def test_a_syntax_error_shows_file_and_line_without_a_traceback(folder: Path):
    (folder / "broken.py").write_text("x = 1\ny = (\n")
    told = problem("broken:app")
    assert f'File "{folder / "broken.py"}", line 2' in told
    assert "Traceback" not in told


def test_a_broken_template_shows_file_and_line(folder: Path):
    (folder / "tabs.py").write_text(
        "from wirebird import LiveView, Wirebird\nclass TabsView(LiveView): pass\n"
        "app = Wirebird()\napp.live('/', TabsView)\n"
    )
    (folder / "tabs.html").write_text("<p>fine</p>\n{% if %}\n")
    assert f"{folder / 'tabs.html'}, line 2" in problem("tabs:app")


def test_a_view_that_cannot_be_shown_is_named_without_our_own_frames(folder: Path):
    (folder / "bare.py").write_text(
        "from wirebird import LiveView, Wirebird\nclass BareView(LiveView): pass\n"
        "app = Wirebird()\napp.live('/', BareView)\n"
    )
    told = problem("bare:app")
    assert "BareView has no template" in told
    assert "line 4" in told
    assert "rendering.py" not in told


def test_a_style_that_is_not_there_is_named_without_our_own_frames(folder: Path):
    (folder / "styled.py").write_text(
        "from wirebird import Wirebird\napp = Wirebird(styles=['gone.css'])\n"
    )
    told = problem("styled:app")
    assert "there is no file 'gone.css'" in told
    assert "line 2" in told
    assert "assets.py" not in told


def test_a_name_that_another_module_has_is_refused(folder: Path):
    (folder / "json.py").write_text(ONE)
    assert "rename the file" in problem("json.py")


@pytest.mark.parametrize("text", [":app", "", "a..b:app", ".app"])
def test_what_names_nothing_is_refused(text: str):
    with pytest.raises(CommandError):
        AppTarget.parse(text)


def test_mounted_applications_are_found_with_their_prefix():
    live = Wirebird(secret_key=KEY)
    api = FastAPI()
    api.mount("/live", live)
    outer = Starlette(routes=[Mount("/api", api)])

    class Middleware:
        def __init__(self, app: object) -> None:
            self.app = app

    assert list(wirebird_apps(Middleware(outer))) == [("/api/live", live)]


def test_in_a_host_that_cannot_be_looked_into_they_are_those_that_were_made():
    live = Wirebird(secret_key=KEY)

    async def host(scope: Any, receive: Any, send: Any) -> None:
        await live(scope, receive, send)

    assert ("", live) in list(wirebird_apps(host))
    assert list(wirebird_apps(Starlette(routes=[Mount("/shop", live)]))) == [("/shop", live)]


def test_attached_applications_are_found():
    live = Wirebird(secret_key=KEY)
    host = FastAPI()
    live.attach(host)

    assert list(wirebird_apps(host)) == [("", live)]


def test_asgi_applications_are_told_from_what_looks_like_them():
    async def asgi(scope: object, receive: object, send: object) -> None: ...
    async def other(name: str) -> None: ...

    assert is_app(asgi)
    assert is_app(Wirebird(secret_key=KEY))
    assert not is_app(other)
    assert not is_app(Wirebird)
    assert not is_app("app")
