"""Rows of items that change in place show what a fresh evaluation shows, whatever was kept."""

# ruff: noqa: E501 - a template is easiest to read on one line

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from tests.html import client_tree
from wirebird.html.differ import Message
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.kept_rows import KeptRows
from wirebird.html.tree import Comprehension, Statics, to_html

TEMPLATES = [
    '{% for row in rows %}<tr :key="{{ row.id }}" id="r{{ row.id }}"><td>{{ row.name }}{{ row.value }}{% if row.active %}yes{% else %}no{% endif %}</td></tr>{% endfor %}',
    '{% for row in rows %}<li title="{{ row.name }}">{{ row.value }}{{ row.double }} {{ row.tags|string }} {{ title }}</li>{% endfor %}',
    "{% for row in rows if row.active %}<li>{{ row.name|upper }} {{ row.tags|length }}</li>{% endfor %}",
    "{% for row in rows %}<li>{{ row.active }}{% if row.value == 1 %}one{% elif row.tags %}{{ row.name }}{% endif %}</li>{% endfor %}",
    '{% for row in rows %}<a href="{{ row.name }}" class="{{ row.tags|string }}">{{ row.missing|default("-") }}</a>{% endfor %}',
]
ENVIRONMENT = TemplateEnvironment()


class Level(enum.IntEnum):
    LOW = 1


class Text:
    """An object whose text changes while it stays the same object."""

    text = "a"

    def __str__(self) -> str:
        return self.text


class Word(str):
    __slots__ = ()


@dataclass
class Row:
    id: int
    name: Any = "name"
    value: Any = 1
    active: Any = True
    tags: list[int] = field(default_factory=list[int])

    @property
    def double(self) -> Any:
        return self.value


class Asked(Row):
    """Answers for attributes that it does not have."""

    def __getattr__(self, name: str) -> Any:
        return self.value


class Slotted:
    __slots__ = ("active", "double", "id", "name", "tags", "value")

    def __init__(self, id: int) -> None:
        self.id = id
        self.name = self.value = self.active = self.double = 1
        self.tags: list[int] = []


@dataclass
class State:
    rows: list[Any]
    title: Any = "title"


TEXT = Text()
VALUES: list[Any] = [
    1, True, 1.0, Decimal("1.0"), Decimal("1.00"), Level.LOW, "1", Word("1"), Markup("1"), 0, False, 0.0, -0.0,
    None, "", "a", "<b>", Markup("<b>"), 1000, 10**20, float("nan"), TEXT,
    (Statics(("<i>", "</i>")), "a"), Comprehension(Statics(("<u>", "</u>")), [("a",)]),
]  # fmt: skip
# One kind of value at a time, so that rows often get one that equals what they have.
alike = [1, True, 1.0, Decimal("1.0"), Decimal("1.00"), Level.LOW]
values = st.one_of(st.sampled_from(alike), st.sampled_from(VALUES))
names = st.sampled_from(["name", "value", "active"])
places = st.integers(0, 30)

changes = st.one_of(
    st.tuples(st.just("set"), places, names, values),
    st.tuples(st.just("set"), places, names, values),
    st.tuples(st.just("all"), names, values),
    st.tuples(st.just("tag"), places),
    st.tuples(st.just("text"), st.sampled_from("abc")),
    st.tuples(st.just("title"), values),
    st.tuples(st.sampled_from(["add", "remove", "reverse"]), places),
)


def change(state: State, what: str, *arguments: Any) -> None:
    rows = state.rows
    if what == "text":
        TEXT.text = arguments[0]
    elif what == "title":
        state.title = arguments[0]
    elif what == "add":
        rows.insert(arguments[0], Row(1000 + len(rows) + arguments[0]))
    elif what == "reverse":
        rows.reverse()
    elif what == "all":
        for row in rows:
            setattr(row, *arguments)
    elif rows:
        row = rows[arguments[0] % len(rows)]
        if what == "remove":
            rows.remove(row)
        elif what == "tag":
            row.tags.append(len(row.tags))
        else:
            setattr(row, *arguments[1:])


@pytest.mark.parametrize("source", TEMPLATES)
@settings(max_examples=40, deadline=None)
@given(
    kinds=st.lists(st.sampled_from([Row, Row, Row, Slotted, Asked]), min_size=5, max_size=12),
    steps=st.lists(st.lists(changes, max_size=2), min_size=10, max_size=30),
)
def test_kept_rows_show_what_fresh_ones_show(
    source: str, kinds: list[Callable[[int], Any]], steps: list[list[tuple[Any, ...]]]
) -> None:
    template = ENVIRONMENT.inline(source)
    state = State([kind(index) for index, kind in enumerate(kinds)])
    kept = KeptRows()
    old = template.tree(state, kept=kept)
    message = Message()
    page = client_tree.apply(None, message.finish(message.full_tree(old)))
    for step in steps:
        for one in step:
            change(state, *one)
        new = template.tree(state, kept=kept)
        fresh = to_html(template.tree(state))
        assert to_html(new) == fresh
        message = Message()
        page = client_tree.apply(page, message.finish(message.diff_tree(old, new) or {}))
        assert client_tree.to_html(page) == fresh
        old = new


class Counted(Row):
    """Counts how often its name is read."""

    reads = 0

    def __getattribute__(self, name: str) -> Any:
        if name == "name":
            Counted.reads += 1
        return super().__getattribute__(name)


TWICE = ENVIRONMENT.inline("{% for row in rows %}{{ row.name }}{{ row.name }}{% endfor %}")


def evaluated(kept: KeptRows, state: State) -> int:
    """Render, and return how often an item's name was read: once, though it is shown twice."""
    Counted.reads = 0
    tree = TWICE.tree(state, kept=kept)
    assert to_html(tree) == "".join(f"{row.name}{row.name}" for row in state.rows)
    # The assertion reads each name twice.
    return Counted.reads - 2 * len(state.rows)


def test_only_the_rows_that_changed_are_evaluated() -> None:
    state = State([Counted(index, f"name {index}") for index in range(20)])
    kept = KeptRows()
    assert evaluated(kept, state) == 20
    assert evaluated(kept, state) == 20  # to compare it
    state.rows[3].name = "another"
    assert evaluated(kept, state) == 21


def test_where_most_rows_change_all_are_evaluated_without_comparing_them() -> None:
    state = State([Counted(index, f"name {index}") for index in range(20)])
    kept = KeptRows()
    reads: list[int] = []
    for turn in range(12):
        for row in state.rows:
            row.name = f"{turn} {row.id}"
        reads.append(evaluated(kept, state))
    assert reads.count(40) == 3
    assert reads.count(20) == 9
