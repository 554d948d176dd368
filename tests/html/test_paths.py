"""Paths of an application: behind its mount's prefix once, and outside where that is said."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest
from markupsafe import escape

from wirebird.components import ui
from wirebird.html.errors import ComponentError
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.js import JS, js
from wirebird.html.link import link
from wirebird.html.paths import BrowserPath, mounted_at
from wirebird.jsonable import jsonable

INSIDE = [
    ("/items/7", "/caf%C3%A9/items/7"),
    ("/", "/caf%C3%A9/"),
    ("/?a=/b", "/caf%C3%A9/?a=/b"),
]
AS_THEY_ARE = ["?page=2", "#top", "items/7", "../items", "http://test/items"]


def hrefs(commands: JS) -> list[str]:
    return [arguments["href"] for _, arguments in json.loads(str(commands))]


@pytest.mark.parametrize(("to", "seen"), INSIDE)
def test_what_begins_with_a_slash_leads_inside(to: str, seen: str) -> None:
    with mounted_at("/café"):
        for kind in ("patch", "navigate", "href"):
            assert f'href="{seen}"' in str(link("x", **dict[str, Any]({kind: to})))
        assert f'data-to="{seen}"' in str(link("x", href=to, method="post"))
        assert f'href="{seen}"' in str(ui.button("x", navigate=to))
        assert f'action="{seen}"' in str(ui.form(id="f", action=to))
        assert hrefs(js.navigate(to).patch(to)) == [seen, seen]


@pytest.mark.parametrize("to", AS_THEY_ARE)
def test_whatever_else_stays_as_it_is(to: str) -> None:
    with mounted_at("/shop"):
        assert f'href="{to}"' in str(link("x", navigate=to))
        assert hrefs(js.patch(to)) == [to]
        for url in ("//cdn.test/x", "https://elsewhere.test/", "mailto:a@b.test"):
            assert f'href="{url}"' in str(link("x", href=url))


def test_a_path_that_is_whole_gets_no_second_prefix_and_one_that_only_looks_so_does() -> None:
    with mounted_at("/shop"):
        whole = BrowserPath("/shop/items")
        assert 'href="/shop/items"' in str(link("x", navigate=whole))
        assert hrefs(js.navigate(whole)) == ["/shop/items"]
        assert 'action="/shop/items"' in str(ui.form(id="f", action=whole))
        assert 'href="/shop/shop/items"' in str(link("x", navigate="/shop/items"))


def test_a_path_outside_is_said_to_be_so() -> None:
    with mounted_at("/shop"):
        assert str(link("x", outside="/login")) == '<a href="/login">x</a>'
        assert 'data-to="/logout"' in str(link("x", outside="/logout", method="post"))
        assert '<a href="/login"' in str(ui.button("x", outside="/login"))
        assert 'action="/login"' in str(ui.form(id="f", outside="/login"))


@pytest.mark.parametrize(
    "to", ["login", "//evil.test", "/\\evil.test", "https://elsewhere.test/", ""]
)
def test_only_a_path_is_outside(to: str) -> None:
    for made in (link, ui.button):
        with pytest.raises(ValueError, match="begin it with one slash"):
            made("x", outside=to)
    with pytest.raises(ComponentError, match="one of action= and outside="):
        ui.form(id="f", action="/a", outside="/b")


def test_a_chain_of_commands_may_be_older_than_the_page_that_it_is_for() -> None:
    chain = js.hide().navigate("/a").push("b", value={"href": "/c"}).patch("/d", replace=True)
    at_home = json.loads(str(chain))

    with mounted_at("/shop"):
        shown = json.loads(str(chain))
        assert jsonable(chain) == shown
        assert hrefs(js.navigate("/x").concat(js.patch("/y"))) == ["/shop/x", "/shop/y"]
    assert [arguments.get("href") for _, arguments in shown] == [None, "/shop/a", None, "/shop/d"]
    assert shown[2] == at_home[2]
    assert [arguments.get("href") for _, arguments in at_home] == [None, "/a", None, "/d"]
    assert json.loads(str(chain)) == at_home


def test_a_mount_ends_where_it_ends() -> None:
    with mounted_at("/outer"):
        with mounted_at("/outer/inner"):
            assert 'href="/outer/inner/a"' in str(link("x", href="/a"))
        assert 'href="/outer/a"' in str(link("x", href="/a"))
    assert 'href="/a"' in str(link("x", href="/a"))


MACRO = "{% macro to(a) %}/items?{{ {'a': a, 'b': 2}|urlencode }}{% endmacro %}"


@pytest.mark.parametrize("root_path", ["", "/shop"])
def test_a_url_that_a_macro_makes_is_escaped_once(root_path: str) -> None:
    seen = root_path + "/items?a=1&b=2"
    environment = TemplateEnvironment()
    environment.globals.update(js=js, link=link, ui=ui)  # pyright: ignore[reportUnknownMemberType]
    with mounted_at(root_path):
        for made in (
            "link('x', patch=to(1))",
            "link('x', href=to(1))",
            "ui.button('x', navigate=to(1))",
            "ui.form(id='f', action=to(1))",
        ):
            assert f'="{escape(seen)}"' in environment.inline(f"{MACRO}{{{{ {made} }}}}").render()
        commands = environment.inline(f"{MACRO}<b phx-click='{{{{ js.patch(to(1)) }}}}'>").render()
        assert f'"href":"{seen}"' in unescape(commands)
    outside = environment.inline(f"{MACRO}{{{{ link('x', outside=to(1)) }}}}").render()
    assert 'href="/items?a=1&amp;b=2"' in outside
