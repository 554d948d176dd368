"""Components and macros that are called as they cannot be, and all the ways in which they can."""
# ruff: noqa: E501

from __future__ import annotations

import pytest

from tests.check.checked import Checked

PROPS = """
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from wirebird import LiveComponent, LiveView

@dataclass
class Part:
    label: str = ""
    size: int = 1

class Panel(LiveComponent[Part]):
    html = "<b></b>"

class Card(LiveComponent[Part]):
    html = "<b></b>"
    def update(self, title: str, *, wide: bool = False) -> None: ...

def badge(text: str, count: int | None = None, kind: Literal["info", "error"] = "info"):
    return text

def box(title: str = "", children: Any = None, **attributes: Any):
    return children

@dataclass
class State:
    name: str = ""

class OneView(LiveView[State]):
    template = "one.html"

def extend(app):
    app.components(Panel, Card, badge, box)
"""
WRONG_PROPS = {
    "{{ badge() }}": (4, "badge() lacks text: write badge(text=...)"),
    "{{ badge(name, conut=3) }}": (16, "badge() does not take conut: did you mean 'count'?"),
    "{{ badge(1, 2, 'info', 4) }}": (4, "badge() takes 3 arguments without a name"),
    "{{ badge(name, text='x') }}": (16, "badge() got text twice"),
    "{% call badge(text='x') %}y{% endcall %}": (9, "badge() takes no children"),
    "{{ badge(name, count='3') }}": (16, "badge(count='3'): count is int or None"),
    "{{ badge(name, kind='eror') }}": (
        16, "badge(kind='eror'): kind is 'info' or 'error': did you mean 'error'?"),
    "{{ badge(text=[]) }}": (10, "badge(text=[]): text is str"),
    "{{ ui.button('x', varient='quiet') }}": (
        19, "button() does not take varient: did you mean 'variant'?"),
    "{{ ui.button('x', variant='queit') }}": (19, "did you mean 'quiet'?"),
    "{{ ui.modal(title='x') }}": (7, "ui.modal() lacks id: write ui.modal(id=...)"),
    "{{ live_component(Panel, label='x') }}": (19, "Panel needs an id"),
    "{{ live_component(Panel, id='a', lable='x') }}": (34, "did you mean 'label'?"),
    "{{ live_component(Panel, id='a', size='x') }}": (34, "Panel(size='x'): size is int"),
    "{{ live_component(Card, id='a') }}": (19, "missing a required argument: 'title'"),
    "{{ live_component(Card, id='a', title='x', wdie=true) }}": (44, "did you mean 'wide'?"),
    "{{ live_component(Card, id='a', title='x', wide='no') }}": (44, "wide is bool"),
    "{% macro row(a, b=1) %}{{ a }}{{ b }}{% endmacro %}{{ row() }}": (
        55, "row() lacks a: write row(a=...)"),
    "{% macro row(a, big=1) %}{{ a }}{% endmacro %}{{ row(1, bog=2) }}": (
        57, "row() does not take bog: did you mean 'big'?"),
    "{% macro row(a) %}{{ a }}{% endmacro %}{{ row(1, 2) }}": (43, "row() takes 1 arguments, not 2"),
    "{% macro row(a) %}{{ a }}{% endmacro %}{{ row(1, a=2) }}": (50, "row() got a twice"),
    "{% macro row(a) %}{{ a }}{% endmacro %}{% call row(1) %}x{% endcall %}": (
        48, "row() shows no caller()"),
    "{% from 'macros.html' import row %}{{ row() }}": (39, "row() lacks song"),
}  # fmt: skip
MACROS = "{% macro row(song) %}<b>{{ song.title }}</b>{% endmacro %}"


@pytest.mark.parametrize("template", WRONG_PROPS)
def test_wrong_props_are_found_where_they_stand(template: str, checked: Checked):
    column, says = WRONG_PROPS[template]
    (found,) = checked(PROPS, one=f"\n{template}", macros=MACROS)
    assert (found.code, found.line, found.column) == ("WB401", 2, column), found
    assert says in found.message


RIGHT_PROPS = [
    "{{ badge(name) }}{{ badge(text=name, count=none) }}{{ badge(3, 4.5) }}{{ badge('x', kind=name) }}",
    "{{ badge(*[name]) }}{{ badge(**{'text': name}) }}{{ badge(**{'txt': name}) }}",
    "{{ box(phx_click='lv:clear-flash', data_x=1) }}{% call box(title='x') %}y{% endcall %}",
    "{% call(row) box() %}{{ row }}{% endcall %}{{ box(children=badge('x')) }}",
    "{{ live_component(Panel, id='a') }}{{ live_component(Panel, id=3, label=name, size=4) }}",
    "{% call live_component(Panel, id='a') %}x{% endcall %}",
    "{{ live_component(Card, id='a', title=name) }}{{ live_component(Card, id='b', **{}) }}",
    "{{ ui.button('x', class='a', phx_click='lv:clear-flash', data_a='b', aria_label='c', x_on='d') }}",
    "{{ ui.button('x', disabled=true, rel='next', autofocus=true) }}{{ ui.button(name, variant=name) }}",
    "{{ ui.input(name='a', type='text', placeholder='b', maxlength=3, required=true, label='c') }}",
    "{% call ui.dynamic_tag('ol', reversed=true) %}x{% endcall %}{{ ui.icon('star', class='a') }}",
    "{% call ui.modal(id='m', title='x', show=true) %}x{% endcall %}",
    "{% macro row(a) %}{% if a is defined %}{{ a }}{% endif %}{% endmacro %}{{ row() }}",
    "{% macro row(a) %}{{ a|default('x') }}{% endmacro %}{{ row() }}",
    "{% macro row(a, b) %}{% if a %}{{ b }}{% endif %}{% endmacro %}{{ row(false) }}",
    "{% macro row(a) %}{% set a = a|default('x') %}{{ a }}{% endmacro %}{{ row() }}",
    "{% macro row(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ row(1, 2, b=3) }}",
    "{% macro row(a) %}{{ caller(a) }}{% endmacro %}{% call(x) row(1) %}{{ x }}{% endcall %}",
    "{% macro row(a) %}{{ caller() }}{% endmacro %}{{ row(1, caller=row) }}",
    "{% macro row(a='x') %}{{ a }}{% endmacro %}{{ row() }}{{ row(*[1]) }}{{ row(**{'b': 1}) }}",
]


@pytest.mark.parametrize("template", RIGHT_PROPS)
def test_right_props_are_no_mistake(template: str, checked: Checked):
    assert checked(PROPS, one=template) == []
