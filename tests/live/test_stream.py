"""What a state's stream takes, what it refuses, and how it looks on the wire."""

from __future__ import annotations

import copy
import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypedDict, cast

import pytest
from pydantic import BaseModel, ValidationError

from tests.wire.transcript import read, resolve
from wirebird import LiveComponent, LiveView, Stream
from wirebird.html.differ import Message
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.stream_rows import StreamError
from wirebird.html.tree import to_html
from wirebird.live.rendering import Renderer

TEMPLATE = """
<ul id="items" phx-update="stream">
  {% for dom_id, item in items %}
  <li id="{{ dom_id }}">{{ item.t }}</li>
  {% endfor %}
</ul>
"""


@dataclass(frozen=True)
class Item:
    id: int
    t: str = ""


@dataclass
class Items:
    items: Stream[Item] = field(default_factory=Stream)


class ItemsView(LiveView[Items]):
    html = TEMPLATE


class Shown:
    """A view without a socket, rendered as its channel does it."""

    def __init__(self, kind: type[LiveView[Any]], state: Any = None) -> None:
        self.view = object.__new__(kind)
        self.view.state = self.state = Items() if state is None else state
        self.renderer = Renderer(kind, TemplateEnvironment())
        self.tree: Any = None

    def render(self) -> Any:
        return self.renderer.render(self.view, {}, None)

    def html(self) -> str:
        return to_html(self.render())

    def send(self) -> Any:
        """Return what the client is sent: everything at first, then what changed."""
        new, message = self.render(), Message()
        old, self.tree = self.tree, new
        return message.finish(
            message.full_tree(new) if old is None else message.diff_tree(old, new) or {}
        )

    def ids(self) -> list[str]:
        """Return the dom ids of the rows that are sent now."""
        parts = self.send().values()
        (place,) = [part for part in parts if isinstance(part, dict) and "stream" in part]
        return [row[0] for row in reversed(place["stream"][1])]


def view_of(markup: str = TEMPLATE, state: Any = Items) -> type[LiveView[Any]]:
    class View(LiveView[state]):
        html = markup

        def mount(self) -> None:
            self.state = state

    return View


def items_of(*ids: int) -> list[Item]:
    return [Item(id, f"i{id}") for id in ids]


# Names


def test_dom_ids_begin_with_the_name_of_the_field():
    view = Shown(ItemsView)
    view.state.items.insert(Item(1))
    assert view.ids() == ["items-1"]
    assert view.state.items.dom_id(Item(7)) == "items-7"
    assert view.state.items.dom_id({"id": 8}) == "items-8"


def test_a_stream_put_into_the_field_later_is_named_too():
    view = Shown(ItemsView)
    view.send()
    view.state.items = Stream(items_of(1))
    assert view.ids() == ["items-1"]


@pytest.mark.parametrize("name", ["", "my songs", " songs"])
def test_a_name_with_spaces_is_refused(name: str):
    with pytest.raises(StreamError, match="no spaces"):
        Stream(name=name)


def test_a_name_of_its_own_comes_first():
    view = Shown(ItemsView, Items(Stream(items_of(1), name="song")))
    assert view.ids() == ["song-1"]


def test_dom_ids_can_be_made_by_a_function():
    stream = Stream(items_of(1), dom_id=lambda item: f"row_{item.id}")
    view = Shown(ItemsView, Items(stream))
    assert view.ids() == ["row_1"]
    stream.delete(Item(1))
    stream.delete_by_dom_id("row_2")
    assert view.send()[0]["stream"][2] == ["row_1", "row_2"]


class Dict(TypedDict):
    items: Stream[Item]


class Model(BaseModel):
    items: Stream[Item] = Stream(limit=5)


@dataclass(slots=True)
class Slots:
    items: Stream[Item] = field(default_factory=Stream[Item])


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Dict, {"items": Stream(items_of(1))}),
        (Model, Model(items=Stream(items_of(1)))),
        (Slots, Slots(Stream(items_of(1)))),
        (SimpleNamespace, SimpleNamespace(items=Stream(items_of(1)))),
        (Any, SimpleNamespace(items=Stream(items_of(1)))),
    ],
)
def test_streams_are_found_in_states_of_every_kind(kind: Any, state: Any):
    assert Shown(view_of(state=kind), state).ids() == ["items-1"]


def test_views_without_streams_pay_nothing_for_them():
    @dataclass
    class Count:
        count: int = 0

    assert view_of(state=Count).definition.streams is None


def test_the_component_s_id_tells_its_streams_from_those_of_another():
    class Rows(LiveComponent[Items]):
        html = TEMPLATE

    component: Any = Rows.__new__(Rows)
    component.id, component.state = "left", Items()
    streams = Rows.definition.streams
    assert streams is not None
    streams.prepare(component)
    assert component.state.items.name == "left-items"


