"""A page whose network goes away and comes back goes on where it was, whatever is on it."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page, expect

from tests.browser.pages import connected, until, visit
from tests.cluster.proxy import Proxy, proxy_to
from wirebird import LiveComponent, LiveView, Stream, Wirebird, event, info
from wirebird.runtime.channel import Channel

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@dataclass(frozen=True)
class Note:
    id: int
    text: str


@dataclass
class Desk:
    count: int = 0
    name: str = ""
    told: int = 0
    mounts: int = 0
    notes: Stream[Note] = field(default_factory=lambda: Stream([Note(1, "one"), Note(2, "two")]))


MOUNTS: list[str] = []


class PartView(LiveComponent[Desk]):
    html = '<b id="part" phx-click="click" phx-target="{{ myself }}">{{ count }}</b>'

    @event
    def click(self) -> None:
        self.state.count += 1


class DeskView(LiveView[Desk]):
    html = """<h1 phx-click="more">{{ count }}</h1><i id="told">{{ told }}</i>
    <form id="f" phx-change="typed">
      <input id="name" name="name" value="{{ name }}"><output>{{ name }}</output>
    </form>
    <ul id="notes" phx-update="stream">{% for dom_id, note in notes %}
      <li id="{{ dom_id }}"><input value="{{ note.text }}"></li>{% endfor %}</ul>
    {{ live_component(PartView, id="part") }}
    {{ live_render(DrawerView, id="drawer") }}
    {{ live_render(DrawerView, id="kept", sticky=True) }}"""

    def mount(self) -> None:
        if self.socket.connected:
            MOUNTS.append("desk")

    @event
    def more(self) -> None:
        self.state.count += 1

    @event
    def typed(self, name: str) -> None:
        self.state.name = name
        self.state.told += 1

    @info
    def on_note(self, note: Note) -> None:
        self.state.notes.delete(Note(1, ""))
        self.state.notes.insert(note)
        self.socket.push_event("noted", {"id": note.id})
        self.state.count += 100


class DrawerView(LiveView[Desk]):
    html = """<em phx-click="more">{{ count }}</em>
    <ol id="{{ socket.id }}-notes" phx-update="stream">{% for dom_id, note in notes %}
      <li id="{{ socket.id }}-{{ dom_id }}">{{ note.text }}</li>{% endfor %}</ol>"""

    def mount(self) -> None:
        if self.socket.connected:
            MOUNTS.append("drawer")

    @event
    def more(self) -> None:
        self.state.count += 1
        self.state.notes.insert(Note(10 + self.state.count, "more"))


@asynccontextmanager
async def desk(
    page: Page, make_app: MakeApp, serve: Serve, view: type[LiveView[Any]] = DeskView
) -> AsyncGenerator[tuple[Wirebird, Proxy]]:
    """Open a page behind a network that can be lost."""
    MOUNTS.clear()
    app = make_app(allowed_origins=["*"])
    app.templates.globals.update(PartView=PartView, DrawerView=DrawerView)
    app.live("/", view)
    port = urlsplit(serve(app)).port
    assert port is not None
    async with proxy_to(port) as proxy:
        await page.add_init_script(
            "window.heard = []; addEventListener('phx:noted', e => heard.push(e.detail.id));"
        )
        await visit(page, f"http://127.0.0.1:{proxy.port}/")
        await expect(page.locator(".phx-connected")).to_have_count(
            await page.locator("[data-phx-session]").count()
        )
        yield app, proxy


def main_of(app: Wirebird) -> Channel:
    channels: list[Any] = [
        channel for line in app.endpoint.connections for channel in line.channels.values()
    ]
    return next(each for each in channels if each.topic.startswith("lv:phx-"))


async def lost(page: Page) -> None:
    await expect(page.locator("[data-phx-main].phx-client-error")).to_be_attached()


async def back(page: Page) -> None:
    """Wait until the page's views are all joined again."""
    await expect(page.locator("[data-phx-main].phx-connected")).to_be_attached()
    await expect(page.locator("[data-phx-session]:not(.phx-connected)")).to_have_count(0)


async def notes(page: Page) -> list[str]:
    return await page.locator("#notes input").evaluate_all("all => all.map(each => each.value)")


async def test_all_that_is_on_the_page_goes_on(page: Page, make_app: MakeApp, serve: Serve):
    async with desk(page, make_app, serve) as (app, proxy):
        await page.click("h1")
        await page.click("#part")
        for id in ("drawer", "kept"):
            await page.click(f"#{id} em")
            await expect(page.locator(f"#{id} li")).to_have_count(3)
        await page.fill("#notes-2 input", "typed into a row")
        await page.evaluate("document.querySelector('#notes-2').mine = true")
        channel = main_of(app)
        mounts = list(MOUNTS)
        await proxy.cut()
        await lost(page)
        channel.deliver(Note(3, "three"))
        await proxy.open()
        await back(page)
        await expect(page.locator("h1")).to_have_text("101")
        assert await notes(page) == ["typed into a row", "three"]
        assert await page.evaluate("document.querySelector('#notes-2').mine")
        assert await page.evaluate("heard") == [3]
        await page.click("#part")
        await expect(page.locator("#part")).to_have_text("2")
        for id in ("drawer", "kept"):
            await expect(page.locator(f"#{id} li")).to_have_text(["one", "two", "more"])
            await page.click(f"#{id} em")
            await expect(page.locator(f"#{id} em")).to_have_text("2")
            await expect(page.locator(f"#{id} li")).to_have_text(["one", "two", "more", "more"])
        channel.deliver(Note(4, "four"))
        await expect(page.locator("#notes li")).to_have_count(3)
        assert await notes(page) == ["typed into a row", "three", "four"]
        assert mounts == MOUNTS


