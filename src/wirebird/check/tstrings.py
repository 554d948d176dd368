"""The t-strings in an application's modules, as templates that can be looked at like others.

The rule: only what surely is markup is read; a t-string that stands within another one's element is
read there, and what comes from elsewhere is a hole of which nothing is known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_origin

from jinja2 import nodes

from wirebird.check.component_tags import ComponentTags
from wirebird.check.diagnostics import ignored_in
from wirebird.check.elements import Elements, unmarked
from wirebird.check.events import Events
from wirebird.check.hooks import Hooks
from wirebird.check.kinds import plain
from wirebird.check.markup import Markup
from wirebird.check.project import Project, Subject
from wirebird.check.sources import Source, column_of
from wirebird.html.errors import MarkupError
from wirebird.live.stream import Stream

if TYPE_CHECKING:
    from wirebird.html.tstring.parser import Node

_KIND: Any = getattr(ast, "TemplateStr", None)
_LINE = re.compile(r"of line (\d+)")
_COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp)


@dataclass(eq=False)
class TString:
    """A t-string that stands in no other one.

    Attributes:
        source: It as a template.
        owner: The name of the class that it stands in, or None.
        end: Its last line, where a comment can ignore what is wrong in it.
        loops: What loops in it go over, by the loops' nodes.
        problem: What keeps it from being markup, and the place.
        markup: It and those in it, each with what it holds.
    """

    source: Source
    owner: str | None
    end: int
    loops: dict[int, ast.expr] = field(default_factory=dict[int, ast.expr])
    problem: tuple[str, int, int] | None = None
    markup: list[tuple[Any, tuple[Node, ...]]] = field(default_factory=list[Any])


def tstrings(project: Project) -> Iterator[TString]:
    """Yield the t-strings of an application; none on a Python that has none."""
    for file, tree in project.modules.items() if _KIND is not None else ():
        is_any = any(type(node) is _KIND for node in project.nodes[file])
        found = list(_outermost(tree, None)) if is_any else []
        if found:
            text = Path(file).read_text(encoding="utf-8")
            lines = text.split("\n")
            for node, owner in found:
                yield from _Reader(file, text, lines, owner).read(node)


def owners_of(project: Project, found: TString) -> list[Subject]:
    """Return the views and components that surely show a t-string."""
    return [
        subject
        for subject in project.subjects
        for kind in subject.view.__mro__
        if kind.__name__ == found.owner and project.file_of(kind) == found.source.file
    ]


def _outermost(node: ast.AST, owner: str | None) -> Iterator[tuple[Any, str | None]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _KIND):
            yield child, owner
        elif isinstance(child, ast.ClassDef) and owner is None:
            yield from _outermost(child, child.name)
        else:
            yield from _outermost(child, owner)


class _Reader:
    def __init__(self, file: str, text: str, lines: list[str], owner: str | None) -> None:
        self._file = file
        self._text = text
        self._lines = lines
        self._owner = owner
        self._source: Source
        self._found: TString
        self._apart: list[Any] = []

    def read(self, node: Any) -> Iterator[TString]:
        """Yield a t-string, and those in it of which it is not known where they are shown."""
        markup, problem = self._parsed(node)
        self._source = Source("t-string", self._file, self._text, nodes.Template([]))
        self._source.is_strict = True
        self._found = TString(self._source, self._owner, node.end_lineno)
        self._apart = []
        if problem is None:
            self._source.tree.body = [self._output(node, markup)]
        else:
            self._found.problem = problem
            self._apart += [each for each, _ in _outermost(node, None)]
        if _is_markup(node):
            yield self._found
        for each in self._apart:
            yield from _Reader(self._file, self._text, self._lines, self._owner).read(each)

    def _parsed(self, node: Any) -> tuple[tuple[Node, ...], tuple[str, int, int] | None]:
        from wirebird.html.tstring.parser import parse

        strings, expressions = [""], list[str]()
        for each in node.values:
            if isinstance(each, ast.Constant):
                strings[-1] += str(each.value)
            else:
                strings.append("")
                expressions.append(each.str)
        try:
            return parse(strings, expressions), None
        except MarkupError as error:
            before: int = node.lineno - 1
            line = before + (error.line if self._keeps_lines(node) else 1)
            problem = _LINE.sub(lambda found: f"of line {int(found[1]) + before}", error.problem)
            text = self._lines[line - 1]
            column = len(text) - len(text.lstrip()) + 1
            column = column_of(self._lines, node) if line == node.lineno else column
            return (), (problem, line, column)

    def _keeps_lines(self, node: Any) -> bool:
        return all(
            (each.end_lineno or 0) - each.lineno == str(each.value).count("\n")
            for each in node.values
            if isinstance(each, ast.Constant)
        )

    def _output(self, node: Any, markup: tuple[Node, ...]) -> nodes.Output:
        if not self._keeps_lines(node) and self._source.exact:
            self._source.exact = False
            self._source.line = node.lineno - 1
        self._found.markup.append((node, markup))
        parts: list[nodes.Expr] = []
        for each in node.values:
            if isinstance(each, ast.Constant):
                data = nodes.TemplateData(str(each.value), lineno=each.lineno)
                self._source.starts[id(data)] = column_of(self._lines, each) - 1
                parts.append(data)
            else:
                parts.append(self._hole(each.value))
        return nodes.Output(parts, lineno=node.lineno)

    def _hole(self, value: ast.expr) -> nodes.Expr:
        is_myself = isinstance(value, ast.Attribute) and value.attr == "myself"
        hole = nodes.Name("myself" if is_myself else "?", "load", lineno=value.lineno)
        body = self._body(value)
        if body is None:
            self._apart += _inner(value)
        else:
            self._source.within[id(hole)] = body
        return hole

    def _body(self, value: ast.expr) -> list[nodes.Node] | None:
        """Return what a value shows, as far as it is written out in it."""
        if isinstance(value, _KIND):
            markup, problem = self._parsed(value)
            if problem is None:
                return [self._output(value, markup)]
        elif isinstance(value, _COMPREHENSIONS):
            inner = self._body(value.elt)
            if inner is not None:
                self._apart += [each for part in value.generators for each in _inner(part)]
                return [self._loop(value, value.generators[0].iter, inner)]
        elif isinstance(value, ast.Call) and _name_of(value.func) == "each":
            assert isinstance(value.func, ast.Attribute)
            shown = value.args[0] if len(value.args) == 1 else None
            inner = self._body(shown.body) if isinstance(shown, ast.Lambda) else None
            if inner is None:
                self._apart += _inner(value)
            return [self._loop(value, value.func.value, inner or [])]
        elif isinstance(value, ast.IfExp):
            return self._choice(value.test, value.body, value.orelse)
        elif isinstance(value, ast.BoolOp):
            *first, last = value.values
            return self._choice(first[0], last, *first)
        return None

    def _loop(self, value: ast.expr, over: ast.expr, body: list[nodes.Node]) -> nodes.For:
        target = nodes.Name("?", "store", lineno=value.lineno)
        loop = nodes.For(
            target, nodes.Name("?", "load"), body, [], None, False, lineno=value.lineno
        )
        self._found.loops[id(loop)] = over
        return loop

    def _choice(self, test: ast.expr, *shown: ast.expr) -> list[nodes.Node] | None:
        bodies = [self._body(each) for each in shown]
        if all(body is None for body in bodies):
            return None
        for each, body in zip(shown, bodies, strict=True):
            if body is None:
                self._apart += _inner(each)
        first, *others = [body or [] for body in bodies]
        test_node = nodes.Name("?", "load", lineno=test.lineno)
        elifs = [nodes.If(test_node, body, [], [], lineno=test.lineno) for body in others]
        return [nodes.If(test_node, first, elifs, [], lineno=test.lineno)]


def _inner(node: ast.AST) -> list[Any]:
    if isinstance(node, _KIND):
        return [node]
    return [each for each, _ in _outermost(node, None)]


def _is_markup(node: Any) -> bool:
    parts = [each.value if isinstance(each, ast.Constant) else "" for each in node.values]
    text = "\0".join(map(str, parts)).strip()
    return bool(re.match(r"<[A-Za-z\0!]", text)) or "</" in text or text.endswith(">")


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def check(project: Project, events: Events, elements: Elements, hooks: Hooks) -> None:
    """Report what is wrong in an application's t-strings."""
    tags: dict[str, ComponentTags] = {}
    for found in tstrings(project):
        before = len(project.found)
        file = found.source.file
        if file not in tags:
            tags[file] = ComponentTags(project, file, found.source.lines)
        for node, markup in found.markup:
            tags[file].check(node, markup)
        if found.problem is not None:
            message, line, column = found.problem
            project.report("WB104", (file, line, column), message)
        else:
            _check(project, found, events, elements, hooks)
        ignored = ignored_in(file, found.end)
        project.found[before:] = [e for e in project.found[before:] if e.code not in ignored]


