"""Applications that hear each other by way of a broker, and those that speak to them."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from websockets.asyncio.client import ClientConnection, connect

from tests.cli.running import KEY, running
from tests.cluster.hearing import Hearer, Said, pubsub_at
from tests.runtime.line import Page
from wirebird import (
    BrokerError,
    BrokerUnavailable,
    LiveView,
    LocalPubSub,
    Resubscribed,
    Wirebird,
    event,
    info,
)
from wirebird.cli.serving import deaf_workers
from wirebird.cluster.broker_pubsub import BrokerPubSub
from wirebird.runtime.channel import Channel
from wirebird.testing import LiveClient, LiveTestError


@dataclass
class Talk:
    heard: list[str] = field(default_factory=list)


class TalkView(LiveView[Talk]):
    html = "<p>{{ heard|join(' ') }}</p>"

    async def mount(self) -> None:
        await self.socket.subscribe("talk")

    @event
    async def say(self, text: str) -> None:
        await self.socket.broadcast("talk", Said("page", text))

    @event
    async def say_to_others(self, text: str) -> None:
        await self.socket.broadcast("talk", Said("page", text), include_self=False)

    @event
    async def say_here(self, text: str) -> None:
        await self.socket.local_broadcast("talk", Said("page", text))

    @event
    def say_in_a_thread(self, text: str) -> None:
        self.socket.broadcast("talk", Said("page", text))

    @info
    async def on_said(self, said: Said) -> None:
        self.state.heard.append(said.text)

    @info
    async def on_resubscribed(self, message: Resubscribed) -> None:
        self.state.heard.append("again")


@pytest.fixture(params=["redis", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


MakeApp = Callable[..., Wirebird]


@pytest.fixture
async def clients(make_app: MakeApp, url: str) -> AsyncIterator[list[LiveClient]]:
    """Two visitors of two processes' worth of one application."""
    async with AsyncExitStack() as stack:
        found: list[LiveClient] = []
        for _ in range(2):
            app = make_app(broker=url)
            app.live("/", TalkView)
            found.append(await stack.enter_async_context(LiveClient(app)))
        yield found


async def test_views_of_two_processes_hear_each_other(clients: list[LiveClient]):
    ada, bob = [await client.live("/") for client in clients]
    await ada.hook_event("say", {"text": "1"})
    await ada.hook_event("say_to_others", {"text": "2"})
    await ada.hook_event("say_here", {"text": "here"})
    await ada.hook_event("say_in_a_thread", {"text": "3"})
    await bob.until(lambda view: view.text("p") == "1 2 3")
    await bob.hook_event("say", {"text": "4"})
    await ada.until(lambda view: view.text("p") == "1 here 3 4")


async def test_a_broker_lives_as_long_as_its_application(make_app: MakeApp, url: str):
    app = make_app(broker=url)
    app.live("/", TalkView)
    assert not app.pubsub.status.ok
    for _ in range(2):  # as often as it is served
        async with LiveClient(app) as client:
            await client.live("/")
            assert app.pubsub.status.ok
        assert not app.pubsub.status.ok


@pytest.mark.parametrize(
    ("id", "keeps"), [("user:1", False), ("user:1", True), ("user:" + "é" * 600, False)]
)
async def test_whoever_signs_out_has_no_view_left_in_any_process(
    make_app: MakeApp, url: str, id: str, keeps: bool
):
    async def sign_in(request: Request) -> Response:
        request.session["live_socket_id"] = id
        return Response()

    here, there = make_app(broker=url), make_app(broker=url)
    for app in (here, there):
        app.live("/", TalkView)
        app.add_route("/sign-in", sign_in, methods=["POST"])
    async with LiveClient(here), LiveClient(there) as client:
        await client.post("/sign-in", {})
        view = await client.live("/")
        channels = [c for line in there.endpoint.connections for c in line.channels.values()]
        (channel,) = cast("list[Channel]", channels)
        if keeps:
            await view.disconnect()
            assert there.endpoint.parking.holds(channel)
        await here.disconnect(id)
        async with asyncio.timeout(20):
            while not channel.ended:  # noqa: ASYNC110 - tells nobody
                await asyncio.sleep(0.001)


