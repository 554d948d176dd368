"""What comes back as it was shown is what it was.

The rule: an input cannot say all that a value is (a time's zone, a secret, an empty text where None
is allowed, which of several types it had). What it cannot say is taken from the value that the
form began with, never guessed.
"""

from __future__ import annotations

from datetime import datetime, time, tzinfo
from typing import Any, cast

from wirebird.forms.schema import MISSING, FieldPlan, Params
from wirebird.forms.values import input_text, is_secret, local_text, with_unix_lines


def nothing_of(field: FieldPlan, text: str, initial: Params) -> Any:
    """Return what it means that nothing was entered into a field; `MISSING` for no value."""
    before = initial.get(field.name, MISSING)
    if field.kind.secret and _holds(before):
        return before
    if before is MISSING:
        before = field.made_default()
    if before is not MISSING and before is not None and _is_shown(field.text(before), text):
        return field.text(before)
    if field.kind.nullable:
        return None
    return text if field.is_text and field.has_default else MISSING


def no_choice_of(field: FieldPlan, initial: Params) -> Any:
    """Return what it means that none of several was chosen."""
    before = initial.get(field.name, MISSING)
    before = field.made_default() if before is MISSING else before
    if field.kind.nullable and (before is None or before is MISSING):
        return None
    return [] if field.kind.flags is None else cast(Any, field.kind.flags)(0)


def joined(field: FieldPlan, chosen: list[Any]) -> Any:
    """Return the flags that were chosen as one value; the choices where one is none."""
    flags = field.kind.flags
    if flags is None or not all(isinstance(each, flags) for each in chosen):
        return chosen
    value = flags(0)
    for each in chosen:
        value |= each
    return value


def value_of(field: FieldPlan, text: str, initial: Params, zone: tzinfo | None) -> Any:
    """Return what pydantic is given for a text that was entered.

    Args:
        field: The field.
        text: What was entered.
        initial: What the form, or the row, began with.
        zone: The form's time zone.
    """
    kind = field.kind
    before = initial.get(field.name, MISSING)
    if kind.type in ("datetime-local", "time"):
        return _moment(field, text, before, zone)
    if before is MISSING:
        before = field.made_default()
    if before is MISSING or before is None:
        return text
    if kind.either:
        return before if _is_shown(before, text) and not field.is_read_back(before, text) else text
    if kind.is_text and "\n" in text:
        shown = field.text(before)
        return shown if with_unix_lines(text) == with_unix_lines(shown) else text
    return text


def entry_of(field: FieldPlan, text: str, initial: Params) -> Any:
    """Return what pydantic is given for one of several values."""
    if text in field.kind.values:
        return field.kind.values[text]
    if field.kind.either:
        for each in initial.get(field.name) or ():
            if _is_shown(each, text):
                return each
    return text


def zone_of(before: Any, zone: tzinfo | None) -> tzinfo | None:
    """Return the zone in which a time is meant: the form's, or that of the value it began with."""
    own = getattr(before, "tzinfo", None)
    return own if zone is None or isinstance(before, time) else zone


def _moment(field: FieldPlan, text: str, before: Any, zone: tzinfo | None) -> Any:
    """Return a time with the zone that its input could not say, if there is one."""
    came = _naive(field, text.strip())
    is_moment = isinstance(before, datetime | time)
    if came is None:
        return before if is_moment and _is_shown(before, text) else text
    if is_moment and came == _naive(field, local_text(before, zone)):
        return before
    if field.kind.zone is False or (before not in (MISSING, None) and before.tzinfo is None):
        return text
    meant = zone_of(before, zone if field.kind.type == "datetime-local" else None)
    return text if meant is None else came.replace(tzinfo=meant)


def _naive(field: FieldPlan, text: str) -> Any:
    """Return a time without a zone as browsers keep it; None if the text is none of these."""
    kind = datetime if field.kind.type == "datetime-local" else time
    try:
        found = kind.fromisoformat(text)
    except ValueError:
        return None
    return None if found.tzinfo else found.replace(microsecond=found.microsecond // 1000 * 1000)


def _is_shown(value: Any, text: str) -> bool:
    try:
        return with_unix_lines(input_text(value)) == with_unix_lines(text)
    except ValueError:
        return False


def _holds(value: Any) -> bool:
    if is_secret(value):
        value = value.get_secret_value()
    return value is not MISSING and value is not None and value not in ("", b"")
