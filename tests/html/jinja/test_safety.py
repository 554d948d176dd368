"""A value is shown as what its author meant it to be, wherever it stands; it never becomes code.

A hostile value may change texts and the values of attributes, but never makes a tag or an
attribute that the template does not have.
"""

# ruff: noqa: E501 - a template is easiest to read on one line

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, TemplateAssertionError
from markupsafe import Markup

from wirebird.html.escaping import BLOCKED_STYLE, BLOCKED_URL, UnsafeMarkup
from wirebird.html.jinja.environment import TemplateEnvironment

environment = TemplateEnvironment()


def render(template: str | dict[str, str], **names: Any) -> str:
    if isinstance(template, str):
        return environment.inline(template).render(names)
    with_files = TemplateEnvironment()
    with_files.loader = DictLoader(template)
    return with_files.get_template("main").render(names)


class Outline(HTMLParser):
    """Notes which tags and attributes a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.outline: list[tuple[str, ...]] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outline.append((tag, *[name for name, _ in attrs]))
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        self.outline.append((f"/{tag}",))

    def handle_comment(self, data: str) -> None:
        self.outline.append(("comment",))

    def handle_decl(self, decl: str) -> None:
        self.outline.append(("declaration",))


# Each takes the value `x`; what stands around it must stay as it is.
PLACES: dict[str, str | dict[str, str]] = {
    "text": "<p>{{ x }}</p><b>z</b>",
    "double quotes": '<p title="{{ x }}" id="i">z</p>',
    "single quotes": "<p title='a{{ x }}b' id='i'>z</p>",
    "no quotes": "<p title={{ x }} id=i>z</p>",
    "no quotes, within": "<p title=a{{ x }}b{{ x }} id=i>z</p>",
    "no quotes, spaces": "<p title = {{ x }} id=i>z</p>",
    "no quotes, last": "<p title={{ x }}>z</p>",
    "no quotes, in a branch": "<p {% if x or 1 %}title={{ x }}{% endif %} id=i>z</p>",
    "no quotes, around a branch": "<p title={% if x or 1 %}{{ x }}{% endif %} id=i>z</p>",
    "class": '<p class="a {{ x }} b">z</p>',
    "url": '<a href="{{ x }}">z</a>',
    "url without quotes": "<a href={{ x }}>z</a>",
    "query": '<a href="/a?q={{ x }}&b=1">z</a>',
    "style": '<p style="color: {{ x }}">z</p>',
    "comment": "<!-- {{ x }} --><p>z</p>",
    "title": "<title>{{ x }}</title><p>z</p>",
    "textarea": "<textarea>{{ x }}</textarea><p>z</p>",
    "data attribute": "<p data-x='{{ x|tojson }}'>z</p>",
    "data attribute in double quotes": '<p data-x="{{ x|tojson }}">z</p>',
    "event handler with data": '<p onclick="f({{ x|tojson }})">z</p>',
    "script with data": "<script>f({{ x|tojson }})</script><p>z</p>",
    "attribute name": '<p data-{{ "x" }}="{{ x }}">z</p>',
    "loop": '{% for y in [x, x] %}<p :key="{{ y }}" title="{{ y }}">{{ y }}</p>{% endfor %}',
    "loop in an attribute": '<p class="{% for y in [x, x] %}{{ y }} {% endfor %}">z</p>',
    "branch in an attribute": '<p class="{% if x %}{{ x }}{% else %}{{ x }}{% endif %}">z</p>',
    "macro in text": "{% macro m(x) %}<i>{{ x }}</i>{% endmacro %}{{ m(x) }}",
    "macro in an attribute": '{% macro m(x) %}a {{ x }}{% endmacro %}<p title="{{ m(x) }}">z</p>',
    "macro in an attribute without quotes": "{% macro m(x) %}a {{ x }}{% endmacro %}<p title={{ m(x) }}>z</p>",
    "markup in an attribute": '{% macro m(x) %}<i title="{{ x }}">{% endmacro %}<p title="{{ m(x) }}">z</p>',
    "macro of attributes": '{% macro m(x) %}title={{ x }} id="{{ x }}"{% endmacro %}<p {{ m(x) }}>z</p>',
    "block in an attribute": {
        "main": '{% extends "base" %}{% block b %}{{ x }}{% endblock %}',
        "base": '<p title="{% block b %}{% endblock %}" id=i>z</p>',
    },
    "block of attributes": {
        "main": '{% extends "base" %}{% block b %}title={{ x }}{% endblock %}',
        "base": "<p {% block b %}{% endblock %}>z</p>",
    },
    "include in an attribute": {"main": "<p title='{% include \"i\" %}'>z</p>", "i": "a{{ x }}"},
    "include of attributes": {"main": "<p {% include 'i' %}>z</p>", "i": "title={{ x }} "},
    "call in an attribute": "{% macro m() %}{{ caller() }}{% endmacro %}"
    '<p title="{% call m() %}{{ x }}{% endcall %}">z</p>',
    "filter in an attribute": '<p title="{% filter trim %}{{ x }}{% endfilter %}">z</p>',
    "set block in an attribute": '{% set q %}a{{ x }}{% endset %}<p title="{{ q }}">z</p>',
    "set block in a url": '{% set q %}{{ x }}{% endset %}<a href="{{ q }}">z</a>',
    "attributes by filter": "<p {{ {'title': x}|xmlattr }}>z</p>",
    "after less than": "a < {{ x }} <p>z</p>",
    "recursive": "{% for y in [x] recursive %}<p title={{ y }}>{{ y }}{% if loop.depth < 2 %}{{ loop([y]) }}"
    "{% endif %}</p>{% endfor %}",
    "comment that is over": "<!--> <p title={{ x }}> <!-- -->z</p>",
    "comment that ends oddly": "<!-- a --!> <p title={{ x }}>z</p>",
    "script that looks ended": "<script>'</scripty>'</script><p title={{ x }}>z</p>",
    "space that is none": "<p a\u00a0b={{ x }} title={{ x }}>z</p>",
    "slash": "<p/title={{ x }}>z</p>",
}

HOSTILE = [
    "\"><script>alert(1)</script>", "'><img src=x onerror=alert(1)>", " onmouseover=alert(1) ",
    '" onfocus="alert(1)" autofocus="', "' onfocus='alert(1)' x='", "--><script>alert(1)</script>",
    "--!><b>", "</title><script>x</script>", "</textarea><b>", "]]><b>", "/><b>", "> <b>", "`", "=",
    "</script><script>alert(1)</script>", "<!--", "<", "&quot; onclick=x ", "\x00", "\n", "a b=c", "",
]  # fmt: skip


def check_outline(place: str, value: str) -> None:
    template = PLACES[place]
    harmless = Outline(render(template, x="harmless"))
    attacked = Outline(render(template, x=value))
    assert attacked.outline == harmless.outline, attacked.rawdata


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("place", PLACES)
def test_a_hostile_value_makes_no_tag_and_no_attribute(place: str, value: str) -> None:
    check_outline(place, value)


@given(
    st.sampled_from(sorted(PLACES)),
    st.text("<>\"'=/ab \n&!-`;:(){}x\x00\xa0", max_size=12) | st.text(),
)
def test_no_value_makes_a_tag_or_an_attribute(place: str, value: str) -> None:
    check_outline(place, value)


@pytest.mark.parametrize("place", [place for place in PLACES if "tojson" not in str(PLACES[place])])
def test_a_value_arrives_as_it_was(place: str) -> None:
    value = "a<b>\"c'd&e"
    shown = render(PLACES[place], x=value)
    assert value in "".join(
        [text or "" for _, text in Outline(shown).attributes] + [Texts(shown).text]
    )


class Texts(HTMLParser):
    """Collects the text and the comments of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.text += unescape(data)


