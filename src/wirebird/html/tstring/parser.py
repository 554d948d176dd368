"""Reads the markup of a t-string into nodes, once for each place in the code that writes one.

The rule: the parser knows nothing of values and nothing of rendering. Holes are numbers, literal
text stays as its author wrote it, and whatever does not fit together is an error with its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from wirebird.html.errors import MarkupError
from wirebird.html.escaping import URL_ATTRIBUTES, safe_url
from wirebird.html.tags import VOID

CODE = frozenset({"script", "style"})
PLAIN = frozenset({"textarea", "title"})

HOLE = "\0"
_NEXT = re.compile(r"[<\0]")
_TAG = re.compile(r":?[A-Za-z][^\s/>\0<]*")
_NAME = re.compile(r"[^\s\"'<>/=\0]+")
_SPACE = re.compile(r"\s*")
_EQUALS = re.compile(r"\s*=\s*")
# The slash of <{component} n={3}/> closes the tag, that of <a href=/shop/> belongs to the value.
_UNQUOTED = re.compile(r"(?:[^\s\"'<>/]|(?<!\0)/|/(?!>))+")
_END_OF_COMPONENT = re.compile(r"</\s*\0\s*>")

_HOLE_IN_NAME = (
    "a value cannot be part of an attribute's name: build a dict of attributes and write"
    " <tag {attributes}>"
)
_INSTEAD = {
    ":if": '{condition and t"..."}',
    ":for": '{[t"..." for item in items]}',
    ":let": '{(lambda value: t"...")}',
}

type ContentKind = Literal["text", "plain", "comment", "code"]


@dataclass(frozen=True, slots=True)
class Text:
    """Markup or text that stands in the page exactly so."""

    source: str


@dataclass(frozen=True, slots=True)
class Hole:
    """A value between tags; `kind` says what it would be read as."""

    index: int
    kind: ContentKind = "text"
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute; `parts` are literal text and the numbers of holes, None without a value.

    The value of a `name={hole}` and of a `name="{hole}"` is the hole itself.
    """

    name: str
    parts: tuple[str | int, ...] | None
    quote: str = '"'

    @property
    def literal(self) -> str | None:
        """The value as written, when no hole is in it."""
        if self.parts is None or any(type(part) is int for part in self.parts):
            return None
        return "".join([str(part) for part in self.parts])

    @property
    def hole(self) -> int | None:
        """The hole that is the whole value."""
        parts = self.parts
        return parts[0] if parts and len(parts) == 1 and isinstance(parts[0], int) else None


@dataclass(frozen=True, slots=True)
class Spread:
    """A mapping of attributes: `<a {attributes}>`."""

    index: int


type Attributes = "tuple[Attribute | Spread, ...]"


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the page."""

    tag: str
    attributes: Attributes
    children: tuple[Node, ...]
    key: Attribute | None = None

    @property
    def void(self) -> bool:
        """Whether the element has neither content nor a closing tag."""
        return self.tag.lower() in VOID


@dataclass(frozen=True, slots=True)
class Component:
    """`<{component} ...>`; `end` is the hole in its closing tag."""

    index: int
    end: int | None
    attributes: Attributes
    children: tuple[Node, ...]
    slots: tuple[SlotContent, ...]
    key: Attribute | None = None


@dataclass(frozen=True, slots=True)
class SlotContent:
    """`<:name ...>` within a component."""

    name: str
    attributes: Attributes
    children: tuple[Node, ...]


type Node = "Text | Hole | Element | Component"


def parse(strings: Sequence[str], expressions: Sequence[str] = ()) -> tuple[Node, ...]:
    """Return the nodes of a template.

    Args:
        strings: The literal parts, one more than there are holes.
        expressions: What was written in the holes, for error messages.

    Raises:
        MarkupError: The markup does not fit together.
    """
    return _Parser(strings, expressions).parse()


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end."""

    tag: str
    start: int
    attributes: Attributes
    key: Attribute | None = None
    component: int | None = None
    children: list[Node] = field(default_factory=list["Node"])
    entries: list[SlotContent] = field(default_factory=list[SlotContent])

    @property
    def entry(self) -> bool:
        return self.tag.startswith(":")


