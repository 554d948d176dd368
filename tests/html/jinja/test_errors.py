"""A mistake in a template names the template and the line, and says what to write instead."""

# ruff: noqa: E501 - a template is easiest to read on one line

from __future__ import annotations

import traceback
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2
import pytest

from wirebird.html.escaping import UnsafeMarkup
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.shown import NoText


@dataclass
class State:
    count: int = 0
    names: tuple[str, ...] = ("a",)


BROKEN = [
    ("{% if %}", "Expected an expression", 1),
    ("<p>\n{% for x in %}", "Expected an expression", 2),
    ("\n{% nonsense %}", "unknown tag", 2),
    ("{% if a %}", "Unexpected end of template", 1),
    ("\n\n{{ a|uper }}", r"No filter named 'uper'.*did you mean 'upper'.*filters\[name\]", 3),
    ("{{ a is od }}", r"No test named 'od'.*did you mean 'odd'", 1),
    ("\n{% if a %}<p class='{% endif %}'>", "write whole tags and whole attributes", 2),
    ("{% if a %}<p title='{% else %}<p>{% endif %}", "open and close the same", 1),
    ("<p>\n{% for x in a %}<b {% endfor %}>", "write whole tags", 2),
    ("\n{% macro m() %}<p {% endmacro %}", "write whole tags", 2),
    ("{% set x %}<p title='{% endset %}", "write whole tags", 1),
    ("<a {% block x %}title='{% endblock %}'>", "write whole tags", 1),
    ("{% filter upper %}<p {% endfilter %}", "write whole tags", 1),
    ("\n<p :key='{{ a }}'></p>", "belongs on the one root tag of the body of a {% for %}", 1),
    (
        "{% for x in a %}\n<p><b :key='{{ x }}'></b></p>{% endfor %}",
        "belongs on the one root tag",
        2,
    ),
    ("{% for x in a %}text<b :key='{{ x }}'></b>{% endfor %}", "belongs on the one root tag", 1),
    (
        "{% for x in a %}\n{% if x %}<b :key='{{ x }}'></b>{% endif %}{% endfor %}",
        "one root tag",
        2,
    ),
    ("{% for x in a %}<b :key='{{ x }}' :key='{{ x }}'></b>{% endfor %}", "twice", 1),
    (
        "{% for x in a %}<i><b :key='t.id'></b></i>{% endfor %}",
        "that of Alpine is written x-bind:key",
        1,
    ),
    (
        "{% for x in a %}<b :key='t.id'></b>{% endfor %}",
        "'t.id' is the same in each row.*x-bind:key",
        1,
    ),
    ("{% for x in a %}<b :key=''></b>{% endfor %}", "the :key is empty", 1),
    ("{% for x in a %}<b :key='{% if x %}1{% endif %}'></b>{% endfor %}", "takes values only", 1),
    ("\n<script>{{ a }}</script>", r"write \{\{ value\|tojson \}\}", 2),
    ("\n<p onclick='{{ a }}'>", "the onclick attribute would run as code", 2),
    ("{% block a %}{% endblock %}\n{% block a %}{% endblock %}", "defined twice", 2),
    ("{% for loop in a %}{% endfor %}", "loop variable", 1),
    ("{% break %}", "outside of a loop", 1),
    ("<p>\n<li{% if a %} b{% endif %}c></li>", "put a space between them", 2),
    ("<li{% if a %} b{% endif %}{{ a }}></li>", "put a space between them", 1),
    ("<li a={{ a }}{% if a %} b{% endif %}{% if a %}c{% endif %}></li>", "put a space between", 1),
    ("<li{% if a %} b{% else %}c{% endif %}></li>", "put a space between them", 1),
    (
        "{% macro m() %}\n{% call n() %}{{ caller() }}{% endcall %}{% endmacro %}",
        r"{% set body = caller %} before the block and {{ body\(\) }} in it",
        2,
    ),
]


@pytest.mark.parametrize(("source", "message", "line"), BROKEN)
def test_a_broken_template_names_file_and_line(
    tmp_path: Path, source: str, message: str, line: int
) -> None:
    file = tmp_path / "page.html"
    file.write_text(source)
    environment = TemplateEnvironment(extensions=["jinja2.ext.loopcontrols"])
    with pytest.raises(jinja2.TemplateSyntaxError, match=message) as caught:
        environment.file(file)
    assert caught.value.filename == str(file)
    assert caught.value.lineno == line
    text = "".join(traceback.format_exception(caught.value))
    assert f'File "{file}", line {line}' in text


