"""Makes values and pieces of markup safe for places within a tag, a script or a style.

The rule: text is checked for what its place does with it; markup that a template built somewhere
else (in a macro, a block, an included file) is read again as it would stand here, so that its
values are checked for this place and not for the one where it was written.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from html import unescape
from typing import Any

from wirebird.html.escaping import (
    BLOCKED_URL,
    SCRIPT_ATTRIBUTES,
    UnsafeMarkup,
    keep,
    keep_style_part,
    safe_url,
)
from wirebird.html.markup import VALUE_MARK, MarkupMismatch, first_mark
from wirebird.html.scanner import Context, Scanner
from wirebird.html.shown import kind_of
from wirebird.html.tree import Comprehension, Dynamic, Statics, Tree, escape, to_html

logger = logging.getLogger("wirebird.html")

_SPACE = " \t\r\n\f"
_NAME_START = re.compile(r"(?!on)[a-z_:@][\w:.\-]*\Z", re.IGNORECASE)
_NAME_REST = re.compile(r"[\w:.\-]*\Z")
_TAG_NAME = re.compile(r"[a-zA-Z][\w:.\-]*\Z")
_UNSAFE_TAGS = frozenset({"script", "style", "iframe", "object", "embed", "base", "link", "meta"})
_CHECKED_NAMES = SCRIPT_ATTRIBUTES | {"style"}
_QUOTES = {'"': "&#34;", "'": "&#39;"}

Where = tuple[str, str, str, str, str, bool]  # as `Scanner.where` gives it


class OpenStatics(Statics):
    """The literal parts of markup that ends within a tag, as a script may look; no page's."""

    __slots__ = ()


class ContextCheck:
    """Makes whatever is given to it safe for one place of a template.

    Args:
        context: What a value is there.
        where: The scanner's account of the place.
    """

    __slots__ = ("_context", "_text", "_where")

    def __init__(self, context: str, where: Where) -> None:
        self._context = Context[context]
        self._where = where
        self._text = _CHECKS[self._context](self)

    def __call__(self, value: Any) -> Dynamic:
        """Return a value as a dynamic for this place.

        Raises:
            UnsafeMarkup: It would be run rather than shown, or break the tag.
        """
        if type(value) is str:
            return self._text(value)
        kept = keep(value)
        if type(kept) is str:
            return self._text(kept)
        if type(kept) is int:
            if self._context in (Context.TAG_NAME, Context.ATTRIBUTES):
                self._text(str(kept))
            return kept
        return self._markup(kept)

    def markup(self, value: Any) -> Dynamic:
        """Return what a call, a block or an included template made; strings in it are trusted."""
        kind = kind_of(value)
        if kind is str:
            return self._markup((value,))
        if kind is tuple and value and isinstance(value[0], Statics):
            return self._markup(value)
        return self._markup(keep(value))

    def _markup(self, kept: Dynamic) -> Dynamic:
        scanner = Scanner.at(*self._where)
        if self._context is Context.TAG_NAME:
            html = to_html(kept)
            if html[:1] not in _SPACE or not self._where[1]:
                return self._text(unescape(html))
            scanner.end_tag_name()
        start = scanner.boundary()
        parts: list[str] = []
        try:
            _write(kept, scanner, parts)
            scanner.end()
        except MarkupMismatch as error:
            raise UnsafeMarkup(str(error)) from None
        if scanner.boundary() != start:
            raise UnsafeMarkup(
                f"{to_html(kept)[:60]!r} stands within a tag and would end elsewhere than it began"
            )
        parts.append(scanner.cut())
        return ("".join(parts),)

    def _plain(self) -> Callable[[str], str]:
        return _unchanged

    def _url(self) -> Callable[[str], str]:
        before = self._where[4]
        follows_value = VALUE_MARK in before

        def check(text: str) -> str:
            if text[:1] in "/?#" and not before:
                return text
            if follows_value:
                # Whatever came before, it can only become a scheme by a colon.
                safe = first_mark(text) != ":"
            else:
                safe = safe_url(unescape(before + escape(text)))
            if safe:
                return text
            logger.warning("blocked the URL %.80r: its scheme would run or embed code", text)
            return BLOCKED_URL

        return check

    def _style(self) -> Callable[[str], str]:
        before = self._where[4]
        return lambda text: str(keep_style_part(text, before))

    def _attributes(self) -> Callable[[str], str]:
        first = _NAME_REST if self._where[2] else _NAME_START

        def check(text: str) -> str:
            form = _NAME_START if text[:1] in _SPACE else first
            for name in text.split():
                if form.match(name) and name.lower() not in _CHECKED_NAMES:
                    form = _NAME_START
                    continue
                raise UnsafeMarkup(
                    f'{text[:80]!r} stands between the attributes of a tag: write name="{{{{ value'
                    ' }}", or build the attributes with the xmlattr filter'
                )
            return text

        return check

    def _tag_name(self) -> Callable[[str], str]:
        prefix = self._where[1].removesuffix(VALUE_MARK)
        attributes = self._attributes()

        def check(text: str) -> str:
            if prefix and text[:1] in _SPACE:  # <option{{ " selected" if chosen }}>
                return attributes(text)
            name = prefix + text
            if not _TAG_NAME.match(name) or name.lower() in _UNSAFE_TAGS:
                raise UnsafeMarkup(
                    f"{name[:40]!r} cannot be the name of a tag here: write &lt; where you mean"
                    " the sign and not a tag"
                )
            return text

        return check

    def _code(self) -> Callable[[str], str]:
        _state, tag, attribute, *_ = self._where
        place = f"the {attribute} attribute" if attribute else f"<{tag}>"

        def check(text: str) -> str:
            raise UnsafeMarkup(
                f"{text[:60]!r} inside {place} would run as code: write {{{{ value|tojson }}}} for"
                " a script's data, use phx-* bindings for events and class names for style"
            )

        return check


