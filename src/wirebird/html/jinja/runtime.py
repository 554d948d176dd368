"""What code compiled from Jinja files calls while it runs.

The rule: wherever Jinja would pass text on (a macro's result, a parent block, captured output),
a tree is passed on instead, which becomes text only when somebody asks for text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from types import MemberDescriptorType
from typing import Any, cast

from jinja2.environment import Environment, TemplateModule
from jinja2.nodes import EvalContext
from jinja2.runtime import BlockReference, Context, Macro, TemplateReference, Undefined
from jinja2.utils import missing

from wirebird.html.dropped import DROPPED
from wirebird.html.escaping import keep
from wirebird.html.fragment import Fragment, MarkupTree, settle
from wirebird.html.kept_rows import (
    PLAIN,
    KeptRows,
    RowComparison,
    compared_place,
    shown_place,
)
from wirebird.html.placement import ContextCheck, OpenStatics, whole
from wirebird.html.shown import kind_of
from wirebird.html.stream_rows import Operations
from wirebird.html.tree import Columns, Comprehension, Dynamic, Row, Rows, Statics, Tree, to_html

_COMPUTED = (property, cached_property, MemberDescriptorType)
_NO_NAMES: set[str] = set()


class TreeMacro(Macro):
    """A macro whose result is still a tree."""

    def _invoke(self, arguments: list[Any], autoescape: bool) -> Any:
        tree = cast(Tree, self._func(*arguments))
        return Fragment(tree) if autoescape else to_html(tree)


class TreeBlockReference(BlockReference):
    """`super()` and `self.name()`: another block's tree."""

    @classmethod
    def of(cls, reference: BlockReference) -> TreeBlockReference:
        """Return a reference of Jinja's as one that gives trees."""
        return cls(reference.name, reference._context, reference._stack, reference._depth)

    @property
    def super(self) -> Any:
        reference = super().super
        if isinstance(reference, BlockReference):
            return TreeBlockReference.of(reference)
        return reference

    def __call__(self) -> Any:
        tree = cast(Tree, self._stack[self._depth](self._context))
        return Fragment(tree) if self._context.eval_ctx.autoescape else to_html(tree)


class TreeTemplateReference(TemplateReference):
    """`self` in a template: its blocks by their names."""

    def __getitem__(self, name: str) -> Any:
        return TreeBlockReference.of(super().__getitem__(name))


