from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from tests.wire.transcript import read
from wirebird.html.escaping import BLOCKED_STYLE, BLOCKED_URL, UnsafeMarkup
from wirebird.html.js import JS, closest, inner, js
from wirebird.jsonable import jsonable

untyped: Any = js

COMMANDS: dict[str, JS] = {
    "push": js.push("inc"),
    "push_opts": js.push(
        "inc", value={"a": 1, "b": "x"}, target="#here", loading="#here", page_loading=True
    ),
    "toggle": js.toggle(to="#here"),
    "toggle_opts": js.toggle(
        to="#here",
        in_="fade-in",
        out=("ease-out", "o-100", "o-0"),
        time=300,
        display="inline-block",
        blocking=False,
    ),
    "show": js.show(to="#here", transition=("ease", "from", "to"), time=100),
    "hide": js.hide(),
    "add_class": js.add_class("a b", to=inner(".x")),
    "remove_class": js.remove_class("a", to=closest(".y"), time=50, transition="t"),
    "toggle_class": js.toggle_class("a", to="#here"),
    "transition": js.transition(("ease-out", "o-0", "o-100"), to="#here", time=200),
    "transition_str": js.transition("shake", blocking=False),
    "set_attribute": js.set_attribute("aria-expanded", "true", to="#here"),
    "remove_attribute": js.remove_attribute("hidden", to="#here"),
    "toggle_attribute": js.toggle_attribute("open", "open"),
    "toggle_attribute3": js.toggle_attribute("aria-expanded", "true", "false"),
    "ignore_attributes": js.ignore_attributes(["open", "data-*"]),
    "dispatch": js.dispatch("click", to="#here"),
    "dispatch_detail": js.dispatch("my:event", detail={"x": [1, 2]}, bubbles=False, blocking=False),
    "focus": js.focus(to="#here"),
    "focus_first": js.focus_first(),
    "push_focus": js.push_focus(),
    "pop_focus": js.pop_focus(),
    "navigate": js.navigate("/t/nav/b"),
    "navigate_replace": js.navigate("/t/nav/b", replace=True),
    "patch": js.patch("/t/js?x=1"),
    "exec": js.exec("data-cancel", to="#here"),
    "chain": js.push("inc").hide(to="#here").show(to="#here").concat(js.focus(to="#here")),
}


def test_every_command_is_what_phoenix_sends():
    rows = read("js").joins[0]["2"]["1"]["k"]
    recorded: dict[str, Any] = {}
    for index in range(rows["kc"]):
        attribute = re.fullmatch(r' phx-click="(.*)"', rows[str(index)]["1"])
        assert attribute
        recorded[rows[str(index)]["2"]] = json.loads(html.unescape(attribute[1]))
    assert {name: chain.to_encodable() for name, chain in COMMANDS.items()} == recorded


@pytest.mark.parametrize("name", COMMANDS)
def test_the_text_of_a_chain_is_its_json(name: str):
    chain = COMMANDS[name]
    assert json.loads(str(chain)) == chain.to_encodable()


def test_adding_a_command_leaves_the_chain_as_it_was():
    first = js.push("a")
    first.hide()
    assert first.to_encodable() == [["push", {"event": "a"}]]
    assert js.to_encodable() == []


def test_a_chain_cannot_be_assigned_to():
    with pytest.raises(AttributeError, match="does not change"):
        js.anything = 1  # type: ignore[attr-defined]


def test_changing_a_value_later_does_not_change_the_chain():
    value = {"ids": [1]}
    chain = js.push("a", value=value)
    value["ids"].append(2)
    assert chain.to_encodable() == [["push", {"event": "a", "value": {"ids": [1]}}]]


def test_chains_are_equal_and_hashable_by_value():
    one = js.push("a", value={"x": 1, "y": {"p": 1, "q": 2}}).hide()
    two = js.push("a", value={"y": {"q": 2, "p": 1}, "x": 1}).hide()
    assert one == two
    assert str(one) == str(two)
    assert {one: "found"}[two] == "found"
    assert one != two.hide()
    assert one != str(one)


def test_jinja_prints_a_chain_inside_a_quoted_attribute():
    environment = jinja2.Environment(autoescape=True)
    chain = js.push("a", value={"text": "\"'<>&"})
    source = '<p phx-click="{{ chain }}">'
    attribute = environment.from_string(source).render(chain=chain)[14:-2]
    assert '"' not in attribute
    assert "<" not in attribute
    assert json.loads(html.unescape(attribute)) == chain.to_encodable()
    assert isinstance(chain.__html__(), Markup)


def test_templates_reach_inner_and_closest_through_js():
    assert js.hide(to=js.inner(".x")) == js.hide(to=inner(".x"))
    assert js.hide(to=js.closest(".x")).to_encodable() == [["hide", {"to": {"closest": ".x"}}]]


class View:
    def save(self) -> None: ...

    save.__wirebird_event__ = "save-all"  # type: ignore[attr-defined]

    def secret(self) -> None: ...


def test_push_takes_a_bound_event_method():
    assert js.push(View().save) == js.push("save-all")


def test_push_refuses_a_method_that_is_no_event():
    with pytest.raises(TypeError, match=r"View\.secret.*mark it with @event"):
        js.push(View().secret)


def test_push_targets_a_component_by_its_cid():
    @dataclass
    class Component:
        cid: int

    assert js.push("a", target=Component(3)).to_encodable()[0][1]["target"] == 3
    assert js.push("a", target=3).to_encodable()[0][1]["target"] == 3
    with pytest.raises(TypeError, match="a selector or a component"):
        js.push("a", target=object())  # type: ignore[arg-type]


