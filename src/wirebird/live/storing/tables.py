"""`Table`: many records of one class, written as columns instead of one by one.

The rule: what reads the records reads the table too, and whatever does not fit into columns is
written as records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import isfinite
from typing import Any, cast

from wirebird.live.storing.kinds import OMITTED, Kind, UnfitError, UnstorableError
from wirebird.live.storing.scalars import FLOAT


class Table:
    """The records of one class.

    Args:
        kind: The class.
        parts: The kinds of their fields.
        get: Returns the values of all fields.
        fits: Whether a record is no more than its fields.
    """

    __slots__ = ("_fits", "_get", "_kinds", "_parts")

    def __init__(
        self,
        kind: type[Any],
        parts: Mapping[str, Kind],
        get: Callable[[Any], tuple[Any, ...]],
        fits: Callable[[Any], bool] | None = None,
    ) -> None:
        self._kinds = {kind}
        self._parts = parts
        self._get = get
        self._fits = fits

    def write(self, records: Collection[Any]) -> dict[str, list[Any]] | None:
        """Return records as columns of JSON values; None if they are to be written one by one."""
        if len(records) < 2 or set(map(type, records)) != self._kinds:
            return None
        if self._fits is not None and not all(map(self._fits, records)):
            return None
        try:
            columns = zip(*map(self._get, records), strict=True)
            return {
                name: _written(part, column)
                for (name, part), column in zip(self._parts.items(), columns, strict=True)
            }
        except (AttributeError, UnstorableError):
            return None

    def read(self, written: Any) -> list[dict[str, Any]]:
        """Return records one by one as they would have been written.

        Raises:
            UnfitError: It is no table.
        """
        if type(written) is not dict:
            raise UnfitError(f"{written!r:.80} is no table")
        columns = cast("dict[str, Any]", written)
        try:
            rows = zip(*columns.values(), strict=True)
            return [dict(zip(columns, row, strict=True)) for row in rows]
        except (TypeError, ValueError) as error:
            raise UnfitError(f"{written!r:.80} is no table") from error


def _written(part: Kind, column: tuple[Any, ...]) -> list[Any]:
    classes = set(map(type, column))
    if part.plain >= classes:
        return list(column)
    if part is FLOAT and classes == {float} and all(map(isfinite, column)):
        return list(column)
    written = [part.write(each) for each in column]
    if OMITTED in written:
        raise UnstorableError("has no place in a table")
    return written
