"""Why an application cannot be loaded, as one thing that is wrong.

The rule: its place is in the application's own code: where the mistake stands if that is known,
else the last line that ran.
"""

from __future__ import annotations

import ast
import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from jinja2 import TemplateSyntaxError

from wirebird.check.diagnostics import Diagnostic
from wirebird.check.project import is_own_file
from wirebird.check.sources import module_tree, place_of_html
from wirebird.errors import DefinitionError
from wirebird.live.stored import UnstorableState

Place = tuple[str, int, int]
_WHERE = re.compile(r"\(([^()]+\.py):(\d+)\)")
_MEMBER = re.compile(r"\b(\w+)\.(\w+)")


def refusal(error: BaseException) -> Diagnostic | None:
    """Return what is wrong, or None if the error has no place in the application's code."""
    if isinstance(error, SyntaxError):
        place = (error.filename or "?", error.lineno or 1, error.offset or 1)
        return Diagnostic(*place, "WB703", f"{type(error).__name__}: {error.msg}")
    frames = list(_frames(error))
    if not frames:
        return None
    files = list(dict.fromkeys(file for file, _, _ in reversed(frames)))
    if isinstance(error, TemplateSyntaxError):
        return Diagnostic(*_of_template(error, files), "WB104", str(error.message))
    if isinstance(error, UnstorableState):
        module = error.state.__module__
        place = place_of_member(module, error.state.__name__, error.field, files) or frames[-1]
        return Diagnostic(*place, "WB702", _in_a_line(str(error)))
    if isinstance(error, DefinitionError):
        text = str(error)
        return Diagnostic(*(_named(text, files) or frames[-1]), "WB701", _in_a_line(text))
    last = traceback.format_exception_only(error)[-1]
    return Diagnostic(*frames[-1], "WB703", _in_a_line(last))


def _in_a_line(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines() if line.strip())


def _frames(error: BaseException) -> Iterator[Place]:
    for frame in traceback.extract_tb(error.__traceback__):
        if is_own_file(frame.filename):
            yield frame.filename, frame.lineno or 1, (frame.colno or 0) + 1


def _named(text: str, files: list[str]) -> Place | None:
    """Return the place of what a message names: a member of a class, a file and a line."""
    for owner, member in _MEMBER.findall(text):
        place = place_of_member("", owner, member, files)
        if place is not None:
            return place
    where = _WHERE.search(text)
    if where is None or not is_own_file(where[1]):
        return None
    line, tree = int(where[2]), module_tree(where[1])
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first = min(each.lineno for each in (node, *node.decorator_list))
            if first == line:
                return where[1], node.lineno, node.col_offset + 1
    return where[1], line, 1


def place_of_member(module: str, owner: str, member: str, files: list[str]) -> Place | None:
    """Return the place of a member of a class, or of the class if no member is named.

    Args:
        module: The module of the class, or "".
        owner: The name of the class.
        member: The name of the member, or "".
        files: The files that the class may be in besides that of its module, which may be gone
            as its import failed.
    """
    file = getattr(sys.modules.get(module), "__file__", None)
    for each in (file, *files):
        node = _class(each, owner)
        if node is None or each is None:
            continue
        if not member:
            return each, node.lineno, node.col_offset + 1
        for statement in node.body:
            targets = getattr(statement, "targets", [getattr(statement, "target", statement)])
            names = [getattr(each, "id", getattr(each, "name", None)) for each in targets]
            if member in names:
                return each, statement.lineno, statement.col_offset + 1
    return None


def _class(file: str | None, name: str) -> ast.ClassDef | None:
    tree = module_tree(file)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ClassDef) and node.name == name:
            return node
    return None


def _of_template(error: TemplateSyntaxError, files: list[str]) -> Place:
    if error.filename is not None and Path(error.filename).is_file():
        return error.filename, error.lineno, 1
    name = error.name or ""
    module, _, owner = name.removesuffix(".html").rpartition(".")
    file = getattr(sys.modules.get(module), "__file__", None)
    for each in (file, *files):
        node = _class(each, owner)
        if node is None or each is None:
            continue
        place = place_of_html(each, node)
        if place is None:
            return each, node.lineno, node.col_offset + 1
        return each, place[0] + error.lineno, 1 + (place[1] if error.lineno == 1 else 0)
    return name, error.lineno, 1
