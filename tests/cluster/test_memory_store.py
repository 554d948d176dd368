from __future__ import annotations

import pytest

from wirebird.cluster.memory_store import MemoryStore
from wirebird.cluster.records import SWEEP_SECONDS, TOMBSTONE_SECONDS
from wirebird.live.store import Write


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_record_vanishes_when_its_time_is_over(clock: Clock) -> None:
    store = MemoryStore(clock)
    claim = await store.claim("a", 100)
    await store.save([Write("a", claim.epoch, b"x", keep=10)])
    clock.now = 9.9
    assert await store.load(["a"]) == [b"x"]
    clock.now = 10
    assert await store.load(["a"]) == [None]
    assert (await store.claim("a", 10)).data is None


async def test_each_save_and_each_claim_keeps_a_record_longer(clock: Clock) -> None:
    store = MemoryStore(clock)
    claim = await store.claim("a", 10)
    await store.save([Write("a", claim.epoch, b"x", keep=10)])
    clock.now = 8
    await store.claim("a", 10)
    clock.now = 17
    assert await store.load(["a"]) == [b"x"]


async def test_an_owner_goes_on_after_its_record_vanished_unless_there_is_a_later_one(
    clock: Clock,
) -> None:
    store = MemoryStore(clock)
    first = await store.claim("a", 10)
    clock.now = 20
    assert list(await store.save([Write("a", first.epoch, b"x", keep=10)])) == [True]
    clock.now = 40
    await store.claim("a", 10)
    assert list(await store.save([Write("a", first.epoch, b"x", keep=10)])) == [False]


async def test_records_whose_time_is_over_take_no_memory(clock: Clock) -> None:
    store = MemoryStore(clock)
    for number in range(100):
        claim = await store.claim(f"{number}", 1)
        await store.delete(f"{number}", claim.epoch)
    clock.now = TOMBSTONE_SECONDS + SWEEP_SECONDS
    await store.load([])
    assert len(store) == 0