async def test_who_types_meanwhile_loses_nothing(page: Page, make_app: MakeApp, serve: Serve):
    async with desk(page, make_app, serve) as (_, proxy):
        await page.locator("#name").press_sequentially("Ada")
        await expect(page.locator("output")).to_have_text("Ada")
        await proxy.cut()
        await lost(page)
        told = int(await page.inner_text("#told"))
        await page.locator("#name").press_sequentially(" Love")
        await proxy.open()
        await back(page)
        await expect(page.locator("output")).to_have_text("Ada Love")
        await expect(page.locator("#told")).to_have_text(str(told + 1))
        await expect(page.locator("#name")).to_be_focused()
        await page.locator("#name").press_sequentially("lace")
        await expect(page.locator("output")).to_have_text("Ada Lovelace")
        assert MOUNTS.count("desk") == 1


async def test_a_line_that_is_half_open_is_taken_over(page: Page, make_app: MakeApp, serve: Serve):
    async with desk(page, make_app, serve) as (app, proxy):
        await page.click("h1")
        await expect(page.locator("h1")).to_have_text("1")
        channel = main_of(app)
        proxy.silence()
        channel.deliver(Note(3, "three"))  # sent, and never seen
        await until(lambda: channel.sent and channel.sent.number > 1, "it is sent")
        # As when the client finds that its heartbeat is not answered.
        await page.evaluate("liveSocket.disconnect(() => liveSocket.connect())")
        await page.wait_for_function("heard.length > 0")
        await back(page)
        await expect(page.locator("h1")).to_have_text("101")
        assert await notes(page) == ["two", "three"]
        assert await page.evaluate("heard") == [3]
        await page.click("h1")
        await expect(page.locator("h1")).to_have_text("102")
        assert MOUNTS.count("desk") == 1


async def test_it_goes_on_however_often_the_line_is_lost(
    page: Page, make_app: MakeApp, serve: Serve
):
    async with desk(page, make_app, serve) as (app, proxy):
        channel = main_of(app)
        for count in range(3):
            await page.click("h1")
            await expect(page.locator("h1")).to_have_text(str(101 * count + 1))
            await proxy.cut()
            await lost(page)
            channel.deliver(Note(count + 5, f"{count}"))
            await proxy.open()
            await back(page)
        assert await notes(page) == ["two", "0", "1", "2"]
        assert await page.evaluate("heard") == [5, 6, 7]
        assert MOUNTS.count("desk") == 1


@dataclass
class Filed:
    done: int = 0


class FilesView(LiveView[Filed]):
    html = """<form id="f" phx-change="changed" phx-submit="save">
    {{ ui.live_file_input(uploads.files) }}
    {% for entry in uploads.files.entries %}<p>{{ entry.client_name }}: {{ entry.progress }}
    {% for error in entry.errors %}{{ error.message }}{% endfor %}</p>{% endfor %}
    <button>save</button></form><h1>{{ done }}</h1>"""

    def mount(self) -> None:
        MOUNTS.append("files")
        self.socket.allow_upload("files", accept="any", chunk_size=50_000, auto_upload=True)

    @event
    def changed(self) -> None: ...

    @event
    async def save(self) -> None:
        self.state.done += 1


async def test_a_file_on_its_way_is_told_as_failed(page: Page, make_app: MakeApp, serve: Serve):
    async with desk(page, make_app, serve, FilesView) as (_, proxy):
        mounts = len(MOUNTS)
        proxy.delay = 0.1
        await page.set_input_files(
            "input[type=file]",
            {"name": "a.bin", "mimeType": "text/plain", "buffer": b"x" * 3_000_000},
        )
        await expect(page.locator("p")).to_contain_text(re.compile("a.bin: [1-9]"))
        await proxy.cut()
        await lost(page)
        proxy.delay = 0
        await proxy.open()
        await back(page)
        await expect(page.locator("p")).to_contain_text("The upload stopped")
        assert len(MOUNTS) == mounts


async def test_a_page_that_is_left_keeps_nothing_on_the_server(
    page: Page, make_app: MakeApp, serve: Serve
):
    async with desk(page, make_app, serve) as (app, _):
        await page.reload()
        await connected(page)
        await until(lambda: sum(len(line.channels) for line in app.endpoint.connections) == 3, "")
        assert [len(parking) for parking in app.endpoint._parkings.values()] == [0]  # pyright: ignore[reportPrivateUsage]
