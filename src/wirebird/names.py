"""What names tell: their words, whether what is called so is a secret, and what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


_APART = re.compile(r"[^A-Za-z0-9]+")

SECRET_WORDS = (
    "pass(?:word|wd|phrase|code)|secret|token|csrf|api_?key|credential|private|card_?num"
    "|credit_?card|cvc|cvv"
)
"""What stands in the name of a secret, wherever in it."""

_SECRET = re.compile(f"{SECRET_WORDS}|(?:^|_)(?:pass|keys?)(?:$|_)|(?:^|_)(?:card|pin)$")


def snake_case(name: str) -> str:
    """Return a class's name in small letters, its words apart: `HTTPRoute` is `http_route`."""
    return _WORD.sub("_", name).lower()


def words_of(text: str) -> list[str]:
    """Return the words of what somebody calls something, in small letters.

    Those of "HTTPShop", "http-shop" and "HTTP shop" are "http" and "shop".
    """
    return [word for word in _APART.split(snake_case(text)) if word]


def is_secret(name: str) -> bool:
    """Tell whether something of that name is not to be shown, in the log or to a developer."""
    return _SECRET.search(snake_case(name)) is not None


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return "did you mean 'this'?" of a name that is like a known one.

    Args:
        name: What somebody wrote.
        known: What they may have meant.
        otherwise: What is returned when the name is like none of them.
    """
    close = get_close_matches(name, list(known), 1)
    return f"did you mean {close[0]!r}?" if close else otherwise
