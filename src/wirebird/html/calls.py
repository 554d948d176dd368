"""Calls the function or class that stands in `<{component} ...>` with what the tag holds.

The rule: attributes, children and slots become keyword arguments, and what does not fit the
component's signature is an error that names the component before it runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any
from weakref import WeakKeyDictionary

from wirebird.html.errors import ComponentError
from wirebird.html.slots import EMPTY, Slot
from wirebird.names import did_you_mean


@dataclass(frozen=True, slots=True)
class Signature:
    """The keyword arguments of a component."""

    names: frozenset[str]
    required: frozenset[str]
    any_name: bool
    positional: tuple[str, ...]


_signatures: WeakKeyDictionary[Any, tuple[Signature, Signature]] = WeakKeyDictionary()


def signature_of(component: Callable[..., Any]) -> Signature:
    """Return what a component takes; asked once for each function."""
    function = getattr(component, "__func__", component)
    try:
        known = _signatures.get(function)
    except TypeError:  # an instance that cannot be hashed or weakly referenced
        return _inspect(component)
    if known is None:
        known = (_inspect(function), _inspect(component))
        try:
            _signatures[function] = known
        except TypeError:
            return known[1]
    return known[0] if component is function else known[1]


def _inspect(component: Callable[..., Any]) -> Signature:
    try:
        parameters = inspect.signature(component).parameters.values()
    except ValueError:  # built-ins that do not tell
        return Signature(frozenset(), frozenset(), True, ())
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    return Signature(
        frozenset(p.name for p in named),
        frozenset(p.name for p in named if p.default is p.empty),
        any(p.kind is p.VAR_KEYWORD for p in parameters),
        tuple(p.name for p in parameters if p.kind is p.POSITIONAL_ONLY and p.default is p.empty),
    )


def call(
    component: Any,
    shown: str,
    props: Mapping[str, Any],
    children: Slot | None,
    slots: Mapping[str, list[Slot]],
) -> Any:
    """Return what the component makes of its attributes, children and slots.

    Args:
        component: A function, a class whose instances are called without arguments, or something
            with a `__place__` that takes all as keyword arguments (a live component).
        shown: What stands in the tag, for messages.
        props: The attributes by the names that they have in the tag.
        children: The content, or None when there is none.
        slots: The named slots, in the order in which they were written.

    Raises:
        ComponentError: The component does not take what the tag holds.
    """
    if not callable(component):
        raise ComponentError(
            f"<{{{shown}}}> is no component: {component!r:.80} is a {type(component).__name__},"
            " and a component is a function or a class"
        )
    place = getattr(component, "__place__", None)
    if place is not None:
        content: dict[str, Any] = {} if children is None else {"inner_block": children}
        named = {name.replace("-", "_"): value for name, value in props.items()}
        return place(**named, **content, **slots)
    return component(**arguments_of(component, shown, props, children, slots))


def arguments_of(
    component: Any,
    shown: str,
    props: Mapping[str, Any],
    children: Slot | None,
    slots: Mapping[str, list[Slot]],
) -> dict[str, Any]:
    """Return what a function is called with that stands in a tag; see `call`.

    Raises:
        ComponentError: It does not take what the tag holds.
    """
    takes = signature_of(component)
    arguments: dict[str, Any] = {}
    for name, value in props.items():
        argument = name.replace("-", "_")
        if iskeyword(argument):
            argument += "_"
        if argument not in takes.names:
            if not takes.any_name:
                _unknown(shown, name, takes)
            argument = name
        if argument in arguments:
            raise ComponentError(f"<{{{shown}}}> got {argument} twice: take one of them away")
        arguments[argument] = value
    if children is not None or "children" in takes.required:
        if "children" in arguments:
            raise ComponentError(
                f"<{{{shown}}}> got children twice: as an attribute and between its tags"
            )
        if "children" in takes.names:
            arguments["children"] = children or EMPTY
    for name, entries in slots.items():
        if name in arguments:
            raise ComponentError(f"<{{{shown}}}> got {name} twice: as an attribute and as a slot")
        if name not in takes.names and not takes.any_name:
            _unknown(shown, f":{name}", takes)
        arguments[name] = entries
    if takes.positional or not takes.required <= arguments.keys():
        _missing(shown, takes, arguments)
    return arguments


def _unknown(shown: str, name: str, takes: Signature) -> None:
    known = [each.replace("_", "-") for each in sorted(takes.names)]
    kind = "a slot" if name.startswith(":") else "an attribute"
    wanted = name.lstrip(":").replace("_", "-")
    remedy = did_you_mean(wanted, known, f"it takes {', '.join(known) or 'none'}")
    raise ComponentError(f"<{{{shown}}} {name}> has {kind} that the component lacks: {remedy}")


def _missing(shown: str, takes: Signature, arguments: Mapping[str, Any]) -> None:
    if takes.positional:
        raise ComponentError(
            f"<{{{shown}}}> has parameters without names ({', '.join(takes.positional)}):"
            " take the / out of its signature"
        )
    missing = sorted(takes.required - arguments.keys())
    example = " ".join([f"{name.replace('_', '-')}={{...}}" for name in missing])
    raise ComponentError(f"<{{{shown}}}> lacks {', '.join(missing)}: write <{{{shown}}} {example}>")
