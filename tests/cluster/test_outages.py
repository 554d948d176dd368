"""What becomes of messages while a broker is away, slow, or lets nobody in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import psycopg
import pytest
from redis import Redis
from redis.exceptions import OutOfMemoryError

from tests.cluster.hearing import PATIENCE, Hearer, Said, started
from tests.cluster.proxy import proxy_to
from tests.cluster.servers import (
    PASSWORD,
    PostgresServer,
    RedisServer,
    free_port,
    start_postgres,
    start_redis,
)
from wirebird import AsyncBroadcaster, Broadcaster, BrokerUnavailable, Resubscribed
from wirebird.cluster.broker import Mail, Receiver, Sender
from wirebird.cluster.broker_pubsub import BrokerPubSub

BROKERS = ("redis", "postgres")


@pytest.fixture(params=BROKERS)
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


def through(url: str, port: int) -> str:
    """Return the URL of a server by way of another port."""
    return url.replace(f":{urlsplit(url).port}", f":{port}")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def state(pubsub: BrokerPubSub, ok: bool) -> None:
    """Wait until a PubSub says that it can or cannot be used."""
    await until(lambda: pubsub.status.ok is ok)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what our side has to complain of."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.name.startswith("wirebird")
    ]


class _Away:
    """A broker whose errors are sentences, as redis-py's are."""

    name = "the broker redis://nowhere"
    patience = 1.0

    async def sender(self) -> Sender:
        raise ConnectionError

    async def receiver(self, mail: Mail) -> Receiver:
        raise ConnectionError

    def problem(self, error: BaseException) -> str:
        return "Connection closed by server."


async def test_a_problem_that_is_a_sentence_is_logged_with_one_full_stop(
    caplog: pytest.LogCaptureFixture,
):
    pubsub = BrokerPubSub(_Away())
    await pubsub.start()
    await pubsub.stop()
    assert "cannot be used: Connection closed by server. Messages reach" in lines(caplog)[0]


async def test_what_is_cut_off_goes_on_here_and_is_told_when_it_is_back(
    url: str, caplog: pytest.LogCaptureFixture
):
    async with (
        proxy_to(urlsplit(url).port or 0) as proxy,
        started(through(url, proxy.port), url, url) as (here, there, elsewhere),
    ):
        ada, bob, late, witness = Hearer(), Hearer(), Hearer(), Hearer()
        await here.subscribe("talk", ada)
        await here.subscribe("talk", bob)
        await elsewhere.subscribe("talk", witness)
        await proxy.cut()
        await state(here, False)
        assert here.status.problem
        assert here.status.since is not None
        await here.broadcast("talk", 1, exclude=bob)
        await here.subscribe("late", late)
        assert ada.come() == [1]
        await there.broadcast("talk", "missed")
        assert await witness.next() == "missed"
        await proxy.open()
        for hearer, topic in ((ada, "talk"), (bob, "talk"), (late, "late")):
            assert await hearer.next() == Resubscribed(topic)
        assert here.status.ok
        await there.broadcast("talk", 2)
        assert (await ada.next(), await bob.next()) == (2, 2)
    away, back = lines(caplog)
    assert "cannot be used" in away
    assert "is back after" in back
    assert PASSWORD not in caplog.text


async def test_what_says_nothing_any_more_is_found_out(url: str):
    async with (
        proxy_to(urlsplit(url).port or 0) as proxy,
        started(through(url, proxy.port), patience=0.3) as (here,),
        started(url) as (there,),
    ):
        ada = Hearer()
        await here.subscribe("talk", ada)
        proxy.delay = 3600.0  # connections are there, and nothing goes through them
        await here.broadcast("talk", 1)
        await state(here, False)
        assert ada.come() == [1]
        await proxy.cut()
        proxy.delay = 0.0
        await proxy.open()
        assert await ada.next() == Resubscribed("talk")
        await there.broadcast("talk", 2)
        assert await ada.next() == 2


