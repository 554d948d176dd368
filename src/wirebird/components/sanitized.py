"""What a browser makes of the value in an input's markup, before anybody has touched it.

The rule: the algorithms are those of HTML ("value sanitization"), except that case in a colour and
white space around an address are nobody's loss.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

_DATE = r"\d{4,}-\d\d-\d\d"
_TIME = r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
_VALID = {
    "number": r"-?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?",
    "color": r"#[0-9a-fA-F]{6}",
    "date": _DATE,
    "time": _TIME,
    "datetime-local": f"{_DATE}[T ]{_TIME}",
    "month": r"\d{4,}-\d\d",
    "week": r"\d{4,}-W\d\d",
}
_PATTERNS = {type: re.compile(pattern) for type, pattern in _VALID.items()}
_ONE_LINE = frozenset({"text", "search", "tel", "password", "email", "url"})
ALWAYS_SENT = frozenset({"color", "range"})
"""The types of inputs that are never empty."""


def problem_of(type: str, text: str, attributes: Mapping[str, Any]) -> str | None:
    """Tell what an input does to a value; None when it keeps it.

    Args:
        type: The type of the input.
        text: Its value in the markup.
        attributes: Its other attributes.
    """
    if "\0" in text:
        return "no page can hold the character NUL"
    if type in _ONE_LINE and ("\n" in text or "\r" in text):
        return 'it has several lines, which this input joins: type="textarea" keeps them'
    pattern = _PATTERNS.get("number" if type == "range" else type)
    if text and pattern is not None and pattern.fullmatch(text) is None:
        return 'a browser drops it there: type="text" shows it, or leave the type to the field'
    if text and type == "range" and not _is_in_range(text, attributes):
        return "a browser moves it to a step between min and max, which are 0 and 100 unless given"
    return None


def _is_in_range(text: str, attributes: Mapping[str, Any]) -> bool:
    number = Decimal(text)
    low, high = _number(attributes.get("min")), _number(attributes.get("max"))
    least = Decimal(0) if low is None else low
    most = Decimal(100) if high is None else high
    if not least <= number <= max(least, most):
        return False
    step = _number(attributes.get("step", 1))
    return low is None or step is None or step <= 0 or (number - low) % step == 0


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
