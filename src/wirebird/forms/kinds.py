"""What an annotation means for a form: the input's type, its options and its constraints.

The rule: only what HTML can say is said here. Pydantic has the last word, so what a browser cannot
check exactly is left out or said more loosely.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import Enum, Flag
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Required, Union, cast, get_args, get_origin

import pydantic
import typing_extensions
from annotated_types import GroupedMetadata
from pydantic import (
    AnyUrl,
    ByteSize,
    EmailStr,
    EncodedBytes,
    EncodedStr,
    ImportString,
    Json,
    PlainSerializer,
    RootModel,
    Secret,
    SecretBytes,
    SecretStr,
    WrapSerializer,
)

from wirebird.binding.depends import alias_value
from wirebird.binding.structure import is_structure
from wirebird.forms.values import input_text, local_text

_SAME_AS: dict[Any, type] = {
    pydantic.PastDate: datetime.date,
    pydantic.FutureDate: datetime.date,
    pydantic.AwareDatetime: datetime.datetime,
    pydantic.NaiveDatetime: datetime.datetime,
    pydantic.PastDatetime: datetime.datetime,
    pydantic.FutureDatetime: datetime.datetime,
}
_PLAIN = (str, bytes, int, float, Decimal, datetime.date, datetime.time, Enum, SecretStr)
_ENCODED_TYPES: tuple[Any, ...] = (Json, ImportString)
_ENCODED: Any = (Json, EncodedBytes, EncodedStr, ImportString)
_TIMES = ("datetime-local", "time")
_AS_JSON = (
    "leave it off the page, where it keeps its value, or make it Json[...] to edit it as JSON"
)
_AS_MODEL = "make it a model, whose fields are inputs of their own"
_SAME_TEXT = "two of its values have the same text: make it an Enum, whose values are apart"
_WRAPPERS = (Required, NotRequired, typing_extensions.ReadOnly)
_BOUNDS = ("gt", "ge", "lt", "le", "multiple_of", "decimal_places")
_LENGTHS = ("min_length", "max_length", "pattern", "strip_whitespace", "discriminator")
# What the two languages of patterns do not share: flags, named groups, anchors, classes.
_RUST_ONLY = re.compile(r"\(\?(?!:)|\\[AzZbBDpPWx]|\[\[:|&&|~~|--")
# To browsers these are of ASCII alone, to pydantic of all alphabets.
_CLASSES = {r"\d": r"\p{Nd}", r"\w": r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}"}
_PARTS = re.compile(r"\\.|\[\^?\]?|.", re.DOTALL)
_PLAIN_PATTERN = re.compile(r"\^((?:[^\\|]|\\.)*)\$")
# A hyphen at either end of a class, which browsers want escaped.
_LOOSE_HYPHEN = re.compile(r"(?<=(?<!\\)\[)-|(?<=\[\^)-|(?<!\\)-(?=\])")
_WORD = re.compile(r"[a-z][a-z0-9_]*|[A-Z][A-Z0-9_]{3,}")


YES_NO = (("true", "Yes"), ("false", "No"))
"""What can be chosen instead of a tick."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field is, as far as a form needs to know.

    Attributes:
        type: The type of `<input>`, or "select"; empty for nested models.
        is_text: Whether an empty text is a value like others.
        strip: Whether pydantic strips white space at both ends.
        nullable: Whether None is a value.
        multiple: Whether there may be several.
        most: How many values there may be at most; None without a limit.
        either: Whether it is one of several types, which all complain, or any value at all.
        written: Whether its text is what pydantic writes of the value as JSON.
        encoded: Whether pydantic takes a value only as it writes it (`Json`, `Base64Bytes`).
        secret: Whether its value is never put into a page.
        zone: Whether a time must have a time zone (True), has none (False), or may (None).
        flags: The `enum.Flag` whose members are joined into one value.
        problem: Why no input can show it, and what to do instead.
        options: What can be chosen, as `(value, label)`.
        values: The values behind the options, where they are not their text.
        attributes: HTML attributes of its input.
        models: The nested models; several where a discriminator tells which.
        discriminator: The name of the field that tells.
    """

    type: str = "text"
    is_text: bool = False
    strip: bool = False
    nullable: bool = False
    multiple: bool = False
    most: int | None = None
    either: bool = False
    written: bool = False
    encoded: bool = False
    secret: bool = False
    zone: bool | None = None
    flags: type[Flag] | None = None
    problem: str = ""
    options: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    models: tuple[Any, ...] = ()
    discriminator: Any = None


def kind_of(annotation: Any, metadata: Iterable[Any] = ()) -> Kind:
    """Return what a field with an annotation, and with pydantic's metadata, is in a form."""
    arms, nullable, found = _peel(annotation)
    known = list(_flat([*metadata, *found]))
    limits = _limits(known)
    if any(map(_is_encoded, (*known, *arms))):
        kind = Kind(written=True, encoded=True)
    elif any(map(_writes_text, known)) and not _is_plain(arms):
        kind = Kind(written=True)
    elif arms and all(map(is_structure, arms)):
        models, discriminator = tuple(arms), limits.get("discriminator")
        kind = Kind(type="", models=models, discriminator=discriminator)
    elif len(arms) == 1:
        kind = _single(arms[0], limits)
        if kind.type in _TIMES:
            kind = replace(kind, zone=_zone_of(annotation))
    else:
        kind = Kind(either=True)
    if not nullable and not kind.nullable:
        return kind
    if kind.type == "checkbox":
        options = YES_NO[: 1 if kind.values and "false" not in kind.values else 2]
        return replace(kind, type="select", options=options, nullable=True)
    return replace(kind, nullable=True)


