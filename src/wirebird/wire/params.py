"""Query strings and form data as nested dicts and lists: `user[name]=Ann&tags[]=a&tags[]=b`.

The rule: decoding costs time in proportion to the input, and the result is bounded in fields and
depth whatever the client sends.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, cast
from urllib.parse import quote_plus, unquote_to_bytes
from uuid import UUID

from wirebird.errors import WirebirdError

MAX_FIELDS = 1000
"""Most fields in one query."""

MAX_FORM_FIELDS = 5000
"""Most fields in what a form sends, the client's own `_unused_` marks included."""

UNUSED = "_unused_"
"""What stands before a field's name in the client's mark that nobody has used it."""

MAX_DEPTH = 20
"""Most names in one key: `a[b][c]` has three."""

_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class ParamsError(WirebirdError, ValueError):
    """A query or form that is malformed or too large."""


class Repeated(str):
    """The last value of a key that came more than once, which knows all of them.

    Attributes:
        values: All values in their order, for parameters that take a list.
    """

    values: list[str]

    def __new__(cls, before: str, last: str) -> Repeated:
        """Return `last`, with the values before it."""
        text = super().__new__(cls, last)
        text.values = before.values if isinstance(before, Repeated) else [before]
        text.values.append(last)
        return text

    def __deepcopy__(self, memo: object) -> Repeated:
        return self  # as any text


def values_of(params: Mapping[str, Any], name: str) -> list[Any]:
    """Return all values of a field, in their order, however often it came.

    `params["tag"]` is the last one of `tag=a&tag=b`.

    Args:
        params: A payload or `socket.params`.
        name: The field's name, without `[]`.

    Example:
        ```python
        values_of(decode_params("tag=a&tag=b"), "tag")  # ["a", "b"]
        ```
    """
    value = params.get(name)
    if isinstance(value, Repeated):
        return list(value.values)
    if isinstance(value, list):
        return cast("list[Any]", value)
    return [] if value is None else [value]


def decode_params(query: str, *, max_fields: int = MAX_FIELDS) -> dict[str, Any]:
    """Decode a query string or the body of a form.

    `a=1` is a string, `a[]=1` appends to a list, `a[b]=1` sets a key of a dict; in any combination.
    Of repeated keys the last one wins (as a `Repeated`, which knows the others), also when they
    disagree about the shape (`a=1&a[b]=2` is `{"a": {"b": "2"}}`). `a[][b]=1` sets a key in the
    list's last dict, or starts the next dict when that one has the key. A key without `=` is the
    empty string.

    Args:
        query: The text, without a leading `?`.
        max_fields: The most fields that it may have.

    Returns:
        Dicts, lists and strings.

    Raises:
        ParamsError: An invalid percent sequence, text that is not UTF-8, too many fields, or a key
            with more than 20 names.

    Example:
        ```python
        decode_params("user[name]=Ann&tags[]=x&tags[]=y")
        # {"user": {"name": "Ann"}, "tags": ["x", "y"]}
        ```
    """
    if query.count("&") >= max_fields:
        raise ParamsError(f"more than {max_fields} fields")
    encoded = "%" in query
    if encoded:
        if bad := _BAD_PERCENT.search(query):
            at = bad.start()
            raise ParamsError(f"invalid percent sequence {query[at : at + 3]!r}")
        # Browsers encode the brackets of every name; all at once is several times as fast.
        query = query.replace("%5B", "[").replace("%5D", "]")
    if not query.isascii():
        _check_unicode(query)
    if "+" in query:
        query = query.replace("+", " ")
    params: dict[str, Any] = {}
    places: dict[str, dict[str, Any]] = {}
    for pair in query.split("&"):
        if not pair:
            continue
        key, _, value = pair.partition("=")
        if encoded and "%" in pair:
            key, value = _unquote(key), _unquote(value)
        if key[-1:] == "]":
            parent, _, name = key[:-1].rpartition("][")
            place = places.get(parent)
            if place is not None and name and type(place.get(name, "")) is str:
                place[name] = value
            else:
                _assign(params, _names(key), value, places, parent if name else "")
        else:
            before = params.get(key)
            if isinstance(before, str):
                params[key] = Repeated(before, value)
            else:
                if before is not None:
                    places.clear()
                params[key] = value
    return params


def encode_params(params: Mapping[str, Any]) -> str:
    """Encode nested dicts and lists as a query string; the inverse of `decode_params`.

    Args:
        params: Its values are dicts, lists, strings, numbers, booleans (`true`, `false`), dates,
            decimals, UUIDs and enums. None and empty dicts and lists are left out, since a query
            cannot express them.

    Returns:
        The text, without a leading `?`.

    Raises:
        TypeError: A value of another type.
        ValueError: Keys or lists that a query cannot express.

    Example:
        `encode_params({"page": 2, "tags": ["x", "y"]})` is `page=2&tags[]=x&tags[]=y`.
    """
    pairs: list[str] = []
    nested_list = False
    for key, value in params.items():
        if _emit(_quote_key(key), value, pairs, 1):
            nested_list = True
    query = "&".join(pairs)
    if nested_list and decode_params(query, max_fields=len(pairs) + 1) != _as_decoded(params):
        raise ValueError(
            "a query cannot tell where one dict or list inside of a list ends and the next begins; "
            "use a dict with numbers as keys: {'items': {'0': {...}, '1': {...}}}"
        )
    return query


