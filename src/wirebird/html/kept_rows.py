"""Rows of a loop that need not be evaluated again, because what they show has not changed.

The rule: a row is kept only while every name in it that is not its item's has an equal immutable
value, and while either its item is the same object, of a frozen class, whose used fields hold
immutable values, or each used attribute of its item is the very immutable object that the row was
made of. Whatever could change in place is evaluated again on each render.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import inspect
import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain, compress
from operator import attrgetter, is_not
from types import MemberDescriptorType
from typing import Any, NamedTuple, cast

from wirebird.html.shown import kind_of
from wirebird.html.tree import Columns, Dynamic, Row, Rows, Statics

IMMUTABLE = frozenset(
    {
        str, int, bool, float, type(None), bytes, complex, decimal.Decimal, uuid.UUID,
        datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
    }
)  # fmt: skip

PLAIN = frozenset({str, int})

CHANGING = object()
"""Stands in a row for an attribute that may change in place; no attribute is ever the same."""

_ENUM_TEXTS = (enum.Enum.__str__, enum.IntEnum.__str__, enum.StrEnum.__str__, enum.Flag.__str__)
_PLAIN_ACCESS = (object.__getattribute__, cast(Any, tuple).__getattribute__)


class _Pair(NamedTuple):
    first: int


# What finds a field that is stored: in a slot, or in a named tuple.
_STORED = (MemberDescriptorType, cast(Any, type(vars(_Pair)["first"])))


class RowComparison(NamedTuple):
    """How the rows of a loop are compared with their items, attribute by attribute.

    Attributes:
        places: Evaluates all rows, place by place: what is shown, and what `changed` asks for.
        changed: Returns the positions of the items that have another object than their row.
    """

    places: Callable[[list[Any]], list[list[Any]]]
    changed: Callable[[list[Any], Sequence[list[Any]]], list[int]]


class _KeptLoop:
    __slots__ = ("items", "outer", "rows")

    def __init__(self, items: list[Any], outer: tuple[Any, ...], rows: list[Row]) -> None:
        self.items = items
        self.outer = outer
        self.rows = rows


class _Compared:
    __slots__ = ("outer", "pause", "rows", "skip")

    def __init__(self, outer: tuple[Any, ...], rows: Columns, pause: int) -> None:
        self.outer = outer
        self.rows = rows
        self.pause = pause
        self.skip = pause


_NEVER = _Compared((), Columns([[]]), 0)
_LONGEST_PAUSE = 31
"""For how many renders rows are not compared, where nearly all changed whenever they were."""


class KeptRows:
    """The rows that one view showed last, by loop."""

    __slots__ = ("_compared_loops", "_entries")

    def __init__(self) -> None:
        self._entries: dict[Statics, _KeptLoop] = {}
        self._compared_loops: dict[Statics, _Compared] = {}

    def rows(
        self,
        statics: Statics,
        items: list[Any],
        outer: tuple[Any, ...],
        names: tuple[str, ...],
        row: Callable[[Any], Row],
        comparison: RowComparison | None = None,
    ) -> Rows | None:
        """Return the rows of `items`, or None when they must be evaluated as any others.

        Args:
            statics: The loop, told by its template.
            items: What it goes over.
            outer: The values of all other names that a row uses.
            names: The attributes of the item that a row uses; none when it uses the item itself.
            row: Evaluates one row.
            comparison: Compares rows with items that are not frozen; None when that cannot be done.
        """
        if not _frozen_class(kind_of(items[0]), names):
            self._entries.pop(statics, None)
            return None if comparison is None else self._compared(statics, items, outer, comparison)
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
                    self._entries[statics] = _KeptLoop(items.copy(), outer, rows)
                    return rows
            # The entry holds its items, so none of these identities can be taken anew.
            by_identity = dict(zip(map(id, kept), entry.rows, strict=True))
            if not _unchangeable([item for item in items if id(item) not in by_identity], names):
                return None
            rows = [by_identity.get(id(item)) or row(item) for item in items]
        self._entries[statics] = _KeptLoop(items.copy(), outer, rows)
        return rows

    def _compared(
        self, statics: Statics, items: list[Any], outer: tuple[Any, ...], comparison: RowComparison
    ) -> Columns | None:
        last = self._compared_loops.get(statics, _NEVER)
        if not _all_immutable(outer):
            return None
        pause = 0
        if len(last.rows) == len(items) and same_values(last.outer, outer):
            if last.skip:
                # Most rows changed whenever they were compared: a while without is cheaper, until
                # there are rows to compare with again.
                last.skip -= 1
                if last.skip:
                    return None
                last.rows = Columns(comparison.places(items))
                return last.rows
            changed = comparison.changed(items, last.rows.places)
            if not changed:
                last.pause = 0
                return last.rows
            if len(changed) * 4 < len(items):
                fresh = comparison.places([items[index] for index in changed])
                last.rows = last.rows.replaced(changed, fresh)
                last.pause = 0
                return last.rows
            pause = min(last.pause * 2 + 1, _LONGEST_PAUSE)
        rows = Columns(comparison.places(items))
        self._compared_loops[statics] = _Compared(outer, rows, pause)
        return rows


def same_values(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    """Tell whether all values are immutable and still show the same."""
    return all(
        type(a) is type(b) and type(a) in IMMUTABLE and (a is b or (a == b and repr(a) == repr(b)))
        for a, b in zip(old, new, strict=True)
    )


def _all_immutable(values: tuple[Any, ...]) -> bool:
    return all(type(value) in IMMUTABLE for value in values)


def _unchangeable(items: list[Any], names: tuple[str, ...]) -> bool:
    if not items:
        return True
    if not all(_frozen_class(kind, names) for kind in set(map(type, items))):
        return False
    if not names:
        return True
    values: Any = map(attrgetter(*names), items)
    kinds = set(map(type, values if len(names) == 1 else chain.from_iterable(values)))
    return all(kind in IMMUTABLE or _plain_enum(kind) for kind in kinds)


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
        return kind in IMMUTABLE
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


def shown_place(values: list[Any], keep: Callable[[Any], Dynamic]) -> list[Any]:
    """Return what is shown of one attribute of all items; the list itself where it is plain."""
    if PLAIN.issuperset(map(type, values)):
        return values
    return [value if type(value) in PLAIN else keep(value) for value in values]


def compared_place(values: list[Any]) -> list[Any]:
    """Return the values that cannot change; the list itself where none can."""
    if IMMUTABLE.issuperset(map(type, values)):
        return values
    return [value if type(value) in IMMUTABLE else CHANGING for value in values]
