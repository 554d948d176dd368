"""What keeps an application from being loaded is told like all else, where it stands."""
# ruff: noqa: E501

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.check.checked import Checked
from wirebird.cli.main import app as command

HEAD = """from dataclasses import dataclass, field
from threading import Thread
from wirebird import LiveComponent, LiveView, Transient, Wirebird, event

@dataclass
class State:
    name: str = ""

"""
MISTAKES = {
    "class OneView(LiveView[State]):\n    html = ''\n    @event\n    def go(self, x: 'Nope'): ...": (
        "WB701", 12, 5, "Nope"),
    "class OneView(LiveView[State]):\n    html = ''\n\n    @event('go')\n    def a(self): ...\n"
    "    @event('go')\n    def b(self): ...": ("WB701", 13, 5, "would go to two methods"),
    "@dataclass\nclass Two:\n    id: int\n    flash: str = ''\nclass OneView(LiveView[Two]):\n"
    "    html = ''\n    def mount(self):\n        self.state = Two(1)": (
        "WB701", 12, 5, "would hide what templates know as 'flash'"),
    "class OneView(LiveView[State]):\n    html = '<p>{{ name </p>'": ("WB104", 10, 13, "unexpected"),
    "class OneView(LiveView[State]):\n    html = '''\n<p>\n{% if %}'''": ("WB104", 12, 1, "Expected"),
    "class OneView(LiveView[State]):\n    template = 'one.html'": ("WB104", 3, 1, "Expected"),
    "@dataclass\nclass Two:\n    thread: Thread | None = None\nclass OneView(LiveView[Two]):\n"
    "    durable = True\n    html = ''": ("WB702", 11, 5, "write thread: Transient[...]"),
    "@dataclass\nclass Two:\n    thread: Thread | None = None\nclass Part(LiveComponent[Two]):\n"
    "    html = '<b></b>'\nclass OneView(LiveView[State]):\n    durable = True\n"
    "    html = '{{ live_component(Part, id=1) }}'\ndef extend(app):\n    app.components(Part)": (
        "WB702", 11, 5, "write thread: Transient[...]"),
    "STATE = State(\n    nmae='x'\n)": ("WB703", 9, 9, "TypeError: "),
    "import no_such_module": ("WB703", 9, 1, "ModuleNotFoundError: No module named"),
    "class Part(LiveComponent[State]):\n    durable = True\n    html = '<b></b>'\n"
    "class OneView(LiveView[State]):\n    html = '{{ live_component(Part, id=1) }}'\n"
    "def extend(app):\n    app.components(Part)": ("WB702", 13, 31, "OneView, which is not"),
    "x = 'a' +": ("WB703", 9, 10, "SyntaxError: "),
}  # fmt: skip


@pytest.mark.parametrize("module", MISTAKES)
def test_a_mistake_at_import_has_its_place(module: str, checked: Checked):
    code, line, column, says = MISTAKES[module]
    (found,) = checked(HEAD + module, one="x\n\n  {% if %}")
    assert (found.code, found.line, found.column) == (code, line, column), found
    assert says in found.message
    assert "\n" not in found.message


SILENT = [
    (
        "@dataclass\nclass Two:\n    thread: Transient[Thread | None] = None\n"
        "class OneView(LiveView[Two]):\n    durable = True\n    html = ''"
    ),
    (
        "@dataclass\nclass Two:\n    thread: Thread | None = None\nclass Part(LiveComponent[Two]):\n"
        "    durable = False\n    html = '<b></b>'\nclass OneView(LiveView[State]):\n"
        "    durable = True\n    html = '{{ live_component(Part, id=1) }}'\n"
        "def extend(app):\n    app.components(Part)"
    ),
    (
        "@dataclass\nclass Two:\n    thread: Thread | None = None\nclass Part(LiveComponent[Two]):\n"
        "    html = '<b></b>'\nclass OneView(LiveView[State]):\n"
        "    html = '{{ live_component(Part, id=1) }}'\ndef extend(app):\n    app.components(Part)"
    ),
]


@pytest.mark.parametrize("module", SILENT)
def test_what_need_not_be_stored_is_no_mistake(module: str, checked: Checked):
    assert checked(HEAD + module) == []


@pytest.mark.parametrize("style", ["text", "json", "github"])
def test_the_command_tells_it_in_every_format(
    style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["", *sys.path])
    text = (
        "class OneView(LiveView[State]):\n    html = ''\n    @event\n    def go(self, x: 'No'): ..."
    )
    (tmp_path / f"refused_{style}.py").write_text(HEAD + text)
    done = CliRunner().invoke(command, ["check", f"refused_{style}:app", "--format", style])
    assert done.exit_code == 1
    if style == "json":
        (found,) = json.loads(done.output)
        assert (found["line"], found["code"], found["severity"]) == (12, "WB701", "error")
    elif style == "github":
        (line,) = done.output.splitlines()
        assert line.startswith("::error file=refused_github.py,line=12,col=5,title=WB701::OneView")
    else:
        first, last = done.output.splitlines()
        assert first.startswith("refused_text.py:12:5: WB701 OneView")
        assert last == "1 mistake"
