"""The flash as a person reads it on a page.

The rule: a message is whatever a click could clear, by an attribute or by a command, whoever drew
it.
"""

from __future__ import annotations

from collections.abc import Mapping

from wirebird.testing.actions import commands_of
from wirebird.testing.html import (
    LexborHTMLParser,
    LexborNode,
    ancestors,
    attribute,
    parse_body,
    select,
    text_of,
)


def flashes(page: LexborHTMLParser) -> dict[str, str]:
    """Return the flash messages on a page by kind."""
    found: dict[str, str] = {}
    for node in select(page, "[phx-click]"):
        for command, args in commands_of(attribute(node, "phx-click") or ""):
            if command == "push" and args.get("event") == "lv:clear-flash":
                given: Mapping[str, str] = args.get("value") or {}
                kind = given.get("key") or attribute(node, "phx-value-key") or ""
                found.setdefault(kind, _message(node))
    return found


def _message(closes: LexborNode) -> str:
    """Return what a flash says: the element that clears it, or what stands around that button."""
    around = (each for each in ancestors(closes) if attribute(each, "role") in ("alert", "status"))
    copy = parse_body(next(around, closes).html or "")
    if closes.tag == "button":
        for button in copy.css("button"):
            button.remove()
    return "" if copy.body is None else text_of(copy.body)
