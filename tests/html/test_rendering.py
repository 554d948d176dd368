"""HTML for elsewhere than a page."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from wirebird import render
from wirebird.components import button


def test_what_a_component_returned_is_html() -> None:
    html = render(button("Save <now>"))
    assert isinstance(html, Markup)
    assert "Save &lt;now&gt;</button>" in html


def test_lists_are_walked_and_markup_stays_as_it_is() -> None:
    assert render([Markup("<b>"), "<", Markup("</b>")]) == "<b>&lt;</b>"


def test_plain_text_is_taken_for_the_name_of_a_template_that_was_meant() -> None:
    with pytest.raises(TypeError, match=r"app\.render"):
        render("letter.html")
