"""Turns what components are given, and what they return, into pieces of a tree.

The rule: whatever may stand between tags in either language is accepted, and becomes the same
piece of markup in both; text is text until it is sent, and nothing shows as "None".
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, TypeGuard, cast

from wirebird.html.attributes import kind_of
from wirebird.html.escaping import keep
from wirebird.html.fragment import Fragment
from wirebird.html.slots import Slot
from wirebird.html.tree import Comprehension, Dynamic, Statics

_ITEMS = Statics(("", ""), source="list")

if sys.version_info >= (3, 14):
    from wirebird.html.tstrings import child as dynamic_of
else:

    def dynamic_of(value: Any) -> Dynamic:
        """Return a value that stands between tags as a dynamic.

        None, True and False show nothing, lists show their items, anything else is shown as
        templates show it.
        """
        kind = kind_of(value)
        if kind is str or kind is int:
            return value
        if value is None or kind is bool:
            return ""
        if kind is list or (kind is tuple and not (value and type(value[0]) is Statics)):
            return items(value)
        return keep(value)


def items(values: Sequence[Any]) -> Dynamic:
    """Return the items of a list, one after the other, as one dynamic."""
    return Comprehension(_ITEMS, [(dynamic_of(value),) for value in values]) if values else ""


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
