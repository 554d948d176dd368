"""`DROPPED`: a value that was shown and let go, whose place on the page stays as it is.

The rule: it can be shown and looped over, and then changes nothing. Asked for anything else, it is
empty.

Temporary state is let go after it was shown, yet its template goes over it again at the next
render. Were it empty then, the differ would take the list off the page. So whatever is read from a
dropped value is dropped too, a loop over one is one, and the differ leaves alone what meets it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from wirebird.html.tree import Encoder


class Dropped:
    """A value that was let go."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Dropped:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "DROPPED"

    def write_html(self, write: Callable[[str], object]) -> None:
        """A dropped value shows nothing where nothing was shown before."""

    def full(self, message: Encoder) -> str:
        """A dropped value shows nothing where nothing was shown before."""
        return ""

    def diff(self, old: Any, message: Encoder) -> None:
        """The page keeps what was shown."""
        return


DROPPED = Dropped()
