"""Streams shown by t-strings, alone and inside the rows of a loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from string.templatelib import Template
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.pages import visit
from wirebird import LiveView, Stream, Wirebird, event


@dataclass(frozen=True)
class Said:
    id: int
    text: str


@dataclass
class Room:
    name: str
    messages: Stream[Said]


@dataclass
class Rooms:
    rooms: list[Room] = field(
        default_factory=lambda: [Room(name, Stream(name=name, limit=-3)) for name in "ab"]
    )
    said: int = 0


class RoomsView(LiveView[Rooms]):
    @event
    async def say(self, room: str) -> None:
        self.state.said += 1
        for each in self.state.rooms:
            if each.name == room:
                each.messages.insert(Said(self.state.said, f"<{self.state.said}>"))
        self.state.rooms.reverse()

    @event
    async def forget(self) -> None:
        self.state.rooms[0].messages.reset()

    def message(self, dom_id: str, said: Said) -> Template:
        return t"<li id={dom_id}>{said.text}</li>"

    def room(self, room: Room) -> Template:
        return t"""
            <section :key={room.name}>
              <button id="say-{room.name}" phx-click={self.say} phx-value-room={room.name}>
                say
              </button>
              <ul id={room.name} phx-update="stream">{room.messages.each(self.message)}</ul>
            </section>
        """

    def render(self) -> Template:
        return t"""
            <div>{[self.room(room) for room in self.state.rooms]}</div>
            <button id="forget" phx-click={self.forget}>forget</button>
        """


async def test_streams_in_the_rows_of_a_list(
    page: Page, make_app: Callable[..., Wirebird], serve: Callable[[Any], str]
) -> None:
    app = make_app()
    app.live("/", RoomsView)
    await visit(page, serve(app))
    for id, room in enumerate(["a", "a", "b", "a", "a"], start=1):
        await page.click(f"#say-{room}")
        await expect(page.locator(f"#{room}-{id}")).to_have_text(f"<{id}>")
    await expect(page.locator("#a > li")).to_have_text(["<2>", "<4>", "<5>"])
    await expect(page.locator("#b > li")).to_have_text(["<3>"])
    await page.click("#forget")
    await expect(page.locator("#b > li")).to_have_count(0)
    await expect(page.locator("#a > li")).to_have_count(3)
