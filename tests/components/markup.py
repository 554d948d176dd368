"""What tests of components share: the HTML of what a component returned, and its elements."""

from __future__ import annotations

from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wirebird.html.tree import to_html


def html_of(shown: Any) -> str:
    """Return the HTML of a component's result."""
    return to_html(shown.__tree__)


def element(shown: Any, selector: str) -> LexborNode:
    """Return the one element of a component's result that matches a selector."""
    found = LexborHTMLParser(html_of(shown)).css(selector)
    assert len(found) == 1, f"{len(found)} elements match {selector} in {html_of(shown)}"
    return found[0]


def attributes(shown: Any, selector: str) -> dict[str, str | None]:
    """Return the attributes of that element."""
    return dict(element(shown, selector).attributes)
