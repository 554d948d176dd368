"""What pydantic makes of the parameters of one signature.

The rule: parameters are one typed dict, so that one call validates them all, and its result has
just the keys that came: defaults stay the function's own affair.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import typing_extensions
from pydantic import ConfigDict, TypeAdapter

from wirebird.binding.finite import Finder

__all__ = ["must_be_finite", "validator_of"]


def validator_of(name: str, fields: dict[str, Any]) -> Callable[[Any], dict[str, Any]]:
    """Return what validates values by their names."""
    build = cast("Callable[..., Any]", typing_extensions.TypedDict)
    taken = build(name, fields)
    taken.__pydantic_config__ = ConfigDict(allow_inf_nan=False)
    return TypeAdapter[dict[str, Any]](taken).validator.validate_python


def must_be_finite(find: Finder, value: Any) -> Any:
    """Return a value if all numbers in it are numbers.

    Raises:
        ValueError: One is not.
    """
    place = find(value)
    if place is not None:
        where = ".".join(map(str, place[:-1]))
        raise ValueError(f"{where} should be a finite number")
    return value
