"""A component gets what its tag holds, and says what does not fit before it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from string.templatelib import Template
from typing import Any

import pytest

from wirebird.html.errors import ComponentError
from wirebird.html.slots import Slot
from wirebird.html.tree import to_html
from wirebird.html.tstring.template import render_template


def html(template: Template) -> str:
    return to_html(render_template(template))


def Card(title: str, children: Slot, *, footer: Sequence[Slot] = ()) -> Template:
    return t"""
        <div><h1>{title}</h1>{children}{
        [t"<footer class={foot.attributes.get('class')}>{foot}</footer>" for foot in footer]
    }</div>
    """


def Seen(**attributes: Any) -> Template:
    return t"{repr(attributes):safe}"


def test_attributes_are_keyword_arguments_with_their_values() -> None:
    value = object()
    seen: dict[str, Any] = {}

    def Keep(**attributes: Any) -> str:
        seen.update(attributes)
        return ""

    more = {"e": [1]}
    html(t'<{Keep} a="x &amp; y" b={value} c="n {1}{None}" d :key={1} {more} />')
    assert seen == {"a": "x & y", "b": value, "c": "n 1", "d": True, "e": [1]}
    assert seen["b"] is value


def test_names_with_hyphens_fit_parameters_with_underscores() -> None:
    def Link(data_value: int, class_: str, **rest: Any) -> Template:
        return t"<a data-value={data_value} class={class_} {rest}></a>"

    assert html(t'<{Link} data-value={1} class="x" aria-label="y" />') == (
        '<a data-value="1" class="x" aria-label="y"></a>'
    )


def test_children_are_shown_where_the_component_puts_them() -> None:
    assert html(t"<{Card} title='T'><b>{1}</b></{Card}>") == "<div><h1>T</h1><b>1</b></div>"


def test_children_may_be_shown_twice_or_not_at_all() -> None:
    def Twice(children: Slot) -> Template:
        return t"{children}-{children}"

    def Never() -> Template:
        return t"never"

    assert html(t"<{Twice}>a</{Twice}><{Never}>b</{Never}>") == "a-anever"


def test_children_that_are_not_there_are_empty() -> None:
    def Optional(children: Slot | None = None) -> Template:
        return t"{'none' if children is None else 'some'}"

    assert html(t"<{Card} title='T' />") == "<div><h1>T</h1></div>"
    assert html(t"<{Card} title='T'>\n </{Card}>") == "<div><h1>T</h1></div>"
    assert html(t"<{Optional}/><{Optional}>x</{Optional}>") == "nonesome"


def test_named_slots_come_as_lists_with_their_attributes() -> None:
    page = html(
        t"""<{Card} title="T">
              a
              <:footer class="x">{1}</:footer>
              <:footer>b</:footer>
            </{Card}>"""
    )
    assert page.replace(" ", "").replace("\n", "") == (
        '<div><h1>T</h1>a<footerclass="x">1</footer><footer>b</footer></div>'
    )


def test_slots_take_arguments_by_functions_within_them() -> None:
    def Table(rows: list[int], col: list[Slot]) -> Template:
        return (
            t"<table>{[t'<tr>{[t"<td>{c(row)}</td>" for c in col]}</tr>' for row in rows]}</table>"
        )

    table = t"""<{Table} rows={[1, 2]}>
        <:col>{(lambda n: n + 1)}</:col>
        <:col>n<sup>2</sup>: {(lambda n: t"<b>{n * n}</b>")}</:col>
    </{Table}>"""
    assert html(table) == (
        "<table><tr><td>2</td><td>n<sup>2</sup>: <b>1</b></td></tr>"
        "<tr><td>3</td><td>n<sup>2</sup>: <b>4</b></td></tr></table>"
    )


def test_default_children_take_arguments_too() -> None:
    def Each(items: list[str], children: Slot) -> Template:
        return t"{[children(item) for item in items]}"

    assert html(t"<{Each} items={['<', 'b']}>{(lambda item: item)}</{Each}>") == "&lt;b"


@pytest.mark.parametrize(
    ("result", "page"),
    [
        (False, ""),
        ("", ""),
        ("<", "&lt;"),
        (3, "3"),
        ([t"<i>{1}</i>", "x"], "<i>1</i>x"),
        (t"<b></b>", "<b></b>"),
    ],
)
def test_a_component_may_return_whatever_can_be_shown(result: Any, page: str) -> None:
    def Any_() -> Any:
        return result

    assert html(t"<{Any_}/>") == page


def test_a_component_that_returns_nothing_is_an_error_that_names_it() -> None:
    def Card() -> None: ...

    class Panel:
        def __call__(self) -> None: ...

    with pytest.raises(ComponentError, match=r"<{Card}> returned None: end it with return t"):
        html(t"<p><{Card} /></p>")
    with pytest.raises(ComponentError, match=r"<{Panel}> returned None"):
        html(t"<p><{Panel}></{Panel}></p>")


def test_a_component_may_return_its_children() -> None:
    calls: list[int] = []

    def Count() -> str:
        calls.append(1)
        return "x"

    def Through(children: Slot) -> Slot:
        return children

    assert html(t"<{Through}><{Count}/></{Through}>") == "x"
    assert calls == [1]


def test_a_class_is_a_component_that_makes_its_markup_when_called() -> None:
    @dataclass
    class Box:
        children: Slot
        title: str = "T"

        def __call__(self) -> Template:
            return t"<i>{self.title}{self.children}</i>"

    assert html(t"<{Box}>a</{Box}>") == "<i>Ta</i>"


def test_a_bound_method_is_a_component() -> None:
    class View:
        name = "n"

        def badge(self, tone: str) -> Template:
            return t"<b class={tone}>{self.name}</b>"

    view = View()
    assert html(t"<{view.badge} tone='x' />") == '<b class="x">n</b>'


def test_a_class_given_twice_is_merged() -> None:
    assert html(t"<{Seen} class='a' class={['b']} />") == "{'class': 'a b'}"


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (t"<{Card} titel='x'>a</{Card}>", "<{Card} titel> has an attribute that"),
        (t"<{Card} titel='x'>a</{Card}>", "the component lacks: did you mean 'title'?"),
        (t"<{Card} title='x' zzz/>", "it takes children, footer, title"),
        (t"<{Card}>a</{Card}>", "<{Card}> lacks title: write <{Card} title={...}>"),
        (
            t"<{Card} title='x'><:foter>a</:foter></{Card}>",
            "<{Card} :foter> has a slot that the component lacks: did you mean 'footer'?",
        ),
        (t"<{Card} title='x' footer={1}><:footer>a</:footer></{Card}>", "got footer twice"),
        (t"<{Card} title='x' children={1}>a</{Card}>", "got children twice"),
        (t"<{3} />", "<{3}> is no component: 3 is a int, and a component is a function or a class"),
    ],
)
def test_what_does_not_fit_names_the_component_and_the_remedy(
    template: Template, problem: str
) -> None:
    with pytest.raises(ComponentError) as error:
        html(template)
    assert problem in str(error.value)
    assert isinstance(error.value, TypeError)


def test_parameters_without_names_are_refused() -> None:
    def Bad(a: int, /) -> Template:
        return t"{a}"

    with pytest.raises(ComponentError, match=r"take the / out"):
        html(t"<{Bad} />")


def test_the_closing_tag_must_name_the_same_component() -> None:
    with pytest.raises(TypeError, match=r"<\{Card\}> is closed by </\{Seen\}>"):
        html(t"<{Card} title='x'>a</{Seen}>")


def test_a_mistake_within_a_component_is_not_taken_for_a_wrong_call() -> None:
    def Broken() -> Template:
        raise TypeError("inside")

    with pytest.raises(TypeError, match="inside") as error:
        html(t"<{Broken}/>")
    assert not isinstance(error.value, ComponentError)
