"""Messages to views: from themselves, from timers, and from each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.pages import until, visit
from wirebird import LiveView, Wirebird, event, info

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@dataclass(frozen=True)
class Said:
    text: str


@dataclass(frozen=True)
class Tick:
    pass


@dataclass
class Talk:
    said: list[str] = field(default_factory=list)
    ticks: int = 0


class TalkView(LiveView[Talk]):
    html = """
    <p id="said">{{ said | join(" ") }}</p><p id="ticks">{{ ticks }}</p>
    <button id="order" phx-click="order">order</button>
    <button id="after" phx-click="after">after</button>
    <button id="every" phx-click="every">every</button>
    <button id="stop" phx-click="stop">stop</button>
    <button id="all" phx-click="tell_all">all</button>
    <button id="others" phx-click="tell_others">others</button>
    <button id="mute" phx-click="mute">mute</button>
    <button id="odd" phx-click="odd">odd</button>
    """
    views: list[Any]

    async def mount(self) -> None:
        await self.socket.subscribe("talk")
        self.views.append(self)

    @event
    async def order(self) -> None:
        self.socket.send(Said("two"))
        self.socket.send(Said("three"))
        self.state.said.append("one")

    @event
    async def after(self) -> None:
        self.socket.send_after(Said("later"), 0.01)

    @event
    async def every(self) -> None:
        self.timer = self.socket.every(Tick(), 0.01)

    @event
    async def stop(self) -> None:
        self.timer.cancel()
        self.state.said.append(f"stopped:{self.state.ticks}")

    @event
    async def tell_all(self) -> None:
        await self.socket.broadcast("talk", Said("all"))

    @event
    async def tell_others(self) -> None:
        await self.socket.broadcast("talk", Said("others"), include_self=False)

    @event
    async def mute(self) -> None:
        await self.socket.unsubscribe("talk")

    @event
    async def odd(self) -> None:
        self.socket.send("a text")

    @info
    async def on_said(self, message: Said) -> None:
        self.state.said.append(message.text)

    @info(Tick)
    def on_tick(self, message: Any) -> None:
        self.state.ticks += 1

    async def handle_info(self, message: Any) -> None:
        self.state.said.append(f"info:{message}")


def talk(make_app: MakeApp) -> tuple[Wirebird, list[Any]]:
    views: list[Any] = []
    app = make_app()
    app.live("/", type("TalkView", (TalkView,), {"views": views}))
    return app, views


async def test_a_view_s_messages_come_after_what_it_is_doing(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, _ = talk(make_app)
    await visit(page, serve(app))
    await page.click("#order")
    await expect(page.locator("#said")).to_have_text("one two three")
    await page.click("#odd")
    await expect(page.locator("#said")).to_have_text("one two three info:a text")


async def test_timers_send_once_or_again_and_again(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, _ = talk(make_app)
    await visit(page, serve(app))
    await page.click("#after")
    await expect(page.locator("#said")).to_have_text("later")
    await page.click("#every")
    await page.wait_for_function("Number(document.querySelector('#ticks').textContent) >= 3")
    await page.click("#stop")
    await expect(page.locator("#said")).to_contain_text("stopped")
    await page.click("#after")  # behind a tick that was under way
    await expect(page.locator("#said")).to_have_text(re.compile(r"later stopped:\d+ later"))
    ticks = await page.locator("#ticks").inner_text()
    await page.click("#after")
    await expect(page.locator("#said")).to_have_text(re.compile("later later"))
    await expect(page.locator("#ticks")).to_have_text(ticks)


async def test_pages_hear_each_other(
    page: Page, other_page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, _ = talk(make_app)
    base = serve(app)
    await visit(page, base)
    await visit(other_page, base)
    await page.click("#all")
    await expect(page.locator("#said")).to_have_text("all")
    await expect(other_page.locator("#said")).to_have_text("all")
    await page.click("#others")
    await expect(other_page.locator("#said")).to_have_text("all others")
    await other_page.click("#mute")
    await page.click("#all")
    await expect(page.locator("#said")).to_have_text("all all")
    await other_page.click("#order")
    await expect(other_page.locator("#said")).to_have_text("all others one two three")


async def test_everything_ends_with_the_view(
    page: Page, other_page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app, views = talk(make_app)
    base = serve(app)
    await visit(page, base)
    await visit(other_page, base)
    await other_page.click("#every")
    await other_page.wait_for_function("document.querySelector('#ticks').textContent > 0")
    view = next(view for view in views if view.state.ticks)
    assert app.pubsub.subscribers("talk") == 2  # type: ignore[attr-defined]
    await other_page.close()
    await until(
        lambda: app.pubsub.subscribers("talk") == 1,  # type: ignore[attr-defined]
        "its subscriptions are gone",
    )
    await until(lambda: not view.timer.active, "its timers are gone")
    ticks = view.state.ticks
    await page.click("#all")
    await expect(page.locator("#said")).to_have_text("all")
    assert view.state.ticks == ticks
