"""Rows of a loop that need no second look, because what they show cannot change.

The rule: a row is kept only while its item is the same object, of a frozen class, whose used
fields hold immutable values, and while every other name in the row has an equal immutable value.
Whatever could change in place is evaluated again on each render.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import uuid
from collections.abc import Callable
from itertools import chain, compress
from operator import attrgetter, is_not
from typing import Any

from wirebird.html.tree import Row, Statics

_IMMUTABLE = frozenset(
    {
        str, int, bool, float, type(None), bytes, complex, decimal.Decimal, uuid.UUID,
        datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
    }
)  # fmt: skip


class _Entry:
    __slots__ = ("items", "outer", "rows")

    def __init__(self, items: list[Any], outer: tuple[Any, ...], rows: list[Row]) -> None:
        self.items = items
        self.outer = outer
        self.rows = rows


class KeptRows:
    """The rows that one view showed last, by loop."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: dict[Statics, _Entry] = {}

    def rows(
        self,
        statics: Statics,
        items: list[Any],
        outer: tuple[Any, ...],
        names: tuple[str, ...],
        row: Callable[[Any], Row],
    ) -> list[Row] | None:
        """Return the rows of `items`, or None when they must be evaluated as any others.

        Args:
            statics: The loop, told by its template.
            items: What it goes over.
            outer: The values of all other names that a row uses.
            names: The attributes of the item that a row uses; none when it uses the item itself.
            row: Evaluates one row.
        """
        if not _frozen_class(type(items[0]), names):
            self._entries.pop(statics, None)
            return None
        entry = self._entries.get(statics)
        if entry is None or not same_values(entry.outer, outer):
            if not _all_immutable(outer) or not _unchangeable(items, names):
                self._entries.pop(statics, None)
                return None
            rows = [row(item) for item in items]
        else:
            kept = entry.items
            if len(kept) == len(items):
                changed = list(compress(range(len(items)), map(is_not, items, kept)))
                if not changed:
                    return entry.rows
                if len(changed) * 4 < len(items):
                    fresh = [items[index] for index in changed]
                    if not _unchangeable(fresh, names):
                        return None
                    rows = entry.rows.copy()
                    for index, item in zip(changed, fresh, strict=True):
                        rows[index] = row(item)
                    self._entries[statics] = _Entry(items.copy(), outer, rows)
                    return rows
            # The entry holds its items, so none of these identities can be taken anew.
            by_identity = dict(zip(map(id, kept), entry.rows, strict=True))
            if not _unchangeable([item for item in items if id(item) not in by_identity], names):
                return None
            rows = [by_identity.get(id(item)) or row(item) for item in items]
        self._entries[statics] = _Entry(items.copy(), outer, rows)
        return rows


def same_values(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    """Tell whether all values are immutable and still show the same."""
    return all(
        type(a) is type(b) and type(a) in _IMMUTABLE and (a is b or (a == b and repr(a) == repr(b)))
        for a, b in zip(old, new, strict=True)
    )


def _all_immutable(values: tuple[Any, ...]) -> bool:
    return all(type(value) in _IMMUTABLE for value in values)


def _unchangeable(items: list[Any], names: tuple[str, ...]) -> bool:
    if not items:
        return True
    if not all(_frozen_class(kind, names) for kind in set(map(type, items))):
        return False
    if not names:
        return True
    values: Any = map(attrgetter(*names), items)
    kinds = set(map(type, values if len(names) == 1 else chain.from_iterable(values)))
    return all(kind in _IMMUTABLE or issubclass(kind, enum.Enum) for kind in kinds)


_frozen: dict[tuple[type, tuple[str, ...]], bool] = {}


def _frozen_class(kind: type, names: tuple[str, ...]) -> bool:
    known = _frozen.get((kind, names))
    if known is None:
        known = _frozen[kind, names] = _is_frozen_class(kind, names)
    return known


def _is_frozen_class(kind: type, names: tuple[str, ...]) -> bool:
    if not names:
        return kind in _IMMUTABLE
    if kind.__getattribute__ is not object.__getattribute__ and not issubclass(kind, tuple):
        return False
    if hasattr(kind, "__getattr__"):
        return False
    if dataclasses.is_dataclass(kind):
        params = getattr(kind, "__dataclass_params__", None)
        fields = {field.name for field in dataclasses.fields(kind)}
        frozen = bool(params is not None and params.frozen)
    elif issubclass(kind, tuple) and hasattr(kind, "_fields"):
        fields = set(kind._fields)  # type: ignore[attr-defined]
        frozen = True
    else:
        return False
    return (
        frozen
        and fields.issuperset(names)
        and not any(isinstance(getattr(kind, name, None), property) for name in names)
    )
