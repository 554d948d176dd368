"""What a browser sends of a form, made ready for pydantic, and what a form began with.

The rule: strings stay strings, since pydantic converts them; what is done here is what HTML cannot
say: that an empty text is no value, that no ticked box is an empty list. Lists and dicts are copied
on their way in and out, so that nobody else can change what a form holds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import tzinfo
from enum import Flag
from typing import Any, cast

from wirebird.forms.kept import entry_of, joined, no_choice_of, nothing_of, value_of
from wirebird.forms.schema import MISSING, NOTHING, FieldPlan, ModelPlan, Params, unwrapped
from wirebird.forms.values import input_text
from wirebird.wire.params import UNUSED, Repeated

PERSISTENT_ID = "_persistent_id"
_LONGEST_NUMBER = 9


def is_number(key: str) -> bool:
    """Tell whether a row's key is a number, written as we write it."""
    plain = key.isascii() and key.isdecimal() and len(key) <= _LONGEST_NUMBER
    return plain and (key[0] != "0" or key == "0")


def mapping_of(value: Any) -> Params:
    """Return a mapping as it is, and an empty one instead of anything else."""
    return cast(Params, value) if isinstance(value, Mapping) else NOTHING


def initial_row(rows: Any, key: str) -> Params:
    """Return what a row was in the beginning; the rows' keys were their numbers then."""
    if rows and is_number(key) and int(key) < len(rows):
        return mapping_of(rows[int(key)])
    return NOTHING


def rows_of(field: FieldPlan, params: Params, initial: Params) -> list[tuple[str, Params, Params]]:
    """Return the rows of a nested list: key, parameters, and what it was in the beginning."""
    before = initial.get(field.name) or ()
    value = params.get(field.name, MISSING)
    if value is MISSING:
        return [(str(index), NOTHING, mapping_of(row)) for index, row in enumerate(before)]
    rows = cast("Mapping[str, Params]", mapping_of(value))
    return [(key, row, initial_row(before, key)) for key, row in rows.items()]


def cleaned(
    plan: ModelPlan, params: Params, initial: Params, zone: tzinfo | None = None
) -> dict[str, Any]:
    """Return what pydantic is to make the model of.

    Args:
        plan: The model's plan.
        params: What came, in order.
        initial: The values of the beginning, which stand for what is not on the page.
        zone: The time zone in which times are entered; None for that of the first value.
    """
    if plan.is_open:
        return {**own_copy(dict(initial)), **_without_marks(params)}
    values: dict[str, Any] = {}
    for field in plan.order:
        raw = params.get(field.name, MISSING)
        if field.is_plain and type(raw) is str and raw and not raw.isspace() and "\n" not in raw:
            values[field.key] = raw
            continue
        value = field_value(field, raw, params, initial, zone)
        if value is not MISSING:
            values[field.key] = value
    return values


def field_value(
    field: FieldPlan, raw: Any, params: Params, initial: Params, zone: tzinfo | None = None
) -> Any:
    """Return what pydantic is given for one field; `MISSING` for nothing."""
    if field.is_nested:
        return _nested(field, raw, params, initial, zone)
    if field.kind.multiple:
        return _several(field, raw, initial)
    if raw is MISSING:
        value = initial.get(field.name, None if field.is_nullable else MISSING)
        return own_copy(field.again(value)) if value is not MISSING else MISSING
    if raw is None or isinstance(raw, str):
        return _scalar(field, "" if raw is None else str.__str__(raw), initial, zone)
    return _without_marks(cast(Params, raw)) if isinstance(raw, Mapping) else own_copy(raw)


def _several(field: FieldPlan, raw: Any, initial: Params) -> Any:
    if raw is MISSING:
        if field.name in initial:
            return own_copy(field.again(initial[field.name]))
        return MISSING if field.has_default else no_choice_of(field, initial)
    entries = [entry for entry in entries_of(raw) if entry != ""]
    if not entries:
        return no_choice_of(field, initial)
    return joined(field, [entry_of(field, e, initial) if type(e) is str else e for e in entries])


def _scalar(field: FieldPlan, text: str, initial: Params, zone: tzinfo | None) -> Any:
    bare = text if field.is_text and not field.strip else text.strip()
    if not bare and "" not in field.texts:
        return nothing_of(field, text, initial)
    if text in field.kind.values:
        return field.kind.values[text]
    return value_of(field, text, initial, zone)


