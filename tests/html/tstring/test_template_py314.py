"""t-strings become render trees: tdom's conventions, safe values, statics that never change."""

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from ipaddress import ip_network
from string.templatelib import Interpolation, Template
from typing import Any

import pytest
import tdom  # pyright: ignore[reportMissingImports]
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from tests.html.client_tree import apply
from tests.html.client_tree import to_html as page
from wirebird.html.differ import Message
from wirebird.html.errors import MarkupError
from wirebird.html.escaping import UnsafeMarkup
from wirebird.html.rendering import render
from wirebird.html.tojson import tojson
from wirebird.html.tree import Comprehension, Statics, to_html
from wirebird.html.tstring.template import render_template


def html(template: Template) -> str:
    return to_html(render_template(template))


def test_a_template_is_html_where_there_is_no_page() -> None:
    assert render(t"<p>{'<'}</p>") == "<p>&lt;</p>"
    assert isinstance(render(t"<p></p>"), Markup)


text = '<a> & "b"'
none = None
names = {"on": True, "off": False}
styles = {"color": "red", "margin": None}
numbers = {"user-id": 1, "open": True, "shut": False, "none": None}
labels = {"label": "x", "hidden": True, "busy": False}
more = {"id": "m", "class": ["c", "d"], "hidden": True, "data": {"z": 1}}


def link(href: str, children: Any, **rest: Any) -> Template:
    return t"<a href={href} {rest}>{children}</a>"


@pytest.mark.parametrize(
    "template",
    [
        t"<p>{text}</p>",
        t"<p>{True}{False}{None}{0}{1.5}</p>",
        t"<p>{text and t'<b>{text}</b>'}</p>",
        t"<p>{none and t'<b>{text}</b>'}</p>",
        t"<ul>{[t'<li>{n}</li>' for n in range(3)]}</ul>",
        t"<ul>{(t'<li>{n}</li>' for n in range(3))}</ul>",
        t"<p>{[1, ['a', (t'<b>{2}</b>', None)], 'c']}</p>",
        t"<p>{Markup('<b>')}{'<b>':safe}{Markup('<b>'):unsafe}</p>",
        t"<p>{3.14159:.2f} {text!r} {7:04d} {text!s:>20}</p>",
        t"<p>{(lambda: text):callback}</p>",
        t"<a href={text}></a>",
        t"<a href='{text}'></a>",
        t'<a href="/x/{1}?q={text}"></a>',
        t"<input value={0} disabled={True} checked={False} name={None} />",
        t"<p title='a {1} {text}'></p>",
        t"<p class={'a b'}></p>",
        t"<p class={['a', None, 'b c']}></p>",
        t"<p class={names}></p>",
        t"<p class={''} id={''}></p>",
        t"<p class='a off' class={names}></p>",
        t"<p class='a {text}' class={names}></p>",
        t"<p style={styles}></p>",
        t"<p style='top: 0; color: blue' style={styles}></p>",
        t"<p data={numbers} aria={labels}></p>",
        t"<p data={numbers} data-user-id='2'></p>",
        t"<p data-user-id='2' data={numbers}></p>",
        t"<p {more}></p>",
        t"<p id='first' class='a' title='t &amp; u' {more}></p>",
        t"<p {more} id='last' class='a'></p>",
        t"<p {more} { {'id': 'n'} } {None}></p>",
        t"<{link} href='/a &amp; b' target='_blank' class='x'><b>{text}</b></{link}>",
        t"<{link} href={text} { {'id': 1} } />",
        t"<style>.a {{ width: {12}px; top: {1.5}em }}</style>",
        t"<script>go({1}, {2.5}){True}{False}{None}</script>",
        t"<script>{3}</script><style>{True}</style>",
        t"<p>{[t'<a>{n}</a> ' for n in 'ab']}</p>",
        t"<pre>{[t'{n}\n' for n in 'ab']}</pre>",
        t"<{link} href='/'> a\n </{link}> b",
        t"<title>{text}</title>",
        t"<textarea>{text}</textarea>",
        t"<div/><br/><br>",
        t"<p>1 < 2 &amp; 3</p>",
        t"{'a'}{t'{t"{text}"}'}",
    ],
    ids=lambda template: "{}".join(template.strings),
)
def test_a_template_looks_as_tdom_makes_it(template: Template) -> None:
    # Generators can be walked once, so each side gets the template anew through its values.
    values = [list(v) if hasattr(v, "__next__") else v for v in template.values]
    again = _with_values(template, values)
    expected = tdom.html(again).replace(" />", ">")
    assert _same_quotes(html(again)) == expected


