"""How much memory a view takes is estimated in a bounded time, and not far from the truth."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from pydantic import BaseModel

from wirebird import Presence
from wirebird.live.presence import Here
from wirebird.runtime.weight import weight_of


@dataclass
class Row:
    id: int
    text: str


@dataclass
class Table:
    rows: list[Row] = field(default_factory=list[Row])


class Model(BaseModel):
    text: str


@pytest.mark.parametrize("rows", [1, 100, 20_000])
def test_a_long_list_weighs_what_its_rows_weigh(rows: int):
    table = Table([Row(id, f"{id:<200}") for id in range(1000, 1000 + rows)])
    row = sum(map(sys.getsizeof, (table.rows[0], table.rows[0].text, table.rows[0].id)))
    assert 0.7 * row * rows < weight_of(table) < 1.5 * row * rows + 500


@pytest.mark.parametrize(
    "value", ["x" * 10_000, {"a": "x" * 10_000}, [["x" * 10_000]], Model(text="x" * 10_000)]
)
def test_text_is_found_wherever_it_is(value: Any):
    assert 10_000 < weight_of(value) < 12_000


def test_what_is_no_data_is_not_followed():
    class Pool:
        def __init__(self) -> None:
            self.connections = ["x" * 10_000]

    assert weight_of({"pool": Pool(), "function": print, "kind": Pool}) < 4000


def test_what_leads_to_itself_is_looked_at_once():
    ring: list[Any] = ["x" * 1000]
    ring.append(ring)
    assert weight_of(ring) < 1500


def test_what_all_views_share_of_who_is_here_weighs_nothing():
    class Room:
        topic = "room"

        def here(self) -> dict[str, Here[str]]:
            return {"ann": Here(("1",), ("x" * 10_000,))}

    presence: Any = Presence.at(cast(Any, Room()))
    assert presence["ann"] == ("x" * 10_000,)
    assert weight_of({"people": presence}) < 1000