def _unchanged(text: str) -> str:
    return text


# pyright: reportPrivateUsage=false
_CHECKS: dict[Context, Callable[[ContextCheck], Callable[[str], str]]] = {
    Context.TEXT: ContextCheck._plain,
    Context.ATTRIBUTE: ContextCheck._plain,
    Context.URL: ContextCheck._url,
    Context.STYLE: ContextCheck._style,
    Context.ATTRIBUTES: ContextCheck._attributes,
    Context.TAG_NAME: ContextCheck._tag_name,
    Context.SCRIPT: ContextCheck._code,
}


def _write(node: Any, scanner: Scanner, parts: list[str]) -> None:
    """Read a tree as it would stand where `scanner` is, and write it."""
    kind = kind_of(node)
    if kind is str or kind is int:
        context = scanner.hole()
        where = scanner.where()
        parts.append(scanner.cut())
        text = ContextCheck(context.name, where)(node)
        parts.append(escape(text) if type(text) is str else str(text))
    elif kind is tuple and type(node[0]) is str:
        _write_literal(node[0], scanner)
    elif kind is tuple:
        _write_row(node[0], node[1:], scanner, parts)
    elif kind is Comprehension:
        for row in node.rows:
            _write_row(node.statics, row, scanner, parts)
    else:
        _write_literal(to_html(node), scanner)


def _write_row(statics: Statics, row: tuple[Any, ...], scanner: Scanner, parts: list[str]) -> None:
    for string, value in zip(statics.strings[:-1], row, strict=False):
        _write_literal(string, scanner)
        _write(value, scanner, parts)
    _write_literal(statics.strings[-1], scanner)


def _write_literal(text: str, scanner: Scanner) -> None:
    # Markup is made for text, where quotes may stand as they are.
    if scanner.in_value and scanner.quote in _QUOTES:
        text = text.replace(scanner.quote, _QUOTES[scanner.quote])
    scanner.feed(text)


def whole(tree: Tree) -> Tree:
    """Return what a block or an included template made, for a place between tags.

    Raises:
        UnsafeMarkup: It ends within a tag, so that what follows would be read as part of it.
    """
    statics = tree[0]
    if type(statics) is OpenStatics:
        raise UnsafeMarkup(
            f"{statics.source} ends within a tag: write whole tags in it, or &lt; for the sign"
        )
    return tree
