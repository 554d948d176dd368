"""What a select, a group of radios or one of checkboxes offers, and which of it is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias, cast

from wirebird.forms.values import input_text
from wirebird.html.errors import ComponentError

Options: TypeAlias = Iterable[Any] | Mapping[Any, Any]
"""Values, `(value, label)` pairs, or a dict of values to labels; in a select a dict's value may be
more options, as a group under its key."""


class Choice(NamedTuple):
    """One option as it stands in the page."""

    value: str
    label: str
    chosen: bool


Group: TypeAlias = tuple[str | None, list[Choice]]
"""A select's options under one heading; None for those without one."""


def text_of(value: Any, type: str) -> str | None:
    """Return a field's value as it stands in the page, None when there is none."""
    if value is None:
        return None
    if isinstance(value, datetime) and type != "datetime-local":
        return value.isoformat(timespec="minutes" if not value.second else "seconds")
    return input_text(value)


def choices(name: str, options: Options, chosen: Iterable[Any]) -> list[Choice]:
    """Return what is offered; `name` is the input's, for messages.

    Raises:
        ComponentError: There is nothing to choose.
    """
    pairs = _pairs(options)
    if not pairs:
        raise ComponentError(f"input({name!r}) offers nothing to choose: give options=[...]")
    on = {text_of(value, "") for value in chosen}
    return [
        Choice(text_of(value, "") or "", str(label), text_of(value, "") in on)
        for value, label in pairs
    ]


def grouped(name: str, options: Options, chosen: Iterable[Any]) -> list[Group]:
    """Return a select's options in their groups; those without a group are one without a name."""
    chosen = list(chosen)
    groups: list[Group] = []
    for value, label in _pairs(options):
        if isinstance(label, (Mapping, list)):
            groups.append((str(value), choices(name, cast(Options, label), chosen)))
            continue
        if not groups or groups[-1][0] is not None:
            groups.append((None, []))
        groups[-1][1].extend(choices(name, [(value, label)], chosen))
    return groups


def _pairs(options: Options) -> list[tuple[Any, Any]]:
    if isinstance(options, Mapping):
        return list(cast("Mapping[Any, Any]", options).items())
    return [
        cast("tuple[Any, Any]", option)
        if isinstance(option, tuple) and len(cast("tuple[Any, ...]", option)) == 2
        else (option, option)
        for option in options
    ]
