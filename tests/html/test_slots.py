"""Slots render where and as often as a component shows them."""

from __future__ import annotations

from typing import Any

from wirebird.html.escaping import keep
from wirebird.html.slots import EMPTY, Slot
from wirebird.html.tree import Statics, to_html

STATICS = Statics(("<b>", "</b>"))


def bold(value: Any = "") -> Any:
    return (STATICS, value)


def test_a_slot_renders_with_the_arguments_that_it_gets() -> None:
    slot = Slot({}, bold)
    assert to_html(slot.render("x")) == to_html(slot("x")) == "<b>x</b>"


def test_a_slot_can_be_shown_as_any_value() -> None:
    assert to_html(keep(Slot({}, bold))) == "<b></b>"


def test_a_slot_has_the_attributes_of_its_tag() -> None:
    assert Slot({"label": "Name"})["label"] == "Name"


def test_an_empty_slot_is_false_and_shows_nothing() -> None:
    assert not EMPTY
    assert to_html(EMPTY.render()) == ""
    assert Slot({"label": "x"})
    assert Slot({}, bold)
