"""What is done to a stream reaches the client once, whatever is rendered in between."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.html.client_tree import apply, encode
from tests.html.client_tree import to_html as page
from wirebird.html.differ import Message
from wirebird.html.stream_rows import Delete, Insert, Operations, StreamError
from wirebird.html.tree import Comprehension, Statics, to_html

LI = Statics(('<li id="', '">', "</li>"))
LIST = Statics(("<ul>", "</ul>"), root=True)
TWO_LISTS = Statics(("<ul>", "</ul><ul>", "</ul>"), root=True)
IF = Statics(("<section>", "</section>"), root=True)


def put(
    stream: Operations,
    *keys: int,
    at: int = -1,
    limit: int | None = None,
    update_only: bool = False,
    text: str = "",
) -> None:
    for key in keys:
        stream._log.append(Insert(str(key), f"row {key}{text}", at, limit, update_only))


def delete(stream: Operations, key: int) -> None:
    stream._log.append(Delete(str(key), whole=False))


def new_stream(*keys: int, name: str = "items") -> Operations:
    stream = Operations(name, prefixed=True)
    put(stream, *keys)
    return stream


def rows(stream: Operations, statics: Statics = LI) -> Any:
    """Return the node that a template's loop makes."""
    return stream.rows(Comprehension(statics, [(dom_id, item) for dom_id, item in stream]))


def shown(stream: Operations) -> Any:
    return (LIST, rows(stream))


def full(tree: Any) -> Any:
    message = Message()
    return encode(message.finish(message.full(tree)))


def diff(old: Any, new: Any) -> Any:
    message = Message()
    changed = message.diff(old, new)
    return {} if changed is None else encode(message.finish(changed))


