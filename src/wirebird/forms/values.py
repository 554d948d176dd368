"""Values as inputs of a page have them: text.

The rule: what is written here is read back by pydantic as the same value.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import Enum
from typing import Any

from pydantic import SecretBytes, SecretStr
from pydantic_core import to_jsonable_python

_TRUE = frozenset({"true", "on", "1", "yes"})


def input_text(value: Any) -> str:
    """Return a value as an input's `value` has it; empty for None and for secrets."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return str.__str__(value)
    if value is None or isinstance(value, SecretStr | SecretBytes):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec=_precision(value))
    if isinstance(value, time):
        return value.replace(tzinfo=None).isoformat(timespec=_precision(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    shown = to_jsonable_python(value, fallback=str)
    return shown if isinstance(shown, str) else str(shown)


def is_true(value: Any) -> bool:
    """Tell whether a checkbox with this value is ticked."""
    return value.lower() in _TRUE if isinstance(value, str) else bool(value)


def _precision(value: datetime | time) -> str:
    if value.microsecond:
        return "microseconds" if value.microsecond % 1000 else "milliseconds"
    return "seconds" if value.second else "minutes"