def _with_values(template: Template, values: list[Any]) -> Template:
    parts: list[Any] = [template.strings[0]]
    for hole, value, string in zip(
        template.interpolations, values, template.strings[1:], strict=True
    ):
        parts += [Interpolation(value, hole.expression, hole.conversion, hole.format_spec), string]
    return Template(*parts)


def _same_quotes(markup: str) -> str:
    # Quotes of the author's stay as they are here; tdom writes them anew.
    return markup.replace("='", '="').replace("'>", '">').replace("' ", '" ')


def test_the_attribute_of_a_value_is_one_dynamic_and_absent_when_it_is_off() -> None:
    def tree(value: Any) -> Any:
        return render_template(t"<p title={value}></p>")

    assert tree("x") == (tree("y")[0], (' title="x"',))
    assert tree(None)[1] == tree(False)[1] == ("",)
    assert tree(True)[1] == (" title",)


def test_a_value_with_text_around_is_a_dynamic_by_itself() -> None:
    tree = render_template(t"""<p class="a {"b"}" id='row-{7}'>{"<"}</p>""")
    assert tree[0].strings == ('<p class="a ', "\" id='row-", "'>", "</p>")
    assert tree[1:] == ("b", 7, "<")


def test_statics_belong_to_the_place_in_the_code() -> None:
    def row(value: Any, **attributes: Any) -> Any:
        return render_template(t"<p {attributes} class={value}>{value}</p>")

    statics = row("1")[0]
    for tree in (row("x"), row(None), row(["1", "2"]), row("2", hidden=True, title="<")):
        assert tree[0] is statics


@pytest.mark.parametrize(
    ("template", "root"),
    [
        (t"<p>{1}</p>", True),
        (t"\n  <p>{1}</p>\n ", True),
        (t"\n  <b>{1}</b>\n ", True),
        (t"  ", False),
        (t"<input value={1}>", True),
        (t"<p></p><p></p>", False),
        (t"<p></p> a", False),
        (t"a <p></p>", False),
        (t"{1}", False),
        (t"<p></p>{1}", False),
        (t"<!-- a --><p></p>", False),
    ],
)
def test_a_root_is_exactly_one_element(template: Template, root: bool) -> None:
    assert render_template(template)[0].root is root


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (t"\n   <p>a</p>\n  ", "<p>a</p>"),
        (t"  <li>a</li> <li>b</li>\n", "<li>a</li> <li>b</li>"),
        (t"\n  <p>a</p> b\n", "<p>a</p> b\n"),
        (t"\n  <TR></TR>\n", "<TR></TR>"),
        (t"\n   <b>a</b>\n  ", "\n   <b>a</b>\n  "),
        (t"<a>a</a> ", "<a>a</a> "),
        (t"\n  a\n", "\n  a\n"),
        (t" and {1} ", " and 1 "),
        (t"{1}\n", "1\n"),
        (t"<p>\n  a\n</p>", "<p>\n  a\n</p>"),
        (t"  ", "  "),
    ],
)
def test_white_space_at_a_template_s_edges_goes_only_beside_the_tag_of_a_block(
    template: Template, expected: str
) -> None:
    assert html(template) == expected


def test_white_space_at_the_edges_of_a_loop_s_rows_stays() -> None:
    names = ["one", "two"]
    assert html(t"<p>{[t'<a>{name}</a> ' for name in names]}</p>") == (
        "<p><a>one</a> <a>two</a> </p>"
    )
    assert html(t"<pre>{[t'{name}\n' for name in names]}</pre>") == "<pre>one\ntwo\n</pre>"
    assert html(t"<ul>{[t'\n  <li>{name}</li>\n' for name in names]}</ul>") == (
        "<ul><li>one</li><li>two</li></ul>"
    )


