"""Rows of nested lists: put in order, added, moved, left out, by the page or by the server.

The rule: what the server does to rows is what the browser would have sent for the same page, and a
page's request makes no more rows than a page can have.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, cast

from wirebird.forms.params import (
    PERSISTENT_ID,
    initial_row,
    is_number,
    mapping_of,
    own_copy,
    rows_of,
    snapshot,
    texts_of,
)
from wirebird.forms.schema import MISSING, NOTHING, FieldPlan, ModelPlan, Params
from wirebird.wire.params import MAX_FORM_FIELDS, UNUSED

MOST_ADDED = 1000
"""How long a list becomes by rows that a page adds, where the model has no `max_length`."""

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(slots=True)
class _Room:
    """How many more rows there may be: no page sends more than it can have fields."""

    left: int = MAX_FORM_FIELDS


def in_order(plan: ModelPlan, params: Params, initial: Params, room: _Room | None = None) -> Params:
    """Return the parameters with the rows of nested lists in their order, and nothing but rows.

    A list comes as a dict of rows by their keys, or as a list. `NAME_sort` holds keys in the order
    that is wanted; one that is not known adds an empty row, and rows that it does not name come
    first. Rows whose keys are in `NAME_drop` are left out.
    """
    if not plan.nested:
        return params
    room = room or _Room()
    ordered = dict(params)
    for field in plan.nested:
        name = field.name
        if not field.kind.multiple:
            value = params.get(name)
            if isinstance(value, Mapping):
                nested, before = cast(Params, value), mapping_of(initial.get(name))
                ordered[name] = in_order(field.pick(nested, before), nested, before, room)
            elif name in params and value != "":
                ordered[name] = {}
            continue
        sort, drop = ordered.pop(f"{name}_sort", None), ordered.pop(f"{name}_drop", None)
        if name not in params and sort is None and drop is None:
            continue
        before = initial.get(name) or ()
        left_out = set(_texts(drop))
        came = _came(params.get(name), left_out, len(before), room)
        most = MOST_ADDED if field.kind.most is None else field.kind.most + 1
        rows = _sorted(came, _texts(sort), left_out, len(before), most, room)
        for key, row in rows.items():
            start = initial_row(before, key)
            nested = field.pick(row, start)
            if row is NOTHING and start is NOTHING:
                row = as_sent(nested, snapshot(nested, None))
            rows[key] = in_order(nested, row, start, room)
        ordered[name] = rows
    return ordered


def _came(value: Any, drop: set[str], least: int, room: _Room) -> dict[str, Params]:
    """Return the rows that came and are not left out; keys that are no keys are replaced."""
    found: Mapping[Any, Any] = {}
    if isinstance(value, Mapping):
        found = cast("Mapping[Any, Any]", value)
    elif isinstance(value, list):
        found = dict(enumerate(cast("list[Any]", value)))
    kept = [
        (key, row)
        for key, row in zip(map(str, found), found.values(), strict=True)
        if key not in drop and not key.startswith(UNUSED) and key != PERSISTENT_ID
    ]
    del kept[max(room.left, 0) :]
    room.left -= len(kept)
    fresh = fresh_keys(least, [key for key, _ in kept])
    return {key if _KEY.fullmatch(key) else next(fresh): _row(row) for key, row in kept}


def _row(value: Any) -> Params:
    return cast(Params, value) if isinstance(value, Mapping) else {}


def _sorted(
    came: dict[str, Params], sort: list[str], drop: set[str], least: int, most: int, room: _Room
) -> dict[str, Params]:
    """Return the rows in their order, those that are new as `NOTHING`.

    Args:
        came: The rows as they came.
        sort: Keys in the order that is wanted.
        drop: Keys of rows to leave out.
        least: The first number that no row had in the beginning.
        most: How many rows there may be, those included that are new.
        room: How many more there may be in the form.
    """
    fresh = fresh_keys(least, {*came, *sort})
    size = len(came)
    last: dict[str, Params] = {}
    for key in sort:
        if key == "" or key in drop or key in last:
            continue
        row = came.pop(key, NOTHING)
        if row is NOTHING:
            known = is_number(key)
            if room.left <= 0 or (size >= most and not (known and int(key) < least)):
                continue
            size, room.left = size + 1, room.left - 1
            key = key if known else next(fresh)
        last[key] = row
    return came | last


def fresh_keys(least: int, taken: Collection[str]) -> Iterator[str]:
    """Go over keys that no row has had.

    Args:
        least: The first number that no row had in the beginning.
        taken: The keys of rows.
    """
    known = frozenset(taken)
    after = max([least - 1, *(int(key) for key in known if is_number(key))]) + 1
    yield from (key for key in map(str, count(after)) if key not in known)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        value = list(cast("Mapping[str, Any]", value).values())
    if not isinstance(value, list):
        return []
    return [each for each in cast("list[Any]", value) if isinstance(each, str)]


def written_out(plan: ModelPlan, params: Params, initial: Params) -> dict[str, Any]:
    """Return what was sent with all rows in it, also those that the form began with.

    Args:
        plan: The model's plan.
        params: What was sent, perhaps nothing.
        initial: The values of the beginning.
    """
    whole = dict(params)
    for field in plan.order:
        name = field.name
        if field.is_nested and field.kind.multiple:
            whole[name] = {
                key: written_out(field.pick(row, before), row, before)
                for key, row, before in rows_of(field, params, initial)
            }
        elif field.is_nested and (name in params or initial.get(name) is not None):
            row, before = mapping_of(params.get(name)), mapping_of(initial.get(name))
            whole[name] = written_out(field.pick(row, before), row, before)
    return whole


def as_sent(plan: ModelPlan, values: Params) -> dict[str, Any]:
    """Return values as a page sends them that nobody has touched."""
    sent: dict[str, Any] = {}
    for field in plan.order:
        value = values.get(field.name, MISSING)
        if value is MISSING or value is None:
            continue
        if not field.is_nested:
            sent[field.name] = _sent(field, value)
            sent[f"{UNUSED}{field.name}"] = ""
        elif field.kind.multiple:
            rows = map(mapping_of, value)
            sent[field.name] = {
                str(index): as_sent(field.pick(row, row), row) for index, row in enumerate(rows)
            }
        else:
            row = mapping_of(value)
            sent[field.name] = as_sent(field.pick(row, row), row)
    return sent


def _sent(field: FieldPlan, value: Any) -> Any:
    if field.kind.multiple:
        return list(texts_of(value))
    if isinstance(value, Mapping):
        return own_copy(value)
    return field.text(value)


def put(params: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Store a value at a path of names and row keys that is written out."""
    for name in path[:-1]:
        params = params.setdefault(name, {})
    params[path[-1]] = value


def moved(rows: Params, key: str, by: int) -> dict[str, Any]:
    """Return rows in another order: one of them some places up or down, as far as it goes."""
    keys = list(rows)
    at = keys.index(key)
    keys.insert(max(0, at + by), keys.pop(at))
    return {key: rows[key] for key in keys}
