"""The render tree: what every template produces, in either language.

The rule: a node is an immutable value or a plain tuple, so that whole rows of them are built and
compared by the interpreter in C. A dynamic is one of

- `str` or `int` (exactly those types): text, escaped when it is sent;
- `(html,)`: markup that is safe as it stands;
- `(statics, dynamic, ...)`: a nested tree;
- `Comprehension`: the rows of a loop;
- a `Node`: whatever else knows how to write itself (a component, a stream).

Any other value is turned into one of these by `wirebird.html.escaping` before it is kept. That is
how a value that changes in place can never hide: what is kept of it is its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol, TypeAlias, TypeVar, cast, runtime_checkable

import markupsafe

_T = TypeVar("_T")


def _escape(text: str) -> str:
    return str.__str__(markupsafe.escape(text))


# MarkupSafe's C function gives a plain str: six times faster than escape(), and faster to encode.
escape: Callable[[str], str] = getattr(markupsafe, "_escape_inner", _escape)


def exact(value: object) -> str:
    """Return the text of anything as a plain `str`: that of a subclass may be one of its own."""
    text = str(value)
    return text if type(text) is str else str.__str__(text)


Dynamic: TypeAlias = "str | int | tuple[Any, ...] | Comprehension | Node"
Tree: TypeAlias = tuple[Any, ...]
Row: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = "list[Row] | Columns"


class Statics:
    """The literal parts of one piece of markup, made once per template and compared by identity.

    Args:
        strings: The text around the dynamics: always one more than there are dynamics.
        root: Whether the markup is exactly one element, which lets the client skip it unchanged.
        source: Where the markup was written (`counter.html:3`), for error messages.
    """

    __slots__ = ("format", "root", "source", "strings", "width")

    def __init__(self, strings: tuple[str, ...], root: bool = False, source: str = "") -> None:
        self.strings = strings
        self.width = len(strings) - 1
        self.format = "%s".join([string.replace("%", "%%") for string in strings])
        self.root = root
        self.source = source

    def __repr__(self) -> str:
        return f"<Statics {self.source or self.strings!r}>"


class Columns:
    """Rows that are held place by place, which takes half of the memory that tuples take.

    Args:
        places: One list for each place: what all rows have there. Places that hold the same share
            one. Nobody changes them.
        before: The rows that these were made of, by changing some.
        changed: The positions of the rows that were changed.
    """

    __slots__ = ("changed", "made_of", "places", "version")

    def __init__(
        self,
        places: Sequence[list[Any]],
        before: Columns | None = None,
        changed: Sequence[int] = (),
    ) -> None:
        self.places = places
        self.version = object()
        self.made_of = None if before is None else before.version
        self.changed = changed

    def __len__(self) -> int:
        return len(self.places[0])

    def __iter__(self) -> Iterator[Row]:
        return zip(*self.places, strict=True)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Columns):
            return NotImplemented
        return self.places == other.places

    __hash__ = None  # type: ignore[assignment]

    def row(self, index: int, width: int) -> Row:
        """Return the first `width` values of the row at `index`."""
        return tuple([place[index] for place in self.places[:width]])

    def replaced(self, changed: Sequence[int], fresh: Sequence[list[Any]]) -> Columns:
        """Return these rows with others at some positions.

        Args:
            changed: The positions.
            fresh: What stands there instead, as columns of that many rows.
        """
        done: dict[tuple[int, int], list[Any]] = {}
        places: list[list[Any]] = []
        for old, new in zip(self.places, fresh, strict=True):
            shared = id(old), id(new)
            place = done.get(shared)
            if place is None:
                place = old
                for index, value in zip(changed, new, strict=True):
                    if old[index] is not value:
                        if place is old:
                            place = old.copy()
                        place[index] = value
                done[shared] = place
            places.append(place)
        return Columns(places, self, changed)


class Comprehension:
    """The rows of a loop, all of one template.

    Args:
        statics: The template that all rows share.
        rows: The dynamics of each row. What is not shown follows them: a key, and what the rows
            are compared by (`html/kept_rows.py`).
        key: The position of the row's key in the row, or None to key rows by their index.
    """

    __slots__ = ("key", "rows", "statics")

    def __init__(self, statics: Statics, rows: Rows, key: int | None = None) -> None:
        self.statics = statics
        self.rows = rows
        self.key = key

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Comprehension):
            return NotImplemented
        return self.statics is other.statics and (
            self.rows is other.rows or self.rows == other.rows
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Comprehension of {len(self.rows)} rows {self.statics!r}>"


class Encoder(Protocol):
    """What a node asks of the message that it becomes part of: `differ.Message` is one."""

    def number(self, statics: Statics) -> Any:
        """Return what stands for `statics` in this message."""
        ...

    def full_row(self, row: Row) -> dict[Any, Any]:
        """Return all dynamics of a row by their positions."""
        ...


@runtime_checkable
class Node(Protocol):
    """A dynamic with its own way onto the page and onto the wire."""

    def write_html(self, write: Callable[[str], object]) -> None:
        """Write the node's HTML, as the first (HTTP) render shows it."""
        ...

    def full(self, message: Encoder) -> Any:
        """Return what a client that knows nothing of this place must be sent."""
        ...

    def diff(self, old: Any, message: Encoder) -> Any:
        """Return what changed since `old`, or None when nothing did."""
        ...