class FailedProperty:
    """What stands for a property of the state that raised: using it raises that error.

    A name is last up before the branch that uses it is taken, so an error must wait.
    """

    __slots__ = ("_error",)

    def __init__(self, error: Exception, name: str = "") -> None:
        if name:
            # Jinja takes an AttributeError for a name that is not there.
            self._error: Exception = RuntimeError(f"{name} raised AttributeError: {error}")
            self._error.__cause__ = error
        else:
            self._error = error

    def _fail(self, *args: Any, **kwargs: Any) -> Any:
        raise self._error

    __getattr__ = __call__ = __getitem__ = __iter__ = __len__ = __bool__ = __contains__ = _fail
    __str__ = __html__ = __int__ = __float__ = __eq__ = __ne__ = __hash__ = _fail
    __lt__ = __le__ = __gt__ = __ge__ = __neg__ = __pos__ = __mod__ = __rmod__ = _fail
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __pow__ = __rpow__ = _fail
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _fail


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
        page: Mapping[str, Any] | None = None,
    ) -> None:
        self.parent = parent
        self.vars = {}
        self.environment = environment
        self.exported_vars = set()
        self.name = name
        self.globals_keys = set(globals) if globals else _NO_NAMES
        self.blocks = {key: [block] for key, block in blocks.items()} if blocks else {}
        self.state = state
        self.page = page
        self.kept = kept

    @cached_property
    def eval_ctx(self) -> EvalContext:  # type: ignore[override]
        """Whether values are escaped; most templates never ask."""
        return EvalContext(self.environment, self.name)

    def resolve_or_missing(self, key: str) -> Any:
        if key in self.vars:
            return self.vars[key]
        state = self.state
        if state is not None:
            if isinstance(state, dict):
                if key in state:
                    return cast("dict[str, Any]", state)[key]
            elif key[:1] != "_" and key not in _hidden_names(kind := kind_of(state)):
                try:
                    return getattr(state, key)
                except AttributeError as error:
                    # An error of a property's own must not pass for an unknown name.
                    if hasattr(kind, key):
                        return FailedProperty(error, f"{kind.__name__}.{key}")
                except Exception as error:
                    return FailedProperty(error)
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
            return TreeBlockReference.of(reference)
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
            return StateContext(self.environment, template.globals, template.name, template.blocks)
        context = self._like(template.name, template.blocks)
        context.vars = {**self.vars, **_defined(locals)}
        return context

    def module(self, template: Any, locals: dict[str, Any]) -> TemplateModule:
        """Return a template imported with this context."""
        context = self.for_include(template, locals)
        return TemplateModule(template, context, [to_html(template.root_render_func(context))])

    def _like(self, name: str | None, blocks: dict[str, Any]) -> StateContext:
        return StateContext(
            self.environment,
            self.parent,
            name,
            blocks,
            self.globals_keys,
            state=self.state,
            kept=self.kept,
            page=self.page,
        )

    def kept_rows(
        self,
        statics: Statics,
        items: list[Any],
        outer: tuple[Any, ...],
        names: tuple[str, ...],
        row: Callable[[Any], Row],
        comparison: RowComparison | None = None,
    ) -> Rows | None:
        """Return the rows of items, evaluating only those that may show something else."""
        if self.kept is None or not items:
            return None
        return self.kept.rows(statics, items, outer, names, row, comparison)


def state_names(state: Any) -> dict[str, Any]:
    """Return the fields of a state, and its properties, by their names."""
    if state is None:
        return {}
    if isinstance(state, dict):
        return cast("dict[str, Any]", state)
    fields: dict[str, Any] = getattr(state, "__dict__", {})
    names = {name: value for name, value in fields.items() if name[:1] != "_"}
    hidden = _hidden_names(kind_of(state))
    for kind in type(state).__mro__:
        for name, value in vars(kind).items():
            known = name[:1] == "_" or name in names or name in hidden
            if isinstance(value, _COMPUTED) and not known:
                names[name] = _value_of(state, name)
    return names


def _value_of(state: Any, name: str) -> Any:
    try:
        return getattr(state, name)
    except Exception as error:
        return FailedProperty(error, f"{type(state).__name__}.{name}")


@lru_cache(maxsize=256)
def _hidden_names(kind: type) -> frozenset[str]:
    """Return what pydantic gives each of its models (`json`, `copy`): no names of a state."""
    owners = {name: base for base in reversed(kind.__mro__) for name in vars(base)}
    hidden = {name for name, base in owners.items() if base.__module__.startswith("pydantic.")}
    return frozenset(hidden.difference(getattr(kind, "model_fields", ())))


def _defined(names: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (names or {}).items() if value is not missing}


def keep_raw(value: Any) -> Dynamic:
    """Return a value as markup of its own, where autoescaping is off."""
    kept = keep(value)
    return (kept,) if type(kept) is str else kept


def keep_key(*parts: Any) -> str | int:
    """Return the key of a row, which is text or a whole number."""
    if len(parts) == 1 and type(parts[0]) in PLAIN:
        return parts[0]
    for part in parts:
        if isinstance(part, Undefined):
            str(part)  # raises, with the name
    return "".join(str(part) for part in parts)


__all__ = [
    "DROPPED",
    "PLAIN",
    "Columns",
    "Comprehension",
    "ContextCheck",
    "Fragment",
    "MarkupTree",
    "OpenStatics",
    "Operations",
    "RowComparison",
    "Statics",
    "TreeMacro",
    "TreeTemplateReference",
    "compared_place",
    "keep",
    "keep_key",
    "keep_raw",
    "settle",
    "shown_place",
    "to_html",
    "whole",
]