def is_required_type(annotation: Any) -> bool | None:
    """Tell whether a key of a TypedDict is marked as required or not; None when it is not."""
    while (origin := get_origin(annotation)) is not None:
        if origin in (Required, typing_extensions.Required):
            return True
        if origin in (NotRequired, typing_extensions.NotRequired):
            return False
        if not hasattr(annotation, "__metadata__") and origin is not typing_extensions.ReadOnly:
            return None
        annotation = get_args(annotation)[0]
    return None


def label_of(name: str) -> str:
    """Return a name as people write it: `IN_STOCK` and `in_stock` are "In stock"."""
    return name.replace("_", " ").capitalize() if _WORD.fullmatch(name) else name


def _peel(annotation: Any) -> tuple[list[Any], bool, list[Any]]:
    """Return the types of an annotation, whether None is one of them, and its metadata."""
    metadata: list[Any] = []
    nullable = False
    while True:
        origin: Any = get_origin(annotation)
        if (alias := alias_value(annotation)) is not None:
            annotation = alias
        elif hasattr(annotation, "__metadata__"):
            metadata += annotation.__metadata__
            annotation = get_args(annotation)[0]
        elif origin in _WRAPPERS:
            (annotation,) = get_args(annotation)
        elif hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif isinstance(annotation, type) and issubclass(annotation, RootModel):
            info = cast(Any, annotation).model_fields["root"]
            metadata += info.metadata
            annotation = info.annotation
        elif origin in (Union, UnionType):
            peeled = [_peel(arm) for arm in get_args(annotation)]
            arms = [arm for inner, _, _ in peeled for arm in inner]
            shown = [found for inner, _, found in peeled if inner]
            if len(shown) == 1:
                metadata += shown[0]
            return arms, any(none for _, none, _ in peeled), metadata
        elif annotation in (None, NoneType):
            return [], True, metadata
        else:
            return [_same_as(annotation)], nullable, metadata


def _same_as(kind: Any) -> Any:
    return _SAME_AS.get(kind, kind) if isinstance(kind, type) else kind


def _is_plain(arms: list[Any]) -> bool:
    """Tell whether a type is text to browsers by itself, whatever pydantic writes of it."""
    return len(arms) == 1 and isinstance(arms[0], type) and issubclass(arms[0], _PLAIN)


def _is_encoded(entry: Any) -> bool:
    return entry in _ENCODED_TYPES or isinstance(entry, _ENCODED)


def _has_encoded(annotation: Any) -> bool:
    """Tell whether some value within a value is taken by pydantic only as it writes it."""
    arms, _, found = _peel(annotation)
    if any(map(_is_encoded, (*arms, *found))):
        return True
    return any(_has_encoded(inner) for arm in arms for inner in get_args(arm) if inner is not arm)


def _writes_text(entry: Any) -> bool:
    """Tell whether an annotation says that pydantic writes the value as text."""
    if not isinstance(entry, PlainSerializer | WrapSerializer):
        return False
    said = entry.return_type
    if not isinstance(said, type):
        said = getattr(entry.func, "__annotations__", {}).get("return")
    return said in (str, "str")


