"""A view's place on a topic: whom it sees there, and its own entry.

The rule: what changes there waits in the view's mailbox as messages do, once, however often it
changes. The entry ends with its view, or with its component.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from wirebird.live.presence import Change, Here, Presence, PresenceDiff, PresenceError, Presences

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel

T = TypeVar("T")


class Tracked:
    """The place of a joined view, or of one of its components.

    Args:
        channel: The view's channel.
        owner: The view or component.
        topic: The topic.
        key: Whose the entry is; None to follow only.
        all: The places that the view has.
    """

    __slots__ = (
        "_all", "_channel", "_presence", "_presences", "_ref", "_waiting", "key", "owner", "topic",
    )  # fmt: skip

    def __init__(
        self, channel: Channel, owner: Any, topic: str, key: str | None, all: dict[Tracked, None]
    ) -> None:
        self.owner = owner
        self.topic = topic
        self.key = key
        self._channel = channel
        self._presences = channel.endpoint.presence
        self._all = all
        self._ref: str | None = None
        self._waiting: Change | None = None
        if channel.stage.takes:
            all[self] = None
            self._presences.follow(topic, self._hear)
        self._presence: Presence[Any] | None = None

    @property
    def presence(self) -> Presence[Any]:
        """What the view sees; it begins with what is so when this is first asked for."""
        if self._presence is None:
            self._presence = Presence.at(self)
        return self._presence

    def put(self, meta: Any, packed: Any) -> None:
        """Let the entry, if there is to be one, say something; in the event loop."""
        if self.key is not None and self in self._all:
            self._ref = self._presences.put(self.topic, self._ref, self.key, meta, packed)
            self.presence.refresh()

    def end(self) -> None:
        """Be there no more; in the event loop."""
        if self in self._all:
            del self._all[self]
            if self._ref is not None:
                self._presences.remove(self.topic, self._ref)
            self._presences.unfollow(self.topic, self._hear)

    # For the view, from any thread

    def here(self) -> Mapping[str, Here[Any]]:
        """Return who is here now."""
        return self._in_loop(self._presences.here, self.topic)

    def ready(self) -> Awaitable[None]:
        """Wait until the other processes have said who is there."""
        return self._presences.ready(self.topic)

    def update(self, meta: Any) -> None:
        """Let the view's entry say something else."""
        if self.key is None:
            raise PresenceError(
                f"this view follows {self.topic!r} and has no entry there:"
                " get one with `await self.socket.track(topic, key, meta)`"
            )
        self._in_loop(self.put, meta, self._presences.pack(meta))

    def leave(self) -> None:
        """Take the view's entry away, and follow the topic no more."""
        self._in_loop(self.end)

    def _in_loop(self, function: Callable[..., T], *args: Any) -> T:
        channel = self._channel
        if threading.get_ident() == channel.thread:
            return function(*args)

        async def run() -> T:
            return function(*args)

        return asyncio.run_coroutine_threadsafe(run(), channel.loop).result()

    # What changes

    def _hear(self, change: Change) -> None:
        waiting, self._waiting = self._waiting, change
        if waiting is None:
            self._channel.work_later(self._show)
        else:
            self._waiting = Change(change.here, {*waiting.keys, *change.keys})

    async def _show(self) -> None:
        change, self._waiting = self._waiting, None
        channel = self._channel
        if change is None or self not in self._all or not channel.has(self.owner):
            return
        if self.presence.shows_other_than(change):
            channel.touch(self.owner)
        diff = self.presence.follow(change)
        handlers = type(channel.view).definition.handlers
        if diff is not None and handlers.info_for(PresenceDiff) and self.owner is channel.view:
            await channel.on_info(diff)


class Seen:
    """The place of a view in its first render, which only looks.

    Args:
        presences: Knows who is where.
        topic: The topic.
    """

    __slots__ = ("_presences", "topic")

    def __init__(self, presences: Presences, topic: str) -> None:
        self._presences = presences
        self.topic = topic

    def here(self) -> Mapping[str, Here[Any]]:
        """Return who is here now."""
        return self._presences.here(self.topic)

    def ready(self) -> Awaitable[None]:
        """Wait until the other processes have said who is there."""
        return self._presences.ready(self.topic)

    def update(self, meta: Any) -> None:
        """Do nothing: the view has no entry yet."""

    def leave(self) -> None:
        """Do nothing: the view has no entry yet."""
