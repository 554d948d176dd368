"""An anchor patches, navigates or loads, and always has a real href."""

from __future__ import annotations

from typing import Any

import pytest

from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.js import js
from wirebird.html.link import link
from wirebird.live.navigation import NavigationError, local_path


def render(source: str, **names: Any) -> str:
    environment = TemplateEnvironment()
    environment.globals["link"] = link
    return environment.inline(source).render(**names)


def test_a_patch_stays_in_the_view() -> None:
    assert str(link("Next", patch="?page=2")) == (
        '<a href="?page=2" data-phx-link="patch" data-phx-link-state="push">Next</a>'
    )


def test_a_navigation_may_replace_the_history_s_entry() -> None:
    assert str(link("Home", navigate="/", replace=True)) == (
        '<a href="/" data-phx-link="redirect" data-phx-link-state="replace">Home</a>'
    )


def test_an_href_is_a_plain_anchor() -> None:
    assert str(link("Away", href="https://example.org/?a=1&b=2")) == (
        '<a href="https://example.org/?a=1&amp;b=2">Away</a>'
    )


def test_a_method_is_sent_by_the_client_with_its_token() -> None:
    assert str(link("Out", href="/out", method="DELETE", csrf_token="t<")) == (
        '<a href="/out" data-method="delete" data-to="/out" data-csrf="t&lt;">Out</a>'
    )
    assert "data-" not in str(link("In", href="/in", method="get"))


def test_other_attributes_are_passed_on() -> None:
    shown = str(
        link("x", href="/", class_="a b", aria_label="<", hidden=True, title=None, id=False)
    )
    assert shown == '<a href="/" class="a b" aria-label="&lt;" hidden>x</a>'


def test_text_is_escaped() -> None:
    assert str(link("<b>", href="/")) == '<a href="/">&lt;b&gt;</a>'
    assert str(link(0, href="/")) == '<a href="/">0</a>'


def test_a_call_gives_the_anchor_its_body() -> None:
    assert render(
        "{% call link(navigate='/x', class='c') %}<b>{{ n }}</b>{% endcall %}", n="<"
    ) == (
        '<a href="/x" data-phx-link="redirect" data-phx-link-state="push" class="c"><b>&lt;</b></a>'
    )
    assert render("<p>{{ link('a', patch='/x') }}</p>").startswith("<p><a href=")


@pytest.mark.parametrize(
    "targets", [{}, {"patch": "/", "href": "/"}, {"patch": "/", "navigate": "/"}]
)
def test_exactly_one_target_is_given(targets: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exactly one of patch=, navigate=, href= and outside="):
        link("x", **targets)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "java\nscript:x", " data:text/html,x"])
def test_a_script_is_no_target(url: str) -> None:
    for kind in ("patch", "navigate", "href"):
        with pytest.raises(ValueError, match="would run code"):
            link("x", **dict[str, Any]({kind: url}))


ELSEWHERE = [
    "//evil.test", "/\\evil.test", "\\\\evil.test", "/\t/evil.test", " //evil.test",
    "/\n/evil.test",
    "/.//evil.test", "/..//evil.test", "/%2e%2E//evil.test", "https:evil.test", "http:/evil.test",
    "https:\\\\evil.test", "https://good.test@evil.test", "https:///evil.test", "ftp://x",
    "mailto:a@b", "tel:1", "blob:x", "file:///x", "",
]  # fmt: skip

HERE = ["/a", "?page=2", "#x", "a", "./a", "../a", "/a//b", "/a?b=//c", "http://test/a", "/a:b"]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_live_links_lead_nowhere_else_and_neither_do_commands(to: str) -> None:
    for function in (
        lambda: link("x", navigate=to),
        lambda: link("x", patch=to),
        lambda: js.navigate(to),
        lambda: js.patch(to),
    ):
        with pytest.raises(ValueError, match=r"leaves this site|empty href"):
            function()
    with pytest.raises(NavigationError):
        local_path(to)


@pytest.mark.parametrize("to", HERE)
def test_live_links_take_what_commands_take(to: str) -> None:
    assert f'href="{to}"' in str(link("x", navigate=to))
    assert f'href="{to}"' in str(link("x", patch=to))
    assert f'"href":"{to}"' in str(js.navigate(to))
    assert f'"href":"{to}"' in str(js.patch(to))


def test_an_href_may_lead_elsewhere() -> None:
    assert 'href="mailto:a@b"' in str(link("x", href="mailto:a@b"))
