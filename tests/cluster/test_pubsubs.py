"""What every PubSub keeps: the local one, that of Redis, and that of PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import BaseModel, create_model

from tests.cluster.hearing import Hearer, Said, pubsub_at, started
from wirebird import LocalPubSub, PubSub, UnsendableMessage
from wirebird.cluster import broker_pubsub, mail
from wirebird.cluster.broker_pubsub import BrokerPubSub
from wirebird.live.messages import broadcastable

BROKERS = ("redis", "postgres")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no machine that is busy make a broker look slow."""
    monkeypatch.setattr(broker_pubsub, "SUBSCRIBE_PATIENCE", 20.0)


@pytest.fixture(params=BROKERS)
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(params=("local", *BROKERS))
async def pubsub(request: pytest.FixtureRequest) -> AsyncIterator[PubSub]:
    if request.param == "local":
        yield LocalPubSub()
    else:
        async with started(request.getfixturevalue(f"{request.param}_url")) as (pubsub,):
            yield pubsub


# Within a process


async def test_a_message_comes_to_all_receivers_of_its_topic_at_once(pubsub: PubSub):
    ada, bob, eve = Hearer(), Hearer(), Hearer()
    await pubsub.subscribe("talk", ada)
    await pubsub.subscribe("talk", bob)
    await pubsub.subscribe("other", eve)
    await pubsub.broadcast("talk", Said("ada", "hello"))
    assert ada.come() == bob.come() == [Said("ada", "hello")]
    assert eve.come() == []


async def test_one_receiver_may_be_left_out(pubsub: PubSub):
    ada, bob = Hearer(), Hearer()
    await pubsub.subscribe("talk", ada)
    await pubsub.subscribe("talk", bob)
    await pubsub.broadcast("talk", 1, ada)
    await pubsub.local_broadcast("talk", 2, bob)
    assert (ada.come(), bob.come()) == ([2], [1])


async def test_who_subscribes_twice_receives_once_and_leaves_once(pubsub: PubSub):
    ada = Hearer()
    await pubsub.subscribe("talk", ada)
    await pubsub.subscribe("talk", ada)
    await pubsub.broadcast("talk", 1)
    await pubsub.unsubscribe("talk", ada)
    await pubsub.unsubscribe("talk", ada)
    await pubsub.unsubscribe("never", ada)
    await pubsub.broadcast("talk", 2)
    assert ada.come() == [1]


async def test_a_message_within_the_process_is_the_very_object(pubsub: PubSub):
    ada, anything = Hearer(), object()
    await pubsub.subscribe("talk", ada)
    await pubsub.local_broadcast("talk", anything)
    assert ada.come() == [anything]


async def test_a_receiver_that_fails_harms_no_other(
    pubsub: PubSub, caplog: pytest.LogCaptureFixture
):
    def fails(message: Any) -> None:
        raise ValueError(message)

    ada = Hearer()
    await pubsub.subscribe("talk", fails)
    await pubsub.subscribe("talk", ada)
    await pubsub.broadcast("talk", 1)
    assert ada.come() == [1]
    assert "a receiver of the topic 'talk' failed" in caplog.text


async def test_it_may_be_used_without_being_started(url: str):
    here, there = pubsub_at(url), pubsub_at(url)
    ada = Hearer()
    await here.subscribe("talk", ada)
    await there.broadcast("talk", 1)
    assert await ada.next() == 1
    await here.stop()
    await there.stop()


async def test_it_goes_on_until_the_last_of_those_who_started_it_stops_it(url: str):
    here, there = pubsub_at(url), pubsub_at(url)
    await here.start()
    await here.start()
    await here.stop()
    ada = Hearer()
    await here.subscribe("talk", ada)
    await there.broadcast("talk", 1)
    assert await ada.next() == 1
    await here.stop()
    assert not here.status.ok
    await there.stop()


# Between processes


