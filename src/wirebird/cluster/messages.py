"""What a message is on its way through a broker: the name of its type, and JSON.

The rule: what arrives is what was sent, of the same type, or the sender is told at the call. A name
that arrives is only looked up among the types that this process takes: nothing is imported for it,
and nothing but pydantic reads what came with it.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError
from pydantic_core import PydanticSerializationError

from wirebird.errors import WirebirdError
from wirebird.live.messages import Resubscribed, broadcastable_types
from wirebird.live.view import views

LARGEST = 16 * 1024 * 1024
"""Most bytes that a message may have on its way."""

JSON = "json"
"""The name of what has no type but JSON's own."""

_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="constants")
_JSON_TYPES = (type(None), bool, int, float, str, list, dict)
_BUILTIN: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        bytes, tuple, set, frozenset, Decimal, UUID, date, datetime, time, timedelta, Resubscribed,
    )
}  # fmt: skip
_NAMES: dict[type[Any], str] = {
    **dict.fromkeys(_JSON_TYPES, JSON),
    **{kind: name for name, kind in _BUILTIN.items()},
}


class UnsendableMessage(WirebirdError, TypeError):
    """A message that a broker cannot carry to other processes; nobody has received it."""


class UnknownMessage(WirebirdError, LookupError):
    """A message arrived whose type nothing in this process takes."""


class MalformedMessage(WirebirdError, ValueError):
    """Something arrived that no sender of ours has sent, or another version of it."""


def type_name(kind: type[Any]) -> str:
    """Return the name under which messages of a class travel."""
    return _NAMES.get(kind) or f"{kind.__module__}:{kind.__qualname__}"


def encode(message: Any) -> tuple[str, bytes]:
    """Return a message as the name of its type, and JSON.

    Raises:
        UnsendableMessage: What would arrive is not what was sent.
    """
    kind = cast("type[Any]", type(message))
    name = type_name(kind)
    if kind not in _NAMES and not _is_of_an_application(kind):
        raise _unsendable(name, "it has no place of its own in JSON")
    try:
        adapter = _adapter(kind)
        data = adapter.dump_json((message,), by_alias=True, round_trip=True, warnings="error")
        (back,) = adapter.validate_json(data)
    except (PydanticSerializationError, ValidationError) as error:
        raise _unsendable(name, _first_of(error)) from error
    except PydanticSchemaGenerationError as error:
        raise _unsendable(name, str(error).partition(". ")[0]) from error
    except Exception as error:
        raise _unsendable(name, f"{type(error).__name__}: {error}") from error
    if not _same(message, back):
        problem = difference(message, back)
        if problem is not None:
            raise _unsendable(name, problem)
    if len(data) > LARGEST:
        raise _unsendable(name, f"it has {len(data):,} bytes, and {LARGEST:,} are allowed")
    return name, data


class Decoder:
    """Makes messages of what arrived; knows the types that this process takes.

    These are JSON's own, dates and the like, what an `@info` handler of a loaded view takes, with
    its subclasses, and what is marked `@broadcastable`.
    """

    def __init__(self) -> None:
        self._known: dict[str, type[Any]] = dict(_BUILTIN)
        self._known[JSON] = object

    def decode(self, name: str, data: bytes) -> Any:
        """Return the message that was sent.

        Raises:
            UnknownMessage: Nothing here takes messages of that type.
            MalformedMessage: The message does not fit its type as it is here.
        """
        kind = self._known.get(name) or self._find(name)
        try:
            (message,) = _adapter(kind).validate_json(data)
        except Exception as error:  # of a validator of the application's, too
            why = _first_of(error) if isinstance(error, ValidationError) else str(error)
            raise MalformedMessage(f"a message of the type {name} does not fit: {why}") from error
        return message

    def _find(self, name: str) -> type[Any]:
        for kind in _taken():
            if type_name(kind) == name:
                self._known[name] = kind
                return kind
        raise UnknownMessage(
            f"no view of this process has an @info handler for messages of the type {name};"
            " where other code takes them, mark the class @broadcastable"
        )


