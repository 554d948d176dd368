"""`Reading`: how pydantic writes the values of one type as text, and reads them from it.

The rule: it is asked only about types that have no text of their own here, and trusts no text that
pydantic would not read as the same value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import ConfigDict, TypeAdapter
from pydantic_core import PydanticSerializationError

from wirebird.forms.values import NoTextError, input_text

_UNREADABLE = object()
_NUMBERS = (int, float, complex)


class Reading:
    """The texts of one type.

    Args:
        hint: The type, with its metadata.
        config: The configuration of its model.
    """

    def __init__(self, hint: Any, config: Mapping[str, Any]) -> None:
        try:
            adapter = TypeAdapter[Any](hint, config=cast(ConfigDict, config) if config else None)
        except Exception:  # a type that has a configuration of its own
            adapter = TypeAdapter[Any](hint)
        self._adapter = adapter

    def jsonable(self, value: Any) -> Any:
        """Return a value as pydantic writes it to JSON, to be read by itself.

        Raises:
            NoTextError: It writes nothing of the kind.
        """
        try:
            return self._adapter.dump_python(value, mode="json", round_trip=True, warnings=False)
        except (PydanticSerializationError, ValueError) as error:
            raise NoTextError(str(error).partition("\n")[0]) from error

    def text(self, value: Any) -> str:
        """Return a value as text.

        Raises:
            NoTextError: Pydantic writes it as something else.
        """
        return input_text(self.jsonable(value))

    def is_same(self, value: Any, text: str) -> bool:
        """Tell whether a text is read as a value, if the value can be read at all."""
        came, meant = self._read(text), self._read(value)
        if came is _UNREADABLE:
            return meant is _UNREADABLE
        return any(_is_equal(came, each) for each in (meant, value))

    def _read(self, value: Any) -> Any:
        try:
            return self._adapter.validate_python(value, strict=False)
        except Exception:  # what a validator raises of which this is not the place to speak
            return _UNREADABLE


def _is_equal(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        numbers = all(
            isinstance(each, _NUMBERS) and each is not True and each is not False
            for each in (one, other)
        )
        return numbers and one == other
    return one == other or repr(one) == repr(other)
