"""What every store does."""

from __future__ import annotations

import pytest

from wirebird.cluster.memory_store import MemoryStore
from wirebird.live.store import StateStore, Write

HOUR = 3600.0


@pytest.fixture
async def store() -> StateStore:
    return MemoryStore()


async def test_the_first_claim_of_a_record_finds_nothing(store: StateStore) -> None:
    assert (await store.claim("a", HOUR)).data is None


async def test_what_the_owner_saved_is_there_for_the_next_one(store: StateStore) -> None:
    first = await store.claim("a", HOUR)
    assert list(await store.save([Write("a", first.epoch, b"one", HOUR)])) == [True]
    second = await store.claim("a", HOUR)
    assert second.data == b"one"
    assert second.epoch > first.epoch


async def test_who_was_the_owner_can_save_no_more(store: StateStore) -> None:
    first = await store.claim("a", HOUR)
    second = await store.claim("a", HOUR)
    assert list(await store.save([Write("a", first.epoch, b"old", HOUR)])) == [False]
    assert list(await store.save([Write("a", second.epoch, b"new", HOUR)])) == [True]
    assert await store.load(["a"]) == [b"new"]


async def test_each_write_of_a_batch_is_judged_by_itself_and_in_order(store: StateStore) -> None:
    lost = await store.claim("a", HOUR)
    kept = await store.claim("a", HOUR)
    other = await store.claim("b", HOUR)
    saved = await store.save(
        [
            Write("a", kept.epoch, b"1", HOUR),
            Write("a", lost.epoch, b"2", HOUR),
            Write("b", other.epoch, b"3", HOUR),
            Write("b", other.epoch, b"4", HOUR),
        ]
    )
    assert list(saved) == [True, False, True, True]
    assert await store.load(["b", "nothing", "a"]) == [b"4", None, b"1"]


async def test_an_owner_saves_before_anybody_claimed_what_has_vanished(store: StateStore) -> None:
    assert list(await store.save([Write("a", 7, b"anew", HOUR)])) == [True]
    assert await store.load(["a"]) == [b"anew"]


async def test_a_deleted_record_holds_nothing_and_cannot_be_made_anew_by_an_earlier_owner(
    store: StateStore,
) -> None:
    first = await store.claim("a", HOUR)
    second = await store.claim("a", HOUR)
    await store.save([Write("a", second.epoch, b"x", HOUR)])
    await store.delete("a", second.epoch)
    assert await store.load(["a"]) == [None]
    assert list(await store.save([Write("a", first.epoch, b"old", HOUR)])) == [False]
    third = await store.claim("a", HOUR)
    assert third.data is None
    assert third.epoch > second.epoch


async def test_who_was_the_owner_deletes_nothing(store: StateStore) -> None:
    first = await store.claim("a", HOUR)
    second = await store.claim("a", HOUR)
    await store.save([Write("a", second.epoch, b"x", HOUR)])
    await store.delete("a", first.epoch)
    assert await store.load(["a"]) == [b"x"]


async def test_a_claim_keeps_what_there_is(store: StateStore) -> None:
    first = await store.claim("a", HOUR)
    await store.save([Write("a", first.epoch, b"x", HOUR)])
    await store.claim("a", HOUR)
    assert await store.load(["a"]) == [b"x"]


async def test_deleting_what_is_not_there_does_nothing(store: StateStore) -> None:
    await store.delete("a", 1)
    assert await store.load(["a"]) == [None]


async def test_any_bytes_are_kept_as_they_are(store: StateStore) -> None:
    every = bytes(range(256)) * 300
    keys = ["", "with space", "snow ☃", "0" * 500]
    claims = [await store.claim(key, HOUR) for key in keys]
    await store.save(
        [
            Write(key, claim.epoch, every + key.encode(), HOUR)
            for key, claim in zip(keys, claims, strict=True)
        ]
    )
    assert await store.load(keys) == [every + key.encode() for key in keys]
    await store.save([Write("empty", 1, b"", HOUR)])
    assert await store.load(["empty"]) == [b""]


async def test_nothing_to_save_and_nothing_to_load_is_nothing(store: StateStore) -> None:
    assert list(await store.save([])) == []
    assert await store.load([]) == []


async def test_a_store_that_works_says_so(store: StateStore) -> None:
    await store.claim("a", HOUR)
    assert store.status.ok
    assert store.status.since is None
