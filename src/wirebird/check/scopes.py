"""What is known of the names in a template: scopes, macros, imported files, and a state's names.

The rule: it keeps what `names` finds, and finds nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import typing_extensions
from jinja2 import nodes

from wirebird.check.kinds import MISSING, UNKNOWN, Members, hints_of, same
from wirebird.check.sources import Source
from wirebird.html.jinja.runtime import _hidden_names as hidden_names  # pyright: ignore
from wirebird.live.generics import plain_class

if TYPE_CHECKING:
    from wirebird.check.names import Walker

MAYBE_FILTERS = frozenset({"default", "d"})
MAYBE_TESTS = frozenset({"defined", "undefined"})
_BY_FIRST = frozenset({"selectattr", "rejectattr", "groupby", "sum"})
_BY_ATTRIBUTE = frozenset({"map", "sort", "unique", "min", "max", "groupby", "sum"})


@dataclass(eq=False)
class Macro:
    """A macro, and what it has been called with so far in the whole application."""

    source: Source
    node: nodes.Macro
    scope: Scope
    walker: Walker
    calls: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    is_passed_on: bool = False

    def kinds(self) -> dict[str, Any]:
        """Return what is known of its arguments: what all calls agree in."""
        if self.is_passed_on or not self.calls:
            return {}
        names = [name.name for name in self.node.args]
        found = {name: [call.get(name, UNKNOWN) for call in self.calls] for name in names}
        return {name: same(kinds) for name, kinds in found.items()}


@dataclass(frozen=True, eq=False)
class Call:
    """A call in a template.

    Attributes:
        source: The template.
        node: The call.
        kind: What is known of what is called.
        named: What is known of the arguments that have names.
        has_body: Whether it is that of a call block.
    """

    source: Source
    node: nodes.Call
    kind: Any
    named: Mapping[str, Any]
    has_body: bool


@dataclass(frozen=True, eq=False)
class Module:
    """A template that was imported, and its names."""

    source: Source
    names: Mapping[str, Any]


class Scope:
    """The names of a block of a template."""

    def __init__(self, outer: Scope | None = None) -> None:
        self.outer = outer
        self.names: dict[str, Any] = {}
        self.set_twice: set[str] = set()

    def get(self, name: str) -> Any:
        """Return the kind of a name, or `MISSING`."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return MISSING

    def all(self) -> Iterator[str]:
        """Yield all names."""
        scope: Scope | None = self
        while scope is not None:
            yield from scope.names
            scope = scope.outer


class StateNames:
    """The names that a state gives to its template."""

    def __init__(self, state: Any, members: Members) -> None:
        self._state = state
        self._members = members
        self._kind: Any = plain_class(state)
        self.is_open = (
            self._kind is Any
            or self._kind is SimpleNamespace
            or not isinstance(self._kind, type)
            or (is_dict(self._kind) and not typing_extensions.is_typeddict(self._kind))
        )

    def get(self, name: str) -> Any:
        """Return the kind of a name, or `MISSING`."""
        if self.is_open:
            return UNKNOWN
        if typing_extensions.is_typeddict(self._kind):
            return hints_of(self._kind).get(name, MISSING)
        if name[:1] == "_" or name in hidden_names(self._kind):
            return MISSING
        return self._members.member(self._state, name)

    def all(self) -> Iterable[str]:
        """Return all names."""
        return [] if self.is_open else self._members.names(self._state)


def is_dict(kind: Any) -> bool:
    """Tell whether a class is of dicts."""
    return issubclass(kind, dict)


def set_names(node: nodes.Node) -> Iterator[str]:
    """Yield the names that a statement sets in the scope that it stands in."""
    if isinstance(node, (nodes.Assign, nodes.AssignBlock)):
        yield from names_in(node.target)
    elif isinstance(node, nodes.Macro):
        yield node.name
    elif isinstance(node, nodes.Import):
        yield node.target
    elif isinstance(node, nodes.FromImport):
        yield from (each if isinstance(each, str) else each[1] for each in node.names)
    elif isinstance(node, nodes.If):
        for child in (*node.body, *node.elif_, *node.else_):
            yield from set_names(child)
    elif isinstance(node, nodes.ScopedEvalContextModifier):
        for child in node.body:
            yield from set_names(child)


def names_in(target: nodes.Node) -> set[str]:
    """Return the names that a target binds."""
    if isinstance(target, nodes.Name):
        return {target.name}
    return {name.name for name in target.find_all(nodes.Name)}


def maybe_names(source: Source) -> Iterator[str]:
    """Yield what a template asks for whether it is there, or gives a default for."""
    for each in source.all_nodes:
        if isinstance(each, nodes.Test):
            if each.name in MAYBE_TESTS:
                yield path(each.node)
        elif isinstance(each, nodes.Filter) and each.name in MAYBE_FILTERS and each.node:
            yield path(each.node)


def attribute_of(node: nodes.Filter) -> str | None:
    """Return the attribute that a filter goes by, if it is literal and must be there."""
    named = {str(arg.key): arg.value for arg in node.kwargs}
    if "default" in named or node.dyn_args is not None or node.dyn_kwargs is not None:
        return None
    value = named.get("attribute") if node.name in _BY_ATTRIBUTE else None
    if node.name in _BY_FIRST and node.args:
        value = node.args[0]
        others = [getattr(each, "value", None) for each in node.args[1:]]
        if (node.name == "groupby" and others) or MAYBE_TESTS.intersection(map(str, others)):
            return None
    attribute = value.value if isinstance(value, nodes.Const) else None
    return attribute if isinstance(attribute, str) else None


def path(node: nodes.Node) -> str:
    """Return an expression as its path, `user.name`; "?" for what is none."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{path(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{path(node.node)}.{node.arg.value}"
    return "?"
