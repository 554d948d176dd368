"""Pydantic's errors, brought to the fields that they are about.

The rule: an error is found under the path of names and row keys that the page knows, wherever the
rows have moved since; what belongs to no field belongs to the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from wirebird.forms.kinds import Kind
from wirebird.forms.messages import FormProblem, english
from wirebird.forms.params import mapping_of, rows_of
from wirebird.forms.schema import FieldPlan, ModelPlan, Params

Path: TypeAlias = tuple[str, ...]
Errors: TypeAlias = dict[Path, list[FormProblem]]

_FOR_FIELD = "_field"
_INTERNAL = (_FOR_FIELD, "error")


def field_error(
    field: str, message: str, *, type: str = "value_error", **context: Any
) -> PydanticCustomError:
    """Return an error to raise in a validator, which belongs to a field of the model.

    What a `model_validator` raises otherwise belongs to the whole form.

    Args:
        field: The field's name.
        message: What to say, with `{placeholders}`.
        type: What kind of error, for a form's `messages`.
        context: What fills the placeholders.

    Example:
        ```python
        @model_validator(mode="after")
        def passwords_match(self) -> Self:
            if self.password != self.password_again:
                raise field_error("password_again", "The passwords differ.")
            return self
        ```
    """
    return PydanticCustomError(cast(Any, type), cast(Any, message), {**context, _FOR_FIELD: field})


def errors_of(error: ValidationError, plan: ModelPlan, params: Params, initial: Params) -> Errors:
    """Return the errors of a form by the paths of its fields."""
    finder = _Finder(plan, params, initial)
    found: Errors = {}
    for detail in error.errors(include_url=False, include_input=False):
        path, field, owner = finder.find(detail["loc"])
        kind = detail["type"]
        context = cast("Mapping[str, Any]", detail.get("ctx", {}))
        if kind == "union_tag_not_found" and field is not None and field.union is not None:
            kind, path = "missing", (*path, field.union.tag.name)
        elif kind == "union_tag_invalid" and field is not None and field.union is not None:
            path = (*path, field.union.tag.name)
        elif field is not None:
            kind = _as_people_see_it(kind, field.kind, context)
        text = english(kind, context, detail["msg"])
        if _FOR_FIELD in context:
            name = context[_FOR_FIELD]
            path = (*(path if field is None else path[:-1]), name)
            owner.field(name)  # raises, with what was meant
        errors = found.setdefault(path, [])
        if field is None or _FOR_FIELD in context or _is_news(kind, field, errors):
            context = {key: value for key, value in context.items() if key not in _INTERNAL}
            errors.append(FormProblem(kind, text, context, path[-1] if path else ""))
    return found


def _is_news(type: str, field: FieldPlan, errors: list[FormProblem]) -> bool:
    """Tell whether an error of a field adds to those before it.

    Each of several values may be wrong, and each of several types complains.
    """
    return not errors or not (field.kind.either or any(error.type == type for error in errors))


def _as_people_see_it(type: str, kind: Kind, context: Mapping[str, Any]) -> str:
    """Return the type of an error that depends on what the field looks like."""
    if kind.type == "email" and "reason" in context:
        return "email"
    if kind.type == "checkbox" and type == "literal_error":
        return "not_ticked"
    if type in ("too_short", "too_long") and not kind.multiple and not kind.models:
        return f"string_{type}"  # pydantic counts a password's letters as items
    return type


class _Finder:
    """Follows pydantic's locations through a form."""

    def __init__(self, plan: ModelPlan, params: Params, initial: Params) -> None:
        self._root = (plan, params, initial)
        self._rows: dict[Path, list[tuple[str, Params, Params]]] = {}

    def find(self, location: tuple[int | str, ...]) -> tuple[Path, FieldPlan | None, ModelPlan]:
        """Return the path of a location, its field unless it is a whole model, and the model."""
        plan, params, initial = self._root
        path: list[str] = []
        at = 0
        while at < len(location):
            field = plan.keys.get(cast(str, location[at]))
            if field is None:  # a place within a value that is no field of the page
                return tuple(path), None, plan
            path.append(field.name)
            at += 1
            if not field.is_nested:
                return tuple(path), field, plan
            if field.kind.multiple:
                if at == len(location):
                    return tuple(path), field, plan
                rows = self._rows.get(tuple(path))
                if rows is None:
                    rows = self._rows[tuple(path)] = rows_of(field, params, initial)
                index = location[at]
                if not isinstance(index, int) or index >= len(rows):
                    return tuple(path), field, plan  # of a tuple, one that did not come
                key, params, initial = rows[index]
                path.append(key)
                at += 1
            else:
                params = mapping_of(params.get(field.name))
                initial = mapping_of(initial.get(field.name))
            if field.union is not None:
                if at == len(location):
                    return tuple(path), field, plan
                at += 1  # the choice, which is part of pydantic's location
            elif at == len(location) and not field.kind.multiple:
                return tuple(path), None, field.pick(params, initial)
            plan = field.pick(params, initial)
        return tuple(path), None, plan