def _check(
    project: Project, found: TString, events: Events, elements: Elements, hooks: Hooks
) -> None:
    source = found.source
    markup = Markup(source, lambda name: None)
    markup.problems = [each for each in markup.problems if each[0] != "WB504"]
    markup.elements = [each for each in markup.elements if "\0" not in each.name]
    elements.check(markup, whole=False)
    owners = owners_of(project, found)
    views = [subject for subject in project.subjects if not subject.is_component]
    for element in markup.elements:
        anybody = len(owners) != 1
        events.check(element, source, owners[:1] or views[:1], anybody=anybody)
        if "<script" not in source.text:
            hooks.check(element, source)
    for loop, around in unmarked(markup):
        if owners and _is_stream(project, owners[0], found.loops[id(loop)]):
            elements.stream(markup, around)


def _is_stream(project: Project, owner: Subject, value: ast.expr) -> bool:
    """Tell whether an expression is `self.state.name` with the name of a stream."""
    state = value.value if isinstance(value, ast.Attribute) else None
    if not isinstance(value, ast.Attribute) or not isinstance(state, ast.Attribute):
        return False
    if state.attr != "state" or not isinstance(state.value, ast.Name) or state.value.id != "self":
        return False
    kind = project.members.member(owner.view.definition.state_class, value.attr)
    return (get_origin(plain(kind)) or kind) is Stream
