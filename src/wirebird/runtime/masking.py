"""What is shown of a state, without its secrets: to developers, and to whoever may inspect.

The rule: what is named like a secret is never shown, wherever it stands, and nothing here raises.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from wirebird.live.render_errors import state_fields
from wirebird.names import SECRET_WORDS, is_secret

HIDDEN = "(hidden)"
"""Stands in the place of a secret."""

# What an object says of itself: `Account(name='ann', password='x')`, {'password': 'x'}.
_SAID = re.compile(
    rf"(\b\w*(?:{SECRET_WORDS})\w*['\"]?\s*[=:]\s*)"
    r"('[^']*'|\"[^\"]*\"|[^\s,)}\]&]+)",
    re.I,
)
_IN_URL = re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*(?=@)")
_SIGNED = re.compile(r"[\w-]{16,}\.[\w-]{16,}(?:\.[\w-]+)*")
_MOST_FIELDS = 40
_LONGEST = 160
_DEEPEST = 3
_SHORTEST = 3  # shorter ones stand in any text


def without_secrets(text: str) -> str:
    """Return a text without what it names as secrets, passwords in URLs, and signed tokens."""
    text = _SAID.sub(lambda found: found[1] + HIDDEN, text)
    return _SIGNED.sub(HIDDEN, _IN_URL.sub(HIDDEN, text))


def without(secrets: Iterable[str], text: str) -> str:
    """Return a text without what `secrets_in` has found."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def secrets_in(value: Any, depth: int = 1) -> set[str]:
    """Return the texts that a state holds in fields that are not to be shown."""
    found: set[str] = set()
    given = cast("Mapping[Any, Any]", value) if isinstance(value, Mapping) else None
    for name in list(map(str, given)) if given is not None else _stored(value):
        try:
            inner = given.get(name) if given is not None else getattr(cast("Any", value), name)
        except Exception:
            continue
        if is_secret(name):
            if isinstance(inner, str) and len(inner) >= _SHORTEST:
                found.add(inner)
        elif depth < _DEEPEST and (
            isinstance(inner, Mapping)
            or (dataclasses.is_dataclass(inner) and not isinstance(inner, type))
        ):
            found |= secrets_in(inner, depth + 1)
    return found


def shown_fields(value: Any, depth: int = 1) -> list[tuple[str, str]]:
    """Return the names and texts of what is in a state or another object; secrets are hidden.

    Args:
        value: A dataclass, a model, a mapping, or any object.
        depth: How deep it lies in what is shown; what lies too deep is only named.
    """
    given = cast("Mapping[Any, Any]", value) if isinstance(value, Mapping) else None
    names = list(map(str, given)) if given is not None else _stored(value)
    shown: list[tuple[str, str]] = []
    secrets = secrets_in(value) if depth == 1 else ()
    for name in names[:_MOST_FIELDS]:
        if is_secret(name):
            shown.append((name, HIDDEN))
            continue
        try:
            inner = given.get(name) if given is not None else getattr(cast("Any", value), name)
            shown.append((name, without(secrets, _text(inner, depth))))
        except Exception as error:
            shown.append((name, f"(cannot be shown: {type(error).__name__})"))
    return shown


def _stored(value: Any) -> list[str]:
    """Return the names of what is stored in an object: properties would run the user's code."""
    kind = cast("type[Any]", type(value))
    return [
        name for name in state_fields(value) if not isinstance(getattr(kind, name, None), property)
    ]


def _text(value: Any, depth: int) -> str:
    kind = cast("type[Any]", type(value))
    if (
        isinstance(value, Mapping)
        or dataclasses.is_dataclass(value)
        or hasattr(kind, "model_fields")
    ):
        if depth >= _DEEPEST:
            return f"{kind.__name__}(...)"
        inner = ", ".join(f"{name}={text}" for name, text in shown_fields(value, depth + 1))
        return _cut(f"{kind.__name__}({inner})")
    if isinstance(value, tuple) and hasattr(kind, "_asdict"):
        return _text(cast("Any", value)._asdict(), depth)
    if isinstance(value, list | tuple | set | frozenset):
        items = list(cast("list[Any]", value))
        if depth >= _DEEPEST:
            return f"{kind.__name__} of {len(items)}"
        texts = [_text(item, depth + 1) for item in items[:10]]
        more = f", ... {len(items)} in all" if len(items) > 10 else ""
        return _cut(f"[{', '.join(texts)}{more}]")
    return _cut(without_secrets(repr(value)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
