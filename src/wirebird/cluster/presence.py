"""`PresenceTracker`: who is where, for the views of one process and over all processes.

The rule: what is known is `Replica`'s; here are the clock, the broker, and those who listen. Nobody
waits for a broker but who asks for a whole list, and that not for long.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, TypeAlias, cast

from wirebird.cluster.broker import checked_topic
from wirebird.cluster.messages import Decoder, MalformedMessage, UnknownMessage, encode
from wirebird.cluster.presence_messages import EVERYONE, box_of, place_of
from wirebird.cluster.replica import Ref, Replica
from wirebird.live.messages import PubSub, Resubscribed, broadcastable
from wirebird.live.presence import Change, Here, Listener

logger = logging.getLogger("wirebird.cluster")

LISTENER_SECONDS = 0.0001
"""How much longer changes are gathered for each view that is told of them."""

_UNKNOWN = object()

Job: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PresenceTimes:
    """How long what takes.

    Attributes:
        heartbeat: How often a process that has entries says so, in seconds.
        timeout: How long it may be silent before its entries leave; the others see to it once a
            heartbeat.
        flush: How long changes are gathered that are told together.
        patience: How long whoever wants a whole list waits for other processes.
        linger: How long a topic that nobody follows any more is kept, for whoever is next.
        retry: How long a process waits for what it missed before it asks again.
    """

    heartbeat: float = 5.0
    timeout: float = 20.0
    flush: float = 0.05
    patience: float = 0.25
    linger: float = 10.0
    retry: float = 1.0


class _Topic:
    """What this process does about one topic."""

    __slots__ = (
        "changed", "flush", "flushed_at", "here", "known", "listeners", "ready", "release",
    )  # fmt: skip

    def __init__(self) -> None:
        self.listeners: dict[Listener, None] = {}
        self.here: Mapping[str, Here[Any]] = {}
        # By key, what its entries say: as it was packed, and as it is.
        self.known: dict[str, dict[Ref, tuple[Any, Any]]] = {}
        self.changed: set[str] = set()
        self.flush: asyncio.TimerHandle | None = None
        self.flushed_at = float("-inf")
        self.release: asyncio.TimerHandle | None = None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class PresenceTracker:
    """Who is where.

    An application has one, as `app.presence`; `list` is for everybody, the rest for its views.

    Args:
        pubsub: What carries messages to the other processes.
        times: How long what takes.

    Example:
        ```python
        async def people_online(request: Request) -> JSONResponse:
            people = await app.presence.list("lobby")
            return JSONResponse({"online": len(people)})
        ```
    """

    def __init__(self, pubsub: PubSub, times: PresenceTimes | None = None) -> None:
        self.times = times or PresenceTimes()
        self._pubsub = pubsub
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._replica = Replica("", 0, 0)
        self._topics: dict[str, _Topic] = {}
        self._refs = count(1)
        self._jobs: deque[Job] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._tick: asyncio.TimerHandle | None = None
        self._has_met = False
        # Where there is only this process, entries are the objects that views gave.
        self._packs: bool = getattr(pubsub, "shared_between_workers", True)
        self._decoder = Decoder()
        self._complained: set[str] = set()

    async def list(self, topic: str) -> dict[str, tuple[Any, ...]]:
        """Return who is here: by key, what their entries say.

        It asks the other processes, and waits for them a quarter of a second at most. For views
        there is `self.socket.presence`, which goes on to follow the topic.
        """
        await self.ready(topic)
        return {key: here.metas for key, here in self.here(topic).items()}

    async def stop(self) -> None:
        """Tell the other processes that this one ends, and what it has with it."""
        if self._loop is not asyncio.get_running_loop():
            return
        for kept in self._topics.values():
            self._out_of_patience(kept)
            for timer in (kept.flush, kept.release):
                if timer is not None:
                    timer.cancel()
        if self._tick is not None:
            self._tick.cancel()
        self._replica.leave()
        self._carry_on()
        for place in (EVERYONE, box_of(self._replica.name), *map(place_of, self._topics)):
            self._do(partial(self._pubsub.unsubscribe, place, self._receive))
        self._topics = {}
        self._loop = None
        if self._worker is not None:
            await self._worker

    # For views

    def pack(self, meta: Any) -> Any:
        """Return what of an entry is told to other processes; from any thread.

        Raises:
            UnsendableMessage: It cannot be.
        """
        if not self._packs:
            return meta
        name, data = encode(meta)
        broadcastable(cast("type[Any]", type(meta)))  # what this process sends, it also takes
        return f"{name}\n{data.decode()}"

    def follow(self, topic: str, listener: Listener) -> None:
        """Tell a listener of changes on a topic from now on."""
        self._kept(topic).listeners[listener] = None

    def unfollow(self, topic: str, listener: Listener) -> None:
        """Tell it no more."""
        kept = self._topics.get(topic)
        if kept is not None:
            kept.listeners.pop(listener, None)
            self._release_later(topic, kept)

    def put(self, topic: str, ref: str | None, key: str, meta: Any, packed: Any) -> str:
        """Have an entry on a topic that is followed, or let it say something else."""
        ref = ref or str(next(self._refs))
        kept = self._kept(topic)
        if self._replica.put(topic, ref, key, packed):
            kept.known.setdefault(key, {})[self._replica.name, ref] = packed, meta
            self._carry_on()
        return ref

    def remove(self, topic: str, ref: str) -> None:
        """Have an entry no more."""
        if topic in self._topics:
            self._replica.remove(topic, ref)
            self._carry_on()

    def here(self, topic: str) -> Mapping[str, Here[Any]]:
        """Return who is here; it never changes, there is another one after a change."""
        kept = self._kept(topic)
        self._settle(topic, kept)
        return kept.here

    async def ready(self, topic: str) -> None:
        """Wait until the other processes have said who is there, or take too long."""
        await asyncio.shield(self._kept(topic).ready)

    # Topics

    def _kept(self, topic: str) -> _Topic:
        """Return a topic, which this process keeps from now on."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._begin(loop)
        kept = self._topics.get(topic)
        if kept is None:
            place = checked_topic(place_of(topic))
            kept = self._topics[topic] = _Topic()
            self._replica.watch(topic)
            self._do(partial(self._pubsub.subscribe, place, self._receive))
            self._do(partial(self._ask, topic, kept))
            self._release_later(topic, kept)
        return kept

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread = threading.get_ident()
        name = secrets.token_urlsafe(9)
        self._replica = Replica(name, self.times.timeout, self.times.retry)
        self._topics = {}
        self._jobs.clear()
        self._worker = None
        self._has_met = not self._packs
        for place in (EVERYONE, box_of(name)):
            self._do(partial(self._pubsub.subscribe, place, self._receive))
        self._do(self._meet)
        self._tick = loop.call_later(self.times.heartbeat, self._on_tick)

    async def _meet(self) -> None:
        self._replica.meet()
        self._carry_on()

    async def _ask(self, topic: str, kept: _Topic) -> None:
        if self._topics.get(topic) is not kept:
            return
        self._replica.ask(topic)
        self._carry_on()
        self._is_ready(topic, kept)
        if not kept.ready.done():
            loop = asyncio.get_running_loop()
            loop.call_later(self.times.patience, self._out_of_patience, kept)

    def _is_ready(self, topic: str, kept: _Topic) -> None:
        # A process that has met nobody yet does not know whom to wait for.
        if self._has_met and self._replica.is_complete(topic) and not kept.ready.done():
            kept.ready.set_result(None)

    def _out_of_patience(self, kept: _Topic) -> None:
        self._has_met = True
        if not kept.ready.done():
            kept.ready.set_result(None)

    def _release_later(self, topic: str, kept: _Topic) -> None:
        if not kept.listeners and kept.release is None:
            loop = asyncio.get_running_loop()
            kept.release = loop.call_later(self.times.linger, self._release, topic, kept)

    def _release(self, topic: str, kept: _Topic) -> None:
        kept.release = None
        if kept.listeners or self._topics.get(topic) is not kept:
            return
        if kept.flush is not None:
            kept.flush.cancel()
            self._flush(topic, kept)
        self._out_of_patience(kept)
        del self._topics[topic]
        self._replica.unwatch(topic)
        self._do(partial(self._pubsub.unsubscribe, place_of(topic), self._receive))

    # Changes

    def _carry_on(self) -> None:
        """Send what is to be told, and let those hear of changes who listen."""
        for place, message in self._replica.take_messages():
            self._do(partial(self._pubsub.broadcast, place, message, self._receive))
        for topic in self._replica.take_touched():
            kept = self._topics.get(topic)
            if kept is not None and kept.flush is None and self._replica.rolls[topic].changed:
                loop = asyncio.get_running_loop()
                pause = self.times.flush + LISTENER_SECONDS * len(kept.listeners)
                at = max(loop.time(), kept.flushed_at + pause)
                kept.flush = loop.call_at(at, self._flush, topic, kept)

    def _flush(self, topic: str, kept: _Topic) -> None:
        kept.flush = None
        kept.flushed_at = asyncio.get_running_loop().time()
        self._replica.flush(topic)
        self._carry_on()
        self._settle(topic, kept)
        changed, kept.changed = kept.changed, set()
        if changed:
            change = Change(kept.here, changed)
            for listener in tuple(kept.listeners):
                listener(change)

    def _settle(self, topic: str, kept: _Topic) -> None:
        """Bring what is shown up to what is known."""
        roll = self._replica.rolls[topic]
        if not roll.changed:
            return
        changed, roll.changed = roll.changed, set()
        kept.changed |= changed
        here = dict(kept.here)
        for key in changed:
            before = kept.known.pop(key, {})
            now = {
                ref: known
                if (known := before.get(ref)) is not None and known[0] is packed
                else (packed, self._unpacked(packed))
                for ref, packed in roll.keys.get(key, {}).items()
            }
            if now:
                kept.known[key] = now
            metas = {ref: meta for ref, (_, meta) in now.items() if meta is not _UNKNOWN}
            if metas:
                here[key] = Here(tuple(metas), tuple(metas.values()))
            else:
                here.pop(key, None)
        kept.here = here

    def _unpacked(self, packed: Any) -> Any:
        """Return what an entry says; `_UNKNOWN` where this process cannot know."""
        if not self._packs:
            return packed
        name, _, data = str(packed).partition("\n")
        try:
            return self._decoder.decode(name, data.encode())
        except (MalformedMessage, UnknownMessage) as error:
            if name not in self._complained:
                self._complained.add(name)
                logger.warning(
                    "presence: entries of the type %s are not listed: %s. Declare the field as"
                    " Presence[%s]",
                    name,
                    error,
                    name.rpartition(":")[2],
                )
            return _UNKNOWN

    # The other processes

    def _on_tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._tick = loop.call_later(self.times.heartbeat, self._on_tick)
        self._replica.tick(loop.time())
        self._carry_on()

    def _receive(self, message: Any) -> None:
        loop = self._loop
        if loop is None:
            return
        if threading.get_ident() != self._thread:
            loop.call_soon_threadsafe(self._receive, message)
            return
        if isinstance(message, Resubscribed):
            if message.topic != EVERYONE:
                return  # versions say what was missed
            self._replica.meet()
        else:
            self._replica.receive(message, loop.time())
        self._carry_on()
        kept = self._topics.get(getattr(message, "topic", ""))
        if kept is not None:
            self._is_ready(cast(str, message.topic), kept)

    def _do(self, job: Job) -> None:
        """Ask something of the broker, after what was asked before."""
        self._jobs.append(job)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.get_running_loop().create_task(self._work(self._jobs))

    async def _work(self, jobs: deque[Job]) -> None:
        while jobs:
            job = jobs.popleft()
            try:
                await job()
            except Exception:
                logger.exception("presence: the broker failed")