def _nested(
    field: FieldPlan, raw: Any, params: Params, initial: Params, zone: tzinfo | None
) -> Any:
    name = field.name
    if field.kind.multiple:
        if raw is MISSING and name not in initial and field.has_default:
            return MISSING
        rows = rows_of(field, params, initial)
        if not rows and field.kind.nullable and initial.get(name) is None:
            return None
        return [cleaned(field.pick(row, before), row, before, zone) for _, row, before in rows]
    before = initial.get(name, MISSING)
    if raw is MISSING:
        if before is None or (before is MISSING and field.is_nullable):
            return None
        if before is MISSING and field.has_default:
            return MISSING
        raw = NOTHING
    elif field.kind.nullable and is_blank(raw):
        return None
    row, start = mapping_of(raw), mapping_of(before)
    return cleaned(field.pick(row, start), row, start, zone)


def entries_of(raw: Any) -> list[Any]:
    """Return what came for a field of several values."""
    if isinstance(raw, Repeated):
        return list(raw.values)
    if isinstance(raw, Mapping):
        return list(_without_marks(cast(Params, raw)).values())
    if isinstance(raw, Collection | Flag) and not isinstance(raw, str | bytes):
        return list(cast("Iterable[Any]", raw))
    return [] if raw is MISSING or raw is None else [raw]


def is_blank(raw: Any) -> bool:
    """Tell whether nothing was entered: no text, no choice, no tick."""
    if isinstance(raw, str):
        return raw == "" or raw == "false"
    if isinstance(raw, Mapping):
        return all(map(is_blank, _without_marks(cast(Params, raw)).values()))
    if isinstance(raw, list):
        return all(map(is_blank, cast("list[Any]", raw)))
    return raw is None


def is_used(params: Params, name: str) -> bool:
    """Tell whether a person has used a field; a group is used when any member of it is."""
    if name not in params or f"{UNUSED}{name}" in params:
        return False
    value = params[name]
    if isinstance(value, Mapping):
        return any(
            is_used(cast(Params, value), key)
            for key in cast("Mapping[str, Any]", value)
            if not key.startswith(UNUSED) and key != PERSISTENT_ID
        )
    return True


def is_reset(before: Params, now: Params) -> bool:
    """Tell whether fields that were not marked as unused are so again: a form's reset does that."""
    for key, value in now.items():
        if key.startswith(UNUSED):
            if key not in before and key.removeprefix(UNUSED) in before:
                return True
        elif isinstance(value, Mapping):
            inner = before.get(key)
            if isinstance(inner, Mapping) and is_reset(cast(Params, inner), cast(Params, value)):
                return True
    return False


def _without_marks(params: Params) -> dict[str, Any]:
    return {
        key: _without_marks(cast(Params, value)) if isinstance(value, Mapping) else own_copy(value)
        for key, value in params.items()
        if not key.startswith(UNUSED) and key not in (PERSISTENT_ID, "_target")
    }


def own_copy(value: Any) -> Any:
    """Return a value with lists, dicts and sets of its own; what is in them stays the same."""
    kind: Any = cast(Any, type(value))
    if kind is dict:
        return {key: own_copy(each) for key, each in value.items()}
    if kind is list:
        return [own_copy(each) for each in value]
    if kind is tuple:
        return tuple(map(own_copy, value))
    return value.copy() if kind in (set, deque) else value


def snapshot(plan: ModelPlan, source: Any) -> dict[str, Any]:
    """Return the values that a form or a row begins with, as plain dicts, lists and values.

    What a function makes and what is nested is there even if the source lacks it.

    Args:
        plan: The model's plan.
        source: An instance of the model, a mapping of some values, or None.
    """
    get = _reader(plan, source)
    if plan.is_open:
        return own_copy(dict(mapping_of(source)))
    values: dict[str, Any] = {}
    for field in plan.order:
        value = unwrapped(get(field.name))
        if value is MISSING and (field.factory is not None or field.is_nested):
            value = field.made_default()
        if value is MISSING:
            continue
        if field.is_nested and value is not None:
            value = _snapshot_of_nested(field, value)
        values[field.name] = own_copy(value)
    return values


def _snapshot_of_nested(field: FieldPlan, value: Any) -> Any:
    if not field.kind.multiple:
        return snapshot(_plan_for(field, value), value)
    return [snapshot(_plan_for(field, each), each) for each in value]


def _plan_for(field: FieldPlan, value: Any) -> ModelPlan:
    if field.union is None:
        return field.pick(NOTHING, NOTHING)
    name = field.union.tag.name
    tag = mapping_of(value).get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    return field.pick({name: tag}, NOTHING)


def _reader(plan: ModelPlan, source: Any) -> Callable[[str], Any]:
    if source is None:
        return lambda name: MISSING
    if isinstance(source, Mapping):
        given = cast(Params, source)
        for name in given:
            plan.field(name)  # raises, with what was meant
        return lambda name: given.get(name, MISSING)
    return lambda name: getattr(source, name, MISSING)


def texts_of(value: Any) -> Iterator[str]:
    """Return several values as inputs have them."""
    for entry in entries_of(value):
        if not isinstance(entry, Mapping | list | tuple):
            yield input_text(entry)
