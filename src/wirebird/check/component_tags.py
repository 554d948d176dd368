"""Components in t-strings, `<{card} title="x">`, that are given what they do not take.

The rule: a component is known if the module has it under a name that no function there uses for
anything else; what is refused is what a call of it would refuse.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from wirebird.check.kinds import UNKNOWN
from wirebird.check.paths import check_path
from wirebird.check.project import Project
from wirebird.check.props import NO_LITERAL, hints_of_component, live_class, mistaken, named_in
from wirebird.check.sources import column_of
from wirebird.components.library import check_names
from wirebird.components.pieces import dynamic_tag
from wirebird.html.calls import arguments_of, signature_of
from wirebird.html.errors import ComponentError
from wirebird.html.jinja.components import Macros
from wirebird.html.slots import EMPTY

if TYPE_CHECKING:
    from wirebird.html.tstring.parser import Component, Node

_NOT_THERE: Any = object()


class ComponentTags:
    """The components in the t-strings of one module.

    Args:
        project: What the module belongs to.
        file: Its file.
        lines: Its lines.
    """

    def __init__(self, project: Project, file: str, lines: list[str]) -> None:
        self._project = project
        self._file = file
        self._lines = lines
        modules = [each for each in sys.modules.values() if _file_of(each) == file]
        self._names: Mapping[str, Any] = vars(modules[0]) if modules else {}
        self._shadowed = frozenset(
            name
            for node in project.nodes[file]
            if isinstance(node, _FUNCTIONS)
            for name in _own(node)
        )

    def check(self, node: Any, markup: tuple[Node, ...]) -> None:
        """Report what is wrong with the components in a t-string.

        Args:
            node: The t-string.
            markup: What it holds.
        """
        holes = [each for each in node.values if not isinstance(each, ast.Constant)]
        for tag in _components(markup):
            component = self._value(holes[tag.index].value)
            if component is not _NOT_THERE and callable(component):
                self._check(tag, component, holes)

    def _value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            return _NOT_THERE if node.id in self._shadowed else self._names.get(node.id, _NOT_THERE)
        if isinstance(node, ast.Attribute):
            owner = self._value(node.value)
            if isinstance(owner, (ModuleType, Macros)):
                return getattr(owner, node.attr, _NOT_THERE)
        return _NOT_THERE

    def _check(self, tag: Component, component: Any, holes: list[Any]) -> None:
        from wirebird.html.tstring.parser import Attribute

        given: dict[str, Any] = {}
        is_open = False
        for each in tag.attributes:
            if not isinstance(each, Attribute):
                is_open = True
            elif each.hole is not None:
                value = holes[each.hole].value
                given[each.name] = value.value if isinstance(value, ast.Constant) else NO_LITERAL
            else:
                given[each.name] = each.literal if each.literal else NO_LITERAL
        shown = holes[tag.index].str
        wrong = "" if is_open else _refusal(component, shown, given, tag)
        if wrong:
            self._report(holes[tag.index], named_in(wrong, given), wrong)
        hints = hints_of_component(component)
        is_ours = getattr(component, "__module__", "").startswith("wirebird.")
        for name in given.keys() & {"patch", "navigate"} if is_ours else ():
            check_path(self._project, given[name], self._place(holes[tag.index], name))
        for name, value in given.items():
            argument = name.replace("-", "_")
            found = mistaken(value, hints.get(argument, hints.get(f"{argument}_", UNKNOWN)))
            if found is not None:
                message = f"<{{{shown}}} {name}={found[0]}>: {name} is {found[1]}"
                self._report(holes[tag.index], name, message)

    def _report(self, hole: Any, name: str, message: str) -> None:
        self._project.report("WB401", self._place(hole, name), message)

    def _place(self, hole: Any, name: str) -> tuple[str, int, int]:
        line: int = hole.lineno
        column = column_of(self._lines, hole) - 1  # that of the bracket
        found = re.compile(rf"(?<![\w-]){re.escape(name)}\s*=").search(
            self._lines[line - 1], column
        )
        if name and found is not None:
            column = found.start() + 1
        return self._file, line, column


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _own(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif node is not function and isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        ):
            yield node.name


def _file_of(module: Any) -> str | None:
    return getattr(module, "__file__", None)


def _components(markup: tuple[Node, ...]) -> Iterator[Component]:
    from wirebird.html.tstring.parser import Component, Element

    for node in markup:
        if isinstance(node, Component):
            yield node
            for slot in node.slots:
                yield from _components(slot.children)
        if isinstance(node, (Component, Element)):
            yield from _components(node.children)


def _refusal(component: Any, shown: str, given: Mapping[str, Any], tag: Component) -> str:
    slots = {slot.name: [EMPTY] for slot in tag.slots}
    children = EMPTY if tag.children else None
    try:
        live = live_class(component)
        if live is not None:
            named = {name.replace("-", "_"): value for name, value in given.items()}
            if named.pop("id", None) is None:
                return f"<{{{shown}}}> needs an id: write <{{{shown}}} id=...>"
            known = hints_of_component(live)
            # What may be content that the component was given itself is none of its props.
            if all(name in known or value is not NO_LITERAL for name, value in named.items()):
                live.check_props({**named, **slots})
        elif not hasattr(component, "__place__"):
            arguments_of(component, shown, given, children, slots)
            module = getattr(component, "__module__", "")
            if module.startswith("wirebird.components.") and component is not dynamic_tag:
                own = signature_of(component).names
                check_names(component, [n for n in given if not _names_of(n) & own])
    except ComponentError as error:
        return str(error)
    return ""


def _names_of(attribute: str) -> set[str]:
    name = attribute.replace("-", "_")
    return {name, f"{name}_"}
