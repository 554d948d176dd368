"""Temporary fields: shown once, then dropped, while the page keeps what they showed.

The rule: between two renders a temporary field holds `DROPPED`. Shown, it leaves its place on the
page as it is; asked for anything else, it is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from wirebird.html.differ import Message


class Dropped:
    """What a temporary field holds once it was shown."""

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

    def full(self, message: Message) -> str:
        """A dropped value shows nothing where nothing was shown before."""
        return ""

    def diff(self, old: Any, message: Message) -> None:
        """The page keeps what was shown."""
        return

    def rows(self, *_: Any) -> Dropped:
        """A loop over a dropped list leaves its rows on the page."""
        return self


DROPPED = Dropped()


def drop(state: Any, names: Iterable[str]) -> None:
    """Drop the temporary fields of a state."""
    for name in names:
        if isinstance(state, dict):
            cast("dict[str, Any]", state)[name] = DROPPED
        else:
            setattr(state, name, DROPPED)