async def test_what_was_sent_meanwhile_comes_later_in_order_and_once(url: str):
    async with (
        proxy_to(urlsplit(url).port or 0) as proxy,
        started(through(url, proxy.port), url) as (here, there),
    ):
        ada = Hearer()
        await there.subscribe("talk", ada)
        for number in range(300):
            await here.broadcast("talk", number)
            if number % 100 == 50:
                await asyncio.sleep(0)  # some of them are on their way
                await proxy.cut()
            if number % 100 == 90:
                await proxy.open()
                await state(here, True)
        assert [await ada.next() for _ in range(300)] == list(range(300))
        await there.broadcast("talk", "end")
        assert await ada.until("end") == []


async def test_who_sends_does_not_wait_for_a_slow_broker(url: str):
    async with (
        proxy_to(urlsplit(url).port or 0) as proxy,
        started(through(url, proxy.port), url) as (here, there),
    ):
        ada = Hearer()
        await there.subscribe("talk", ada)
        proxy.delay = 1.0
        for number in range(100):
            await here.broadcast("talk", number)
        assert ada.come() == []  # they are all sent, and none has arrived
        assert [await ada.next() for _ in range(100)] == list(range(100))


async def test_who_subscribes_waits_a_second_for_a_slow_broker_and_is_told_later(redis_url: str):
    async with (
        proxy_to(urlsplit(redis_url).port or 0) as proxy,
        started(through(redis_url, proxy.port), redis_url) as (here, there),
    ):
        ada = Hearer()
        proxy.delay = 1.5
        await here.subscribe("talk", ada)
        assert ada.come() == []
        assert await ada.next() == Resubscribed("talk")
        await there.broadcast("talk", 1)
        assert await ada.next() == 1


@pytest.fixture(params=BROKERS)
def own_server(request: pytest.FixtureRequest) -> Iterator[RedisServer | PostgresServer]:
    request.getfixturevalue(f"{request.param}_server")  # skips where there is none
    with closing(start_redis() if request.param == "redis" else start_postgres()) as server:
        yield server


async def test_a_broker_that_is_killed_and_restarted_is_used_again(
    own_server: RedisServer | PostgresServer, caplog: pytest.LogCaptureFixture
):
    url = own_server.url
    async with started(url, url) as (here, there):
        ada, bob = Hearer(), Hearer()
        await here.subscribe("talk", ada)
        await there.subscribe("talk", bob)
        await asyncio.to_thread(own_server.kill)
        await state(here, False)
        await state(there, False)
        await here.broadcast("talk", Said("ada", "x" * 10_000))
        assert ada.come() == [Said("ada", "x" * 10_000)]
        await asyncio.to_thread(own_server.start)
        assert await ada.next() == await bob.next() == Resubscribed("talk")
        await state(here, True)
        await there.broadcast("talk", "hello")
        assert "hello" in [await ada.next()]
    assert len([line for line in lines(caplog) if "cannot be used" in line]) == 2
    assert len([line for line in lines(caplog) if "is back" in line]) == 2


async def test_an_application_starts_before_its_broker(caplog: pytest.LogCaptureFixture):
    port = free_port()
    async with started(f"redis://:{PASSWORD}@127.0.0.1:{port}") as (here,):
        assert not here.status.ok
        ada = Hearer()
        await here.subscribe("talk", ada)
        await here.broadcast("talk", 1)
        assert ada.come() == [1]
        assert str(port) in lines(caplog)[0]
    assert PASSWORD not in caplog.text + repr(here) + str(here.status)