async def test_processes_hear_each_other(url: str):
    async with started(url, url) as (here, there):
        assert here.status.ok
        assert there.status.ok
        ada, bob = Hearer(), Hearer()
        await here.subscribe("talk", ada)
        await there.subscribe("talk", bob)
        await here.broadcast("talk", Said("ada", "hello"))
        await there.broadcast("talk", Said("bob", "hi"))
        assert [await ada.next(), await ada.next()] == [Said("ada", "hello"), Said("bob", "hi")]
        assert {await bob.next(), await bob.next()} == {Said("ada", "hello"), Said("bob", "hi")}
        # The sender's own process has each message once, although the broker brings it back.
        await there.broadcast("talk", "end")
        assert await ada.until("end") == []


async def test_messages_of_a_process_come_in_the_order_of_their_sending(url: str):
    async with started(url, url, url) as (here, there, elsewhere):
        ada = Hearer()
        await here.subscribe("talk", ada)
        size = {0: 10, 1: 30_000}  # some are too large for a notification

        async def send(pubsub: BrokerPubSub, user: str) -> None:
            for number in range(200):
                text = "x" * size[number % 50 == 7]
                await pubsub.broadcast("talk", Said(user, text, number))
                if number % 40 == 0:
                    await asyncio.sleep(0)

        await asyncio.gather(send(there, "bob"), send(elsewhere, "eve"))
        heard = [await ada.next() for _ in range(400)]
        for user in ("bob", "eve"):
            assert [said.number for said in heard if said.user == user] == list(range(200))
            assert max(len(said.text) for said in heard if said.user == user) == 30_000


async def test_nothing_comes_of_a_topic_that_was_left(url: str):
    async with started(url, url) as (here, there):
        ada, stays = Hearer(), Hearer()
        await here.subscribe("talk", ada)
        await here.subscribe("other", stays)
        await here.unsubscribe("talk", ada)
        await there.broadcast("talk", 1)
        await there.broadcast("other", 2)
        assert await stays.next() == 2
        assert ada.come() == []
        await here.subscribe("talk", ada)
        await there.broadcast("talk", 3)
        assert await ada.next() == 3


async def test_a_topic_of_ten_thousand_receivers_is_asked_for_once_and_serves_all(url: str):
    async with started(url, url) as (here, there):
        hearers = [Hearer() for _ in range(10_000)]
        await asyncio.gather(*(here.subscribe("talk", each) for each in hearers))
        await there.broadcast("talk", 1)
        assert [await each.next() for each in hearers] == [1] * 10_000
        for each in hearers[1:]:
            await here.unsubscribe("talk", each)
        await there.broadcast("talk", 2)
        assert await hearers[0].next() == 2
        assert here.subscribers("talk") == 1


async def test_topics_that_come_and_go_quickly_are_heard_in_the_end(url: str):
    async with started(url, url) as (here, there):
        hearers = {f"topic {number}": Hearer() for number in range(100)}

        async def to_and_fro(topic: str, hearer: Hearer) -> None:
            for _ in range(3):
                await here.subscribe(topic, hearer)
                await here.unsubscribe(topic, hearer)
            await here.subscribe(topic, hearer)

        await asyncio.gather(*(to_and_fro(*each) for each in hearers.items()))
        for topic in hearers:
            await there.broadcast(topic, topic)
        for topic, hearer in hearers.items():
            assert await hearer.next() == topic


@pytest.mark.parametrize(
    "topic",
    ["with spaces", "new\nline", "null\0", 'quo"te', "emoji \N{BIRD} %s {x}", "*", "", "x" * 1000],
)
async def test_a_topic_may_be_any_text(url: str, topic: str):
    async with started(url, url) as (here, there):
        ada = Hearer()
        await here.subscribe(topic, ada)
        await there.broadcast(topic, 1)
        assert await ada.next() == 1


