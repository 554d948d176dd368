"""The inspector shows the views of the process to those who may see it, and no secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from starlette.requests import Request

from wirebird import LiveView, Stream, Wirebird, event
from wirebird.inspector.log import Recorder
from wirebird.inspector.view import InspectorView, Tick
from wirebird.runtime.channel import Channel
from wirebird.runtime.observed import ObservedChannel
from wirebird.testing import LiveClient, View

MakeApp = Callable[..., Wirebird]


@dataclass
class Counter:
    count: int = 0
    api_token: str = "tok-sesame"
    said: str = ""
    items: Stream[dict[str, Any]] = field(default_factory=Stream[dict[str, Any]])


class CounterView(LiveView[Counter]):
    html = (
        '<p>{{ count }} {{ said }}</p><button id="more" phx-click="more">+</button>'
        '<button id="tell" phx-click="tell">tell</button>'
    )

    async def mount(self) -> None:
        await self.socket.subscribe("news")

    @event
    async def more(self) -> None:
        self.state.count += 1

    @event
    async def tell(self) -> None:
        self.state.said = f"use {self.state.api_token}!"


def channel_of(app: Wirebird, view: type[Any] = CounterView) -> Channel:
    for line in app.endpoint.connections:
        for channel in line.channels.values():
            if cast("Channel", channel).view_class is view:
                return cast("Channel", channel)
    raise AssertionError("the view is not there")


async def look(inspector: View, app: Wirebird) -> None:
    """Let the inspector look anew, without waiting for its timer."""
    channel_of(app, InspectorView).deliver(Tick())
    await inspector.render()


def counter_app(make_app: MakeApp, **options: Any) -> Wirebird:
    app = make_app(**options)
    app.live("/", CounterView)
    return app


async def is_missing(client: LiveClient) -> bool:
    """Whether there is no such page, with or without a slash at its end."""
    statuses = [(await client.get(path)).status for path in ("/_wirebird", "/_wirebird/")]
    return statuses == [404, 404]


async def test_in_debug_mode_it_lists_the_open_views_but_not_itself(make_app: MakeApp) -> None:
    app = counter_app(make_app, debug=True)
    async with LiveClient(app) as client, LiveClient(app) as other:
        await client.live("/?api_token=abc&page=2")
        inspector = await other.live("/_wirebird")
        assert "CounterView" in inspector.text("#views")
        assert "page=2" in inspector.text("#views")
        assert "abc" not in inspector.html
        assert "InspectorView" not in inspector.text()


async def test_without_a_guard_there_is_none_in_production(make_app: MakeApp) -> None:
    async with LiveClient(counter_app(make_app)) as client:
        assert await is_missing(client)


async def test_it_can_be_left_away_in_debug_mode(make_app: MakeApp) -> None:
    async with LiveClient(counter_app(make_app, debug=True, inspector=False)) as client:
        assert await is_missing(client)


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_guard_lets_in_and_keeps_out(make_app: MakeApp, asynchronous: bool) -> None:
    def guard(request: Request) -> bool:
        return request.headers.get("x-admin") == "yes"

    async def slow_guard(request: Request) -> bool:
        await asyncio.sleep(0)
        return guard(request)

    app = counter_app(make_app, inspector=slow_guard if asynchronous else guard)
    async with LiveClient(app) as client, LiveClient(app, headers={"x-admin": "yes"}) as admin:
        assert (await client.get("/_wirebird")).status == 404
        await client.live("/")
        assert "CounterView" in (await admin.live("/_wirebird")).text("#views")


async def test_the_guard_is_asked_at_the_socket_too_and_before_each_deed(
    make_app: MakeApp,
) -> None:
    answers = iter([True, False])
    app = counter_app(make_app, inspector=lambda request: next(answers))
    async with LiveClient(app) as client:
        with pytest.raises(Exception, match=r"404|reload"):
            await client.live("/_wirebird")

    answers = iter([True, True, False])
    app = counter_app(make_app, inspector=lambda request: next(answers))
    async with LiveClient(app) as client, LiveClient(app) as other:
        view = await client.live("/")
        inspector = await other.live("/_wirebird")
        channel = channel_of(app)
        await inspector_of(app, channel, inspector)
        with pytest.raises(Exception, match=r"."):
            await inspector.element("button", "Crash").click()
        await view.element("#more").click()
        assert view.text("p").startswith("1")


async def inspector_of(app: Wirebird, channel: Channel, inspector: View) -> None:
    """Open the details of a view."""
    await inspector.element("#views a", channel.view_class.__name__).click()
    assert inspector.has("h1", channel.view_class.__name__)


async def test_details_say_what_a_view_did_and_hide_its_secrets(make_app: MakeApp) -> None:
    app = counter_app(make_app, inspector=lambda request: True)
    async with LiveClient(app) as client, LiveClient(app) as other:
        view = await client.live("/")
        channel = channel_of(app)
        assert type(channel) is Channel
        inspector = await other.live("/_wirebird")
        assert type(channel) is Channel, "a list costs the views nothing"
        await inspector_of(app, channel, inspector)
        assert type(channel) is ObservedChannel
        await view.element("#more").click()
        await view.element("#tell").click()
        await look(inspector, app)
        assert "the event 'more'" in inspector.text("#entries")
        assert '"use (hidden)!' in inspector.text("#entries")
        assert "items" in inspector.text()
        assert "news" in inspector.text()
        assert "(hidden)" in inspector.text("#state")
        assert "sesame" not in inspector.html
        await inspector.element("nav a").click()
        assert type(channel) is Channel, "nobody looks any more"
        await view.element("#more").click()
        assert view.text("p").startswith("2")


async def test_in_debug_mode_what_came_before_is_kept_too(make_app: MakeApp) -> None:
    app = counter_app(make_app, debug=True)
    async with LiveClient(app) as client, LiveClient(app) as other:
        view = await client.live("/")
        await view.element("#more").click()
        inspector = await other.live("/_wirebird")
        await inspector_of(app, channel_of(app), inspector)
        assert "the event 'more'" in inspector.text("#entries")


async def test_a_paused_view_handles_what_waits_once_it_goes_on(make_app: MakeApp) -> None:
    app = counter_app(make_app, debug=True)
    async with LiveClient(app) as client, LiveClient(app) as other:
        view = await client.live("/")
        channel = channel_of(app)
        inspector = await other.live("/_wirebird")
        await inspector_of(app, channel, inspector)
        await inspector.element("button", "Pause").click()
        assert inspector.has(".stage", "paused")
        click = asyncio.ensure_future(view.element("#more").click())
        await inspector.render()
        assert channel.waiting
        assert channel.view.state.count == 0
        await inspector.element("button", "Resume").click()
        await click
        assert channel.view.state.count == 1


async def test_a_paused_view_can_end(make_app: MakeApp) -> None:
    app = counter_app(make_app, inspector=lambda request: True)
    async with LiveClient(app) as client, LiveClient(app) as other:
        await client.live("/")
        channel = channel_of(app)
        inspector = await other.live("/_wirebird")
        await inspector_of(app, channel, inspector)
        await inspector.element("button", "Pause").click()
        async with asyncio.timeout(5):
            await channel.end("disconnected")
        await look(inspector, app)
        assert "gone" in inspector.text("h1")


async def test_a_crashed_view_is_replaced_as_any_that_crashes(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    app = counter_app(make_app, debug=True)
    async with LiveClient(app) as client, LiveClient(app) as other:
        await client.live("/")
        channel = channel_of(app)
        inspector = await other.live("/_wirebird")
        await inspector_of(app, channel, inspector)
        await inspector.element("button", "Crash").click()
        await inspector.render()
        assert channel.is_ending
        assert "CrashRequested: crashed from the inspector" in caplog.text


async def test_nobodys_styles_change_the_inspector(make_app: MakeApp) -> None:
    app = counter_app(make_app, debug=True, styles=["https://example.com/wild.css"])
    async with LiveClient(app) as client:
        assert "wild.css" in (await client.get("/")).text
        page = (await client.get("/_wirebird")).text
        assert "wild.css" not in page
        assert "inspector" in page


async def test_a_recorder_keeps_a_bounded_number(make_app: MakeApp) -> None:
    app = counter_app(make_app)
    async with LiveClient(app) as client:
        view = await client.live("/")
        channel = channel_of(app)
        recorder = Recorder(lambda channel: None)
        recorder.watch(channel)
        for _ in range(40):
            await view.element("#more").click()
        entries = recorder.entries(channel)
        assert (len(entries), entries[-1].id) == (30, 40)
        assert entries[-1].size > 0
