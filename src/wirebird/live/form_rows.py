"""Rows that the server adds or moves, where otherwise only the page does.

The rule: what comes of it is what the browser would have sent for the same page.
"""

from __future__ import annotations

from typing import Any

from wirebird.live.form_params import mapping_of, rows_of, texts_of
from wirebird.live.form_schema import MISSING, FieldPlan, ModelPlan, Params
from wirebird.live.form_values import input_text


def written_out(plan: ModelPlan, params: Params, initial: Params) -> dict[str, Any]:
    """Return what was sent with all rows in it, also those that the form began with.

    Args:
        plan: The model's plan.
        params: What was sent, perhaps nothing.
        initial: The values of the beginning.
    """
    whole = dict(params)
    for field in plan.order:
        name = field.name
        if field.is_nested and field.kind.multiple:
            whole[name] = {
                key: written_out(field.pick(row, before), row, before)
                for key, row, before in rows_of(field, params, initial)
            }
        elif field.is_nested and (name in params or initial.get(name) is not None):
            row, before = mapping_of(params.get(name)), mapping_of(initial.get(name))
            whole[name] = written_out(field.pick(row, before), row, before)
        elif field.kind.multiple and not params and name in initial:
            whole |= _unused(field, list(texts_of(initial[name])))
    return whole


def as_sent(plan: ModelPlan, values: Params) -> dict[str, Any]:
    """Return values as a page sends them that nobody has touched."""
    sent: dict[str, Any] = {}
    for field in plan.order:
        value = values.get(field.name, MISSING)
        if value is MISSING or value is None:
            continue
        if not field.is_nested:
            texts = list(texts_of(value))
            sent |= _unused(field, texts if field.kind.multiple else input_text(value))
        elif field.kind.multiple:
            rows = map(mapping_of, value)
            sent[field.name] = {
                str(index): as_sent(field.pick(row, row), row) for index, row in enumerate(rows)
            }
        else:
            row = mapping_of(value)
            sent[field.name] = as_sent(field.pick(row, row), row)
    return sent


def _unused(field: FieldPlan, value: Any) -> dict[str, Any]:
    return {field.name: value, f"_unused_{field.name}": ""}


def put(params: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Store a value at a path of names and row keys that is written out."""
    for name in path[:-1]:
        params = params.setdefault(name, {})
    params[path[-1]] = value


def moved(rows: Params, key: str, by: int) -> dict[str, Any]:
    """Return rows in another order: one of them some places up or down, as far as it goes."""
    keys = list(rows)
    at = keys.index(key)
    keys.insert(max(0, at + by), keys.pop(at))
    return {key: rows[key] for key in keys}
