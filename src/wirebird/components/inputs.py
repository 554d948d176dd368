"""`input`: a form's field with its label, its help and what is wrong with it.

The rule: the label, the help and the errors are tied to the field, and errors are shown once the
field has been used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import EllipsisType, NoneType
from typing import Any, Protocol, TypeAlias, cast

from wirebird.components.fields import check_field, constraints_of, errors_of, prompt_of, type_of
from wirebird.components.icons import icon
from wirebird.components.library import ClassNames, Content, Markups, one_of
from wirebird.components.library import checked as _checked
from wirebird.forms.field import FormField
from wirebird.forms.values import input_text, is_true
from wirebird.html.attributes import attributes as written
from wirebird.html.attributes import class_names, kind_of
from wirebird.html.content import content
from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment

Options: TypeAlias = Iterable[Any] | Mapping[Any, Any]
"""Values, `(value, label)` pairs, or a dict of values to labels; in a select a dict's value may be
more options, as a group under its key."""

_html = Markups("inputs.html")
# Values that cannot change in place, of which `...` and `()` stand for nothing.
_PLAIN = frozenset({str, int, float, bool, NoneType, EllipsisType, tuple})
_NO_ID = re.compile(r"[^\w-]+")
_TYPES = (
    "checkbox", "color", "date", "datetime-local", "email", "file", "hidden", "month", "number",
    "password", "radio", "range", "search", "select", "tel", "text", "textarea", "time", "url",
    "week",
)  # fmt: skip
_TAKES = frozenset(
    {
        "accept", "autocomplete", "capture", "cols", "dirname", "disabled", "form", "list", "max",
        "maxlength", "min", "minlength", "pattern", "placeholder", "readonly", "required", "rows",
        "size", "step", "wrap",
    }
)  # fmt: skip


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
    return _input(field, attributes, **given)


def _remembered(field: FormField, given: dict[str, Any], attributes: dict[str, Any]) -> Fragment:
    """Return the input of a field, the same one as long as nothing about it has changed."""
    every = (*given.values(), *attributes.values())
    if not _PLAIN.issuperset(map(kind_of, every)) or given["options"] != ():
        return _input(field, attributes, **given)
    known = field.form_root.form_shown
    key = (field.form_plan, field.id, *given.values(), *attributes.items())
    state = (field.value, field.all_errors if given["used"] else field.errors)
    entry = known.get(key)
    if entry is None or entry[0] != state:
        entry = (state, _input(field, attributes, **given))
        known.put(key, entry)
    return entry[1]


def _input(
    field: Field | str | None,
    attributes: dict[str, Any],
    *,
    name: str | None,
    type: str | None,
    label: Content,
    value: Any,
    id: str | None,
    help: Content,
    errors: Iterable[Any] | None,
    used: bool | None,
    options: Options,
    prompt: str | None,
    multiple: bool | None,
    checked: bool | None,
    class_: ClassNames,
) -> Fragment:
    check_field(field)
    passed = _checked(input, attributes, _TAKES)
    constraints: Mapping[str, Any] = {}
    silent = False
    if isinstance(field, str):
        name, field = field, None
    elif isinstance(field, FormField):
        type = type_of(field, type, bool(options))
        one_of("input", "type", type, _TYPES)
        constraints = constraints_of(field, type)
        multiple = field.multiple if multiple is None else multiple
        if options == ():
            options = field.options
        if type == "select" and options == ():
            raise ComponentError(
                f"input({field.name!r}) offers nothing to choose: give options=[...]"
            )
        prompt = prompt_of(field) if prompt is None and type == "select" else prompt
        errors = errors_of(field, used) if errors is None else errors
        used = True
        silent = field.multiple
        if label is None and not {"aria-label", "aria-labelledby"} & passed.keys():
            label = field.label
    type = type or "text"
    one_of("input", "type", type, _TYPES)
    passed = {**constraints, **passed}
    if field is not None:
        name = field.name if name is None else name
        id = field.id if id is None else id
        value = field.value if value is ... else value
        errors = field.errors if errors is None else errors
        used = getattr(field, "used", True) if used is None else used
    if not name:
        raise ComponentError("input() lacks a name: give a form's field, or name=...")
    multiple = bool(multiple)
    if multiple and type in ("select", "checkbox") and not name.endswith("[]"):
        name += "[]"
    id = id or _NO_ID.sub("-", name).strip("-")
    value = None if value is ... else value
    if type == "hidden":
        own = {"type": type, "name": name, "id": id, "value": text_of(value, type)}
        return _html.hidden(written(own, passed))
    caption = content(label)
    if caption is None and not {"aria-label", "aria-labelledby"} & passed.keys():
        raise ComponentError(
            f"input({name!r}) lacks a label: give one, or an aria_label when none is shown"
        )
    hint = content(help)
    wrong = [str(error) for error in errors or ()] if used is not False else []
    described = [
        *([f"{id}-help"] if hint is not None else []),
        *([f"{id}-error"] if wrong else []),
    ]
    named = {"id": id, "name": name}
    state = {
        "aria-invalid": "true" if wrong else None,
        "aria-describedby": " ".join(described) or None,
    }
    about = (id, caption, hint, _html.errors(id, icon("alert"), wrong) if wrong else None)
    # Where nothing is chosen a browser sends nothing, and the form would not know of it.
    is_box = type == "checkbox" and not multiple
    hidden = None
    if is_box or silent:
        off = {"type": "hidden", "name": name, "value": "false" if is_box else ""}
        hidden = written(off | {key: passed[key] for key in ("disabled", "form") if key in passed})
    if is_box:
        ticked = is_true(value) if checked is None else checked
        own = {"type": type, **named, "value": "true", "checked": ticked, **state}
        box = written(own, {"class": class_names("wb-checkbox", class_)}, passed)
        return _html.checkbox(hidden, box, *about)
    if type in ("radio", "checkbox"):
        chosen = list(cast("Iterable[Any]", value or ())) if multiple else [value]
        shared = {"type": type, "name": name, **state}
        choices = [
            (
                written(shared, {"id": f"{id}-{place}", "value": key, "checked": on}, passed),
                text,
            )
            for place, (key, text, on) in enumerate(_choices(name, options, chosen))
        ]
        role = "radiogroup" if type == "radio" else "group"
        group: dict[str, Any] = {"role": role, "class": class_names("wb-choices", class_)}
        group |= {key: passed[key] for key in ("aria-label",) if key in passed}
        return _html.choices(type, hidden, written(group), choices, *about)
    own: dict[str, Any] = {**named, **state, "class": class_names("wb-input", class_)}
    if type == "textarea":
        control = _html.textarea(written(own, passed), text_of(value, type) or "")
    elif type == "select":
        chosen = list(cast("Iterable[Any]", value or ())) if multiple else [value]
        own["multiple"] = multiple
        groups = _grouped(name, options, chosen)
        control = _html.select(hidden, written(own, passed), prompt, groups, value in (None, ""))
    else:
        own |= {"type": type, "multiple": multiple}
        if type != "file":
            own["value"] = text_of(value, type)
        control = _html.control(written(own, passed))
    return _html.field(type, control, *about)


def text_of(value: Any, type: str) -> str | None:
    """Return a field's value as it stands in the page, None when there is none."""
    if value is None:
        return None
    if isinstance(value, datetime) and type != "datetime-local":
        return value.isoformat(timespec="minutes" if not value.second else "seconds")
    return input_text(value)


