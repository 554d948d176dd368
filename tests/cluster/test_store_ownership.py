"""Whoever claims last owns, whatever happens in between: a model of a store, and the stores."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from wirebird.cluster.stores import open_store
from wirebird.live.store import Claim, StateStore, Write

HOUR = 3600.0
KEYS = ["a", "b"]


class Ownership(RuleBasedStateMachine):
    """Several owners claim, save and delete, and those before go on as if they still owned."""

    url = "memory:"

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.latest = dict.fromkeys(KEYS, 0)
        self.holds: dict[str, bytes | None] = dict.fromkeys(KEYS)
        self.count = 0

    @initialize()
    def open(self) -> None:
        self.stores: list[StateStore] = [open_store(self.url)]
        if self.url != "memory:":
            self.stores.append(open_store(self.url))  # another process
        self.names = self.new_names()

    def new_names(self) -> dict[str, str]:
        """Names of this run's records in a store that other runs have used."""
        Ownership.runs = getattr(Ownership, "runs", 0) + 1
        return {key: f"{key}-{Ownership.runs}" for key in KEYS}

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    def store(self, at: int) -> StateStore:
        return self.stores[at % len(self.stores)]

    def data(self) -> bytes:
        self.count += 1
        return b"%d" % self.count

    @rule(target=claims, key=st.sampled_from(KEYS), at=st.integers(0, 1))
    def claim(self, key: str, at: int) -> Any:
        claim: Claim = self.run(self.store(at).claim(self.names[key], HOUR))
        assert claim.data == self.holds[key]
        assert claim.epoch > self.latest[key]
        self.latest[key] = claim.epoch
        return key, claim.epoch

    @rule(target=claims, keys=st.lists(st.sampled_from(KEYS), min_size=2, max_size=4))
    def claim_at_once(self, keys: list[str]) -> Any:
        async def claim() -> list[Claim]:
            each = enumerate(keys)
            return await asyncio.gather(
                *(self.store(at).claim(self.names[key], HOUR) for at, key in each)
            )

        found: list[Claim] = self.run(claim())
        assert [claim.data for claim in found] == [self.holds[key] for key in keys]
        for key in set(keys):
            epochs = [c.epoch for k, c in zip(keys, found, strict=True) if k == key]
            assert len(set(epochs)) == len(epochs)
            assert min(epochs) > self.latest[key]
            self.latest[key] = max(epochs)
        return multiple(*((key, c.epoch) for key, c in zip(keys, found, strict=True)))

    @rule(owners=st.lists(claims, min_size=1, max_size=4), at=st.integers(0, 1))
    def save(self, owners: list[tuple[str, int]], at: int) -> None:
        writes = [Write(self.names[key], epoch, self.data(), HOUR) for key, epoch in owners]
        saved = list(self.run(self.store(at).save(writes)))
        assert saved == [epoch == self.latest[key] for key, epoch in owners]
        for (key, _), write, kept in zip(owners, writes, saved, strict=True):
            if kept:
                self.holds[key] = write.data

    @rule(owner=claims, at=st.integers(0, 1))
    def delete(self, owner: tuple[str, int], at: int) -> None:
        key, epoch = owner
        self.run(self.store(at).delete(self.names[key], epoch))
        if epoch == self.latest[key]:
            self.holds[key] = None

    @rule(at=st.integers(0, 1))
    def restart(self, at: int) -> None:
        self.run(self.store(at).stop())

    @invariant()
    def each_record_holds_what_its_last_owner_left(self) -> None:
        if hasattr(self, "names"):
            found = self.run(self.stores[-1].load([self.names[key] for key in KEYS]))
            assert found == [self.holds[key] for key in KEYS]

    def teardown(self) -> None:
        if hasattr(self, "stores"):
            for store in self.stores:
                self.run(store.stop())
        self.runner.close()


def run_model(url: str, examples: int) -> None:
    kind = type("OwnershipIn", (Ownership,), {"url": url})
    run_state_machine_as_test(
        kind, settings=settings(max_examples=examples, stateful_step_count=25)
    )


def test_the_last_owner_alone_has_a_record_in_memory() -> None:
    run_model("memory:", 60)


def test_the_last_owner_alone_has_a_record_in_a_file() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run_model(f"sqlite:///{Path(folder)}/states.db", 20)


@pytest.mark.redis
def test_the_last_owner_alone_has_a_record_in_redis(redis_url: str) -> None:
    run_model(redis_url, 8)


@pytest.mark.postgres
def test_the_last_owner_alone_has_a_record_in_postgresql(postgres_server: Any) -> None:
    run_model(postgres_server.new_schema(), 5)