# Items


@pytest.mark.parametrize("item", [{"id": 1}, SimpleNamespace(id=1), Item(1)])
def test_ids_come_from_attributes_and_keys(item: Any):
    assert Stream([item], name="s").dom_id(item) == "s-1"


@pytest.mark.parametrize("item", ["text", {"name": "x"}, Item(None)])  # type: ignore[arg-type]
def test_an_item_without_an_id_is_an_error_where_it_is_given(item: Any):
    stream: Stream[Any] = Stream()
    for use in (stream.insert, stream.delete, lambda item: stream.reset([item])):
        with pytest.raises(StreamError, match="has none"):
            use(item)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda s: s.insert(Item(1), at=-2), "at=-2"),
        (lambda s: s.insert(Item(1), limit=0), "limit=0"),
        (lambda s: s.insert_many([Item(1)], at=-3), "at=-3"),
        (lambda s: Stream(limit=0), "limit=0"),
    ],
)
def test_places_that_cannot_be_are_errors(call: Callable[[Any], Any], match: str):
    with pytest.raises(StreamError, match=match):
        call(Stream())


def test_a_failed_reset_changes_nothing():
    view = Shown(ItemsView, Items(Stream(items_of(1))))
    with pytest.raises(StreamError):
        view.state.items.reset(cast("Any", [object()]))
    assert view.ids() == ["items-1"]


def test_several_items_are_in_the_page_in_the_order_given():
    view = Shown(ItemsView, Items(Stream(items_of(1, 2))))
    view.state.items.insert_many(items_of(3, 4), at=0)
    view.state.items.insert_many(items_of(5, 6))
    view.state.items.insert_many(items_of(7, 8), at=1)
    texts = [part.split("</li>")[0] for part in view.html().split(">i")[1:]]
    assert texts == ["3", "7", "8", "4", "1", "2", "5", "6"]


def test_the_stream_s_limit_holds_where_none_is_given():
    view = Shown(ItemsView, Items(Stream(limit=-2)))
    view.state.items.insert(Item(1))
    view.state.items.insert(Item(2), limit=5)
    assert [row[2] for row in view.send()[0]["stream"][1]] == [5, -2]


def test_a_stream_cannot_be_a_default_that_all_visitors_share():
    with pytest.raises(ValueError, match="default_factory"):

        @dataclass
        class Shared:
            items: Stream[Item] = Stream()  # noqa: RUF009


def test_a_copy_has_what_is_pending_and_a_reference_of_its_own():
    state = Items(Stream(items_of(1), limit=9))
    for twin in (copy.deepcopy(state.items), copy.copy(state.items)):
        state.items.insert(Item(2))
        view = Shown(ItemsView, Items(twin))
        assert view.ids() == ["items-1"]
        assert twin.limit == 9


# Pydantic


def test_a_pydantic_state_takes_a_stream_or_a_list_of_items():
    assert Model().items.limit == 5
    assert Model().items is not Model().items
    assert Shown(ItemsView, Model(items=items_of(1))).ids() == ["items-1"]  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="list of items"):
        Model(items="text")  # type: ignore[arg-type]


def test_a_stored_state_has_no_items():
    stored = Model(items=Stream(items_of(1))).model_dump_json()
    assert stored == '{"items":[]}'
    assert isinstance(Model.model_validate_json(stored).items, Stream)


# Templates


def test_loop_variables_and_macros_work_on_streams():
    view = Shown(
        view_of(
            "{% macro li(dom_id, item) %}<li id='{{ dom_id }}'>{{ item.t }}</li>{% endmacro %}"
            "<ul>{% for dom_id, item in items %}{{ loop.index }}{{ li(dom_id, item) }}{% endfor %}"
            "</ul>"
        ),
        Items(Stream(items_of(1, 2))),
    )
    html = "<ul>1<li id='items-1'>i1</li>2<li id='items-2'>i2</li></ul>"
    assert view.html() == html
    assert len(view.ids()) == 2


def test_a_stream_inside_the_rows_of_a_loop():
    rooms = [
        SimpleNamespace(name="a", messages=Stream(items_of(1), name="a")),
        SimpleNamespace(name="b", messages=Stream(items_of(2), name="b")),
    ]
    view = Shown(
        view_of(
            "{% for room in rooms %}<ul :key='{{ room.name }}' id='{{ room.name }}'>"
            "{% for dom_id, item in room.messages %}<li id='{{ dom_id }}'>{{ item.t }}</li>"
            "{% endfor %}</ul>{% endfor %}",
            Any,
        ),
        SimpleNamespace(rooms=rooms),
    )
    assert view.send()[0]["k"]["kc"] == 2
    rooms[1].messages.insert(Item(3, "i3"))
    rooms.reverse()
    keyed = view.send()[0]["k"]
    assert keyed["km"] is True
    place, part = keyed[0]
    assert place == 1
    assert part[1]["k"] == {0: {0: "b-3", 1: "i3"}, "kc": 1}
    assert view.send() == {}


