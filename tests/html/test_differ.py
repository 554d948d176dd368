"""The client ends with the page that a full render makes, and is told no more than it needs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.html.client_tree import apply, encode
from tests.html.client_tree import to_html as page
from wirebird.html.differ import Message
from wirebird.html.tree import Comprehension, Statics, to_html

LI = Statics(('<li id="k', '">', "-", "</li>"))
PLAIN_LI = Statics(("<li>", "</li>"))
LIST = Statics(("<ol>", "</ol><ol>", "</ol>"))


def full(tree: Any) -> Any:
    message = Message()
    return encode(message.finish(message.full(tree)))


def diff(old: Any, new: Any) -> Any:
    """Return what a client is sent that has `old`, by the messages before."""
    message = Message()
    changed = message.diff(old, new)
    return {} if changed is None else encode(message.finish(changed))


def change(old: Any, new: Any) -> Any:
    """Return what a client is sent that has just joined with `old`."""
    full(old)
    return diff(old, new)


def keyed(items: Iterable[tuple[int, int]], x: int = 0) -> Any:
    items = list(items)
    return (
        LIST,
        Comprehension(LI, [(id, value, x) for id, value in items], 0),
        Comprehension(PLAIN_LI, [(value,) for _, value in items]),
    )


FIVE = [(1, 10), (2, 20), (3, 30), (4, 40), (5, 50)]

# What Phoenix sends when the rows of FIVE become these: keyed first, then by index.
CHANGES: list[tuple[str, list[tuple[int, int]], Any, Any]] = [
    (
        "update",
        [(1, 10), (2, 21), (3, 30), (4, 40), (5, 50)],
        {"1": {"1": "21"}, "kc": 5},
        {"1": {"0": "21"}, "kc": 5},
    ),
    (
        "insert in the middle",
        [(1, 10), (2, 20), (100, 1000), (3, 30), (4, 40), (5, 50)],
        {"2": {"0": "100", "1": "1000", "2": "0"}, "3": 2, "4": 3, "5": 4, "km": True, "kc": 6},
        {"2": {"0": "1000"}, "3": {"0": "30"}, "4": {"0": "40"}, "5": {"0": "50"}, "kc": 6},
    ),
    (
        "delete in the middle",
        [(1, 10), (2, 20), (4, 40), (5, 50)],
        {"2": 3, "3": 4, "km": True, "kc": 4},
        {"2": {"0": "40"}, "3": {"0": "50"}, "kc": 4},
    ),
    (
        "append",
        [*FIVE, (6, 60)],
        {"5": {"0": "6", "1": "60", "2": "0"}, "kc": 6},
        {"5": {"0": "60"}, "kc": 6},
    ),
    ("delete the last", FIVE[:-1], {"kc": 4}, {"kc": 4}),
    (
        "swap",
        [(2, 20), (1, 10), *FIVE[2:]],
        {"0": 1, "1": 0, "km": True, "kc": 5},
        {"0": {"0": "20"}, "1": {"0": "10"}, "kc": 5},
    ),
    (
        "move and update",
        [*FIVE[1:], (1, 11)],
        {"0": 1, "1": 2, "2": 3, "3": 4, "4": [0, {"1": "11"}], "km": True, "kc": 5},
        {
            "0": {"0": "20"},
            "1": {"0": "30"},
            "2": {"0": "40"},
            "3": {"0": "50"},
            "4": {"0": "11"},
            "kc": 5,
        },
    ),
    ("clear", [], {"kc": 0}, {"kc": 0}),
]


@pytest.mark.parametrize(
    ("items", "by_key", "by_index"),
    [change[1:] for change in CHANGES],
    ids=[change[0] for change in CHANGES],
)
def test_rows_are_sent_as_phoenix_sends_them(items: Any, by_key: Any, by_index: Any) -> None:
    assert change(keyed(FIVE), keyed(items)) == {"0": {"k": by_key}, "1": {"k": by_index}}


def test_an_outer_value_is_sent_once_for_each_row() -> None:
    rows = {str(index): {"2": "1"} for index in range(5)}
    assert change(keyed(FIVE), keyed(FIVE, x=1)) == {"0": {"k": {**rows, "kc": 5}}}


def test_a_list_that_was_emptied_is_sent_its_statics_again() -> None:
    first, empty = keyed(FIVE), keyed([])
    full(first)
    diff(first, empty)
    changed = diff(empty, keyed([(1, 1)]))
    assert changed["0"]["k"] == {"0": {"0": "1", "1": "1", "2": "0"}, "kc": 1}
    assert changed["1"]["k"] == {"0": {"0": "1"}, "kc": 1}
    assert changed["p"][str(changed["0"]["s"])] == ['<li id="k', '">', "-", "</li>"]


def test_a_list_that_was_never_filled_is_sent_with_its_statics() -> None:
    empty = keyed([])
    assert full(empty) == {"0": "", "1": "", "s": 0, "p": {"0": list(LIST.strings)}}
    changed = diff(empty, keyed([(1, 1)]))
    assert changed["0"]["s"] == 0
    assert changed["p"] == {"0": list(LI.strings), "1": list(PLAIN_LI.strings)}


def test_an_equal_tree_is_no_change() -> None:
    assert change(keyed(FIVE), keyed(FIVE)) == {}


def test_another_template_brings_its_statics_and_all_of_its_dynamics() -> None:
    outer = Statics(("<div>", "</div>", ""))
    yes, no = Statics(("<p>on ", "</p>"), root=True), Statics(("<span>off ", "</span>"))
    changed = change((outer, (no, 0), "same"), (outer, (yes, 0), "same"))
    assert changed == {"0": {"0": "0", "s": 0, "r": 1}, "p": {"0": ["<p>on ", "</p>"]}}


def test_shared_statics_are_sent_once_in_a_message() -> None:
    payload = full((LIST, (PLAIN_LI, 1), (PLAIN_LI, 2)))
    assert payload["p"] == {"0": list(PLAIN_LI.strings), "1": list(LIST.strings)}
    assert payload["0"]["s"] == payload["1"]["s"] == 0


def test_text_is_escaped_and_markup_is_not() -> None:
    assert full((LIST, "<b>", ("<b>",)))["0"] == "&lt;b&gt;"
    assert change((LIST, "a", ("a",)), (LIST, "<b>", ("<b>",))) == {"0": "&lt;b&gt;", "1": "<b>"}


def test_markup_that_is_the_same_string_is_no_change() -> None:
    html = "<b>x</b>"
    assert change((LIST, (html,), 1), (LIST, (html,), 2)) == {"1": "2"}


def test_an_inner_loop_is_emptied_after_a_render_that_changed_nothing() -> None:
    def tree(names: list[str]) -> Any:
        inner = Comprehension(PLAIN_LI, [(name,) for name in names])
        return (LIST, Comprehension(PLAIN_LI, [(inner,)]), "")

    states = [tree(["x"]), tree(["x"]), tree([]), tree([]), tree(["y"])]
    follow(states)


def test_rows_that_share_a_key_still_make_the_right_page(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "wirebird.html"):
        follow([keyed(FIVE), keyed([(1, 1), (1, 2)]), keyed([(2, 3), (1, 1), (1, 2)])])
    assert "share one :key" in caplog.text


def follow(trees: Iterable[Any]) -> None:
    """Send one tree after the other to a client, and compare its page with a full render."""
    state: Any = None
    before: Any = None
    for tree in trees:
        state = apply(state, full(tree) if before is None else diff(before, tree))
        assert page(state) == to_html(tree)
        before = tree


# Recipes rather than trees, because a tree that was sent remembers what the client has.
Recipe = Callable[[], Any]

TEMPLATES = [
    Statics(("<p>", "</p>"), root=True),
    Statics(("<b>", " ", "</b>"), root=True),
    Statics(("", "")),
    Statics(("fixed",)),
    Statics(("<hr>", "<br>", "<br>", "")),
]

leaves: st.SearchStrategy[Recipe] = st.one_of(
    st.sampled_from(["", "a", "<&>", "1"]).map(lambda text: lambda: text),
    st.integers(0, 2).map(lambda number: lambda: number),
    st.sampled_from(["", "<i>x</i>", "1"]).map(lambda html: lambda: (html,)),
)


def branches(children: st.SearchStrategy[Recipe]) -> st.SearchStrategy[Recipe]:
    return st.one_of(trees(children), loops(children))


@st.composite
def trees(draw: st.DrawFn, children: st.SearchStrategy[Recipe]) -> Recipe:
    statics = draw(st.sampled_from(TEMPLATES))
    parts = [draw(children) for _ in range(statics.width)]
    return lambda: (statics, *[part() for part in parts])


@st.composite
def loops(draw: st.DrawFn, children: st.SearchStrategy[Recipe]) -> Recipe:
    statics = draw(st.sampled_from(TEMPLATES))
    keys = draw(st.none() | st.lists(st.integers(0, 5), max_size=5, unique=True))
    count = len(keys) if keys is not None else draw(st.integers(0, 4))
    rows = [[draw(children) for _ in range(statics.width)] for _ in range(count)]

    def build() -> Comprehension:
        built = [tuple(part() for part in row) for row in rows]
        if keys is None:
            return Comprehension(statics, built)
        # A key of one kind throughout a list, as the place of a :key in a template is.
        built = [(*row, key) for row, key in zip(built, keys, strict=True)]
        return Comprehension(KEYED[statics], built, statics.width)

    return build


# One place in a template is keyed or it is not: the two have statics of their own.
KEYED = {statics: Statics(statics.strings, statics.root) for statics in TEMPLATES}

recipes = trees(st.recursive(leaves, branches, max_leaves=12))


@settings(max_examples=400)
@given(
    st.lists(recipes, min_size=1, max_size=4).flatmap(
        lambda known: st.lists(st.sampled_from(known), min_size=2, max_size=7)
    )
)
def test_any_sequence_of_trees_ends_in_the_right_page(states: list[Recipe]) -> None:
    follow(build() for build in states)


@settings(max_examples=300)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), unique_by=lambda row: row[0]),
        min_size=2,
        max_size=6,
    )
)
def test_any_sequence_of_keyed_lists_ends_in_the_right_page(
    states: list[list[tuple[int, int]]],
) -> None:
    follow(keyed(items) for items in states)
