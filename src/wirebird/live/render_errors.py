"""What an error while rendering is told in addition: which view, which template, which line.

The rule: the error itself stays what it is; what is known of the place is a note on it.
"""

from __future__ import annotations

import dataclasses
import inspect
import linecache
import re
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, cast
from weakref import WeakValueDictionary

from jinja2 import TemplateSyntaxError, UndefinedError
from pydantic import BaseModel

from wirebird.names import did_you_mean

_MISSING = re.compile(r"'([^']+)' is undefined")
_MOST_NAMES = 30

_owners = WeakValueDictionary[str, type[Any]]()  # of templates that are in no file of their own


def note_place(error: Exception, view: Any) -> None:
    """Add to an error where in a view's template it was raised.

    Args:
        error: What rendering raised.
        view: The view, or component, that was rendered.
    """
    place = _place(error)
    lines = [f"while rendering {type(view).__name__}" + (f", {place}" if place else "")]
    if isinstance(error, UndefinedError):
        lines.append(_what_there_is(error, getattr(view, "state", None)))
    note = "\n".join(line for line in lines if line)
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def remember_source(name: str, view: type[Any]) -> None:
    """Let tracebacks show the lines of a template that is in no file of its own.

    Args:
        name: What the template is called.
        view: The class whose `html` it is.
    """
    source: str = view.html
    lines = [line + "\n" for line in source.splitlines()]
    linecache.cache[name] = (len(source), None, lines, name)
    _owners[name] = view


def written_at(file: str, line: int) -> tuple[str, int]:
    """Return where people find a line of a template: in Python, if it is written there.

    Args:
        file: The template's file or, if it has none of its own, its name.
        line: The line of it.
    """
    owner = _owners.get(file)
    kinds = () if owner is None else owner.__mro__
    kind = next((each for each in kinds if vars(each).get("html")), None)
    if kind is None:
        return file, line
    try:
        path = inspect.getsourcefile(kind)
        lines, first = inspect.getsourcelines(kind)
    except (OSError, TypeError):
        return file, line
    parts = "".join(lines).split(cast("Any", kind).html)
    if path is None or len(parts) != 2:  # it is put together when the program runs
        return file, line
    return path, first + parts[0].count("\n") + line - 1


def state_fields(state: Any) -> list[str]:
    """Return the names that a template finds in a state, without reading their values."""
    if isinstance(state, Mapping):
        return sorted(map(str, cast("Mapping[Any, Any]", state)))
    names: set[str] = set()
    if dataclasses.is_dataclass(state):
        names.update(field.name for field in dataclasses.fields(state))
    names.update(getattr(state, "__dict__", ()))
    for kind in type(state).__mro__:
        if kind is not BaseModel:
            names.update(cast("Iterable[str]", getattr(kind, "__slots__", ())))
            names.update(name for name, value in vars(kind).items() if isinstance(value, property))
    return sorted(name for name in names if name[:1] != "_")


def _place(error: Exception) -> str:
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name}, line {error.lineno}"
    found: TracebackType | None = None
    traceback = error.__traceback__
    while traceback is not None:
        # Jinja puts frames like this one in the place of those of compiled templates.
        if "__jinja_exception__" in traceback.tb_frame.f_globals:
            found = traceback
        traceback = traceback.tb_next
    if found is None:
        return ""
    file, number = found.tb_frame.f_code.co_filename, found.tb_lineno
    linecache.checkcache(file)
    line = linecache.getline(file, number).strip()
    file, number = written_at(file, number)
    return f"{file}, line {number}" + (f": {line}" if line else "")


def _what_there_is(error: UndefinedError, state: Any) -> str:
    missing = _MISSING.search(str(error))
    if state is None or missing is None:
        return ""
    names = state_fields(state)
    kind = type(state).__name__
    if not names:
        return f"the state {kind} has no fields"
    more = ", ..." if len(names) > _MOST_NAMES else ""
    meant = did_you_mean(missing[1], names)
    hint = f"; {meant}" if meant else ""
    return f"the state {kind} has: {', '.join(names[:_MOST_NAMES])}{more}{hint}"