def to_html(tree: Dynamic) -> str:
    """Return the HTML of a tree.

    Args:
        tree: Any dynamic; usually what a template's render returned.

    Returns:
        The markup, with every text escaped.
    """
    node: Any = tree
    if isinstance(node, str):
        return escape(node)
    if isinstance(node, int):
        return str(node)
    if isinstance(node, tuple):
        statics = cast(Tree, node)[0]
        if type(statics) is str:
            return statics
        return _rows_html(statics, [cast(Tree, node)[1:]])
    if isinstance(node, Comprehension):
        return _rows_html(node.statics, node.rows)
    parts: list[str] = []
    node.write_html(parts.append)
    return "".join(parts)


def write_html(node: Dynamic, write: Callable[[str], object]) -> None:
    """Pass the HTML of `node` to `write`."""
    write(to_html(node))


MANY_ROWS = 8
"""From how many rows on it is cheaper to take them column by column."""


def columns(rows: Rows, width: int, other: Callable[[Any], _T]) -> list[list[str | _T]]:
    """Return what rows show, place by place: one list of all rows' texts for each.

    Args:
        rows: Rows of one template.
        width: How many dynamics each has.
        other: What turns a value that is not text into what is shown.
    """
    places = rows.places if isinstance(rows, Columns) else zip(*rows, strict=False)
    return [texts(values, other) for values in islice(places, width)]


def texts(values: Iterable[Any], other: Callable[[Any], _T]) -> list[str | _T]:
    """Return what is shown for the values of one place in many rows."""
    kinds = set(map(type, values))
    if len(kinds) == 1:  # as in most columns
        if int in kinds:
            return list(map(str, values))
        if str in kinds:
            return list(map(escape, values))
    return [
        escape(value) if type(value) is str else str(value) if type(value) is int else other(value)
        for value in values
    ]


def _rows_html(statics: Statics, rows: Rows) -> str:
    format_, width = statics.format, statics.width
    if len(rows) >= MANY_ROWS:
        count, step = len(rows), 2 * width + 1
        parts = [""] * (count * step)
        for place, string in enumerate(statics.strings):
            parts[2 * place :: step] = [string] * count
        for place, shown in enumerate(columns(rows, width, to_html)):
            parts[2 * place + 1 :: step] = shown
        return "".join(parts)
    # Written out, since a call per value would take as long again. A row may carry its key as
    # one element more than there are gaps.
    return "".join(
        [
            format_
            % tuple(
                [
                    escape(value)
                    if type(value) is str
                    else value
                    if type(value) is int
                    else to_html(value)
                    for value in row[:width]
                ]
            )
            for row in rows
        ]
    )
