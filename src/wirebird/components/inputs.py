"""`input`: a form's field with its label, its help and what is wrong with it.

The rule: the label, the help and the errors are tied to the field, and errors are shown once the
field has been used.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import EllipsisType, NoneType
from typing import Any

from wirebird.components.controls import WRITERS, Control, control
from wirebird.components.fields import Field, add_field, add_form_field, check_field
from wirebird.components.library import ClassNames, Content, one_of, without_needed
from wirebird.components.library import checked as _checked
from wirebird.components.options import Options
from wirebird.forms.field import FormField
from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment
from wirebird.html.shown import kind_of

# Values that cannot change in place, of which `...` and `()` stand for nothing.
_PLAIN = frozenset({str, int, float, bool, NoneType, EllipsisType, tuple})
_TYPES = (
    "checkbox", "color", "date", "datetime-local", "email", "file", "hidden", "month", "number",
    "password", "radio", "range", "search", "select", "tel", "text", "textarea", "time", "url",
    "week",
)  # fmt: skip
_OWN = {"id": ..., "name": ..., "type": ...}
_TAKES = frozenset(
    {
        "accept", "autocomplete", "capture", "cols", "dirname", "disabled", "form", "list", "max",
        "maxlength", "min", "minlength", "pattern", "placeholder", "readonly", "required", "rows",
        "size", "step", "wrap",
    }
)  # fmt: skip


def input(
    field: Field | str | None = None,
    *,
    name: str | None = None,
    type: str | None = None,
    label: Content = None,
    value: Any = ...,
    id: str | None = None,
    help: Content = None,
    errors: Iterable[Any] | None = None,
    used: bool | None = None,
    options: Options = (),
    prompt: str | None = None,
    multiple: bool | None = None,
    checked: bool | None = None,
    class_: ClassNames = None,
    **attributes: Any,
) -> Fragment:
    """A field of a form: any `<input>`, a select, a textarea, or a group of boxes or radios.

    A field of a `Form` brings its type, label, options and constraints; what is given here wins.

    Args:
        field: A field of a `Form`, anything else with `name`, `id`, `value` and `errors`, or a
            name.
        name: The name, where there is no field; `name[]` for several values.
        type: Any type of `<input>`, or "select", "textarea", "checkbox", "radio". By default what
            fits the field, else "text".
        label: What it is called. Without one, give an `aria_label`.
        value: Its value, instead of the field's. Dates and times are written as browsers want.
        id: Its id, instead of the field's; made of the name otherwise.
        help: What helps to fill it in.
        errors: What is wrong with it, instead of the field's errors.
        used: Whether the visitor has used it, instead of what the field says: errors are not
            shown before. True when nothing says otherwise.
        options: What a select, a group of radios or one of checkboxes offers: values,
            `(value, label)` pairs, or a dict of values to labels.
        prompt: An empty first option of a select: "Choose one".
        multiple: Whether a select or a file takes several values; with "checkbox", a group.
        checked: Whether a checkbox is ticked, instead of what its value says.
        class_: More classes of the control.
        attributes: More attributes of the control, such as `required`, `placeholder`,
            `phx_debounce`.

    Raises:
        ComponentError: The type is not known, there is neither name nor label, an attribute is
            not a field's, or options are missing.

    Example:
        ```jinja
        {{ ui.input(form.email, label="Email", phx_debounce="blur") }}
        {{ ui.input(form.topics, type="checkbox") }}
        {{ ui.input("size", type="select", label="Size", options=["S", "M", "L"], value=size) }}
        ```
    """
    given: dict[str, Any] = {
        "name": name, "type": type, "label": label, "value": value, "id": id, "help": help,
        "errors": errors, "used": used, "options": options, "prompt": prompt,
        "multiple": multiple, "checked": checked, "class_": class_,
    }  # fmt: skip
    if isinstance(field, FormField):
        return _remembered(field, given, attributes)
    return _input(field, attributes, given)


def _remembered(field: FormField, given: dict[str, Any], attributes: dict[str, Any]) -> Fragment:
    """Return the input of a field, the same one as long as nothing about it has changed."""
    every = (*given.values(), *attributes.values())
    if not _PLAIN.issuperset(map(kind_of, every)) or given["options"] != ():
        return _input(field, attributes, given)
    known = field.form_root.form_shown
    key = (field.form_plan, field.id, *given.values(), *attributes.items())
    state = (field.value, field.all_errors if given["used"] else field.errors)
    entry = known.get(key)
    if entry is None or entry[0] != state:
        entry = (state, _input(field, attributes, given))
        known.put(key, entry)
    return entry[1]


def _input(
    field: Field | str | None, attributes: dict[str, Any], given: dict[str, Any]
) -> Fragment:
    check_field(field)
    passed = without_needed(input, _OWN, _checked(input, attributes, _TAKES))
    it = Control(**given, attributes=passed)
    if isinstance(field, str):
        it.name = field
    elif isinstance(field, FormField):
        add_form_field(it, field)
    elif field is not None:
        add_field(it, field)
    it.type = it.type or "text"
    one_of("input", "type", it.type, _TYPES)
    if not it.name:
        raise ComponentError("input() lacks a name: give a form's field, or name=...")
    it.settle()
    return WRITERS.get(it.type, control)(it)
