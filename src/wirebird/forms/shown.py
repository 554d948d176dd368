"""What components made of a form's fields, so that they need not make the same again.

The rule: it is the form's own, since values are in it, and holds what was shown since the last two
changes at most: what is no longer on the page is forgotten.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

_MOST = 10_000


class Shown:
    """What was made, by what it was made of."""

    __slots__ = ("_before", "_now")

    def __init__(self) -> None:
        self._now: dict[Hashable, Any] = {}
        self._before: dict[Hashable, Any] = {}

    def get(self, key: Hashable) -> Any:
        """Return what was made, None when there is none."""
        found = self._now.get(key)
        if found is None:
            found = self._before.pop(key, None)
            if found is not None:
                self._now[key] = found
        return found

    def put(self, key: Hashable, made: Any) -> None:
        """Keep what was made."""
        if len(self._now) >= _MOST:
            self.turn()
        self._now[key] = made

    def turn(self) -> None:
        """Forget what was not asked for since the last turn, unless nothing was."""
        if self._now:
            self._before, self._now = self._now, {}