async def test_an_application_whose_host_keeps_its_lifespan_is_connected_when_needed(
    make_app: MakeApp, url: str
):
    site = make_app(broker=url)
    site.live("/", TalkView)
    host = Starlette()
    host.mount("/site", site)
    there = pubsub_at(url)
    async with LiveClient(host) as client:
        ada = await client.live("/site/")
        await there.broadcast("talk", Said("x", "hello"))
        await ada.until(lambda view: view.text("p") == "hello")
    await there.stop()
    await site.pubsub.stop()


async def test_an_attached_application_is_connected_as_long_as_its_host(
    make_app: MakeApp, url: str
):
    site = make_app(broker=url)
    site.live("/", TalkView)
    host = FastAPI()
    host.add_middleware(SessionMiddleware, secret_key="the host's")
    site.attach(host)
    async with LiveClient(host):
        assert site.pubsub.status.ok
    assert not site.pubsub.status.ok


async def test_routes_tasks_and_threads_of_an_application_reach_its_views(
    make_app: MakeApp, url: str
):
    site, there = make_app(broker=url), pubsub_at(url)
    site.live("/", TalkView)
    host = FastAPI()
    host.mount("/live", site)

    @host.get("/awaited")
    async def awaited() -> None:
        await site.broadcast("talk", Said("route", "awaited"))

    @host.get("/threaded")
    def threaded() -> None:
        site.broadcast("talk", Said("route", "threaded"))
        site.local_broadcast("talk", Said("route", "local"))

    elsewhere = Hearer()
    await there.subscribe("talk", elsewhere)
    async with LiveClient(host) as client:
        ada = await client.live("/live/")
        await client.get("/awaited")
        await client.get("/threaded")
        await ada.until(lambda view: view.text("p") == "awaited threaded local")
        done = threading.Thread(target=lambda: site.broadcast("talk", Said("thread", "thread")))
        done.start()
        await asyncio.to_thread(done.join)
        heard = [(await elsewhere.next()).text for _ in range(3)]
        assert heard == ["awaited", "threaded", "thread"]
    await there.stop()
    await site.pubsub.stop()


def test_without_an_event_loop_there_is_no_broker(make_app: MakeApp):
    heard: list[Any] = []
    alone = make_app()
    asyncio.run(alone.pubsub.subscribe("talk", heard.append))
    alone.broadcast("talk", 1)
    assert heard == [1]
    with pytest.raises(BrokerUnavailable, match=r"with Broadcaster\(url\)"):
        make_app(broker="redis://localhost").broadcast("talk", 1)


async def test_signing_out_reaches_the_sockets_of_all_processes(make_app: MakeApp, url: str):
    async def sign_in(request: Request) -> Response:
        request.session["live_socket_id"] = "user:1"
        return Response()

    here, there = make_app(broker=url), make_app(broker=url)
    for app in (here, there):
        app.live("/", TalkView)
        app.add_route("/sign-in", sign_in, methods=["POST"])
    async with LiveClient(here) as client, LiveClient(there):
        await client.post("/sign-in", {})
        view = await client.live("/")
        # To have been away from the broker closes nothing.
        await here.local_broadcast("live_socket:user:1", Resubscribed("live_socket:user:1"))
        await view.hook_event("say_here", {"text": "still"})
        await view.until(lambda view: view.text("p") == "still")
        await there.disconnect("user:1")
        with pytest.raises(LiveTestError, match="closed the socket"):
            await view.until(lambda view: False)


# Which broker


