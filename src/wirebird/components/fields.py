"""What an `input` takes from its field: name, value, and of a form's field all else.

The rule: what the caller says wins, and a constraint is passed on only where it means something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from wirebird.components.controls import Control
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
    if it.options == ():
        it.options = field.options
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
    add_field(it, field)


def _type_of(field: FormField, type: str | None, offers: bool) -> str:
    if type is not None:
        return type
    if not field.type:
        raise ComponentError(
            f"input({field.name!r}): this has fields of its own: go over"
            f' form.inputs_for("{field.plain_name}")'
        )
    return "select" if offers and field.type not in _CHOICES else field.type


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