@pytest.mark.parametrize(
    "url",
    [
        "redis://:wr0ngpass@127.0.0.1:{redis}",
        "postgresql://wirebird:wr0ngpass@127.0.0.1:{postgres}/postgres",
        "postgresql://nobody:wr0ngpass@127.0.0.1:{postgres}/postgres",
        "postgresql://wirebird:a-password-for-tests@127.0.0.1:{postgres}/nowhere",
        "redis://:wr0ngpass@nowhere.invalid:6379",
        "postgresql://u:wr0ngpass@nowhere.invalid/x",
        "redis://:wr0ngpass@127.0.0.1:{nobody}",
        "postgresql://u:wr0ngpass@127.0.0.1:{nobody}/x",
        "redis://:wr0ngpass@127.0.0.1:{postgres}",
    ],
)
async def test_a_broker_that_lets_nobody_in_is_tried_again_and_said_once(
    url: str, postgres_server: PostgresServer, caplog: pytest.LogCaptureFixture
):
    with closing(start_redis(password=PASSWORD)) as redis:
        url = url.format(redis=redis.port, postgres=postgres_server.port, nobody=free_port())
        async with started(url) as (here,):
            await until(lambda: bool(lines(caplog)))
            ada = Hearer()
            await here.subscribe("talk", ada)
            await here.broadcast("talk", 1)
            assert ada.come() == [1]
            assert not here.status.ok
            assert here.status.problem
        assert len(lines(caplog)) == (2 if "not sent" in lines(caplog)[-1] else 1)
        with pytest.raises(BrokerUnavailable) as error:
            async with AsyncBroadcaster(url) as broadcaster:
                await broadcaster.broadcast("talk", 1)
        said = caplog.text + str(error.value) + str(here.status) + repr(here)
        assert "wr0ngpass" not in said
        assert PASSWORD not in said


@pytest.mark.redis
async def test_a_redis_that_is_full_carries_messages_all_the_same(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
):
    full = start_redis("--maxmemory", "1", "--maxmemory-policy", "noeviction")
    with closing(full):
        with Redis.from_url(full.url) as client, pytest.raises(OutOfMemoryError):
            client.set("key", "value")
        async with started(full.url, full.url) as (here, there):
            ada = Hearer()
            await there.subscribe("talk", ada)
            await here.broadcast("talk", Said("ada", "x" * 10_000))
            assert await ada.next() == Said("ada", "x" * 10_000)
            assert here.status.ok
            assert there.status.ok
    assert "full" not in caplog.text


async def test_a_large_message_that_the_database_has_no_place_for_is_made_known(
    postgres_server: PostgresServer, postgres_url: str, caplog: pytest.LogCaptureFixture
):
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    guest = postgres_url.replace("wirebird:", "guest:")
    async with started(guest, postgres_url) as (here, there):
        ada = Hearer()
        await there.subscribe("talk", ada)
        await here.broadcast("talk", 1)
        await here.broadcast("talk", "x" * 10_000)
        await here.broadcast("talk", 2)
        assert [await ada.next() for _ in range(3)] == [1, 2, Resubscribed("talk")]
        assert "permission denied" in caplog.text
        assert here.status.ok


# From outside of an application


async def test_a_program_of_its_own_reaches_views(url: str):
    async with started(url) as (here,):
        ada = Hearer()
        await here.subscribe("talk", ada)
        async with AsyncBroadcaster(url) as broadcaster:
            await broadcaster.broadcast("talk", Said("job"))
            await broadcaster.broadcast("talk", Said("job", "x" * 10_000))
            assert [await ada.next(), await ada.next()] == [Said("job"), Said("job", "x" * 10_000)]
            await asyncio.gather(*(broadcaster.broadcast("talk", number) for number in range(50)))
            assert [await ada.next() for _ in range(50)] == list(range(50))

        def job() -> None:
            with Broadcaster(url) as broadcaster:
                broadcaster.broadcast("talk", 1)
                broadcaster.broadcast("talk", 2)

        await asyncio.to_thread(job)
        assert [await ada.next(), await ada.next()] == [1, 2]


async def test_a_program_of_its_own_connects_again_and_is_told_what_it_cannot_send(url: str):
    async with proxy_to(urlsplit(url).port or 0) as proxy, started(url) as (here,):
        ada = Hearer()
        await here.subscribe("talk", ada)
        async with AsyncBroadcaster(through(url, proxy.port)) as broadcaster:
            await broadcaster.broadcast("talk", 1)
            await proxy.cut()
            await proxy.open()
            await broadcaster.broadcast("talk", 2)
            await proxy.cut()
            with pytest.raises(BrokerUnavailable, match="cannot be used"):
                await broadcaster.broadcast("talk", 3)
            await proxy.open()
            await broadcaster.broadcast("talk", 4)
        assert [await ada.next() for _ in range(3)] == [1, 2, 4]
