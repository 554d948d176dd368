"""What processes tell each other of who is here.

The rule: only a process itself says what it has. Each of its messages can be lost, doubled or late,
and is of bounded size: what is larger comes in parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar
from zlib import crc32

from wirebird.live.messages import broadcastable

Row: TypeAlias = tuple[str, str, Any]
"""An entry: its number in the process that has it, its key, and what is said of it."""

MOST_ROWS = 500
"""Most entries in one message."""

MOST_BYTES = 32 * 1024
"""About the most that the entries, or topics, in one message may take."""

EVERYONE = "wirebird:presence"
"""Where all processes hear of each other."""

T = TypeVar("T")


def place_of(topic: str) -> str:
    """Return where changes on a topic are told."""
    return f"wirebird:presence:topic:{topic}"


def box_of(replica: str) -> str:
    """Return where one process alone is told something."""
    return f"wirebird:presence:process:{replica}"


@broadcastable
@dataclass(frozen=True, slots=True)
class Alive:
    """A process is there, and has these versions of what it tells.

    Attributes:
        replica: The process.
        version: How much it has told so far, on all topics.
        shard: Which of its topics this is about: all whose `shard_of` it is, and no others.
        shards: How many such messages make the whole.
        topics: The version of each topic on which it has entries.
        asks: Whether those who hear it shall say the same of themselves.
    """

    replica: str
    version: int
    shard: int
    shards: int
    topics: dict[str, int]
    asks: bool


@broadcastable
@dataclass(frozen=True, slots=True)
class Changed:
    """What a process has changed on a topic.

    Attributes:
        replica: The process.
        topic: The topic.
        since: The version to which this adds; 0 when the process had nothing there.
        version: The version that this leads to.
        put: Entries that are new, or say something new.
        gone: The numbers of those that are no more.
    """

    replica: str
    topic: str
    since: int
    version: int
    put: list[Row]
    gone: list[str]


@broadcastable
@dataclass(frozen=True, slots=True)
class Wanted:
    """A process wants to know all that another one, or everyone, has on a topic.

    Attributes:
        replica: Who asks.
        topic: The topic.
    """

    replica: str
    topic: str


@broadcastable
@dataclass(frozen=True, slots=True)
class Everything:
    """A part of all that a process has on a topic.

    Attributes:
        replica: The process.
        topic: The topic.
        version: The version that this is.
        part: Which part it is, from 0.
        parts: How many there are.
        rows: The entries.
    """

    replica: str
    topic: str
    version: int
    part: int
    parts: int
    rows: list[Row]


@broadcastable
@dataclass(frozen=True, slots=True)
class Left:
    """A process ends, and with it all that it has.

    Attributes:
        replica: The process.
    """

    replica: str


PresenceMessage: TypeAlias = Alive | Changed | Wanted | Everything | Left


def shard_of(topic: str, shards: int) -> int:
    """Return which of some messages is about a topic."""
    return crc32(topic.encode()) % shards


def weight_of(row: Row | None) -> int:
    """Return about how many bytes an entry takes in a message."""
    if row is None:
        return 16
    ref, key, meta = row
    return 16 + len(ref) + len(key) + (len(meta) if isinstance(meta, str) else 64)


def in_batches(items: Iterable[tuple[T, int]]) -> Iterator[list[T]]:
    """Divide what is to be told into messages.

    Args:
        items: Each with its weight in bytes.
    """
    batch: list[T] = []
    total = 0
    for item, weight in items:
        if batch and (len(batch) >= MOST_ROWS or total + weight > MOST_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += weight
    if batch:
        yield batch