def decode_form(value: str, meta: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Decode what the client sends for a form's change or submit.

    Args:
        value: The form's fields, encoded as a query.
        meta: The event's `meta`: `phx-value-*` of the form, which take precedence over fields of
            the same name, and `_target`, the name of the field that changed.

    Returns:
        The fields; `_target` as a list of names: `["user", "tags"]` for `user[tags][]`.

    Raises:
        ParamsError: As `decode_params`; a form may have 5,000 fields.
    """
    params = decode_params(value, max_fields=MAX_FORM_FIELDS)
    if meta:
        params.update(meta)
    target = params.get("_target")
    if isinstance(target, str):
        first, *rest = _names(target)
        params["_target"] = [first, *filter(None, rest)]
    elif target is not None and not _is_names(target):
        raise ParamsError("_target is not the name of a field")
    return params


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(name, str) for name in cast("list[object]", value)
    )


def _unquote(text: str) -> str:
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise ParamsError("percent sequences that are not UTF-8") from None


def _check_unicode(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ParamsError("text that is not valid Unicode") from None


def _names(key: str) -> list[str]:
    """Split `user[tags][]` into `user`, `tags` and the empty name that means a list."""
    at = key.find("[")
    if at < 1 or key[-1] != "]":
        return [key]
    names = [key[:at], *key[at + 1 : -1].split("][", MAX_DEPTH)]
    if len(names) > MAX_DEPTH:
        raise ParamsError(f"a key with more than {MAX_DEPTH} names")
    return names


def _assign(
    params: dict[str, Any],
    names: list[str],
    value: str,
    places: dict[str, dict[str, Any]],
    parent: str,
) -> None:
    """Store a value under its names, of which an empty one (not the first) means a list.

    Args:
        params: Where.
        names: The key's names.
        value: The value.
        places: The dicts of keys up to their last name, which spare the next key the way; they
            are forgotten when one of them may have been replaced.
        parent: The key up to its last name; empty when it is not to be noted.
    """
    in_lists = False
    place: dict[str, Any] | list[Any] = params
    for index, name in enumerate(names[:-1], 1):
        empty: dict[str, Any] | list[Any] = [] if names[index] == "" else {}
        if isinstance(place, dict):
            below = place.get(name)
            if type(below) is not type(empty):
                if below is not None and type(below) is not str:
                    places.clear()
                below = place[name] = empty
        else:
            in_lists = True
            below = place[-1] if place else None
            if not _fits(below, names, index):
                place.append(below := empty)
        place = cast("dict[str, Any] | list[Any]", below)
    if isinstance(place, dict):
        if type(place.get(names[-1], "")) is not str:
            places.clear()
        elif parent.find("[") > 0 and not in_lists:
            places[parent] = place
        place[names[-1]] = value
    else:
        place.append(value)


def _fits(place: Any, names: list[str], index: int) -> bool:
    """Tell whether the rest of the names can be stored in a list's element, replacing nothing."""
    for name in names[index:]:
        if name == "":
            return type(place) is list
        if type(place) is not dict:
            return False
        if name not in place:
            return True
        place = cast("dict[str, Any]", place)[name]
    return False


def _quote_key(key: object) -> str:
    if not isinstance(key, str):
        if isinstance(key, bool) or not isinstance(key, int):
            raise TypeError(f"keys of params are strings, got {key!r} of type {type(key).__name__}")
        key = str(key)
    if "[" in key or "]" in key:
        raise ValueError(f"the key {key!r} has brackets: write a nested dict, {{'a': {{'b': 1}}}}")
    return quote_plus(key, safe="")


def _emit(key: str, value: Any, pairs: list[str], depth: int) -> bool:
    """Append the pairs of a value, and tell whether they have a dict or list inside of a list."""
    if depth > MAX_DEPTH:
        raise ValueError(f"params are nested more than {MAX_DEPTH} levels deep")
    nested_list = False
    if isinstance(value, Mapping):
        for name, item in cast("Mapping[object, Any]", value).items():
            if name == "":
                raise ValueError(f"an empty key inside {key!r} would mean a list: use a list")
            nested_list |= _emit(f"{key}[{_quote_key(name)}]", item, pairs, depth + 1)
    elif isinstance(value, list | tuple):
        for item in cast("list[Any]", value):
            nested_list |= isinstance(item, Mapping | list | tuple)
            nested_list |= _emit(f"{key}[]", item, pairs, depth + 1)
    elif value is not None:
        pairs.append(f"{key}={quote_plus(_scalar(key, value), safe='')}")
    return nested_list


def _as_decoded(value: Any) -> Any:
    if isinstance(value, Mapping):
        items = (
            (str(name), _as_decoded(item))
            for name, item in cast("Mapping[object, Any]", value).items()
        )
        return {name: item for name, item in items if item not in (None, {}, [])}
    if isinstance(value, list | tuple):
        listed = [_as_decoded(item) for item in cast("list[Any]", value)]
        return [item for item in listed if item not in (None, {}, [])]
    return None if value is None else _scalar("", value)


def _scalar(key: str, value: Any) -> str:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal | UUID):
        return str(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    raise TypeError(f"the value of {key!r} is of type {type(value).__name__}, which has no text")
