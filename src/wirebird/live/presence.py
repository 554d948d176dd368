"""`Presence[T]`: a state field that says who is here, on a topic, in all processes.

The rule: what it shows changes only between two messages of its view, which is then rendered anew;
what all the views of a process show of a topic is kept once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, cast, get_args, get_origin, get_type_hints

from pydantic_core import core_schema
from typing_extensions import TypeVar

from wirebird.binding.signature import arms_of
from wirebird.errors import WirebirdError
from wirebird.live.messages import DONE, broadcastable

Meta = TypeVar("Meta", default=Any)


class PresenceError(WirebirdError, RuntimeError):
    """A `Presence` is asked to change an entry that its view does not have."""


@dataclass(frozen=True, slots=True)
class Here(Generic[Meta]):
    """What is said of one key.

    Attributes:
        refs: Tells the entries apart.
        metas: What they say, in the same order.
    """

    refs: tuple[Any, ...]
    metas: tuple[Meta, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody joined, left, or says something else.

    Attributes:
        here: Who is here now.
        keys: The keys with a change.
    """

    here: Mapping[str, Here[Any]]
    keys: Collection[str]


@dataclass(frozen=True, slots=True)
class PresenceDiff(Generic[Meta]):
    """Who came and who went since the view was last told; a message for an `@info` method.

    Somebody with two tabs is one key with two entries: a key that is in `leaves` is gone when the
    `Presence` does not have it any more.

    Attributes:
        topic: The topic.
        joins: What new entries say, by key.
        leaves: What those said that are gone, by key.
        updates: What those say now that have changed, by key.

    Example:
        ```python
        @info
        async def on_diff(self, diff: PresenceDiff[Person]) -> None:
            for key, people in diff.joins.items():
                if len(self.state.people[key]) == len(people):  # not just another tab
                    self.socket.put_flash("info", f"{people[0].name} is here")
        ```
    """

    topic: str
    joins: Mapping[str, tuple[Meta, ...]] = field(default_factory=dict[str, tuple[Meta, ...]])
    leaves: Mapping[str, tuple[Meta, ...]] = field(default_factory=dict[str, tuple[Meta, ...]])
    updates: Mapping[str, tuple[Meta, ...]] = field(default_factory=dict[str, tuple[Meta, ...]])


class Place(Protocol):
    """A view's place on a topic, as its `Presence` sees it."""

    topic: str

    def here(self) -> Mapping[str, Here[Any]]:
        """Return who is here now."""
        ...

    def ready(self) -> Awaitable[None]:
        """Wait until the other processes have said who is there, or take too long."""
        ...

    def update(self, meta: Any) -> None:
        """Let the view's entry say something else."""
        ...

    def leave(self) -> None:
        """Take the view's entry away, and follow the topic no more."""
        ...


