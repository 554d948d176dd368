"""Gets the values out of a t-string's holes, each in the shape that its place asks for.

The rule: whatever is made here is made for one place of the markup, and is safe there: as a
component's argument, as a whole attribute, or as a part of one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import unescape
from string.templatelib import Interpolation, Template
from typing import Any, cast

from markupsafe import Markup, escape

from wirebird.html.attributes import class_names, holds_code, text_of, write_all, writer
from wirebird.html.escaping import (
    BLOCKED_URL,
    URL_ATTRIBUTES,
    UnsafeMarkup,
    keep,
    keep_style_part,
    safe_url,
)
from wirebird.html.shown import kind_of
from wirebird.html.tree import Dynamic, exact
from wirebird.html.tstring.parser import Attribute, Attributes, Hole

type Holes = Sequence[Interpolation[Any]]
type Getter = Callable[[Holes], Any]
type Getters = list[tuple[str | None, Getter]]

_QUOTES = str.maketrans({'"': "&#34;", "'": "&#39;"})


def formatted(hole: Interpolation[Any]) -> Any:
    """Return the value of a hole after its conversion and its format."""
    value: Any = hole.value
    conversion = hole.conversion
    if conversion is not None:
        value = {"s": str, "r": repr, "a": ascii}[conversion](value)
    spec = hole.format_spec
    if not spec:
        return value
    if spec == "safe":
        return None if value is None else Markup(value)
    if spec == "unsafe":
        return exact(value)
    if spec == "callback":
        return value()
    return format(value, spec)


def key_of(attribute: Attribute) -> Getter:
    get = value_of(attribute)

    def key(holes: Holes) -> str | int:
        value = get(holes)
        kind = kind_of(value)
        return value if kind is str or kind is int else exact(value)

    return key


def getters_of(attributes: Attributes, getter: Callable[[Attribute], Getter]) -> Getters:
    return [
        (attribute.name, getter(attribute))
        if isinstance(attribute, Attribute)
        else (None, _hole(attribute.index))
        for attribute in attributes
    ]


def _hole(index: int) -> Getter:
    return lambda holes: formatted(holes[index])


def value_of(attribute: Attribute) -> Getter:
    """Return what gets an attribute's value as Python sees it, for a component or a key."""
    parts = attribute.parts
    if parts is None:
        return lambda holes: True
    if attribute.hole is not None:
        return _hole(attribute.hole)
    plain = [unescape(part) if isinstance(part, str) else part for part in parts]
    if attribute.literal is not None:
        text = "".join(map(str, plain))
        return lambda holes: text
    return lambda holes: "".join(
        [
            part if isinstance(part, str) else _text(formatted(holes[part]), attribute.name)
            for part in plain
        ]
    )


def _text(value: Any, name: str) -> str:
    return "" if value is None else text_of(value, name)


def markup_of(attribute: Attribute) -> Getter:
    """Return what gets an attribute's value as `wirebird.html.attributes` takes it."""
    name, parts = attribute.name, attribute.parts
    plain_name = name.lower()
    if parts is None:
        return lambda holes: True
    if attribute.hole is not None:
        return _hole(attribute.hole)
    if plain_name == "class":
        return _class(parts)
    if attribute.literal is not None:
        literal = Markup(attribute.literal)
        return lambda holes: literal
    runs = holds_code(name)
    style = plain_name == "style"
    convert = quoted(name)

    def get(holes: Holes) -> Markup:
        pieces: list[str] = []
        before = ""
        for part in parts:
            if isinstance(part, str):
                before += unescape(part)
                pieces.append(part)
                continue
            value = formatted(holes[part])
            if runs and not hasattr(value, "__html__"):
                writer(name)(_text(value, name))  # says what is wrong with it
            kept = convert(value)
            if style and not isinstance(kept, tuple):
                kept = keep_style_part(kept, before)
            before += "\0"
            pieces.append(kept[0] if isinstance(kept, tuple) else escape(kept))
        text = "".join(pieces)
        if plain_name in URL_ATTRIBUTES and not safe_url(unescape(text)):
            text = BLOCKED_URL
        return Markup(text)

    return get


