"""What was typed into a form, and what it began with, as JSON values and back.

The rule: what is typed is text in dicts and lists, which say by themselves what they are; what a
form began with is of the types of its model's fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from wirebird.forms.params import mapping_of
from wirebird.forms.schema import FieldPlan, ModelPlan, Params
from wirebird.wire.params import Repeated

WriteValue: TypeAlias = Callable[[FieldPlan, Any], Any]
ReadValue: TypeAlias = Callable[[FieldPlan, Any], Any]


def written_params(value: Any) -> Any:
    """Return what was sent, as JSON values: lists tell texts that came more than once from lists.

    Raises:
        TypeError: It is nothing that a page sends.
    """
    if isinstance(value, Repeated):
        return ["repeated", *map(str.__str__, value.values)]
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {key: written_params(each) for key, each in cast(Params, value).items()}
    if isinstance(value, list | tuple):
        return ["list", *map(written_params, cast("list[Any]", value))]
    if value is None or isinstance(value, bool | int | float):
        return value
    raise TypeError(f"was given {value!r:.80}, which no page sends")


def read_params(value: Any) -> Any:
    """Return what `written_params` was given."""
    if isinstance(value, dict):
        return {key: read_params(each) for key, each in cast(Params, value).items()}
    if isinstance(value, list):
        kind, *values = cast("list[Any]", value)
        if kind == "list":
            return [read_params(each) for each in values]
        text: str = values[0]
        for each in values[1:]:
            text = Repeated(text, each)
        return text
    return value


def written_initial(plan: ModelPlan, initial: Params, write: WriteValue) -> dict[str, Any]:
    """Return the values that a form, or a part of it, began with, as JSON values."""
    return _each(plan, initial, write, written_initial)


def read_initial(plan: ModelPlan, stored: Params, read: ReadValue) -> dict[str, Any]:
    """Return what `written_initial` was given."""
    return _each(plan, stored, read, read_initial)


def _each(
    plan: ModelPlan,
    values: Params,
    convert: Callable[[FieldPlan, Any], Any],
    nested: Callable[[ModelPlan, Params, Any], dict[str, Any]],
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in values.items():
        field = plan.field(name)
        if not field.is_nested or value is None:
            made[name] = None if value is None else convert(field, value)
        elif field.kind.multiple:
            rows = map(mapping_of, value)
            made[name] = [nested(_picked(field, row), row, convert) for row in rows]
        else:
            row = mapping_of(value)
            made[name] = nested(_picked(field, row), row, convert)
    return made


def _picked(field: FieldPlan, row: Params) -> ModelPlan:
    return field.pick(row, row)
