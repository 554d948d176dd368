"""Deadlines of many lines, kept by one timer.

The rule: all of one kind have the same patience, so that those who came first are due first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

SLACK = 1.0
"""How much too early a deadline may be kept, in seconds, so that many are kept at once."""


class Deadlines(Generic[T]):
    """Lines that must do something within a time.

    Args:
        loop: The event loop of the lines.
        patience: How long each has, in seconds.
        late: Called with each line whose time is over; it is no longer waited for then.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, patience: float, late: Callable[[T], object]
    ) -> None:
        self._loop = loop
        self._patience = patience
        self._late = late
        self._due: dict[T, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._due)

    def __contains__(self, line: T) -> bool:
        return line in self._due

    def add(self, line: T) -> None:
        """Wait for a line from now on; again from now, if it was waited for already."""
        self._due.pop(line, None)
        due = self._due[line] = self._loop.time() + self._patience
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._sweep)

    def discard(self, line: T) -> None:
        """Wait for a line no more."""
        self._due.pop(line, None)

    def first(self) -> T | None:
        """Return the line that is waited for longest."""
        return next(iter(self._due), None)

    def _sweep(self) -> None:
        now = self._loop.time() + min(SLACK, self._patience / 4)
        late: list[T] = []
        later = None
        for line, due in self._due.items():
            if due > now:
                later = due
                break
            late.append(line)
        self._timer = None if later is None else self._loop.call_at(later, self._sweep)
        for line in late:
            if self._due.pop(line, None) is not None:
                self._late(line)
