"""Caches whose keys are text, of which nobody knows how long it is.

The rule: what is held is counted in characters, not in entries.
"""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BoundedCache(dict[K, V]):
    """A cache that starts anew when it would hold more than so many characters.

    Args:
        most: How many characters its entries may have in all.
    """

    __slots__ = ("_held", "most")

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self._held = 0

    def keep(self, key: K, value: V, size: int) -> V:
        """Keep a value, and return it or the one that another thread kept before."""
        if self._held + size > self.most:
            self.clear()
            self._held = 0
        self._held += size
        return self.setdefault(key, value)
