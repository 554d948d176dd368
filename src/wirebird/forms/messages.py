"""What is said to a person about a field: short English sentences, and how to put others in place.

The rule: an error keeps its type and its figures, and becomes text only when it is read, so that
one form can be read in two languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeAlias, cast, get_args

from pydantic_core.core_schema import ErrorType

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_PYDANTIC = frozenset(get_args(ErrorType))

_OWN = {
    "missing": "Please fill this in.",
    "email": "Please enter an email address, such as name@example.com.",
    "not_ticked": "Please tick this box.",
    "string_too_short": "Please use {min_length} or more characters.",
    "string_too_long": "Please use no more than {max_length} characters.",
    "string_pattern_mismatch": "This does not have the right format.",
    "greater_than": "This must be greater than {gt}.",
    "greater_than_equal": "This must be {ge} or more.",
    "less_than": "This must be less than {lt}.",
    "less_than_equal": "This must be {le} or less.",
    "multiple_of": "This must be a multiple of {multiple_of}.",
    "finite_number": "Please enter a number.",
    "decimal_max_digits": "Please use no more than {max_digits} digits.",
    "decimal_max_places": "Please use no more than {decimal_places} decimal places.",
    "decimal_whole_digits": "Please use no more than {whole_digits} digits before the point.",
    "too_short": "This needs {min_length} or more.",
    "too_long": "This takes no more than {max_length}.",
    "date_past": "This must be in the past.",
    "date_future": "This must be in the future.",
    "datetime_past": "This must be in the past.",
    "datetime_future": "This must be in the future.",
    "url_scheme": "The address must begin with {expected_schemes}.",
    "url_too_long": "Please use no more than {max_length} characters.",
}
_SAME: tuple[tuple[str, str], ...] = (
    ("Please enter a whole number.", "int_parsing int_from_float int_parsing_size int_type"),
    ("Please enter a number.", "float_parsing float_type decimal_parsing decimal_type"),
    ("Please choose yes or no.", "bool_parsing bool_type"),
    ("Please choose one of the options.", "literal_error enum union_tag_invalid"),
    ("Please enter a date.", "date_parsing date_type date_from_datetime_parsing"),
    ("Please enter a date.", "date_from_datetime_inexact"),
    ("Please enter a time.", "time_parsing time_type"),
    ("Please enter a date and a time.", "datetime_parsing datetime_type"),
    ("Please enter a date and a time.", "datetime_from_date_parsing"),
    ("Please enter a web address, such as https://example.com.", "url_parsing url_type"),
    ("Please enter a web address, such as https://example.com.", "url_syntax_violation"),
)
_MESSAGES = _OWN | {type: text for text, types in _SAME for type in types.split()}
INVALID = "This is not valid."


@dataclass(frozen=True, slots=True)
class FormProblem:
    """What is wrong with one field of a form, or with a whole form.

    Attributes:
        type: What kind of error: pydantic's name for it (`missing`, `string_too_short`,
            `greater_than_equal`), or the type of a validator's own `PydanticCustomError`.
            `email` is an address that is none, `not_ticked` a box that must be ticked.
        text: What to say in English, with `{placeholders}`.
        context: What fills the placeholders: `{"min_length": 8}`.
        field: The field's name; empty for a form.

    Example:
        ```python
        def translated(error: FormProblem) -> str:
            return error.fill(gettext(error.text))
        ```
    """

    type: str
    text: str
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])
    field: str = ""

    def fill(self, text: str) -> str:
        """Return a text with its placeholders filled in; those that are not known stay."""
        context = self.context
        if not context or "{" not in text:
            return text
        return _PLACEHOLDER.sub(
            lambda found: _shown(context[found[1]]) if found[1] in context else found[0], text
        )

    def __str__(self) -> str:
        return self.fill(self.text)


Messages: TypeAlias = Mapping[str, str] | Callable[[FormProblem], str]
"""What to say instead: texts by an error's type, or a function of the error."""


def english(type: str, context: Mapping[str, Any], message: str) -> str:
    """Return what is said about an error of a type, with `{placeholders}`.

    Args:
        type: The error's type.
        context: Its figures.
        message: What pydantic says, which is kept where a validator said it.
    """
    text = _MESSAGES.get(type)
    if text is not None:
        return text
    error = context.get("error")
    if isinstance(error, Exception):
        return str(error) or INVALID
    return INVALID if type in _PYDANTIC and type != "value_error" else message


def said(error: FormProblem, choices: Iterable[Messages]) -> str:
    """Return what is said about an error: by the first that knows its type, else in English."""
    for messages in choices:
        if not isinstance(messages, Mapping):
            return messages(error)
        text = cast("Mapping[str, str]", messages).get(error.type)
        if text is not None:
            return error.fill(text)
    return str(error)


def _shown(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value)
