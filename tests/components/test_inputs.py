"""Fields of a form: their control, label, help and errors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.components.markup import attributes, element, html_of
from wirebird.components import input
from wirebird.html.errors import ComponentError


class Size(Enum):
    SMALL = "S"


@dataclass
class Email:
    name: str = "user[email]"
    id: str = "user_email"
    value: Any = "a@b"
    errors: tuple[str, ...] = ("is taken",)


@dataclass
class Untouched(Email):
    used: bool = False


def test_the_label_help_and_errors_belong_to_the_control() -> None:
    shown = input("user[email]", label="Email", help="Yours", errors=["<wrong>"], required=True)
    found = attributes(shown, "input")
    assert (found["id"], found["name"]) == ("user-email", "user[email]")
    assert found["aria-describedby"] == "user-email-help user-email-error"
    assert found["aria-invalid"] == "true"
    assert attributes(shown, "label")["for"] == "user-email"
    assert element(shown, "#user-email-help").text() == "Yours"
    assert element(shown, "#user-email-error").text().strip() == "<wrong>"


def test_a_field_of_a_form_brings_its_name_id_value_and_errors() -> None:
    shown = input(Email(), label="Email", type="email")
    found = attributes(shown, "input")
    assert (found["id"], found["name"], found["value"]) == ("user_email", "user[email]", "a@b")
    assert element(shown, ".wb-error").text().strip() == "is taken"
    assert attributes(input(Email(), label="E", value="c"), "input")["value"] == "c"


def test_errors_wait_until_the_field_was_used() -> None:
    shown = input(Untouched(), label="Email")
    assert "wb-error" not in html_of(shown)
    assert "aria-invalid" not in attributes(shown, "input")
    assert "wb-error" in html_of(input(Untouched(), label="Email", used=True))


def test_a_value_cannot_leave_its_place() -> None:
    evil = '"><script>alert(1)</script>'
    for type in ("text", "textarea", "hidden", "search"):
        assert "<script" not in html_of(input("a", label="A", type=type, value=evil))
    options = [(evil, evil)]
    for type in ("select", "radio"):
        shown = input("a", label="A", type=type, value=evil, options=options)
        assert "<script" not in html_of(shown)


@pytest.mark.parametrize(
    ("type", "value", "shown"),
    [
        ("date", date(2026, 1, 2), "2026-01-02"),
        ("time", time(9, 30), "09:30"),
        ("datetime-local", datetime(2026, 1, 2, 9, 30, tzinfo=UTC), "2026-01-02T09:30"),
        ("datetime-local", datetime(2026, 1, 2, 9, 30, 5), "2026-01-02T09:30:05"),
        ("number", 0, "0"),
        ("range", 1.5, "1.5"),
        ("text", Size.SMALL, "S"),
        ("text", "", ""),
    ],
)
def test_values_are_written_as_browsers_want_them(type: str, value: Any, shown: str) -> None:
    # An empty value comes back from the parser as None.
    assert (attributes(input("a", label="A", type=type, value=value), "input")["value"] or "") == (
        shown
    )


def test_a_file_has_no_value() -> None:
    found = attributes(input("a", label="A", type="file", value="x", multiple=True), "input")
    assert "value" not in found
    assert "multiple" in found


@pytest.mark.parametrize("value", [True, "true", "on", 1, "1"])
def test_a_checkbox_is_ticked_and_sends_false_when_it_is_not(value: Any) -> None:
    shown = input("ok", label="OK", type="checkbox", value=value)
    parsed = LexborHTMLParser(html_of(shown)).css("input")
    off, box = [dict(each.attributes) for each in parsed]
    assert off == {"type": "hidden", "name": "ok", "value": "false"}
    assert (box["name"], box["value"]) == ("ok", "true")
    assert "checked" in box


@pytest.mark.parametrize("value", [False, "false", None, "", 0])
def test_a_checkbox_is_not_ticked(value: Any) -> None:
    shown = input("ok", label="OK", type="checkbox", value=value, disabled=True)
    assert " checked" not in html_of(shown)
    assert html_of(shown).count(" disabled") == 2


def test_a_textarea_keeps_the_line_breaks_at_its_beginning() -> None:
    shown = input("a", label="A", type="textarea", value="\n\nx", rows=3)
    # Parsed as a browser does: of the line breaks, the first one is not the value's.
    assert element(shown, "textarea").text() == "\n\nx"
    assert attributes(shown, "textarea")["rows"] == "3"


def test_a_select_offers_values_pairs_and_groups() -> None:
    options = {"Fruit": ["Apple", ("pear", "A pear")], "other": "Other"}
    shown = input("a", label="A", type="select", options=options, value="pear", prompt="Choose")
    assert attributes(shown, "optgroup")["label"] == "Fruit"
    chosen = element(shown, "option[selected]")
    assert (chosen.text(), chosen.attributes["value"]) == ("A pear", "pear")
    values = [each.attributes["value"] for each in LexborHTMLParser(html_of(shown)).css("option")]
    assert [value or "" for value in values] == ["", "Apple", "pear", "other"]


def test_a_select_takes_several_values() -> None:
    shown = input("a", label="A", type="select", options=[1, 2, 3], value=[1, "3"], multiple=True)
    assert attributes(shown, "select")["name"] == "a[]"
    chosen = LexborHTMLParser(html_of(shown)).css("option[selected]")
    assert [each.text() for each in chosen] == ["1", "3"]


def test_radios_are_a_group_with_a_name() -> None:
    shown = input("size", label="Size", type="radio", options=[("s", "Small"), "m"], value="s")
    assert element(shown, "fieldset > legend").text() == "Size"
    assert attributes(shown, "input[checked]")["value"] == "s"
    ids = [each.attributes["id"] for each in LexborHTMLParser(html_of(shown)).css("input")]
    assert ids == ["size-0", "size-1"]


def test_a_field_without_a_label_is_an_error_unless_it_has_another_name() -> None:
    with pytest.raises(ComponentError, match=r"input\('a'\) lacks a label"):
        input("a")
    assert "<label" not in html_of(input("a", aria_label="A"))


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({}, "lacks a name"),
        ({"field": "a", "type": "txt"}, "did you mean 'text'"),
        ({"field": "a", "label": "A", "placehoder": "x"}, "did you mean 'placeholder'"),
        ({"field": "a", "label": "A", "type": "radio"}, "offers nothing to choose"),
    ],
)
def test_mistakes_say_what_was_meant(arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(ComponentError, match=problem):
        input(**arguments)
