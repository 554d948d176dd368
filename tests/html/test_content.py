"""What stands between tags shows the same on every Python."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import Any

import pytest
from markupsafe import Markup

from wirebird.components import ui
from wirebird.html.content import dynamic_of
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.tree import to_html


class Plant:
    def __str__(self) -> str:
        return "fern & moss"


SHOWN: list[tuple[Any, str]] = [
    (["a", "b"], "ab"),
    (("a", "<b>"), "a&lt;b&gt;"),
    ({"a"}, "a"),
    (frozenset({"a"}), "a"),
    (range(3), "012"),
    ({"a": 1, "b": 2}.keys(), "ab"),
    ({"a": 1, "b": 2}.values(), "12"),
    (deque([1, 2]), "12"),
    ((n for n in "xy"), "xy"),
    (map(str.upper, "xy"), "XY"),
    (iter([]), ""),
    ([None, True, False, "a", [1, (2,)]], "a12"),
    (None, ""),
    (True, ""),
    (1.5, "1.5"),
    (Decimal("1.50"), "1.50"),
    (Markup("<i>"), "<i>"),
    (Plant(), "fern &amp; moss"),
]


@pytest.mark.parametrize(("value", "expected"), SHOWN)
def test_a_value_is_shown_as_its_items_or_its_text(value: Any, expected: str):
    assert to_html(dynamic_of(value)) == expected


def test_a_component_in_jinja_shows_what_a_filter_yields():
    environment = TemplateEnvironment()
    environment.globals["ui"] = ui
    template = environment.inline('{{ ui.button(["a", "b"] | map("upper")) }}')
    assert ">AB</button>" in template.render({})
