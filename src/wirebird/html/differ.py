"""Compares two render trees and says what the client must be told.

The rule: one `Message` per message to the client. Statics are numbered within it, sent once in
`p`, and only for places where the client cannot have them; whoever sends new statics sends all of
their dynamics with them. Names on the wire: s statics, p shared statics, r one root tag,
k keyed rows, kc row count, km rows moved.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import compress
from operator import is_not, ne
from typing import Any

from wirebird.html.dropped import DROPPED
from wirebird.html.shown import kind_of
from wirebird.html.tree import (
    MANY_ROWS,
    Columns,
    Comprehension,
    Dynamic,
    Row,
    Statics,
    Tree,
    columns,
    escape,
)

logger = logging.getLogger("wirebird.html")

Wire = Any

_SHARED_KEY = "two rows share one :key, so rows are told apart by their index"


class Message:
    """What one message to the client carries of one view's tree.

    Example:
        >>> message = Message()
        >>> payload = message.finish(message.diff(old_tree, new_tree))
    """

    __slots__ = ("statics",)

    def __init__(self) -> None:
        self.statics: dict[Statics, int] = {}

    def number(self, statics: Statics) -> int:
        """Return the number under which this message shares `statics`."""
        numbers = self.statics
        known = numbers.get(statics)
        if known is None:
            known = numbers[statics] = len(numbers)
        return known

    def finish(self, payload: dict[Any, Wire]) -> dict[Any, Wire]:
        """Add the shared statics to the payload that refers to them, and return it."""
        if self.statics:
            payload["p"] = {number: statics.strings for statics, number in self.statics.items()}
        return payload

    def full(self, node: Dynamic) -> Wire:
        """Return everything about `node`, for a client that has nothing at its place."""
        kind: Any = type(node)
        if kind is str:
            return escape(node)  # type: ignore[arg-type]
        if kind is int:
            return str(node)
        if kind is tuple:
            return self.full_tree(node)  # type: ignore[arg-type]
        if kind is Comprehension:
            return self._full_comprehension(node)  # type: ignore[arg-type]
        return node.full(self)  # type: ignore[union-attr]

    def full_tree(self, tree: Tree) -> Wire:
        """Return a tree with its statics and all of its dynamics."""
        statics = tree[0]
        if type(statics) is str:
            return statics
        payload = self.full_row(tree[1:])
        payload["s"] = self.number(statics)
        if statics.root:
            payload["r"] = 1
        return payload

    def full_row(self, row: Row) -> dict[Any, Wire]:
        """Return all dynamics of a row by their positions."""
        return {
            index: escape(value)
            if type(value) is str
            else str(value)
            if type(value) is int
            else self.full(value)
            for index, value in enumerate(row)
        }

    def _full_comprehension(self, loop: Comprehension) -> Wire:
        rows = loop.rows
        if not rows:
            return ""
        width = loop.statics.width
        if width and len(rows) >= MANY_ROWS:
            shown: Any = map(enumerate, zip(*columns(rows, width, self.full), strict=True))
            keyed: dict[Any, Wire] = dict(enumerate(map(dict, shown)))
        else:
            keyed = dict(enumerate([self.full_row(row[:width]) for row in rows]))
        keyed["kc"] = len(rows)
        return {"s": self.number(loop.statics), "k": keyed}

    def diff(self, old: Dynamic, new: Dynamic) -> Wire | None:
        """Return what changed from `old` to `new`, or None when nothing did."""
        kind: Any = type(new)
        if kind is tuple:
            return self.diff_tree(old, new)  # type: ignore[arg-type]
        if kind is not type(old):
            return None if new is DROPPED else self.full(new)
        if kind is Comprehension:
            return self._diff_comprehension(old, new)  # type: ignore[arg-type]
        if kind is str or kind is int:
            return None if new == old else self.full(new)
        return new.diff(old, self)  # type: ignore[union-attr]

    def diff_tree(self, old: Dynamic, new: Tree) -> Wire | None:
        """Return what changed in a tree: everything when its template is another one."""
        statics = new[0]
        if type(statics) is str:
            return None if old == new else statics
        if type(old) is not tuple or old[0] is not statics:
            return self.full_tree(new)
        return self.diff_row(old, new, statics.width, 1) or None

    def diff_row(self, old: Row, new: Row, width: int, start: int = 0) -> dict[Any, Wire]:
        """Return the changed dynamics of a row by their positions, perhaps none.

        Args:
            old: The dynamics as they were.
            new: The dynamics as they are.
            width: How many there are.
            start: Where in both tuples they begin.
        """
        changed: dict[Any, Wire] = {}
        for index in range(start, start + width):
            value = new[index]
            before = old[index]
            if value is not before:
                kind = type(value)  # pyright: ignore[reportUnknownVariableType]
                if kind is str or kind is int:
                    if value != before or type(before) is not kind:
                        changed[index - start] = escape(value) if kind is str else str(value)
                else:
                    part = self.diff(before, value)
                    if part is not None:
                        changed[index - start] = part
        return changed

    def _diff_comprehension(self, old: Comprehension, new: Comprehension) -> Wire | None:
        statics = new.statics
        rows = new.rows
        before = old.rows
        if rows is before:
            return None
        # A client may have nothing at all where a loop was empty: it is sent the statics again.
        if not before or old.statics is not statics:
            return self._full_comprehension(new) if before or rows else None
        if isinstance(rows, Columns) and isinstance(before, Columns):
            keyed = self._diff_columns(before, rows, statics.width, new.key)
        else:
            keyed = self._diff_rows(list(before), list(rows), statics.width, new.key)
        if not keyed and len(rows) == len(before):
            return None
        keyed["kc"] = len(rows)
        return {"k": keyed}

    def _diff_rows(
        self, before: list[Row], rows: list[Row], width: int, key: int | None
    ) -> dict[Any, Wire]:
        shared = min(len(before), len(rows))
        # Where rows were kept, few are other objects; where none were, asking for it is in vain.
        kept = bool(shared) and (before[0] is rows[0] or before[shared - 1] is rows[shared - 1])
        differ = is_not if kept else ne
        changed = list(compress(range(shared), map(differ, before, rows)))
        if key is None:
            keyed = self._diff_places(before, rows, changed, width)
            for index in range(shared, len(rows)):
                keyed[index] = self.full_row(rows[index][:width])
            return keyed
        if len(rows) == len(before) and all(
            rows[index][key] == before[index][key] for index in changed
        ):
            return self._diff_places(before, rows, changed, width)
        keyed: dict[Any, Any] = {}
        positions = {row[key]: index for index, row in enumerate(before)}
        if len(positions) != len(before) or len({row[key] for row in rows}) != len(rows):
            logger.warning(_SHARED_KEY)
            return self._diff_rows(before, rows, width, None)
        moved = False
        for index, row in enumerate(rows):
            place = positions.get(row[key])
            if place is None:
                keyed[index] = self.full_row(row[:width])
                continue
            was = before[place]
            part = None if row is was or row == was else self.diff_row(was, row, width)
            if place != index:
                moved = True
                keyed[index] = [place, part] if part else place
            elif part:
                keyed[index] = part
        if moved:
            keyed["km"] = True
        return keyed

    def _diff_places(
        self, before: list[Row], rows: list[Row], changed: list[int], width: int
    ) -> dict[Any, Wire]:
        """Return what changed in rows that stayed where they were, by their positions.

        It is `diff_row` written out, which a table whose values all change calls for each row.
        """
        keyed: dict[Any, Wire] = {}
        places = range(width)
        for index in changed:
            old = before[index]
            new = rows[index]
            parts: dict[Any, Wire] = {}
            for place in places:
                value = new[place]
                was = old[place]
                if value is was:
                    continue
                kind = type(value)  # pyright: ignore[reportUnknownVariableType]
                if kind is str or kind is int:
                    if value != was or type(was) is not kind:
                        parts[place] = escape(value) if kind is str else str(value)
                else:
                    part = self.diff(was, value)
                    if part is not None:
                        parts[place] = part
            if parts:
                keyed[index] = parts
        return keyed

    def _diff_columns(
        self, before: Columns, rows: Columns, width: int, key: int | None
    ) -> dict[Any, Wire]:
        if key is None or rows.places[key] == before.places[key]:
            return self._diff_columns_in_place(before, rows, width)
        keys, old_keys = rows.places[key], before.places[key]
        positions = dict(zip(old_keys, range(len(before)), strict=True))
        if len(positions) != len(before) or len(set(keys)) != len(rows):
            logger.warning(_SHARED_KEY)
            return self._diff_columns_in_place(before, rows, width)
        sources: list[Any] = list(map(positions.get, keys))  # None for a row that is new
        keyed: dict[Any, Any] = {}
        for place, new in enumerate(rows.places[:width]):
            old = before.places[place]
            if new is keys and old is old_keys:
                continue
            if None in sources:
                was = [
                    value if source is None else old[source]
                    for source, value in zip(sources, new, strict=True)
                ]
            else:
                was = list(map(old.__getitem__, sources))
            if was != new:
                self._diff_place(keyed, place, was, new, _positions_that_differ(was, new))
        moved = False
        for index, source in enumerate(sources):
            if source is None:
                keyed[index] = self.full_row(rows.row(index, width))
            elif source != index:
                moved = True
                keyed[index] = [source, keyed[index]] if index in keyed else source
        if moved:
            keyed["km"] = True
        return keyed

    def _diff_columns_in_place(self, before: Columns, rows: Columns, width: int) -> dict[Any, Wire]:
        keyed: dict[Any, Any] = {}
        known = rows.made_of is before.version
        for place, new in enumerate(rows.places[:width]):
            old = before.places[place]
            if new is not old and (known or new != old):
                changed = rows.changed if known else _positions_that_differ(old, new)
                self._diff_place(keyed, place, old, new, changed)
        for index in range(len(before), len(rows)):
            keyed[index] = self.full_row(rows.row(index, width))
        return keyed

    def _diff_place(
        self,
        keyed: dict[Any, Any],
        place: int,
        old: list[Any],
        new: list[Any],
        changed: Iterable[int],
    ) -> None:
        """Add to `keyed` what changed at one place of rows, by their positions."""
        for index in changed:
            value = new[index]
            was = old[index]
            if value is was:
                continue
            kind = kind_of(value)
            if kind is str or kind is int:
                if value == was and type(was) is kind:
                    continue
                part = escape(value) if kind is str else str(value)
            else:
                part = self.diff(was, value)
                if part is None:
                    continue
            row = keyed.get(index)
            if row is None:
                keyed[index] = {place: part}
            else:
                row[place] = part


def _positions_that_differ(old: list[Any], new: list[Any]) -> Iterable[int]:
    return compress(range(len(old)), map(ne, old, new))


class SharedMessage(Message):
    """What one message carries of one component: its statics stand in place, not in `p`."""

    __slots__ = ()

    def number(self, statics: Statics) -> Any:
        """Return the statics themselves."""
        return statics.strings

    def full_like(self, new: Tree, old: Tree) -> dict[Any, Wire]:
        """Return all dynamics of a tree for a client that copies the statics of another one.

        Args:
            new: The tree to send.
            old: The tree of the same template whose statics the client copies, with all nested
                ones.
        """
        return {index: self._like(value, old[index + 1]) for index, value in enumerate(new[1:])}

    def _like(self, value: Dynamic, pattern: Dynamic) -> Wire:
        if (
            type(value) is tuple
            and type(pattern) is tuple
            and type(value[0]) is Statics
            and value[0] is pattern[0]
        ):
            return self.full_like(value, pattern)
        if (
            type(value) is Comprehension
            and type(pattern) is Comprehension
            and value.statics is pattern.statics
            and value.rows
            and pattern.rows
        ):
            payload = self.full(value)
            del payload["s"]
            return payload
        return self.full(value)
