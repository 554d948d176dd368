"""What keeps the work of validating in proportion to what was sent.

The rule: of a list that is wrong the first mistake is enough, and values that Python's sets and
dicts would keep in one place (whole numbers of one remainder) are refused before they are kept.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin
from uuid import UUID

from pydantic import FailFast

from wirebird.binding.signature import arms_of
from wirebird.binding.structure import is_structure, structure_fields

__all__ = ["collides", "failing_fast", "hashes"]

MAX_COLLISIONS = 100
"""Most values of one list or object that may have one hash: each is compared with all others."""

_LARGE = sys.hash_info.modulus
_SHORTEST = 18
"""Shorter texts stand for numbers that are their own hash."""
_LONGEST = 4300
"""No number has more digits."""


class _FailFast(FailFast):
    def __hash__(self) -> int:  # before Python 3.14, what stands in a union must have one
        return hash(_FailFast)


FIRST_MISTAKE = _FailFast()


def failing_fast(annotation: Any) -> Any:
    """Return an annotation whose lists, sets and tuples stop at their first mistake."""
    if metadata := getattr(annotation, "__metadata__", ()):
        return Annotated[failing_fast(get_args(annotation)[0]), *metadata]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return Union[tuple(map(failing_fast, arguments))]  # noqa: UP007
    if origin in (list, set, frozenset, tuple):
        inner = tuple(part if part is ... else failing_fast(part) for part in arguments)
        return Annotated[cast(Any, origin)[inner], FIRST_MISTAKE] if inner else annotation
    return annotation


def hashes(annotation: Any, within: tuple[Any, ...] = ()) -> bool:
    """Tell whether what a client sends may become members of a set, or keys of a dict."""
    return any(
        _is_hashed(arm) or any(hashes(part, (*within, arm)) for part in _parts(arm))
        for arm in arms_of(annotation)[0]
        if arm not in within
    )


def _is_hashed(arm: Any) -> bool:
    kind: Any = get_origin(arm) or arm
    if not isinstance(kind, type):
        return False
    has_keys = issubclass(kind, Mapping) and get_args(arm)[:1] not in ((str,), ())
    return has_keys or issubclass(kind, set | frozenset)


def _parts(arm: Any) -> list[Any]:
    if is_structure(arm):
        return [field.annotation for field in structure_fields(arm)]
    return [part for part in get_args(arm) if part is not ...]


def collides(value: Any) -> bool:
    """Tell whether too many values of one list or object have the same hash as numbers."""
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", value)
        return _in_one_place(items) or any(map(collides, items.values()))
    if isinstance(value, list):
        listed = cast("list[Any]", value)
        return _in_one_place(listed) or any(map(collides, listed))
    return False


def _in_one_place(values: Iterable[Any]) -> bool:
    if len(cast("list[Any]", values)) <= MAX_COLLISIONS:
        return False
    # As texts, for the hashes of texts are nobody's to choose; equal ones are not in the way.
    texts = {value for value in values if isinstance(value, str)}
    texts.update(str(value) for value in values if type(value) is int and abs(value) >= _LARGE)
    found = (_hash(text) for text in texts if _SHORTEST <= len(text) <= _LONGEST)
    places = Counter(number for number in found if number is not None)
    return bool(places) and max(places.values()) > MAX_COLLISIONS


def _hash(text: str) -> int | None:
    """Return the hash of the number that a text stands for."""
    for kind in (Decimal, UUID):
        with suppress(ArithmeticError, ValueError, TypeError):
            return hash(kind(text))
    return None
