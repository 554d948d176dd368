"""Temporary fields: dropped once they were shown, while the page keeps what they showed.

The rule: a field is dropped after each render over the socket; setting it anew shows it anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from wirebird.html.dropped import DROPPED


def drop(state: Any, names: Iterable[str]) -> None:
    """Drop the temporary fields of a state."""
    for name in names:
        if isinstance(state, dict):
            cast("dict[str, Any]", state)[name] = DROPPED
        else:
            setattr(state, name, DROPPED)
