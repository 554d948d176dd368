"""Follows names through templates: loops, macros, includes, parents and imports.

The rule: an expression has a kind, which is `UNKNOWN` as soon as anything about it is; a name is
reported only where nothing that the template can see has it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from types import GenericAlias
from typing import Any

from jinja2 import nodes
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext

from wirebird.check.diagnostics import meant
from wirebird.check.kinds import MISSING, UNKNOWN, Known, arms_of, plain, same
from wirebird.check.project import Project
from wirebird.check.scopes import (
    MAYBE_FILTERS,
    MAYBE_TESTS,
    Call,
    Macro,
    Module,
    Scope,
    StateNames,
    attribute_of,
    maybe_names,
    names_in,
    path,
    set_names,
)
from wirebird.check.sources import Source
from wirebird.html.js import JS

_OF_TEMPLATES = ("self", "super")
_OF_MACROS = ("caller", "varargs", "kwargs")
_KEEPING = frozenset({"list", "reverse", "sort", "unique", "select", "reject", "selectattr",
                      "rejectattr"})  # fmt: skip
_TAKING = frozenset({"first", "last", "random", "min", "max"})
_TEXTS = frozenset({"upper", "lower", "title", "capitalize", "trim", "string", "replace",
                    "truncate", "join", "format"})  # fmt: skip


class Walker:
    """Walks the template of one view or component with all that it includes.

    Args:
        project: What the template belongs to.
        owner: What messages call the one that shows it.
        state: The class of its state, or None for a layout.
        page: The names beside the state, and their kinds.
        macros: What is known of macros, by their nodes; shared by all templates.
    """

    def __init__(
        self,
        project: Project,
        owner: str,
        state: Any,
        page: Mapping[str, Any],
        macros: dict[int, Macro],
    ) -> None:
        self.project = project
        self.owner = owner
        self.members = project.members
        self.used: dict[Source, bool] = {}  # and whether it was only imported
        self.calls: list[Call] = []
        self.loops: dict[int, Any] = {}
        self._state = None if state is None else StateNames(state, self.members)
        self._page = page
        self._globals: dict[str, Any] = project.app.templates.globals
        self._macros = macros
        self._source: Source
        self._stack: list[Source] = []
        self._maybe: list[frozenset[str]] = []
        self._lenient = 0
        self._of_globals_only = 0
        self._overridden: set[str] = set()
        self._modules: dict[Source, Module] = {}
        self._of_blocks: set[int] = set()

    def walk(self, source: Source, scope: Scope | None = None) -> None:
        """Follow all names of a template."""
        with self._within(source):
            self._template(source, scope or Scope())

    def walk_macro(self, macro: Macro, kinds: Mapping[str, Any]) -> None:
        """Follow the names of a macro once more, with what is known of its arguments."""
        with self._within(macro.source):
            self._macro_body(macro.node, macro.scope, kinds)

    @contextmanager
    def _within(self, source: Source) -> Generator[None]:
        self._stack.append(source)
        self._maybe.append(frozenset(maybe_names(source)))
        before = getattr(self, "_source", None)
        self._source = source
        try:
            yield
        finally:
            self._stack.pop()
            self._maybe.pop()
            if before is not None:
                self._source = before

    # Names

    def _resolve(self, name: str, scope: Scope) -> Any:
        kind = scope.get(name)
        if kind is not MISSING:
            return kind
        if not self._of_globals_only:
            if self._state is not None and (kind := self._state.get(name)) is not MISSING:
                return kind
            if name in self._page:
                return self._page[name]
        if name in _OF_TEMPLATES:
            return UNKNOWN
        if name in self._globals:
            return Known(self._globals[name])
        return MISSING

    def _name(self, node: nodes.Name, scope: Scope) -> Any:
        kind = self._resolve(node.name, scope)
        if kind is not MISSING:
            return kind
        if not self._may_lack(node.name):
            known = {*scope.all(), *self._page, *self._globals}
            if self._state is not None and not self._of_globals_only:
                known |= set(self._state.all())
            hint = meant(node.name, known)
            if self._of_globals_only and self._state is not None and not hint:  # noqa: SIM102
                if self._state.get(node.name) is not MISSING:
                    hint = "; macros of an imported file see globals only: give it as an argument"
            self._report("WB101", node, node.name, f"{self.owner} has no {node.name!r}{hint}")
        return UNKNOWN

    def _may_lack(self, path: str) -> bool:
        return self._lenient > 0 or any(path in names for names in self._maybe)

    def _report(self, code: str, node: nodes.Node, name: str, message: str) -> None:
        column = self._source.column_of(node.lineno, name)
        self.project.report(code, self._source.place(node.lineno, column), message)

    # Templates and blocks

    def _template(self, source: Source, scope: Scope) -> None:
        self.used[source] = False
        self._declare(source.tree.body, scope)
        extends = [node for node in source.tree.body if isinstance(node, nodes.Extends)]
        for node in source.tree.body:
            if extends and isinstance(node, nodes.Output):
                continue
            self._visit(node, scope)

    def _declare(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            for name in set_names(node):
                if name in scope.names or self._resolve(name, scope) is not MISSING:
                    scope.set_twice.add(name)
                scope.names[name] = UNKNOWN

    def _bind(self, target: nodes.Node, kind: Any, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            twice = target.name in scope.set_twice
            scope.names[target.name] = UNKNOWN if twice else kind
        elif isinstance(target, nodes.Tuple):
            for place, each in enumerate(target.items):
                self._bind(each, self.members.item(kind, place), scope)

    def _body(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            self._visit(node, scope)

    def _inner(
        self, body: list[nodes.Node], scope: Scope, names: Mapping[str, Any] | None = None
    ) -> None:
        inner = Scope(scope)
        inner.names.update(names or {})
        self._declare(body, inner)
        self._body(body, inner)

    def _visit(self, node: nodes.Node, scope: Scope) -> None:
        method = getattr(self, f"_visit_{type(node).__name__.lower()}", None)
        if method is not None:
            method(node, scope)
        elif isinstance(node, nodes.Expr):
            self._kind(node, scope)
        else:
            for child in node.iter_child_nodes():
                self._visit(child, scope)

    def _visit_for(self, node: nodes.For, scope: Scope) -> None:
        kind = self._kind(node.iter, scope)
        self.loops[id(node)] = kind
        element = UNKNOWN if node.recursive else self.members.element(kind)
        inner = Scope(scope)
        inner.names["loop"] = LoopContext
        self._declare(node.body, inner)
        inner.set_twice.update(names_in(node.target) & inner.names.keys())
        self._bind(node.target, element, inner)
        if node.test is not None:
            self._kind(node.test, inner)
        self._body(node.body, inner)
        self._inner(node.else_, scope)

    def _visit_with(self, node: nodes.With, scope: Scope) -> None:
        inner = Scope(scope)
        for target, value in zip(node.targets, node.values, strict=True):
            kind = self._kind(value, scope)
            self._bind(target, kind, inner)
        self._declare(node.body, inner)
        self._body(node.body, inner)

    def _visit_assign(self, node: nodes.Assign, scope: Scope) -> None:
        self._bind(node.target, self._kind(node.node, scope), scope)

    def _visit_assignblock(self, node: nodes.AssignBlock, scope: Scope) -> None:
        self._inner(node.body, scope)
        self._bind(node.target, UNKNOWN, scope)

    def _visit_macro(self, node: nodes.Macro, scope: Scope) -> None:
        known = self._macros.get(id(node))
        if known is None:
            known = self._macros[id(node)] = Macro(self._source, node, scope, self)
        scope.names[node.name] = UNKNOWN if node.name in scope.set_twice else known
        for default in node.defaults:
            self._kind(default, scope)
        self._macro_body(node, scope, {})

    def _macro_body(self, node: nodes.Macro, scope: Scope, kinds: Mapping[str, Any]) -> None:
        names: dict[str, Any] = dict.fromkeys(_OF_MACROS, UNKNOWN)
        names.update({name.name: kinds.get(name.name, UNKNOWN) for name in node.args})
        self._inner(node.body, scope, names)

    def _visit_callblock(self, node: nodes.CallBlock, scope: Scope) -> None:
        self._of_blocks.add(id(node.call))
        self._kind(node.call, scope)
        for default in node.defaults:
            self._kind(default, scope)
        names = {"caller": UNKNOWN, **{name.name: UNKNOWN for name in node.args}}
        self._inner(node.body, scope, names)

    def _visit_filterblock(self, node: nodes.FilterBlock, scope: Scope) -> None:
        self._kind(node.filter, scope)
        self._inner(node.body, scope)

    def _visit_block(self, node: nodes.Block, scope: Scope) -> None:
        if node.name not in self._overridden:
            self._inner(node.body, scope, {"super": UNKNOWN, "self": UNKNOWN})

    def _visit_extends(self, node: nodes.Extends, scope: Scope) -> None:
        for parent in self._templates(node.template):
            if parent in self._stack:
                continue
            blocks = {
                block.name
                for block in self._source.all_nodes
                if isinstance(block, nodes.Block)
                and not any(name.name == "super" for name in block.find_all(nodes.Name))
            }
            before = self._overridden
            self._overridden = before | blocks
            with self._within(parent):
                self._template(parent, scope)
            self._overridden = before

    def _visit_include(self, node: nodes.Include, scope: Scope) -> None:
        if not isinstance(node.template, nodes.Const):
            self._kind(node.template, scope)
        for included in self._templates(node.template, silent=node.ignore_missing):
            if included in self._stack:
                continue
            with self._within(included):
                if node.with_context:
                    self._template(included, Scope(scope))
                else:
                    self._of_globals_only += 1
                    self._template(included, Scope())
                    self._of_globals_only -= 1

    def _visit_import(self, node: nodes.Import, scope: Scope) -> None:
        found = self._module(node, scope)
        scope.names[node.target] = UNKNOWN if found is None else found

    def _visit_fromimport(self, node: nodes.FromImport, scope: Scope) -> None:
        module = self._module(node, scope)
        for each in node.names:
            name, alias = (each, each) if isinstance(each, str) else each
            kind = UNKNOWN if module is None else module.names.get(name, MISSING)
            if kind is MISSING:
                assert module is not None
                shown = f"{module.source.name.rpartition('/')[2]} has no {name!r}"
                self._report("WB103", node, name, f"{shown}{meant(name, module.names)}")
                kind = UNKNOWN
            scope.names[alias] = UNKNOWN if alias in scope.set_twice else kind

    def _module(self, node: nodes.Import | nodes.FromImport, scope: Scope) -> Module | None:
        found = self._templates(node.template)
        if len(found) != 1 or found[0] in self._stack:
            return None
        source = found[0]
        if source.is_child:
            return None
        if node.with_context:
            inner = Scope(scope)
            with self._within(source):
                self._template(source, inner)
            self.used[source] = True
            return Module(source, inner.names)
        if source not in self._modules:
            inner = Scope()
            self._of_globals_only += 1
            maybe, self._maybe = self._maybe, []
            with self._within(source):
                self._template(source, inner)
            self._maybe = maybe
            self._of_globals_only -= 1
            self.used[source] = True
            self._modules[source] = Module(source, inner.names)
        return self._modules[source]

    def _templates(self, node: nodes.Node, *, silent: bool = False) -> list[Source]:
        if not isinstance(node, nodes.Const):
            return []
        several = not isinstance(node.value, str)
        names = list(node.value) if several else [node.value]
        found: list[Source] = []
        for name in names:
            source = self.project.sources.named(str(name), self._source.name)
            if source is not None:
                found.append(source)
            elif not silent and not several and not self._is_there(str(name)):
                self._report("WB103", node, str(name), f"there is no template {name!r}")
        return found[:1] if several else found

    def _is_there(self, name: str) -> bool:
        environment = self.project.app.templates
        return (
            environment.templates.find(environment.join_path(name, self._source.name)) is not None
        )

    # Expressions

    def _kind(self, node: nodes.Node, scope: Scope) -> Any:
        """Return the kind of an expression, and report the names in it that are not there."""
        if isinstance(node, (nodes.Name, nodes.Getattr)):
            kind = self._plain_kind(node, scope)
            if isinstance(kind, Macro):
                kind.is_passed_on = True
            return kind
        if isinstance(node, nodes.TemplateData):
            return str
        if isinstance(node, nodes.Const):
            return UNKNOWN if node.value is None else node.value.__class__
        if isinstance(node, nodes.Getitem):
            base = self._kind(node.node, scope)
            self._kind(node.arg, scope)
            return self.members.item(base, getattr(node.arg, "value", None))
        if isinstance(node, nodes.Call):
            return self._call(node, scope)
        if isinstance(node, nodes.Filter):
            return self._filter(node, scope)
        if isinstance(node, nodes.Test):
            with self._leniently(node.name in MAYBE_TESTS):
                self._children(node, scope)
            return bool
        if isinstance(node, nodes.CondExpr):
            self._kind(node.test, scope)
            first = self._kind(node.expr1, scope)
            second = UNKNOWN if node.expr2 is None else self._kind(node.expr2, scope)
            return first if first == second else UNKNOWN
        if isinstance(node, (nodes.List, nodes.Tuple)):
            kinds = [self._kind(item, scope) for item in node.items]
            if isinstance(node, nodes.Tuple):
                return GenericAlias(tuple, tuple(kinds))
            return GenericAlias(list, (same(kinds),)) if kinds else UNKNOWN
        self._children(node, scope)
        return str if isinstance(node, nodes.Concat) else UNKNOWN

    def _plain_kind(self, node: nodes.Node, scope: Scope) -> Any:
        """Return the kind of an expression, whose use does not pass a macro on."""
        if isinstance(node, nodes.Name):
            return self._name(node, scope)
        if isinstance(node, nodes.Getattr):
            return self._member(node, scope)
        return self._kind(node, scope)

    def _children(self, node: nodes.Node, scope: Scope) -> None:
        for child in node.iter_child_nodes():
            self._kind(child, scope)

    @contextmanager
    def _leniently(self, lenient: bool) -> Generator[None]:
        self._lenient += lenient
        try:
            yield
        finally:
            self._lenient -= lenient

    def _member(self, node: nodes.Getattr, scope: Scope) -> Any:
        base = self._plain_kind(node.node, scope)
        if isinstance(base, Macro):
            return UNKNOWN
        if isinstance(base, Module):
            kind = base.names.get(node.attr, MISSING)
            if kind is MISSING and not self._may_lack(path(node)):
                shown = f"{base.source.name.rpartition('/')[2]} has no {node.attr!r}"
                self._report("WB103", node, node.attr, f"{shown}{meant(node.attr, base.names)}")
                return UNKNOWN
            return kind
        kind = self.members.member(base, node.attr)
        if kind is MISSING:
            if not self._may_lack(path(node)):
                hint = meant(node.attr, self.members.names(base))
                message = f"{_shown(base)} has no {node.attr!r}{hint}"
                self._report("WB102", node, node.attr, message)
            return UNKNOWN
        return kind

    def _call(self, node: nodes.Call, scope: Scope) -> Any:
        kind = self._plain_kind(node.node, scope)
        given = [self._kind(arg, scope) for arg in node.args]
        named = {arg.key: self._kind(arg.value, scope) for arg in node.kwargs}
        for extra in (node.dyn_args, node.dyn_kwargs):
            if extra is not None:
                self._kind(extra, scope)
        has_body = id(node) in self._of_blocks
        self.calls.append(Call(self._source, node, kind, named, has_body))
        if isinstance(kind, Macro):
            if node.dyn_args is not None or node.dyn_kwargs is not None:
                kind.is_passed_on = True
            names = [name.name for name in kind.node.args]
            kind.calls.append({**dict(zip(names, given, strict=False)), **named})
            return UNKNOWN
        return self.members.returned(kind)

    def _attribute(self, node: nodes.Filter, element: Any) -> None:
        """Report an attribute by which a filter takes, orders or groups what has none such."""
        kind = element
        for name in (attribute_of(node) or "").split(",")[0].split("."):
            if not name.isidentifier():
                return
            before, kind = kind, self.members.member(kind, name)
            if kind is MISSING:
                hint = meant(name, self.members.names(before))
                self._report("WB102", node, name, f"{_shown(before)} has no {name!r}{hint}")
                return

    def _filter(self, node: nodes.Filter, scope: Scope) -> Any:
        kind: Any = UNKNOWN
        if node.node is not None:
            with self._leniently(node.name in MAYBE_FILTERS):
                kind = self._kind(node.node, scope)
        for child in node.iter_child_nodes():
            if child is not node.node:
                self._kind(child, scope)
        name = node.name
        if self.project.app.templates.filters.get(name) is not FILTERS.get(name):
            return UNKNOWN
        self._attribute(node, self.members.element(kind))
        if name in _KEEPING:
            element = self.members.element(kind)
            return UNKNOWN if plain(element) is UNKNOWN else GenericAlias(list, (element,))
        if name in _TAKING:
            return self.members.element(kind)
        return str if name in _TEXTS else UNKNOWN


def _shown(kind: Any) -> str:
    kind = plain(kind)
    arms = arms_of(kind)
    if arms:
        return " or ".join(map(_shown, arms))
    if kind is LoopContext:
        return "loop"
    if isinstance(kind, Known):
        if isinstance(kind.value, JS):
            return "js"
        return "ui" if repr(kind.value) == "<wirebird.components>" else repr(kind.value)
    return getattr(kind, "__name__", None) or str(kind)