@pytest.mark.parametrize(
    ("html", "match"),
    [
        ("{% for i, item in items if item.id > 1 %}<li>{{ i }}</li>{% endfor %}", "left out"),
        ("{% for i, item in items %}<li>{{ i }}</li>{% else %}none{% endfor %}", "else"),
        ("{% for row in items|list %}<li>{{ row[0] }}</li>{% endfor %}", "as over a list"),
        ("{% if items %}some{% endif %}", "is empty"),
        ("{{ items }}", "cannot be shown"),
        ("{{ items|length }}", "no length"),
    ],
)
def test_templates_that_take_a_stream_for_a_list_are_told(html: str, match: str):
    view = Shown(view_of(html), Items(Stream(items_of(1, 2))))
    with pytest.raises((StreamError, TypeError), match=match):
        view.send()


# The wire


def steps(s: Any) -> dict[str, Callable[[], object]]:
    """Return what the recorded view does at each of its buttons."""
    return {
        "append": lambda: s.insert(Item(4, "i4")),
        "prepend": lambda: s.insert(Item(0, "i0"), at=0),
        "at": lambda: s.insert(Item(20, "i20"), at=2),
        "update": lambda: s.insert(Item(2, "i2 changed")),
        "update_only": lambda: s.insert(Item(3, "i3 only"), update_only=True),
        "delete": lambda: s.delete({"id": 1}),
        "delete_dom": lambda: s.delete_by_dom_id("items-20"),
        "reset": lambda: s.reset(),
        "reset_items": lambda: s.reset(items_of(7, 8)),
        "limit_tail": lambda: s.insert_many(items_of(30, 31, 32, 33), limit=-3),
        "limit_head": lambda: s.insert_many(items_of(40), at=0, limit=2),
        "many": lambda: (
            s.insert(Item(50, "i50")),
            s.insert(Item(51, "i51"), at=0),
            s.delete({"id": 40}),
        ),
        "noop": lambda: None,
    }  # type: ignore[return-value]


def comparable(place: Any, ref: object) -> Any:
    """Return a stream's payload with the first reference, and rows of plain dom id and text."""
    place = resolve_keys(place)
    assert place["stream"][0] == ref
    place["stream"] = ["0", *place["stream"][1:]]
    place.pop("s", None)
    for row in place["k"].values():
        if isinstance(row, dict):
            row["0"] = row["0"].removeprefix(' id="').removesuffix('"')
    return place


def resolve_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): resolve_keys(part) for key, part in value.items()}
    return [resolve_keys(part) for part in value] if isinstance(value, list) else value


def test_every_operation_is_sent_as_phoenix_does():
    transcript = read("stream")
    view = Shown(ItemsView, Items(Stream(items_of(1, 2, 3))))
    joined = view.send()[0]
    ref = view.state.items.ref
    (expected,) = transcript.joins
    assert comparable(joined, ref) == comparable(expected["2"]["0"], "0")
    for name, step in steps(view.state.items).items():
        (frame,) = transcript.step(f'click button[phx-click="{name}"]').received
        step()
        sent = view.send()
        diff = frame[4]["response"].get("diff")
        if diff is None:
            assert sent == {}
        else:
            assert comparable(sent[0], ref) == comparable(resolve(diff)["2"]["0"], "0"), name


def test_a_stream_that_begins_empty_is_sent_as_phoenix_does():
    transcript = read("py_stream")
    view = Shown(ItemsView, Items(Stream(limit=-100)))
    joined = view.send()[0]
    ref = view.state.items.ref
    (expected,) = transcript.joins
    assert comparable(joined, ref) == comparable(expected["0"]["0"], "0")
    for number in (1, 2, 3):
        (frame,) = transcript.step(f"push {number}").received
        view.state.items.insert(Item(number, f"Item {number}"))
        diff = resolve(frame[4]["response"]["diff"])
        assert comparable(view.send()[0], ref) == comparable(diff["0"]["0"], "0")


def test_a_hundred_thousand_items_leave_the_process_no_larger():
    view = Shown(ItemsView, Items(Stream(limit=-100)))
    view.send()

    def insert(start: int, count: int) -> None:
        for first in range(start, start + count, 1000):
            view.state.items.insert_many(items_of(*range(first, first + 1000)))
            view.send()

    insert(0, 2000)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    insert(2000, 100_000)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 50_000