def _class(parts: Sequence[str | int]) -> Getter:
    def get(holes: Holes) -> str:
        return "".join(
            [
                unescape(part) if isinstance(part, str) else _class_part(formatted(holes[part]))
                for part in parts
            ]
        )

    return get


def _class_part(value: Any) -> str:
    # Beside other text a number is the rest of a name: class="col-{n}".
    if kind_of(value) is int or kind_of(value) is float:
        return str(value)
    return class_names(value)


def properties(getters: Getters, holes: Holes) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, get in getters:
        value = get(holes)
        if name is None:
            properties.update(_mapping(value))
        elif name in properties and name == "class":
            properties[name] = class_names(properties[name], value)
        else:
            properties[name] = value
    return properties


def _mapping(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(
            f"<tag {{attributes}}> takes a dict of attributes, not {value!r:.80}:"
            " is the attribute's name missing?"
        )
    return cast("Mapping[str, Any]", value)


def all_attributes(getters: Getters) -> Callable[[Holes], Dynamic]:
    def make(holes: Holes) -> Dynamic:
        pairs: list[tuple[str, Any]] = []
        for name, get in getters:
            value = get(holes)
            if name is None:
                pairs.extend(_mapping(value).items())
            else:
                pairs.append((name, value))
        return (write_all(pairs),)

    return make


def one_attribute(name: str, index: int) -> Callable[[Holes], Dynamic]:
    write = writer(name)

    def make(holes: Holes) -> Dynamic:
        hole = holes[index]
        if hole.format_spec or hole.conversion:
            return (write(formatted(hole)),)
        return (write(hole.value),)

    return make


def quoted(name: str) -> Callable[[Any], Dynamic]:
    """Return what keeps a value between other text in an attribute's quotes."""
    named = name.lower() == "class"

    def convert(value: Any) -> Dynamic:
        if value is None:
            return ""
        if hasattr(value, "__html__"):
            return (exact(value.__html__()).translate(_QUOTES),)
        return _class_part(value) if named else text_of(value, name)

    return convert


def style_part(index: int, before: str) -> Callable[[Holes], Dynamic]:
    convert = quoted("style")

    def make(holes: Holes) -> Dynamic:
        kept = convert(formatted(holes[index]))
        return keep_style_part(kept, before) if type(kept) is str else kept

    return make


def plain_text(hole: Hole) -> Callable[[Any], Dynamic]:
    """Return what keeps a value where there is only text: in comments, titles, text areas."""
    place = f"<{hole.tag}>" if hole.tag else "a comment"

    def convert(value: Any) -> Dynamic:
        if value is None or value is True or value is False:
            return ""
        if isinstance(value, (Template, list, tuple)) or hasattr(value, "__tree__"):
            raise TypeError(f"only text can stand in {place}")
        if isinstance(value, str) or hasattr(value, "__html__"):
            return keep(value)
        return text_of(value, place)

    return convert


def code(hole: Hole) -> Callable[[Holes], Dynamic]:
    """Return what keeps a value in a script or a style sheet."""
    otherwise = (
        "write {tojson(value)} for data"
        if hole.tag.lower() == "script"
        else "choose between classes, or set a property in a style attribute"
    )

    def make(holes: Holes) -> Dynamic:
        value = formatted(holes[hole.index])
        if value is None or value is True or value is False:
            return ""
        if kind_of(value) is int or kind_of(value) is float:
            return str(value)
        if not hasattr(value, "__html__"):
            shown = holes[hole.index].expression
            raise UnsafeMarkup(
                f"{{{shown}}} stands in <{hole.tag}>, where it would be run: {otherwise}, or wrap"
                " what you trust in Markup(...)"
            )
        return (exact(value.__html__()),)

    return make
