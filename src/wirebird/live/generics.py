"""Which class a view's state is of, through generic bases.

The rule: type variables are followed from the class down to `Live[State]`, each replaced by what
the class above it gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast, get_args, get_origin


def argument_of(view: type[Any], base: type[Any]) -> Any:
    """Return what a class gives a generic base that has one parameter.

    Returns:
        The argument, `Page[int]` for `class Numbers(Pages[int])` where `Pages` is
        `LiveView[Page[T]], Generic[T]`; a type variable when none is given.
    """
    return _argument(view, base, {})


def plain_class(kind: Any) -> Any:
    """Return the class itself of a generic class with arguments: `Page` for `Page[int]`."""
    return get_origin(kind) or kind


def is_open(kind: Any) -> bool:
    """Tell whether a generic class still waits for arguments, as `Page[T]` does."""
    return not isinstance(kind, type) and bool(getattr(kind, "__parameters__", ()))


def _argument(view: Any, base: type[Any], given: Mapping[Any, Any]) -> Any:
    if view is base:
        (parameter,) = view.__parameters__
        return given.get(parameter, parameter)
    # A class that gives no arguments has no bases of its own to tell them.
    own = cast("dict[str, Any]", vars(view))
    bases: tuple[Any, ...] = own.get("__orig_bases__") or view.__bases__
    found: Any = None
    for generic in bases:
        kind = plain_class(generic)
        if kind is Generic or not isinstance(kind, type) or not issubclass(kind, base):
            continue
        parameters: tuple[Any, ...] = getattr(kind, "__parameters__", ())
        arguments = [_replaced(argument, given) for argument in get_args(generic)]
        argument = _argument(kind, base, dict(zip(parameters, arguments, strict=False)))
        if not isinstance(argument, TypeVar):
            return argument
        found = argument if found is None else found
    return found


def _replaced(argument: Any, given: Mapping[Any, Any]) -> Any:
    if argument in given:
        return given[argument]
    parameters = cast("tuple[Any, ...]", getattr(argument, "__parameters__", ()))
    if not parameters or isinstance(argument, type):
        return argument
    return argument[tuple(given.get(parameter, parameter) for parameter in parameters)]
