"""`ViewHost`: what a joined view's socket can ask for, and what of it ends with the view.

The rule: all of it may be asked from the thread of a `def` handler, and nothing of it outlives
the view.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from wirebird.live.messages import DONE, Timer
from wirebird.live.presence import Presence
from wirebird.live.tasks import Tasks
from wirebird.runtime.mailbox import Stage
from wirebird.runtime.tracking import Tracked
from wirebird.runtime.watch import named_by

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel

logger = logging.getLogger("wirebird.runtime")


class ViewHost:
    """Serves one view's socket.

    Args:
        channel: The view's channel.
    """

    __slots__ = ("_channel", "_tasks", "_timers", "_topics", "_tracked")

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._tasks: Tasks | None = None
        self._timers: set[Timer] | None = None
        self._topics: set[str] | None = None
        self._tracked: dict[Tracked, None] | None = None

    @property
    def channel(self) -> Channel:
        """The view's channel."""
        return self._channel

    @property
    def visitor(self) -> str:
        """Whose page it is."""
        return self._channel.connection.visitor

    @property
    def is_parked(self) -> bool:
        """Whether the page's line is lost, and nothing is shown."""
        return self._channel.stage is Stage.PARKED

    @property
    def chunk_room(self) -> int:
        """How many bytes of a file a frame has room for."""
        return self._channel.endpoint.limits.chunk_room

    @property
    def session(self) -> Mapping[str, Any]:
        """The session of the HTTP request."""
        return self._channel.connection.session or {}

    def deliver(self, message: Any) -> None:
        """Send a message to the view."""
        self._channel.deliver(message)

    def send_update(self, component: type[Any], id: str, props: Mapping[str, Any]) -> None:
        """Hand props to a component after what the view is doing now."""
        channel = self._channel
        if threading.get_ident() != channel.thread:
            channel.loop.call_soon_threadsafe(self.send_update, component, id, props)
        else:
            channel.update_component(component, id, props)

    def send_parent(self, message: Any) -> None:
        """Send a message to the view in whose page this one stands."""
        parent = self._channel.parent
        if parent is None:
            logger.warning("%r: send_parent: it stands in no other view's page", self._channel)
        else:
            parent.deliver(message)

    def send_child(self, id: str, message: Any) -> None:
        """Send a message to a nested view."""
        topic = f"lv:{id}"
        child = self._channel.connection.channels.get(topic)
        if child is None:  # its line was lost, and it has not come back after this view yet
            nested = self._channel.endpoint.parking.nested_in(self._channel)
            child = next((each for each in nested if each.topic == topic), None)
        if child is None or child.parent is not self._channel:
            logger.info("%r: send_child: no nested view %r has joined", self._channel, id)
        else:
            child.deliver(message)

    def start_timer(self, action: Callable[[], None], seconds: float, repeat: bool) -> Timer:
        """Do something later, until the view ends."""
        if self._timers is None:
            self._timers = set()
        timer = Timer(
            self._channel.loop, seconds, action, repeat=repeat, on_end=self._timers.discard
        )
        if not self._channel.stage.takes:
            timer.cancel()
        else:
            self._timers.add(timer)
            timer.start()
        return timer

    def tasks(self) -> Tasks | None:
        """Return the view's background work; None once the view has ended."""
        channel = self._channel
        if self._tasks is None and not channel.ended:
            self._tasks = Tasks(
                channel.loop, channel.thread, channel.put_outcome, channel.touch, channel.on_info
            )
            if not channel.stage.takes:
                self._tasks.begin_end()
        return self._tasks

    def subscribe(self, topic: str) -> Awaitable[None]:
        """Receive a topic until the view ends."""
        return self._here(self._subscribe(topic))

    async def _subscribe(self, topic: str) -> None:
        if self._topics is None:
            self._topics = set()
        if topic not in self._topics and self._channel.stage.takes:
            self._topics.add(topic)
            await self._channel.endpoint.pubsub.subscribe(topic, self._channel.deliver)

    def unsubscribe(self, topic: str) -> Awaitable[None]:
        """Stop receiving a topic."""
        return self._here(self._unsubscribe(topic))

    async def _unsubscribe(self, topic: str) -> None:
        if self._topics and topic in self._topics:
            self._topics.discard(topic)
            await self._channel.endpoint.pubsub.unsubscribe(topic, self._channel.deliver)

    def broadcast(self, topic: str, message: Any, include_self: bool) -> Awaitable[None]:
        """Send to all who receive a topic."""
        exclude = None if include_self else self._channel.deliver
        return self._here(self._channel.endpoint.pubsub.broadcast(topic, message, exclude))

    def local_broadcast(self, topic: str, message: Any, include_self: bool) -> Awaitable[None]:
        """Send to those who receive a topic in this process."""
        exclude = None if include_self else self._channel.deliver
        return self._here(self._channel.endpoint.pubsub.local_broadcast(topic, message, exclude))

    def presence(
        self, owner: Any, topic: str, key: str | None = None, meta: Any = None
    ) -> Presence[Any]:
        """Follow who is on a topic, and be there oneself with a key, until the view ends."""
        channel = self._channel
        packed = None if key is None else channel.endpoint.presence.pack(meta)
        if threading.get_ident() == channel.thread:
            return self._track(owner, topic, key, meta, packed)

        async def track() -> Presence[Any]:
            return await self._track(owner, topic, key, meta, packed)

        return asyncio.run_coroutine_threadsafe(track(), channel.loop).result()

    def _track(
        self, owner: Any, topic: str, key: str | None, meta: Any, packed: Any
    ) -> Presence[Any]:
        if self._tracked is None:
            self._tracked = {}
        for tracked in self._tracked:
            if (tracked.owner, tracked.topic, tracked.key) == (owner, topic, key):
                break
        else:
            tracked = Tracked(self._channel, owner, topic, key, self._tracked)
        tracked.put(meta, packed)
        return tracked.presence

    def _here(self, work: Coroutine[Any, Any, None]) -> Awaitable[None]:
        """Return work to be awaited; in the thread of a `def` handler, do it before returning."""
        if threading.get_ident() == self._channel.thread:
            return work
        asyncio.run_coroutine_threadsafe(work, self._channel.loop).result()
        return DONE

    @property
    def topics(self) -> list[str]:
        """The topics that the view receives."""
        return sorted(self._topics or ())

    @property
    def tracked(self) -> list[Tracked]:
        """The view's places on topics of presence."""
        return list(self._tracked or ())

    @property
    def timers(self) -> int:
        """How many timers run."""
        return len(self._timers or ())

    @property
    def work(self) -> list[str]:
        """The names of the background work that goes on."""
        return [] if self._tasks is None else self._tasks.titles

    @property
    def is_at_work(self) -> bool:
        """Whether background work goes on."""
        return bool(self._tasks)

    @property
    def listens(self) -> bool:
        """Whether something may come to the view by itself, which its page is to show."""
        return bool(self._topics or self._timers or self._tracked)

    def components_gone(self) -> None:
        """End the background work of components that have left the page."""
        if self._tasks is not None:
            self._tasks.end_of_those_gone(self._channel.has)
        for tracked in tuple(self._tracked or ()):
            if not self._channel.has(tracked.owner):
                tracked.end()

    def begin_end(self) -> None:
        """End the view's timers, entries, and the background work that need not finish."""
        for tracked in tuple(self._tracked or ()):
            tracked.end()
        for timer in tuple(self._timers or ()):
            timer.cancel()
        if self._tasks is not None:
            self._tasks.begin_end()

    async def finish(self, deadline: float) -> list[str]:
        """Wait for the background work that must finish; return what does not in time."""
        return [] if self._tasks is None else await self._tasks.finish(deadline)

    def unfinished(self) -> list[str]:
        """Return the background work that must finish and is still at it."""
        return [] if self._tasks is None else self._tasks.unfinished()

    async def end(self) -> None:
        """End the view's background work and subscriptions."""
        if self._tasks is not None:
            await self._tasks.end()
        for topic in tuple(self._topics or ()):
            try:
                await self._channel.endpoint.pubsub.unsubscribe(topic, self._channel.deliver)
            except Exception:
                logger.exception("%r: could not unsubscribe from %r", self._channel, topic)


named_by(
    Tasks._carry_out,  # pyright: ignore[reportPrivateUsage]
    lambda names: str(names["work"]),
)