def test_white_space_at_the_edges_of_children_stays() -> None:
    def Bold(children: Any, note: Any = None) -> Template:
        return t"<b>{children}</b>{note}"

    assert html(t"<{Bold}> a\n</{Bold}>!") == "<b> a\n</b>!"
    assert html(t"<{Bold}>\n<p>a</p>\n</{Bold}>") == "<b><p>a</p></b>"
    assert html(t"<{Bold}>\n<p>a</p>\n<:note> n </:note>\n</{Bold}>") == "<b><p>a</p></b> n "


class Colour(Enum):
    RED = "r"


@dataclass
class Money:
    amount: int

    def __iter__(self) -> Any:
        return iter([self.amount])

    def __str__(self) -> str:
        return f"{self.amount} <EUR>"


class Bag:
    def __iter__(self) -> Any:
        return iter(["a", t"<b>{1}</b>"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Colour.RED, "Colour.RED"),
        (Money(3), "3 &lt;EUR&gt;"),
        (Bag(), "a<b>1</b>"),
        (deque(["a", "b"]), "ab"),
        (ip_network("10.0.0.0/8"), "10.0.0.0/8"),
        (map(str, range(2)), "01"),
        ((), ""),
        (("<b>",), "&lt;b&gt;"),
        ((Statics(("<b>", "</b>")), "x"), "<b>x</b>"),
        (Comprehension(Statics(("<b>", "</b>")), [("x",), ("y",)]), "<b>x</b><b>y</b>"),
    ],
)
def test_a_child_is_shown_as_what_it_is(value: Any, expected: str) -> None:
    assert html(t"<p>{value}</p>") == f"<p>{expected}</p>"


def test_markup_trees_of_the_other_language_are_children() -> None:
    class Fragment:
        __tree__ = (Statics(("<b>", "</b>")), "x")

    assert html(t"<p>{Fragment()}{[Fragment(), Fragment()]}</p>") == "<p>" + "<b>x</b>" * 3 + "</p>"


def test_a_function_cannot_be_shown() -> None:
    with pytest.raises(TypeError, match="the function len cannot be shown: call it"):
        html(t"<p>{len}</p>")


class Person:
    pass


person = Person()


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (t"<p>{person}</p>", "a Person has no text"),
        (t"<p>{ {'a': 1} }</p>", "a dict has no text"),
        (t"<p>{b'x'}</p>", "bytes has no text"),
        (t"<p>{[person]}</p>", "a Person has no text"),
        (t"<title>{person}</title>", "<title> takes text: a Person has no text"),
        (t"<textarea>{ {'a': 1} }</textarea>", "<textarea> takes text: a dict has no text"),
        (t"<!-- {person} -->", "a comment takes text: a Person has no text"),
        (t"<p title={person}></p>", "title takes text: a Person has no text"),
        (t"<p title='a {person}'></p>", "title takes text: a Person has no text"),
        (t"<p title='a' { {'id': [1]} }></p>", "id takes text: a list has no text"),
        (t"<a href={person}></a>", "href takes text: a Person has no text"),
        (t"<a href='/{person}'></a>", "href takes text: a Person has no text"),
        (t"<p data={person}></p>", "data takes text: a Person has no text"),
        (t"<p data={ {'x': [1]} }></p>", "data-x takes text: a list has no text"),
        (t"<p aria={ {'label': person} }></p>", "aria-label takes text: a Person has no text"),
        (t"<p style={ {'top': person} }></p>", "style: top takes text: a Person has no text"),
        (t"<p style='top: {person}'></p>", "style takes text: a Person has no text"),
        (t"<p style={person}></p>", "style takes strings and dicts"),
        (t"<p class='a {person}'></p>", "class takes strings"),
        (t"<{link} href='/{person}' />", "href takes text: a Person has no text"),
    ],
    ids=lambda value: "{}".join(value.strings) if isinstance(value, Template) else "",
)
def test_a_repr_is_never_on_the_page(template: Template, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        html(template)


def test_an_error_says_which_value_of_which_template_it_is_about() -> None:
    with pytest.raises(TypeError) as caught:
        html(t"<main>{t'<p>{person}</p>'}</main>")
    assert caught.value.__notes__ == ["while rendering the t-string '<p>{...}</p>', in {person}"]


def test_a_conversion_is_asked_for() -> None:
    values = [1]
    assert html(t"<p>{values!r}{b'x'!s}</p>") == "<p>[1]b&#39;x&#39;</p>"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (t"<p class='col-{5}'></p>", "col-5"),
        (t"<p class='w-{1.5} a'></p>", "w-1.5 a"),
        (t"<p class='col-{5}' { {} }></p>", "col-5"),
        (t"<p class='col-{5}' class={ {'a': True} }></p>", "col-5 a"),
    ],
    ids=repr,
)
def test_a_number_is_a_part_of_a_class_s_name(template: Template, expected: str) -> None:
    assert _same_quotes(html(template)) == f'<p class="{expected}"></p>'


