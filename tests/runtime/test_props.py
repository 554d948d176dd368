"""Props that say the same count as unchanged; a change that is made in place never hides."""

from __future__ import annotations

import copy
import enum
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from wirebird.runtime.props import same, snapshot


class Color(enum.Enum):
    RED = 1


@dataclass(frozen=True)
class Point:
    x: Any = 1
    y: Any = 2


@dataclass
class Loose:
    x: Any = 1


class Pair(NamedTuple):
    a: Any
    b: Any


class Model(BaseModel):
    tags: list[str] = []


class Free(BaseModel, extra="allow"):
    pass


class MyList(list[Any]):
    pass


def unchanged(old: Any, new: Any) -> bool:
    return same(snapshot({"value": old}), snapshot({"value": new}))


@pytest.mark.parametrize(
    "make",
    [
        lambda: "text", lambda: 1.5, lambda: None, lambda: Color.RED, lambda: [1, [2]],
        lambda: {"a": [1], "b": {"c": ()}}, lambda: (1, "2"), lambda: {1, 2},
        lambda: frozenset({1}),
        Point, lambda: Point([1], {"a": Point()}), lambda: Pair(1, [2]),
        lambda: Model(tags=["a"]), lambda: Free(more=[1]),  # type: ignore[call-arg]
    ],
)  # fmt: skip
def test_what_is_equal_is_unchanged(make: Any):
    assert unchanged(make(), make())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (1, True), (1, 1.0), (0.0, -0.0), ("1", 1), ([1], (1,)), ([1], [1.0]), ([], [None]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({1}, {1.0}), (Point(1), Point(True)),
        (Pair(1, 2), (1, 2)), (Model(), Free()), (Free(a=1), Free(a=2)),  # type: ignore[call-arg]
    ],
)  # fmt: skip
def test_what_may_show_something_else_is_changed(old: Any, new: Any):
    assert not unchanged(old, new)


@pytest.mark.parametrize("value", [Loose(), object(), MyList(), [Loose()], {"a": {"b": object()}}])
def test_what_could_hide_a_change_always_counts_as_changed(value: Any):
    assert not unchanged(value, value)


def test_a_list_that_holds_itself_counts_as_changed():
    endless: list[Any] = []
    endless.append(endless)
    assert not unchanged(endless, endless)


def test_more_or_fewer_props_are_a_change():
    assert not same(snapshot({"a": 1}), snapshot({"a": 1, "b": 2}))
    assert not same(None, snapshot({"a": 1}))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=1), inner, max_size=3)
        | st.builds(Point, inner, inner)
        | st.tuples(inner)
    ),
)


def places(value: Any) -> list[Any]:
    """Return all lists and dicts in a value."""
    found: list[Any] = [value] if isinstance(value, list | dict) else []
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list | tuple):
        inner = value
    elif isinstance(value, Point):
        inner = (value.x, value.y)
    return found + [place for each in inner for place in places(each)]


@given(VALUES, st.integers(0, 100))
def test_a_change_in_place_is_seen_wherever_it_is_made(value: Any, number: int):
    kept = snapshot({"value": value})
    assert same(kept, snapshot({"value": copy.deepcopy(value)}))
    all_places = places(value)
    if all_places:
        place = all_places[number % len(all_places)]
        if isinstance(place, list):
            place.append("new")
        else:
            place["new key"] = 1
        assert not same(kept, snapshot({"value": value}))
