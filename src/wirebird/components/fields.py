"""What an `input` takes from its field: name, value, and of a form's field all else.

The rule: what the caller says wins, and a constraint is passed on only where it means something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any, Protocol

from wirebird.components.controls import Control
from wirebird.components.options import text_of
from wirebird.components.sanitized import ALWAYS_SENT, problem_of
from wirebird.forms.field import FormField
from wirebird.forms.group import FormGroup, OwnName
from wirebird.forms.kinds import YES_NO
from wirebird.forms.params import texts_of
from wirebird.forms.values import with_unix_lines
from wirebird.html.errors import ComponentError

_CHOICES = ("select", "radio", "checkbox")
# What each kind of field can be shown by without losing something on its way back.
_ANY_TEXT = frozenset({"text", "textarea", "search", "tel", "password", "hidden"})
_ONE_OF = _ANY_TEXT | {"select", "radio"}
_SHOWN_BY: dict[str, frozenset[str]] = {
    "checkbox": _ONE_OF | {"checkbox"},
    "number": _ONE_OF | {"number", "range"},
    "date": _ONE_OF | {"date"},
    "time": _ONE_OF | {"time"},
    "datetime-local": _ONE_OF | {"datetime-local"},
}
_SEVERAL = frozenset({"select", "checkbox"})
_TEXTS = frozenset({"required", "minlength", "maxlength", "pattern"})
_RANGES = frozenset({"required", "min", "max", "step"})
_MEANT: dict[str, frozenset[str]] = {
    "hidden": frozenset(),
    "color": frozenset(),
    "range": _RANGES - {"required"},
    "textarea": _TEXTS - {"pattern"},
    **dict.fromkeys((*_CHOICES, "file"), frozenset({"required"})),
    **dict.fromkeys(("text", "password", "email", "url", "search", "tel"), _TEXTS),
    **dict.fromkeys(("number", "date", "time", "datetime-local", "month", "week"), _RANGES),
}


class Field(Protocol):
    """What a form knows of one field.

    It may also say with `used` whether the visitor has used it; errors wait for that.
    """

    @property
    def name(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def errors(self) -> Iterable[Any]: ...


def check_field(field: object) -> None:
    """Refuse what looks like a field and is none.

    Raises:
        ComponentError: It is a form's own name or id, or a part of a form.
    """
    if isinstance(field, OwnName):
        raise ComponentError(
            f"input({str(field)!r}): this is the name, id or key of the form itself; a field that"
            ' is called so is form["name"], form["id"] or form["key"]'
        )
    if isinstance(field, FormGroup):
        raise ComponentError(
            f"input({field!r}): this is a form or a part of it: show its fields one by one"
        )


def add_field(it: Control, field: Field) -> None:
    """Add what a field says and the caller did not: name, id, value and errors."""
    it.name = field.name if it.name is None else it.name
    it.id = field.id if it.id is None else it.id
    it.value = field.value if it.value is ... else it.value
    it.errors = field.errors if it.errors is None else it.errors
    it.used = getattr(field, "used", True) if it.used is None else it.used


def add_form_field(it: Control, field: FormField) -> None:
    """Add what a form's field says and the caller did not.

    Raises:
        ComponentError: The field has fields of its own, or nothing to choose.
    """
    type = it.type = _type_of(field, it.type, bool(it.options))
    _check_type(field, type)
    if it.options == ():
        it.options = field.options
        if field.type == "checkbox" and type in ("select", "radio"):
            it.options = YES_NO
    else:
        it.begun = _begun(field)
    if type == "select":
        if it.options == ():
            raise ComponentError(
                f"input({field.name!r}) offers nothing to choose: give options=[...]"
            )
        it.prompt = _prompt_of(field) if it.prompt is None else it.prompt
    it.attributes = {**_constraints_of(field, type), **it.attributes}
    it.multiple = field.multiple if it.multiple is None else it.multiple
    it.says_nothing = field.multiple
    it.errors = _errors_of(field, it.used) if it.errors is None else it.errors
    it.used = True
    if it.label is None and not it.is_named:
        it.label = field.label
    if it.value is ...:
        _check_value(it, field, type)
    add_field(it, field)


def _begun(field: FormField) -> list[tuple[str, str]]:
    """Return the values that a field began with, and their labels."""
    labels = dict(field.options)
    first = texts_of(field.initial) if field.multiple else [text_of(field.name, field.initial, "")]
    return [(text, labels.get(text, text)) for text in first if text]


def _check_type(field: FormField, type: str) -> None:
    """Refuse an input from which the field's value cannot come back."""
    kind = field.form_plan.kind
    if kind.multiple:
        if type not in _SEVERAL:
            raise ComponentError(
                f"input({field.name!r}, type={type!r}): this has several values, and such an input"
                ' has one: leave out the type, give type="checkbox", or say in the model how they'
                " are one text: Annotated[list[str], BeforeValidator(split),"
                ' PlainSerializer(", ".join, return_type=str)]'
            )
        return
    if type == "file":
        raise ComponentError(
            f"input({field.name!r}, type='file'): a file is no text: allow_upload and"
            " ui.live_file_input take files"
        )
    if type == "checkbox" and field.type != "checkbox":
        raise ComponentError(
            f"input({field.name!r}, type='checkbox'): a box is ticked or not, and this has other"
            ' values: type="radio" shows one of several'
        )
    shown_by = _SHOWN_BY.get(field.type)
    if shown_by is not None and type in _MEANT and type not in shown_by:
        raise ComponentError(
            f"input({field.name!r}, type={type!r}) cannot say every {field.type} that this may be:"
            f" leave out the type, or give one of {', '.join(sorted(shown_by))}"
        )