def _pairs(options: Options) -> list[tuple[Any, Any]]:
    if isinstance(options, Mapping):
        return list(cast("Mapping[Any, Any]", options).items())
    return [
        cast("tuple[Any, Any]", option)
        if isinstance(option, tuple) and len(cast("tuple[Any, ...]", option)) == 2
        else (option, option)
        for option in options
    ]


def _choices(name: str, options: Options, chosen: list[Any]) -> list[tuple[str, str, bool]]:
    """Return each option's value, label and whether it is chosen."""
    pairs = _pairs(options)
    if not pairs:
        raise ComponentError(f"input({name!r}) offers nothing to choose: give options=[...]")
    on = {text_of(value, "") for value in chosen}
    return [
        (text_of(value, "") or "", str(label), text_of(value, "") in on) for value, label in pairs
    ]


def _grouped(
    name: str, options: Options, chosen: list[Any]
) -> list[tuple[str | None, list[tuple[str, str, bool]]]]:
    """Return a select's options in their groups; those without a group are one without a name."""
    groups: list[tuple[str | None, list[tuple[str, str, bool]]]] = []
    for value, label in _pairs(options):
        if isinstance(label, (Mapping, list)):
            groups.append((str(value), _choices(name, cast(Options, label), chosen)))
            continue
        if not groups or groups[-1][0] is not None:
            groups.append((None, []))
        groups[-1][1].extend(_choices(name, [(value, label)], chosen))
    return groups