SCRIPT_URLS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "java\tscript:alert(1)",
    " \x01javascript:alert(1)", "\x00javascript:alert(1)", "javascript\r\n:alert(1)", "vbscript:x",
    "data:text/html,<script>alert(1)</script>", "data:image/svg+xml,<svg onload=alert(1)>",
    "DATA:text/html;base64,xx", "javascript://host/%0aalert(1)",
]  # fmt: skip
FINE_URLS = [
    "/a", "a", "#a", "?a=b", "", "https://example.org/a:b", "mailto:a@b.c", "tel:+1", "//cdn/x",
    "a/javascript:x", "?javascript:x", "data:image/png;base64,xx", "javascripts", "data", "x:y",
    "&#106;avascript:alert(1)",
]  # fmt: skip
URL_PLACES: dict[str, str | dict[str, str]] = {
    "href": '<a href="{{ x }}">',
    "without quotes": "<a href={{ x }}>",
    "upper case": '<A HREF="{{ x }}">',
    "src": "<iframe src='{{ x }}'>",
    "action": '<form action="{{ x }}">',
    "formaction": '<button formaction="{{ x }}">',
    "svg": '<svg><a xlink:href="{{ x }}"/></svg>',
    "data": '<object data="{{ x }}">',
    "animation": '<svg><animate attributeName=href to="{{ x }}"/></svg>',
    "branch": '<a href="{% if x %}{{ x }}{% endif %}">',
    "other branch": '<a href="{% if x is none %}/a{% else %}{{ x }}{% endif %}">',
    "loop": '{% for y in [x] %}<a :key="{{ y }}" href="{{ y }}">{% endfor %}',
    "simple loop": '{% for y in [x] %}<a href="{{ y }}">{% endfor %}',
    "macro inside": '{% macro m(x) %}{{ x }}{% endmacro %}<a href="{{ m(x) }}">',
    "macro around": '{% macro m(x) %}<a href="{{ x }}">{% endmacro %}{{ m(x) }}',
    "macro of attributes": '{% macro m(x) %}href="{{ x }}"{% endmacro %}<a {{ m(x) }}>',
    "call": '{% macro m() %}{{ caller() }}{% endmacro %}<a href="{% call m() %}{{ x }}{% endcall %}">',
    "set block": '{% set q %}{{ x }}{% endset %}<a href="{{ q }}">',
    "block": '<a href="{% block b %}{{ x }}{% endblock %}">',
    "block of a child": {
        "main": "{% extends 'base' %}{% block b %}{{ x }}{% endblock %}",
        "base": '<a href="{% block b %}{% endblock %}">',
    },
    "include": {"main": "<a href=\"{% include 'i' %}\">", "i": "{{ x }}"},
    "name as a value": "<a {{ 'href' }}='{{ x }}'>",
    "after an empty value": "<a href=\"{{ '' }}{% if 1 %}{% endif %}{{ x }}\">",
}


