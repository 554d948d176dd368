"""`Stream`: a list that lives in the page only.

The rule: the server keeps no items. What is done to a stream waits until the page has been told,
and is then forgotten, so a list of a million rows costs the server nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Generic, cast, get_args, get_origin, get_type_hints, overload

from pydantic_core import core_schema
from typing_extensions import TypeVar

from wirebird.html.content import dynamic_of
from wirebird.html.stream_rows import Delete, Insert, Operations, StreamError, StreamRows
from wirebird.html.tree import exact

Item = TypeVar("Item", default=Any)


class Stream(Operations, Generic[Item]):
    """A list whose items are in the page, and not in the server's memory.

    A field of the state, shown inside an element with an `id` and `phx-update="stream"`. Each row
    is one element with the dom id that comes with its item: the field's name and the item's `id`.

    Args:
        items: What it begins with.
        dom_id: Makes the whole dom id of an item; for items without an `id`.
        name: What dom ids begin with. Without it, the name of the state's field; in a component,
            the component's id before it.
        limit: How many rows the page keeps when some are inserted: the first ones, or the last
            ones if it is negative. None for all.

    Raises:
        StreamError: An item has no `id`, and there is no `dom_id`.

    Example:
        ```python
        @dataclass
        class Playlist:
            songs: Stream[Song] = field(default_factory=Stream)

        class PlaylistView(LiveView[Playlist]):
            async def mount(self) -> None:
                self.state.songs.insert_many(await all_songs())
        ```

        ```jinja
        <ul id="songs" phx-update="stream">
          {% for dom_id, song in songs %}<li id="{{ dom_id }}">{{ song.title }}</li>{% endfor %}
        </ul>
        ```
    """

    __slots__ = ("_dom_id", "limit")

    # Unhashable, so that a dataclass refuses one as the default that all its states would share.
    __hash__ = None  # type: ignore[assignment]

    # The first of these is for `field(default_factory=Stream)`.
    @overload
    def __init__(self, *, name: str | None = None, limit: int | None = None) -> None: ...
    @overload
    def __init__(
        self,
        items: Iterable[Item] = ...,
        *,
        dom_id: Callable[[Item], str] | None = None,
        name: str | None = None,
        limit: int | None = None,
    ) -> None: ...
    def __init__(
        self,
        items: Iterable[Item] = (),
        *,
        dom_id: Callable[[Item], str] | None = None,
        name: str | None = None,
        limit: int | None = None,
    ) -> None:
        super().__init__(name, prefixed=dom_id is None)
        if name is not None and (not name or name.split() != [name]):
            raise StreamError(f"{name!r} cannot be what dom ids begin with: a name has no spaces")
        self._dom_id = dom_id
        self.limit = _checked_limit(limit)
        self._log.extend([Insert(self._key(item), item, -1, limit, None) for item in items])

    def __repr__(self) -> str:
        return f"<Stream {self.name}>" if self.name else "<Stream>"

    def __copy__(self) -> Stream[Item]:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict[int, Any]) -> Stream[Item]:
        copy: Stream[Item] = Stream(dom_id=self._dom_id, name=self.name, limit=self.limit)
        copy._log.extend(self._log)
        return copy

    def insert(
        self, item: Item, at: int = -1, limit: int | None = None, update_only: bool = False
    ) -> None:
        """Put an item into the page, or update it where it stands if the page has it already.

        To move an item, `delete` it first.

        Args:
            item: The item.
            at: Its place among the rows: 0 for the top, -1 for the end.
            limit: How many rows the page keeps, the last ones if it is negative; without it, the
                stream's own limit.
            update_only: Whether to do nothing if the page does not have it.

        Raises:
            StreamError: The item has no id, or `at` or `limit` cannot be.
        """
        limit = self.limit if limit is None else _checked_limit(limit)
        self._log.append(Insert(self._key(item), item, _checked_at(at), limit, update_only))

    def insert_many(self, items: Iterable[Item], at: int = -1, limit: int | None = None) -> None:
        """Insert several items, which are then in the page in the order given.

        Args:
            items: The items.
            at: The place of the first one: 0 for the top, -1 for the end.
            limit: As for `insert`.

        Raises:
            StreamError: An item has no id, or `at` or `limit` cannot be.
        """
        limit = self.limit if limit is None else _checked_limit(limit)
        at = _checked_at(at)
        inserts = [Insert(self._key(item), item, at, limit, False) for item in items]
        if at >= 0:  # each is put before the one that was put there last
            inserts.reverse()
        self._log.extend(inserts)

    def delete(self, item: Item | Mapping[str, Any]) -> None:
        """Take an item out of the page; nothing happens if it is not there.

        Args:
            item: The item, or whatever has its id: `{"id": 3}` will do.

        Raises:
            StreamError: It has no id.
        """
        self._log.append(Delete(self._key(item), whole=False))

    def delete_by_dom_id(self, dom_id: str) -> None:
        """Take the row with a dom id (`"songs-3"`) out of the page, if it is there."""
        self._log.append(Delete(dom_id, whole=True))

    def reset(self, items: Iterable[Item] = ()) -> None:
        """Let these items be all there are, in this order.

        Rows that stay keep what the browser knows of them, such as focus.

        Raises:
            StreamError: An item has no id.
        """
        inserts = [Insert(self._key(item), item, -1, self.limit, False) for item in items]
        self._add_reset()
        self._log.extend(inserts)

    def dom_id(self, item: Item | Mapping[str, Any]) -> str:
        """Return the dom id of an item.

        Raises:
            StreamError: The item has no id, or the stream, which no template has shown, no name.
        """
        return self.prefix + self._key(item)

    def each(self, row: Callable[[str, Item], Any]) -> StreamRows:
        """Return what shows the stream in a t-string.

        Args:
            row: Makes the markup of one row of a dom id and an item.

        Example:
            ```python
            t'''<ul id="songs" phx-update="stream">
              {self.state.songs.each(lambda dom_id, song: t"<li id={dom_id}>{song.title}</li>")}
            </ul>'''
            ```
        """
        return self.rows(dynamic_of([row(dom_id, item) for dom_id, item in self]))  # type: ignore[arg-type]

    def stored(self, write: Callable[[Item], Any]) -> dict[str, Any]:
        """Return what the page knows the stream by, and what it was not told yet, as JSON values.

        Args:
            write: Makes a JSON value of an item.
        """
        return {
            "name": self.name,
            "ref": self.ref,
            "limit": self.limit,
            "seen": list(self.seen or ()),
            "pending": [
                ["insert", each.key, write(each.item), *each[2:]]
                if isinstance(each, Insert)
                else ["delete", *each]
                if isinstance(each, Delete)
                else ["reset"]
                for each in self._log
            ],
        }

    def restored(self, stored: Mapping[str, Any], read: Callable[[Any], Item]) -> Stream[Item]:
        """Return another stream that goes on with the rows that the page has.

        What is done to this one comes after what the page was not told yet: rows that the page
        never had are inserted. Those that it had it has still, or somebody took them out.

        Args:
            stored: What `stored` returned.
            read: Makes an item of what was made of it.
        """
        twin = self.__deepcopy__({})
        twin.name, twin.ref, twin.limit = stored["name"], stored["ref"], stored["limit"]
        twin.seen = dict.fromkeys(stored["seen"])
        if twin.ref is not None:
            prefix, seen = twin.prefix, twin.seen
            new = [each for each in twin._log if isinstance(each, Insert)]
            twin._log = [each for each in new if prefix + each.key not in seen]
        pending: list[Any] = []
        for what, *rest in stored["pending"]:
            if what == "insert":
                key, item, *where = rest
                pending.append(Insert(key, read(item), *where))
            else:
                pending.append(Delete(*rest) if what == "delete" else "reset")
        twin._log[:0] = pending
        return twin

    def _key(self, item: Any) -> str:
        if self._dom_id is not None:
            return self._dom_id(item)
        key = _field(item, "id")
        if key is None:
            raise StreamError(
                f"{self!r} makes dom ids from the `id` of its items, and {item!r:.80} has none:"
                " give it one, or make the stream with Stream(dom_id=lambda item: ...)"
            )
        return exact(key)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _validated,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda _: []),
        )


def _validated(value: object) -> Stream[Any]:
    if isinstance(value, Stream):
        return cast("Stream[Any]", value)
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)):
        return Stream(cast("Iterable[Any]", value))
    raise ValueError("a stream is made of a list of items")


def _checked_limit(limit: int | None) -> int | None:
    if limit == 0:
        raise StreamError(
            "limit=0 would take every row out of the page: 100 keeps the first hundred, -100 the"
            " last hundred, reset() empties the stream"
        )
    return limit


def _checked_at(at: int) -> int:
    if at < -1:
        raise StreamError(
            f"at={at} is no place that the server could know: 0 is the top, 1 the second place, -1"
            " the end"
        )
    return at


class StreamFields:
    """The fields of a state that may hold streams, to name those that have no name.

    Args:
        names: The fields; None to look at all that a state has.
    """

    __slots__ = ("_names",)

    def __init__(self, names: tuple[str, ...] | None) -> None:
        self._names = names

    @classmethod
    def of(cls, state: Any) -> StreamFields | None:
        """Return the fields of a state's class, or None when it has no streams."""
        try:
            hints = get_type_hints(state)
        except Exception:  # an annotation that cannot be evaluated here
            return cls(None)
        names = tuple(name for name, hint in hints.items() if _holds_stream(hint))
        return cls(names) if names else None if hints else cls(None)

    def prepare(self, owner: Any) -> None:
        """Name the streams of a view, or component, that is about to be rendered."""
        follows = getattr(getattr(owner, "socket", None), "follows_streams", False)
        for name, stream in self.of_state(owner.state):
            stream.walked = False
            if follows:
                stream.follow()
            if stream.name is None:
                id = getattr(owner, "id", None)
                stream.name = name if id is None else f"{id}-{name}"

    def checked(self, owner: Any, rendered: Any) -> Any:
        """Return what was rendered, if all streams in it are shown as streams.

        Raises:
            StreamError: The template made a list of one.
        """
        if not isinstance(rendered, tuple):
            return self._checked_later(owner, rendered)
        for name, stream in self.of_state(owner.state):
            if stream.walked:
                raise StreamError(
                    f"{type(owner).__name__} goes over the stream {name!r} as over a list, which"
                    " would show each item once and then no more: write"
                    f" {{% for dom_id, item in {name} %}}, or in a t-string"
                    f' {{self.state.{name}.each(lambda dom_id, item: t"...")}}'
                )
        return cast("Any", rendered)

    async def _checked_later(self, owner: Any, rendered: Awaitable[Any]) -> Any:
        return self.checked(owner, await rendered)

    def of_state(self, state: Any) -> list[tuple[str, Stream[Any]]]:
        """Return the streams that a state holds, by the names of their fields."""
        names = self._names
        if names is None:
            names = cast(
                "Any", state if isinstance(state, dict) else getattr(state, "__dict__", ())
            )
        found: list[tuple[str, Stream[Any]]] = []
        for name in cast("Iterable[str]", names):
            value = _field(state, name)
            if isinstance(value, Stream):
                found.append((name, cast("Stream[Any]", value)))
        return found


def _field(owner: Any, name: str) -> Any:
    if isinstance(owner, Mapping):
        return cast("Mapping[str, Any]", owner).get(name)
    return getattr(owner, name, None)


def _holds_stream(hint: Any) -> bool:
    hint = getattr(hint, "__value__", hint)
    kind = get_origin(hint) or hint
    if isinstance(kind, type) and issubclass(kind, Stream):
        return True
    return any(_holds_stream(argument) for argument in get_args(hint))
