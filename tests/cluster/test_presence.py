"""Who is here, in several processes with a real broker between them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import make_dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cluster.proxy import proxy_to
from tests.cluster.rooms import PATIENT, Person, make_app
from wirebird import UnsendableMessage
from wirebird.live.messages import broadcastable_types
from wirebird.testing import LiveClient, View

PATIENCE = 20.0
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=("redis", "postgres"))
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


async def until_here(view: View, *names: str) -> None:
    def are_here(view: View) -> bool:
        return sorted(view.text("p").split()) == sorted(names)

    await view.until(are_here, timeout=PATIENCE)


@asynccontextmanager
async def process_with(url: str, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of its own in whose room somebody is."""
    code = f"from tests.cluster.rooms import stay; stay({url!r}, {name!r})"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            assert await process.stdout.readline() == b"here\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_views_of_two_processes_see_each_other_as_they_are(url: str) -> None:
    apps = make_app(url), make_app(url)
    async with LiveClient(apps[0]) as here, LiveClient(apps[1]) as there:
        ann = await here.live("/ann")
        bob = await there.live("/bob")
        await until_here(ann, "ann", "bob")
        await until_here(bob, "ann", "bob")
        listed = await apps[0].presence.list("room:1")
        assert listed == {"ann": (Person("ann"),), "bob": (Person("bob"),)}
        await bob.hook_event("rename", {"name": "robert"})
        await until_here(ann, "ann", "robert")
        await bob.tab.close()
        await until_here(ann, "ann")


async def test_the_first_page_of_a_process_lists_who_is_in_others(url: str) -> None:
    async with LiveClient(make_app(url)) as here:
        await here.live("/ann")
        async with LiveClient(make_app(url, PATIENT)) as there:
            response = await there.get("/bob")
            assert "ann" in response.text
            assert "bob" not in response.text


async def test_a_program_that_serves_nobody_can_list_who_is_here(redis_url: str) -> None:
    async with LiveClient(make_app(redis_url)) as here:
        await here.live("/ann")
        app = make_app(redis_url, PATIENT)
        assert await app.presence.list("room:1") == {"ann": (Person("ann"),)}
        await app.presence.stop()
        await app.pubsub.stop()


async def test_those_of_a_process_that_is_killed_leave_everywhere(url: str) -> None:
    async with LiveClient(make_app(url)) as here, process_with(url, "bob") as process:
        ann = await here.live("/ann")
        await until_here(ann, "ann", "bob")
        process.kill()
        await until_here(ann, "ann")


async def test_those_of_a_process_that_ends_are_gone_with_it(url: str) -> None:
    app = make_app(url)
    async with LiveClient(app) as here:
        ann = await here.live("/ann")
        other = make_app(url)
        async with LiveClient(other) as there:
            await there.live("/bob")
            await until_here(ann, "ann", "bob")
        await until_here(ann, "ann")


def through(port: int, url: str) -> str:
    """Return the URL of a server by way of a proxy."""
    return url.replace(f":{urlsplit(url).port}/", f":{port}/")


async def test_a_split_that_heals_brings_back_all_and_what_is_new(url: str) -> None:
    async with proxy_to(urlsplit(url).port or 0) as proxy:
        here_app, there_app = make_app(url), make_app(through(proxy.port, url))
        async with LiveClient(here_app) as here, LiveClient(there_app) as there:
            ann = await here.live("/ann")
            bob = await there.live("/bob")
            await until_here(ann, "ann", "bob")
            await proxy.cut()
            await until_here(ann, "ann")
            await until_here(bob, "bob")
            await here.live("/cid")
            await there.live("/dan")
            await bob.hook_event("rename", {"name": "robert"})
            await until_here(ann, "ann", "cid")
            await until_here(bob, "robert", "dan")
            await proxy.open()
            await until_here(ann, "ann", "cid", "robert", "dan")
            await until_here(bob, "ann", "cid", "robert", "dan")


async def test_what_was_missed_while_the_broker_was_away_is_learned(url: str) -> None:
    async with proxy_to(urlsplit(url).port or 0) as proxy:
        apps = [make_app(through(proxy.port, url)) for _ in range(2)]
        async with LiveClient(apps[0]) as here, LiveClient(apps[1]) as there:
            ann = await here.live("/ann")
            bob = await there.live("/bob")
            await until_here(ann, "ann", "bob")
            await proxy.cut()
            await bob.tab.close()
            await there.live("/cid")
            await proxy.open()
            await until_here(ann, "ann", "cid")


async def test_what_cannot_be_sent_is_an_error_at_the_call(redis_url: str) -> None:
    app = make_app(redis_url)
    with pytest.raises(UnsendableMessage, match="object"):
        app.presence.pack(object())
    with pytest.raises(UnsendableMessage, match=r"more than 1,000 bytes"):
        await app.presence.list("x" * 1000)


async def test_what_a_process_does_not_know_it_says_once_and_lists_not(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    kind = make_dataclass("Unheard", [("name", str)], frozen=True)
    kind.__module__ = __name__  # Python 3.11 does not say it by itself
    async with LiveClient(make_app(redis_url)) as here:
        ann = await here.live("/ann")
        there = make_app(redis_url)
        there.presence.follow("room:1", lambda change: None)
        for name in ("bob", "cid"):
            packed = there.presence.pack(kind(name))
            there.presence.put("room:1", None, name, kind(name), packed)
        there.presence.put("room:1", None, "dan", 1, there.presence.pack(Person("dan")))
        broadcastable_types.discard(kind)  # which only one process knows
        await until_here(ann, "ann", "dan")
        assert caplog.text.count("Unheard are not listed") == 1
        await there.presence.stop()
        await there.pubsub.stop()
