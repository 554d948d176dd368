"""Turns what stands between tags into pieces of a tree, in either language.

The rule: whatever may stand between tags is accepted, and becomes the same piece of markup on every
Python and in both languages; text is text until it is sent, and nothing shows as "None".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Protocol, TypeGuard, cast

from wirebird.html.escaping import keep
from wirebird.html.fragment import Fragment
from wirebird.html.shown import kind_of, text_of_value
from wirebird.html.slots import Slot
from wirebird.html.tree import Comprehension, Dynamic, Row, Statics

_ITEMS = Statics(("", ""), source="list")
_KEYED_ITEMS = Statics(("", ""), source="list")
_FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType)


class Templates(Protocol):
    """What renders a type of templates that are values, as t-strings are."""

    def render(self, template: Any, /) -> Dynamic:
        """Return a template's tree."""
        ...

    def rows(self, templates: Sequence[Any], /) -> Comprehension:
        """Return a list whose first item is a template."""
        ...

    def key(self, template: Any, /) -> Any:
        """Return what a template's row is known by, in a tuple of its own; or None."""
        ...


templates: dict[type, Templates] = {}
"""The types of values that are templates. Python 3.14's is added by `wirebird.html.tstring`."""


def dynamic_of(value: Any) -> Dynamic:
    """Return a value that stands between tags as a dynamic.

    None, True and False show nothing; templates, components' results, lists and other iterables
    are walked; markup stands as it is; anything else is shown as its text.

    Raises:
        TypeError: It is a function, or something else that has no text.
    """
    kind = kind_of(value)
    if kind is str or kind is int or kind is Comprehension:
        return value
    if value is None or kind is bool:
        return ""
    if (language := templates.get(kind)) is not None:
        return language.render(value)
    if kind is list:
        return items(value)
    if kind is tuple:
        return value if _is_tree(value) else items(value)
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
        return items(list(value))
    return text_of_value(value)


def items(values: Sequence[Any]) -> Dynamic:
    """Return the items of a list, one after the other, as one dynamic.

    Where all are made by one template, that is a loop's rows; otherwise each row is a place for
    anything.
    """
    if not values:
        return ""
    first: Any = values[0]
    if (language := templates.get(kind_of(first))) is not None:
        return language.rows(values)
    if type(first) is tuple and _is_tree(first):
        statics = cast("Statics", first[0])
        if all(type(value) is tuple and value and value[0] is statics for value in values):
            return Comprehension(statics, [value[1:] for value in values])
    return mixed_items(values, [])


def mixed_items(values: Sequence[Any], done: list[Row]) -> Comprehension:
    """Return items that no one template made, the first of which have been rendered already.

    Args:
        values: The items.
        done: The rows of the first, each its tree and, if it has one, its key.
    """
    keyed = bool(done) and len(done[0]) == 2
    # A row without a key is known by its place, which equals no key.
    rows = [row if keyed else (*row, (place,)) for place, row in enumerate(done)]
    for place in range(len(done), len(values)):
        value = values[place]
        key: Any = (place,)
        if (language := templates.get(kind_of(value))) is not None:
            own = language.key(value)
            if own is not None:
                (key,) = own
                keyed = True
        rows.append((dynamic_of(value), key))
    if keyed:
        return Comprehension(_KEYED_ITEMS, rows, 1)
    return Comprehension(_ITEMS, [row[:1] for row in rows])


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


def content(value: Any) -> Fragment | None:
    """Return what a component was given as content, or None when it was given nothing.

    Args:
        value: Text, markup, a t-string, a slot, a list of these, or None. Where a template says
            `{% if footer %}`, a component asks this: it makes no text of a tree.
    """
    if isinstance(value, Slot) and value.content is None:
        return None
    dynamic = dynamic_of(value)
    return None if dynamic == "" and type(dynamic) is str else Fragment(dynamic)


def is_slots(value: object) -> TypeGuard[list[Slot]]:
    """Tell whether a value is what a t-string hands over for a named slot: a list of `Slot`."""
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(item, Slot) for item in cast("list[object]", value))
