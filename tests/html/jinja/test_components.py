"""Function components in Jinja, and Jinja's macros as functions."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pytest
from markupsafe import Markup

from wirebird import LiveView, Wirebird
from wirebird.html.content import content, dynamic_of
from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment
from wirebird.html.jinja.components import JinjaComponent, load_macros
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.slots import Slot
from wirebird.html.tree import Comprehension, Statics, to_html

_CARD = Statics(("<div>", "", "</div>"), True, "card")
MACROS = """
{% macro card(title, tone="plain", footer=none) %}
<div class="{{ tone }}"><h2>{{ title }}</h2>{{ caller() }}
{%- if footer %}<footer>{{ footer }}</footer>{% endif %}
</div>
{%- endmacro %}
{% macro badge(text) %}<b>{{ text }}</b>{% endmacro %}
{% macro rows(items) %}{% for item in items %}{{ caller(item) }}{% endfor %}{% endmacro %}
{% macro _own() %}{% endmacro %}
"""


def card(title: str, children: Any = None, **attributes: Any) -> Fragment:
    extra = " ".join(f"{name}={value}" for name, value in attributes.items())
    return Fragment((_CARD, f"{title} {extra}".strip(), dynamic_of(content(children))))


@pytest.fixture
def environment() -> TemplateEnvironment:
    environment = TemplateEnvironment()
    environment.globals["card"] = JinjaComponent(card, "card")
    return environment


def test_a_function_is_called_as_a_component(environment: TemplateEnvironment) -> None:
    html = environment.inline('{{ card(title="<A>") }}{{ card("B") }}').render()
    assert html == "<div>&lt;A&gt;</div><div>B</div>"


def test_a_body_is_its_children(environment: TemplateEnvironment) -> None:
    source = "{% call card(title=name) %}<i>{{ name }}</i>{% endcall %}"
    assert environment.inline(source).render(name="<x>") == ("<div>&lt;x&gt;<i>&lt;x&gt;</i></div>")


def test_components_nest_and_keep_their_trees(environment: TemplateEnvironment) -> None:
    source = (
        "{% set inner %}{% call card('inner') %}{{ n }}{% endcall %}{% endset %}"
        "{% call card('outer') %}{{ inner }}{% endcall %}"
    )
    template = environment.inline(source)
    first, second = template.tree({"n": 1}), template.tree({"n": 2})
    assert to_html(first) == "<div>outer<div>inner1</div></div>"

    def statics(tree: Any) -> list[Statics]:
        if not isinstance(tree, tuple) or not isinstance(tree[0], Statics):
            return []
        return [tree[0], *(each for part in tree[1:] for each in statics(part))]

    assert [id(each) for each in statics(first)] == [id(each) for each in statics(second)]
    assert statics(first).count(_CARD) == 2


def test_names_that_it_lacks_are_attributes_with_hyphens(environment: TemplateEnvironment) -> None:
    html = environment.inline('{{ card("A", phx_click="x", class="c", for="y") }}').render()
    assert html == "<div>A phx-click=x class=c for=y</div>"


@pytest.mark.parametrize(
    ("component", "source", "problem"),
    [
        (lambda title: title, "{{ it() }}", r"it\(\) lacks title: write it\(title=\.\.\.\)"),
        (lambda title: title, "{{ it(titel='x') }}", r"does not take titel: did you mean 'title'"),
        (lambda title: title, "{{ it('a', title='b') }}", r"it\(\) got title twice"),
        (lambda title: title, "{{ it('a', 'b') }}", r"takes 1 arguments without a name \(title\)"),
        (lambda title: title, "{% call it('a') %}x{% endcall %}", r"takes no children"),
        (
            lambda children: children,
            "{% call it(children='x') %}y{% endcall %}",
            r"got children twice",
        ),
    ],
)
def test_what_does_not_fit_is_an_error_that_names_the_component(
    environment: TemplateEnvironment, component: Any, source: str, problem: str
) -> None:
    environment.globals["it"] = JinjaComponent(component, "it")
    with pytest.raises(ComponentError, match=problem):
        environment.inline(source).render()


def test_an_unknown_name_as_an_argument_is_an_error(environment: TemplateEnvironment) -> None:
    for source in ("{{ card(titel) }}", "{{ card(title=titel) }}"):
        with pytest.raises(jinja2.UndefinedError, match="'titel' is undefined"):
            environment.inline(source).render()


@dataclass
class Nothing:
    pass


class MistakenView(LiveView[Nothing]):
    html = "<p>\n{{ card() }}\n</p>"


async def test_the_error_tells_the_place_of_the_call(
    make_app: Callable[..., Wirebird],
) -> None:
    from wirebird.html.jinja.environment import TreeTemplate
    from wirebird.live.render_errors import note_place

    app = make_app()
    app.components(card)
    template: TreeTemplate = app.templates.inline(MistakenView.html or "", "mistaken.html")
    with pytest.raises(ComponentError) as caught:
        template.tree({})
    note_place(caught.value, MistakenView)
    assert "mistaken.html, line 2: {{ card() }}" in "".join(caught.value.__notes__)


@pytest.mark.parametrize(
    ("result", "html"),
    [
        ("<text>", "&lt;text&gt;"),
        (Markup("<b>x</b>"), "<b>x</b>"),
        (["a", Markup("<br>"), None, 3], "a<br>3"),
        ((_CARD, "a", "b"), "<div>ab</div>"),
        (Comprehension(_CARD, [("a", "b")]), "<div>ab</div>"),
        (Slot({}, lambda: (_CARD, "a", "b")), "<div>ab</div>"),
        (False, ""),
        (0, "0"),
        (1.5, "1.5"),
    ],
)
def test_whatever_shows_something_may_be_returned(
    environment: TemplateEnvironment, result: Any, html: str
) -> None:
    environment.globals["it"] = JinjaComponent(lambda: result, "it")
    assert environment.inline("{{ it() }}").render() == html


def test_a_component_that_returns_nothing_is_an_error(environment: TemplateEnvironment) -> None:
    environment.globals["it"] = JinjaComponent(lambda: None, "it")
    with pytest.raises(ComponentError, match=r"it\(\) returned None: end it with return"):
        environment.inline("{{ it() }}").render()


@dataclass
class Greeting:
    """A component that is a class."""

    name: str

    def __call__(self) -> str:
        return f"Hello {self.name}"


def test_a_class_is_a_component_too(environment: TemplateEnvironment) -> None:
    environment.globals["Greeting"] = JinjaComponent(Greeting, "Greeting")
    assert environment.inline("{{ Greeting(name='Ada') }}").render() == "Hello Ada"


def test_nothing_was_given_when_it_shows_nothing() -> None:
    for nothing in (None, False, "", [], Slot()):
        assert content(nothing) is None
    for something in ("x", 0, Markup("<br>"), ["a"], Slot({}, lambda: (_CARD, "a", "b"))):
        assert content(something) is not None


def test_the_application_knows_components_by_their_names(make_app: Any) -> None:
    app = make_app()
    app.components(card)
    app.components(card)
    with pytest.raises(ValueError, match="already know 'card'"):
        app.components(type("card", (), {}))


# Macros as functions


@pytest.fixture
def macros(tmp_path: Path) -> Any:
    (tmp_path / "cards.html").write_text(MACROS)
    return load_macros(TemplateEnvironment([tmp_path]), "cards.html")


def html_of(shown: Any) -> str:
    return to_html(shown.__tree__)


def test_a_macro_is_a_function(macros: Any) -> None:
    assert html_of(macros.badge("<x>")) == "<b>&lt;x&gt;</b>"
    assert html_of(macros.card(title="T", children="<x>")) == (
        '<div class="plain"><h2>T</h2>&lt;x&gt;</div>'
    )
    assert html_of(macros.card("T", tone="loud", footer=Markup("<i>f</i>"))) == (
        '<div class="loud"><h2>T</h2><footer><i>f</i></footer></div>'
    )


def test_its_statics_are_the_same_each_time(macros: Any) -> None:
    assert macros.badge("a").__tree__[0] is macros.badge("b").__tree__[0]


def test_slots_reach_the_caller_with_arguments(macros: Any) -> None:
    rows = Slot({}, lambda item: (_CARD, str(item), ""))
    assert html_of(macros.rows(items=[1, 2], children=rows)) == "<div>1</div><div>2</div>"


def test_named_slots_are_shown_by_their_name(macros: Any) -> None:
    footer = [Slot({}, lambda: (_CARD, "a", "")), Slot({}, lambda: (_CARD, "b", ""))]
    shown = html_of(macros.card(title="T", footer=footer))
    assert "<footer><div>a</div><div>b</div></footer>" in shown


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda macros: macros.card(), r"card\(\) of cards\.html: missing a required argument"),
        (lambda macros: macros.card("T", titel=1), r"unexpected keyword argument 'titel'"),
        (lambda macros: macros.badge("T", children="x"), r"badge\(\) of cards\.html"),
    ],
)
def test_a_macro_refuses_what_it_does_not_take(macros: Any, call: Any, problem: str) -> None:
    with pytest.raises(ComponentError, match=problem):
        call(macros)


def test_an_unknown_macro_is_an_error_that_says_what_was_meant(macros: Any) -> None:
    with pytest.raises(
        AttributeError, match=r"cards\.html has no macro 'bage': did you mean 'badge'"
    ):
        _ = macros.bage
    assert dir(macros) == ["badge", "card", "rows"]


def test_a_file_that_is_not_there_is_an_error(make_app: Any) -> None:
    with pytest.raises(jinja2.TemplateNotFound):
        make_app().macros("none.html")


def test_a_changed_file_is_read_anew_in_development(tmp_path: Path) -> None:
    import os

    file = tmp_path / "m.html"
    file.write_text("{% macro a() %}one{% endmacro %}")
    macros = load_macros(TemplateEnvironment([tmp_path], auto_reload=True), "m.html")
    assert html_of(macros.a()) == "one"
    file.write_text("{% macro a(n) %}two {{ n }}{% endmacro %}")
    later = time.time() + 5
    os.utime(file, (later, later))
    assert html_of(macros.a(2)) == "two 2"


def test_asking_whether_a_piece_shows_anything_makes_no_text_of_it() -> None:
    class Component:
        def write_html(self, write: Any) -> None:
            raise AssertionError("it was asked for its text")

    empty = Statics(("", ""), source="empty")
    assert Fragment((_CARD, "", ""))
    assert Fragment((empty, Component()))
    assert Fragment(Comprehension(empty, [("",), ("x",)]))
    assert not Fragment((empty, ""))
    assert not Fragment("")
    assert not Fragment(Comprehension(empty, [("",)]))
    assert not Fragment(("",))
