"""Makes of a t-string's nodes a plan: what never changes, and a step for each thing that does.

The rule: all that can be decided from the markup alone is decided here, once: what each value is
(text, an attribute, a URL, a style), which attributes are one dynamic, and which are static.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import unescape
from string.templatelib import Interpolation
from typing import Any, Final

from wirebird.html.attributes import holds_code, write_all
from wirebird.html.calls import call
from wirebird.html.errors import ComponentError
from wirebird.html.escaping import URL_ATTRIBUTES
from wirebird.html.shown import kind_of
from wirebird.html.slots import Slot
from wirebird.html.tags import BLOCK
from wirebird.html.tree import Dynamic, Statics, Tree
from wirebird.html.tstring.parser import Attribute, Attributes, Component, Element, Hole, Node, Text
from wirebird.html.tstring.values import (
    Getter,
    Holes,
    all_attributes,
    code,
    formatted,
    getters_of,
    key_of,
    markup_of,
    one_attribute,
    plain_text,
    properties,
    quoted,
    style_part,
    value_of,
)

type Step = tuple[int, Callable[[Any], Dynamic]]
type Child = Callable[[Any], Dynamic]

# The index of a step that is given all holes; any other is the hole whose value it is given.
ALL: Final = -1

_PLACE = "while rendering the"


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


def fill(plan: Plan, holes: Holes, values: list[Any]) -> tuple[Any, ...]:
    """Take the steps of a plan, and return `values` with what they made at its end."""
    # Every value of every page goes through here: plain text is kept as it is, unescaped.
    add = values.append
    index = ALL
    try:
        for index, convert in plan.steps:
            if index < 0:
                add(convert(holes))
                continue
            hole = holes[index]
            value = hole.value
            kind = kind_of(value)
            if (kind is not str and kind is not int) or hole.format_spec or hole.conversion:
                value = convert(formatted(hole))
            add(value)
    except Exception as error:
        _note_place(error, plan, holes, index)
        raise
    return tuple(values)


def _note_place(error: Exception, plan: Plan, holes: Holes, index: int) -> None:
    # The template is rendered after the line that wrote it: no traceback tells it.
    if not any(note.startswith(_PLACE) for note in getattr(error, "__notes__", ())):
        value = f", in {{{holes[index].expression}}}" if index >= 0 else ""
        error.add_note(f"{_PLACE} {plan.statics.source}{value}")


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
    shown = [node for node in nodes if not _is_blank(node)]
    root = len(shown) == 1 and isinstance(shown[0], Element)
    keys = [node.key for node in nodes if isinstance(node, (Element, Component)) and node.key]
    return compiler.plan(root, key_of(keys[0]) if keys else None)


def _trimmed(nodes: Sequence[Node]) -> list[Node]:
    """Drop the white space around a template that begins or ends with a block's tag."""
    trimmed = list(nodes)
    blank = list(map(_is_blank, trimmed))
    first = blank.index(False) if False in blank else 0
    last = len(blank) - blank[::-1].index(False) if False in blank else len(blank)
    if first and _is_block(trimmed[first]):
        trimmed[:first] = []
        last -= first
    if last < len(trimmed) and _is_block(trimmed[last - 1]):
        trimmed[last:] = []
    return trimmed


def _is_blank(node: Node) -> bool:
    return isinstance(node, Text) and not node.source.strip()


def _is_block(node: Node) -> bool:
    return isinstance(node, Element) and node.tag.lower() in BLOCK


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
        if hole.kind == "text":
            self.texts.append(hole.index)
            self.step(hole.index, self.child)
        elif hole.kind == "code":
            self.step(ALL, code(hole))
        else:
            self.step(hole.index, plain_text(hole))

    def attributes(self, attributes: Attributes) -> None:
        if _meet(attributes):
            self.step(ALL, all_attributes(getters_of(attributes, markup_of)))
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
            getters = getters_of(tuple(attributes), markup_of)
            self.write(write_all([(name, get(())) for _, get in getters]))
        else:
            self.step(ALL, all_attributes(getters_of(tuple(attributes), markup_of)))

    def attribute(self, attribute: Attribute) -> None:
        name, quote = attribute.name, attribute.quote
        if attribute.parts is None:
            self.write(f" {name}")
        elif attribute.literal is not None:
            self.write(f" {name}={quote}{attribute.literal}{quote}")
        elif attribute.hole is not None:
            self.step(ALL, one_attribute(name, attribute.hole))
        elif holds_code(name) or _undecided(attribute):
            self.step(ALL, all_attributes([(name, markup_of(attribute))]))
        else:
            self.write(f" {name}={quote}")
            before = ""
            for part in attribute.parts:
                if isinstance(part, str):
                    self.write(part)
                elif name.lower() == "style":
                    self.step(ALL, style_part(part, before))
                else:
                    self.step(part, quoted(name))
                before += unescape(part) if isinstance(part, str) else "\0"
            self.write(quote)

    def component(self, node: Component) -> None:
        getters = getters_of(node.attributes, value_of)
        entries = [
            (entry.name, getters_of(entry.attributes, value_of), self.inner(entry.children))
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
                slot = Slot(properties(attributes, holes), content)
                slots.setdefault(name, []).append(slot)
            inner = None if children is None else Slot({}, _content(children, holes))
            result = call(component, shown, properties(getters, holes), inner, slots)
            # A class that is a component makes an object which in turn makes the markup.
            if callable(result) and not _is_content(result):
                result = result()
            if result is None:
                raise ComponentError(
                    f'<{{{shown}}}> returned None: end it with return t"...", and with return ""'
                    " where it shows nothing"
                )
            return child(result)

        self.step(ALL, make)

    def inner(self, nodes: Sequence[Node]) -> Plan | None:
        """Return the plan of what a component's tags hold, None when it is nothing."""
        if all(map(_is_blank, nodes)):
            return None
        return compile_plan(nodes, self.source, self.child)


def _is_content(value: Any) -> bool:
    # Asked of the class: to ask a slot for its tree would render it.
    kind = kind_of(value)
    return hasattr(kind, "__tree__") or hasattr(kind, "__html__")


def _content(plan: Plan, holes: Holes) -> Callable[..., Tree]:
    def content(*args: Any) -> Tree:
        return fill(plan, _applied(plan, holes, args), [plan.statics])

    return content


def _applied(plan: Plan, holes: Holes, args: tuple[Any, ...]) -> Holes:
    """Return the holes, with the functions among the plan's texts called."""
    called: list[Interpolation[Any]] | None = None
    for index in plan.texts:
        hole = holes[index]
        value = hole.value
        if not callable(value) or _is_content(value) or hole.format_spec == "callback":
            continue
        if called is None:
            called = list(holes)
        called[index] = Interpolation(
            value(*args), hole.expression, hole.conversion, hole.format_spec
        )
    return holes if called is None else called


def _meet(attributes: Attributes) -> bool:
    """Tell whether only values say which attributes there are: then all are one dynamic."""
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
