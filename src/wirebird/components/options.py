"""What a select, a group of radios or one of checkboxes offers, and which of it is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any, NamedTuple, TypeAlias, cast

from wirebird.forms.values import NoTextError, input_text, local_text
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


def text_of(name: str, value: Any, type: str) -> str | None:
    """Return a value as it stands in the page, None when there is none.

    Args:
        name: The input's name, for messages.
        value: The value.
        type: The type of the input.

    Raises:
        ComponentError: It has no text that could be read back.
    """
    if value is None:
        return None
    if isinstance(value, datetime | time) and type in ("datetime-local", "time"):
        return local_text(value)
    try:
        return input_text(value)
    except NoTextError as error:
        raise ComponentError(
            f"input({name!r}, value={value!r:.80}): {error}: give a text, such as"
            ' ", ".join(values) or json.dumps(value), or options=[...] for several values'
        ) from error


def choices(name: str, options: Options, chosen: Iterable[Any]) -> list[Choice]:
    """Return what is offered; `name` is the input's, for messages.

    Raises:
        ComponentError: There is nothing to choose.
    """
    pairs = _pairs(options)
    if not pairs:
        raise ComponentError(f"input({name!r}) offers nothing to choose: give options=[...]")
    on = {text_of(name, value, "") for value in chosen}
    texts = [text_of(name, value, "") for value, _ in pairs]
    return [
        Choice(text or "", str(label), text in on)
        for text, (_, label) in zip(texts, pairs, strict=True)
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
