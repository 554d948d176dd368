"""`Replica`: who is here, as one process knows it; a state machine without I/O or a clock.

The rule: each process is the only one to say what it has, and counts what it says. Whoever missed
something knows by the count and asks; whoever is not heard for a while is taken to be gone. So all
come to list the same, whatever was lost on the way, and no two machines' clocks are compared.

What happens here goes in by methods, what other processes say by `receive`, and time by `tick`;
what is to be told them comes out by `take_messages`, and where something changed by `take_touched`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from wirebird.cluster.presence_messages import (
    EVERYONE,
    MOST_BYTES,
    Alive,
    Changed,
    Everything,
    Left,
    PresenceMessage,
    Row,
    Wanted,
    box_of,
    in_batches,
    place_of,
    shard_of,
    weight_of,
)

Ref: TypeAlias = tuple[str, str]
"""An entry everywhere: the process that has it, and its number there."""

_MOST_EARLY = 64


class Roll:
    """Who is here on one topic: what each key's entries say.

    Attributes:
        keys: By key, what the entries say, in the order in which they came to this process.
        changed: Keys with a change that nobody has taken yet.
    """

    __slots__ = ("changed", "keys")

    def __init__(self) -> None:
        self.keys: dict[str, dict[Ref, Any]] = {}
        self.changed: set[str] = set()

    def put(self, ref: Ref, key: str, meta: Any) -> bool:
        """Add an entry, or let it say something else; return whether that is a change."""
        metas = self.keys.setdefault(key, {})
        if ref in metas:
            old = metas[ref]
            # The same object may have been changed in place.
            if old is not meta and old == meta:
                return False
        metas[ref] = meta
        self.changed.add(key)
        return True

    def drop(self, ref: Ref, key: str) -> None:
        """Take an entry away."""
        metas = self.keys.get(key)
        if metas is not None and metas.pop(ref, self) is not self:
            self.changed.add(key)
            if not metas:
                del self.keys[key]


@dataclass(slots=True)
class _Own:
    """What this process has on a topic."""

    version: int = 0
    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    untold: dict[str, None] = field(default_factory=dict[str, None])


@dataclass(slots=True)
class _Theirs:
    """What another process has on a topic, as far as it was heard."""

    version: int = 0
    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    early: dict[int, Changed] = field(default_factory=dict[int, Changed])
    parts: dict[int, list[Row]] = field(default_factory=dict[int, "list[Row]"])
    parts_version: int = 0
    asked: float = float("-inf")


@dataclass(slots=True)
class _Peer:
    """Another process."""

    heard: float
    topics: dict[str, _Theirs] = field(default_factory=dict[str, _Theirs])


class Replica:
    """What one process knows of who is where.

    Args:
        name: Its name, which no process had before it.
        timeout: How long another process may be silent before it is taken to be gone, in seconds.
        retry: How long to wait for an answer before asking again, in seconds.

    Attributes:
        rolls: Who is here, by watched topic.
    """

    def __init__(self, name: str, timeout: float, retry: float) -> None:
        self.name = name
        self.timeout = timeout
        self.retry = retry
        self.rolls: dict[str, Roll] = {}
        self._version = 0
        self._own: dict[str, _Own] = {}
        self._peers: dict[str, _Peer] = {}
        self._awaited: dict[str, set[str]] = {}
        self._messages: list[tuple[str, PresenceMessage]] = []
        self._touched: set[str] = set()

    # What happens here

    def watch(self, topic: str) -> None:
        """Keep the roll of a topic from now on."""
        self.rolls.setdefault(topic, Roll())

    def unwatch(self, topic: str) -> None:
        """Keep the roll of a topic no more; this process must have no entries on it."""
        self.rolls.pop(topic, None)
        self._awaited.pop(topic, None)
        for peer in self._peers.values():
            peer.topics.pop(topic, None)

    def put(self, topic: str, ref: str, key: str, meta: Any) -> bool:
        """Have an entry on a watched topic, or let it say something else.

        Returns:
            Whether that is anything new.
        """
        if not self._roll(topic).put((self.name, ref), key, meta):
            return False
        own = self._own.setdefault(topic, _Own())
        own.rows[ref] = ref, key, meta
        own.untold[ref] = None
        return True

    def remove(self, topic: str, ref: str) -> None:
        """Have an entry no more."""
        own = self._own.get(topic)
        row = None if own is None else own.rows.pop(ref, None)
        if own is not None and row is not None:
            own.untold[ref] = None
            self._roll(topic).drop((self.name, ref), row[1])

    def flush(self, topic: str) -> None:
        """Tell the others what has changed here on a topic."""
        own = self._own.get(topic)
        if own is None or not own.untold:
            return
        rows, untold = own.rows, own.untold
        own.untold = {}
        for refs in in_batches((ref, weight_of(rows.get(ref))) for ref in untold):
            since = own.version
            self._version += 1
            own.version = self._version
            put = [rows[ref] for ref in refs if ref in rows]
            gone = [ref for ref in refs if ref not in rows]
            self._tell(place_of(topic), Changed(self.name, topic, since, own.version, put, gone))
        if not rows:
            del self._own[topic]

    def ask(self, topic: str) -> None:
        """Ask everyone what they have on a topic; see `is_complete`."""
        self._awaited[topic] = set(self._peers)
        self._tell(EVERYONE, Wanted(self.name, topic))

    def is_complete(self, topic: str) -> bool:
        """Tell whether all processes that were known when a topic was asked for have answered."""
        return not self._awaited.get(topic)

    def meet(self) -> None:
        """Ask everyone what versions they have: at the beginning, and when something was missed."""
        self._tell_alive(EVERYONE, asks=True)

    def tick(self, now: float) -> None:
        """Say that this process is there, and let go of those who have been silent for too long.

        Args:
            now: The time, by a clock that only this process reads.
        """
        if self._own:
            self._tell_alive(EVERYONE, asks=False)
        for name, peer in tuple(self._peers.items()):
            if now - peer.heard >= self.timeout:
                self._forget(name)

    def leave(self) -> None:
        """Say that this process ends."""
        self._tell(EVERYONE, Left(self.name))

    # What comes of it

    def take_messages(self) -> list[tuple[str, PresenceMessage]]:
        """Return what is to be told, and where, once."""
        messages, self._messages = self._messages, []
        return messages

    def take_touched(self) -> set[str]:
        """Return the topics whose rolls have changed, once."""
        touched, self._touched = self._touched, set()
        return touched

    # What other processes say

    def receive(self, message: PresenceMessage, now: float) -> None:
        """Take what another process says."""
        name = message.replica
        if name == self.name:
            return
        if isinstance(message, Left):
            self._forget(name)
            return
        peer = self._peers.get(name)
        if peer is None:
            peer = self._peers[name] = _Peer(now)
        peer.heard = now
        match message:
            case Alive():
                self._take_alive(peer, message, now)
            case Changed():
                self._take_changed(peer, message, now)
            case Everything():
                self._take_everything(peer, message)
            case Wanted():
                self._answer(message)

    def _take_alive(self, peer: _Peer, message: Alive, now: float) -> None:
        for topic, version in message.topics.items():
            if topic in self.rolls and _of(peer, topic).version < version:
                self._want(peer, message.replica, topic, now)
        for topic, theirs in tuple(peer.topics.items()):
            silent = topic not in message.topics and theirs.version <= message.version
            if silent and shard_of(topic, message.shards) == message.shard:
                self._replace(message.replica, topic, theirs, ())
                del peer.topics[topic]
        if message.asks:
            self._tell_alive(box_of(message.replica), asks=False)

    def _take_changed(self, peer: _Peer, message: Changed, now: float) -> None:
        topic = message.topic
        if topic not in self.rolls:
            return
        theirs = _of(peer, topic)
        if message.version <= theirs.version:
            return
        if message.since not in (theirs.version, 0):
            if len(theirs.early) < _MOST_EARLY:
                theirs.early[message.since] = message
            self._want(peer, message.replica, topic, now)
            return
        if message.since == 0:
            self._replace(message.replica, topic, theirs, ())
        self._apply(theirs, message)
        self._catch_up(theirs)

    def _answer(self, message: Wanted) -> None:
        topic, box = message.topic, box_of(message.replica)
        self.flush(topic)
        own = self._own.get(topic)
        if own is None:
            self._tell(box, Everything(self.name, topic, self._version, 0, 1, []))
            return
        parts = list(in_batches((row, weight_of(row)) for row in own.rows.values()))
        for part, rows in enumerate(parts):
            self._tell(box, Everything(self.name, topic, own.version, part, len(parts), rows))

    def _take_everything(self, peer: _Peer, message: Everything) -> None:
        topic = message.topic
        if topic not in self.rolls:
            return
        theirs = _of(peer, topic)
        if message.version != theirs.parts_version:
            theirs.parts, theirs.parts_version = {}, message.version
        theirs.parts[message.part] = message.rows
        if len(theirs.parts) < message.parts:
            return
        parts, theirs.parts, theirs.parts_version = theirs.parts, {}, 0
        theirs.asked = float("-inf")
        if message.version > theirs.version:
            rows = [row for part in sorted(parts) for row in parts[part]]
            self._replace(message.replica, topic, theirs, rows)
            theirs.version = message.version
            self._catch_up(theirs)
        self._answered(topic, message.replica)

    # Helpers

    def _roll(self, topic: str) -> Roll:
        self._touched.add(topic)
        return self.rolls[topic]

    def _tell(self, place: str, message: PresenceMessage) -> None:
        self._messages.append((place, message))

    def _tell_alive(self, place: str, asks: bool) -> None:
        versions = {topic: own.version for topic, own in self._own.items() if own.version}
        shards = 1 + sum(len(topic) + 8 for topic in versions) // MOST_BYTES
        topics: list[dict[str, int]] = [{} for _ in range(shards)]
        for topic, version in versions.items():
            topics[shard_of(topic, shards)][topic] = version
        for shard, part in enumerate(topics):
            message = Alive(self.name, self._version, shard, shards, part, asks and shard == 0)
            self._tell(place, message)

    def _want(self, peer: _Peer, name: str, topic: str, now: float) -> None:
        theirs = _of(peer, topic)
        if now - theirs.asked >= self.retry:
            theirs.asked = now
            self._tell(box_of(name), Wanted(self.name, topic))

    def _apply(self, theirs: _Theirs, message: Changed) -> None:
        roll = self._roll(message.topic)
        for ref in message.gone:
            row = theirs.rows.pop(ref, None)
            if row is not None:
                roll.drop((message.replica, ref), row[1])
        for row in message.put:
            ref, key, meta = row
            theirs.rows[ref] = row
            roll.put((message.replica, ref), key, meta)
        theirs.version = message.version

    def _catch_up(self, theirs: _Theirs) -> None:
        """Apply what came before what it adds to."""
        while (message := theirs.early.pop(theirs.version, None)) is not None:
            self._apply(theirs, message)
        early = theirs.early.items()
        theirs.early = {since: each for since, each in early if since > theirs.version}

    def _replace(self, name: str, topic: str, theirs: _Theirs, rows: Iterable[Row]) -> None:
        roll = self._roll(topic)
        new = {row[0]: row for row in rows}
        for ref, row in theirs.rows.items():
            if ref not in new:
                roll.drop((name, ref), row[1])
        for ref, key, meta in new.values():
            roll.put((name, ref), key, meta)
        theirs.rows = new

    def _forget(self, name: str) -> None:
        peer = self._peers.pop(name, None)
        if peer is not None:
            for topic, theirs in peer.topics.items():
                self._replace(name, topic, theirs, ())
        for topic in tuple(self._awaited):
            self._answered(topic, name)

    def _answered(self, topic: str, name: str) -> None:
        awaited = self._awaited.get(topic)
        if awaited is not None:
            awaited.discard(name)
            if not awaited:
                del self._awaited[topic]


def _of(peer: _Peer, topic: str) -> _Theirs:
    return peer.topics.setdefault(topic, _Theirs())
