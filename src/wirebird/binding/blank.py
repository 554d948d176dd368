"""What an empty text means: nothing was entered, where the type itself takes no empty text.

The rule: browsers cannot say that a value is absent, so an optional one that is sent empty is its
default. It is looked at only when what came does not fit, and costs nothing before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, cast

from pydantic import ValidationError

Validate: TypeAlias = Callable[[Any], dict[str, Any]]
_Path: TypeAlias = tuple[int | str, ...]
_MOST = 100


def without_blanks(validate: Validate, data: Mapping[str, Any], error: ValidationError) -> Any:
    """Validate once more without the empty texts that did not fit.

    Args:
        validate: Validates the data.
        data: What came; it is not changed.
        error: What is wrong with it.

    Raises:
        ValidationError: Something else is wrong, or one of them is needed.
    """
    paths = _blanks(data, error) if error.error_count() <= _MOST else set[_Path]()
    if not paths:
        raise error
    try:
        return validate(_changed(data, paths, {}))
    except ValidationError as second:
        missing = {detail["loc"] for detail in second.errors() if detail["type"] == "missing"}
        if missing.isdisjoint(paths):
            raise
        try:
            return validate(_changed(data, paths, dict.fromkeys(missing & paths)))
        except ValidationError:
            return validate(_changed(data, paths - missing, {}))


def _blanks(data: Mapping[str, Any], error: ValidationError) -> set[_Path]:
    """Return where empty texts are that did not fit."""
    found: set[_Path] = set()
    for detail in error.errors(include_url=False, include_context=False):
        if detail["input"] != "":
            continue
        at: Any = data
        location = detail["loc"]
        for end, part in enumerate(location, 1):
            at = cast("Mapping[Any, Any]", at).get(part) if isinstance(at, Mapping) else None
            if at == "":
                found.add(location[:end])
            if not isinstance(at, Mapping):
                break
    return found


def _changed(
    data: Mapping[str, Any], without: Iterable[_Path], put: Mapping[_Path, Any]
) -> dict[str, Any]:
    """Return data without what is at some paths, or with other values there."""
    changed = dict(data)
    for path in without:
        at: dict[Any, Any] = changed
        for part in path[:-1]:
            at[part] = at = dict(at[part])
        if path in put:
            at[path[-1]] = put[path]
        else:
            at.pop(path[-1], None)
    return changed
