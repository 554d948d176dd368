"""Streams: rows that the page keeps and the server does not."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from examples.infinite_scroll import infinite_scroll
from examples.infinite_scroll.infinite_scroll import MOST_ROWS, InfiniteScrollView
from tests.browser.pages import Frames, Gate, connected, visit
from wirebird import LiveComponent, LiveView, Stream, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@dataclass(frozen=True)
class Item:
    id: int
    text: str


def item(id: int, text: str = "") -> Item:
    return Item(id, text or f"i{id}")


def items(*ids: int) -> list[Item]:
    return [item(id) for id in ids]


OPERATIONS: dict[str, Callable[[Stream[Item]], object]] = {
    "end": lambda s: s.insert(item(4)),
    "top": lambda s: s.insert(item(0), at=0),
    "second": lambda s: s.insert(item(9), at=1),
    "update": lambda s: s.insert(item(2, "changed")),
    "update_at": lambda s: s.insert(item(2, "changed"), at=0),
    "update_only": lambda s: s.insert(item(3, "only"), update_only=True),
    "update_only_gone": lambda s: s.insert(item(7), update_only=True),
    "delete": lambda s: s.delete(item(1)),
    "delete_by_dom_id": lambda s: s.delete_by_dom_id("items-2"),
    "delete_unknown": lambda s: (s.delete({"id": 99}), s.delete_by_dom_id('no"such')),
    "reset": lambda s: s.reset(),
    "reorder": lambda s: s.reset(items(3, 5, 1)),
    "move": lambda s: (s.delete(item(3)), s.insert(item(3), at=0)),
    "keep_last": lambda s: s.insert_many(items(4, 5), limit=-3),
    "keep_first": lambda s: s.insert_many(items(4, 5), at=0, limit=3),
    "bulk": lambda s: s.insert_many(items(*range(10, 2010))),
    "bulk_top": lambda s: s.insert_many(items(7, 8), at=0),
    "several": lambda s: (s.delete(item(2)), s.insert(item(8)), s.insert(item(9), at=0)),
    "insert_delete": lambda s: (s.insert(item(6)), s.delete(item(6))),
}

EXPECTED = {
    "end": "i1 i2 i3 i4",
    "top": "i0 i1 i2 i3",
    "second": "i1 i9 i2 i3",
    "update": "i1 changed i3",
    "update_at": "i1 changed i3",
    "update_only": "i1 i2 only",
    "update_only_gone": "i1 i2 i3",
    "delete": "i2 i3",
    "delete_by_dom_id": "i1 i3",
    "delete_unknown": "i1 i2 i3",
    "reset": "",
    "reorder": "i3 i5 i1",
    "move": "i3 i1 i2",
    "keep_last": "i3 i4 i5",
    "keep_first": "i4 i5 i1",
    "bulk": " ".join(["i1 i2 i3", *(f"i{id}" for id in range(10, 2010))]),
    "bulk_top": "i7 i8 i1 i2 i3",
    "several": "i9 i1 i3 i8",
    "insert_delete": "i1 i2 i3",
}


@dataclass
class Items:
    items: Stream[Item] = field(default_factory=lambda: Stream(items(1, 2, 3)))
    done: int = 0


class ItemsView(LiveView[Items]):
    html = """
    <output id="done">{{ done }}</output>
    <ul id="items" phx-update="stream">
      {% for dom_id, item in items %}<li id="{{ dom_id }}">{{ item.text }}</li>{% endfor %}
    </ul>
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        OPERATIONS[event](self.state.items)
        self.state.done += 1


async def rows(page: Page, selector: str = "#items > *") -> list[str]:
    return [text.strip() for text in await page.locator(selector).all_text_contents()]