def test_values_that_json_lacks_are_converted():
    chain = untyped.push(
        "a", value={"on": date(2026, 1, 2), "price": Decimal("1.50"), 3: Markup("<b>")}
    )
    assert chain.to_encodable()[0][1]["value"] == {"on": "2026-01-02", "price": "1.50", "3": "<b>"}


def test_a_chain_can_be_a_value():
    assert jsonable(js.hide()) == [["hide", {}]]
    assert js.push("a", value={"then": js.hide()}).to_encodable()[0][1]["value"] == {
        "then": [["hide", {}]]
    }


def test_a_value_without_an_equivalent_is_named():
    with pytest.raises(TypeError, match=r"type .*View to the browser"):
        js.push("a", value={"view": View()})


@pytest.mark.parametrize(
    "make",
    [
        lambda: untyped.push(3),
        lambda: untyped.push("a", value=[1]),
        lambda: untyped.push("a", target=True),
        lambda: untyped.push("a", page_loading="yes"),
        lambda: untyped.hide(to=3),
        lambda: untyped.hide(to={"inner": ".x"}),
        lambda: untyped.hide(time=1.5),
        lambda: untyped.hide(time=True),
        lambda: untyped.hide(transition=3),
        lambda: untyped.hide(transition=("a", "b")),
        lambda: untyped.hide(transition=("a", "b", 3)),
        lambda: untyped.show(display=3),
        lambda: untyped.show(blocking=None),
        lambda: untyped.transition(None),
        lambda: untyped.add_class([1]),
        lambda: untyped.add_class({"a"}),
        lambda: untyped.set_attribute("a", 1),
        lambda: untyped.set_attribute(("a", "b"), "c"),
        lambda: untyped.ignore_attributes(3),
        lambda: untyped.ignore_attributes([3]),
        lambda: untyped.dispatch("a", detail="b"),
        lambda: untyped.dispatch("a", bubbles=1),
        lambda: untyped.navigate(None),
        lambda: untyped.exec(3),
        lambda: untyped.concat("[]"),
        lambda: cast(Any, inner)(3),
    ],
)
def test_a_wrong_type_is_refused_at_once(make: Any):
    with pytest.raises(TypeError, match=r"js\.\w+\(\) expects"):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: js.push(""),
        lambda: js.push("a", target=" "),
        lambda: js.hide(to=""),
        lambda: js.hide(time=-1),
        lambda: js.hide(transition=" "),
        lambda: js.hide(transition=("", "a", "b")),
        lambda: js.add_class(""),
        lambda: js.set_attribute("", "x"),
        lambda: js.ignore_attributes([]),
        lambda: js.dispatch(""),
        lambda: js.dispatch("click", detail={}),
        lambda: js.dispatch("a", detail={"done": 1}, blocking=True),
        lambda: js.patch(""),
        lambda: closest(""),
    ],
)
def test_an_empty_or_impossible_argument_is_refused_at_once(make: Any):
    with pytest.raises(ValueError, match="js\\."):
        make()


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", " java\nscript:x", "data:text/html,x", "//evil.test", "/\\evil.test"],
)
def test_navigation_to_elsewhere_is_refused(href: str):
    with pytest.raises(ValueError, match="leaves this site"):
        js.navigate(href)
    with pytest.raises(ValueError, match="leaves this site"):
        js.patch(href)


def test_navigation_within_the_site_is_kept_as_it_is():
    for href in ("/", "/a?b=c:d#e", "?page=2", "https://example.test/a", "a/b:c"):
        assert js.patch(href).to_encodable() == [["patch", {"href": href, "replace": False}]]


def test_classes_may_be_separated_by_any_whitespace():
    assert js.add_class(["a", "b"]) == js.add_class(" a\n  b ")
    assert js.add_class(" a\n  b ").to_encodable() == [["add_class", {"names": ["a", "b"]}]]


def test_dispatch_blocks_only_when_asked_to():
    assert js.dispatch("a", blocking=True).to_encodable() == [
        ["dispatch", {"event": "a", "blocking": True}]
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), json_values))
def test_any_value_arrives_in_the_browser(value: dict[str, Any]):
    chain = js.push("a", value=value)
    assert json.loads(html.unescape(str(chain.__html__())))[0][1]["value"] == value


@pytest.mark.parametrize("name", ["onclick", "ONCLICK", "srcdoc"])
def test_a_command_sets_no_attribute_that_is_run(name: str) -> None:
    with pytest.raises(UnsafeMarkup):
        js.set_attribute(name, "alert(1)")
    with pytest.raises(UnsafeMarkup):
        js.toggle_attribute(name, "", "alert(1)")
    assert "f()" in str(js.set_attribute(name, Markup("f()")))


@pytest.mark.parametrize("name", ["href", "SRC", "action", "xlink:href", "data"])
def test_a_url_that_a_command_sets_is_checked(name: str) -> None:
    assert js.set_attribute(name, "javascript:alert(1)") == js.set_attribute(name, BLOCKED_URL)
    assert js.toggle_attribute(name, "/a", "vbscript:x") == js.toggle_attribute(
        name, "/a", BLOCKED_URL
    )
    assert '"/a?b=1&c"' in str(js.set_attribute(name, "/a?b=1&c"))


def test_a_style_that_a_command_sets_loads_nothing() -> None:
    assert js.set_attribute("style", "background: url(//x)") == js.set_attribute(
        "style", BLOCKED_STYLE
    )


def test_a_command_sets_only_what_can_be_an_attribute() -> None:
    with pytest.raises(ValueError, match="no attribute's name"):
        js.set_attribute("a b", "c")
