"""Buttons: looks, links, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.markup import attributes, element, html_of
from wirebird.components import button
from wirebird.html.errors import ComponentError


def test_a_button_submits_unless_it_has_an_event_of_its_own() -> None:
    assert "type" not in attributes(button("Save"), "button")
    assert attributes(button("Like", phx_click="like"), "button")["type"] == "button"
    assert attributes(button("Send", phx_click="x", type="submit"), "button")["type"] == "submit"


def test_its_text_is_escaped() -> None:
    assert "&lt;b&gt;" in html_of(button("<b>"))


def test_attributes_and_classes_are_passed_through() -> None:
    shown = button("x", class_=["wide", {"on": True}], aria_label="X", data_n=1, disabled=True)
    found = attributes(shown, "button")
    assert found["class"] == "wb-button wb-button-secondary wide on"
    assert (found["aria-label"], found["data-n"], found["disabled"]) == ("X", "1", None)


def test_loading_is_what_the_client_shows_meanwhile() -> None:
    assert attributes(button("Save", loading="Saving…"), "button")["phx-disable-with"] == "Saving…"


@pytest.mark.parametrize(
    ("target", "kind"), [("navigate", "redirect"), ("patch", "patch"), ("href", None)]
)
def test_a_button_that_leads_somewhere_is_a_link(target: str, kind: str | None) -> None:
    leading: dict[str, Any] = {target: "/a"}
    shown = button("Go", variant="primary", **leading)
    found = attributes(shown, "a")
    assert found["href"] == "/a"
    assert found.get("data-phx-link") == kind
    assert found["class"] == "wb-button wb-button-primary"
    assert element(shown, "a").text() == "Go"


def test_a_link_that_runs_code_is_refused() -> None:
    with pytest.raises(ValueError, match="would run code"):
        button("x", href="javascript:alert(1)")


def test_an_unknown_variant_is_an_error_with_the_name_that_was_meant() -> None:
    with pytest.raises(ComponentError, match=r"button\(variant='primry'\): did you mean 'primary'"):
        button("x", variant="primry")  # type: ignore[arg-type]


def test_an_attribute_that_is_not_a_button_s_is_an_error() -> None:
    with pytest.raises(ComponentError, match=r"button\(\) does not take varian.*variant"):
        button("x", varian="primary")
    with pytest.raises(ComponentError, match=r"button\(\) does not take placeholder"):
        button("x", placeholder="?")