async def push(page: Page, event: str, count: int = 1) -> None:
    """Send an event and wait until the page shows that it was handled."""
    command = json.dumps([["push", {"event": event}]])
    await page.evaluate(
        "command => liveSocket.execJS(document.querySelector('#done'), command, 'click')", command
    )
    await expect(page.locator("#done")).to_have_text(str(count))


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
async def test_an_operation_changes_the_rows(
    operation: str, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", ItemsView)
    await visit(page, serve(app))
    assert await rows(page) == ["i1", "i2", "i3"]
    await page.evaluate("for (const li of document.querySelectorAll('#items > *')) li.kept = true")
    await push(page, operation)
    assert " ".join(await rows(page)) == EXPECTED[operation]
    kept = await page.evaluate(
        "[...document.querySelectorAll('#items > *')].filter(li => li.kept).length"
    )
    old = {"i1", "i2", "i3", "changed", "only"}
    assert kept == len(old.intersection(EXPECTED[operation].split()))


async def test_rows_stay_while_other_things_change(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", ItemsView)
    frames = Frames(page)
    await visit(page, serve(app))
    await push(page, "end")
    await push(page, "update_only_gone", 2)
    await push(page, "several", 3)
    assert " ".join(await rows(page)) == "i9 i1 i3 i4 i8"
    sent = json.dumps(frames.received[-1])
    assert {id for id in ("items-1", "items-4", "items-8", "items-9") if id in sent} == {
        "items-8",
        "items-9",
    }


async def test_a_view_that_joins_again_shows_what_it_mounts(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app(linger=0)
    app.live("/", ItemsView)
    await visit(page, serve(app))
    await push(page, "several")
    await page.evaluate(
        "new Promise(done => liveSocket.disconnect(done)).then(() => liveSocket.connect())"
    )
    await expect(page.locator("#done")).to_have_text("0")
    await connected(page)
    assert " ".join(await rows(page)) == "i1 i2 i3"


async def test_the_first_html_has_the_rows(page: Page, make_app: MakeApp, serve: Serve) -> None:
    app = make_app()
    app.live("/", ItemsView)
    response = await page.request.get(serve(app))
    html = await response.text()
    assert '<li id="items-1">i1</li><li id="items-2">i2</li><li id="items-3">i3</li>' in html


@dataclass
class Room:
    name: str
    messages: Stream[Item]


@dataclass
class Rooms:
    left: Stream[Item] = field(default_factory=lambda: Stream(items(1)))
    right: Stream[Item] = field(default_factory=lambda: Stream(items(1)))
    rooms: list[Room] = field(
        default_factory=lambda: [Room(name, Stream(items(1), name=name)) for name in "ab"]
    )


class RoomsView(LiveView[Rooms]):
    html = """
    <ul id="left" phx-update="stream">
      {% for dom_id, item in left %}<li id="{{ dom_id }}">{{ item.text }}</li>{% endfor %}</ul>
    <ul id="right" phx-update="stream">
      {% for dom_id, item in right %}<li id="{{ dom_id }}">{{ item.text }}</li>{% endfor %}</ul>
    {% for room in rooms %}
    <ul :key="{{ room.name }}" id="{{ room.name }}" phx-update="stream">
      {% for dom_id, item in room.messages %}<li id="{{ dom_id }}">{{ item.text }}</li>{% endfor %}
    </ul>
    {% endfor %}
    <button id="both" phx-click="both">both</button>
    <button id="reset" phx-click="reset_left">reset</button>
    <button id="rooms" phx-click="say">say</button>
    """

    @event
    async def both(self) -> None:
        self.state.left.insert(item(2))
        self.state.right.insert(item(3), at=0)

    @event
    async def reset_left(self) -> None:
        self.state.left.reset()

    @event
    async def say(self) -> None:
        self.state.rooms[1].messages.insert(item(2))
        self.state.rooms.reverse()
        self.state.rooms.append(Room("c", Stream(items(5), name="c")))


async def test_several_streams_know_their_own_rows(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", RoomsView)
    await visit(page, serve(app))
    await page.click("#both")
    await expect(page.locator("#left-2")).to_be_visible()
    assert await rows(page, "#right > *") == ["i3", "i1"]
    await page.click("#reset")
    await expect(page.locator("#left > *")).to_have_count(0)
    assert await rows(page, "#right > *") == ["i3", "i1"]


async def test_streams_in_the_rows_of_a_loop_move_with_them(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", RoomsView)
    await visit(page, serve(app))
    await page.click("#rooms")
    await expect(page.locator("#c > *")).to_have_text(["i5"])
    assert await rows(page, "#b > *") == ["i1", "i2"]
    assert await rows(page, "#a > *") == ["i1"]
    order = "[...document.querySelectorAll('ul')].map(ul => ul.id)"
    assert await page.evaluate(order) == ["left", "right", "b", "a", "c"]


class Log(LiveComponent[Items]):
    html = """
    <section>
      <ul id="log-{{ myself }}" phx-update="stream">
        {% for dom_id, item in items %}<li id="{{ dom_id }}">{{ item.text }}</li>{% endfor %}
      </ul>
      <button id="add-{{ myself }}" phx-click="add" phx-target="{{ myself }}">add</button>
      <button id="reset-{{ myself }}" phx-click="start" phx-target="{{ myself }}">reset</button>
    </section>
    """

    @event
    async def add(self) -> None:
        self.state.items.insert(item(4), at=0)

    @event
    async def start(self) -> None:
        self.state.items.reset(items(1))


@dataclass
class Logs:
    ids: Stream[Item] = field(default_factory=lambda: Stream(items(1, 2)))

    @property
    def log(self) -> type[Log]:
        return Log


class LogsView(LiveView[Logs]):
    html = """
    <div id="logs" phx-update="stream">
      {% for dom_id, item in ids %}
      <div id="{{ dom_id }}">{{ live_component(log, id=item.text) }}</div>
      {% endfor %}
    </div>
    <button id="more" phx-click="more">more</button>
    """

    @event
    async def more(self) -> None:
        self.state.ids.insert(item(3), at=0)


async def test_streams_in_components_in_the_rows_of_a_stream(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", LogsView)
    await visit(page, serve(app))
    await page.click("#add-1")
    await expect(page.locator("#log-1 > *")).to_have_text(["i4", "i1", "i2", "i3"])
    await page.click("#more")
    await expect(page.locator("#log-3 > *")).to_have_text(["i1", "i2", "i3"])
    await page.click("#reset-2")
    await expect(page.locator("#log-2 > *")).to_have_text(["i1"])
    await page.click("#add-3")
    await expect(page.locator("#log-3 > *")).to_have_text(["i4", "i1", "i2", "i3"])
    await expect(page.locator("#log-1 > *")).to_have_text(["i4", "i1", "i2", "i3"])
    order = "[...document.querySelectorAll('#logs > *')].map(row => row.id)"
    assert await page.evaluate(order) == ["ids-3", "ids-1", "ids-2"]


class EmptyView(LiveView[Items]):
    html = """
    <style>#none { display: none } #none:only-child { display: block }</style>
    <output id="done">{{ done }}</output>
    <ul id="items" phx-update="stream">
      <li id="none">Nothing yet</li>
      {% for dom_id, item in items %}<li id="{{ dom_id }}">{{ item.text }}</li>{% endfor %}
    </ul>
    """

    async def mount(self) -> None:
        self.state.items = Stream()

    async def handle_event(self, event: str, payload: Any) -> None:
        OPERATIONS[event](self.state.items)
        self.state.done += 1


async def test_a_row_for_the_empty_list_is_shown_by_css_alone(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", EmptyView)
    await visit(page, serve(app))
    await expect(page.locator("#none")).to_be_visible()
    await push(page, "end")
    await expect(page.locator("#none")).to_be_hidden()
    assert await rows(page) == ["i4", "Nothing yet"]
    await push(page, "reset", 2)
    await expect(page.locator("#none")).to_be_visible()


class ReplacedView(LiveView[Items]):
    html = ItemsView.html

    async def handle_event(self, event: str, payload: Any) -> None:
        self.state.items = Stream(items(2, 8))
        self.state.done += 1


async def test_a_new_stream_in_the_field_replaces_the_rows(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", ReplacedView)
    await visit(page, serve(app))
    await push(page, "any")
    assert await rows(page) == ["i2", "i8"]
    await push(page, "any", 2)
    assert await rows(page) == ["i2", "i8"]


# The examples


SHOWS_ITS_WINDOW = """wanted => {
  const [first, last] = document.querySelector("#window").value.split(" to ").map(Number);
  const rows = [...document.querySelectorAll("article")].map((row) => Number(row.id.slice(8)));
  return first <= wanted && rows.length === last - first + 1
    && rows.every((row, index) => row === first + index);
}"""
"""Whether the page begins at a number or before it, and has all rows that the server knows."""


async def wheel_until(page: Page, by: int, came: Callable[[], Awaitable[Any]]) -> None:
    """Turn the wheel until something has come."""
    for turn in range(4_000):
        if await came():
            return
        # At the very end of the page a wheel moves nothing: turn back a little now and then.
        await page.mouse.wheel(0, -by / 4 if turn % 20 == 19 else by)
        await page.evaluate("new Promise(requestAnimationFrame)")
    raise AssertionError("what was scrolled for never came")


async def test_an_endless_list_is_scrolled_both_ways(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", InfiniteScrollView)
    await visit(page, serve(app))
    row = page.locator("#numbers > article")
    await expect(row).to_have_count(30)

    await page.mouse.move(300, 300)
    await wheel_until(page, 600, page.locator("#numbers-200").count)
    await expect(row).to_have_count(MOST_ROWS)
    await expect(page.locator("#numbers-1")).to_have_count(0)
    await wheel_until(page, -600, page.locator("#numbers-1").count)
    await expect(row).to_have_count(MOST_ROWS)
    await page.wait_for_function(SHOWS_ITS_WINDOW, arg=1)
    await page.click("#to-top")
    await expect(row).to_have_count(30)


async def test_an_endless_list_that_was_asked_for_twice_has_no_gap(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    gate = Gate()

    class SlowView(InfiniteScrollView):
        html = Path(infinite_scroll.__file__).with_suffix(".html").read_text()

        @event
        async def earlier(self, id: str, _overran: bool = False) -> None:
            if not _overran:
                await gate.wait()
            await super().earlier(id, _overran)

    app = make_app()
    app.live("/", SlowView)
    frames = Frames(page)
    await visit(page, serve(app))
    await page.mouse.move(300, 300)
    await wheel_until(page, 600, page.locator("#numbers-200").count)

    async def asked_twice() -> bool:
        sent = [frame[4] for frame in frames.sent if frame[3] == "event"]
        return [x["event"] for x in sent if "_overran" not in x["value"]].count("earlier") > 1

    await wheel_until(page, -600, asked_twice)
    gate.open()
    await page.wait_for_function(SHOWS_ITS_WINDOW, arg=91)