def test_a_byte_order_mark_is_no_part_of_a_template(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(b"\xef\xbb\xbf<p>\xc3\xa9</p>\r\n<b></b>")
    assert TemplateEnvironment([tmp_path]).file("page.html").render() == "<p>\xe9</p>\n<b></b>"


def test_a_file_in_another_encoding_is_an_error_with_its_name_and_line(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes("<p>\n\xe9</p>".encode("latin-1"))
    with pytest.raises(jinja2.TemplateSyntaxError, match="not UTF-8: save the file in") as caught:
        TemplateEnvironment().file(file)
    assert (caught.value.filename, caught.value.lineno) == (str(file), 2)


UNDEFINED = [
    "<p>\n{{ nope }}</p>",
    "<p>\n<b title='{{ nope }}'></b>{{ count }}</p>",
    "<p>\n{% if nope %}{% endif %}</p>",
    "<p>\n{% for x in nope %}{% endfor %}</p>",
    "{% for x in names %}\n{{ x.nope }}{% endfor %}",
    "{% for x in names %}<p>\n{{ nope }}</p>{% endfor %}",
    "{% for x in names %}<p>{{ x }}{% if x %}\n{{ x.nope.deeper }}{% endif %}</p>{% endfor %}",
    "{% for x in names %}{{ loop.index }}\n{{ nope }}{% endfor %}",
    "{% macro m() %}\n{{ nope }}{% endmacro %}{{ m() }}",
    "{% block b %}\n{{ nope }}{% endblock %}",
    "{% for x in names %}<p :key='{{ x }}' class='{% if x %}\n{{ nope }}{% endif %}'></p>{% endfor %}",
    "<p>\n<a href='{{ nope }}'></a></p>",
    "{% set x %}\n{{ nope }}{% endset %}",
    "{{ count }}\n{{ count.nope }}",
]


@pytest.mark.parametrize("inline", [False, True])
@pytest.mark.parametrize("source", UNDEFINED)
def test_an_undefined_name_is_an_error_with_its_line(
    tmp_path: Path, source: str, inline: bool
) -> None:
    environment = TemplateEnvironment()
    if inline:
        template, name = environment.inline(source, "my.View.html"), "my.View.html"
    else:
        file = tmp_path / "page.html"
        file.write_text(source)
        template, name = environment.file(file), str(file)
    with pytest.raises(jinja2.UndefinedError, match="nope") as caught:
        template.tree(State(), {"flash": {}})
    frames = traceback.extract_tb(caught.value.__traceback__)
    places = [(frame.filename, frame.lineno) for frame in frames]
    assert (name, 2) in places
    assert "nope" in str(frames[[*places].index((name, 2))].line)
    text = "".join(traceback.format_exception(caught.value))
    assert "sees: count, flash, names" in text


WITHOUT_TEXT = [
    "\n<p>{{ thing }}</p>",
    "\n<title>{{ thing }}</title>",
    "\n<textarea>{{ thing }}</textarea>",
    "\n<!-- {{ thing }} -->",
    "\n<p data-x='{{ thing }}'></p>",
    "\n<p aria-label={{ thing }}></p>",
    "\n<p class='a {{ thing }}'></p>",
    "\n<p style='top: {{ thing }}'></p>",
    "\n<a href='{{ thing }}'></a>",
    "{% for x in [thing] %}\n<b>{{ x }}</b>{% endfor %}",
    "{% macro m(x) %}\n<b>{{ x }}</b>{% endmacro %}{{ m(thing) }}",
]


@pytest.mark.parametrize(
    "thing", [object(), State(), ["a"], {"a": 1}, b"a"], ids=lambda thing: type(thing).__name__
)
@pytest.mark.parametrize("source", WITHOUT_TEXT)
def test_a_repr_is_never_on_the_page_and_the_error_has_its_line(source: str, thing: Any) -> None:
    template = TemplateEnvironment().inline(source, "my.View.html")
    with pytest.raises(NoText, match="has no text") as caught:
        template.tree({"thing": thing})
    places = [(f.filename, f.lineno) for f in traceback.extract_tb(caught.value.__traceback__)]
    assert ("my.View.html", 2) in places


def test_a_list_written_in_a_template_has_no_text_either() -> None:
    with pytest.raises(NoText, match="a list has no text"):
        TemplateEnvironment().inline("{{ ['a'] }}").render()


def test_an_error_in_an_included_template_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "part.html").write_text("\n\n{{ nope }}")
    (tmp_path / "page.html").write_text("\n{% include 'part.html' %}")
    with pytest.raises(jinja2.UndefinedError) as caught:
        TemplateEnvironment().file(tmp_path / "page.html").tree(State())
    places = [(f.filename, f.lineno) for f in traceback.extract_tb(caught.value.__traceback__)]
    assert (str(tmp_path / "page.html"), 2) in places
    assert (str(tmp_path / "part.html"), 3) in places


def test_an_included_template_that_is_missing_says_where_it_was_looked_for(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (tmp_path / "page.html").write_text("\n{% include 'part.html' %}")
    with pytest.raises(jinja2.TemplateNotFound, match=r"part\.html") as caught:
        TemplateEnvironment([folder]).file(tmp_path / "page.html").tree(State())
    assert str(folder) in str(caught.value)
    places = [(f.filename, f.lineno) for f in traceback.extract_tb(caught.value.__traceback__)]
    assert (str(tmp_path / "page.html"), 2) in places


def test_a_required_block_says_what_the_child_must_have() -> None:
    environment = TemplateEnvironment()
    environment.loader = jinja2.DictLoader(
        {"base": "{% block x required %}{% endblock %}", "main": "{% extends 'base' %}"}
    )
    with pytest.raises(jinja2.TemplateRuntimeError, match=r"must have \{% block x %\}"):
        environment.get_template("main").render()


def test_an_included_template_that_ends_within_a_tag_is_refused() -> None:
    environment = TemplateEnvironment()
    environment.loader = jinja2.DictLoader(
        {"main": "{% include 'part' %}{{ x }}", "part": "<p title='"}
    )
    with pytest.raises(ValueError, match="part:1 ends within a tag"):
        environment.get_template("main").render(x=" onclick=alert(1) ")


def test_rows_with_equal_keys_are_told_apart_by_index_with_a_warning(caplog: Any) -> None:
    from tests.html.client_tree import apply
    from tests.html.client_tree import to_html as page
    from wirebird.html.differ import Message
    from wirebird.html.tree import to_html

    template = TemplateEnvironment().inline(
        "<ul>{% for x in xs %}<li :key='{{ x.id }}'>{{ x.n }}</li>{% endfor %}</ul>"
    )
    states = [[(1, "a"), (1, "b")], [(1, "b"), (1, "a"), (2, "c")], [(2, "c"), (1, "b")], []]
    trees = [template.tree({"xs": [{"id": i, "n": n} for i, n in state]}) for state in states]
    message = Message()
    client = apply(None, message.finish(message.full(trees[0])))
    for old, new in pairwise(trees):
        message = Message()
        client = apply(client, message.finish(message.diff(old, new) or {}))
        assert page(client) == to_html(new)
    assert "two rows share one :key" in caplog.text


@pytest.mark.parametrize(
    "own", ["nk rel='stylesheet' href='{{ x }}'", "x='{{ x }}'", "><script>", " onclick='{{ x }}'"]
)
def test_another_s_block_after_a_tag_s_name_neither_goes_on_with_it_nor_ends_the_tag(
    own: str,
) -> None:
    base = "<ul><li{% block a %} class='c'{% endblock %}>x</li></ul>"
    templates = {"base": base, "main": "{% extends 'base' %}{% block a %}" + own + "{% endblock %}"}
    environment = TemplateEnvironment()
    environment.loader = jinja2.DictLoader(templates)
    with pytest.raises(UnsafeMarkup):
        environment.get_template("main").render(x="x")


def test_another_s_block_after_a_value_without_quotes_does_not_go_on_with_it() -> None:
    templates = {
        "base": "<a href=a{% block a %} b{% endblock %}>x</a>",
        "main": "{% extends 'base' %}{% block a %}c='{{ x }}'{% endblock %}",
    }
    environment = TemplateEnvironment()
    environment.loader = jinja2.DictLoader(templates)
    html = environment.get_template("main").render(x="y onclick=z")
    assert html == "<a href=\"a\"c='y onclick=z'>x</a>"


def test_a_byte_order_mark_of_a_template_in_a_string_is_dropped() -> None:
    for environment in (TemplateEnvironment(), TemplateEnvironment(extensions=["jinja2.ext.do"])):
        assert environment.inline("\ufeff<p>{{ x }}</p>").render(x=1) == "<p>1</p>"
        assert environment.from_string("\ufeff{{ x }}").render(x="\ufeff") == "\ufeff"