def _zone_of(annotation: Any) -> bool | None:
    if annotation is pydantic.AwareDatetime:
        return True
    if annotation is pydantic.NaiveDatetime:
        return False
    found = {_zone_of(inner) for inner in get_args(annotation)} - {None}
    return found.pop() if len(found) == 1 else None


def _limits(metadata: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in metadata:
        for name in (*_BOUNDS, *_LENGTHS):
            value = getattr(entry, name, None)
            if value is not None:
                found[name] = value
    return found


def _flat(metadata: Iterable[Any]) -> Iterator[Any]:
    for entry in metadata:
        yield entry
        if isinstance(entry, pydantic.fields.FieldInfo):
            yield from _flat(entry.metadata)
        elif isinstance(entry, GroupedMetadata):
            yield from _flat(entry)


def _single(kind: Any, limits: dict[str, Any]) -> Kind:
    origin: Any = get_origin(kind) or kind
    if origin is Literal:
        return _choice([(value, _literal_label(value)) for value in _literals(kind)])
    if not isinstance(origin, type) or origin in (Any, object):
        return Kind(either=True, nullable=True)
    if issubclass(origin, Flag):
        return _flags(origin)
    if issubclass(origin, Enum):
        members = list(origin)
        # Names such as EUR and XL are left as they are, unless there is a longer one.
        short = all(len(member.name) < 4 for member in members)
        return _choice([(member, _member_label(member, short)) for member in members])
    if issubclass(origin, SecretStr | SecretBytes):
        return Kind("password", is_text=True, secret=True, attributes=_text_attributes(limits))
    if issubclass(origin, Secret):
        return Kind("password", secret=True)
    if kind is EmailStr:
        return Kind("email", attributes=_text_attributes(limits))
    if issubclass(origin, AnyUrl):
        return Kind("url", attributes=_text_attributes(limits))
    if issubclass(origin, str):
        strip = bool(limits.get("strip_whitespace"))
        return Kind(is_text=True, strip=strip, attributes=_text_attributes(limits))
    if issubclass(origin, bool):
        return Kind("checkbox")
    if issubclass(origin, bytes):
        return Kind(is_text=True, attributes=_text_attributes(limits))
    if issubclass(origin, ByteSize):
        return Kind(written=True)
    if issubclass(origin, int | float | Decimal):
        return Kind("number", attributes=_number_attributes(origin, limits))
    if issubclass(origin, datetime.datetime):
        return Kind("datetime-local", attributes=_date_attributes(limits))
    if issubclass(origin, datetime.date):
        return Kind("date", attributes=_date_attributes(limits))
    if issubclass(origin, datetime.time):
        return Kind("time", attributes=_date_attributes(limits))
    encoded = _has_encoded(kind)
    if issubclass(origin, Mapping):
        return Kind(problem=f"a dict has no text; {_AS_JSON}", encoded=encoded)
    if issubclass(origin, Collection):
        return replace(_several(kind), most=limits.get("max_length"), encoded=encoded)
    if origin in (Iterable, Iterator, Generator, Callable, type):
        return Kind(problem=f"no text becomes one of these; {_AS_JSON}")
    return Kind(written=True)


def _several(kind: Any) -> Kind:
    of = cast("tuple[Any, ...]", get_args(kind) or (str,))
    if of[1:] not in ((), (...,)):
        return Kind("select", multiple=True, problem=f"it has a type for each place; {_AS_MODEL}")
    if hasattr(kind, "_fields"):
        return Kind("select", multiple=True, problem=f"it has names for its places; {_AS_MODEL}")
    inner = kind_of(of[0])
    if inner.models and not inner.multiple:
        return replace(inner, multiple=True, nullable=False)
    problem = inner.problem
    if inner.multiple or inner.secret or inner.encoded:
        problem = problem or f"a list of these is not sent as text; {_AS_JSON}"
    elif "" in {value for value, _ in inner.options}:
        problem = problem or "an empty text among several is nothing: give the option another value"
    return Kind(
        "select",
        multiple=True,
        either=inner.either,
        options=YES_NO if inner.type == "checkbox" else inner.options,
        values=inner.values,
        problem=problem,
    )


def _flags(kind: type[Flag]) -> Kind:
    """Return the kind of a field of several bits: each is a choice."""
    chosen = _choice([(member, _member_label(member, False)) for member in kind])
    return replace(chosen, type="select", multiple=True, is_text=False, flags=kind)


def _literals(kind: Any) -> Iterator[Any]:
    for value in get_args(kind):
        if get_origin(value) is Literal:
            yield from _literals(value)
        else:
            yield value


def _literal_label(value: Any) -> str:
    return _member_label(value, False) if isinstance(value, Enum) else label_of(str(value))


def _member_label(member: Enum, short: bool) -> str:
    label = getattr(member, "label", None)
    if isinstance(label, str):
        return label
    return member.name if short else member.name.replace("_", " ").capitalize()


def _choice(choices: list[tuple[Any, str]]) -> Kind:
    """Return the kind of a field whose values are all known."""
    nullable = any(value is None for value, _ in choices)
    choices = [(value, label) for value, label in choices if value is not None]
    if choices and all(type(value) is bool for value, _ in choices):
        values: dict[str, Any] = {input_text(value): value for value, _ in choices}
        if True in values.values():
            return Kind("checkbox", values={**values, "on": True}, nullable=nullable)
    options = tuple((input_text(value), label) for value, label in choices)
    values = {input_text(value): value for value, _ in choices}
    plain = all(type(value) is str for value in values.values())
    return Kind(
        "select",
        is_text="" in values,
        nullable=nullable,
        options=options,
        values={} if plain else values,
        problem="" if len(values) == len(choices) else _SAME_TEXT,
    )


def _text_attributes(limits: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if limits.get("min_length"):
        found["minlength"] = limits["min_length"]
    if limits.get("max_length") is not None:
        found["maxlength"] = limits["max_length"]
    pattern = limits.get("pattern")
    pattern = getattr(pattern, "pattern", pattern)
    if isinstance(pattern, str) and _RUST_ONLY.search(pattern) is None:
        pattern = _of_all_alphabets(_LOOSE_HYPHEN.sub(r"\\-", pattern))
        plain = _PLAIN_PATTERN.fullmatch(pattern)
        # HTML's patterns are of the whole value, pydantic's of any part of it.
        found["pattern"] = plain[1] if plain else f".*(?:{pattern}).*"
    return found


def _of_all_alphabets(pattern: str) -> str:
    parts: list[str] = []
    is_set = False
    for found in _PARTS.finditer(pattern):
        part = found[0]
        meant = _CLASSES.get(part, part)
        parts.append(f"[{meant}]" if part == r"\w" and not is_set else meant)
        is_set = part[0] == "[" or (is_set and part != "]")
    return "".join(parts)


def _number_attributes(kind: type, limits: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    step = _step(kind, limits)
    whole = issubclass(kind, int)
    low, high = _number(limits, "ge"), _number(limits, "le")
    if low is None and (low := _number(limits, "gt")) is not None and whole:
        low = low.to_integral_value(ROUND_FLOOR) + 1
    if high is None and (high := _number(limits, "lt")) is not None and whole:
        high = high.to_integral_value(ROUND_CEILING) - 1
    if low is not None:
        # Steps are counted from the least value, so that must be one of them.
        low = low if step is None else (low / step).to_integral_value(ROUND_CEILING) * step
        found["min"] = _plain(low)
    if high is not None:
        found["max"] = _plain(high)
    if step is None:
        found["step"] = "any"
    elif step != 1:
        found["step"] = _plain(step)
    return found


def _step(kind: type, limits: dict[str, Any]) -> Decimal | None:
    step = _number(limits, "multiple_of")
    if step is not None and step > 0:
        return step
    if issubclass(kind, int):
        return Decimal(1)
    places = limits.get("decimal_places")
    return None if places is None else Decimal(1).scaleb(-places)


def _number(limits: dict[str, Any], name: str) -> Decimal | None:
    value = limits.get(name)
    if not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date_attributes(limits: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute, inclusive, exclusive, a_day in (("min", "ge", "gt", 1), ("max", "le", "lt", -1)):
        bound = limits.get(inclusive, limits.get(exclusive))
        if inclusive not in limits and type(bound) is datetime.date:
            bound += datetime.timedelta(days=a_day)
        if isinstance(bound, datetime.datetime | datetime.time):
            found[attribute] = local_text(bound)
        elif isinstance(bound, datetime.date):
            found[attribute] = input_text(bound)
    return found