class Client:
    """The rows of one `phx-update="stream"` element, as the client's `dom_patch.ts` keeps them."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def receive(self, payload: Any) -> None:
        if not payload:
            return
        _, inserts, deletes, *reset = payload["stream"]
        options = {dom_id: (at, limit, only) for dom_id, at, limit, only in inserts}
        removed = {id for id, _ in self.rows if reset or id in deletes}
        self.rows = [row for row in self.rows if row[0] not in removed]
        keyed = payload["k"]
        for index in range(keyed["kc"]):
            dom_id, text = keyed[str(index)]["0"], keyed[str(index)]["1"]
            at, limit, only = options[dom_id]
            places = [place for place, (id, _) in enumerate(self.rows) if id == dom_id]
            if places:
                self.rows[places[0]] = (dom_id, text)
                continue
            if only and dom_id not in removed:
                continue
            self.rows.insert(len(self.rows) if at < 0 else at, (dom_id, text))
            if limit is not None and len(self.rows) > abs(limit):
                self.rows = self.rows[limit:] if limit < 0 else self.rows[:limit]

    @property
    def ids(self) -> list[str]:
        return [dom_id for dom_id, _ in self.rows]


def test_pending_items_are_sent_with_their_template_once():
    stream = new_stream(1, 2)
    first = shown(stream)
    assert full(first) == {
        "0": {
            "stream": [
                stream.ref,
                [["items-2", -1, None, False], ["items-1", -1, None, False]],
                [],
            ],
            "s": 0,
            "k": {
                "0": {"0": "items-1", "1": "row 1"},
                "1": {"0": "items-2", "1": "row 2"},
                "kc": 2,
            },
        },
        "s": 1,
        "r": 1,
        "p": {"0": list(LI.strings), "1": list(LIST.strings)},
    }
    put(stream, 3, at=0, limit=-5)
    assert diff(first, shown(stream)) == {
        "0": {
            "stream": [stream.ref, [["items-3", 0, -5, False]], []],
            "k": {"0": {"0": "items-3", "1": "row 3"}, "kc": 1},
        }
    }


def test_a_stream_that_nothing_was_done_to_sends_nothing():
    stream = new_stream(1)
    first = shown(stream)
    full(first)
    second = shown(stream)
    assert diff(first, second) == {}
    assert diff(second, shown(stream)) == {}


def test_an_empty_stream_sends_its_template_for_what_comes_later():
    stream = new_stream()
    first = shown(stream)
    assert full(first)["0"] == {"stream": [stream.ref, [], []], "s": 0, "k": {"kc": 0}}
    put(stream, 1)
    assert diff(first, shown(stream)) == {
        "0": {
            "stream": [stream.ref, [["items-1", -1, None, False]], []],
            "k": {"0": {"0": "items-1", "1": "row 1"}, "kc": 1},
        }
    }


def test_a_loop_without_a_known_template_sends_it_with_its_first_row():
    stream = new_stream()
    list(stream)
    first = (LIST, stream.rows(""))
    assert full(first)["0"] == ""
    put(stream, 1)
    second = shown(stream)
    assert diff(first, second)["0"]["s"] == 0
    delete(stream, 1)
    list(stream)
    third = (LIST, stream.rows(""))
    assert diff(second, third) == {"0": {"stream": [stream.ref, [], ["items-1"]], "k": {"kc": 0}}}
    put(stream, 2)
    assert "s" not in diff(third, shown(stream))["0"]


def test_another_template_of_the_rows_is_sent():
    stream = new_stream(1)
    first = shown(stream)
    full(first)
    put(stream, 2)
    other = Statics(('<li class="b" id="', '">', "</li>"))
    message = diff(first, (LIST, rows(stream, other)))
    assert message["p"] == {"0": list(other.strings)}
    assert message["0"]["s"] == 0


def test_a_render_that_is_not_sent_loses_nothing():
    stream = new_stream(1)
    first = shown(stream)
    full(first)
    put(stream, 2)
    shown(stream)
    put(stream, 3)
    assert [id for id, *_ in diff(first, shown(stream))["0"]["stream"][1]] == ["items-3", "items-2"]


def test_what_comes_between_a_render_and_its_diff_is_sent_with_the_next():
    stream = new_stream(1)
    first = shown(stream)
    full(first)
    put(stream, 2)
    second = shown(stream)
    put(stream, 3)
    stream._add_reset()
    put(stream, 4)
    assert diff(first, second)["0"]["k"]["kc"] == 1
    assert diff(second, shown(stream))["0"] == {
        "stream": [stream.ref, [["items-4", -1, None, False]], [], True],
        "k": {"0": {"0": "items-4", "1": "row 4"}, "kc": 1},
    }


def test_the_first_html_takes_nothing():
    stream = new_stream(1, 2)
    tree = shown(stream)
    html = '<ul><li id="items-1">row 1</li><li id="items-2">row 2</li></ul>'
    assert to_html(tree) == html
    assert to_html(shown(stream)) == html
    assert full(tree)["0"]["k"]["kc"] == 2


def test_the_first_html_has_the_order_that_the_client_will_have():
    stream = new_stream(1, 2)
    put(stream, 3, at=0)
    put(stream, 4, at=1)
    put(stream, 5, update_only=True)
    put(stream, 6, limit=-4)
    html = to_html(shown(stream))
    client = Client()
    client.receive(full(shown(stream))["0"])
    assert client.ids == ["items-4", "items-1", "items-2", "items-6"]
    rows_html = "".join(f'<li id="{id}">{text}</li>' for id, text in client.rows)
    assert html == f"<ul>{rows_html}</ul>"


def test_a_place_that_is_sent_anew_gets_the_template_and_what_is_pending():
    stream = new_stream(1)
    first = (IF, shown(stream))
    full(first)
    away = (IF, "")
    diff(first, away)
    put(stream, 2)
    again = diff(away, (IF, shown(stream)))
    assert again["0"]["0"]["k"] == {"0": {"0": "items-2", "1": "row 2"}, "kc": 1}
    assert again["p"][str(again["0"]["0"]["s"])] == list(LI.strings)


def test_the_client_shows_the_rows_once_and_leaves_them_to_the_page():
    stream = new_stream(1)
    first = shown(stream)
    state = apply(None, full(first))
    assert page(state) == "<ul></ul>"
    put(stream, 2)
    apply(state, diff(first, shown(stream)))
    assert page(state) == "<ul></ul>"


def test_the_same_tree_can_be_sent_in_full_again():
    stream = new_stream(1)
    tree = shown(stream)
    full(tree)
    assert full(tree)["0"] == {"stream": [stream.ref, [], []], "s": 0, "k": {"kc": 0}}


def test_a_stream_at_two_places_is_an_error():
    stream = new_stream(1)
    with pytest.raises(StreamError, match="two places"):
        full((TWO_LISTS, rows(stream), rows(stream)))


def test_two_streams_have_two_references():
    one, two = new_stream(1, name="one"), new_stream(1, name="two")
    tree = (TWO_LISTS, rows(one), rows(two))
    message = full(tree)
    assert message["0"]["stream"][0] != message["1"]["stream"][0]
    put(two, 2)
    assert diff(tree, (TWO_LISTS, rows(one), rows(two))) == {
        "1": {
            "stream": [two.ref, [["two-2", -1, None, False]], []],
            "k": {"0": {"0": "two-2", "1": "row 2"}, "kc": 1},
        }
    }


def test_a_new_stream_of_the_same_name_replaces_the_rows():
    old, new = new_stream(1, 2), new_stream(3)
    first = shown(old)
    full(first)
    second = shown(new)
    assert diff(first, second)["0"]["stream"] == [
        old.ref,
        [["items-3", -1, None, False]],
        [],
        True,
    ]
    assert diff(second, shown(new)) == {}


def test_a_stream_that_comes_to_the_place_of_another_leaves_its_rows_alone():
    one, two = new_stream(1, name="one"), new_stream(2, name="two")
    first = (TWO_LISTS, rows(one), rows(two))
    full(first)
    assert diff(first, (TWO_LISTS, rows(two), rows(one))) == {}
    assert one.ref != two.ref


@pytest.mark.parametrize(
    ("loop", "match"),
    [
        (lambda stream: stream.rows(Comprehension(LI, [])), "left out items"),
        (lambda stream: stream.rows(Comprehension(LI, [("a", "b")] * 2), True), "else"),
    ],
)
def test_a_loop_that_does_not_show_what_it_should_is_an_error(loop: Any, match: str):
    stream = new_stream(1, 2)
    list(stream)
    with pytest.raises(StreamError, match=match):
        loop(stream)


def test_a_stream_neither_tells_its_length_nor_shows_itself():
    stream = new_stream(1)
    with pytest.raises(StreamError, match="is empty"):
        bool(stream)
    with pytest.raises(TypeError, match="no length"):
        len(stream)
    with pytest.raises(StreamError, match="for dom_id, item in"):
        stream.__html__()


def test_a_stream_without_a_name_cannot_make_dom_ids():
    stream = Operations(None, prefixed=True)
    put(stream, 1)
    with pytest.raises(StreamError, match="needs a name"):
        shown(stream)


def test_several_operations_on_one_item_come_to_one():
    stream = new_stream(1, 2, 3)
    first = shown(stream)
    full(first)
    put(stream, 4)
    put(stream, 4, at=0, text=" changed")  # new here: keeps the place that it was given first
    delete(stream, 1)
    put(stream, 1)  # moved to the end
    put(stream, 5)
    delete(stream, 5)
    assert diff(first, shown(stream))["0"] == {
        "stream": [
            stream.ref,
            [["items-1", -1, None, False], ["items-4", -1, None, False]],
            ["items-1", "items-5"],
        ],
        "k": {
            "0": {"0": "items-4", "1": "row 4 changed"},
            "1": {"0": "items-1", "1": "row 1"},
            "kc": 2,
        },
    }


def test_a_reset_drops_what_was_pending():
    stream = new_stream(1)
    first = shown(stream)
    full(first)
    put(stream, 2)
    delete(stream, 1)
    stream._add_reset()
    assert diff(first, shown(stream))["0"] == {"stream": [stream.ref, [], [], True], "k": {"kc": 0}}


operations = st.lists(
    st.tuples(
        st.sampled_from(["top", "end", "update", "delete", "reset", "render", "unsent"]),
        st.integers(0, 4),
    ),
    max_size=30,
)


@given(operations)
def test_operations_come_to_the_same_together_and_one_by_one(steps: list[tuple[str, int]]):
    together, apart = new_stream(0, 1), new_stream(0, 1)
    clients = Client(), Client()
    trees = shown(together), shown(apart)
    clients[0].receive(full(trees[0])["0"])
    clients[1].receive(full(trees[1])["0"])

    def send(stream: Operations, client: Client, tree: Any) -> Any:
        new = shown(stream)
        client.receive(diff(tree, new).get("0"))
        return new

    batch, single = trees
    for number, (step, key) in enumerate(steps):
        if step == "render":
            batch = send(together, clients[0], batch)
            assert clients[0].rows == clients[1].rows
            continue
        if step == "unsent":
            shown(together)
            continue
        for stream in (together, apart):
            if step == "delete":
                delete(stream, key)
            elif step == "reset":
                stream._add_reset()
            else:
                at = 0 if step == "top" else -1
                put(stream, key, at=at, update_only=step == "update", text=f" {number}")
        single = send(apart, clients[1], single)
    send(together, clients[0], batch)
    assert clients[0].rows == clients[1].rows


def test_items_are_forgotten_once_they_were_sent():
    stream = new_stream()
    tree = shown(stream)
    full(tree)

    def send_many(start: int) -> None:
        nonlocal tree
        for first in range(start, start + 10_000, 100):
            put(stream, *range(first, first + 100))
            new = shown(stream)
            diff(tree, new)
            tree = new

    send_many(0)
    tracemalloc.start()
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    send_many(10_000)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 20_000
