"""How much memory a view takes, about.

The rule: an estimate costs a bounded time, whatever it is of. Of a long list some items are looked
at, and stand for the others.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from types import SimpleNamespace
from typing import Any, cast

from pydantic import BaseModel

from wirebird.html.stream_rows import Operations
from wirebird.html.tree import Comprehension
from wirebird.live.presence import Presence

MOST_OBJECTS = 4000
"""How many objects are looked at."""

_SAMPLE = 32
_CONTAINERS = (list, tuple, set, frozenset)
_OPAQUE = (type, int, float, str, bytes, bytearray, type(None))


def weight_of(*values: Any) -> int:
    """Return about how many bytes of memory some values and all that is in them take."""
    seen: set[int] = set()
    waiting: list[tuple[Any, float]] = [(value, 1.0) for value in values]
    total = 0.0
    looked = 0
    while waiting and looked < MOST_OBJECTS:
        value, share = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        looked += 1
        total += sys.getsizeof(value, 64) * share
        if isinstance(value, _OPAQUE):
            continue
        parts = _parts(value)
        size = len(parts)
        if size > _SAMPLE:
            step = size / _SAMPLE
            share *= step
            parts = [part for index, part in enumerate(parts) if index % int(step) == 0][:_SAMPLE]
        waiting += [(part, share) for part in parts]
    return int(total)


def _parts(value: Any) -> Collection[Any]:
    """Return what is in a value; nothing where it leads from data to what works with data."""
    if isinstance(value, Presence):
        return ()  # all views of the process share what it shows
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", value)
        return [part for item in items.items() for part in item]
    if isinstance(value, _CONTAINERS):
        return cast("Collection[Any]", value)
    if isinstance(value, Comprehension):
        return value.rows if isinstance(value.rows, list) else value.rows.places
    if isinstance(value, Operations):
        return value.waiting
    if is_dataclass(value):
        return [getattr(value, each.name, None) for each in fields(value)]
    if isinstance(value, BaseModel | SimpleNamespace):
        return list(vars(cast("object", value)).values())
    return ()
