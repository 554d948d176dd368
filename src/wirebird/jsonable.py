"""What JSON can say of a value, in frames and in commands alike.

The rule: msgspec encodes what it knows; `jsonable` is its `enc_hook` everywhere here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast


def jsonable(value: Any) -> Any:
    """Return an equivalent of `value` that msgspec can encode.

    Subclasses of `str`, `int` and `float` (`Markup`), whatever has `to_encodable()` (`JS`), and
    pydantic models, in addition to what msgspec encodes by itself: dataclasses, dates, decimals,
    UUIDs, enums, sets, bytes (as base64).

    Raises:
        TypeError: JSON has no equivalent of the value.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if not isinstance(value, type):
        to_encodable = getattr(value, "to_encodable", None)
        if to_encodable is not None:
            return to_encodable()
        model_dump = getattr(value, "model_dump", None)
        if model_dump is not None:
            return model_dump(mode="json")
        if isinstance(value, Mapping):
            return dict(cast("Mapping[Any, Any]", value))
    kind = type(cast(object, value))
    raise TypeError(
        f"cannot send a value of type {kind.__module__}.{kind.__qualname__} to the browser: "
        "make it text, numbers, lists or dicts first"
    )
