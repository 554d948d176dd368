"""Clients that send too much or read too little pay for it themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.runtime.line import Visitor
from wirebird import Limits, LiveView, Wirebird, event, info
from wirebird.runtime import connection as connections


@dataclass
class Count:
    count: int = 0


@dataclass(frozen=True)
class Add:
    n: int


class Counter(LiveView[Count]):
    html = "<p>{{ count }}</p>"
    gate: asyncio.Event
    entered: asyncio.Event
    ended: list[str]

    async def mount(self) -> None:
        await self.socket.subscribe("all")

    @event
    async def increment(self) -> None:
        self.state.count += 1

    @event
    async def wait(self) -> None:
        type(self).entered.set()
        await type(self).gate.wait()

    @info
    async def add(self, message: Add) -> None:
        self.state.count += message.n

    async def terminate(self, reason: str) -> None:
        if self.socket.connected:
            type(self).ended.append(reason)


@pytest.fixture
def counter() -> type[Counter]:
    class Mine(Counter):
        gate = asyncio.Event()
        entered = asyncio.Event()
        ended: list[str] = []  # noqa: RUF012

    return Mine


@pytest.fixture
def build(make_app: Callable[..., Wirebird], counter: type[Counter]) -> Callable[..., Wirebird]:
    def make(**limits: Any) -> Wirebird:
        limits = {"events_per_second": 0, **limits}  # a flood comes as fast as it can
        app = make_app(layout=None, limits=Limits(**limits))
        app.live("/", counter)
        return app

    return make


async def test_a_flood_does_not_keep_others_waiting(build: Callable[..., Wirebird]):
    app = build()
    loud, calm = Visitor(app), Visitor(app)
    loud_page, calm_page = await loud.page("/"), await calm.page("/")
    async with loud.line(loud_page) as flood, calm.line(calm_page) as line:
        await flood.join(loud_page)
        await line.join(calm_page)
        refs = [flood.begin_event(loud_page, "increment") for _ in range(100_000)]
        assert await line.event(calm_page, "increment") == {"diff": {"0": "1"}}
        left = flood._to_server.qsize()
        assert left > 90_000  # the calm client was served long before the flood was through
        last = await flood.reply(refs[-1])
        assert last["response"] == {"diff": {"0": "100000"}}


async def test_a_flood_at_a_busy_view_waits_outside(
    build: Callable[..., Wirebird], counter: type[Counter]
):
    app = build(waiting_frames=100)
    loud, calm = Visitor(app), Visitor(app)
    loud_page, calm_page = await loud.page("/"), await calm.page("/")
    async with loud.line(loud_page) as flood, calm.line(calm_page) as line:
        await flood.join(loud_page)
        await line.join(calm_page)
        flood.begin_event(loud_page, "wait")
        refs = [flood.begin_event(loud_page, "increment") for _ in range(5_000)]
        await counter.entered.wait()
        for _ in range(20):
            await line.event(calm_page, "increment")
        assert flood._to_server.qsize() >= 4_800  # what is not read is not in our memory
        counter.gate.set()
        assert (await flood.reply(refs[-1]))["response"] == {"diff": {"0": "5000"}}


async def test_a_client_whose_view_never_takes_its_frames_is_closed(
    build: Callable[..., Wirebird],
    counter: type[Counter],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setattr(connections, "READ_PATIENCE", 0.01)
    app = build(waiting_frames=10)
    app.endpoint.end_patience = 0.01
    visitor = Visitor(app)
    page = await visitor.page("/")
    line = await visitor.line(page).open()
    await line.join(page)
    line.begin_event(page, "wait")
    for _ in range(100):
        line.begin_event(page, "increment")
    assert (await line.until_closed()).code == 4013
    await line.close()
    assert counter.ended == ["disconnected"]
    assert "does not take what it is sent" in caplog.text


async def test_broadcasts_to_a_client_that_does_not_read_become_one_diff(
    build: Callable[..., Wirebird],
):
    app = build()
    slow, calm = Visitor(app), Visitor(app)
    slow_page, calm_page = await slow.page("/"), await calm.page("/")
    async with slow.line(slow_page) as stuck, calm.line(calm_page) as line:
        await stuck.join(slow_page)
        await line.join(calm_page)
        with stuck.not_reading():
            for n in range(1, 201):
                await app.pubsub.broadcast("all", Add(1))
                assert (await line.receive())[4] == {"0": str(n)}
        received = [(await stuck.receive())[4]["0"] for _ in range(2)]
        assert received == ["1", "200"]
        assert await stuck.event(slow_page, "increment") == {"diff": {"0": "201"}}


async def test_a_client_that_never_reads_again_is_given_up(
    build: Callable[..., Wirebird],
    counter: type[Counter],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setattr(connections, "_CLOSE_PATIENCE", 0.01)
    app = build(waiting_messages=500)
    slow, calm = Visitor(app), Visitor(app)
    slow_page, calm_page = await slow.page("/"), await calm.page("/")
    async with slow.line(slow_page) as stuck, calm.line(calm_page) as line:
        await stuck.join(slow_page)
        await line.join(calm_page)
        with stuck.not_reading():
            for n in range(1, 1001):
                await app.pubsub.broadcast("all", Add(1))
                assert (await line.receive())[4] == {"0": str(n)}
            while not counter.ended:
                await line.event(calm_page, "increment")
        assert counter.ended == ["disconnected"]
        assert app.pubsub.subscribers("all") == 1  # type: ignore[attr-defined]
    assert "more messages wait" in caplog.text


async def test_a_heartbeat_is_answered_while_a_view_is_busy(
    build: Callable[..., Wirebird], counter: type[Counter]
):
    visitor = Visitor(build())
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        line.begin_event(page, "wait")
        await counter.entered.wait()
        assert await line.alive()
        counter.gate.set()


async def test_a_socket_that_is_opened_and_left_leaves_nothing_behind(
    build: Callable[..., Wirebird], counter: type[Counter]
):
    app = build()
    visitor = Visitor(app)
    page = await visitor.page("/")
    for _ in range(20):
        async with visitor.line(page) as line:
            line.begin_join(page)
    assert app.pubsub.subscribers("all") == 0  # type: ignore[attr-defined]
    async with visitor.line(page):
        pass
    assert len(counter.ended) <= 20
