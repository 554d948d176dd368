"""A tree's HTML is its statics with its dynamics between, every text escaped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirebird.html.differ import Message
from wirebird.html.tree import Columns, Comprehension, Statics, to_html

B = Statics(("<b>", "</b>"), root=True, source="page.html:3")
LI = Statics(("<li>", "-", "</li>"))


@pytest.mark.parametrize(
    ("tree", "html"),
    [
        ("", ""),
        ("<&\"'>", "&lt;&amp;&#34;&#39;&gt;"),
        (5, "5"),
        (("<i>",), "<i>"),
        ((B, "<"), "<b>&lt;</b>"),
        ((B, 1), "<b>1</b>"),
        ((B, ("<i>",)), "<b><i></b>"),
        ((B, (B, (B, "x"))), "<b><b><b>x</b></b></b>"),
        ((Statics(("only",)),), "only"),
        (Comprehension(LI, []), ""),
        (Comprehension(LI, [(1, "<"), ((B, 2), ("<i>",))]), "<li>1-&lt;</li><li><b>2</b>-<i></li>"),
        (Comprehension(LI, [(1, 2, "key")], 2), "<li>1-2</li>"),
        (
            (B, Comprehension(LI, [(1, Comprehension(B, [(2,), (3,)]))])),
            "<b><li>1-<b>2</b><b>3</b></li></b>",
        ),
    ],
)
def test_the_html_of_a_tree(tree: object, html: str) -> None:
    assert to_html(tree) == html  # type: ignore[arg-type]


PLAIN = st.text("a<&'", max_size=3) | st.integers(-1, 300) | st.sampled_from([("<i>",), (B, "<")])
SHOWN = PLAIN | st.builds(lambda values: Comprehension(B, [(v,) for v in values]), st.lists(PLAIN))


@given(st.lists(st.tuples(SHOWN, SHOWN, st.just("key")), max_size=20))
def test_many_rows_are_shown_and_sent_as_each_of_them_alone(rows: list[tuple[Any, ...]]) -> None:
    alone = [Comprehension(LI, [row], 2) for row in rows]
    assert to_html(Comprehension(LI, rows, 2)) == "".join(map(to_html, alone))
    message = Message()
    _ = message.number(B), message.number(LI)
    sent = message.full(Comprehension(LI, rows, 2))
    parts = [message.full(row)["k"][0] for row in alone]
    assert sent == ({"s": 1, "k": {**dict(enumerate(parts)), "kc": len(rows)}} if rows else "")


def in_columns(rows: list[tuple[Any, ...]]) -> Comprehension:
    return Comprehension(LI, Columns(list(map(list, zip(*rows, strict=True)))), 2)


TABLES = st.lists(st.tuples(SHOWN, SHOWN, st.integers(0, 12)), min_size=1, max_size=12)


@given(before=TABLES, after=TABLES, unique=st.booleans())
def test_columns_show_and_send_what_rows_do(
    before: list[tuple[Any, ...]], after: list[tuple[Any, ...]], unique: bool
) -> None:
    if unique:
        before, after = ([*{row[2]: row for row in rows}.values()] for rows in (before, after))
    old, new = Comprehension(LI, before, 2), Comprehension(LI, after, 2)
    assert to_html(in_columns(after)) == to_html(new)
    assert Message().full(in_columns(after)) == Message().full(new)
    sent = Message().diff(old, new)
    assert Message().diff(in_columns(before), in_columns(after)) == sent
    assert Message().diff(old, in_columns(after)) == sent
    assert Message().diff(in_columns(before), new) == sent


@given(
    before=TABLES,
    changes=st.dictionaries(st.integers(0, 11), st.tuples(SHOWN, SHOWN), max_size=4),
)
def test_columns_made_of_others_are_compared_where_they_were_changed(
    before: list[tuple[Any, ...]], changes: dict[int, tuple[Any, Any]]
) -> None:
    changed = [index for index in changes if index < len(before)]
    after = before.copy()
    for index in changed:
        after[index] = *changes[index], before[index][2]
    old = in_columns(before)
    fresh = [[after[index][place] for index in changed] for place in range(3)]
    assert isinstance(old.rows, Columns)
    new = Comprehension(LI, old.rows.replaced(changed, fresh), 2)
    assert old == in_columns(before)
    assert new == in_columns(after)
    expected = Message().diff(Comprehension(LI, before, 2), Comprehension(LI, after, 2))
    assert (Message().diff(old, new) or None) == expected


@pytest.mark.parametrize("count", [1, 20])
def test_rows_without_dynamics_are_rows(count: int) -> None:
    loop = Comprehension(Statics(("<li></li>",)), [()] * count)
    assert to_html(loop) == "<li></li>" * count
    assert Message().full(loop)["k"] == {**{index: {} for index in range(count)}, "kc": count}


def test_statics_know_how_many_dynamics_they_take() -> None:
    assert (B.width, LI.width, Statics(("x",)).width) == (1, 2, 0)
    assert "page.html:3" in repr(B)


def test_statics_are_compared_by_identity() -> None:
    assert Statics(("a",)) != Statics(("a",))


def test_loops_are_equal_when_they_show_the_same() -> None:
    assert Comprehension(LI, [(1, 2)]) == Comprehension(LI, [(1, 2)])
    assert Comprehension(LI, [(1, 2)]) != Comprehension(LI, [(1, 3)])
    assert Comprehension(LI, []) != Comprehension(B, [])
    assert Comprehension(LI, []) != []
    assert "1 rows" in repr(Comprehension(LI, [(1, 2)]))