def _taken() -> Iterator[type[Any]]:
    roots = dict.fromkeys(broadcastable_types)
    for view in tuple(views.values()):
        roots.update(dict.fromkeys(view.definition.handlers.infos))
    seen: set[type[Any]] = set()
    left = [root for root in roots if _is_of_an_application(root)]
    while left:
        kind = left.pop()
        if kind not in seen:
            seen.add(kind)
            yield kind
            left += type.__subclasses__(kind)


def _is_of_an_application(kind: type[Any]) -> bool:
    """Tell whether a class is no base of what everybody has, such as `object` or `BaseModel`."""
    package = kind.__module__.partition(".")[0]
    return package not in ("pydantic", "pydantic_core") and (
        package == "__main__" or package not in sys.stdlib_module_names
    )


@lru_cache(maxsize=4096)
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    # In a tuple, classes that have no configuration of their own take ours.
    inner: Any = Any if kind is object or kind in _JSON_TYPES else kind
    return TypeAdapter(cast(Any, tuple)[inner], config=_CONFIG)


def _first_of(error: PydanticSerializationError | ValidationError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return f"{where}: {first['msg']}" if where else first["msg"]
    text = " ".join(str(error).removeprefix("Pydantic serializer warnings:").split())
    if "invalid utf-8" in text:
        text += ' (its model needs model_config = {"ser_json_bytes": "base64", "val_json_bytes":'
        text += ' "base64"})'
    return text


def _unsendable(name: str, why: str) -> UnsendableMessage:
    return UnsendableMessage(
        f"a message of the type {name} cannot go through a broker: {why[:500]}. Send a dataclass or"
        " a pydantic model, whose fields say their types, or a JSON value; local_broadcast sends"
        " any object, to views of this process"
    )


def _same(sent: Any, back: Any) -> bool:
    try:
        return type(sent) is type(back) and bool(sent == back)
    except Exception:  # of an `__eq__` that does not compare, as numpy's
        return False


def difference(sent: Any, back: Any, where: str = "it") -> str | None:
    """Return how what arrives differs from what was sent; None if it does not.

    Args:
        sent: What was sent.
        back: What arrives.
        where: What the two are.
    """
    if type(sent) is not type(back):
        return f"{where} is a {_called(sent)} and would arrive as a {_called(back)}"
    if _same(sent, back):
        return None
    parts = _parts(sent, back)
    if parts is None:
        # Objects that only equal themselves say nothing about whether they are alike.
        alike = type(sent).__eq__ is object.__eq__ or (sent != sent and back != back)
        return None if alike else f"{where} is {sent!r:.80} and would arrive as {back!r:.80}"
    if len(parts[0]) != len(parts[1]) or parts[0].keys() != parts[1].keys():
        return f"{where} is {sent!r:.80} and would arrive as {back!r:.80}"
    for name, part in parts[0].items():
        label = f"{where}{name}" if where != "it" else f"its {name.lstrip('.')}"
        found = difference(part, parts[1][name], label)
        if found is not None:
            return found
    return None


def _called(value: Any) -> str:
    kind = cast("type[Any]", type(value))
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _parts(sent: Any, back: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return what two objects of one class are made of, if that can be said."""
    if isinstance(sent, BaseModel):
        names = [*type(sent).model_fields, *(sent.model_extra or ())]
        return _attributes(sent, names), _attributes(back, names)
    if dataclasses.is_dataclass(sent):
        names = [field.name for field in dataclasses.fields(sent)]
        return _attributes(sent, names), _attributes(back, names)
    if isinstance(sent, Mapping):
        return _items(cast("Mapping[Any, Any]", sent)), _items(back)
    if isinstance(sent, list | tuple):
        return _numbered(cast("list[Any]", sent)), _numbered(back)
    return None


def _attributes(value: Any, names: Sequence[str]) -> dict[str, Any]:
    return {f".{name}": getattr(value, name, None) for name in names}


def _items(items: Mapping[Any, Any]) -> dict[str, Any]:
    return {f"[{key!r:.80}]": value for key, value in items.items()}


def _numbered(items: Sequence[Any]) -> dict[str, Any]:
    return {f"[{place}]": value for place, value in enumerate(items)}
