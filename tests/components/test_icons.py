"""Icons: decoration, or images with a name."""

from __future__ import annotations

import pytest

from tests.components.markup import attributes, html_of
from wirebird.components import ICONS, icon
from wirebird.html.errors import ComponentError


@pytest.mark.parametrize("name", ICONS)
def test_each_icon_is_a_drawing(name: str) -> None:
    assert "<path" in html_of(icon(name))


def test_an_icon_is_hidden_from_those_who_do_not_see_it() -> None:
    found = attributes(icon("check"), "svg")
    assert found["aria-hidden"] == "true"
    assert "role" not in found


def test_an_icon_with_a_label_is_an_image_of_that_name() -> None:
    found = attributes(icon("alert", label="<Warning>", class_="big"), "svg")
    assert (found["role"], found["aria-label"]) == ("img", "<Warning>")
    assert found["class"] == "wb-icon big"
    assert "aria-hidden" not in found


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(ComponentError, match="did you mean 'trash'"):
        icon("tras")