def url_of(html: str) -> str:
    names = ("href", "src", "action", "formaction", "xlink:href", "data", "to")
    return next(value or "" for name, value in Outline(html).attributes if name in names)


@pytest.mark.parametrize("url", SCRIPT_URLS)
@pytest.mark.parametrize("place", URL_PLACES)
def test_a_script_url_is_blocked(place: str, url: str) -> None:
    assert url_of(render(URL_PLACES[place], x=url)) == BLOCKED_URL


@pytest.mark.parametrize("url", FINE_URLS)
@pytest.mark.parametrize("place", URL_PLACES)
def test_other_urls_are_left_as_they_are(place: str, url: str) -> None:
    assert url_of(render(URL_PLACES[place], x=url)) == url


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ('<a href="java{{ x }}">', {"x": "script:alert(1)"}),
        ('<a href="&#106;ava{{ x }}">', {"x": "script:alert(1)"}),
        ('<a href="&#{{ x }}">', {"x": "106;avascript:alert(1)"}),
        ('<a href="{{ x }}{{ y }}">', {"x": "javascript", "y": ":alert(1)"}),
        ('<a href="{{ x }}script{{ y }}">', {"x": "java", "y": ":alert(1)"}),
        ('<a href="{% for y in x %}{{ y }}{% endfor %}">', {"x": ["javascript", ":alert(1)"]}),
        ('<a href="{% if 1 %}{{ x }}{% endif %}{{ y }}">', {"x": "javascript", "y": ":alert(1)"}),
        ('<a href="{% if 1 %}javascript{% endif %}{{ y }}">', {"x": "", "y": ":alert(1)"}),
        ("<a {{ k }}={{ x }}{{ y }}>", {"k": "href", "x": "javascript", "y": ":alert(1)"}),
        (
            "{% macro m(x) %}{{ x }}{% endmacro %}<a href={{ m(x) }}{{ y }}>",
            {"x": "javascript", "y": ":a"},
        ),
    ],
)
def test_a_script_url_in_parts_is_blocked(template: str, names: dict[str, Any]) -> None:
    scheme = url_of(render(template, **names)).partition(":")[0]
    assert scheme not in ("javascript", "vbscript", "data")


