"""Compiled templates are kept for the next run where that is asked for, and nowhere else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest

from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.jinja.kept_code import keeping_code

Compile = Callable[..., int]


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compile:
    """What compiles a template in a run of its own, and says how many were really compiled."""
    monkeypatch.setattr("wirebird.html.jinja.kept_code._caches", lambda: tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    count = 0

    class Counting(TemplateEnvironment):
        def _generate(self, *args: object, **named: object) -> str:
            nonlocal count
            count += 1
            return super()._generate(*args, **named)  # type: ignore[arg-type]

    def run(text: str, shown: str = "<p>Ada</p>", name: str = "one", **filters: object) -> int:
        before = count
        environment = Counting()
        environment.filters.update(filters)
        with keeping_code():
            assert environment.inline(text, name).render(who="Ada") == shown
        return count - before

    return run


def kept(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def test_a_template_is_compiled_once(compiled: Compile):
    assert [compiled("<p>{{ who }}</p>") for _ in range(3)] == [1, 0, 0]


def test_what_is_made_of_something_else_is_compiled_anew(compiled: Compile):
    compiled("<p>{{ who }}</p>")
    assert compiled("<b>{{ who }}</b>", "<b>Ada</b>") == 1
    assert compiled("<b>{{ who }}</b>", "<b>Ada</b>", "other") == 1
    assert compiled("<b>{{ who }}</b>", "<b>Ada</b>", "other", own=str) == 1
    assert compiled("<p>{{ who }}</p>") == 1, "only what the last run used is kept"


def test_a_damaged_file_is_as_none(compiled: Compile, tmp_path: Path):
    compiled("<p>{{ who }}</p>")
    (file,) = kept(tmp_path)
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    assert compiled("<p>{{ who }}</p>") == 1
    file.write_bytes(b"")
    assert compiled("<p>{{ who }}</p>") == 1
    assert compiled("<p>{{ who }}</p>") == 0


def test_where_python_keeps_no_code_nothing_is_kept(
    compiled: Compile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert [compiled("<p>{{ who }}</p>") for _ in range(2)] == [1, 1]
    assert kept(tmp_path) == []


def test_what_is_old_is_forgotten(compiled: Compile, tmp_path: Path):
    compiled("<p>{{ who }}</p>")
    (file,) = kept(tmp_path)
    for name, age in (("old", 31), ("new", 29)):
        (file.parent / name).write_bytes(b"")
        at = time.time() - age * 24 * 3600
        os.utime(file.parent / name, (at, at))
    compiled("<p>{{ who }}!</p>", "<p>Ada!</p>")
    assert {each.name for each in kept(tmp_path)} == {file.name, "new"}


def test_a_broken_template_is_broken_each_time(compiled: Compile):
    for _ in range(2):
        with pytest.raises(jinja2.TemplateSyntaxError):
            compiled("{% if %}")


def test_nothing_is_kept_unless_that_is_asked_for(compiled: Compile, tmp_path: Path):
    TemplateEnvironment().inline("<p>{{ who }}</p>")
    assert kept(tmp_path) == []
    assert compiled("<p>{{ who }}</p>") == 1