async def test_a_topic_that_is_none_is_said_at_the_call(url: str):
    async with started(url) as (here,):
        with pytest.raises(UnsendableMessage, match="more than 1,000 bytes"):
            await here.subscribe("x" * 1001, print)
        with pytest.raises(UnsendableMessage, match="no text"):
            await here.broadcast("\ud800", 1)


async def test_what_cannot_be_sent_reaches_nobody_and_names_its_type(url: str):
    class Thing:
        pass

    async with started(url) as (here,):
        ada = Hearer()
        await here.subscribe("talk", ada)
        with pytest.raises(UnsendableMessage, match=r"Thing cannot go through a broker"):
            await here.broadcast("talk", Thing())
        assert ada.come() == []


async def test_threads_and_other_event_loops_may_broadcast_and_subscribe(url: str):
    async with started(url, url) as (here, there):
        ada, bob = Hearer(), Hearer()
        await there.subscribe("talk", ada)
        loop = asyncio.get_running_loop()

        def tell_bob(message: Any) -> None:
            loop.call_soon_threadsafe(bob, message)

        async def in_another_loop() -> None:
            await here.broadcast("talk", 1)
            await here.subscribe("back", tell_bob)

        await asyncio.to_thread(asyncio.run, in_another_loop())
        assert await ada.next() == 1
        await there.broadcast("back", 2)
        assert await bob.next() == 2


async def test_a_type_that_a_process_does_not_know_costs_one_line_and_nothing_else(
    url: str, caplog: pytest.LogCaptureFixture
):
    class NewsOfTomorrow(BaseModel):
        text: str

    async with started(url, url) as (here, there):
        ada = Hearer()
        await here.subscribe("talk", ada)
        for number in range(3):
            await there.broadcast("talk", NewsOfTomorrow(text="unheard"))
            await there.broadcast("talk", number)
        assert [await ada.next() for _ in range(3)] == [0, 1, 2]
        assert [record.name for record in caplog.records] == ["wirebird.cluster"]
        assert "NewsOfTomorrow" in caplog.text
        assert "@broadcastable" in caplog.text


async def test_a_type_that_has_changed_costs_one_line_and_nothing_else(
    url: str, caplog: pytest.LogCaptureFixture
):
    old = create_model("News", __module__="news", text=(str, ...))
    new = create_model("News", __module__="news", headline=(str, ...))
    async with started(url, url) as (here, there):
        ada = Hearer()
        await here.subscribe("talk", ada)
        broadcastable(new)
        await there.broadcast("talk", old(text="x"))
        await there.broadcast("talk", 1)
        assert await ada.next() == 1
        assert [record.levelno for record in caplog.records] == [logging.WARNING]
        assert "headline: Field required" in caplog.text


async def test_what_waits_when_it_stops_is_sent(url: str):
    async with started(url) as (here,):
        ada = Hearer()
        await here.subscribe("talk", ada)
        there = pubsub_at(url)
        await there.start()
        for number in range(1_000):
            await there.broadcast("talk", number)
        await there.stop()
        assert [await ada.next() for _ in range(1_000)] == list(range(1_000))
        assert not there.status.ok
        # From then on it is as if there were no broker.
        bob = Hearer()
        await there.subscribe("talk", bob)
        await there.broadcast("talk", "end")
        assert bob.come() == ["end"]


async def test_more_than_may_wait_makes_the_oldest_way_and_is_made_known(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(mail, "MOST_WAITING", 50)
    async with started(url, url) as (here, there):
        ada, own = Hearer(), Hearer()
        await here.subscribe("talk", ada)
        await there.subscribe("talk", own)
        for number in range(200):  # without giving way, so that none of them can be sent
            await there.broadcast("talk", number)
        heard = [await ada.next() for _ in range(51)]
        assert heard[:50] == list(range(150, 200))
        assert heard[50].topic == "talk"
        assert own.come() == list(range(200))
        assert caplog.text.count("the oldest are dropped") == 1
