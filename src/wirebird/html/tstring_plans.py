"""Makes of a t-string's nodes a plan: what never changes, and a step for each thing that does.

The rule: all that can be decided from the markup alone is decided here, once: what each value is
(text, an attribute, a URL, a style), which attributes are one dynamic, and which are static.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import unescape
from string.templatelib import Interpolation, Template
from typing import Any, Final, TypeAlias, cast

from markupsafe import Markup, escape

from wirebird.html.attributes import class_names, holds_code, text_of, write_all, writer
from wirebird.html.escaping import (
    BLOCKED_URL,
    URL_ATTRIBUTES,
    UnsafeMarkup,
    keep,
    keep_style,
    safe_url,
)
from wirebird.html.slots import Slot
from wirebird.html.tree import Dynamic, Statics, Tree
from wirebird.html.tstring_components import call
from wirebird.html.tstring_parser import Attribute, Attributes, Component, Element, Hole, Node, Text

Holes: TypeAlias = Sequence[Interpolation]
Step: TypeAlias = tuple[int, Callable[[Any], Dynamic]]
Getter: TypeAlias = Callable[[Holes], Any]
Child: TypeAlias = Callable[[Any], Dynamic]

# The index of a step that is given all holes; any other is the hole whose value it is given.
ALL: Final = -1
_QUOTES = str.maketrans({'"': "&#34;", "'": "&#39;"})


class Plan:
    """How to render one template: its statics, and a step for each dynamic."""

    __slots__ = ("key", "statics", "steps", "texts")

    def __init__(
        self,
        statics: Statics,
        steps: tuple[Step, ...],
        key: Getter | None,
        texts: tuple[int, ...],
    ) -> None:
        self.statics = statics
        self.steps = steps
        self.key = key
        self.texts = texts  # the holes between tags, where a slot's functions stand


def fill(steps: tuple[Step, ...], holes: Holes, values: list[Any]) -> tuple[Any, ...]:
    """Take the steps of a plan, and return `values` with what they made at its end."""
    # Every value of every page goes through here: plain text is kept as it is, unescaped.
    add = values.append
    for index, convert in steps:
        if index < 0:
            add(convert(holes))
            continue
        hole = holes[index]
        value = hole.value
        kind = type(value)
        if (kind is not str and kind is not int) or hole.format_spec or hole.conversion:
            value = convert(formatted(hole))
        add(value)
    return tuple(values)


def formatted(hole: Interpolation) -> Any:
    """Return the value of a hole after its conversion and its format."""
    value = hole.value
    conversion = hole.conversion
    if conversion is not None:
        value = {"s": str, "r": repr, "a": ascii}[conversion](value)
    spec = hole.format_spec
    if not spec:
        return value
    if spec == "safe":
        return None if value is None else Markup(value)
    if spec == "unsafe":
        return str.__str__(str(value))
    if spec == "callback":
        return value()
    return format(value, spec)


def compile_plan(nodes: Sequence[Node], source: str, child: Child) -> Plan:
    """Return the plan of a template.

    Args:
        nodes: What the parser made of it.
        source: What the template is called in messages.
        child: Makes a dynamic of a value that stands between tags.
    """
    nodes = _trimmed(nodes)
    compiler = _Compiler(source, child)
    compiler.nodes(nodes)
    root = len(nodes) == 1 and isinstance(nodes[0], Element)
    keys = [node.key for node in nodes if isinstance(node, (Element, Component)) and node.key]
    return compiler.plan(root, _key(keys[0]) if keys else None)


def _trimmed(nodes: Sequence[Node]) -> list[Node]:
    """Drop the whitespace around a template: indentation, and whatever stands next to a tag."""
    trimmed = list(nodes)
    for place, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if not trimmed or not isinstance(outer := trimmed[place], Text):
            continue
        text = strip(outer.source)
        space = (
            outer.source[: -len(text)] if place else outer.source[: len(outer.source) - len(text)]
        )
        if not text and (
            len(trimmed) == 1 or not isinstance(trimmed[1 if place == 0 else -2], Hole)
        ):
            del trimmed[place]
        elif "\n" in space or not text and "\n" in outer.source:
            if text:
                trimmed[place] = Text(text)
            else:
                del trimmed[place]
    return trimmed


class _Compiler:
    """Collects the statics and the steps of one template while it walks its nodes."""

    def __init__(self, source: str, child: Child) -> None:
        self.source = source
        self.child = child
        self.strings: list[str] = []
        self.literal: list[str] = []
        self.steps: list[Step] = []
        self.texts: list[int] = []

    def plan(self, root: bool, key: Getter | None) -> Plan:
        strings = (*self.strings, "".join(self.literal))
        statics = Statics(strings, root, self.source)
        return Plan(statics, tuple(self.steps), key, tuple(self.texts))

    def write(self, text: str) -> None:
        self.literal.append(text)

    def step(self, index: int, convert: Callable[[Any], Dynamic]) -> None:
        self.strings.append("".join(self.literal))
        self.literal.clear()
        self.steps.append((index, convert))

    def nodes(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if isinstance(node, Text):
                self.write(node.source)
            elif isinstance(node, Hole):
                self.hole(node)
            elif isinstance(node, Element):
                self.write(f"<{node.tag}")
                self.attributes(node.attributes)
                self.write(">")
                if not node.void:
                    self.nodes(node.children)
                    self.write(f"</{node.tag}>")
            else:
                self.component(node)

    def hole(self, hole: Hole) -> None:
        if hole.place == "text":
            self.texts.append(hole.index)
            self.step(hole.index, self.child)
        elif hole.place == "code":
            self.step(ALL, _code(hole))
        else:
            self.step(hole.index, _plain)

    def attributes(self, attributes: Attributes) -> None:
        if _meet(attributes):
            self.step(ALL, _all(_getters(attributes, _markup)))
            return
        written: set[str] = set()
        for attribute in attributes:
            assert isinstance(attribute, Attribute)
            name = attribute.name.lower()
            if name in ("class", "style"):
                if name not in written:
                    written.add(name)
                    same = [a for a in attributes if isinstance(a, Attribute)]
                    self.several(name, [a for a in same if a.name.lower() == name])
            else:
                self.attribute(attribute)

    def several(self, name: str, attributes: list[Attribute]) -> None:
        """Write a class or a style that may be given more than once."""
        if len(attributes) == 1:
            self.attribute(attributes[0])
        elif all(attribute.hole is None and attribute.literal for attribute in attributes):
            getters = _getters(tuple(attributes), _markup)
            self.write(write_all([(name, get(())) for _, get in getters]))
        else:
            self.step(ALL, _all(_getters(tuple(attributes), _markup)))

    def attribute(self, attribute: Attribute) -> None:
        name, quote = attribute.name, attribute.quote
        if attribute.parts is None:
            self.write(f" {name}")
        elif attribute.literal is not None:
            self.write(f" {name}={quote}{attribute.literal}{quote}")
        elif attribute.hole is not None:
            self.step(ALL, _attribute(name, attribute.hole))
        elif holds_code(name) or _undecided(attribute):
            self.step(ALL, _all([(name, _markup(attribute))]))
        else:
            self.write(f" {name}={quote}")
            for part in attribute.parts:
                if isinstance(part, str):
                    self.write(part)
                elif name.lower() == "style":
                    self.step(ALL, _style_part(part))
                else:
                    self.step(part, _quoted(name))
            self.write(quote)

    def component(self, node: Component) -> None:
        getters = _getters(node.attributes, _value)
        entries = [
            (entry.name, _getters(entry.attributes, _value), self.inner(entry.children))
            for entry in node.slots
        ]
        children = self.inner(node.children)
        index, end, child = node.index, node.end, self.child

        def make(holes: Holes) -> Dynamic:
            component = formatted(holes[index])
            shown = holes[index].expression
            if end is not None and holes[end].value != holes[index].value:
                raise TypeError(
                    f"<{{{shown}}}> is closed by </{{{holes[end].expression}}}>, which is another"
                    f" component: write </{{{shown}}}>"
                )
            slots: dict[str, list[Slot]] = {}
            for name, attributes, plan in entries:
                content = None if plan is None else _content(plan, holes)
                slot = Slot(_properties(attributes, holes), content)
                slots.setdefault(name, []).append(slot)
            inner = None if children is None else Slot({}, _content(children, holes))
            result = call(component, shown, _properties(getters, holes), inner, slots)
            # A class that is a component makes an object which in turn makes the markup.
            if callable(result) and not hasattr(result, "__tree__") and not _shown_itself(result):
                result = result()
            return child(result)

        self.step(ALL, make)

    def inner(self, nodes: Sequence[Node]) -> Plan | None:
        """Return the plan of what a component's tags hold, None when it is nothing."""
        if all(isinstance(node, Text) and not node.source.strip() for node in nodes):
            return None
        return compile_plan(nodes, self.source, self.child)


