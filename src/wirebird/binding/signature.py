"""Reading a callable's parameters and evaluating their annotations, on every supported Python.

Only parameters are evaluated: an unknown name in a return annotation harms nobody here.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, MutableMapping
from types import FrameType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import typing_extensions

from wirebird.binding.depends import alias_value
from wirebird.concurrency import unwrap

if sys.version_info >= (3, 14):
    from annotationlib import Format


def source_of(function: Any) -> str:
    """Where a callable is defined, as `file:line` (or its module, where there is no code)."""
    target = inspect.unwrap(unwrap(function))
    target = target.__init__ if isinstance(target, type) else target
    code = getattr(target, "__code__", None)
    if code is None:
        return str(getattr(unwrap(function), "__module__", "?"))
    return f"{code.co_filename}:{code.co_firstlineno}"


def parameters_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters of a callable, their annotations not yet evaluated.

    Raises:
        ValueError: The callable has no signature that Python can tell.
    """
    if sys.version_info >= (3, 14):
        signature = inspect.signature(function, annotation_format=Format.FORWARDREF)
    else:
        signature = inspect.signature(function)
    return list(signature.parameters.values())


def annotation_of(
    parameter: inspect.Parameter,
    function: Callable[..., Any],
    scope: Mapping[str, Any] | None,
) -> Any:
    """Evaluate one parameter's annotation, `Annotated` metadata kept.

    Names are looked up in the function's module first; then, for names unknown there, in what
    encloses the function: its closure, the functions being run that define it, the class `scope`.

    Returns:
        The annotation, or `inspect.Parameter.empty`.

    Raises:
        Exception: Whatever evaluating it raises; `NameError` for an unknown name.
    """
    if parameter.annotation is parameter.empty:
        return parameter.empty

    def holder() -> None: ...

    holder.__annotations__ = {parameter.name: parameter.annotation}
    target = inspect.unwrap(unwrap(function))
    names = _globals_of(target)
    try:
        hints = get_type_hints(holder, globalns=names, include_extras=True)
    except NameError:
        nearer = _enclosing_names(target, names) | dict(scope or {})
        hints = get_type_hints(holder, globalns=names, localns=nearer, include_extras=True)
    return hints[parameter.name]


def _globals_of(target: Any) -> dict[str, Any]:
    names = getattr(target, "__globals__", None)
    if names is None:
        module = sys.modules.get(getattr(target, "__module__", ""))
        names = vars(module) if module else {}
    return names


def _enclosing_names(target: Any, module: Mapping[str, Any]) -> dict[str, Any]:
    # A class within a function is decorated while that function runs: its names are in no closure
    # yet, as nothing but an annotation uses them, and only its frame has them. The qualified name
    # tells which functions those are; no frame of another module is looked into.
    found: dict[str, Any] = {}
    if isinstance(target, type):
        for base in reversed(target.__mro__):
            found |= _globals_of(base)
    *outer, _ = str(getattr(target, "__qualname__", "")).split(".<locals>.")
    qualnames = {".<locals>.".join(outer[: depth + 1]) for depth in range(len(outer))}
    frame: FrameType | None = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    running: dict[str, Any] = {}
    while frame is not None and qualnames:
        if frame.f_code.co_qualname in qualnames and frame.f_globals is module:
            running = dict(frame.f_locals) | running
        frame = frame.f_back
    found |= running
    code, cells = getattr(target, "__code__", None), getattr(target, "__closure__", None)
    if code is not None and cells:
        for name, cell in zip(code.co_freevars, cells, strict=True):
            try:
                found[name] = cell.cell_contents
            except ValueError:  # not assigned yet
                continue
    for variable in getattr(target, "__type_params__", ()):
        found[variable.__name__] = variable
    return found


def arms_of(annotation: Any) -> tuple[list[Any], bool]:
    """The members of a union (or the annotation alone), and whether `None` is one of them.

    `Annotated` and `type` aliases are looked through.
    """
    if (alias := alias_value(annotation)) is not None:
        return arms_of(alias)
    if hasattr(annotation, "__metadata__"):
        return arms_of(get_args(annotation)[0])
    if get_origin(annotation) not in (Union, UnionType):
        return ([], True) if annotation in (None, NoneType) else ([annotation], False)
    arms: list[Any] = []
    nullable = False
    for member in get_args(annotation):
        inner, none = arms_of(member)
        arms += inner
        nullable = nullable or none
    return arms, nullable


MEANINGS = {
    "socket": "the view's socket",
    "session": "the session",
    "params": "the path and query",
    "payload": "the event's raw payload",
    "event": "the event's name",
    "url": "the page's URL",
}
_MAPPINGS = (dict, Mapping, MutableMapping)


def special_problem(name: str, annotation: Any) -> str | None:
    """What is wrong with annotating a special parameter so; None if nothing is."""
    arms, _ = arms_of(annotation)
    if not arms or any(arm in (Any, object) for arm in arms):
        return None
    kinds = [get_origin(arm) or arm for arm in arms]
    if name in ("url", "event"):
        return None if set(kinds) == {str} else "annotate it as str"
    if name == "socket":
        wrong = any(isinstance(kind, type) and kind.__module__ == "builtins" for kind in kinds)
        return "annotate it as the socket's class" if wrong else None
    if name == "session":
        fits = all(kind in _MAPPINGS or typing_extensions.is_typeddict(kind) for kind in kinds)
        return None if fits else "annotate it as dict[str, Any]"
    if not all(kind in _MAPPINGS for kind in kinds):
        return "annotate it as dict[str, Any]"
    raw = (Any, object, *((str, list[str]) if name == "params" else ()))
    values = [(get_args(arm) or (str, Any))[1] for arm in arms]
    fits = all(part in raw for value in values for part in arms_of(value)[0])
    return None if fits else "it comes raw, so annotate it as dict[str, Any]"
