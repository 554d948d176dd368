"""Values become attributes that say what was meant and nothing more."""

from __future__ import annotations

import logging
import tracemalloc
from typing import Any

import pytest
from markupsafe import Markup

from wirebird.html.attributes import attribute, attributes, class_names, style_text
from wirebird.html.escaping import UnsafeMarkup


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["a b"], "a b"),
        (["a", "b", "a"], "a b"),
        ([["a", None, False, "", "b"]], "a b"),
        ([{"a": True, "b": 0, "c d": 1}], "a c d"),
        ([["a", {"b": True}, ["c", ("d",)]]], "a b c d"),
        (["btn wide", {"wide": False}], "btn"),
        ([None], ""),
        ([], ""),
    ],
)
def test_class_names_come_from_strings_lists_and_dicts(values: list[Any], names: str) -> None:
    assert class_names(*values) == names


@pytest.mark.parametrize("value", [3, True, object(), ["a", 3]])
def test_what_is_no_class_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="class takes strings"):
        class_names(value)


def test_style_comes_from_a_dict_without_what_is_off() -> None:
    assert style_text({"color": "red", "width": 3, "margin": None, "top": False}) == (
        "color: red; width: 3"
    )


def test_a_later_style_replaces_the_same_property() -> None:
    assert style_text("color: red; margin: 0", {"color": "blue", "margin": None}) == "color: blue"


@pytest.mark.parametrize("value", ["red; position: fixed", "url(//evil)", "expression(1)", "a}b"])
def test_a_style_value_cannot_bring_more_than_itself(
    value: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "wirebird.html"):
        assert style_text({"color": value}) == "color: /*blocked*/"
    assert "blocked the style" in caplog.text


def test_a_trusted_style_stands() -> None:
    assert style_text(Markup("background: url(/a.png)"), {"top": 0}) == (
        "background: url(/a.png); top: 0"
    )


@pytest.mark.parametrize(
    ("name", "value", "html"),
    [
        ("title", "x", ' title="x"'),
        ("title", "", ' title=""'),
        ("title", "<\"&'>", ' title="&lt;&#34;&amp;&#39;&gt;"'),
        ("title", Markup("<b>\"&amp;'"), ' title="<b>&#34;&amp;&#39;"'),
        ("value", 0, ' value="0"'),
        ("value", 1.5, ' value="1.5"'),
        ("hidden", True, " hidden"),
        ("hidden", False, ""),
        ("hidden", None, ""),
        ("class", ["a", {"b": True}], ' class="a b"'),
        ("class", [], ""),
        ("class", "a  b a", ' class="a b"'),
        ("style", {"color": "red"}, ' style="color: red"'),
        ("style", {}, ""),
        ("data", {"n": 1, "on": True, "off": False, "no": None}, ' data-n="1" data-on'),
        ("aria", {"hidden": True, "label": None}, ' aria-hidden="true"'),
        ("aria", {"busy": False}, ' aria-busy="false"'),
        ("data", "/movie.swf", ' data="/movie.swf"'),
        ("@click", "x", ' @click="x"'),
        ("onclick", None, ""),
        ("onclick", Markup("go()"), ' onclick="go()"'),
        ("href", "/a?b=1&c=2", ' href="/a?b=1&amp;c=2"'),
        ("href", "https://x.example/", ' href="https://x.example/"'),
    ],
)
def test_an_attribute_is_written_as_its_value_asks(name: str, value: Any, html: str) -> None:
    assert attribute(name, value) == html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " java\nscript:alert(1)", "JAVASCRIPT:x", "data:text/html,x"]
)
@pytest.mark.parametrize("name", ["href", "SRC", "formaction", "xlink:href", "data"])
def test_a_url_that_runs_code_is_blocked(name: str, url: str) -> None:
    assert attribute(name, url) == f' {name}="about:invalid#blocked"'


