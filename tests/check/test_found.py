"""What is found, where it is, and how it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.check.checked import Checked
from wirebird.check.diagnostics import Diagnostic, shown
from wirebird.cli.main import app as command

MODULE = """
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from wirebird import Form, LiveView, event

class Kind(Enum):
    POP = "pop"

@dataclass
class Song:
    title: str = ""

@dataclass
class State:
    songs: list[Song] = field(default_factory=list)
    by_name: dict[str, Song] = field(default_factory=dict)
    best: Song | None = None
    kind: Kind = Kind.POP
    price: Decimal = Decimal(1)
    form: Form[Song] = field(default_factory=lambda: Form(Song))

class OneView(LiveView[State]):
    template = "one.html"
    @event
    async def play(self) -> None: ...
"""
TEMPLATES = {
    "{{ sogns }}": "WB101",
    "{{ best.titel }}": "WB102",
    "{% for song in songs %}{{ song.titel }}{% endfor %}": "WB102",
    "{% for name, song in by_name.items() %}{{ song.titel }}{% endfor %}": "WB102",
    "{% for song in songs|sort(attribute='title') %}{{ song.titel }}{% endfor %}": "WB102",
    "{% set one = songs[0] %}{{ one.titel }}": "WB102",
    "{{ ui.buton() }}": "WB102",
    "{{ js.psuh('play') }}": "WB102",
    "{{ js.show().psuh('play') }}": "WB102",
    "{% for song in songs %}{{ loop.idx }}{% endfor %}": "WB102",
    "{{ kind.valeu }}": "WB102",
    "{{ price.quantise() }}": "WB102",
    "{{ form.titel }}": "WB102",
    "{{ songs|map(attribute='titel')|join }}": "WB102",
    "{{ songs|selectattr('titel')|list }}": "WB102",
    "{{ songs|sort(attribute='title.uper')|list }}": "WB102",
    "{% for title, those in songs|groupby('titel') %}{{ title }}{% endfor %}": "WB102",
    "{% for song in songs %}{% include 'part.html' %}{% endfor %}": "WB102",
    "{% macro row(song) %}{{ song.titel }}{% endmacro %}{{ row(songs[0]) }}": "WB102",
    "{% from 'macros.html' import row %}{{ row(best) }}": "WB102",
    "{% from 'bad.html' import bad %}{{ bad() }}": "WB101",
    "{% from 'macros.html' import rwo %}": "WB103",
    "{% import 'macros.html' as m %}{{ m.rwo() }}": "WB103",
    "{% extends 'base.html' %}{% block body %}{% endblock %}": "WB101",
    "{% include 'broken.html' %}": "WB104",
    "{{ ui.button('x', phx_click='plya') }}": "WB201",
    "{% macro b() %}<b phx-click='plya'></b>{% endmacro %}{{ b() }}": "WB201",
    "<b phx-click=\"{{ js.hide().push('plya') }}\"></b>": "WB201",
    "{% if best %}<b>{% else %}<b>{% endif %}x": "WB504",
    "</div>": "WB504",
    "<div><tr><td>x</td></tr></div>": "WB505",
    "<table><div>x</div></table>": "WB505",
    "<form><form></form></form>": "WB505",
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_mistake_is_found(template: str, checked: Checked):
    found = checked(
        MODULE,
        one=template,
        part="{{ song.titel }}",
        macros="{% macro row(song) %}{{ song.titel }}{% endmacro %}",
        bad="{% macro bad() %}{{ songs }}{% endmacro %}",
        base="{{ hedding }}{% block body %}{{ nobody }}{% endblock %}",
        broken="{% if %}",
    )
    assert [each.code for each in found if not each.is_hint] == [TEMPLATES[template]]


def test_somebodys_decimals_that_know_more_do_not_make_all_know_it(checked: Checked):
    kind = """
class Money(Decimal):
    def quantise(self): ...
