"""Lists of records are stored as columns, where they fit into columns."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel, ConfigDict

from wirebird import Transient
from wirebird.html.dropped import DROPPED
from wirebird.live.stored import StoredFields, UnstorableError


@dataclass(frozen=True)
class Row:
    id: int
    price: float = 1.0
    tags: list[str] = field(default_factory=list[str])
    seen: Transient[object] = None


class Model(BaseModel):
    id: int
    name: str = ""


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: int


@dataclass
class State:
    rows: list[Row] = field(default_factory=list[Row])
    models: tuple[Model, ...] = ()
    opens: list[Open] = field(default_factory=list[Open])
    last: deque[Row] = field(default_factory=deque[Row])


def stored(state: State) -> dict[str, Any]:
    """Return what is stored of a state, and see that it comes back as it was."""
    fields = StoredFields.of(State)
    written = msgspec.json.decode(msgspec.json.encode(fields.dump(state)))
    again = State()
    assert fields.fill(again, written)
    assert repr(again) == repr(state)
    return written


def test_records_are_columns() -> None:
    state = State([Row(1, 2.5, ["a"]), Row(2)], (Model(id=1, name="x"), Model(id=2, name="y")))
    written = stored(state)
    assert written["rows"] == {"id": [1, 2], "price": [2.5, 1.0], "tags": [["a"], []]}
    assert written["models"] == {"id": [1, 2], "name": ["x", "y"]}


def test_what_json_has_no_number_for_comes_back() -> None:
    rows = stored(State([Row(1, math.nan), Row(2, -math.inf), Row(3, 7)]))["rows"]
    assert rows["price"] == [["nan"], ["-inf"], 7]


@pytest.mark.parametrize(
    "state",
    [
        State([Row(1)]),
        State(models=(Model(id=1, name="x"), Model(id=2))),  # which fields were given is kept
        State(opens=[Open(id=1, more=2), Open(id=2)]),  # pyright: ignore[reportCallIssue]
    ],
)
def test_what_does_not_fit_into_columns_is_stored_one_by_one(state: State) -> None:
    written = stored(state)
    assert all(type(written[name]) is list for name in ("rows", "models", "opens"))


def test_a_deque_of_records_comes_back() -> None:
    stored(State(last=deque([Row(1), Row(2)], maxlen=2)))


def test_records_that_were_stored_one_by_one_are_read() -> None:
    fields = StoredFields.of(State)
    written = {**fields.dump(State()), "rows": [{"id": 1, "price": 2.0, "tags": []}, {"id": 2}]}
    state = State()
    assert fields.fill(state, written)
    assert state.rows == [Row(1, 2.0), Row(2)]


@pytest.mark.parametrize(
    "rows", [{"id": [1, 2], "price": [1.0]}, {"id": 5}, {"id": [1, "two"]}, {"price": [1.0]}, 7]
)
def test_a_table_that_is_none_does_not_fit(rows: Any) -> None:
    fields = StoredFields.of(State)
    state = State([Row(9)])
    assert not fields.fill(state, {**fields.dump(State()), "rows": rows})
    assert state.rows == [Row(9)]


def test_rows_of_another_version_fit_as_far_as_they_do() -> None:
    state = State()
    written = {"rows": {"id": [1, 2], "gone": ["a", "b"]}}
    assert StoredFields.of(State).fill(state, written, keep_fitting=True)
    assert state.rows == [Row(1), Row(2)]


@dataclass
class Anything:
    rows: list[Loose]


@dataclass
class Loose:
    value: Any


def test_what_was_temporary_is_left_out_of_its_record_alone() -> None:
    dump = StoredFields.of(Anything).dump
    assert dump(Anything([Loose(1), Loose(DROPPED)]))["rows"] == [{"value": 1}, {}]


def test_what_is_none_of_its_type_is_named() -> None:
    rows: Any = [Row(1), Row("two")]  # pyright: ignore[reportArgumentType]
    with pytest.raises(UnstorableError, match=r"State\.rows\.id holds a builtins\.str, not int"):
        StoredFields.of(State).dump(State(rows))
    with pytest.raises(UnstorableError, match=r"State\.rows holds a .*Model, not Row"):
        StoredFields.of(State).dump(State([Row(1), Model(id=1)]))  # pyright: ignore[reportArgumentType]
