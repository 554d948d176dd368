"""Values of one type or another, and those whose type is not said.

The rule: which type a value had is written with it, unless JSON tells the types apart by itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, cast

from wirebird.html.dropped import Dropped
from wirebird.live.storing.kinds import OMITTED, Kind, UnfitError, UnstorableError, unstorable
from wirebird.live.storing.scalars import FLOAT, NONE, SCALARS, TEXT

_NAME = re.compile(r"[\[({]")
_TOLD_APART = {NONE, TEXT, FLOAT, SCALARS[int], SCALARS[bool]}


def union_of(members: Sequence[Kind]) -> Kind:
    """Return the kind of values of one kind or another.

    Which one it was is written with the value, unless JSON tells them apart by itself.
    """
    if len(members) == 1:
        return members[0]
    shape = "|".join(sorted(member.shape for member in members))
    nullable = NONE in members
    others = [member for member in members if member is not NONE]
    if nullable and len(others) == 1:
        return _nullable(others[0], shape)
    if all(member in _TOLD_APART for member in members):
        return _told_apart(members, shape)
    tags = {_tag(member, others): member for member in others}

    def write(value: Any) -> Any:
        if value is None and nullable:
            return None
        for tag, member in tags.items():
            if member.has(value):
                return [tag, member.write(value)]
        raise unstorable(value, shape)

    def read(value: Any, before: Any) -> Any:
        if value is None and nullable:
            return None
        if type(value) is list and len(cast("list[Any]", value)) == 2:
            tag, inner = cast("list[Any]", value)
            if type(tag) is str and tag in tags:
                member = tags[tag]
                return member.read(inner, before if member.has(before) else None)
        raise UnfitError(f"{value!r:.80} is none of {shape}")

    return Kind(shape, write, read, lambda value: any(member.has(value) for member in members))


def _tag(member: Kind, others: Sequence[Kind]) -> str:
    name = _NAME.split(member.shape, maxsplit=1)[0]
    names = [_NAME.split(each.shape, maxsplit=1)[0] for each in others]
    return name if names.count(name) == 1 else member.shape


def _nullable(member: Kind, shape: str) -> Kind:
    write, read = member.write, member.read

    def write_some(value: Any) -> Any:
        return None if value is None else write(value)

    def read_some(value: Any, before: Any) -> Any:
        return None if value is None else read(value, before)

    plain = member.plain and member.plain | NONE.plain
    return Kind(
        shape, write_some, read_some, lambda value: value is None or member.has(value), plain
    )


def _told_apart(members: Sequence[Kind], shape: str) -> Kind:
    def write(value: Any) -> Any:
        for member in members:
            if member.has(value):
                return member.write(value)
        raise unstorable(value, shape)

    def read(value: Any, before: Any) -> Any:
        for member in members:
            try:
                return member.read(value, None)
            except UnfitError:
                continue
        raise UnfitError(f"{value!r:.80} is none of {shape}")

    plain = frozenset[type[Any]]().union(*(member.plain for member in members))
    return Kind(
        shape, write, read, lambda value: any(member.has(value) for member in members), plain
    )


def _write_json(value: Any) -> Any:
    kind = cast(Any, type(value))
    if kind in (str, int, bool, type(None)) or (kind is float and math.isfinite(value)):
        return value
    if kind is list:
        return [_write_json(each) for each in value]
    if kind is dict:
        if all(type(key) is str for key in value):
            return {key: _write_json(each) for key, each in value.items()}
        raise UnstorableError("holds a dict whose keys are not text, where its type is not said")
    if kind is Dropped:
        return OMITTED
    raise UnstorableError(
        f"holds {value!r:.80} of {kind.__module__}.{kind.__qualname__}, where its type is not"
        " said: only text, numbers, booleans, None, lists and dicts of these can be stored so"
    )


def _has_json(value: Any) -> bool:
    try:
        _write_json(value)
    except UnstorableError:
        return False
    return True


ANY = Kind("Any", _write_json, lambda value, before: value, _has_json)
"""What is a JSON value already, whatever it is."""
