"""The templates of an application as Jinja's syntax trees, and the places of what is in them.

The rule: each is read and parsed once; a template in a Python string has its places in that file.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, nodes

from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.jinja.walking import nodes_below
from wirebird.live.rendering import Renderer
from wirebird.live.view import Live, markup_source


@dataclass(eq=False)
class Source:
    """A template.

    Attributes:
        name: As the environment knows it.
        file: The file that it is in.
        text: What it holds.
        tree: Its syntax tree.
        line: How many lines of the file stand before it.
        column: How many characters stand before it in its first line.
        exact: Whether its lines are lines of the file.
        is_strict: Whether each of its elements is closed, as in a t-string.
        starts: How many characters of the line stand before a text, where that is known.
        within: What a value shows, where that is known.
    """

    name: str
    file: str
    text: str
    tree: nodes.Template
    line: int = 0
    column: int = 0
    exact: bool = True
    is_strict: bool = False
    starts: dict[int, int] = field(default_factory=dict[int, int])
    within: dict[int, list[nodes.Node]] = field(default_factory=dict[int, list[nodes.Node]])

    @cached_property
    def lines(self) -> list[str]:
        """The lines of its text."""
        return self.text.split("\n")

    def place(self, line: int, column: int = 1) -> tuple[str, int, int]:
        """Return the file, line and column of a place in the template."""
        if not self.exact:
            return self.file, self.line + 1, 1
        return self.file, self.line + line, column + (self.column if line == 1 else 0)

    def line_of(self, line: int) -> int:
        """Return the line of the file that a line of the template is."""
        return self.place(line)[1]

    def column_of(self, line: int, name: str) -> int:
        """Return the column of the first use of a name in a line's expressions."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        start = min((at for mark in ("{{", "{%") if (at := text.find(mark)) >= 0), default=0)
        word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)|\.{re.escape(name)}(?!\w)")
        found = word.search(text, start) or word.search(text)
        if found is None:
            return 1
        return found.start() + 1 + found.group().startswith(".")

    def place_of_text(self, line: int, text: str) -> tuple[str, int, int]:
        """Return the place of a quoted text in a line."""
        whole = self.lines[line - 1] if line <= len(self.lines) else ""
        column = max(whole.find(f'"{text}"'), whole.find(f"'{text}'"), 0) + 1
        return self.place(line, column)

    @cached_property
    def all_nodes(self) -> list[nodes.Node]:
        """All nodes of its syntax tree."""
        return nodes_below(self.tree)

    @cached_property
    def is_child(self) -> bool:
        """Whether it extends another one."""
        return any(isinstance(each, nodes.Extends) for each in self.all_nodes)

    @cached_property
    def macros(self) -> dict[str, nodes.Macro]:
        """Its macros by their names."""
        return {node.name: node for node in self.all_nodes if isinstance(node, nodes.Macro)}

    @cached_property
    def strings(self) -> frozenset[str]:
        """All literal texts in its expressions."""
        constants = [each.value for each in self.all_nodes if isinstance(each, nodes.Const)]
        return frozenset(value for value in constants if isinstance(value, str))


class Sources:
    """The templates of one application.

    Args:
        environment: Where they are found.
    """

    def __init__(self, environment: TemplateEnvironment) -> None:
        self.environment = environment
        self.broken: dict[str, TemplateSyntaxError] = {}
        self._known: dict[str, Source | None] = {}

    def all(self) -> list[Source]:
        """Return all that have been asked for."""
        return [source for source in self._known.values() if source is not None]

    def named(self, name: str, parent: str | None = None) -> Source | None:
        """Return a template by its name, as another one names it, or None."""
        if parent is not None:
            name = self.environment.join_path(name, parent)
        return self._file(name, is_compiled=False)

    def _file(self, name: str, *, is_compiled: bool) -> Source | None:
        if name not in self._known:
            self._known[name] = self._load(name, is_compiled)
        return self._known[name]

    def _load(self, name: str, is_compiled: bool) -> Source | None:
        try:
            text, file, _ = self.environment.templates.get_source(self.environment, name)
        except TemplateError:
            return None
        return self._parsed(name, file or name, text, is_compiled=is_compiled)

    def _parsed(self, name: str, file: str, text: str, *, is_compiled: bool) -> Source | None:
        """Parse a template, and compile it if that has not been done when it was loaded."""
        try:
            tree = self.environment.parse(text, name, file)
            if not is_compiled:
                self.environment.compile(text, name, file)
        except TemplateSyntaxError as error:
            self.broken[file] = error
            return None
        return Source(name, file, text, tree)

    def of(self, view: type[Live[Any]], renderer: Renderer) -> Source | None:
        """Return the template of a view or component, or None if it has a `render`."""
        if markup_source(view) == "render":
            return None
        if renderer.file is not None:
            return self._file(str(renderer.file), is_compiled=True)
        owner = next(base for base in view.__mro__ if vars(base).get("html") is not None)
        name = f"{owner.__module__}.{owner.__qualname__}.html"
        if name not in self._known:
            self._known[name] = self._inline(owner, name)
        return self._known[name]

    def _inline(self, owner: type[Live[Any]], name: str) -> Source | None:
        text = owner.html or ""
        file = getattr(sys.modules.get(owner.__module__), "__file__", None)
        if file is None:
            return None
        found = self._parsed(name, file, text, is_compiled=True)
        if found is None:
            return None
        node = class_in(module_tree(file), owner)
        place = None if node is None else place_of_html(file, node, text)
        found.exact = place is not None
        found.line, found.column = place or ((node.lineno if node else 1) - 1, 0)
        return found


def column_of(lines: Sequence[str], node: Any) -> int:
    """Return the column of a node in Python's text, in characters as people count them."""
    line: int = node.lineno
    before = lines[line - 1].encode()[: node.col_offset]
    return len(before.decode(errors="replace")) + 1


def place_of_html(file: str, node: ast.ClassDef, text: str | None = None) -> tuple[int, int] | None:
    """Return how many lines, and characters in the first one, stand before a class's `html`.

    Args:
        file: The file that the class is in.
        node: The class.
        text: What the template holds, where that is known.

    Returns:
        None if its lines are not those of the file.
    """
    for statement in node.body:
        value = getattr(statement, "value", None)
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        if not isinstance(value, ast.Constant) or "html" not in map(_name, targets):
            continue
        lines = Path(file).read_text(encoding="utf-8").split("\n")
        first = lines[value.lineno - 1]
        mark = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')").match(first, value.col_offset)
        held = str(value.value) if text is None else text
        if mark and (value.end_lineno or 0) - value.lineno == held.count("\n"):
            return value.lineno - 1, mark.end()
    return None


def _name(target: Any) -> str | None:
    return target.id if isinstance(target, ast.Name) else None


_trees: dict[tuple[str, int], ast.Module | None] = {}


def module_tree(file: str | None) -> ast.Module | None:
    """Return the syntax tree of a Python file, or None."""
    if file is None or not file.endswith(".py"):
        return None
    try:
        key = (file, Path(file).stat().st_mtime_ns)
        if key not in _trees:
            _trees[key] = ast.parse(Path(file).read_bytes(), file)
        return _trees[key]
    except (OSError, SyntaxError, ValueError):
        return None


def class_in(tree: ast.Module | None, kind: type[Any]) -> ast.ClassDef | None:
    """Return where a class is defined in the tree of its module, or None."""
    found: ast.ClassDef | None = None
    body: Iterable[ast.AST] = ast.walk(tree) if tree else ()
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name == kind.__name__:
            found = node
            if inspect.getattr_static(kind, "__firstlineno__", None) == node.lineno:
                return node
    return found
