"""`send_update` and `send_update_after`: props for a component that is on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wirebird import LiveComponent, LiveView, Wirebird, event
from wirebird.testing import LiveClient


@dataclass
class Badge:
    text: str = ""


class BadgeComponent(LiveComponent[Badge]):
    html = '<b id="badge">{{ text }}</b>'


class BadgeView(LiveView):
    html = '{{ live_component(BadgeComponent, id="one", text="first") }}'

    @event
    async def now(self) -> None:
        self.socket.send_update(BadgeComponent, id="one", text="now")

    @event
    async def soon(self) -> None:
        self.socket.send_update_after(BadgeComponent, 0.01, id="one", text="soon")

    @event
    async def never(self) -> None:
        self.socket.send_update_after(BadgeComponent, 0.0, id="one", text="never").cancel()


def an_app(make_app: Callable[..., Wirebird]) -> Wirebird:
    app = make_app()
    app.components(BadgeComponent)
    app.live("/", BadgeView)
    return app


async def test_props_arrive_after_the_handler(make_app: Callable[..., Wirebird]) -> None:
    async with LiveClient(an_app(make_app)) as client:
        view = await client.live("/")
        await view.hook_event("now")
        await view.until(lambda page: page.text("#badge") == "now")


async def test_props_arrive_after_a_time(make_app: Callable[..., Wirebird]) -> None:
    async with LiveClient(an_app(make_app)) as client:
        view = await client.live("/")
        await view.hook_event("soon")
        await view.until(lambda page: page.text("#badge") == "soon")


async def test_a_cancelled_timer_brings_none(make_app: Callable[..., Wirebird]) -> None:
    async with LiveClient(an_app(make_app)) as client:
        view = await client.live("/")
        await view.hook_event("never")
        await view.hook_event("now")
        await view.until(lambda page: page.text("#badge") == "now")
