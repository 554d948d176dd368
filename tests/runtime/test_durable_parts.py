"""What is stored of a durable view beside its state: URL, title, flash, components, streams."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.runtime.line import Page as Loaded
from tests.runtime.line import Visitor
from tests.runtime.machines import KEY, Moving, WatchedStore
from wirebird import LiveComponent, LiveView, Stream, Wirebird, event


@pytest.fixture
def store() -> WatchedStore:
    return WatchedStore()


def machine(store: WatchedStore, view: type[LiveView[Any]], *components: Any) -> Wirebird:
    app = Wirebird(secret_key=KEY, store=store, durable=True)
    app.components(*components)
    app.live("/", view)
    app.live("/rooms/{room:int}", view)
    return app


@dataclass
class Place:
    room: int = 0
    page: int = 0
    clicks: int = 0


class Places(LiveView[Place]):
    html = "<p>{{ room }} {{ page }} {{ clicks }} {{ flash.get('info') or '' }}"
    html += "{{ socket.page_title or '' }}</p>"
    calls: list[str]

    async def mount(self, room: int = 0) -> None:
        self.calls.append("mount")
        self.state.room = room

    async def handle_params(self, page: int = 0) -> None:
        self.calls.append("handle_params")
        self.state.page = page
        self.state.clicks = 0

    @event
    async def click(self) -> None:
        self.state.clicks += 1

    @event
    async def go(self, to: str) -> None:
        self.socket.push_patch(to)

    @event
    async def say(self, text: str) -> None:
        self.socket.put_flash("info", text)
        self.socket.page_title = text.upper()


def places() -> type[Places]:
    class Mine(Places):
        calls: list[str] = []  # noqa: RUF012

    return Mine


async def test_handlers_of_the_url_run_before_the_state_is_filled_in(store: WatchedStore) -> None:
    view = places()
    async with Moving(machine(store, view), "/?page=2") as page:
        await page.event("click")
        view.calls.clear()
        await page.move(machine(store, view))
        assert page.shown == "0 2 1"
        assert view.calls == ["mount", "handle_params"]


async def test_a_page_that_is_at_another_url_by_now_is_told_so_last(store: WatchedStore) -> None:
    async with Moving(machine(store, places()), "/rooms/7?page=2") as page:
        await page.event("click")
        page.url = page.url.replace("page=2", "page=3")
        await page.move(machine(store, places()))
        assert page.shown == "7 3 0"


async def test_a_patched_url_is_the_view_s(store: WatchedStore) -> None:
    async with Moving(machine(store, places())) as page:
        await page.event("go", {"to": "/?page=5"})
        await page.event("click")
        page.url += "?page=5"
        await page.move(machine(store, places()))
        assert page.shown == "0 5 1"


async def test_flash_and_title_are_still_there(store: WatchedStore) -> None:
    view = places()
    async with Moving(machine(store, view)) as page:
        await page.event("say", {"text": "Saved"})
        await page.move(machine(store, view))
        assert page.shown.endswith("Saved SAVED")
        assert page.answer["response"]["rendered"]["t"] == "SAVED"


# Components


@dataclass
class Tally:
    label: str = ""
    count: int = 0
    mounts: int = 0


class Counting(LiveComponent[Tally]):
    html = "<b>{{ label }}:{{ count }}</b>"

    async def update(self, label: str, start: int) -> None:
        self.state.label = label
        self.state.count = start

    @event
    async def add(self) -> None:
        self.state.count += 1


@dataclass
class Board:
    labels: list[str] = field(default_factory=lambda: ["a", "b"])
    start: int = 5


class BoardView(LiveView[Board]):
    html = """<p>{% for label in labels %}
    {{ live_component(Counting, id=label, label=label, start=start) }}{% endfor %}</p>"""

    @event
    async def push(self, label: str) -> None:
        self.state.labels.append(label)

    @event
    async def restart(self, at: int) -> None:
        self.state.start = at


async def test_a_component_that_alone_is_durable_is_an_error_that_says_what_to_do(
    store: WatchedStore,
) -> None:
    class Kept(Counting):
        durable = True

    html = "{{ live_component(Kept, id=1, label='a', start=5) }}"
    plain = type("PlainView", (LiveView,), {"html": html})
    app = Wirebird(secret_key=KEY, store=store, debug=True)
    app.components(Kept)
    app.live("/", plain)
    says = r"Kept is durable, and stands in PlainView.*Set durable = True on the view"
    for seconds in (0.0, 60.0):
        app.endpoint.keep_first_render = seconds
        answer = await Visitor(app).get("/")
        assert answer.status_code == 500
        assert re.search(says, answer.text)

    def durable() -> Wirebird:
        return machine(store, plain, Kept)

    async with Moving(durable()) as page:
        await page.event("add", cid=1)
        await page.move(durable())
        assert page.shown == "a 6"


async def test_components_go_on_too(store: WatchedStore) -> None:
    async with Moving(machine(store, BoardView, Counting)) as page:
        await page.event("add", cid=1)
        await page.event("add", cid=1)
        await page.event("push", {"label": "c"})
        await page.event("add", cid=3)
        assert page.shown == "a 7 b 5 c 6"
        await page.move(machine(store, BoardView, Counting))
        assert page.shown == "a 7 b 5 c 6"
        await page.event("add", cid=1)
        assert "a 8" in page.shown


async def test_a_component_that_is_given_something_new_takes_it(store: WatchedStore) -> None:
    class Later(BoardView):
        html = str(BoardView.html).replace("start=start", "start=start + 41")

    Later.definition.name = BoardView.definition.name
    async with Moving(machine(store, BoardView, Counting)) as page:
        await page.event("add", cid=1)
        await page.event("restart", {"at": 9})
        assert "a 9" in page.shown
        await page.event("add", cid=1)
        await page.move(machine(store, Later, Counting))
        assert "a 50" in page.shown


async def test_a_component_that_is_not_durable_begins_anew(store: WatchedStore) -> None:
    class Fleeting(Counting):
        durable = False

    class View(BoardView):
        html = str(BoardView.html).replace("Counting", "Fleeting")

    async with Moving(machine(store, View, Fleeting)) as page:
        await page.event("add", cid=1)
        await page.move(machine(store, View, Fleeting))
        assert "a 5" in page.shown


# Streams


@dataclass(frozen=True)
class Song:
    id: int


@dataclass
class Songs:
    songs: Stream[Song] = field(default_factory=Stream)
    last: int = 2


class SongsView(LiveView[Songs]):
    html = """<ul id="songs" phx-update="stream">{% for dom_id, song in songs %}
    <li id="{{ dom_id }}">{{ song.id }}</li>{% endfor %}</ul><p>{{ last }}</p>"""
    known: tuple[int, ...] = (1, 2)

    async def mount(self) -> None:
        self.state.songs.insert_many([Song(id) for id in self.known])

    @event
    async def add(self) -> None:
        self.state.last += 1
        self.state.songs.insert(Song(self.state.last))

    @event
    async def drop(self, id: int) -> None:
        self.state.songs.delete({"id": id})


def stream(tree: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return the dom ids that a tree, or diff, inserts into its stream, and those it deletes."""
    parts: list[Any] = [value for value in tree.values() if isinstance(value, dict)]
    for part in parts:
        if "stream" in part:
            inserts, deletes = part["stream"][1:3]
            return sorted(insert[0] for insert in inserts), deletes
        if (found := stream(part)) != ([], []):
            return found
    return [], []


