"""HTML as tests read it: parsed by selectolax, which the extra `testing` installs.

The rule: nothing else here imports selectolax, and who lacks it is told how to get it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from wirebird.testing.errors import ElementError, HtmlError

try:
    from selectolax.lexbor import LexborHTMLParser as LexborHTMLParser
    from selectolax.lexbor import LexborNode as LexborNode
    from selectolax.lexbor import SelectolaxError
except ImportError as error:
    raise ImportError(
        "wirebird.testing reads HTML with selectolax, which is not installed:"
        " pip install 'wirebird[testing]'"
    ) from error

_SPACE = re.compile(r"\s+")


def parse(html: str) -> LexborHTMLParser:
    """Parse a whole document."""
    return LexborHTMLParser(html)


def parse_body(html: str) -> LexborHTMLParser:
    """Parse what stands in a document's body."""
    return LexborHTMLParser(f"<!DOCTYPE html><html><head></head><body>{html}</body></html>")


def select(document: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """Return the elements that match a CSS selector, in the document's order.

    Raises:
        ElementError: The selector is malformed.
    """
    try:
        return document.css(selector)
    except (SelectolaxError, ValueError) as error:
        raise ElementError(f"{selector!r} is no CSS selector: {error}") from None


def attribute(node: LexborNode, name: str) -> str | None:
    """Return an attribute, "" when it has no value, None when there is none."""
    attributes = node.attributes
    if name not in attributes:
        return None
    return attributes[name] or ""


def text_of(node: LexborNode) -> str:
    """Return an element's text as a person reads it: runs of white space are one space."""
    return _SPACE.sub(" ", node.text(deep=True)).strip()


def opening_tag(node: LexborNode) -> str:
    """Return an element's opening tag, for messages."""
    shown = "".join(
        f" {name}" if value is None or value == "" else f' {name}="{value:.60}"'
        for name, value in node.attributes.items()
        if name not in ("data-phx-session", "data-phx-static")
    )
    return f"<{node.tag}{shown}>"


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Yield an element and those around it, from the inside out."""
    current: LexborNode | None = node
    while current is not None and current.is_element_node:
        yield current
        current = current.parent


def closest(node: LexborNode, name: str) -> LexborNode | None:
    """Return the element itself, or the closest around it, that has an attribute."""
    return next((each for each in ancestors(node) if name in each.attributes), None)


def mistakes(document: LexborHTMLParser) -> list[str]:
    """Return what a browser would stumble over when it patches this page."""
    counts = Counter(node.attributes["id"] for node in document.css("[id]"))
    found = [
        f"the id {name!r} is there {count} times: the browser patches only the first;"
        " make each id unique"
        for name, count in counts.items()
        if name and count > 1
    ]
    found += [
        f"{opening_tag(form)} has no id: give it one, or what was typed is lost on a reconnect"
        for form in document.css("form[phx-change]")
        if not attribute(form, "id")
    ]
    return found


def check(document: LexborHTMLParser) -> None:
    """Raise for what a browser would stumble over.

    Raises:
        HtmlError: With all that is wrong.
    """
    found = mistakes(document)
    if found:
        raise HtmlError("; ".join(found) + " (or pass html_mistakes='warn' or 'ignore')")
