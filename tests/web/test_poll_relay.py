"""Polls that reach another process than the one that has their session."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from starlette.types import Receive, Scope, Send

from tests.runtime.line import PATIENCE, Page, Visitor
from tests.runtime.transfers.uploading import Browser, UploadView
from tests.web.polling import PollingLine
from wirebird import LiveView, LocalPubSub, Wirebird, event, info
from wirebird.web import poll_relay, polled

MakeApp = Callable[..., Wirebird]


class SharedPubSub(LocalPubSub):
    """What two processes would share; messages are JSON on the way."""

    shared_between_workers = True

    async def broadcast(self, topic: str, message: Any, exclude: Any = None) -> None:
        await super().broadcast(topic, json.loads(json.dumps(message)), exclude)


@dataclass
class Count:
    count: int = 0


class Counter(LiveView[Count]):
    html = "<p>{{ count }}</p>"
    ended: asyncio.Queue[str]

    async def mount(self) -> None:
        await self.socket.subscribe("all")

    @event
    async def increment(self, by: int = 1) -> None:
        self.state.count += by

    @info
    async def add(self, message: int) -> None:
        self.state.count += message

    async def terminate(self, reason: str) -> None:
        if self.socket.connected:
            self.ended.put_nowait(reason)


@dataclass
class Balancer:
    """Sends each request to the next of several processes, or to one that a test has chosen."""

    apps: list[Wirebird]
    only: int | None = None
    requests: count[int] = field(default_factory=count)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        index = next(self.requests) if self.only is None else self.only
        await self.apps[index % len(self.apps)](scope, receive, send)


def balancer(
    make_app: MakeApp, pubsubs: list[Any], view: type[LiveView[Any]] = Counter
) -> Balancer:
    apps = [make_app(layout=None, broker=pubsub) for pubsub in pubsubs]
    Counter.ended = asyncio.Queue()
    for app in apps:
        app.live("/", view)
    return Balancer(apps)


@pytest.fixture
def two(make_app: MakeApp) -> Balancer:
    return balancer(make_app, [SharedPubSub()] * 2)


@pytest_asyncio.fixture
async def joined(two: Balancer) -> tuple[PollingLine, Page]:
    """A session that the first process has; all that comes now reaches the second one."""
    return await join(two)


async def join(two: Balancer) -> tuple[PollingLine, Page]:
    two.only = 0
    visitor = Visitor(two)
    page = await visitor.page("/")
    line = PollingLine(visitor, page)
    await line.begin()
    line.begin_join(page)
    await line.post(line.posts.get_nowait().decode())
    assert (await line.poll())["status"] == 200
    two.only = 1
    return line, page


async def use(two: Balancer) -> None:
    """Do with a page what people do."""
    visitor = Visitor(two)
    page = await visitor.page("/")
    async with PollingLine(visitor, page) as line:
        assert (await line.join(page))["status"] == "ok"
        for number in range(1, 10):
            assert await line.event(page, "increment") == {"diff": {"0": str(number)}}
        await two.apps[0].pubsub.broadcast("all", 1)
        assert (await line.receive())[4] == {"0": "10"}
        assert await line.leave(page) == {"status": "ok", "response": {}}


async def test_a_page_does_not_notice_which_process_it_reaches(two: Balancer):
    await use(two)


async def test_files_are_passed_on(make_app: MakeApp):
    two = balancer(make_app, [SharedPubSub()] * 2, UploadView)
    visitor = Visitor(two)
    page = await visitor.page("/")
    async with PollingLine(visitor, page) as line:
        await line.join(page)
        (connection,) = [each for app in two.apps for each in app.endpoint.connections]
        channel: Any = connection.channels[page.topic]
        data = bytes(range(256)) * 100
        await Browser(line, page, channel.view.socket.uploads.doc.ref).send("0", "a.txt", data)
        await line.event(page, "save")
        assert channel.view.state.saved == [("a.txt", data)]


async def test_a_client_that_leaves_its_poll_is_gone(joined: tuple[PollingLine, Page]):
    line, _ = joined
    poll = line.request("GET")
    poll.leave()
    assert await asyncio.wait_for(Counter.ended.get(), PATIENCE) == "disconnected"
    assert (await line.poll())["status"] == 410


async def test_a_poll_that_nothing_comes_for_is_answered_in_time(
    joined: tuple[PollingLine, Page], monkeypatch: pytest.MonkeyPatch
):
    line, _ = joined
    monkeypatch.setattr(polled, "POLL_SECONDS", 0)
    assert await line.poll() == {"status": 204, "token": line.token, "messages": []}


async def test_a_session_is_one_visitors(two: Balancer, joined: tuple[PollingLine, Page]):
    line, page = joined
    thief = Visitor(two)
    await thief.page("/")
    stolen = PollingLine(thief, page)
    stolen.token = line.token
    assert await stolen.poll() == {"status": 410}


async def test_a_malformed_frame_ends_the_session(joined: tuple[PollingLine, Page]):
    line, _ = joined
    assert await line.post("[1, 2]") == {"status": 400}
    assert await asyncio.wait_for(Counter.ended.get(), PATIENCE) == "disconnected"


async def test_a_process_that_has_gone_has_no_sessions(
    two: Balancer, joined: tuple[PollingLine, Page], monkeypatch: pytest.MonkeyPatch
):
    line, _ = joined
    monkeypatch.setattr(poll_relay, "HEARD_WITHIN", 0)
    pubsub: Any = two.apps[0].pubsub
    for topic in pubsub.topics():
        if topic.startswith("longpoll:"):
            del pubsub._topics[topic]
    assert await line.poll() == {"status": 410}
    assert await line.post("[]") == {"status": 410}


async def test_a_process_that_stops_does_not_wait_for_the_others(
    joined: tuple[PollingLine, Page], monkeypatch: pytest.MonkeyPatch
):
    line, _ = joined
    poll = line.request("GET")
    handler = SimpleNamespace(__self__=SimpleNamespace(should_exit=True))
    monkeypatch.setattr(signal, "getsignal", lambda number: handler)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert await poll.answer() == {"status": 410}


async def test_without_a_broker_the_client_begins_anew(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
):
    two = balancer(make_app, [LocalPubSub(), LocalPubSub()])
    line, page = await join(two)
    assert await line.poll() == {"status": 410}
    assert await line.post("[]") == {"status": 410}
    assert "through a broker" in caplog.text
    again = PollingLine(line.visitor, page)
    assert (await again.begin())["status"] == 410
    assert again.token
