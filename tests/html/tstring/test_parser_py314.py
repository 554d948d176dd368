"""Markup that does not fit together is refused with its line and the way to put it right."""

from string.templatelib import Template

import pytest

from wirebird.html.errors import MarkupError
from wirebird.html.tstring.parser import (
    Attribute,
    Component,
    Element,
    Hole,
    SlotContent,
    Spread,
    Text,
    parse,
)


def nodes(template: Template) -> tuple[object, ...]:
    return parse(template.strings, [hole.expression for hole in template.interpolations])


x = 1


def test_text_and_holes_stay_in_their_order() -> None:
    assert nodes(t"a {x} b") == (Text("a "), Hole(0), Text(" b"))


def test_attributes_tell_a_value_from_a_value_with_text_around() -> None:
    (element,) = nodes(t"""<a id={x} b="{x}" c='d {x}' e=f g {x}></a>""")
    assert element == Element(
        "a",
        (
            Attribute("id", (0,)),
            Attribute("b", (1,)),
            Attribute("c", ("d ", 2), "'"),
            Attribute("e", ("f",)),
            Attribute("g", None),
            Spread(3),
        ),
        (),
    )


def test_components_have_children_and_slots() -> None:
    assert nodes(t"<{x} a={x}>b<:foot-note c>d</:foot-note></{x}><{x}/>") == (
        Component(
            0,
            2,
            (Attribute("a", (1,)),),
            (Text("b"),),
            (SlotContent("foot_note", (Attribute("c", None),), (Text("d"),)),),
        ),
        Component(3, None, (), (), ()),
    )


def test_the_content_of_scripts_and_text_areas_is_no_markup() -> None:
    (script, area) = nodes(t"<script>if (a<b) '</p>'</script><textarea><b>{x}</TEXTAREA>")
    assert script.children == (Text("if (a<b) '</p>'"),)  # type: ignore[attr-defined]
    assert area.children == (Text("<b>"), Hole(0, "plain", "textarea"))  # type: ignore[attr-defined]


def test_a_slash_closes_a_tag_after_a_value_but_belongs_to_a_plain_url() -> None:
    closed, url = nodes(t"<{x} n={x}/><a href=/shop/></a>")
    assert closed.attributes == (Attribute("n", (1,)),)  # type: ignore[attr-defined]
    assert url.attributes == (Attribute("href", ("/shop/",)),)  # type: ignore[attr-defined]


def test_a_lone_less_than_is_text() -> None:
    assert nodes(t"1 < 2") == (Text("1 "), Text("&lt;"), Text(" 2"))


@pytest.mark.parametrize(
    ("template", "problem", "line"),
    [
        (t"<div>\n<p>\n</div>", "</div> stands where <p> of line 2 is still open: write </p>", 3),
        (t"<ul>\n<li>", "<li> is never closed: write </li>", 2),
        (t"<{x}>\n", "<{x}> is never closed: write </{x}>", 1),
        (t"<p>\n</{x}></p>", "</{x}> stands where <p> of line 1 is still open", 2),
        (t"<{x}></p>", "</p> stands where <{x}> of line 1 is still open", 1),
        (t"a\n</b>", "</b> closes nothing", 2),
        (t"<input>a</input>", "<input> has no content and no closing tag", 1),
        (t"<h{x}>a</h{x}>", "a value cannot be part of a tag's name", 1),
        (t"<p data-{x}=1></p>", "a value cannot be part of an attribute's name", 1),
        (t"<p {x}=1></p>", "a value cannot be part of an attribute's name", 1),
        (t"<p a=1\nA=2></p>", "<p> has the attribute A twice", 2),
        (t"<p title='{x}></p>", "the value of title never ends: close it with '", 1),
        (t"<p a=></p>", "a= has no value", 1),
        (t"<p\nclass={{x}}></p>", "{{ is a mere brace in a t-string: write class={value}", 2),
        (t"<p class={{'on': True}}>", "with a space before a dict, class={ {...} }", 1),
        (t"<p {{x}}></p>", "{{ is a mere brace in a t-string: write <tag {attributes}>", 1),
        (t"\n<p a", "the tag <p never ends", 2),
        (t"<p\n<b></b></p>", "the tag <p never ends", 1),
        (t"\n\n<!-- {x}", "this comment never ends: close it with -->", 3),
        (t"<!doctype {x}>", "a value cannot stand in a declaration", 1),
        (t"<!doctype html", "this declaration never ends", 1),
        (t"<title>{x}", "<title> is never closed", 1),
        (t"<p></p", "this closing tag is not complete", 1),
        (t"<:foot></:foot>", "<:foot> is a slot, and slots stand directly within a component", 1),
        (t"<{x}><p><:foot/></p></{x}>", "slots stand directly within a component", 1),
        (t"<{x}><:a.b/></{x}>", "cannot be the name of a parameter", 1),
        (t"<ul><li :key={x}></li></ul>", ":key belongs on the outermost tag", 1),
        (t"<b :key={x}></b><b :key={x}></b>", "a template has one :key", 1),
        (t"<b :key></b>", ":key needs a value", 1),
        (t"<b :if={x}></b>", ":if is not for t-strings: use Python", 1),
        (t"<a href='javascript:go({x})'></a>", "would be run as code", 1),
        (t"<a title=\"x\"\"y\"></a>", "cannot begin an attribute", 1),
        (t"a\0b", "a NUL character cannot stand in HTML", 1),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_with_its_line(template: Template, problem: str, line: int) -> None:
    with pytest.raises(MarkupError) as error:
        nodes(template)
    assert problem in str(error.value)
    assert error.value.line == line


def test_the_line_is_shown_as_it_was_written() -> None:
    with pytest.raises(MarkupError) as error:
        nodes(t"<ul>\n  <li title={x + 1}>{x}</lo>\n</ul>")
    assert str(error.value) == (
        "</lo> stands where <li> of line 2 is still open: write </li> before it\n"
        "  line 2 of the template: <li title={x + 1}>{x}</lo>"
    )
