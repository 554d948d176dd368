"""`Kind`: how values of one type are written as JSON values, and read as exactly what they were.

The rule: what is read has the type that was written, not one that JSON takes for it: a tuple is no
list, a date no text. A value that is not of the type is refused when it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, cast

from wirebird.errors import WirebirdError

if TYPE_CHECKING:
    from wirebird.live.storing.tables import Table


class UnstorableError(WirebirdError, TypeError):
    """A type whose values cannot be stored, or a value that is not of the type it should be."""


class UnfitError(WirebirdError, ValueError):
    """What was stored is no value of the type."""


class Omitted:
    """The type of `OMITTED`: a value that is not written, so that what mount made stays."""

    def __repr__(self) -> str:
        return "OMITTED"


OMITTED: Final = Omitted()


class Kind:
    """The values of one type.

    Attributes:
        shape: A text that another type does not have.
        write: Makes a JSON value of one; raises `UnstorableError` for values of other types.
        read: Makes the value of what was written, and of what stands in its place now, which only
            what cannot be written whole needs; raises `UnfitError`.
        has: Whether a value is one of these.
        plain: The classes whose values are written as they are.
        table: How many of them are written at once; None for one by one.
    """

    __slots__ = ("has", "plain", "read", "shape", "table", "write")

    def __init__(
        self,
        shape: str,
        write: Callable[[Any], Any],
        read: Callable[[Any, Any], Any],
        has: Callable[[Any], bool],
        plain: Iterable[type[Any]] = (),
        table: Table | None = None,
    ) -> None:
        self.shape = shape
        self.write = write
        self.read = read
        self.has = has
        self.plain = frozenset(plain)
        self.table = table

    def __repr__(self) -> str:
        return f"<Kind {self.shape}>"


def unstorable(value: Any, shape: str) -> UnstorableError:
    """Return what says that a value is not of the type that it should be."""
    kind = cast(Any, type(value))
    return UnstorableError(f"holds a {kind.__module__}.{kind.__qualname__}, not {shape}")
