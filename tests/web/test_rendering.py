"""Templates that are rendered for elsewhere than a page."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from tests.conftest import SECRET_KEY
from wirebird import ComponentError, LiveComponent, Wirebird


class Likes(LiveComponent):
    html = "<p>0</p>"


@pytest.fixture
def app(tmp_path: Path) -> Wirebird:
    (tmp_path / "letter.html").write_text("<p>Hello {{ name }}</p>{{ ui.icon('check') }}")
    return Wirebird(secret_key=SECRET_KEY, templates=tmp_path)


def test_a_file_is_rendered_with_names_and_globals_and_escaped(app: Wirebird) -> None:
    html = app.render("letter.html", name="<Ada>")
    assert html.startswith("<p>Hello &lt;Ada&gt;</p><svg")


def test_a_name_that_is_not_given_is_an_error(app: Wirebird) -> None:
    with pytest.raises(jinja2.UndefinedError, match="name"):
        app.render("letter.html")


def test_a_file_beside_the_module_that_asks_is_found(
    app: Wirebird, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "mailer.py").write_text("def letter(app):\n    return app.render('own.html', n=1)\n")
    (folder / "own.html").write_text("<i>{{ n }}</i>")
    monkeypatch.syspath_prepend(str(folder))
    from mailer import letter  # pyright: ignore

    assert letter(app) == "<i>1</i>"


def test_a_file_that_is_nowhere_is_an_error(app: Wirebird) -> None:
    with pytest.raises(jinja2.TemplateNotFound):
        app.render("ltter.html")


def test_a_live_component_needs_a_page(app: Wirebird, tmp_path: Path) -> None:
    app.components(Likes)
    (tmp_path / "likes.html").write_text("{{ live_component(Likes, id='likes') }}")
    with pytest.raises(ComponentError, match="live view"):
        app.render("likes.html")
