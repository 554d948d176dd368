"""`MemoryStore`: views' states in this process, for development, tests and one server.

The rule: it does what every store does, as long as the process lives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import NamedTuple

from wirebird.cluster.records import SWEEP_SECONDS, TOMBSTONE_SECONDS
from wirebird.live.store import Claim, Status, Write


class MemoryStore:
    """A store in memory, which no other process sees and no restart survives.

    Args:
        clock: Tells the time in seconds.

    Example:
        ```python
        app = Wirebird(store="memory:")
        ```
    """

    status = Status(ok=True)

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._epochs = count(1)  # never one twice, even of records that have vanished
        self._records: dict[str, _Record] = {}
        self._sweep_at = 0.0

    def __len__(self) -> int:
        return len(self._records)

    async def start(self) -> None:
        """Begin; there is nothing to do."""

    async def stop(self) -> None:
        """End: what was saved is kept."""

    async def claim(self, key: str, keep: float) -> Claim:
        """Become the owner of a record, whether there is one yet or not."""
        now = self._swept()
        epoch = next(self._epochs)
        data = self._data(key, now)
        self._records[key] = _Record(epoch, data, now + keep)
        return Claim(epoch, data)

    async def save(self, writes: Sequence[Write]) -> Sequence[bool]:
        """Keep what several owners have; False for each that is none any more."""
        now = self._swept()
        return [self._save(write, now) for write in writes]

    async def load(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return what records hold, None for each that holds nothing."""
        now = self._swept()
        return [self._data(key, now) for key in keys]

    async def delete(self, key: str, epoch: int) -> None:
        """Forget what a record holds, if its owner asks; else nothing happens."""
        now = self._swept()
        if self._is_owner(key, epoch, now):
            self._records[key] = _Record(epoch, None, now + TOMBSTONE_SECONDS)

    def _save(self, write: Write, now: float) -> bool:
        mine = self._is_owner(write.key, write.epoch, now)
        if mine:
            self._records[write.key] = _Record(write.epoch, write.data, now + write.keep)
        return mine

    def _is_owner(self, key: str, epoch: int, now: float) -> bool:
        record = self._records.get(key)
        return record is None or record.epoch <= epoch or record.until <= now

    def _data(self, key: str, now: float) -> bytes | None:
        record = self._records.get(key)
        return record.data if record is not None and record.until > now else None

    def _swept(self) -> float:
        now = self._clock()
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_SECONDS
            over = [key for key, record in self._records.items() if record.until <= now]
            for key in over:
                del self._records[key]
        return now


class _Record(NamedTuple):
    epoch: int
    data: bytes | None
    until: float