def test_the_scheme_of_a_url_is_no_value() -> None:
    with pytest.raises(TemplateAssertionError, match="give the whole URL as one value"):
        render('<a href="{{ scheme }}://example.org">', scheme="javascript")
    with pytest.raises(TemplateAssertionError, match="would run as code"):
        render("<a href=\"javascript:f('{{ x }}')\">", x="1")


def test_markup_is_trusted_as_a_url() -> None:
    assert (
        render('<a href="{{ x }}">', x=Markup("javascript:void(0)"))
        == '<a href="javascript:void(0)">'
    )


REFUSED = [
    ("<script>{{ x }}</script>", "<script>"),
    ("<script>'{{ x }}'</script>", "tojson"),
    ("<SCRIPT >{% if x %}{{ x }}{% endif %}</SCRIPT>", "<script>"),
    ("<script/>{{ x }}</script>", "<script>"),
    ("<style>{{ x }}</style>", "<style>"),
    ("<p onclick=\"f('{{ x }}')\">", "onclick"),
    ("<p OnClick={{ x }}>", "onclick"),
    ("<iframe srcdoc='{{ x }}'>", "srcdoc"),
    ("<p {{ x }}y={{ x }}>", "it is not known here"),
    ("<p {% if x %}onclick{% else %}title{% endif %}={{ x }}>", "it is not known here"),
    ("<p {% if x %}onclick{% endif %}={{ x }}>", "it is not known here"),
    ("<p on{{ x }}={{ x }}>", "write the whole name"),
    ("<p {{ x }}{{ x }}={{ x }}>", "it is not known here"),
    ("<{{ x }}b>", "join its parts"),
    ("<p {% if x %}title={% else %}onclick={% endif %}{{ x }}>", "different markup"),
    ("<{% if x %}p{% else %}script{% endif %}>{{ x }}", "different markup"),
    ("<p {% if x %}title='{% endif %}{{ x }}'>", "other markup"),
]


@pytest.mark.parametrize(("template", "reason"), REFUSED)
def test_a_value_that_would_run_is_refused_when_the_template_is_read(
    template: str, reason: str
) -> None:
    with pytest.raises(TemplateAssertionError, match=reason) as caught:
        environment.inline(f"\n{template}", "page.html")
    assert caught.value.lineno == 2
    assert caught.value.name == "page.html"


@pytest.mark.parametrize(
    ("template", "value", "reason"),
    [
        ("<p {{ x }}>", "onclick=alert(1)", "between the attributes"),
        ("<p {{ x }}>", 'class="a"', "xmlattr"),
        ("<p {{ x }}='1'>", "onclick", "between the attributes"),
        ("<p {{ x }}='1'>", "srcdoc", "between the attributes"),
        ("<p {{ x }}='1'>", "style", "between the attributes"),
        ("<p {{ x }}>", " hidden onclick", "between the attributes"),
        ("<p data-{{ x }}='1'>", "a onclick", "between the attributes"),
        ("<p data-{{ x }}='1'>", "a=1", "between the attributes"),
        ("<{{ x }}>", "script", "name of a tag"),
        ("<{{ x }}>", "img src=x onerror=alert(1)", "name of a tag"),
        ("<s{{ x }}>", "cript", "name of a tag"),
        ("<{{ x }}>", "", "name of a tag"),
        ("<{{ x }}>", 5, "&lt;"),
        ("<p{{ x }}>", " onclick", "between the attributes"),
        ("{% macro m(x) %}onclick={{ x }}{% endmacro %}<p {{ m(x) }}>", "f", "would run as code"),
        ("{% macro m(x) %}>{{ x }}{% endmacro %}<p {{ m(x) }}>", "f", "end elsewhere"),
        ("{% macro m() %}{{ caller() }}{% endmacro %}<script>{% call m() %}{{ x }}{% endcall %}</script>", "x",
         "would run as code"),
    ],
)  # fmt: skip
def test_a_value_that_would_run_is_refused_when_it_comes(
    template: str, value: Any, reason: str
) -> None:
    with pytest.raises(UnsafeMarkup, match=reason):
        render(template, x=value)


