"""Turns values into a tag's attributes, each made safe for what its attribute does.

The rule: what comes out always starts with its own space, or is empty when the attribute is
absent; names are checked, values are escaped, script URLs are blocked, and attributes that hold
code take nothing but markup.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, TypeAlias, cast

from markupsafe import Markup, escape

from wirebird.html.escaping import (
    BLOCKED_STYLE,
    BLOCKED_URL,
    SCRIPT_ATTRIBUTES,
    URL_ATTRIBUTES,
    UnsafeMarkup,
    keep_style,
    safe_url,
)
from wirebird.html.shown import NoText, kind_of, text_of_value
from wirebird.html.tree import Comprehension, exact

__all__ = [
    "attribute",
    "attributes",
    "checked_value",
    "class_names",
    "combine",
    "holds_code",
    "style_text",
    "text_of",
    "write_all",
    "writer",
]

logger = logging.getLogger("wirebird.html")

if sys.version_info >= (3, 14):
    from string.templatelib import Template

    _MARKUP = (Comprehension, Template)
else:
    _MARKUP = (Comprehension,)

Writer: TypeAlias = Callable[[Any], str]

_NAME = re.compile(r"[^\s\"'<>/=&\x00-\x1f\x7f]+")
_PROPERTY = re.compile(r"[A-Za-z_\-][\w\-]*")
_LONGEST_NAME = 256
_LONGEST_KEPT = 256
_DECLARATION = re.compile(
    r"""(?:[^;"'(]|"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|\([^)]*(?:\)|\Z))+""",
)
_SPECIAL = re.compile("[&<>\"']").search
_QUOTES = str.maketrans({'"': "&#34;", "'": "&#39;"})


def class_names(*values: object) -> str:
    """Return the names of a `class` attribute.

    Args:
        *values: Strings of names, mappings of names to whether they are on, and lists of these,
            as deep as wanted. What is false is left out; a later value may turn off a name that
            an earlier one gave.

    Returns:
        Each name once, in the order in which they first came.

    Raises:
        TypeError: A value is none of these.

    Example:
        >>> class_names("btn", {"active": True, "hidden": False}, ["wide", None])
        'btn active wide'
    """
    names: dict[str, bool] = {}
    for value in values:
        _collect_names(value, names)
    return " ".join([name for name, shown in names.items() if shown])


def _collect_names(value: object, names: dict[str, bool]) -> None:
    if isinstance(value, str):
        for name in value.split():
            names[name] = True
    elif isinstance(value, Mapping):
        for key, shown in cast("Mapping[object, object]", value).items():
            for name in str(key).split():
                names[name] = bool(shown)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in cast("Iterable[object]", value):
            _collect_names(item, names)
    elif value is not None and value is not False:
        raise TypeError(
            f"class takes strings, dicts of names to conditions and lists of these, not {value!r}"
        )


def style_text(*values: object) -> str:
    """Return the declarations of a `style` attribute.

    Args:
        *values: Strings of declarations, and mappings of properties to values, where None and
            False leave the property out. A later declaration replaces an earlier one.

    Returns:
        The declarations, joined by `; `. A value that would load something or begin another
        declaration is blocked.

    Raises:
        TypeError: A value is none of these.
        ValueError: The name of a property could not be one.

    Example:
        >>> style_text("margin: 0", {"color": "red", "width": f"{50}%"})
        'margin: 0; color: red; width: 50%'
    """
    if len(values) == 1 and isinstance(values[0], str):
        return _style_string(values[0])
    declarations: dict[str, str] = {}
    for value in values:
        if isinstance(value, str):
            for name, text in _declarations(_style_string(value)):
                declarations[name] = text
        elif isinstance(value, Mapping):
            for key, item in cast("Mapping[object, object]", value).items():
                if item is None or item is False:
                    declarations.pop(str(key), None)
                elif _PROPERTY.fullmatch(name := str(key)) is None:
                    raise ValueError(
                        f"{name[:80]!r} is no property's name: letters, digits and hyphens are"
                    )
                else:
                    declarations[name] = _style_value(name, item)
        elif value is not None and value is not False:
            raise TypeError(f"style takes strings and dicts of properties to values, not {value!r}")
    return "; ".join([f"{name}: {text}" if text else name for name, text in declarations.items()])


def _style_string(value: str) -> str:
    if hasattr(value, "__html__"):
        return Markup(value).unescape()
    kept = keep_style(value)
    return kept if type(kept) is str else exact(kept)


def _style_value(name: str, value: object) -> str:
    text = _style_string(value if isinstance(value, str) else text_of(value, f"style: {name}"))
    if any(mark in text for mark in ";{}"):
        logger.warning("blocked the style %.40r: %.40r holds another declaration", name, text)
        return BLOCKED_STYLE
    return text


def _declarations(text: str) -> Iterable[tuple[str, str]]:
    # Markup may hold a semicolon within quotes or brackets; those do not end a declaration. What is
    # not closed goes on to the end, as in CSS.
    for part in _DECLARATION.findall(text):
        name, _, value = part.partition(":")
        if name.strip():
            yield name.strip(), value.strip()


def text_of(value: object, name: str) -> str:
    """Return the text of an attribute's value; a bound event handler gives its event's name.

    Raises:
        TypeError: The value is a template, a function that is no event handler, or something else
            that has no text.
    """
    if isinstance(value, str):
        return str.__str__(value)
    event = getattr(value, "__wirebird_event__", None)
    if isinstance(event, str):
        return event
    if isinstance(value, _MARKUP) or hasattr(value, "__tree__"):
        raise TypeError(f"{name} takes text, not a piece of a template")
    if isinstance(value, (FunctionType, MethodType, BuiltinFunctionType)):
        raise TypeError(
            f"{name} takes text, not the function {value.__qualname__}: call it,"
            " or mark it with @event when it is the handler of an event"
        )
    try:
        return text_of_value(value)
    except NoText as error:
        raise NoText(f"{name} takes text: {error}") from None


def holds_code(name: str) -> bool:
    """Tell whether the attribute `name` is run by the browser rather than shown."""
    name = name.lower()
    return name.startswith("on") or name in SCRIPT_ATTRIBUTES


def _html_of(value: Any) -> str:
    # Markup is made for text, where quotes may stand as they are.
    return exact(value.__html__()).translate(_QUOTES)


def _plain_writer(name: str) -> Writer:
    def write(value: Any) -> str:
        kind = kind_of(value)
        if kind is str:
            return f' {name}="{value if _SPECIAL(value) is None else escape(value)}"'
        if kind is int:
            return f' {name}="{value}"'
        if value is None or value is False:
            return ""
        if value is True:
            return f" {name}"
        if hasattr(value, "__html__"):
            return f' {name}="{_html_of(value)}"'
        return f' {name}="{escape(text_of(value, name))}"'

    return write


def _url_writer(name: str) -> Writer:
    plain = _plain_writer(name)

    def write(value: Any) -> str:
        if value is None or value is True or value is False or hasattr(value, "__html__"):
            return plain(value)
        return plain(_checked_url(text_of(value, name)))

    return write


def _checked_url(text: str) -> str:
    if text[:1] in "/#?" or safe_url(text):
        return text
    logger.warning("blocked the URL %.80r: its scheme would run or embed code", text)
    return BLOCKED_URL


def _code_writer(name: str) -> Writer:
    plain = _plain_writer(name)

    def write(value: Any) -> str:
        if value is None or value is False or hasattr(value, "__html__"):
            return plain(value)
        instead = f"phx-{name[2:]}" if name.startswith("on") else "markup that you trust"
        raise UnsafeMarkup(
            f"{name}={value!r:.60} would be run as code: use {instead}, or wrap what you trust in"
            " Markup(...)"
        )

    return write


def _class_writer(name: str) -> Writer:
    plain = _plain_writer(name)

    # Pages give the same few strings again and again, and this is their most common attribute.
    @lru_cache(maxsize=512)
    def known(names: str) -> str:
        return plain(class_names(names) or None)

    def write(value: Any) -> str:
        if kind_of(value) is str and len(value) <= _LONGEST_KEPT:
            return known(value)
        return plain(class_names(value) or None)

    return write


def _style_writer(name: str) -> Writer:
    plain = _plain_writer(name)
    return lambda value: plain(style_text(value) or None)


def _data_writer(name: str) -> Writer:
    url = _url_writer(name)

    def write(value: Any) -> str:
        if not isinstance(value, Mapping):
            return url(value)
        pairs = _expand(name, cast("Mapping[Any, Any]", value))
        return "".join([attribute(key, item) for key, item in pairs])

    return write


def _aria_writer(name: str) -> Writer:
    def write(value: Any) -> str:
        if value is None or value is False:
            return ""
        if not isinstance(value, Mapping):
            raise TypeError(f"aria takes a dict such as {{'label': 'Close'}}, not {value!r}")
        pairs = _expand(name, cast("Mapping[Any, Any]", value))
        return "".join([attribute(key, item) for key, item in pairs])

    return write


def _expand(name: str, values: Mapping[Any, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in values.items():
        if name == "aria" and (value is True or value is False):
            value = "true" if value else "false"
        yield f"{name}-{key}", value


_WRITERS: dict[str, Callable[[str], Writer]] = {
    "aria": _aria_writer,
    "class": _class_writer,
    "data": _data_writer,
    "style": _style_writer,
}


def _checked_name(name: str) -> None:
    if len(name) > _LONGEST_NAME or _NAME.fullmatch(name) is None:
        raise ValueError(
            f"{name[:80]!r} is no attribute's name: spaces, quotes and < > / = & cannot be in one,"
            f" nor more than {_LONGEST_NAME} characters"
        )


@lru_cache(maxsize=1024)
def writer(name: str) -> Writer:
    """Return the function that writes the attribute `name` with a value given to it.

    Raises:
        ValueError: The name could not stand in a tag.
    """
    _checked_name(name)
    plain = name.lower()
    if plain in _WRITERS:
        return _WRITERS[plain](name)
    if holds_code(plain):
        return _code_writer(name)
    if plain in URL_ATTRIBUTES:
        return _url_writer(name)
    return _plain_writer(name)


def attribute(name: str, value: object) -> str:
    """Return one attribute as it stands in a tag, with the space before it.

    Args:
        name: The attribute's name. `class` takes what `class_names` takes, `style` what
            `style_text` takes; `data` and `aria` take a mapping and become several attributes.
        value: True gives the bare name, False and None give nothing, anything else its text.

    Returns:
        ` name="value"`, ` name`, or nothing.

    Raises:
        ValueError: The name could not stand in a tag.
        UnsafeMarkup: The attribute holds code (`onclick`, `srcdoc`) and the value is no markup.

    Example:
        >>> attribute("href", "/a?b=1&c=2")
        ' href="/a?b=1&amp;c=2"'
    """
    return writer(name)(value)


def checked_value(name: str, value: str) -> str:
    """Return the text that a script may set an attribute to.

    Raises:
        ValueError: The name could not stand in a tag.
        UnsafeMarkup: The attribute holds code and the value is no markup.
    """
    plain = name.lower()
    if holds_code(plain):
        writer(name)(value)  # says what is wrong with it
    _checked_name(name)
    if hasattr(value, "__html__"):
        return str.__str__(value)
    if plain in URL_ATTRIBUTES or plain == "data":
        return _checked_url(value)
    return str(keep_style(value)) if plain == "style" else value


def combine(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return one value for each name: the last one, except that `class` and `style` are merged.

    `data` and `aria` mappings are taken apart, so that `data-x` and `data={"x": ...}` meet.
    """
    found: dict[str, Any] = {}
    several: dict[str, list[Any]] = {}
    for name, value in pairs:
        if name == ":key":
            continue
        if name == "class" or name == "style":
            several.setdefault(name, []).append(value)
            found.pop(name, None)
            found[name] = None
        elif name in ("data", "aria") and (value is None or isinstance(value, Mapping)):
            for key, item in _expand(name, cast("Mapping[Any, Any]", value or {})):
                found.pop(key, None)
                found[key] = item
        else:
            found.pop(name, None)
            found[name] = value
    if "class" in several:
        found["class"] = class_names(*several["class"])
    if "style" in several:
        found["style"] = Markup(escape(style_text(*several["style"]))) or None
    return found


def attributes(*mappings: Mapping[str, Any] | None) -> Markup:
    """Return a set of attributes as markup, for the space within a tag.

    Args:
        *mappings: Names and values as `attribute` takes them; later mappings win over earlier
            ones, except that `class` and `style` are merged. None is an empty mapping.

    Example:
        >>> attributes({"id": "a", "class": "x"}, {"class": {"y": True}, "hidden": True})
        Markup(' id="a" class="x y" hidden')
    """
    pairs = [pair for mapping in mappings if mapping is not None for pair in mapping.items()]
    return Markup(write_all(pairs))


def write_all(pairs: Iterable[tuple[str, Any]]) -> str:
    """Return the attributes of `pairs`, combined, as they stand in a tag."""
    return "".join([writer(name)(value) for name, value in combine(pairs).items()])
