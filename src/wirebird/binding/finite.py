"""Numbers that are none: `nan` and infinity, which pydantic takes for a plain `float`.

The rule: a check written the usual way (`amount > balance`) lets them pass, so they are refused
wherever nobody asked for them with `Field(allow_inf_nan=True)`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias, cast, get_args, get_origin

from pydantic import ValidationError

from wirebird.binding.signature import arms_of
from wirebird.binding.structure import is_structure, structure_fields

__all__ = ["Finder", "finder_of", "refuse"]

Place: TypeAlias = tuple[Any, ...]
"""The way to a number, and the number."""

Finder: TypeAlias = Callable[[Any], Place | None]
"""Returns where in a value a number is that is none; None where there is no such."""


def finder_of(annotation: Any, within: tuple[Any, ...] = ()) -> Finder | None:
    """Return what finds such numbers in values of a type; None where it has no numbers."""
    if _allows(annotation):
        return None
    arms = [arm for arm in arms_of(annotation)[0] if arm not in within]
    finders = [found for arm in arms if (found := _of_arm(arm, (*within, arm)))]
    if len(finders) < 2:
        return finders[0] if finders else None
    return lambda value: next((place for find in finders if (place := find(value))), None)


def refuse(find: Finder, value: Any, title: str) -> None:
    """Refuse a value in which a number is none.

    Raises:
        ValidationError: As pydantic's own, where the field says `allow_inf_nan=False`.
    """
    place = find(value)
    if place is not None:
        error: Any = {"type": "finite_number", "loc": place[:-1], "input": place[-1]}
        raise ValidationError.from_exception_data(title, [error])


def _allows(annotation: Any) -> bool:
    return any(
        getattr(part, "allow_inf_nan", None) or any(map(_allows_by, getattr(part, "metadata", ())))
        for part in getattr(annotation, "__metadata__", ())
    )


def _allows_by(part: Any) -> bool:
    return bool(getattr(part, "allow_inf_nan", False))


def _of_arm(arm: Any, within: tuple[Any, ...]) -> Finder | None:
    if arm is float:
        return _in_number
    kind: Any = get_origin(arm) or arm
    if is_structure(arm):
        return _of_structure(arm, kind, within)
    if not isinstance(kind, type) or issubclass(kind, str | bytes):
        return None
    finders = [finder_of(part, within) for part in get_args(arm) if part is not ...]
    if not any(finders):
        return None
    if issubclass(kind, Mapping):
        return _in_mapping(finders[-1])
    return _in_many(finders) if issubclass(kind, Iterable) else None


def _in_number(value: Any) -> Place | None:
    return (value,) if isinstance(value, float) and not math.isfinite(value) else None


def _of_structure(arm: Any, kind: Any, within: tuple[Any, ...]) -> Finder | None:
    config: Any = getattr(kind, "model_config", None) or getattr(kind, "__pydantic_config__", {})
    if "allow_inf_nan" in config:
        return None
    fields = [
        (field.name, find)
        for field in structure_fields(arm)
        if not any(map(_allows_by, field.metadata))
        and (find := finder_of(field.annotation, within))
    ]
    if not fields:
        return None

    def in_structure(value: Any) -> Place | None:
        if isinstance(value, dict):
            read = cast("dict[str, Any]", value).get
        elif isinstance(value, kind):
            read = partial(getattr, value)
        else:
            return None
        for name, find in fields:
            place = find(read(name, None))
            if place is not None:
                return (name, *place)
        return None

    return in_structure


def _in_mapping(find: Finder | None) -> Finder | None:
    if find is None:
        return None

    def in_mapping(value: Any) -> Place | None:
        if isinstance(value, Mapping):
            for key, item in cast("Mapping[Any, Any]", value).items():
                place = find(item)
                if place is not None:
                    return (str(key), *place)
        return None

    return in_mapping


def _in_many(finders: list[Finder | None]) -> Finder:
    def in_many(value: Any) -> Place | None:
        if not isinstance(value, list | tuple | set | frozenset):
            return None
        for index, item in enumerate(cast("Iterable[Any]", value)):
            find = finders[index if index < len(finders) else -1]
            place = find(item) if find is not None else None
            if place is not None:
                return (index, *place)
        return None

    return in_many
