"""Names of classes as files and inputs have them."""

from __future__ import annotations

import re

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """Return a class's name in small letters, its words apart: `HTTPRoute` is `http_route`."""
    return _WORD.sub("_", name).lower()
