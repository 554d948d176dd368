"""Values as inputs of a page have them: text.

The rule: what is written here is read back by pydantic as the same value, and what has no such text
is refused instead of being shown as Python writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, tzinfo
from enum import Enum
from typing import Any, cast

from pydantic import Secret, SecretBytes, SecretStr
from pydantic_core import PydanticSerializationError, to_jsonable_python

from wirebird.errors import WirebirdError

_TRUE = frozenset({"true", "on", "1", "yes"})


class NoTextError(WirebirdError, ValueError):
    """A value has no text that would be read back as the value."""


def input_text(value: Any) -> str:
    """Return a value as an input's `value` has it; empty for None and for secrets.

    Raises:
        NoTextError: It has none.
    """
    if isinstance(value, str) and not isinstance(value, Enum):
        return str.__str__(value)
    if value is None or is_secret(value):
        return ""
    if isinstance(value, Enum):
        return _member_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | time):
        return value.isoformat(timespec=_precision(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    return _other_text(value)


def local_text(value: datetime | time, zone: tzinfo | None = None) -> str:
    """Return a time as `datetime-local` and `time` have it: without its zone.

    Args:
        value: The time.
        zone: The zone in which to show it; its own by default.
    """
    if zone is not None and isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(zone)
    return value.replace(tzinfo=None).isoformat(timespec=_precision(value))


def is_secret(value: Any) -> bool:
    """Tell whether a value is never put into a page."""
    return isinstance(value, Secret | SecretStr | SecretBytes)


def is_true(value: Any) -> bool:
    """Tell whether a checkbox with this value is ticked."""
    return value.lower() in _TRUE if isinstance(value, str) else bool(value)


def with_unix_lines(text: str) -> str:
    """Return a text with the line breaks that a browser's textarea has."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _member_text(member: Enum) -> str:
    try:
        return input_text(member.value)
    except NoTextError:
        return member.name


def _other_text(value: Any) -> str:
    try:
        shown = value.decode() if isinstance(value, bytes) else to_jsonable_python(value)
    except UnicodeDecodeError as error:
        raise NoTextError(
            "these bytes are no text, which Base64Bytes would make of them"
        ) from error
    except PydanticSerializationError:
        if type(value).__str__ is object.__str__:
            raise NoTextError(f"{_named(value)} has no text") from None
        shown = str(value)
    if isinstance(shown, Sequence) and not isinstance(shown, str):
        raise NoTextError(f"{_named(value)} is several values, and no text")
    if not isinstance(shown, str | int | float):
        raise NoTextError(f"{_named(value)} has no text")
    return str(cast(object, shown))


def _named(value: Any) -> str:
    name = type(value).__name__
    return f"an {name}" if name[0] in "aeiouAEIO" else f"a {name}"


def _precision(value: datetime | time) -> str:
    if value.microsecond:
        return "microseconds" if value.microsecond % 1000 else "milliseconds"
    return "seconds" if value.second else "minutes"