def test_a_value_in_a_child_s_script_is_refused() -> None:
    files = {
        "main": "{% extends 'base' %}{% block js %}const x = '{{ x }}'{% endblock %}",
        "base": "<script>{% block js %}{% endblock %}</script>",
    }
    with pytest.raises(UnsafeMarkup, match="tojson"):
        render(files, x="x")
    files["main"] = files["main"].replace("'{{ x }}'", "{{ x|tojson }}")
    assert render(files, x="</script>") == '<script>const x = "\\u003c/script\\u003e"</script>'


def test_numbers_and_names_may_stand_between_attributes() -> None:
    assert (
        render("<p {{ x }} {{ 'hidden' if x }} {{ 'y' if not x }}>", x="checked")
        == "<p checked hidden >"
    )
    assert render("<h{{ x }} id=a>a</h{{ x }}>", x=2) == "<h2 id=a>a</h2>"
    assert render("<p data-{{ x }}='{{ x }}'>", x=2) == "<p data-2='2'>"


@pytest.mark.parametrize(
    "value",
    ["url(http://evil)", "URL ( 'x' )", "expression(alert(1))", "red; position: fixed", "red } a { b: c",
     "@import 'x'", "\\75rl(x)", "javascript:x"],
)  # fmt: skip
def test_a_style_that_loads_or_begins_another_is_blocked(value: str) -> None:
    assert render('<p style="color: {{ x }}">', x=value) == f'<p style="color: {BLOCKED_STYLE}">'


def test_a_style_may_be_a_value() -> None:
    assert render('<p style="{{ x }}; top: {{ y }}px">', x="color: red; left: 0", y=5) == (
        '<p style="color: red; left: 0; top: 5px">'
    )
    assert render('<p style="{{ x }}">', x="background: url(x)") == f'<p style="{BLOCKED_STYLE}">'


def test_markup_in_an_attribute_keeps_its_quotes_as_text() -> None:
    assert render('<p title="{{ x }}">', x=Markup('<b class="c">\'')) == (
        '<p title="<b class=&#34;c&#34;>\'">'
    )
    assert render("<p title='{{ x }}'>", x=Markup("\"'")) == "<p title='\"&#39;'>"
    assert render("<p title={{ x }}>", x=Markup("a \"b'")) == '<p title="a &#34;b\'">'


def test_a_literal_quote_in_an_attribute_that_got_quotes_stays_text() -> None:
    assert Outline(render('<p title=a"b{{ x }}c"d id=i>', x="y")).attributes == [
        ("title", 'a"byc"d'),
        ("id", "i"),
    ]


def test_what_an_author_calls_safe_is_left_alone() -> None:
    assert render("<script>{{ x|safe }}</script>", x="f('a')") == "<script>f('a')</script>"
    assert render("<p onclick='{{ x|safe }}'>", x='f("a")') == "<p onclick='f(\"a\")'>"
    assert render("{{ x|safe }}{{ x }}", x="<b>") == "<b>&lt;b&gt;"


