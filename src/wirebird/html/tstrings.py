"""Renders t-strings (Python 3.14 and later) to the render tree, by tdom's conventions.

The rule: a template is parsed once for each place in the code that writes one, into statics and a
list of steps; a render only takes the steps. Statics never depend on values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from string.templatelib import Interpolation, Template
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, cast

from wirebird.html.attributes import kind_of
from wirebird.html.escaping import keep
from wirebird.html.tree import Comprehension, Dynamic, Row, Statics, Tree
from wirebird.html.tstring_parser import parse
from wirebird.html.tstring_plans import Plan, compile_plan, fill

__all__ = ["render_template"]

_ITEMS = Statics(("", ""), source="list")
_KEYED_ITEMS = Statics(("", ""), source="list")
_FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType)
_MOST_PLANS = 16_384


_plans: dict[tuple[str, ...], Plan] = {}


def render_template(template: Template) -> Tree:
    """Return the render tree of a t-string.

    Args:
        template: What `t"..."` made.

    Raises:
        MarkupError: The markup does not fit together; found when the template is first rendered.
        ComponentError: A component does not take what its tag holds.
        UnsafeMarkup: A value stands where it would be run as code.

    Example:
        >>> to_html(render_template(t"<a href={url}>{name}</a>"))
        '<a href="/">Home</a>'
    """
    plan = _plans.get(template.strings) or _new_plan(template)
    return fill(plan.steps, template.interpolations, [plan.statics])


def child(value: Any) -> Dynamic:
    """Return a value that stands between tags as a dynamic.

    None, True and False show nothing; templates, components' results, lists and other iterables
    are walked; markup stands as it is; anything else is shown as its text.
    """
    kind = kind_of(value)
    if kind is str or kind is int or kind is Comprehension:
        return value
    if value is None or kind is bool:
        return ""
    if kind is Template:
        return render_template(value)
    if kind is list:
        return _items(value)
    if kind is tuple:
        return value if _is_tree(value) else _items(value)
    if kind is float:
        return str(value)
    tree = getattr(value, "__tree__", None)
    if tree is not None:
        return tree
    if isinstance(value, str) or hasattr(value, "__html__") or hasattr(value, "write_html"):
        return keep(value)
    if isinstance(value, _FUNCTIONS):
        raise TypeError(
            f"the function {value.__qualname__} cannot be shown: call it,"
            " or write {function:callback}"
        )
    if _is_walked(value):
        return _items(list(value))
    text = str(value)
    return text if type(text) is str else str.__str__(text)


def _is_tree(value: Any) -> bool:
    # Statics cannot come from outside, so a user's tuple of strings is never taken for markup.
    return bool(value) and type(value[0]) is Statics


def _is_walked(value: Any) -> bool:
    if isinstance(value, (Mapping, bytes, bytearray, memoryview)):
        return False
    if isinstance(value, (Iterator, Sequence, Set)):
        return True
    # A class with a text of its own (a model, a network address) means to be shown by it.
    kind = kind_of(value)
    return hasattr(kind, "__iter__") and kind.__str__ is object.__str__


def _items(values: Sequence[Any]) -> Dynamic:
    """Return a list as the rows of a loop: of its one template, or of a place for anything."""
    if not values:
        return ""
    first: Any = values[0]
    if type(first) is not Template:
        if type(first) is tuple and _is_tree(first):
            statics = cast("Statics", first[0])
            if all(type(value) is tuple and value and value[0] is statics for value in values):
                return Comprehension(statics, [value[1:] for value in values])
        return _mixed_items(values, [])
    strings = first.strings
    plan = _plans.get(strings) or _new_plan(first)
    statics, steps, key = plan.statics, plan.steps, plan.key
    rows: list[Row] = []
    for value in values:
        if type(value) is not Template or (
            value.strings is not strings and value.strings != strings
        ):
            # What is rendered stays so: a component in it must not be called again.
            width = statics.width
            return _mixed_items(values, [((statics, *row[:width]), *row[width:]) for row in rows])
        holes = value.interpolations
        row = fill(steps, holes, [])
        rows.append(row if key is None else (*row, key(holes)))
    return Comprehension(statics, rows, None if key is None else statics.width)


def _mixed_items(values: Sequence[Any], done: list[Row]) -> Comprehension:
    keyed = bool(done) and len(done[0]) == 2
    # A row without a key is known by its place, which equals no key.
    rows = [row if keyed else (*row, (place,)) for place, row in enumerate(done)]
    for place in range(len(done), len(values)):
        value = values[place]
        key: Any = (place,)
        if type(value) is Template:
            plan = _plans.get(value.strings) or _new_plan(value)
            if plan.key is not None:
                key = plan.key(value.interpolations)
                keyed = True
        rows.append((child(value), key))
    if keyed:
        return Comprehension(_KEYED_ITEMS, rows, 1)
    return Comprehension(_ITEMS, [row[:1] for row in rows])


def _new_plan(template: Template) -> Plan:
    strings = template.strings
    holes = template.interpolations
    expressions = [_written(hole) for hole in holes]
    start = "{...}".join(strings).strip()[:60]
    plan = compile_plan(parse(strings, expressions), f"t-string {start!r}", child)
    if len(_plans) >= _MOST_PLANS:
        _plans.clear()
    return _plans.setdefault(strings, plan)


def _written(hole: Interpolation[Any]) -> str:
    conversion = f"!{hole.conversion}" if hole.conversion else ""
    spec = f":{hole.format_spec}" if hole.format_spec else ""
    return f"{hole.expression}{conversion}{spec}"
