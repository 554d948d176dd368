"""`Sent`: what a page was sent that no later render could tell it again, until it has arrived.

The rule: rows of streams and pushed events are sent once and forgotten, so a line that is lost may
take some with it. They are kept here until the page has shown that it has them, but no more than so
many; a page that lacks older ones cannot be brought up to date.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from wirebird.html.stream_rows import Operation, Operations

MOST_KEPT = 500
"""Most rows and events that are kept for one view."""

Operated = tuple[Operations, list[Operation]]


class _Part(NamedTuple):
    """What one message carried."""

    number: int
    operated: list[Operated]
    events: list[list[Any]]

    @property
    def size(self) -> int:
        return len(self.events) + sum(len(operations) for _, operations in self.operated)


class Sent:
    """What one view has sent.

    Attributes:
        number: How many messages carried something that is kept here.
    """

    __slots__ = ("_asked", "_forgotten", "_open", "_parts", "_size", "number")

    def __init__(self) -> None:
        self.number = 0
        self._forgotten = 0
        self._asked = 0
        self._size = 0
        self._parts: deque[_Part] = deque()
        self._open: list[Operated] = []

    def keep(self, stream: Operations, operations: list[Operation]) -> None:
        """Take note of operations that the next message carries."""
        self._open.append((stream, operations))

    def close(self, events: list[list[Any]] | None) -> bool:
        """Take note that a message is complete, with its events; tell whether anything is kept."""
        if not self._open and not events:
            return False
        self.number += 1
        part = _Part(self.number, self._open, events or [])
        self._open = []
        self._parts.append(part)
        self._size += part.size
        while self._size > MOST_KEPT:
            self._forget()
        return True

    def _forget(self) -> None:
        part = self._parts.popleft()
        self._size -= part.size
        self._forgotten = part.number

    def heard(self) -> None:
        """Take note of a heartbeat.

        A client sends the next one only when it has the answer to the last: whatever was sent
        before that answer has arrived.
        """
        while self._parts and self._parts[0].number <= self._asked:
            self._forget()
        self._asked = self.number

    def reaches(self, number: int) -> bool:
        """Tell whether a page that has that many of the messages can be brought up to date."""
        return self._forgotten <= number <= self.number

    def put_back(self, number: int) -> list[list[Any]]:
        """Give what came after a message back to the streams; return the events after it."""
        parts = [part for part in self._parts if part.number > number]
        parts.append(_Part(0, self._open, []))
        for part in reversed(parts):
            for stream, operations in reversed(part.operated):
                stream.put_back(operations)
            if part.number:
                self._parts.pop()
                self._size -= part.size
        self._open = []
        return [event for part in parts for event in part.events]