class _Parser:
    def __init__(self, strings: Sequence[str], expressions: Sequence[str]) -> None:
        self.expressions = expressions or ["..."] * (len(strings) - 1)
        self.source = HOLE.join(strings)
        self.position: int = 0
        self.holes: int = 0
        self.open: list[_Open] = []
        self.root = _Open("", 0, ())
        if any(HOLE in string for string in strings):
            self.fail("a NUL character cannot stand in HTML: leave it out", 0)

    def parse(self) -> tuple[Node, ...]:
        source = self.source
        while self.position < len(source):
            found = _NEXT.search(source, self.position)
            end = found.start() if found else len(source)
            if end > self.position:
                self.add(Text(source[self.position : end]))
                self.position = end
            if found is None:
                break
            if found.group() == HOLE:
                self.add(Hole(self.hole()))
            else:
                self.markup()
        if self.open:
            tag = self.open[-1]
            self.fail(f"<{tag.tag}> is never closed: write </{tag.tag}>", tag.start)
        keyed = [node for node in self.root.children if getattr(node, "key", None) is not None]
        if len(keyed) > 1:
            self.fail("a template has one :key: take the others away", len(source))
        return tuple(self.root.children)

    def markup(self) -> None:
        source, start = self.source, self.position
        after = source[start + 1 : start + 2]
        if source.startswith("<!--", start):
            self.comment()
        elif after == "!" or after == "?":
            end = source.find(">", start)
            if end < 0:
                self.fail("this declaration never ends: close it with >", start)
            if HOLE in source[start:end]:
                self.fail("a value cannot stand in a declaration: write it out", start)
            self.add(Text(source[start : end + 1]))
            self.position = end + 1
        elif after == "/":
            self.end_tag()
        elif after == HOLE or _TAG.match(source, start + 1):
            self.start_tag()
        else:
            self.add(Text("&lt;"))
            self.position += 1

    def comment(self) -> None:
        start = self.position
        end = self.source.find("-->", start + 4)
        if end < 0:
            self.fail("this comment never ends: close it with -->", start)
        self.content(end + 3, "comment")

    def content(self, end: int, kind: ContentKind, tag: str = "") -> None:
        """Take everything up to `end` as text and holes, whatever it looks like."""
        literals = self.source[self.position : end].split(HOLE)
        for number, literal in enumerate(literals):
            if number:
                self.add(Hole(self.hole(), kind, tag))
            if literal:
                self.add(Text(literal))
        self.position = end

    def start_tag(self) -> None:
        source, start = self.source, self.position
        self.position += 1
        component: int | None = None
        if source[self.position] == HOLE:
            component = self.hole()
            tag = f"{{{self.expressions[component]}}}"
        else:
            found = _TAG.match(source, self.position)
            assert found is not None
            tag = found.group()
            self.position = found.end()
        if source.startswith(HOLE, self.position):
            self.fail(
                "a value cannot be part of a tag's name: write a component, <{name} ...>,"
                " or choose between two templates",
                start,
            )
        attributes, key, closed = self.attributes(start, tag)
        opened = _Open(tag, start, attributes, key, component)
        if component is None:
            self.check_start(opened)
            if tag.lower() in VOID:
                self.add(Element(tag, attributes, (), key))
                return
        if closed:
            self.close(opened)
            return
        self.open.append(opened)
        if tag.lower() in CODE or tag.lower() in PLAIN:
            end = re.compile(rf"</{re.escape(tag)}\s*>", re.IGNORECASE).search(
                source, self.position
            )
            if end is None:
                self.fail(f"<{tag}> is never closed: write </{tag}>", start)
            kind: ContentKind = "code" if tag.lower() in CODE else "plain"
            self.content(end.start(), kind, tag)

    def check_start(self, tag: _Open) -> None:
        if tag.entry:
            if not self.open or self.open[-1].component is None:
                self.fail(
                    f"<{tag.tag}> is a slot, and slots stand directly within a component:"
                    f" <{{card}}><{tag.tag}>...</{tag.tag}></{{card}}>",
                    tag.start,
                )
            if not tag.tag[1:].replace("-", "_").isidentifier():
                self.fail(f"<{tag.tag}> cannot be the name of a parameter", tag.start)

    def attributes(self, start: int, tag: str) -> tuple[Attributes, Attribute | None, bool]:
        source = self.source
        found: list[Attribute | Spread] = []
        names: set[str] = set()
        key: Attribute | None = None
        while True:
            space = _SPACE.match(source, self.position)
            assert space is not None
            self.position = space.end()
            if source.startswith("/>", self.position):
                self.position += 2
                return tuple(found), key, True
            here = source[self.position : self.position + 1]
            if here == ">":
                self.position += 1
                return tuple(found), key, False
            if not here or here == "<":
                self.fail(f"the tag <{tag} never ends: close it with >", start)
            if here == "/":
                self.position += 1
            elif here == HOLE:
                found.append(Spread(self.hole()))
                if source[self.position : self.position + 1] not in (
                    " ",
                    "\t",
                    "\n",
                    "\r",
                    "/",
                    ">",
                ):
                    self.fail(_HOLE_IN_NAME, start)
            else:
                attribute = self.attribute(start, tag)
                name = attribute.name.lower()
                if name in names and name not in ("class", "style"):
                    self.fail(
                        f"<{tag}> has the attribute {attribute.name} twice: take one away",
                        self.position - 1,
                    )
                names.add(name)
                if name == ":key":
                    if attribute.parts is None:
                        self.fail(":key needs a value: :key={item.id}", self.position - 1)
                    if self.open:
                        self.fail(
                            ":key belongs on the outermost tag of the template that is repeated:"
                            ' [t"<li :key={item.id}>...</li>" for item in items]',
                            start,
                        )
                    key = attribute
                else:
                    found.append(attribute)

    def attribute(self, start: int, tag: str) -> Attribute:
        source = self.source
        found = _NAME.match(source, self.position)
        if found is None:
            self.fail(
                f"{source[self.position]} cannot begin an attribute of <{tag}>: is a quote or a"
                " space missing before it?",
                self.position,
            )
        name = found.group()
        if name[0] == "{":
            self.fail(
                "{{ is a mere brace in a t-string: write <tag {attributes}> for a dict of"
                f" attributes of <{tag}>",
                self.position,
            )
        self.position = found.end()
        if source.startswith(HOLE, self.position):
            self.fail(_HOLE_IN_NAME, self.position)
        if name in _INSTEAD:
            self.fail(f"{name} is not for t-strings: use Python, {_INSTEAD[name]}", start)
        equals = _EQUALS.match(source, self.position)
        if equals is None:
            return Attribute(name, None)
        self.position = equals.end()
        quote = source[self.position : self.position + 1]
        if quote in ("'", '"'):
            end = source.find(quote, self.position + 1)
            if end < 0:
                self.fail(f"the value of {name} never ends: close it with {quote}", start)
            self.position += 1
        else:
            if quote == "{":
                self.fail(
                    f"{{{{ is a mere brace in a t-string: write {name}={{value}}, with a space"
                    f" before a dict, {name}={{ {{...}} }}; and quotes where you mean the brace",
                    self.position,
                )
            quote = '"'
            value = _UNQUOTED.match(source, self.position)
            if value is None:
                self.fail(f'{name}= has no value: write {name}="..." or {name}={{value}}', start)
            end = value.end()
        parts: list[str | int] = []
        for number, literal in enumerate(source[self.position : end].split(HOLE)):
            if number:
                parts.append(self.holes)
                self.holes += 1
            if literal:
                parts.append(literal)
        self.position = end + (1 if source.startswith(quote, end) else 0)
        if (
            len(parts) > 1
            and isinstance(parts[0], str)
            and name.lower() in URL_ATTRIBUTES
            and not safe_url(parts[0])
        ):
            self.fail(
                f"a value within a script in {name} would be run as code: use phx-click", start
            )
        return Attribute(name, tuple(parts) or ("",), quote)

    def end_tag(self) -> None:
        source, start = self.source, self.position
        if found := _END_OF_COMPONENT.match(source, start):
            self.position = found.end()
            shown = f"{{{self.expressions[self.holes]}}}"
        else:
            end = source.find(">", start)
            shown = source[start + 2 : end].strip()
            if end < 0 or not _TAG.fullmatch(shown):
                self.fail("this closing tag is not complete: write </name>", start)
            self.position = end + 1
        if shown.lower() in VOID:
            self.fail(f"<{shown}> has no content and no closing tag: take </{shown}> away", start)
        if not self.open:
            self.fail(f"</{shown}> closes nothing: take it away, or open <{shown}>", start)
        tag = self.open[-1]
        end_hole: int | None = None
        if found:
            end_hole = self.holes
            self.holes += 1
        same = found is not None if tag.component is not None else shown.lower() == tag.tag.lower()
        if not same:
            line, _ = self.line(tag.start)
            self.fail(
                f"</{shown}> stands where <{tag.tag}> of line {line} is still open:"
                f" write </{tag.tag}> before it",
                start,
            )
        self.open.pop()
        self.close(tag, end_hole)

    def close(self, tag: _Open, end: int | None = None) -> None:
        children = tuple(tag.children)
        if tag.entry:
            name = tag.tag[1:].replace("-", "_")
            self.open[-1].entries.append(SlotContent(name, tag.attributes, children))
        elif tag.component is None:
            self.add(Element(tag.tag, tag.attributes, children, tag.key))
        else:
            entries = tuple(tag.entries)
            self.add(Component(tag.component, end, tag.attributes, children, entries, tag.key))

    def add(self, node: Node) -> None:
        (self.open[-1] if self.open else self.root).children.append(node)

    def hole(self) -> int:
        """Step over a hole and return its number."""
        self.position += 1
        self.holes += 1
        return self.holes - 1

    def line(self, position: int) -> tuple[int, str]:
        """Return the number and the text of the line at `position`."""
        expressions = iter(self.expressions)
        written = re.sub(HOLE, lambda _: f"{{{next(expressions, '...')}}}", self.source)
        number = self.source.count("\n", 0, position)
        holes = self.source.count(HOLE, 0, position)
        # An expression may itself have lines; they are its author's, so they count.
        number += sum(expression.count("\n") for expression in self.expressions[:holes])
        return number + 1, written.split("\n")[number]

    def fail(self, problem: str, position: int) -> NoReturn:
        number, source = self.line(position)
        raise MarkupError(problem, line=number, source=source)
