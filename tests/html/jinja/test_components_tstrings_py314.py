"""Components across the languages: t-string components in Jinja, Jinja's macros in t-strings."""

from __future__ import annotations

from pathlib import Path
from string.templatelib import Template
from typing import Any

import pytest

from tests.html import client_tree
from tests.html.jinja.test_components import MACROS
from wirebird.components import button, col, description_list, modal, table
from wirebird.components import input as field
from wirebird.html.differ import Message
from wirebird.html.errors import ComponentError
from wirebird.html.jinja.components import JinjaComponent, load_macros
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.tree import to_html
from wirebird.html.tstring.template import render_template


def card(title: str, children: Any = None, footer: Any = None, **attributes: Any) -> Template:
    foot = t"<footer>{footer}</footer>" if footer else None
    return t"<div {attributes}><h2>{title}</h2>{children}{foot}</div>"


def people(names: list[str], row: Any) -> Template:
    return t"<ul>{[t'<li>{row(name)}</li>' for name in names]}</ul>"


@pytest.fixture
def environment(tmp_path: Path) -> TemplateEnvironment:
    (tmp_path / "cards.html").write_text(MACROS)
    environment = TemplateEnvironment([tmp_path])
    for component in (card, people):
        environment.globals[component.__name__] = JinjaComponent(component, component.__name__)
    return environment


def shown(template: Template) -> str:
    return to_html(render_template(template))


def test_a_t_string_component_is_used_in_jinja(environment: TemplateEnvironment) -> None:
    source = (
        "{% set footer %}<i>{{ name }}</i>{% endset %}"
        "{% call card(title=name, footer=footer, phx_click='x', class='c') %}<b>{{ name }}</b>"
        "{% endcall %}"
    )
    assert environment.inline(source).render(name="<x>") == (
        '<div phx-click="x" class="c"><h2>&lt;x&gt;</h2><b>&lt;x&gt;</b>'
        "<footer><i>&lt;x&gt;</i></footer></div>"
    )


def test_a_macro_is_a_slot_with_arguments(environment: TemplateEnvironment) -> None:
    source = "{% macro one(n) %}<b>{{ n }}</b>{% endmacro %}{{ people(names, row=one) }}"
    assert environment.inline(source).render(names=["<a>", "b"]) == (
        "<ul><li><b>&lt;a&gt;</b></li><li><b>b</b></li></ul>"
    )


def test_a_change_within_it_is_sent_alone(environment: TemplateEnvironment) -> None:
    template = environment.inline("{% call card(title='T') %}<b>{{ n }}</b>{% endcall %}")
    before, after = template.tree({"n": "one"}), template.tree({"n": "two"})
    first, message = Message(), Message()
    client = client_tree.apply(None, first.finish(first.full(before)))
    client_tree.to_html(client)
    diff = message.finish(message.diff(before, after) or {})
    assert "p" not in diff
    assert "s" not in str(diff)
    assert client_tree.to_html(client_tree.apply(client, diff)) == to_html(after)


def test_a_macro_is_a_component_in_a_t_string(environment: TemplateEnvironment) -> None:
    macros = load_macros(environment, "cards.html")
    assert shown(t"{macros.badge('<x>')}") == "<b>&lt;x&gt;</b>"
    name = "<x>"
    assert shown(
        t"<{macros.card} title={name}><b>{name}</b><:footer>{name}</:footer></{macros.card}>"
    ) == ('<div class="plain"><h2>&lt;x&gt;</h2><b>&lt;x&gt;</b><footer>&lt;x&gt;</footer></div>')


def test_a_macro_calls_back_with_arguments(environment: TemplateEnvironment) -> None:
    macros = load_macros(environment, "cards.html")
    assert shown(t"<{macros.rows} items={[1, 2]}>{(lambda n: n * 10)};</{macros.rows}>") == "10;20;"


def test_a_macro_s_signature_is_checked_in_the_tag(environment: TemplateEnvironment) -> None:
    macros = load_macros(environment, "cards.html")
    with pytest.raises(ComponentError, match="lacks title"):
        shown(t"<{macros.card}>x</{macros.card}>")
    with pytest.raises(ComponentError, match="did you mean 'title'"):
        shown(t"<{macros.card} titel='x' />")


# The library in t-strings


def test_the_library_is_used_in_t_strings() -> None:
    assert shown(t"<{button} variant='primary' phx-click='go' class='wide'>Go</{button}>") == (
        '<button type="button" class="wb-button wb-button-primary wide" phx-click="go">Go</button>'
    )
    assert shown(t"{button('Go')}") == shown(t"<{button}>Go</{button}>")
    assert 'for="a"' in shown(t"<{field} name='a' label='A' phx-debounce='blur' />")


def test_columns_and_items_are_slots() -> None:
    class Row:
        id, title = 1, "<x>"

    as_slots = shown(
        t"<{table} id='t' rows={[Row()]}><:col label='Title'>{(lambda row: row.title)}</:col>"
        t"<:action>{(lambda row: button('Go'))}</:action></{table}>"
    )
    by_calls = shown(
        t"{table([Row()], id='t', col=[col('Title', 'title')], action=lambda row: button('Go'))}"
    )
    assert as_slots == by_calls
    assert shown(t"<{description_list}><:item title='A'>1</:item></{description_list}>") == shown(
        t"{description_list([('A', 1)])}"
    )


def test_slots_of_a_modal() -> None:
    html = shown(
        t"<{modal} id='m'>x<:title>T</:title><:footer><{button}>OK</{button}></:footer></{modal}>"
    )
    assert 'class="wb-modal-title">T</h2>' in html
    assert 'class="wb-modal-footer"><button' in html
