"""An error while rendering says in which view, template and line it was raised."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypedDict

import httpx
import pytest
from jinja2 import UndefinedError
from pydantic import BaseModel

from wirebird import LiveView, Wirebird
from wirebird.live.render_errors import note_place, state_fields


@dataclass
class Counter:
    count: int = 0
    _hidden: int = 0

    @property
    def double(self) -> int:
        return self.count * 2


async def told(view: type[LiveView[Any]], app: Wirebird) -> tuple[Exception, str]:
    """Return what the first render of a view raises, and all that is said of it."""
    app.live("/", view)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is the test's matter
            await client.get("/")
    return caught.value, "".join(traceback.format_exception(caught.value))


async def test_the_line_of_a_template_in_the_class_is_shown(make_app: Callable[..., Wirebird]):
    class SumView(LiveView[Counter]):
        html = "<h1>Sum</h1>\n<p>{{ 1 / count }}</p>\n"

    error, text = await told(SumView, make_app())
    assert isinstance(error, ZeroDivisionError)
    assert (
        f"while rendering SumView, {__name__}.SumView.html, line 2: <p>{{{{ 1 / count }}}}</p>"
        in text
    )


async def test_the_line_of_a_template_in_a_long_string_is_that_of_the_python_file(
    make_app: Callable[..., Wirebird],
):
    class LongView(LiveView[Counter]):
        html = """
        <h1>Sum</h1>
        <p>{{ 1 / count }}</p>
        """

    _, text = await told(LongView, make_app())
    lines, first = inspect.getsourcelines(LongView)
    number = first + lines.index("        <p>{{ 1 / count }}</p>\n")
    assert (
        f"while rendering LongView, {__file__}, line {number}: <p>{{{{ 1 / count }}}}</p>" in text
    )


async def test_the_line_of_an_included_file_is_shown(
    make_app: Callable[..., Wirebird], tmp_path: Path
):
    (tmp_path / "outer.html").write_text("<p>fine</p>\n{% include 'inner.html' %}\n")
    (tmp_path / "inner.html").write_text("<p>\n{{ 1 / count }}\n</p>\n")

    class OuterView(LiveView[Counter]):
        template = "outer.html"

    _, text = await told(OuterView, make_app(templates=tmp_path))
    assert f"while rendering OuterView, {tmp_path / 'inner.html'}, line 2" in text
    assert f'File "{tmp_path / "inner.html"}", line 2' in text


async def test_the_line_of_a_file_is_shown_as_it_is_now(
    make_app: Callable[..., Wirebird], tmp_path: Path
):
    class FileView(LiveView[Counter]):
        template = "file.html"

    app = make_app(templates=tmp_path, debug=True)
    (tmp_path / "file.html").write_text("<p>{{ 1 / count }}</p>\n")
    await told(FileView, app)
    (tmp_path / "file.html").write_text("<b>{{ 1 / count }} now</b>\n")
    _, text = await told(FileView, app)
    assert "line 1: <b>{{ 1 / count }} now</b>" in text


async def test_an_unknown_name_is_told_those_that_there_are(make_app: Callable[..., Wirebird]):
    class TypoView(LiveView[Counter]):
        html = "<p>{{ cuont }}</p>"

    error, text = await told(TypoView, make_app())
    assert isinstance(error, UndefinedError)
    assert "the state Counter has: count, double; did you mean 'count'?" in text


async def test_an_error_in_a_render_method_names_the_view(make_app: Callable[..., Wirebird]):
    class BareView(LiveView[Counter]):
        def render(self) -> Any:
            raise RuntimeError("no")

    error, _ = await told(BareView, make_app())
    assert error.__notes__ == ["while rendering BareView"]


def test_an_error_is_noted_once():
    error = RuntimeError("no")
    note_place(error, object())
    note_place(error, object())
    assert error.__notes__ == ["while rendering object"]


class Model(BaseModel):
    name: str = ""


class Keys(TypedDict):
    name: str


class Slots:
    __slots__ = ("_other", "name")


@pytest.mark.parametrize(
    "state", [Model(), Keys(name=""), Slots(), SimpleNamespace(name="", _other=1)]
)
def test_any_kind_of_state_has_names(state: Any):
    assert state_fields(state) == ["name"]


async def test_the_page_in_development_shows_the_templates_line(
    make_app: Callable[..., Wirebird], tmp_path: Path
):
    (tmp_path / "sum.html").write_text("<h1>Sum</h1>\n<p>{{ 1 / count }}</p>\n")

    class SumView(LiveView[Counter]):
        template = "sum.html"

    app = make_app(debug=True, templates=tmp_path)
    app.live("/", SumView)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        page = await client.get("/", headers={"accept": "text/html"})
        plain = await client.get("/", headers={"accept": "text/plain"})
    assert page.status_code == 500
    shown = page.text.index("sum.html")
    assert shown < page.text.index("rendering.py")
    assert "{{ 1 / count }}" in page.text
    assert "while rendering SumView" in plain.text