SPLIT_NAMES = [
    '<p {% if y %}on{% endif %}click="{{ x }}">a</p>',
    '<p {% if y %}on{% else %}data-{% endif %}click="{{ x }}">a</p>',
    '<p {% if y %}{% if y %}on{% endif %}{% endif %}click="{{ x }}">a</p>',
    '<p {% if y %}on{% endif %}{% if y %}click{% endif %}="{{ x }}">a</p>',
    '<p o{% if y %}n{% endif %}click="{{ x }}">a</p>',
    '<p {% for c in "o" %}on{% endfor %}click="{{ x }}">a</p>',
    '<p {% for c in "o" %}on{% else %}data-{% endfor %}click="{{ x }}">a</p>',
    '<a h{% if y %}re{% endif %}f="{{ x }}">a</a>',
    '<a {% if y %}hr{% endif %}ef="{{ x }}">a</a>',
    '<a {% if y %}xlink:{% endif %}href="{{ x }}">a</a>',
    '<iframe {% if y %}src{% endif %}doc="{{ x }}"></iframe>',
    '<iframe src{% if y %}doc{% endif %}="{{ x }}"></iframe>',
    '<p {% if y %}sty{% endif %}le="{{ x }}">a</p>',
    "<p {% if y %}on{% endif %}click={{ x }}>a</p>",
]


@pytest.mark.parametrize("template", SPLIT_NAMES)
def test_a_value_is_refused_where_its_attribute_has_no_one_name(template: str) -> None:
    with pytest.raises(TemplateAssertionError, match="not known here which attribute"):
        environment.inline(template)


@pytest.mark.parametrize(
    ("template", "html"),
    [
        ('<p {% if y %}hidden{% endif %} title="{{ x }}">', '<p hidden title="a">'),
        ('<p {% if y %}hidden {% endif %}title="{{ x }}">', '<p hidden title="a">'),
        ('<p {% if y %}a="1"{% endif %}title="{{ x }}">', '<p a="1"title="a">'),
        ('<p data-{% if y %}a{% else %}b{% endif %}="{{ x }}">', '<p data-a="a">'),
        ('<p {% if y %}data-a{% else %}data-b{% endif %}-c="{{ x }}">', '<p data-a-c="a">'),
        ("<p {% if y %}hidden{% endif %}{% if y %} inert{% endif %}>", "<p hidden inert>"),
    ],
)
def test_names_may_be_chosen_as_long_as_it_is_known_what_they_take(
    template: str, html: str
) -> None:
    assert render(template, x="a", y=True) == html


@pytest.mark.parametrize(
    "template",
    [
        '<svg><{% if y %}animate{% else %}g{% endif %} to="{{ x }}"/></svg>',
        '<svg><{{ "animate" if y }} to="{{ x }}" attributeName="href"/></svg>',
    ],
)
def test_what_an_animation_may_set_a_link_to_is_a_url(template: str) -> None:
    assert BLOCKED_URL in render(template, x="javascript:alert(1)", y=True)


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ('<p style="background: {{ a }}{{ b }}">', ("ur", "l(//evil)")),
        ('<p style="{{ a }}{{ b }}">', ("color", ": red")),
        ('<p style="color: {{ a }}({{ b }})">', ("url", "//evil")),
        ('<p style="{{ a }}: {{ b }}">', ("color", "red; position: fixed")),
        ('<p style="{{ a }}: {{ b }}">', ("x: url(//evil); color", "red")),
    ],
)
def test_values_of_a_style_cannot_do_together_what_none_may_alone(
    template: str, values: tuple[str, str]
) -> None:
    assert BLOCKED_STYLE in render(template, a=values[0], b=values[1])


def test_attributes_by_filter_follow_the_rules_of_attributes() -> None:
    template = "<a{{ x|xmlattr }}>"
    assert render(template, x={"href": "javascript:alert(1)"}) == f'<a href="{BLOCKED_URL}">'
    assert render(template, x={"href": "/a", "id": None, "hidden": True}) == '<a href="/a" hidden>'
    assert render(template, x={"style": {"color": "url(//x)"}}) == (
        f'<a style="color: {BLOCKED_STYLE}">'
    )
    assert render("<a {{ x|xmlattr(false) }}>", x={"id": "b"}) == '<a id="b">'
    for hostile in ({"onclick": "f()"}, {"srcdoc": "<p>"}):
        with pytest.raises(UnsafeMarkup):
            render(template, x=hostile)
    with pytest.raises(ValueError, match="no attribute's name"):
        render(template, x={"a onclick": "f()"})