@pytest.mark.parametrize("name", ["onclick", "ONCLICK", "onMouseOver", "srcdoc"])
def test_an_attribute_that_holds_code_takes_only_markup(name: str) -> None:
    with pytest.raises(UnsafeMarkup, match="run as code"):
        attribute(name, "alert(1)")


@pytest.mark.parametrize("name", ["", "a b", "a=b", 'a"', "a>", "a/b", "a'", "<a", "a\0", "a\n"])
def test_a_name_cannot_end_the_tag_or_begin_another_attribute(name: str) -> None:
    with pytest.raises(ValueError, match="no attribute's name"):
        attribute(name, "x")


def test_an_event_handler_gives_the_name_of_its_event() -> None:
    def increment() -> None: ...

    increment.__wirebird_event__ = "inc"  # type: ignore[attr-defined]
    assert attribute("phx-click", increment) == ' phx-click="inc"'


def test_another_function_is_refused() -> None:
    def helper() -> None: ...

    with pytest.raises(TypeError, match=r"not the function .*helper: .*@event"):
        attribute("phx-click", helper)


def test_a_set_of_attributes_is_merged_and_is_markup() -> None:
    html = attributes(
        {"id": "a", "class": "x y", "style": "top: 0"},
        None,
        {"class": {"y": False, "z": True}, "hidden": True, "data": {"n": 1}, "style": {"left": 0}},
        {"id": "b"},
    )
    assert isinstance(html, Markup)
    assert html == ' class="x z" hidden data-n="1" style="top: 0; left: 0" id="b"'


def test_a_key_never_reaches_the_page() -> None:
    assert attributes({":key": 1, "id": "a"}) == ' id="a"'


def test_a_set_is_checked_like_single_attributes() -> None:
    with pytest.raises(UnsafeMarkup):
        attributes({"onclick": "alert(1)"})
    assert attributes({"href": "javascript:x"}) == ' href="about:invalid#blocked"'


@pytest.mark.parametrize(
    "name", ["color;x", "a:b", "background:url(//x)//", "a b", "", "a}b", "a/**/", "1a", "\\75rl"]
)
def test_the_name_of_a_property_is_checked(name: str) -> None:
    with pytest.raises(ValueError, match="no property's name"):
        style_text({name: "red"})


@pytest.mark.parametrize("name", ["color", "--accent", "-webkit-mask", "margin-top", "--_a1"])
def test_properties_of_ones_own_are_properties(name: str) -> None:
    assert style_text({name: 0}) == f"{name}: 0"


def test_a_name_has_an_end() -> None:
    with pytest.raises(ValueError, match="nor more than 256 characters"):
        attribute("a" * 257, "x")


def test_long_values_are_not_kept() -> None:
    held = [f"class-{number} " * 20_000 for number in range(20)]
    texts = [attribute("class", value) for value in held]
    tracemalloc.start()
    try:
        for value in held:
            attribute("class", value)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert all(text.startswith(' class="class-') for text in texts)
    assert kept < 1_000_000


@pytest.mark.parametrize(
    ("text", "declarations"),
    [
        ("a: f(x;y); b: c", "a: f(x;y); b: c"),
        ("a: 'x;y'; b: c", "a: 'x;y'; b: c"),
        ("a: (x; b: c", "a: (x; b: c"),
        ("a: 'x; b: c", "a: 'x; b: c"),
        ("a: (x(y); b: c", "a: (x(y); b: c"),
    ],
)
def test_a_styles_brackets_and_quotes_hold_together_what_is_in_them(text: str, declarations: str):
    assert style_text(text, Markup("d: e")) == f"{declarations}; d: e"


@pytest.mark.parametrize("mark", ["(", "a(", '"(', "'", "(a;", "(')"])
def test_a_long_style_of_brackets_that_never_close_is_one_declaration(mark: str):
    text = mark * 100_000  # took minutes when each bracket looked for its end
    assert len(style_text(text, "color: red")) >= len("color: red")