def _shown_itself(value: Any) -> bool:
    return isinstance(value, (str, Template)) or hasattr(value, "__html__")


def _content(plan: Plan, holes: Holes) -> Callable[..., Tree]:
    def content(*args: Any) -> Tree:
        return fill(plan.steps, _applied(plan, holes, args), [plan.statics])

    return content


def _applied(plan: Plan, holes: Holes, args: tuple[Any, ...]) -> Holes:
    """Return the holes, with the functions among the plan's texts called."""
    called: list[Interpolation] | None = None
    for index in plan.texts:
        hole = holes[index]
        value = hole.value
        if not callable(value) or hasattr(value, "__tree__") or _shown_itself(value):
            continue
        if hole.format_spec == "callback":
            continue
        if called is None:
            called = list(holes)
        called[index] = Interpolation(
            value(*args), hole.expression, hole.conversion, hole.format_spec
        )
    return holes if called is None else called


def _meet(attributes: Attributes) -> bool:
    """Tell whether it takes the values to know which attributes there are: then they are one dynamic."""
    names = [a.name.lower() for a in attributes if isinstance(a, Attribute)]
    if len(names) < len(attributes):
        return True
    return any(
        name in names and any(other.startswith(f"{name}-") for other in names)
        for name in ("data", "aria")
    )


