"""What an `input` takes from a form's field: type, options, constraints, errors.

The rule: what the caller says wins, and a constraint is passed on only where it means something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wirebird.forms.field import FormField
from wirebird.forms.group import FormGroup, OwnName
from wirebird.html.errors import ComponentError

_CHOICES = ("select", "radio", "checkbox")
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


def type_of(field: FormField, type: str | None, offers: bool) -> str:
    """Return the type of a field's input.

    Args:
        field: The field.
        type: What the caller says.
        offers: Whether the caller gave options.

    Raises:
        ComponentError: The field has fields of its own.
    """
    if type is not None:
        return type
    if not field.type:
        raise ComponentError(
            f"input({field.name!r}): this has fields of its own: go over"
            f' form.inputs_for("{field.plain_name}")'
        )
    return "select" if offers and field.type not in _CHOICES else field.type


def constraints_of(field: FormField, type: str) -> Mapping[str, Any]:
    """Return the attributes of a field that mean something on an input of a type."""
    meant = _MEANT[type]
    return {name: value for name, value in field.attributes.items() if name in meant}


def prompt_of(field: FormField) -> str | None:
    """Return the empty option of a select, if it must have one for nothing being chosen."""
    if field.multiple:
        return None
    return "" if field.nullable or field.initial is None else None


def errors_of(field: FormField, used: bool | None) -> Iterable[str]:
    """Return the errors to show; `used` is what the caller says about waiting for it."""
    if used is None:
        return field.errors
    return field.all_errors if used else ()
