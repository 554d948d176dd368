"""Rows are evaluated again exactly when what they show could have changed."""

# ruff: noqa: E501 - a template is easiest to read on one line

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import pytest

from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.kept_rows import KeptRows
from wirebird.html.tree import Statics, to_html

LOOP = Statics(("<li>", "</li>"))


@dataclass(frozen=True)
class Item:
    id: int
    value: Any = 0


@dataclass(frozen=True, slots=True)
class Slotted:
    id: int
    value: Any = 0


class Pair(NamedTuple):
    id: int
    value: Any = 0


class Recorder:
    """Renders rows and notes which items were evaluated."""

    def __init__(self, names: tuple[str, ...] = ("id", "value")) -> None:
        self.kept = KeptRows()
        self.names = names
        self.seen: list[Any] = []

    def __call__(self, items: list[Any], *outer: Any) -> list[Any] | None:
        """Return the items that were evaluated, or None when rows are not kept at all."""
        self.seen.clear()
        rows = self.kept.rows(LOOP, items, outer, self.names, self._row)
        if rows is None:
            return None
        assert rows == [self._shown(item) for item in items]
        return list(self.seen)

    def _row(self, item: Any) -> tuple[Any, ...]:
        self.seen.append(item)
        return self._shown(item)

    def _shown(self, item: Any) -> tuple[Any, ...]:
        return tuple(str(getattr(item, name)) for name in self.names) or (str(item),)


@pytest.mark.parametrize("kind", [Item, Slotted, Pair])
def test_rows_of_unchanged_items_are_not_evaluated_again(kind: Callable[..., Any]) -> None:
    render = Recorder()
    items = [kind(id) for id in range(10)]
    assert render(items) == items
    assert render(items) == []
    items.reverse()
    assert render(items) == []
    items.append(kind(11))
    items.insert(0, kind(12))
    del items[3]
    assert render(items) == [kind(12), kind(11)]
    items[4] = items[4].__class__(items[4].id, 5)
    assert render(items) == [items[4]]
    items.append(items[0])
    assert render(items) == []
    assert render(items[:2]) == []


def test_an_equal_item_that_is_another_object_is_evaluated() -> None:
    render = Recorder()
    items = [Item(1, 1)]
    render(items)
    items[0] = Item(1, True)  # type: ignore[arg-type]
    assert items[0] == Item(1, 1)
    assert render(items) == [Item(1, True)]


def test_plain_values_are_kept_by_identity() -> None:
    render = Recorder(())
    assert render(["a", "b"]) == ["a", "b"]
    assert render(["a", "b"]) == []
    assert render([1, 2]) == [1, 2]
    assert render([True, 2.0]) == [True, 2.0]
    assert render([[1]]) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (1, True), (1, 1.0), (1.0, Decimal("1.0")), (Decimal("1.0"), Decimal("1.00")), (0.0, -0.0),
        ("a", "b"), (None, False), ("1", 1), (datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1)),
    ],
)  # fmt: skip
def test_another_outer_value_evaluates_all_rows(old: Any, new: Any) -> None:
    render = Recorder()
    items = [Item(1), Item(2)]
    render(items, old)
    assert render(items, old) == []
    assert render(items, new) == items


@pytest.mark.parametrize("value", [[1], {}, set(), object(), bytearray(), Item(1), (1,), len])
def test_rows_are_not_kept_when_an_outer_value_could_change(value: Any) -> None:
    render = Recorder()
    items = [Item(1)]
    assert render(items, value) is None
    assert render(items, 1) == items
    assert render(items, value) is None
    assert render(items, 1) == items


@pytest.mark.parametrize("value", [[1], {}, (1, [2]), object(), Item(1)])
def test_rows_are_not_kept_when_a_field_could_change(value: Any) -> None:
    assert Recorder()([Item(1, value)]) is None
    render = Recorder()
    items = [Item(id) for id in range(10)]
    render(items)
    items[3] = Item(3, value)
    assert render(items) is None
    items.append(Item(1, value))
    assert render(items) is None
    assert Recorder(("id",))([Item(1, value)]) == [Item(1, value)]


class Colour(enum.Enum):
    RED = 1


class Word(enum.StrEnum):
    RED = "red"


class Translated(enum.Enum):
    RED = 1

    def __str__(self) -> str:
        return LANGUAGE[0]


LANGUAGE = ["en"]


def test_enumerations_are_kept_unless_they_print_as_they_like() -> None:
    assert Recorder()([Item(1, Colour.RED), Item(2, Word.RED)]) is not None
    assert Recorder()([Item(1, Translated.RED)]) is None


