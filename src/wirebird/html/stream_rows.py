"""The rows of a stream in a render tree: sent once, then forgotten.

The rule: operations are taken off a stream when they are written for a client, not when a template
is evaluated. A render that is never sent loses none, and the first (HTTP) render takes none.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from itertools import count
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from wirebird.errors import WirebirdError
from wirebird.html.tree import Comprehension, Encoder, Row, Statics, write_html

# From anywhere, as a page may have streams from another process, whose view went on here.
_refs = count(secrets.randbits(32))
_MOST_SEEN = 1000
_NO_ROWS = Statics(("",), source="stream")


class StreamError(WirebirdError, ValueError):
    """A stream is used as if the server still had its items, or cannot name one of them."""


class Insert(NamedTuple):
    """An item to be put into the page, or updated in it.

    Attributes:
        key: Its dom id; without the stream's name if the stream makes dom ids from its name.
        item: The item.
        at: Its place among the rows, -1 for the end.
        limit: How many rows to keep, the last ones if it is negative; None for all.
        update_only: Whether it is dropped when the page has no row of this id.
    """

    key: str
    item: Any
    at: int
    limit: int | None
    update_only: bool | None


class Delete(NamedTuple):
    """A row to be taken out of the page, by its key or by its whole dom id."""

    key: str
    whole: bool


Operation: TypeAlias = Insert | Delete | Literal["reset"]


class Keeper(Protocol):
    """What wants to know what of streams was written for a client, in case it does not arrive."""

    def keep(self, stream: Operations, operations: list[Operation]) -> None:
        """Take note of operations that a stream forgets now; see `Operations.put_back`."""
        ...


current_keeper: ContextVar[Keeper | None] = ContextVar("current_keeper", default=None)


class Batch:
    """What several operations in a row come to: a reset, then deletions, then insertions."""

    __slots__ = ("deletes", "end", "inserts", "reset", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.reset = False
        self.deletes: dict[str, None] = {}
        self.inserts: dict[str, Insert] = {}

    def insert(self, dom_id: str, insert: Insert) -> None:
        before = self.inserts.get(dom_id)
        if before is None:
            if insert.update_only and (self.reset or dom_id in self.deletes):
                return
        elif before.update_only:
            del self.inserts[dom_id]
        else:  # an update of a row that is still to come: it keeps its place
            insert = insert._replace(at=before.at, update_only=before.update_only)
        self.inserts[dom_id] = insert

    def delete(self, dom_id: str) -> None:
        self.inserts.pop(dom_id, None)
        self.deletes[dom_id] = None


class Operations:
    """The operations of a stream that no client has been sent yet, in their order.

    Attributes:
        name: What dom ids begin with (`"songs"` for `songs-1`), None while it is not known.
        ref: What the client calls the stream; given when it is first sent.
        walked: Whether somebody went over the items and did not make a stream's rows of them.
        seen: The dom ids that the client had been sent before what it was sent last, the newest
            ones; None where nobody asks, as they take memory.
    """

    __slots__ = (
        "_batch", "_first", "_latest", "_log", "_prefixed", "_sent", "name", "ref", "seen",
        "walked",
    )  # fmt: skip

    def __init__(self, name: str | None, prefixed: bool) -> None:
        self.name = name
        self.ref: str | None = None
        self.walked = False
        self.seen: dict[str, None] | None = None
        self._latest: dict[str, Insert] = {}
        self._prefixed = prefixed
        self._log: list[Operation] = []
        self._first: int = 0  # how many operations there were before the log's first
        self._sent: int = 0
        self._batch: Batch | None = None

    @property
    def waiting(self) -> Sequence[Operation]:
        """What no client has been sent yet."""
        return self._log

    @property
    def prefix(self) -> str:
        """What is put before an item's key for its dom id."""
        if not self._prefixed:
            return ""
        if self.name is None:
            raise StreamError(
                "a stream that is no field of the state needs a name to make dom ids from:"
                ' Stream(name="songs") makes "songs-1"'
            )
        return self.name + "-"

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Go over the pending items with their dom ids, for the loop of a template."""
        self.walked = True
        self._batch = batch = self._pending()
        return iter([(dom_id, insert.item) for dom_id, insert in batch.inserts.items()])

    def __bool__(self) -> bool:
        raise StreamError(
            f"nobody knows whether {self!r} is empty, as the server keeps no items: count them in"
            " a field of the state, or show what belongs to an empty list by CSS (:only-child)"
        )

    def __len__(self) -> int:
        raise TypeError(
            f"{self!r} has no length, as the server keeps no items: count them in a field of the"
            " state"
        )

    def __html__(self) -> str:
        raise StreamError(
            f"{self!r} cannot be shown as it is: write {{% for dom_id, item in items %}}, or in a"
            ' t-string {items.each(lambda dom_id, item: t"...")}'
        )

    def rows(self, loop: Comprehension | Literal[""], has_else: bool = False) -> StreamRows:
        """Return the tree's node for the rows that a loop over this stream made.

        Args:
            loop: The rows; `""` when a t-string made none, and their template is not known.
            has_else: Whether the loop says what to show when there are no rows.

        Raises:
            StreamError: The loop left some rows out, or has an else.
        """
        batch = self._batch
        self._batch = None
        self.walked = False
        if has_else:
            raise StreamError(
                f"the loop over {self!r} has an {{% else %}}, which would be shown whenever nothing"
                " new is pending: show what belongs to an empty list by CSS (:only-child)"
            )
        rows = list(loop.rows) if loop else []
        if batch is None or len(rows) != len(batch.inserts):
            raise StreamError(
                f"the loop over {self!r} left out items (by an if, a break or a filter): a row that"
                " is not sent now is never sent, so decide which items to show when you insert them"
            )
        return StreamRows(self, batch, loop.statics if loop else None, rows)

    def _pending(self) -> Batch:
        log = self._log
        batch = Batch(self._sent, self._first + len(log))
        if not log:
            return batch
        prefix = self.prefix
        for operation in log:
            if type(operation) is Insert:
                batch.insert(prefix + operation.key, operation)
            elif type(operation) is Delete:
                batch.delete(operation.key if operation.whole else prefix + operation.key)
            else:
                batch.reset = True
        return batch

    def follow(self) -> None:
        """Remember from now on what the client was sent; call it before each render."""
        seen = self.seen
        if seen is None:
            self.seen = {}
        elif self._latest:
            for dom_id in self._latest:
                seen.pop(dom_id, None)
                seen[dom_id] = None
            self._latest = {}
            for dom_id in list(seen)[: max(0, len(seen) - _MOST_SEEN)]:
                del seen[dom_id]

    def _add_reset(self) -> None:
        # Nothing that came before it matters any more.
        self._first += len(self._log)
        self._log.clear()
        self._log.append("reset")

    def _taken(self, batch: Batch) -> None:
        if batch.start != self._sent:
            raise StreamError(
                f"{self!r} is shown at two places of the page, and each of its items can be sent"
                " only once: make a stream for each place"
            )
        self._sent = batch.end
        if self.seen is not None:
            self._latest.update(batch.inserts)
        done = max(0, batch.end - self._first)
        if (done or batch.reset) and (keeper := current_keeper.get()) is not None:
            operations = self._log[:done]
            if batch.reset and "reset" not in operations:
                operations.insert(0, "reset")
            keeper.keep(self, operations)
        if done:
            del self._log[:done]
            self._first = batch.end

    def put_back(self, operations: list[Operation]) -> None:
        """Let operations that were sent wait again, for the page does not have them.

        To be called before the stream is rendered again: rows that are rendered are those of what
        waited then.
        """
        if "reset" in self._log:  # nothing that came before it matters any more
            return
        self._log[:0] = operations
        self._first -= len(operations)
        self._sent = self._first


class StreamRows:
    """A stream's place in a tree."""

    __slots__ = ("_batch", "_placed", "_rows", "_statics", "_stream")

    def __init__(
        self, stream: Operations, batch: Batch, statics: Statics | None, rows: list[Row]
    ) -> None:
        self._stream = stream
        self._batch: Batch | None = batch  # None once it was sent
        self._statics = statics
        self._rows = rows
        self._placed: Statics | None = None  # what the client has at this place

    def __repr__(self) -> str:
        return f"<StreamRows of {self._stream!r}>"

    def write_html(self, write: Callable[[str], object]) -> None:
        """Write the rows in the order that the client will have them in."""
        if self._batch is None or self._statics is None:
            return
        shown: list[Row] = []
        for row, insert in zip(self._rows, self._batch.inserts.values(), strict=True):
            if insert.update_only:
                continue
            shown.insert(len(shown) if insert.at < 0 else insert.at, row)
            limit = insert.limit
            if limit is not None and len(shown) > abs(limit):
                del shown[slice(limit) if limit < 0 else slice(limit, None)]
        write_html(Comprehension(self._statics, shown), write)

    def full(self, message: Encoder) -> Any:
        """Return what is pending, with the rows' template."""
        stream = self._stream
        if stream.ref is None:
            stream.ref = str(next(_refs))
        payload: dict[str, Any] | None = self._take(message)
        if payload is None:
            if self._statics is None:
                return ""
            payload = {"stream": [stream.ref, [], []], "k": {"kc": 0}}
        self._placed = self._statics or _NO_ROWS
        payload["s"] = message.number(self._placed)
        return payload

    def diff(self, old: StreamRows, message: Encoder) -> Any:
        """Return what is pending, with the rows' template only if it is not that of `old`."""
        stream = self._stream
        before = old._stream
        if stream.ref is None:
            if before is not stream and before.name == stream.name is not None:
                # A new stream in the field of another one: its rows replace the other's.
                stream.ref = before.ref
                if self._batch is not None:
                    self._batch.reset = True
            else:
                stream.ref = str(next(_refs))
        placed = old._placed
        payload = self._take(message)
        if payload is not None:
            statics = self._statics or placed or _NO_ROWS
            if statics is not placed:
                placed = statics
                payload["s"] = message.number(statics)
        self._placed = placed
        return payload

    def _take(self, message: Encoder) -> dict[str, Any] | None:
        """Return what is pending and forget it; None when there is nothing."""
        batch = self._batch
        if batch is None:
            return None
        self._batch = None
        rows, self._rows = self._rows, []
        stream = self._stream
        stream._taken(batch)  # pyright: ignore[reportPrivateUsage]
        inserts = batch.inserts
        if not inserts and not batch.deletes and not batch.reset:
            return None
        sent: list[Any] = [
            stream.ref,
            [
                [dom_id, insert.at, insert.limit, insert.update_only]
                for dom_id, insert in reversed(inserts.items())
            ],
            list(batch.deletes),
        ]
        if batch.reset:
            sent.append(True)
        keyed: dict[Any, Any] = {}
        if rows and self._statics is not None:
            width = self._statics.width
            keyed.update(enumerate([message.full_row(row[:width]) for row in rows]))
        keyed["kc"] = len(rows)
        return {"stream": sent, "k": keyed}