def _check_value(it: Control, field: FormField, type: str) -> None:
    """Refuse to show what could not be taken back, and give the input what it can show."""
    kind = field.form_plan.kind
    if kind.problem:
        raise ComponentError(f"input({field.name!r}): {kind.problem}")
    if type == "datetime-local" and kind.zone and field.zone is None:
        raise ComponentError(
            f"input({field.name!r}): a datetime-local has no time zone, and this needs one: say in"
            ' which it is meant, Form(..., timezone=ZoneInfo("Europe/Berlin")), or give type="text"'
        )
    if field.is_typed or kind.multiple:
        return
    first = field.initial
    if isinstance(first, datetime | time) and type not in ("datetime-local", "time"):
        it.value = first
    shown = first if it.value is first else field.value
    text = text_of(field.name, shown, type) or ""
    if not text and type in ALWAYS_SENT and field.nullable:
        raise ComponentError(
            f"input({field.name!r}, type={type!r}) always has a value, and this may have none"
        )
    if (problem := problem_of(type, text, it.attributes)) is not None:
        raise ComponentError(f"input({field.name!r}, type={type!r}) of {text!r:.80}: {problem}")


def _type_of(field: FormField, type: str | None, offers: bool) -> str:
    if type is not None:
        return type
    if not field.type:
        raise ComponentError(
            f"input({field.name!r}): this has fields of its own: go over"
            f' form.inputs_for("{field.plain_name}")'
        )
    if offers and field.type not in _CHOICES:
        return "select"
    if field.type == "text" and "\n" in with_unix_lines(field.first_text):
        return "textarea"
    return field.type


def _constraints_of(field: FormField, type: str) -> Mapping[str, Any]:
    """Return the attributes of a field that mean something on an input of a type."""
    meant = _MEANT.get(type, frozenset[str]())
    return {name: value for name, value in field.attributes.items() if name in meant}


def _prompt_of(field: FormField) -> str | None:
    """Return the empty option of a select, if it must have one for nothing being chosen."""
    if field.multiple:
        return None
    return "" if field.nullable or field.initial is None else None


def _errors_of(field: FormField, used: bool | None) -> Iterable[str]:
    """Return the errors to show; `used` is what the caller says about waiting for it."""
    if used is None:
        return field.errors
    return field.all_errors if used else ()