def test_a_broker_is_chosen_by_url_or_environment(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
):
    def name(app: Wirebird) -> str:
        assert isinstance(app.pubsub, BrokerPubSub)
        return repr(app.pubsub)

    assert isinstance(make_app().pubsub, LocalPubSub)
    given = LocalPubSub()
    assert make_app(broker=given).pubsub is given
    assert "redis://cache:6380" in name(make_app(broker="redis://:secret@cache:6380/1"))
    assert "rediss://cache" in name(make_app(broker="rediss://u:secret@cache"))
    assert "unix:///run/redis.sock" in name(make_app(broker="unix:///run/redis.sock"))
    assert "postgresql://db:5432/shop" in name(make_app(broker="postgresql://u:secret@db/shop"))
    assert "postgresql://db:5432/shop" in name(make_app(broker="postgres://u:secret@db/shop"))
    monkeypatch.setenv("WIREBIRD_BROKER", "redis://:secret@environment")
    assert "redis://environment" in name(make_app())
    assert "secret" not in name(make_app())
    assert make_app(broker=given).pubsub is given
    assert deaf_workers([make_app()], 2) is None
    monkeypatch.setenv("WIREBIRD_BROKER", "")
    assert isinstance(make_app().pubsub, LocalPubSub)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("localhost:6379", "no kind of broker"),
        ("amqp://u:s3cret@host", "no kind of broker: write redis://"),
        ("redis://u:s3cret@host:port", "cannot be used"),
        ("redis://u:s3cret@[host", "it is no URL"),
        ("postgresql://u:s3cret%@host/x", "libpq does not understand"),
        ("postgresql://u:s3cret@host/x?nonsense=1", "libpq does not understand"),
    ],
)
def test_a_url_of_no_broker_is_said_without_its_password(make_app: MakeApp, url: str, why: str):
    with pytest.raises(BrokerError, match=why) as error:
        make_app(broker=url)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "package"), [("redis://x", "redis"), ("postgresql://x", "psycopg")]
)
def test_a_broker_whose_library_is_missing_names_the_extra(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, url: str, package: str
):
    extra = "redis" if package == "redis" else "postgres"
    for module in (package, f"wirebird.cluster.{extra}_pubsub"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(BrokerError, match=rf"wirebird\[{extra}\]"):
        make_app(broker=url)


# Several workers

APPLICATION = """
    import os
    from dataclasses import dataclass

    from starlette.responses import PlainTextResponse

    from wirebird import LiveView, Wirebird, info


    @dataclass(frozen=True)
    class Said:
        text: str


    class Home(LiveView):
        html = "<p>{{ pid }} {{ heard }}</p>"

        async def mount(self):
            self.state.pid = os.getpid()
            self.state.heard = ""
            await self.socket.subscribe("talk")

        @info
        async def on_said(self, said: Said):
            self.state.heard = said.text


    async def say(request):
        await app.broadcast("talk", Said("heard by all"))
        return PlainTextResponse(str(os.getpid()))


    app = Wirebird(layout=None)
    app.live("/", Home)
    app.add_route("/say", say)
"""


class Tab:
    """A page in a browser that is reduced to its socket."""

    def __init__(self, socket: ClientConnection, pid: str) -> None:
        self.socket = socket
        self.pid = pid

    @classmethod
    async def open(cls, stack: AsyncExitStack, base: str) -> Tab:
        async with httpx.AsyncClient(base_url=base, verify=False) as browser:
            page = Page.parse(f"{base}/", (await browser.get("/")).text)
            cookies = "; ".join(f"{each.name}={each.value}" for each in browser.cookies.jar)
        place = f"{base.replace('http', 'ws')}/live/websocket?vsn=2.0.0&_csrf_token={page.csrf}"
        headers = {"cookie": cookies, "origin": base}
        socket = await stack.enter_async_context(connect(place, additional_headers=headers))
        params = {"session": page.session, "static": page.static, "url": page.url, "params": {}}
        params["params"] = {"_csrf_token": page.csrf}
        await socket.send(json.dumps(["1", "1", page.topic, "phx_join", params]))
        reply = json.loads(await socket.recv())[4]
        assert reply["status"] == "ok", reply
        return cls(socket, reply["response"]["rendered"]["0"])

    async def hears(self) -> str:
        async with asyncio.timeout(20):
            diff: dict[str, str] = json.loads(await self.socket.recv())[4]
        return " ".join(diff.values())


async def test_workers_with_a_broker_hear_each_other(tmp_path: Path, redis_url: str):
    (tmp_path / "talk.py").write_text(dedent(APPLICATION))
    settings = {"WIREBIRD_SECRET_KEY": KEY, "WIREBIRD_BROKER": redis_url}
    async with (
        running(tmp_path, "talk.py", "--workers", "2", env=settings) as server,
        AsyncExitStack() as stack,
    ):
        tabs: list[Tab] = []
        async with asyncio.timeout(30):
            while len({tab.pid for tab in tabs}) < 2:
                tabs += await asyncio.gather(*(Tab.open(stack, server.url) for _ in range(8)))
        async with httpx.AsyncClient(base_url=server.url) as browser:
            await browser.get("/say")
        assert {await tab.hears() for tab in tabs} == {"heard by all"}
        assert "do not hear" not in server.output
