"""Who is here, as processes come to know it over a network that loses, doubles and delays."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from wirebird.cluster import presence_messages
from wirebird.cluster.presence_messages import (
    EVERYONE,
    MOST_BYTES,
    MOST_ROWS,
    Alive,
    Changed,
    Everything,
    PresenceMessage,
    Wanted,
    box_of,
    place_of,
)
from wirebird.cluster.replica import Replica

HEARTBEAT = 5.0
TIMEOUT = 20.0
TOPICS = ("room:1", "room:2")


@dataclass(eq=False)
class Process:
    """One process, and what it should list as its own."""

    replica: Replica
    clock: float
    refs: Any = field(default_factory=count)
    entries: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.replica.name

    def hears(self, place: str) -> bool:
        places = {EVERYONE, box_of(self.name), *map(place_of, self.replica.rolls)}
        return place in places

    def track(self, topic: str, key: str, meta: int = 0) -> str:
        self.replica.watch(topic)
        ref = str(next(self.refs))
        self.replica.put(topic, ref, key, meta)
        self.entries[topic, ref] = key, meta
        return ref


class Network:
    """Processes, and what is under way between them."""

    def __init__(self, *, seed: int = 0) -> None:
        self.processes: list[Process] = []
        self.under_way: list[tuple[Process, PresenceMessage]] = []
        self.split: set[Process] = set()
        self.sent: list[PresenceMessage] = []
        self._names = count()
        self._random = random.Random(seed)

    def start(self) -> Process:
        replica = Replica(f"process-{next(self._names)}", TIMEOUT, retry=1.0)
        process = Process(replica, clock=self._random.uniform(-1e6, 1e6))  # no two agree
        self.processes.append(process)
        replica.meet()
        self.send(process)
        return process

    def end(self, process: Process) -> None:
        self.processes.remove(process)
        self.split.discard(process)
        self.under_way = [each for each in self.under_way if each[0] is not process]

    def send(self, sender: Process) -> None:
        """Let what a process says be under way to whoever hears it on this side of a split."""
        for place, message in sender.replica.take_messages():
            self.sent.append(message)
            for process in self.processes:
                cut = (process in self.split) != (sender in self.split)
                if process is not sender and process.hears(place) and not cut:
                    self.under_way.append((process, message))

    def deliver(self, index: int, *, again: bool = False) -> None:
        process, message = self.under_way[index] if again else self.under_way.pop(index)
        process.replica.receive(message, process.clock)
        self.send(process)

    def deliver_all(self) -> None:
        while self.under_way:
            self.deliver(0)

    def pass_time(self, seconds: float) -> None:
        for process in self.processes:
            process.clock += seconds

    def flush(self) -> None:
        for process in self.processes:
            for topic in TOPICS:
                process.replica.flush(topic)
            self.send(process)

    def tick(self) -> None:
        for process in self.processes:
            process.replica.tick(process.clock)
            self.send(process)

    def calm(self, seconds: float = TIMEOUT + 2 * HEARTBEAT) -> None:
        """Let time pass, with nothing lost and nobody ending."""
        self.split.clear()
        while seconds > 0:
            self.flush()
            self.deliver_all()
            self.pass_time(HEARTBEAT)
            self.tick()
            self.deliver_all()
            seconds -= HEARTBEAT

    def expected(self, topic: str) -> list[tuple[str, int]]:
        """Return what the living processes have on a topic."""
        entries = (process.entries.items() for process in self.processes)
        return sorted(entry for each in entries for (at, _), entry in each if at == topic)


def listed(process: Process, topic: str) -> list[tuple[str, int]]:
    """Return what a process lists on a topic."""
    keys = process.replica.rolls[topic].keys
    return sorted((key, meta) for key, metas in keys.items() for meta in metas.values())


def own(process: Process, topic: str) -> Iterable[tuple[str, int]]:
    """Return what of it are its own entries."""
    for key, metas in process.replica.rolls[topic].keys.items():
        for (name, _), meta in metas.items():
            if name == process.name:
                yield key, meta


class Presence(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.network = Network()
        for _ in range(2):
            process = self.network.start()
            for topic in TOPICS:
                process.replica.watch(topic)

    def _process(self, draw: st.DataObject) -> Process:
        return draw.draw(st.sampled_from(self.network.processes))

    @precondition(lambda self: len(self.network.processes) < 4)
    @rule()
    def start(self) -> None:
        self.network.start()

    @precondition(lambda self: len(self.network.processes) > 1)
    @rule(draw=st.data(), killed=st.booleans())
    def end(self, draw: st.DataObject, killed: bool) -> None:
        process = self._process(draw)
        if not killed:
            process.replica.leave()
            self.network.send(process)
        self.network.end(process)

    @rule(draw=st.data(), topic=st.sampled_from(TOPICS), asks=st.booleans())
    def watch(self, draw: st.DataObject, topic: str, asks: bool) -> None:
        process = self._process(draw)
        process.replica.watch(topic)
        if asks:
            process.replica.ask(topic)

    @rule(draw=st.data(), topic=st.sampled_from(TOPICS))
    def unwatch(self, draw: st.DataObject, topic: str) -> None:
        process = self._process(draw)
        if not any(at == topic for at, _ in process.entries):
            process.replica.flush(topic)
            process.replica.unwatch(topic)

    @rule(
        draw=st.data(),
        topic=st.sampled_from(TOPICS),
        key=st.sampled_from("ab"),
        meta=st.integers(0, 2),
    )
    def track(self, draw: st.DataObject, topic: str, key: str, meta: int) -> None:
        self._process(draw).track(topic, key, meta)

    @rule(draw=st.data(), meta=st.integers(0, 2))
    def update(self, draw: st.DataObject, meta: int) -> None:
        process = self._process(draw)
        if process.entries:
            topic, ref = draw.draw(st.sampled_from(sorted(process.entries)))
            key, _ = process.entries[topic, ref]
            process.replica.put(topic, ref, key, meta)
            process.entries[topic, ref] = key, meta

    @rule(draw=st.data())
    def untrack(self, draw: st.DataObject) -> None:
        process = self._process(draw)
        if process.entries:
            topic, ref = draw.draw(st.sampled_from(sorted(process.entries)))
            process.replica.remove(topic, ref)
            del process.entries[topic, ref]

    @rule(draw=st.data(), fate=st.sampled_from(["arrives", "is lost", "waits"]))
    def flush(self, draw: st.DataObject, fate: str) -> None:
        process = self._process(draw)
        before = self.network.under_way
        self.network.under_way = []
        for topic in TOPICS:
            process.replica.flush(topic)
        self.network.send(process)
        if fate == "arrives":
            self.network.deliver_all()
        if fate == "waits":
            before += self.network.under_way
        self.network.under_way = before

    @precondition(lambda self: self.network.under_way)
    @rule(draw=st.data(), again=st.booleans())
    def deliver(self, draw: st.DataObject, again: bool) -> None:
        index = draw.draw(st.integers(0, len(self.network.under_way) - 1))
        self.network.deliver(index, again=again)

    @rule()
    def deliver_all(self) -> None:
        self.network.deliver_all()

    @rule(draw=st.data())
    def split(self, draw: st.DataObject) -> None:
        self.network.split = set(
            draw.draw(st.lists(st.sampled_from(self.network.processes), unique=True))
        )

    @rule(seconds=st.sampled_from([0.1, 1.5, HEARTBEAT, TIMEOUT]))
    def pass_time(self, seconds: float) -> None:
        self.network.pass_time(seconds)

    @rule()
    def tick(self) -> None:
        self.network.tick()

    @rule()
    def all_list_the_same_after_a_calm(self) -> None:
        self.network.calm()
        for process in self.network.processes:
            for topic in process.replica.rolls:
                assert listed(process, topic) == self.network.expected(topic)

    @invariant()
    def each_lists_exactly_what_it_has_itself(self) -> None:
        for process in self.network.processes:
            for topic in process.replica.rolls:
                expected = [entry for (at, _), entry in process.entries.items() if at == topic]
                assert sorted(own(process, topic)) == sorted(expected)

    def teardown(self) -> None:
        self.all_list_the_same_after_a_calm()


TestPresence = Presence.TestCase
TestPresence.settings = settings(
    max_examples=60,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture
def network() -> Network:
    return Network()


def test_a_process_that_is_silent_is_gone_after_the_timeout_and_back_when_it_is_heard(
    network: Network,
) -> None:
    here, there = network.start(), network.start()
    here.track("room:1", "ann")
    there.track("room:1", "bob")
    network.calm(HEARTBEAT)
    network.split = {there}
    network.pass_time(TIMEOUT - 0.1)
    network.tick()
    assert listed(here, "room:1") == [("ann", 0), ("bob", 0)]
    network.pass_time(0.1)
    network.tick()
    assert listed(here, "room:1") == [("ann", 0)]
    network.calm(HEARTBEAT)
    assert listed(here, "room:1") == listed(there, "room:1") == [("ann", 0), ("bob", 0)]


def test_a_process_that_says_that_it_ends_is_gone_at_once(network: Network) -> None:
    here, there = network.start(), network.start()
    here.replica.watch("room:1")
    there.track("room:1", "bob")
    network.calm(HEARTBEAT)
    there.replica.leave()
    network.send(there)
    network.deliver_all()
    assert listed(here, "room:1") == []


def test_a_join_among_ten_thousand_costs_one_small_message(network: Network) -> None:
    here, there = network.start(), network.start()
    here.replica.watch("room:1")
    for number in range(10_000):
        there.track("room:1", f"user:{number}")
    network.flush()
    network.deliver_all()
    network.sent.clear()
    there.track("room:1", "one more")
    network.flush()
    network.deliver_all()
    (message,) = network.sent
    assert isinstance(message, Changed)
    assert [key for _, key, _ in message.put] == ["one more"]
    assert len(listed(here, "room:1")) == 10_001


def test_changes_between_two_flushes_are_told_together(network: Network) -> None:
    here = network.start()
    ref = here.track("room:1", "ann", 0)
    network.flush()
    network.sent.clear()
    for step in range(1, 20):
        here.replica.put("room:1", ref, "ann", step)
    network.flush()
    (message,) = network.sent
    assert isinstance(message, Changed)
    assert message.put == [(ref, "ann", 19)]


def test_what_says_nothing_new_is_not_told(network: Network) -> None:
    here = network.start()
    ref = here.track("room:1", "ann", 300)
    network.flush()
    network.sent.clear()
    here.replica.put("room:1", ref, "ann", int("300"))
    network.flush()
    assert network.sent == []


def test_a_large_state_comes_in_parts_of_bounded_size(network: Network) -> None:
    there = network.start()
    there.replica.watch("room:1")
    for number in range(2_000):
        there.replica.put("room:1", str(number), f"user:{number}", "x" * 100)
    network.flush()
    here = network.start()
    here.replica.watch("room:1")
    here.replica.ask("room:1")
    network.send(here)
    network.deliver_all()
    parts = [each for each in network.sent if isinstance(each, Everything)]
    assert len(parts) > 2
    for part in parts:
        assert len(part.rows) <= MOST_ROWS
        assert sum(len(meta) for _, _, meta in part.rows) <= MOST_BYTES
    assert len(listed(here, "room:1")) == 2_000


def test_a_process_that_has_nothing_to_tell_is_silent(network: Network) -> None:
    here = network.start()
    here.replica.watch("room:1")
    network.sent.clear()
    network.tick()
    assert network.sent == []


def test_what_versions_there_are_is_told_in_parts_where_topics_are_many(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wirebird.cluster.replica.MOST_BYTES", 100)
    here, there = network.start(), network.start()
    topics = [f"room:{number}" for number in range(30)]
    for topic in topics:
        here.replica.watch(topic)
        there.track(topic, "bob")
        there.replica.flush(topic)
    there.replica.take_messages()  # all of it is lost
    network.sent.clear()
    network.tick()
    assert len([each for each in network.sent if isinstance(each, Alive)]) > 3
    network.deliver_all()
    assert all(listed(here, topic) == [("bob", 0)] for topic in topics)
    # Also what is no more, when the last word on it is lost.
    for topic in topics[:-1]:
        there.replica.remove(topic, next(ref for at, ref in there.entries if at == topic))
        there.replica.flush(topic)
    there.replica.take_messages()
    network.tick()
    network.deliver_all()
    assert [topic for topic in topics if listed(here, topic)] == topics[-1:]


def test_a_topic_is_complete_when_all_who_were_known_have_answered_or_are_gone(
    network: Network,
) -> None:
    here, there, other = network.start(), network.start(), network.start()
    there.track("room:1", "bob")
    other.track("room:2", "cid")
    network.calm(HEARTBEAT)
    here.replica.watch("room:1")
    here.replica.ask("room:1")
    assert not here.replica.is_complete("room:1")
    network.send(here)
    network.under_way = [each for each in network.under_way if each[0] is not other]
    network.deliver_all()
    assert listed(here, "room:1") == [("bob", 0)]
    assert not here.replica.is_complete("room:1")
    other.replica.leave()
    network.send(other)
    network.deliver_all()
    assert here.replica.is_complete("room:1")


def test_a_process_asks_once_for_what_it_missed_until_it_is_time_to_ask_again(
    network: Network,
) -> None:
    here, there = network.start(), network.start()
    network.deliver_all()
    here.replica.watch("room:1")
    for number in range(5):
        there.track("room:1", f"user:{number}")
        there.replica.flush("room:1")
        if number:
            network.send(there)
        else:
            there.replica.take_messages()  # the first is lost
    network.sent.clear()
    for process, message in network.under_way:
        process.replica.receive(message, process.clock)
    network.under_way.clear()
    network.send(here)
    assert [type(each) for each in network.sent] == [Wanted]
    network.deliver_all()
    assert len(listed(here, "room:1")) == 5


def test_batches_are_never_empty_and_keep_their_order() -> None:
    batches = list(presence_messages.in_batches((number, MOST_BYTES) for number in range(3)))
    assert batches == [[0], [1], [2]]


def test_what_a_process_has_anew_replaces_what_it_had_when_its_last_word_was_lost(
    network: Network,
) -> None:
    here, there = network.start(), network.start()
    here.replica.watch("room:1")
    ref = there.track("room:1", "old")
    network.flush()
    network.deliver_all()
    there.replica.remove("room:1", ref)
    there.replica.flush("room:1")
    there.replica.take_messages()  # it is lost
    there.track("room:1", "new")
    network.flush()
    network.deliver_all()
    assert listed(here, "room:1") == [("new", 0)]


def test_what_arrives_in_another_order_is_put_in_order_without_asking(network: Network) -> None:
    here, there = network.start(), network.start()
    here.replica.watch("room:1")
    network.deliver_all()
    for number in range(4):
        there.track("room:1", f"user:{number}")
        network.flush()
    while network.under_way:
        network.deliver(-1)
    assert len(listed(here, "room:1")) == 4
