"""What every store does, and what it does in bad weather."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from wirebird.cluster.stores import open_store
from wirebird.live.store import StateStore, Write

HOUR = 3600.0
KINDS = [
    "memory",
    "sqlite",
    pytest.param("redis", marks=pytest.mark.redis),
    pytest.param("postgres", marks=pytest.mark.postgres),
]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "memory":
        return "memory:"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/states.db"
    if request.param == "redis":
        return request.getfixturevalue("redis_url")
    return request.getfixturevalue("postgres_server").new_schema()


@pytest.fixture
async def store(url: str) -> AsyncIterator[StateStore]:
    store = open_store(url)
    await store.start()
    yield store
    await store.stop()


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


async def test_a_record_vanishes_when_its_time_is_over(store: StateStore) -> None:
    claim = await store.claim("a", HOUR)
    await store.save([Write("a", claim.epoch, b"x", keep=0.02)])
    await vanished(store, "a")
    assert (await store.claim("a", HOUR)).data is None
    assert list(await store.save([Write("a", claim.epoch, b"y", HOUR)])) == [False]


async def vanished(store: StateStore, key: str) -> None:
    """Wait until a store no longer has a record, by its own clock."""
    async with asyncio.timeout(10):
        while await store.load([key]) != [None]:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.005)


async def test_of_many_claims_at_once_each_has_an_epoch_of_its_own_and_the_last_one_owns(
    store: StateStore,
) -> None:
    claims = await asyncio.gather(*(store.claim("a", HOUR) for _ in range(20)))
    epochs = sorted(claim.epoch for claim in claims)
    assert len(set(epochs)) == 20
    saved = await asyncio.gather(*(store.save([Write("a", e, b"%d" % e, HOUR)]) for e in epochs))
    assert [list(each) for each in saved[:-1]].count([True]) <= 19
    assert list(saved[-1]) == [True]
    assert await store.load(["a"]) == [b"%d" % epochs[-1]]


async def test_many_are_saved_at_once(store: StateStore) -> None:
    claims = [await store.claim(f"{number}", HOUR) for number in range(50)]
    writes = [Write(f"{n}", claim.epoch, b"x" * n, HOUR) for n, claim in enumerate(claims)]
    batches = await asyncio.gather(store.save(writes[:30]), store.save(writes[30:]))
    assert [list(each) for each in batches] == [[True] * 30, [True] * 20]
    assert await store.load([write.key for write in writes]) == [write.data for write in writes]


async def test_a_large_state_is_kept(store: StateStore) -> None:
    claim = await store.claim("a", HOUR)
    large = bytes(range(256)) * 40_000  # 10 MB
    assert list(await store.save([Write("a", claim.epoch, large, HOUR)])) == [True]
    assert await store.load(["a"]) == [large]


async def test_two_that_have_the_same_store_share_its_records(url: str, store: StateStore) -> None:
    if url == "memory:":
        pytest.skip("a store in memory is its application's own")
    other = open_store(url)
    await other.start()
    try:
        first = await store.claim("a", HOUR)
        await store.save([Write("a", first.epoch, b"x", HOUR)])
        second = await other.claim("a", HOUR)
        assert second.data == b"x"
        assert list(await store.save([Write("a", first.epoch, b"old", HOUR)])) == [False]
        assert list(await other.save([Write("a", second.epoch, b"new", HOUR)])) == [True]
    finally:
        await other.stop()


async def test_several_that_start_at_once_find_the_same_store(url: str) -> None:
    stores = [open_store(url) for _ in range(4)]
    try:
        await asyncio.gather(*(store.start() for store in stores))
        claims = [await store.claim("a", HOUR) for store in stores]
        if url != "memory:":
            assert [c.epoch for c in claims] == sorted({c.epoch for c in claims})
    finally:
        for store in stores:
            await store.stop()


async def test_a_store_goes_on_after_it_was_stopped(store: StateStore, url: str) -> None:
    claim = await store.claim("a", HOUR)
    await store.save([Write("a", claim.epoch, b"x", HOUR)])
    await store.stop()
    await store.start()
    assert await store.load(["a"]) == [b"x"]