def test_data_for_a_script_is_json_that_cannot_end_it() -> None:
    data = {"a": "</script><b>", "b": [1, None, True]}
    markup = html(t"<script>const data = {tojson(data)};</script>")
    source = markup.removeprefix("<script>const data = ").removesuffix(";</script>")
    assert "<" not in source
    assert json.loads(source) == data
    assert html(t"<script>{tojson([date(2026, 1, 2)])}</script>") == (
        '<script>["2026-01-02"]</script>'
    )
    assert html(t"<p data-all={tojson('a"b')}></p>") == '<p data-all="&#34;a\\&#34;b&#34;"></p>'


def test_an_event_handler_is_its_event() -> None:
    class View:
        def increment(self) -> None: ...

        increment.__wirebird_event__ = "inc"  # type: ignore[attr-defined]

    view = View()
    assert html(t"<b phx-click={view.increment} phx-blur='{view.increment}'></b>") == (
        '<b phx-click="inc" phx-blur="inc"></b>'
    )
    assert html(t"<b id='x-{view.increment}'></b>") == "<b id='x-inc'></b>"


def test_markup_in_an_attribute_cannot_end_it() -> None:
    command = Markup("[[\"push\",{'a':1}]]")
    expected = "[[&#34;push&#34;,{&#39;a&#39;:1}]]"
    assert html(t"<b phx-click={command} id='a {command}'></b>") == (
        f"<b phx-click=\"{expected}\" id='a {expected}'></b>"
    )


@pytest.mark.parametrize(
    "template",
    [
        t"<a href={'javascript:x()'}></a>",
        t'<a href="{"javascript"}:x()"></a>',
        t'<a href="{"java"}{"script:x()"}"></a>',
        t'<a href=" {"javascript:x()"}"></a>',
        t"<a { {'href': 'javascript:x()'} }></a>",
        t"<a { {'id': 1} } href='{'javascript:'}x()'></a>",
        t"<object data={'javascript:x()'}></object>",
    ],
    ids=repr,
)
def test_a_url_that_would_run_is_blocked(template: Template) -> None:
    assert "script" not in html(template)
    assert "about:invalid#blocked" in html(template)


@pytest.mark.parametrize(
    "template",
    [
        t"<a onclick={text}></a>",
        t"<a onclick='go({text})'></a>",
        t"<a onclick='go({Markup('1')}, {2})'></a>",
        t"<a { {'onclick': 'x'} }></a>",
        t"<iframe srcdoc={text}></iframe>",
        t"<script>{text}</script>",
        t"<style>p {text}</style>",
    ],
    ids=repr,
)
def test_a_value_that_would_run_as_code_is_refused(template: Template) -> None:
    with pytest.raises(UnsafeMarkup):
        html(template)


def test_trusted_code_stands() -> None:
    code = Markup("go(1)")
    assert html(t"<script>{code}</script><a onclick={code} onblur='x({code})'></a>") == (
        '<script>go(1)</script><a onclick="go(1)" onblur="x(go(1))"></a>'
    )


def test_the_authors_own_code_beside_spread_attributes_stands() -> None:
    assert html(t"""<a onclick="go('x')" href="javascript:1" { {"id": 1} }></a>""") == (
        '<a onclick="go(&#39;x&#39;)" href="javascript:1" id="1"></a>'
    )


def test_a_style_value_is_looked_at_alone() -> None:
    assert html(t'<p style="top: {1}px; color: {"url(x)"}"></p>') == (
        '<p style="top: 1px; color: /*blocked*/"></p>'
    )


def test_a_value_in_a_comment_cannot_end_it() -> None:
    assert html(t"<!-- {'--><b>'}{None} -->") == "<!-- --&gt;&lt;b&gt; -->"


@pytest.mark.parametrize(
    "template",
    [t"<title>{t'<b></b>'}</title>", t"<textarea>{[1]}</textarea>", t"<!-- {t'a'} -->"],
    ids=repr,
)
def test_only_text_stands_where_there_is_no_markup(template: Template) -> None:
    with pytest.raises(TypeError, match="only text"):
        html(template)


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (t"<p title={t'x'}></p>", "title takes text, not a piece of a template"),
        (t"<p {'title'}></p>", "takes a dict of attributes, not 'title'"),
        (t"<p aria={'x'}></p>", "aria takes a dict"),
        (t"<p class={3}></p>", "class takes strings"),
    ],
)
def test_a_wrong_value_for_an_attribute_is_an_error(template: Template, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        html(template)


def test_a_mistake_is_reported_at_every_render() -> None:
    def broken() -> Template:
        return t"<p>{1}"

    for _ in range(2):
        with pytest.raises(MarkupError, match="<p> is never closed"):
            render_template(broken())


def loop(template: Template) -> Any:
    (found,) = [part for part in render_template(template)[1:] if type(part) is Comprehension]
    return found


def test_a_list_of_one_template_is_rows_of_its_values() -> None:
    rows = loop(t"<ul>{[t'<li>{n}-{"x"}</li>' for n in range(2)]}</ul>")
    assert rows.statics.strings == ("<li>", "-", "</li>")
    assert (rows.rows, rows.key) == ([(0, "x"), (1, "x")], None)


def test_a_keyed_list_has_its_keys_behind_its_values() -> None:
    rows = loop(t"<ul>{[t'<li :key={n} class="a">{n}</li>' for n in ('a', 2, 2.5, None)]}</ul>")
    assert rows.statics.strings == ('<li class="a">', "</li>")
    assert [row[rows.key] for row in rows.rows] == ["a", 2, "2.5", "None"]
    assert html(t"{[t'<li :key="k-{n}">{n}</li>' for n in (1, 2)]}") == "<li>1</li><li>2</li>"


def test_a_component_in_a_list_can_be_keyed() -> None:
    def Item(n: int) -> Template:
        return t"<li>{n}</li>"

    rows = loop(t"<ul>{[t'<{Item} :key={n} n={n} />' for n in (1, 2)]}</ul>")
    assert [row[rows.key] for row in rows.rows] == [1, 2]


def test_a_key_outside_a_list_is_ignored() -> None:
    assert html(t"<p :key={1}>{2}</p>") == "<p>2</p>"


def test_a_mixed_list_keeps_the_keys_that_it_has() -> None:
    items = [t"<li :key={1}>{1}</li>", t"<li :key={2} class='b'>{2}</li>", "text", t"<hr>"]
    rows = loop(t"<ul>{items}</ul>")
    assert [row[rows.key] for row in rows.rows] == [1, 2, (2,), (3,)]
    assert html(t"<ul>{items}</ul>") == "<ul><li>1</li><li class='b'>2</li>text<hr></ul>"


def test_a_mixed_list_calls_each_component_once() -> None:
    calls: list[int] = []

    def Item(n: int) -> Template:
        calls.append(n)
        return t"<li>{n}</li>"

    items = [*(t"<{Item} n={n} />" for n in range(3)), t"<hr>"]
    assert html(t"{items}") == "<li>0</li><li>1</li><li>2</li><hr>"
    assert calls == [0, 1, 2]


def test_what_changes_in_place_is_noticed() -> None:
    values = ["a"]
    flags = {"x": True}

    def tree() -> Any:
        return render_template(t"<p class={flags} title={str(values)}>{values} {values!r}</p>")

    before = tree()
    values.append("b")
    flags["x"] = False
    message = Message()
    changed = message.diff(before, tree())
    assert set(changed or ()) == {0, 1, 2, 3}


# Pages as functions of a state, to be followed through any sequence of states.
Rows = list[tuple[int, str]]


@dataclass
class State:
    text: str
    number: int
    flag: bool
    rows: Rows
    attributes: dict[str, Any]


def Panel(title: str, children: Any, note: list[Any] | None = None) -> Template:
    return t"<section><h2>{title}</h2>{children}{note and [t'<i>{n}</i>' for n in note]}</section>"


def plain(s: State) -> Template:
    return t'<p id="p-{s.number}" title={s.text} hidden={s.flag}>{s.text} {s.number}</p>'


def conditional(s: State) -> Template:
    inner = t"<b>{s.text}</b>" if s.flag else t"<i>{s.number} {s.text}</i>"
    return t"<div>{inner}{s.flag and t'<hr>{s.number}'}{s.text if s.flag else [s.text]}</div>"


def spread(s: State) -> Template:
    return (
        t"<p class='a' {s.attributes} style={ {'top': s.number} } data={s.attributes}>{s.text}</p>"
    )


def by_index(s: State) -> Template:
    return t"<ul>{[t'<li>{k} {v} {s.number}</li>' for k, v in s.rows]}</ul>"


def by_key(s: State) -> Template:
    return t"<ul>{[t'<li :key={k} title={v}>{v} {s.text}</li>' for k, v in s.rows]}</ul>{s.text}"


def mixed(s: State) -> Template:
    items = [
        t"<b :key={k}>{v}</b>" if len(v) % 2 else (t"<i>{v}</i>" if s.flag else v)
        for k, v in s.rows
    ]
    return t"{items}"


def nested(s: State) -> Template:
    groups = [
        t"""<li :key={k}>
              {v}
              <ol>{[t"<li :key={j}>{w}{s.flag and t'<b>{s.text}</b>'}</li>" for j, w in s.rows[:k]]}
              </ol>
            </li>"""
        for k, v in s.rows
    ]
    return t"<ul>{groups}</ul>"


def components(s: State) -> Template:
    return t"""<{Panel} title={s.text}>
        {by_key(s)} {s.number}
        <:note>{[t"<u>{v}</u>" for _, v in s.rows]}</:note>
        <:note>{s.flag and s.text}</:note>
    </{Panel}>"""


def everything(s: State) -> Template:
    return (
        t"<main>{[plain(s), conditional(s)]}{mixed(s)}{s.flag and nested(s)}{components(s)}</main>"
    )


PAGES = [plain, conditional, spread, by_index, by_key, mixed, nested, components, everything]

texts = st.sampled_from(["", "a", "<b>", "a&b", '"'])
states = st.builds(
    State,
    text=texts,
    number=st.integers(0, 3),
    flag=st.booleans(),
    rows=st.lists(
        st.tuples(st.integers(0, 6), texts), max_size=6, unique_by=lambda row: row[0]
    ),
    attributes=st.dictionaries(
        st.sampled_from(["id", "class", "hidden", "title", "style"]),
        st.sampled_from(["x", "top: 1", None]),
        max_size=3,
    ),
)  # fmt: skip


def follow(pages: Iterable[Template]) -> None:
    state: Any = None
    before: Any = None
    for template in pages:
        tree = render_template(template)
        message = Message()
        part = message.full(tree) if before is None else message.diff(before, tree)
        state = apply(state, None if part is None else message.finish(part))
        assert page(state) == to_html(tree)
        before = tree


@pytest.mark.parametrize("view", PAGES, ids=lambda view: view.__name__)
@settings(max_examples=60)
@given(sequence=st.lists(states, min_size=2, max_size=6))
def test_diffs_in_sequence_end_in_the_page_of_a_full_render(
    view: Callable[[State], Template], sequence: list[State]
) -> None:
    follow(view(state) for state in sequence)


@settings(max_examples=60)
@given(sequence=st.lists(st.tuples(st.sampled_from(PAGES), states), min_size=2, max_size=6))
def test_pages_may_become_other_pages(
    sequence: list[tuple[Callable[[State], Template], State]],
) -> None:
    follow(t"<body>{view(state)}</body>" for view, state in sequence)


def test_a_list_is_emptied_and_filled_again() -> None:
    def listing(names: list[str]) -> Template:
        return t"<ul>{[t'<li :key={name}>{name}</li>' for name in names]}</ul>"

    follow(listing(names) for names in ([], ["a"], [], ["b", "a"], ["a", "b"], [], [], ["c"]))
