"""A first render that is kept is taken over by the page that it was made for."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.conftest import SECRET_KEY
from tests.runtime.line import Visitor
from tests.runtime.machines import KEY, Moving, WatchedStore, saved
from wirebird import LiveComponent, LiveView, Redirect, Stream, Transient, Wirebird, event, info
from wirebird.runtime.channel import Channel
from wirebird.runtime.endpoint import Limits
from wirebird.testing import LiveClient

SECONDS = 60.0


@dataclass(frozen=True)
class Item:
    id: int


@dataclass
class Board:
    count: int = 0
    seen: list[str] = field(default_factory=list[str])
    items: Stream[Item] = field(default_factory=Stream)


class Add:
    """Asks a board for a row."""

    def __init__(self, id: int) -> None:
        self.id = id


@dataclass
class Parted:
    clicks: int = 0


class Part(LiveComponent[Parted]):
    html = '<b phx-click="click" phx-target="{{ myself }}">{{ clicks }}</b>'

    async def mount(self) -> None:
        self.state.clicks = 7

    @event
    def click(self) -> None:
        self.state.clicks += 1


class ClockView(LiveView[Board]):
    html = "<i>{{ count }}</i>"

    async def mount(self) -> None:
        mounts.append("clock")
        await self.socket.subscribe("board")

    @info
    async def add(self, message: Add) -> None:
        self.state.count += message.id


class BoardView(LiveView[Board]):
    html = """<h1>{{ count }}</h1><p>{{ seen | join(" ") }}</p>
    <ul id="items" phx-update="stream">
      {% for dom_id, item in items %}<li id="{{ dom_id }}">{{ item.id }}</li>{% endfor %}</ul>
    {{ live_component(Part, id="part") }}{{ live_render(ClockView, id="clock") }}
    <button phx-click="more">+</button>"""
    keep_first_render = SECONDS

    async def mount(self) -> None:
        mounts.append("board")
        self.state.seen.append(f"mount:{self.socket.transport}")
        self.state.items.insert(Item(1))
        if self.socket.connected:
            await self.socket.subscribe("board")
        self.socket.push_event("hello")

    async def handle_params(self) -> None:
        self.state.seen.append("params")

    async def handle_return(self) -> None:
        self.state.seen.append(f"return:{self.socket.transport}")

    async def terminate(self, reason: str) -> None:
        ends.append(reason)

    @event
    async def more(self) -> None:
        self.state.count += 1

    @info
    async def add(self, message: Add) -> None:
        self.state.count += message.id
        self.state.items.insert(Item(message.id))


mounts: list[str] = []
ends: list[str] = []


@pytest.fixture(autouse=True)
def nothing_happened() -> None:
    mounts.clear()
    ends.clear()


def application(view: type[LiveView[Any]] = BoardView, **options: Any) -> Wirebird:
    app = Wirebird(secret_key=SECRET_KEY, **options)
    app.templates.globals.update({"Part": Part, "ClockView": ClockView})
    app.live("/", view)
    return app


def waiting(app: Wirebird) -> list[Channel]:
    return list(app.endpoint.parking)


async def gone(app: Wirebird) -> None:
    await app.endpoint.scheduler().ended()


async def test_a_view_is_mounted_once_and_goes_on() -> None:
    app = application()
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert mounts == ["board", "clock"]
        assert view.text("p") == "mount:http params return:websocket"
        assert view.text("li") == "1"
        assert view.text("b") == "7"
        assert view.events == [("hello", {})]
        await view.click("button")
        await app.broadcast("board", Add(2))
        await view.until(lambda view: view.text("i") == "2")
        assert view.text("h1") == "3"
        assert [each.text for each in view.all("li")] == ["1", "2"]
        assert not waiting(app)
        await view.disconnect()
        await view.reconnect()
        assert view.text("h1") == "3"
        assert len(mounts) == 2
    await gone(app)
    assert ends == ["disconnected"]


async def test_what_came_before_the_socket_was_there_is_shown() -> None:
    app = application()
    visitor = Visitor(app)
    page = await visitor.page("/")
    await app.broadcast("board", Add(2))
    async with visitor.line(page) as line:
        shown = json.dumps((await line.join(page))["response"]["rendered"])
    assert sorted(re.findall('"(items-[0-9])"', shown)[:2]) == ["items-1", "items-2"]
    assert "clock" in shown


async def test_temporary_fields_are_shown_to_the_page_once_more() -> None:
    class Once(LiveView[Parted]):
        html = "<p>{{ clicks }}</p>"
        temporary = ("clicks",)
        keep_first_render = SECONDS

        async def mount(self) -> None:
            mounts.append("once")
            self.state.clicks = 5

    async with LiveClient(application(Once)) as client:
        view = await client.live("/")
        assert mounts == ["once"]
        assert view.text("p") == "5"


async def test_nobody_else_gets_it_and_it_is_used_up_by_one_join() -> None:
    app = application()
    visitor, stranger = Visitor(app), Visitor(app)
    page = await visitor.page("/")
    await stranger.page("/")
    async with stranger.line(page) as line:
        assert (await line.join(page))["status"] == "error"
    mounts.clear()
    async with visitor.line(page) as line:
        assert (await line.join(page))["status"] == "ok"
        assert mounts == []
        async with visitor.line(page) as copy:
            assert (await copy.join(page))["status"] == "ok"
            assert mounts == ["board"]


async def test_a_page_whose_session_or_url_has_changed_gets_a_new_view() -> None:
    app = application()
    visitor = Visitor(app)
    page = await visitor.page("/")
    mounts.clear()
    async with visitor.line(page) as line:
        assert (await line.join(page, url=page.url + "?page=2"))["status"] == "ok"
        assert mounts == ["board"]
    assert ends[:1] == ["replaced"]


async def test_the_url_is_that_of_the_page() -> None:
    class Where(LiveView):
        html = "{{ url }}"
        keep_first_render = SECONDS

    app = application(Where)
    visitor = Visitor(app)
    page = await visitor.page("/?a=b")
    async with visitor.line(page) as line:
        answer = await line.join(page, url="https://shop.example/?a=b#there")
    assert "https://shop.example/?a=b#there" in str(answer)
    assert "live_patch" not in answer["response"]


async def test_a_view_whose_page_does_not_come_ends_as_a_first_render() -> None:
    app = application(type("Short", (BoardView,), {"keep_first_render": 0.01}))
    await Visitor(app).page("/")
    while waiting(app):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await gone(app)
    assert ends == ["http"]


async def test_pages_that_nobody_joins_do_not_push_out_views_whose_lines_were_lost() -> None:
    app = application(limits=Limits(parked_views=4))
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("button")
        await view.disconnect()
        for _ in range(4):
            await Visitor(app).page("/")
        assert len(waiting(app)) <= 4
        await view.reconnect()
        assert view.text("h1") == "1"


async def test_a_view_that_goes_elsewhere_or_fails_is_not_kept() -> None:
    class Elsewhere(BoardView):
        async def mount(self) -> None:
            self.socket.put_flash("info", "gone")
            raise Redirect("/there")

    class Broken(BoardView):
        async def mount(self) -> None:
            raise RuntimeError("no")

    class Inner(LiveView):
        html = "{{ live_render(Broken, id='broken') }}"
        keep_first_render = SECONDS

    app = application(Elsewhere)
    app.templates.globals.update({"Broken": Broken})
    app.live("/broken", Broken)
    app.live("/inner", Inner)
    visitor = Visitor(app)
    answer = await visitor.get("/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/there")
    assert "__phoenix_flash__" in answer.headers["set-cookie"]
    assert (await visitor.get("/broken")).status_code == 500
    assert (await visitor.get("/inner")).status_code == 500
    await gone(app)
    assert not waiting(app)
    assert ends == ["http", "http", "http"]


async def test_a_visitor_who_signs_out_meanwhile_gets_a_new_view() -> None:
    app = application()

    async def login(request: Any) -> Any:
        from starlette.responses import Response

        request.session["live_socket_id"] = "user:1"
        return Response("")

    app.add_route("/login", login)
    visitor = Visitor(app)
    await visitor.get("/login")
    await visitor.page("/")
    assert waiting(app)
    await app.disconnect("user:1")
    await gone(app)
    assert not waiting(app)


async def test_guards_are_asked_again() -> None:
    asked: list[bool] = []

    async def guard(socket: Any) -> None:
        asked.append(socket.connected)

    app = Wirebird(secret_key=SECRET_KEY, keep_first_render=SECONDS)
    app.templates.globals.update({"Part": Part, "ClockView": ClockView})
    with app.live_session("inside", on_mount=[guard]) as session:
        session.live("/", type("Plain", (BoardView,), {"keep_first_render": None}))
    async with LiveClient(app) as client:
        await client.live("/")
    assert mounts == ["board", "clock"]
    assert asked == [True, True]


async def test_a_view_that_says_nothing_is_mounted_twice() -> None:
    app = application(type("Plain", (BoardView,), {"keep_first_render": None}))
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert mounts == ["board", "clock", "board", "clock"]
        assert view.text("p") == "mount:websocket params"
    assert ends[0] == "http"


# On another process


@dataclass
class Drawn:
    number: int = 0
    local: Transient[int] = 0


class DrawView(LiveView[Drawn]):
    html = "<p>{{ number }} {{ local }}</p>"
    durable = True
    keep_first_render = SECONDS
    drawn = 0

    async def mount(self) -> None:
        DrawView.drawn += 1
        self.state.number = self.state.local = DrawView.drawn

    @event
    async def add(self) -> None:
        self.state.number += 100


@pytest.fixture
def store() -> WatchedStore:
    DrawView.drawn = 0
    return WatchedStore()


def machine(store: WatchedStore) -> Wirebird:
    app = Wirebird(secret_key=KEY, store=store)
    app.live("/", DrawView)
    return app


async def test_another_process_goes_on_from_what_was_shown(store: WatchedStore) -> None:
    here, there = machine(store), machine(store)
    page = Moving(here)
    page.page = await page.visitor.page("/")
    page.url = page.page.url
    await saved(here)
    await page.open(there)
    assert page.shown == "1 2"  # mount ran here too, for what is not stored
    await page.event("add")
    await page.move(machine(store))
    assert page.shown == "101 3"
    await page.line.close()

    await page.visitor.get("/")  # the snapshot was used up
    copy = Moving(here, load="load-2")
    copy.visitor, copy.page, copy.url = page.visitor, page.page, page.url
    await copy.open(machine(store))
    assert copy.shown == "5 5"
    await copy.line.close()


async def test_the_same_process_takes_over_the_view_itself(store: WatchedStore) -> None:
    app = machine(store)
    async with Moving(app) as page:
        assert page.shown == "1 1"
        await page.event("add")
        await saved(app)
        kept = [each for each in store.records().values() if each.data is not None]
        assert len(kept) == 1  # what was for elsewhere is deleted
        await page.move(machine(store))
        assert page.shown == "101 2"


async def test_a_store_that_is_away_costs_the_first_render_only(store: WatchedStore) -> None:
    store.away = True
    async with Moving(machine(store)) as page:
        assert page.shown == "1 1"
