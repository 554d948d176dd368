"""Turns any value into something that may be kept in a render tree, safe where it stands.

The rule: nothing mutable is kept, and every value is made safe for its context: text, quoted
attribute, URL, style, or between a tag's attributes. Script and style elements take no values at
all unless they were encoded for them (`|tojson`).
"""

from __future__ import annotations

import logging
import re
from typing import Any

from wirebird.errors import WirebirdError
from wirebird.html.shown import has_text, kind_of, text_of_value
from wirebird.html.tree import Comprehension, Dynamic, Statics, exact

logger = logging.getLogger("wirebird.html")

BLOCKED_URL = "about:invalid#blocked"
BLOCKED_STYLE = "/*blocked*/"

_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]+")
_IGNORED_IN_URLS = re.compile(r"[\x00-\x20]+")
_HIDDEN_HOST = re.compile(r"/(?:(?:\.|%2e){1,2}/)+/", re.IGNORECASE)
_WHOLE_URL = re.compile(r"https?://[^/\\?#@]+(?:[/?#]|\Z)", re.IGNORECASE)
_REFUSED_SCHEMES = frozenset({"javascript:", "vbscript:", "data:", "livescript:", "mocha:"})
_SAFE_DATA = re.compile(r"data:(image/(png|jpe?g|gif|webp|avif|bmp|x-icon)|audio/|video/|font/)")
_STYLE_LOADS = re.compile(
    r"url\s*\(|image\s*\(|image-set\s*\(|expression\s*\(|@import|javascript:|-moz-binding|\\",
    re.IGNORECASE,
)
_UNKNOWN_FUNCTION = re.compile(r"\0\s*\(")
_PLAIN_ARGUMENT = re.compile(r"[\w.%+\-,\s]*")

URL_ATTRIBUTES = frozenset(
    {
        "action",
        "background",
        "cite",
        "data",
        "formaction",
        "href",
        "manifest",
        "ping",
        "poster",
        "src",
        "xlink:href",
    }
)
SCRIPT_ATTRIBUTES = frozenset({"srcdoc"})


class UnsafeMarkup(WirebirdError, ValueError):
    """A value stands where it would be executed rather than shown."""


def keep(value: Any) -> Dynamic:
    """Return `value` as a dynamic for text or a quoted attribute.

    Strings and whole numbers stay as they are, markup (anything with `__html__`) becomes
    `(html,)`, trees stay trees, and everything else is turned into its text at once.

    Raises:
        NoText: The value has only a `repr`.
    """
    kind = kind_of(value)
    if kind is str or kind is int:
        return value
    if kind is Comprehension or (kind is tuple and value and type(value[0]) is Statics):
        return value
    fragment = getattr(value, "__tree__", None)
    if fragment is not None:
        return fragment
    if hasattr(value, "__html__"):
        return (exact(value.__html__()),)
    if hasattr(kind, "write_html"):
        return value
    # Asked here and not in text_of_value: most of a page's numbers and dates come this way.
    if kind is float or has_text(kind):
        text = str(value)
        return text if type(text) is str else str.__str__(text)
    return text_of_value(value)


def safe_url(text: str) -> bool:
    """Tell whether a URL is relative or has a scheme that does not run code."""
    plain = _INVISIBLE.sub("", text).lower()
    scheme = _SCHEME.match(plain)
    if scheme is None or scheme.group() not in _REFUSED_SCHEMES:
        return True
    return _SAFE_DATA.match(plain) is not None


def stays_here(href: str) -> bool:
    """Tell whether a browser that follows `href` may stay on this site: a path, or an HTTP URL.

    Which host an HTTP URL names is not known here; whether the page is ours, the join decides.
    """
    whole = _IGNORED_IN_URLS.sub("", href)
    plain = whole.replace("\\", "/")
    if plain.startswith("//") or _HIDDEN_HOST.match(plain):
        return False
    scheme = _SCHEME.match(plain.lower())
    return scheme is None or _WHOLE_URL.match(whole) is not None


def keep_style_part(value: Any, before: str) -> Dynamic:
    """Return `value` for a style in which other text stands before it.

    Args:
        value: One that begins another declaration, or a function's name, is dropped.
        before: The text, in which NUL stands for each value.
    """
    kept = keep(value)
    if type(kept) is str:
        declaration = before.rpartition(";")[2].strip()
        if (
            (declaration and any(mark in kept for mark in ";{}"))
            or (before.endswith("\0") and any(mark in kept for mark in ":("))
            or (_UNKNOWN_FUNCTION.search(declaration) and not _PLAIN_ARGUMENT.fullmatch(kept))
        ):
            logger.warning("blocked the style %.40r: it holds another declaration", kept)
            return BLOCKED_STYLE
    return keep_style(kept)


def keep_style(value: Any) -> Dynamic:
    """Return `value` for a style attribute; one that would load something is dropped."""
    kept = keep(value)
    if type(kept) is str and _STYLE_LOADS.search(kept):
        logger.warning("blocked the style %.80r: it would load from elsewhere", kept)
        return BLOCKED_STYLE
    return kept
