"""What a component was given, kept so that it can be told whether it is given the same again.

The rule: only what was looked through to its last value counts as the same. Anything that could
hide a change, or have one made in place, counts as changed.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeAlias, cast

from pydantic import BaseModel

from wirebird.errors import WirebirdError
from wirebird.html.kept_rows import same_values

_DEEPEST = 32

Props: TypeAlias = Mapping[str, Any]


class Opaque(WirebirdError):
    """A value cannot be looked through."""


class _Parts(NamedTuple):
    kind: type[Any]
    parts: tuple[Any, ...]


def snapshot(props: Props) -> dict[str, Any] | None:
    """Return props as they are now, whatever is changed in place later; None if that cannot be."""
    try:
        return {name: _parts_of(value, 0) for name, value in props.items()}
    except Opaque:
        return None


def same(old: dict[str, Any] | None, new: dict[str, Any] | None) -> bool:
    """Tell whether two snapshots are of the same props."""
    return (
        old is not None
        and new is not None
        and old.keys() == new.keys()
        and all(_same(value, new[name]) for name, value in old.items())
    )


def digest(parts: Props | None) -> str:
    """Return what a snapshot of props can be known by in other processes; empty if it cannot be."""
    if parts is None:
        return ""
    text = repr(sorted((name, _described(part)) for name, part in parts.items()))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()


def _described(part: Any) -> Any:
    if type(part) is _Parts:
        return (part.kind.__qualname__, *map(_described, part.parts))
    return repr(part)


def _same(old: Any, new: Any) -> bool:
    if type(old) is not _Parts or type(new) is not _Parts:
        return old is new or same_values((old,), (new,))
    return (
        old.kind is new.kind
        and len(old.parts) == len(new.parts)
        and all(map(_same, old.parts, new.parts))
    )


def _parts_of(value: Any, depth: int) -> Any:
    kind = cast("type[Any]", type(value))
    if same_values((value,), (value,)) or isinstance(value, Enum):
        return value
    if depth > _DEEPEST:  # perhaps a list that holds itself
        raise Opaque
    return _Parts(kind, tuple([_parts_of(part, depth + 1) for part in _values_in(value, kind)]))


def _values_in(value: Any, kind: Any) -> Iterable[Any]:
    """Return all that a value shows, in an order of its own."""
    if kind is list or kind is tuple:
        return value
    if kind is dict:
        return [part for item in value.items() for part in item]
    if kind is frozenset or kind is set:
        return sorted(value, key=repr)
    params: Any = kind.__dict__.get("__dataclass_params__")
    if params is not None and params.frozen:
        return [getattr(value, field.name, Opaque) for field in dataclasses.fields(kind)]
    if isinstance(value, BaseModel):
        fields = [getattr(value, name, Opaque) for name in type(value).model_fields]
        return [*fields, value.__pydantic_extra__, value.__pydantic_private__]
    if kind.__bases__ == (tuple,) and hasattr(kind, "_fields"):  # a named tuple, and no more
        return value
    raise Opaque