async def test_rows_that_were_taken_out_do_not_come_back_and_new_ones_come(
    store: WatchedStore,
) -> None:
    class Grown(SongsView):
        known = (1, 2, 9)  # somebody has added one meanwhile

    Grown.definition.name = SongsView.definition.name
    async with Moving(machine(store, SongsView)) as page:
        await page.event("drop", {"id": 2})
        await page.event("add")
        await page.event("add")
        await page.move(machine(store, Grown))
        assert stream(page.tree) == (["songs-9"], [])
        assert page.shown.endswith("4")
        response = await page.event("add")
        assert stream(response["diff"]) == (["songs-5"], [])
        response = await page.event("drop", {"id": 3})
        assert stream(response["diff"]) == ([], ["songs-3"])


# Nested views


class Inner(LiveView[Tally]):
    html = "<b>{{ label }} {{ count }}</b>"

    async def mount(self, label: str) -> None:
        self.state.label = label

    @event
    async def add(self) -> None:
        self.state.count += 1


class Outer(LiveView[Tally]):
    html = """<p>{{ count }}</p>{{ live_render(Inner, id="inner", session={"label": "x"}) }}"""

    @event
    async def add(self) -> None:
        self.state.count += 1


def inner_page(page: Moving) -> Loaded:
    """Return the nested view's page, as the parent's last tree has it."""
    (token,) = [text for text in find(page.tree) if "data-phx-session" in text]
    session = token.partition('data-phx-session="')[2].partition('"')[0]
    return Loaded(page.url, "", "inner", session, "", page.page.csrf)


def find(tree: Any) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    parts: list[Any] = [*tree.values()] if type(tree) is dict else tree
    return [text for part in parts if isinstance(part, (dict, list, str)) for text in find(part)]


async def test_a_nested_view_goes_on_with_its_parent(store: WatchedStore) -> None:
    async with Moving(machine(store, Outer, Inner)) as page:
        inner = inner_page(page)
        params = {"_load": page.load, "_mounts": 0}
        await page.line.join(inner, params=params)
        await page.event("add")
        reply = await page.line.event(inner, "add")
        await page.line.event(inner, "add")
        assert reply["diff"]
        await page.move(machine(store, Outer, Inner))
        assert page.shown.startswith("1")
        answer = await page.line.join(inner_page(page), params={**params, "_mounts": 1})
        assert [text for text in find(answer["response"]["rendered"]) if text == "2"]


async def test_nested_views_of_two_pages_with_one_id_do_not_meet(store: WatchedStore) -> None:
    app = machine(store, Outer, Inner)
    first = Moving(app, load="")
    async with first, Moving(app, load="") as second:
        second.visitor = first.visitor
        await second.line.close()
        second.page = await first.visitor.page("/")
        await second.open()
        counts: list[str] = []
        for page, clicks in ((first, 1), (second, 2)):
            await page.line.join(inner_page(page), params={"_mounts": 0})
            for _ in range(clicks):
                await page.line.event(inner_page(page), "add")
            await page.move(machine(store, Outer, Inner))
            answer = await page.line.join(inner_page(page), params={"_mounts": 1})
            counts += [text for text in find(answer["response"]["rendered"]) if text in "12"]
        assert counts == ["1", "2"]