def _undecided(attribute: Attribute) -> bool:
    """Tell whether holes may decide the scheme of a URL: then it is looked at as a whole."""
    if attribute.name.lower() not in URL_ATTRIBUTES or attribute.parts is None:
        return False
    first = attribute.parts[0]
    return not isinstance(first, str) or not any(mark in first for mark in "/?#:")


def _key(attribute: Attribute) -> Getter:
    get = _value(attribute)

    def key(holes: Holes) -> str | int:
        value = get(holes)
        kind = type(value)
        return value if kind is str or kind is int else str.__str__(str(value))

    return key


def _getters(
    attributes: Attributes, getter: Callable[[Attribute], Getter]
) -> list[tuple[str | None, Getter]]:
    return [
        (attribute.name, getter(attribute))
        if isinstance(attribute, Attribute)
        else (None, _hole(attribute.index))
        for attribute in attributes
    ]


def _hole(index: int) -> Getter:
    return lambda holes: formatted(holes[index])


def _value(attribute: Attribute) -> Getter:
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
        [part if isinstance(part, str) else _text(formatted(holes[part])) for part in plain]
    )


def _text(value: Any) -> str:
    return "" if value is None else str.__str__(str(value))


def _markup(attribute: Attribute) -> Getter:
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
    code = holds_code(name)
    style = plain_name == "style"
    quoted = _quoted(name)

    def get(holes: Holes) -> Markup:
        pieces: list[str] = []
        for part in parts:
            if isinstance(part, str):
                pieces.append(part)
                continue
            value = formatted(holes[part])
            if code and not hasattr(value, "__html__"):
                writer(name)(_text(value))  # says what is wrong with it
            kept = keep_style(value) if style and value is not None else quoted(value)
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
                unescape(part) if isinstance(part, str) else class_names(formatted(holes[part]))
                for part in parts
            ]
        )

    return get


def _properties(getters: list[tuple[str | None, Getter]], holes: Holes) -> dict[str, Any]:
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


def _all(getters: list[tuple[str | None, Getter]]) -> Callable[[Holes], Dynamic]:
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


def _attribute(name: str, index: int) -> Callable[[Holes], Dynamic]:
    write = writer(name)

    def make(holes: Holes) -> Dynamic:
        hole = holes[index]
        if hole.format_spec or hole.conversion:
            return (write(formatted(hole)),)
        return (write(hole.value),)

    return make


def _quoted(name: str) -> Callable[[Any], Dynamic]:
    """Return what keeps a value between other text in an attribute's quotes."""
    named = name.lower() == "class"

    def convert(value: Any) -> Dynamic:
        if value is None:
            return ""
        if hasattr(value, "__html__"):
            return (str(value.__html__()).translate(_QUOTES),)
        return class_names(value) if named else text_of(value, name)

    return convert


def _style_part(index: int) -> Callable[[Holes], Dynamic]:
    quoted = _quoted("style")

    def make(holes: Holes) -> Dynamic:
        kept = quoted(formatted(holes[index]))
        return keep_style(kept) if type(kept) is str else kept

    return make


def _plain(value: Any) -> Dynamic:
    """Return a value for where there is only text: comments, titles, text areas."""
    if value is None or value is True or value is False:
        return ""
    if isinstance(value, (Template, list, tuple)) or hasattr(value, "__tree__"):
        raise TypeError("only text can stand in a comment, a <title> or a <textarea>")
    return keep(value)


def _code(hole: Hole) -> Callable[[Holes], Dynamic]:
    def make(holes: Holes) -> Dynamic:
        value = formatted(holes[hole.index])
        if value is None or value is False:
            return ""
        if not hasattr(value, "__html__"):
            shown = holes[hole.index].expression
            raise UnsafeMarkup(
                f"{{{shown}}} stands in <{hole.tag}>, where it would be run: put it into a data"
                " attribute and read it there, or wrap what you trust in Markup(...)"
            )
        return (str(value.__html__()),)

    return make
