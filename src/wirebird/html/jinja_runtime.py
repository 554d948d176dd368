"""What code compiled from Jinja files calls while it runs.

The rule: wherever Jinja would pass text on (a macro's result, a parent block, captured output),
a tree is passed on instead, which becomes text only when somebody asks for text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from jinja2.environment import Environment
from jinja2.nodes import EvalContext
from jinja2.runtime import BlockReference, Context, Macro, TemplateReference, Undefined, missing
from markupsafe import Markup

from wirebird.html.escaping import (
    UnsafeMarkup,
    keep,
    keep_attributes,
    keep_style,
    keep_url,
)
from wirebird.html.fragment import Fragment
from wirebird.html.kept_rows import KeptRows
from wirebird.html.tree import Comprehension, Dynamic, Row, Statics, Tree, to_html

PLAIN = frozenset({str, int})

_TAG_NAME = re.compile(r"[a-zA-Z][\w:.\-]*\Z")
_UNSAFE_TAGS = frozenset({"script", "style", "iframe", "object", "embed", "base", "link", "meta"})


class TreeMacro(Macro):
    """A macro whose result is still a tree."""

    def _invoke(self, arguments: list[Any], autoescape: bool) -> Any:
        return Fragment(self._func(*arguments))


class TreeBlockReference(BlockReference):
    """`super()` and `self.name()`: another block's tree."""

    @property
    def super(self) -> Any:
        reference = super().super
        if isinstance(reference, BlockReference):
            return TreeBlockReference(
                reference.name, reference._context, reference._stack, reference._depth
            )
        return reference

    def __call__(self) -> Any:
        return Fragment(cast(Tree, self._stack[self._depth](self._context)))


class TreeTemplateReference(TemplateReference):
    """`self` in a template: its blocks by their names."""

    def __getitem__(self, name: str) -> Any:
        reference = super().__getitem__(name)
        return TreeBlockReference(
            reference.name, reference._context, reference._stack, reference._depth
        )


class StateContext(Context):
    """The names that a template sees: what it set, the state's fields, then the globals."""

    def __init__(
        self,
        environment: Environment,
        parent: dict[str, Any],
        name: str | None,
        blocks: dict[str, Any],
        globals: Any = None,
        *,
        state: Any = None,
        kept: KeptRows | None = None,
    ) -> None:
        self.parent = parent
        self.vars = {}
        self.environment = environment
        self.eval_ctx = EvalContext(environment, name)
        self.exported_vars = set()
        self.name = name
        self.globals_keys = set(globals or ())
        self.blocks = {key: [block] for key, block in blocks.items()}
        self.state = state
        self.page: Mapping[str, Any] | None = None
        self.kept = kept

    def resolve_or_missing(self, key: str) -> Any:
        if key in self.vars:
            return self.vars[key]
        state = self.state
        if state is not None:
            if isinstance(state, dict):
                if key in state:
                    return cast("dict[str, Any]", state)[key]
            elif key[:1] != "_":
                try:
                    return getattr(state, key)
                except AttributeError:
                    # An error of a property's own must not pass for an unknown name.
                    if hasattr(type(state), key):
                        raise
        page = self.page
        if page is not None and key in page:
            return page[key]
        return self.parent.get(key, missing)

    def get_all(self) -> dict[str, Any]:
        return {**self.parent, **(self.page or {}), **state_names(self.state), **self.vars}

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.resolve_or_missing(name) is not missing

    def super(self, name: str, current: Any) -> Any:
        reference = super().super(name, current)
        if isinstance(reference, BlockReference):
            return TreeBlockReference(
                reference.name, reference._context, reference._stack, reference._depth
            )
        return reference

    def derived(self, locals: dict[str, Any] | None = None) -> StateContext:
        context = self._like(self.name, {})
        context.vars = {**self.vars, **_defined(locals)}
        context.blocks.update((key, list(value)) for key, value in self.blocks.items())
        context.eval_ctx = self.eval_ctx
        return context

    def for_include(self, template: Any, locals: dict[str, Any] | None) -> StateContext:
        """Return the context for an included template; without `locals`, one of globals only."""
        if locals is None:
            return StateContext(self.environment, self.parent, template.name, template.blocks)
        context = self._like(template.name, template.blocks)
        context.vars = {**self.vars, **_defined(locals)}
        return context

    def _like(self, name: str | None, blocks: dict[str, Any]) -> StateContext:
        context = StateContext(
            self.environment, self.parent, name, blocks, state=self.state, kept=self.kept
        )
        context.page = self.page
        return context

    def kept_rows(
        self,
        statics: Statics,
        items: list[Any],
        outer: tuple[Any, ...],
        names: tuple[str, ...],
        row: Callable[[Any], Row],
    ) -> list[Row] | None:
        """Return the rows of items that cannot change, evaluating only those that are new."""
        if self.kept is None or not items:
            return None
        return self.kept.rows(statics, items, outer, names, row)


def state_names(state: Any) -> dict[str, Any]:
    """Return the fields of a state, and its properties, by their names."""
    if state is None:
        return {}
    if isinstance(state, dict):
        return cast("dict[str, Any]", state)
    names = dict(getattr(state, "__dict__", {}))
    for kind in type(state).__mro__:
        for name, value in vars(kind).items():
            if name[:1] != "_" and name not in names and isinstance(value, property):
                names[name] = getattr(state, name)
        for name in getattr(kind, "__slots__", ()):
            if name[:1] != "_" and hasattr(state, name):
                names[name] = getattr(state, name)
    return names


def _defined(names: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (names or {}).items() if value is not missing}


def keep_raw(value: Any) -> Dynamic:
    """Return a value as markup of its own, where autoescaping is off."""
    kept = keep(value)
    return (kept,) if type(kept) is str else kept


def keep_tag_name(value: Any) -> Dynamic:
    """Return the name of a tag.

    Raises:
        UnsafeMarkup: It is not the name of a tag, or of one that runs code.
    """
    kept = keep(value)
    if type(kept) is not str or not _TAG_NAME.match(kept) or kept.lower() in _UNSAFE_TAGS:
        raise UnsafeMarkup(f"{str(kept)[:40]!r} cannot be the name of a tag here")
    return kept


def keep_key(*parts: Any) -> str | int:
    """Return the key of a row, which is text or a whole number."""
    if len(parts) == 1 and type(parts[0]) in PLAIN:
        return parts[0]
    for part in parts:
        if isinstance(part, Undefined):
            str(part)  # raises, with the name
    return "".join(str(part) for part in parts)


__all__ = [
    "PLAIN",
    "Comprehension",
    "Fragment",
    "Statics",
    "TreeMacro",
    "TreeTemplateReference",
    "keep",
    "keep_attributes",
    "keep_key",
    "keep_raw",
    "keep_style",
    "keep_tag_name",
    "keep_url",
    "to_html",
]
