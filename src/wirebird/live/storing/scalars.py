"""Values that have no others in them: numbers, texts, times, paths and the like.

The rule: each is written as what JSON has, in a form that says all that the value is.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from operator import methodcaller
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup
from pydantic import SecretBytes, SecretStr

from wirebird.live.storing.kinds import Kind, UnfitError, UnstorableError, unstorable


def _plain(kind: type[Any], *more: type[Any]) -> Kind:
    """Return the kind of values that JSON has as they are."""
    shape, kinds = kind.__name__, frozenset((kind, *more))

    def write(value: Any) -> Any:
        if type(value) in kinds:
            return value
        raise unstorable(value, shape)

    def read(value: Any, before: Any) -> Any:
        if type(value) in kinds:
            return value
        raise UnfitError(f"{value!r:.80} is no {shape}")

    return Kind(shape, write, read, lambda value: type(value) in kinds, kinds)


def _as(
    kind: type[Any],
    write: Callable[[Any], Any],
    read: Callable[[Any], Any],
    written: type[Any] = str,
    shape: str = "",
) -> Kind:
    """Return the kind of values of one class, by two functions that undo each other."""
    shape = shape or kind.__name__

    def checked(value: Any) -> Any:
        if type(value) is kind:
            return write(value)
        raise unstorable(value, shape)

    def made(value: Any, before: Any) -> Any:
        if type(value) is written:
            try:
                found = read(value)
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                raise UnfitError(f"{value!r:.80} is no {shape}: {error}") from error
            if type(found) is kind:
                return found
        raise UnfitError(f"{value!r:.80} is no {shape}")

    return Kind(shape, checked, made, lambda value: type(value) is kind)


def _write_float(value: Any) -> Any:
    if type(value) is float:
        return value if math.isfinite(value) else [repr(value)]
    if type(value) is int:  # which Python takes for a float
        return value
    raise unstorable(value, "float")


def _read_float(value: Any, before: Any) -> Any:
    if type(value) is float or type(value) is int:
        return value
    if isinstance(value, list):
        try:
            (text,) = cast("list[str]", value)
            return float(text)
        except (TypeError, ValueError):
            pass
    raise UnfitError(f"{value!r:.80} is no float")


FLOAT = Kind("float", _write_float, _read_float, lambda value: type(value) in (float, int))
NONE = _plain(type(None))
TEXT = _plain(str)


def _write_datetime(value: datetime) -> Any:
    text = value.isoformat()
    return f"{text}[{_key(value.tzinfo)}]{value.fold or ''}" if _is_named(value) else text


def _read_datetime(text: str) -> datetime:
    if not text.endswith(("]", "]1")):
        return datetime.fromisoformat(text)
    moment, _, zone = text.partition("[")
    key, _, fold = zone.partition("]")
    made = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(key))
    return made.replace(fold=1) if fold else made


def _is_named(value: datetime | time) -> bool:
    return isinstance(value.tzinfo, ZoneInfo)


def _key(zone: Any) -> str:
    key = cast(ZoneInfo, zone).key
    if not key:
        raise UnstorableError("holds a time in a zone without a name")
    return key


def _write_time(value: time) -> str:
    text = value.isoformat()
    return f"{text}[{_key(value.tzinfo)}]" if _is_named(value) else text


def _read_time(text: str) -> time:
    if not text.endswith("]"):
        return time.fromisoformat(text)
    moment, _, zone = text.partition("[")
    return time.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone[:-1]))


def _base64(data: bytes | bytearray) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _path(kind: type[PurePath]) -> Kind:
    made = type(kind())
    return _as(made, str, made, shape=kind.__name__)


SCALARS: dict[Any, Kind] = {
    None: NONE,
    type(None): NONE,
    str: TEXT,
    bool: _plain(bool),
    int: _plain(int, bool),
    float: FLOAT,
    complex: _as(
        complex,
        lambda value: [repr(value.real), repr(value.imag)],
        lambda parts: complex(float(parts[0]), float(parts[1])),
        list,
    ),
    bytes: _as(bytes, _base64, _bytes),
    bytearray: _as(bytearray, _base64, lambda text: bytearray(_bytes(text))),
    Decimal: _as(Decimal, str, Decimal),
    Fraction: _as(Fraction, str, Fraction),
    UUID: _as(UUID, str, UUID),
    date: _as(date, date.isoformat, date.fromisoformat),
    datetime: _as(datetime, _write_datetime, _read_datetime),
    time: _as(time, _write_time, _read_time),
    timedelta: _as(
        timedelta,
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda parts: timedelta(*parts),
        list,
    ),
    ZoneInfo: _as(ZoneInfo, _key, ZoneInfo),
    timezone: _as(
        timezone,
        lambda value: datetime(2000, 1, 1, tzinfo=value).isoformat(),
        lambda text: datetime.fromisoformat(text).tzinfo,
    ),
    Markup: _as(Markup, str.__str__, Markup),
    SecretStr: _as(SecretStr, methodcaller("get_secret_value"), SecretStr),
    SecretBytes: _as(
        SecretBytes,
        lambda value: _base64(value.get_secret_value()),
        lambda text: SecretBytes(_bytes(text)),
    ),
    Path: _path(Path),
    PurePath: _path(PurePath),
    PurePosixPath: _path(PurePosixPath),
    PureWindowsPath: _path(PureWindowsPath),
}


def enum_of(kind: type[Enum]) -> Kind:
    """Return the kind of an enumeration's members, which are written by their names."""
    shape = f"{kind.__qualname__}({','.join(sorted(kind.__members__))})"
    flags = issubclass(kind, Flag)

    def write(value: Any) -> Any:
        if type(value) is not kind:
            raise unstorable(value, kind.__qualname__)
        return value.value if flags else value.name

    def read(value: Any, before: Any) -> Any:
        try:
            return kind(value) if flags else kind[value]
        except (KeyError, TypeError, ValueError) as error:
            raise UnfitError(f"{value!r:.80} is no {kind.__qualname__}") from error

    return Kind(shape, write, read, lambda value: type(value) is kind)


def literal_of(values: Sequence[Any]) -> Kind:
    """Return the kind of a few values that are named one by one."""
    keys: dict[tuple[Any, Any], str] = {
        (type(value), value): _literal_key(value) for value in values
    }
    made = {key: value for (_, value), key in keys.items()}
    shape = f"Literal({','.join(sorted(made))})"

    def has(value: Any) -> bool:
        try:
            return (type(value), value) in keys
        except TypeError:  # it has no hash
            return False

    def write(value: Any) -> Any:
        if not has(value):
            raise UnstorableError(f"holds {value!r:.80}, not {shape}")
        return keys[type(value), value]

    def read(value: Any, before: Any) -> Any:
        if type(value) is str and value in made:
            return made[value]
        raise UnfitError(f"{value!r:.80} is not {shape}")

    return Kind(shape, write, read, has)


def _literal_key(value: Any) -> str:
    return f"{type(value).__qualname__}.{value.name}" if isinstance(value, Enum) else repr(value)