@dataclass
class Mutable:
    id: int
    value: Any = 0


@dataclass(frozen=True)
class WithProperty:
    id: int

    @property
    def value(self) -> int:
        return self.id


@dataclass(frozen=True)
class WithCached:
    id: int

    @cached_property
    def value(self) -> int:
        return self.id


@dataclass(frozen=True)
class WithGetattr:
    id: int

    def __getattr__(self, name: str) -> int:
        return 1


@dataclass(frozen=True)
class WithGetattribute:
    id: int
    value: int = 0

    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, name)


class Subclass(Item):
    """May do anything with what it inherits."""


class Descriptor:
    def __get__(self, instance: Any, owner: Any) -> int:
        return 1

    def __set__(self, instance: Any, value: Any) -> None:
        pass


@dataclass(frozen=True)
class WithDescriptor:
    id: int
    value: Any = Descriptor()


class OddPair(Pair):
    @property
    def value(self) -> int:  # type: ignore[override]
        return LANGUAGE.count("en")


class Plain:
    def __init__(self) -> None:
        self.id = 1
        self.value = 2


@pytest.mark.parametrize(
    "item",
    [Mutable(1), WithProperty(1), WithCached(1), WithGetattr(1), WithGetattribute(1), Subclass(1), OddPair(1),
     Plain(), {"id": 1}, WithDescriptor(1)],
    ids=lambda item: type(item).__name__,
)  # fmt: skip
def test_rows_of_items_that_could_change_are_not_kept(item: Any) -> None:
    assert Recorder()([item]) is None
    render = Recorder()
    items: list[Any] = [Item(id) for id in range(10)]
    render(items)
    items[5] = item
    assert render(items) is None


def test_a_field_that_is_not_there_leaves_the_error_to_the_template() -> None:
    @dataclass(frozen=True)
    class Late:
        id: int
        value: Any = field(init=False)

    template = TemplateEnvironment().inline(
        "{% for x in xs %}{{ x.id }}{{ x.value|default('-') }}{% endfor %}"
    )
    assert to_html(template.tree({"xs": [Late(1)]}, kept=KeptRows())) == "1-"


class Changing:
    text = "new"

    def __str__(self) -> str:
        return self.text


def test_a_template_s_rows_follow_what_they_use() -> None:
    template = TemplateEnvironment().inline(
        "{% for x in xs %}<li>{{ x.id }}{{ x.value }}{{ n }}{% if x.id == chosen %}!{% endif %}</li>{% endfor %}"
    )
    kept = KeptRows()
    state: dict[str, Any] = {"xs": [Item(1), Item(2)], "n": 0, "chosen": 1}

    def shown() -> str:
        return to_html(template.tree(state, kept=kept))

    assert shown() == "<li>100!</li><li>200</li>"
    state["chosen"] = 2
    assert shown() == "<li>100</li><li>200!</li>"
    state["n"] = True
    assert shown() == "<li>10True</li><li>20True!</li>"
    state["xs"][0] = replace(state["xs"][0], value="<")
    assert shown() == "<li>1&lt;True</li><li>20True!</li>"
    state["n"] = changing = Changing()
    assert "<li>1&lt;new</li>" in shown()
    changing.text = "old"
    assert "<li>1&lt;old</li>" in shown()


def test_one_loop_in_two_places_keeps_its_rows_right() -> None:
    template = TemplateEnvironment().inline(
        "{% macro m(xs, n) %}{% for x in xs %}{{ x.id }}{{ n }},{% endfor %}{% endmacro %}{{ m(a, 1) }}|{{ m(b, 2) }}"
    )
    kept = KeptRows()
    state = {"a": [Item(1), Item(2)], "b": [Item(2)]}
    for _ in range(3):
        assert to_html(template.tree(state, kept=kept)) == "11,21,|22,"
    state["b"] = state["a"]
    assert to_html(template.tree(state, kept=kept)) == "11,21,|12,22,"


def test_autoescape_by_a_value_is_followed() -> None:
    template = TemplateEnvironment().inline(
        "{% autoescape on %}{% for x in xs %}{{ x.value }}{% endfor %}{% endautoescape %}"
    )
    kept = KeptRows()
    xs = [Item(1, "<")]
    assert to_html(template.tree({"xs": xs, "on": True}, kept=kept)) == "&lt;"
    assert to_html(template.tree({"xs": xs, "on": False}, kept=kept)) == "<"
