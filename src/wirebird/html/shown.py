"""What text a value has, when it has any.

The rule: a page never shows Python's `repr` of a value. A class that means to be shown says so with
a `__str__` of its own; anything else is an error that says what to write instead.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

from wirebird.errors import WirebirdError

# `type`, for a checker that would otherwise know nothing of the type of Any.
kind_of: Callable[[Any], type[object]] = type

_NUMBERS = (int, float, complex, type(None))


class NoText(WirebirdError, TypeError):
    """A value that has no text, only a `repr`, stands where it would be shown."""


def text_of_value(value: Any) -> str:
    """Return the text of a value, as a plain string.

    Raises:
        NoText: The value has only a `repr`.
    """
    if not has_text(kind_of(value)):
        raise NoText(_without_text(value))
    text = str(value)
    return text if type(text) is str else str.__str__(text)


@lru_cache(maxsize=1024)
def has_text(kind: type[object]) -> bool:
    """Tell whether the values of a class mean to be shown."""
    if issubclass(kind, _NUMBERS):
        return True
    if issubclass(kind, (bytes, bytearray)):
        return False
    own = kind.__str__
    # What pydantic gives each of its models is a repr by another name.
    return own is not object.__str__ and own.__qualname__ != "BaseModel.__str__"


def _without_text(value: Any) -> str:
    kind = type(value).__name__
    if isinstance(value, Mapping):
        return f"a {kind} has no text: show its values, or turn it into JSON with tojson"
    if isinstance(value, (Sequence, Set)) and not isinstance(value, (bytes, bytearray)):
        return f"a {kind} has no text: go over it with a loop, or join its items"
    if isinstance(value, (bytes, bytearray)):
        return f"{kind} has no text: decode it"
    if inspect.iscoroutine(value):
        return f"{value.__qualname__}() has no text yet: await it"
    if callable(value) and hasattr(value, "__name__"):
        return f"{value.__name__} has no text: call it"
    return f"a {kind} has no text: show one of its fields, or give the class a __str__"
