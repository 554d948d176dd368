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
import inspect
import uuid
from collections.abc import Callable
from functools import lru_cache
from itertools import chain, compress
from operator import attrgetter, is_not
from types import MemberDescriptorType
from typing import Any, NamedTuple, cast

from wirebird.html.escaping import kind_of
from wirebird.html.tree import Row, Statics

_IMMUTABLE = frozenset(
    {
        str, int, bool, float, type(None), bytes, complex, decimal.Decimal, uuid.UUID,
        datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
    }
)  # fmt: skip


_ENUM_TEXTS = (enum.Enum.__str__, enum.IntEnum.__str__, enum.StrEnum.__str__, enum.Flag.__str__)
_PLAIN_ACCESS = (object.__getattribute__, cast(Any, tuple).__getattribute__)


class _Pair(NamedTuple):
    first: int


# What finds a field that is stored: in a slot, or in a named tuple.
_STORED = (MemberDescriptorType, cast(Any, type(vars(_Pair)["first"])))


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
        if not _frozen_class(kind_of(items[0]), names):
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
                if not any(map(is_not, items, kept)):
                    return entry.rows
                changed = list(compress(range(len(items)), map(is_not, items, kept)))
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
    return all(kind in _IMMUTABLE or _plain_enum(kind) for kind in kinds)


@lru_cache(maxsize=256)
def _plain_enum(kind: type[object]) -> bool:
    """Tell whether a class is an enumeration whose members always print the same."""
    return (
        issubclass(kind, enum.Enum)
        and kind.__str__ in _ENUM_TEXTS
        and not hasattr(kind, "__html__")
    )


@lru_cache(maxsize=1024)
def _frozen_class(kind: type[object], names: tuple[str, ...]) -> bool:
    """Tell whether instances of a class keep the fields `names` for good."""
    if not names:
        return kind in _IMMUTABLE
    if kind.__getattribute__ not in _PLAIN_ACCESS or hasattr(kind, "__getattr__"):
        return False
    if issubclass(kind, tuple):
        fields: frozenset[str] = frozenset(getattr(cast(Any, kind), "_fields", ()))
    else:
        # A subclass that is no dataclass itself may do anything with the fields it inherits.
        params = vars(kind).get("__dataclass_params__")
        if params is None or not params.frozen:
            return False
        fields = frozenset(field.name for field in dataclasses.fields(cast(Any, kind)))
    return fields.issuperset(names) and not any(_is_computed(kind, name) for name in names)


def _is_computed(kind: Any, name: str) -> bool:
    found: object = inspect.getattr_static(kind, name, None)
    return hasattr(type(found), "__set__") and not isinstance(found, _STORED)
