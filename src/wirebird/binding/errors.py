"""What is said when a payload or URL does not fit a handler.

Messages go to logs: long values are cut, and what may be a secret is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from wirebird.errors import DefinitionError, WirebirdError
from wirebird.names import is_secret

__all__ = ["BindingDefinitionError", "BindingError"]


class BindingDefinitionError(DefinitionError):
    """A signature cannot be bound; raised where it is defined."""


class BindingError(WirebirdError, ValueError):
    """What came does not fit a handler's signature. The handler has not been called.

    Attributes:
        errors: One dict for each mistake, with `type`, `loc` and `msg` as pydantic names them.
            The values themselves are left out: they may be secrets.
        function: The handler or dependency; None where it is not known.
    """

    def __init__(
        self, message: str, errors: list[dict[str, Any]], function: Callable[..., Any] | None = None
    ) -> None:
        super().__init__(message)
        self.errors = errors
        self.function = function

    @classmethod
    def of(
        cls,
        title: str,
        where: str,
        details: list[dict[str, Any]],
        source: Any,
        secrets: Collection[str] = (),
    ) -> BindingError:
        """Describe pydantic's `details` about `source`.

        Args:
            title: What does not take it.
            where: What it is: "payload", "URL", ...
            details: Pydantic's errors.
            source: What came; None when it is not to be shown.
            secrets: The keys whose values are not to be shown.
        """
        parts = [_describe(detail, source, secrets) for detail in details[:_MOST_ERRORS]]
        if len(details) > _MOST_ERRORS:
            parts.append(f"and {len(details) - _MOST_ERRORS} more")
        errors = [{key: detail[key] for key in ("type", "loc", "msg")} for detail in details]
        return cls(f"{title} does not take this {where}: {'; '.join(parts)}", errors)

    @classmethod
    def in_short(cls, title: str, where: str, why: str) -> BindingError:
        """Say only what is wrong with all of it."""
        detail = {"type": "value_error", "loc": (), "msg": why}
        return cls(f"{title} does not take this {where}: {why}", [detail])


_LONGEST_VALUE = 80
_MOST_ERRORS = 3


def _describe(detail: dict[str, Any], source: Any, secrets: Collection[str]) -> str:
    names = [str(part) for part in detail["loc"]]
    where = _shorten(".".join(names)) if names else "it"
    if detail["type"] == "missing":
        if not isinstance(source, Mapping):
            return f"{where} is missing"
        keys = ", ".join(repr(str(key)) for key in cast("Mapping[Any, Any]", source)) or "nothing"
        return f"{where} is missing (there is {keys[:_LONGEST_VALUE]})"
    message = " ".join(str(detail["msg"]).split())[:200]
    problem = message.removeprefix("Input ") if message.startswith("Input ") else f"- {message}"
    if source is None or any(name in secrets or is_secret(name) for name in names):
        return f"{where} {problem} (value not shown)"
    return f"{where} {problem} (got {_shorten(detail['input'])})"


def _shorten(value: Any) -> str:
    """A value for a message: scalars as they are, what may hold more by its kind only."""
    if isinstance(value, str):
        text = repr(value[: _LONGEST_VALUE + 1])
    elif (
        value is None
        or isinstance(value, float)
        or (isinstance(value, int) and value.bit_length() < 256)
    ):
        text = repr(value)
    else:
        return f"a {type(value).__name__}"
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."