"""
    found = checked(MODULE + kind, one="{{ price.quantise() }}")
    assert "WB102" in [each.code for each in found]


def test_a_mistake_has_its_place_in_a_file_and_in_a_string(checked: Checked):
    (found,) = [e for e in checked(MODULE, one="<p>\n  {{ best.titel }}</p>") if not e.is_hint]
    assert (Path(found.file).name, found.line, found.column) == ("one.html", 2, 11)
    assert found.message == "Song has no 'titel': did you mean 'title'?"
    inline = MODULE.replace('template = "one.html"', 'html = """\n    <b phx-clik=\'x\'>"""')
    found = next(each for each in checked(inline) if each.code == "WB203")
    assert (found.line, found.column) == (25, 8)
    assert "did you mean 'phx-click'?" in found.message
    inline = MODULE.replace('template = "one.html"', 'html = """\n<p>\n<div>x</div></p>"""')
    found = next(each for each in checked(inline) if each.code == "WB505")
    assert found.line == 26
    assert "browsers end the paragraph of line 25 before it" in found.message


@pytest.mark.parametrize(
    ("markup", "place"),
    [('template = "part.html"', ("part.html", 2)), ('html = "{% if %}"', ("checked.py", 29))],
)
def test_a_component_is_broken_though_no_page_has_shown_it(
    markup: str, place: tuple[str, int], checked: Checked
):
    part = f"""
from wirebird import LiveComponent
class Part(LiveComponent[State]):
    {markup}
def extend(app):
    app.components(Part)
"""
    found = checked(MODULE + part, one="{{ live_component(Part, id='p') }}", part="<p>\n{% if %}")
    (broken,) = [each for each in found if not each.is_hint]
    file = "checked.py" if broken.file.endswith(".py") else Path(broken.file).name
    assert (broken.code, file, broken.line) == ("WB104", *place)


def test_the_layout_that_a_view_names_is_looked_through(checked: Checked):
    module = MODULE.replace("    template =", '    layout = "around.html"\n    template =')
    found = checked(module, one="x", around="{{ flash }}{{ songs }}{{ inner_content }}")
    (wrong,) = [each for each in found if not each.is_hint]
    assert (wrong.code, Path(wrong.file).name, wrong.column) == ("WB101", "around.html", 15)


def test_a_root_layout_is_given_a_page(checked: Checked):
    extend = "def extend(app):\n    app.live_session('x', root_layout='root.html')\n"
    found = checked(MODULE + extend, one="x", root="{{ page.head }}{{ page.contnet }}")
    (wrong,) = [each for each in found if not each.is_hint]
    assert wrong.message == "Page has no 'contnet': did you mean 'content'?"


def test_an_event_that_is_no_name_of_a_method_is_given_one(checked: Checked):
    found = checked(MODULE, one="<b phx-click='clear-all'></b>")
    (wrong,) = [each for each in found if not each.is_hint]
    assert wrong.message.endswith("; write @event('clear-all') on a method")


def test_a_line_can_ignore_a_code(checked: Checked):
    line = (
        "<p phx-click='play'>{{ sogns }}{{ best.titel }}</p> {# wirebird: ignore[WB101, WB102] #}"
    )
    assert checked(MODULE, one=line) == []
    (found,) = checked(MODULE, one=line.replace("WB101, ", ""))
    assert found.code == "WB101"


def test_formats_are_for_people_editors_and_reviews(tmp_path: Path):
    found = [
        Diagnostic("a.html", 3, 5, "WB101", "100 % wrong"),
        Diagnostic("b.py", 1, 1, "WB202", "x"),
    ]
    assert shown(found, "text") == "a.html:3:5: WB101 100 % wrong\nb.py:1:1: WB202 (hint) x"
    assert json.loads(shown(found, "json"))[1] == {
        "file": "b.py", "line": 1, "column": 1, "code": "WB202", "message": "x", "severity": "hint",
    }  # fmt: skip
    assert shown(found, "github").splitlines() == [
        "::error file=a.html,line=3,col=5,title=WB101::100 %25 wrong",
        "::notice file=b.py,line=1,col=1,title=WB202::x",
    ]


@pytest.mark.parametrize(("button", "status"), [("play", 0), ("plya", 1)])
def test_the_command_fails_if_something_is_wrong(
    button: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["", *__import__("sys").path])
    name = f"command_{button}"
    text = f"{MODULE}\nfrom wirebird import Wirebird\napp = Wirebird()\napp.live('/', OneView)\n"
    (tmp_path / f"{name}.py").write_text(text)
    (tmp_path / "one.html").write_text(f"<b phx-click='{button}'></b>")
    done = CliRunner().invoke(command, ["check", f"{name}:app"])
    assert done.exit_code == status, done.output
    assert ("one.html:1:4: WB201" in done.output) == bool(status)