class Presence(Mapping[str, tuple[Meta, ...]], Generic[Meta]):
    """Who is here: by key, what their entries say; a key has an entry for each of its tabs.

    A field of the state. `track` and `presence` of the socket make one that follows a topic: when
    somebody joins, leaves or changes, in any process, the view is rendered anew.

    Example:
        ```python
        @dataclass(frozen=True)
        class Person:
            name: str

        @dataclass
        class Room:
            people: Presence[Person] = field(default_factory=Presence)

        class RoomView(LiveView[Room]):
            async def mount(self, room: str, user: Annotated[User, Depends(current_user)]) -> None:
                me = Person(user.name)
                self.state.people = await self.socket.track(f"room:{room}", user.id, me)
        ```

        ```jinja
        {% for id, tabs in people.items() %}<li :key="{{ id }}">{{ tabs[0].name }}</li>{% endfor %}
        ```
    """

    __slots__ = ("_here", "_place", "_told")

    __transient__ = True  # who was here when a state was stored says nothing of who is here now

    def __init__(self) -> None:
        self._here: Mapping[str, Here[Meta]] = {}
        self._told = self._here
        self._place: Place | None = None

    @classmethod
    def at(cls, place: Place) -> Presence[Any]:
        """Return one that shows who is at a place; the runtime makes them."""
        presence: Presence[Any] = cls()
        presence._place = place
        presence._here = presence._told = place.here()
        return presence

    def __getitem__(self, key: str) -> tuple[Meta, ...]:
        return self._here[key].metas

    def __contains__(self, key: object) -> bool:
        return key in self._here

    def __iter__(self) -> Iterator[str]:
        return iter(self._here)

    def __len__(self) -> int:
        return len(self._here)

    def __repr__(self) -> str:
        topic = "nowhere" if self._place is None else repr(self._place.topic)
        return f"<Presence {topic}: {len(self)}>"

    def __await__(self) -> Generator[Any, Any, Presence[Meta]]:
        """Wait until the list is whole, as far as other processes answer in time."""
        place = self._place
        yield from (DONE if place is None else place.ready()).__await__()
        if place is not None and place is self._place:
            self._here = self._told = place.here()
        return self

    def update(self, meta: Meta) -> None:
        """Let this view's entry say something else.

        It may be called often: what changes within a twentieth of a second is sent together, and
        only the last of it. What says nothing new is not sent.

        Args:
            meta: What it says now. Views share it, so make it one that nobody changes.

        Raises:
            PresenceError: This view has no entry here.
            UnsendableMessage: It cannot be sent to other processes.
        """
        if self._place is None:
            raise PresenceError(
                "update() changes the entry of a view, and this Presence has none: get it from"
                " `await self.socket.track(topic, key, meta)`"
            )
        self._place.update(meta)

    def untrack(self) -> None:
        """Be here no more, and follow the topic no more; it then shows nobody.

        Where it follows a topic only, it just stops. A view that ends does so by itself.
        """
        place, self._place = self._place, None
        self._here = self._told = {}
        if place is not None:
            place.leave()

    # Runtime's side

    def refresh(self) -> None:
        """Show what is so now, before the view is told of it."""
        if self._place is not None:
            self._here = self._place.here()

    def shows_other_than(self, change: Change) -> bool:
        """Tell whether a change is not shown yet: a view shows its own at once."""
        here, new = self._here, change.here
        return any(here.get(key) is not new.get(key) for key in change.keys)

    def follow(self, change: Change) -> PresenceDiff[Meta] | None:
        """Show who is here now.

        Returns:
            What is new to the view; None if nothing is.
        """
        told, self._told = self._told, change.here
        self._here = change.here
        place = self._place
        if place is None:
            return None
        joins: dict[str, tuple[Any, ...]] = {}
        leaves: dict[str, tuple[Any, ...]] = {}
        updates: dict[str, tuple[Any, ...]] = {}
        for key in change.keys:
            old, new = told.get(key), change.here.get(key)
            if old is new:
                continue
            before = {} if old is None else dict(zip(old.refs, old.metas, strict=True))
            now = {} if new is None else dict(zip(new.refs, new.metas, strict=True))
            came = tuple(meta for ref, meta in now.items() if ref not in before)
            went = tuple(meta for ref, meta in before.items() if ref not in now)
            other = tuple(
                meta for ref, meta in now.items() if ref in before and before[ref] is not meta
            )
            for found, metas in ((joins, came), (leaves, went), (updates, other)):
                if metas:
                    found[key] = metas
        if not (joins or leaves or updates):
            return None
        return PresenceDiff(place.topic, joins, leaves, updates)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _validated,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda _: {}),
        )


def _validated(value: object) -> Presence[Any]:
    return cast("Presence[Any]", value) if isinstance(value, Presence) else Presence()


def take_metas(state: Any) -> None:
    """Let what the `Presence` fields of a state's class hold arrive from other processes."""
    try:
        hints = get_type_hints(state)
    except Exception:  # an annotation that cannot be evaluated here
        return
    for hint in hints.values():
        if get_origin(hint) is Presence:
            for kind in arms_of(get_args(hint)[0])[0]:
                kind = get_origin(kind) or kind
                if isinstance(kind, type) and kind is not object:
                    broadcastable(kind)


Listener: TypeAlias = Callable[[Change], None]
"""Takes a change on a topic, in the event loop."""


class Presences(Protocol):
    """Who is where, for the views of one process; all but `pack` in the event loop."""

    def pack(self, meta: Any) -> Any:
        """Return what of an entry is told to other processes; from any thread.

        Raises:
            UnsendableMessage: It cannot be.
        """
        ...

    def follow(self, topic: str, listener: Listener) -> None:
        """Tell a listener of changes on a topic from now on."""
        ...

    def unfollow(self, topic: str, listener: Listener) -> None:
        """Tell it no more."""
        ...

    def put(self, topic: str, ref: str | None, key: str, meta: Any, packed: Any) -> str:
        """Have an entry on a topic that is followed, or let it say something else.

        Args:
            topic: The topic.
            ref: What this returned for the entry before; None for a new one.
            key: Whose it is.
            meta: What it says.
            packed: The same, as `pack` returned it.

        Returns:
            What tells the entry from others.
        """
        ...

    def remove(self, topic: str, ref: str) -> None:
        """Have an entry no more."""
        ...

    def here(self, topic: str) -> Mapping[str, Here[Any]]:
        """Return who is here; it never changes, there is another one after a change."""
        ...

    async def ready(self, topic: str) -> None:
        """Wait until the other processes have said who is there, or take too long."""
        ...
