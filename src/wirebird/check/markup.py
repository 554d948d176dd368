"""Reads the HTML of a template: its elements, and whether their tags fit together.

The rule: control structures may open and close tags as they like; where that leaves open what is
within what, nothing is said of it from there on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from wirebird.check.sources import Source
from wirebird.html.tags import RAW, VOID

_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(r"[^\s/>=]+")
_SPACE = re.compile(r"[\s/]+")
_OPTIONAL = frozenset({"html", "head", "body", "li", "dt", "dd", "p", "rt", "rp", "optgroup",
                       "option", "colgroup", "caption", "thead", "tbody", "tfoot", "tr", "td",
                       "th"})  # fmt: skip
_ENDS_P = frozenset({"address", "article", "aside", "blockquote", "details", "dialog", "div", "dl",
                     "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
                     "h5", "h6", "header", "hgroup", "hr", "main", "menu", "nav", "ol", "p", "pre",
                     "search", "section", "table", "ul"})  # fmt: skip
_TABLE = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup",
                    "template"})  # fmt: skip
_OF_TABLES = frozenset({"thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup"})
_IN_TABLE = _OF_TABLES | {"col", "script", "style", "template", "input", "form", "noscript"}
_NOT_IN_ITSELF = frozenset({"a", "button", "form"})
_P_SCOPE = frozenset({"caption", "table", "td", "th", "object", "template", "button", "svg"})
_FOREIGN = frozenset({"svg", "math"})

Place = tuple[int, int]
Report = Callable[[str, Place, str], None]


@dataclass(eq=False)
class Attribute:
    """An attribute: its text where it is literal, and the expressions in it."""

    line: int
    column: int
    text: str = ""
    values: list[nodes.Node] = field(default_factory=list[nodes.Node])
    is_open: bool = False

    @property
    def literal(self) -> str | None:
        """Its whole value, if no part of it depends on anything."""
        return None if self.values or self.is_open else self.text


@dataclass(eq=False)
class Element:
    """A start tag.

    Attributes:
        name: The tag's name.
        line: Its line.
        column: Its column.
        attributes: The attributes that are named.
        is_open: Whether it may have others.
        path: The branches, and the bodies of macros and calls, that it stands in.
        in_macro: Whether it stands in a macro.
        ended_by: Of a `<p>`: what ends it before its own end tag.
    """

    name: str
    line: int
    column: int
    path: tuple[tuple[int, int], ...] = ()
    in_macro: bool = False
    attributes: dict[str, Attribute] = field(default_factory=dict[str, Attribute])
    is_open: bool = False
    ended_by: Element | None = None

    def excludes(self, other: Element) -> bool:
        """Tell whether it may be that only one of two elements is ever shown."""
        for (mine, branch), (its, its_branch) in zip(self.path, other.path, strict=False):
            if mine != its:
                return mine < 0 or its < 0
            if branch != its_branch:
                return True
        longer = max(self.path, other.path, key=len)
        return any(mark < 0 for mark, _ in longer[min(len(self.path), len(other.path)) :])


class _Frame:
    def __init__(self, outer: _Frame | None, *, root: bool) -> None:
        self.outer = outer
        self.root = root
        self.open: list[Element] = []
        self.closed: list[str] = []
        self.uncertain = False

    def around(self) -> list[Element]:
        """Return the elements that are known to be around this place, the nearest first."""
        found = self.open[::-1]
        if not self.root and self.outer is not None and not self.closed:
            found += self.outer.around()
        return found

    def net(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        left = tuple(each.name for each in self.open if each.name not in _OPTIONAL)
        return tuple(name for name in self.closed if name not in _OPTIONAL), left


class Markup:
    """The HTML of one template.

    Attributes:
        elements: Its start tags, in their order.
        loops: What is known to be around each loop, by the loop's node, the nearest first.
    """

    def __init__(self, source: Source, included: Callable[[str], Markup | None]) -> None:
        self.source = source
        self.elements: list[Element] = []
        self.loops: list[tuple[nodes.For, Element | None]] = []
        self.problems: list[tuple[str, Place, str]] = []
        self._included = included
        self._element: Element | None = None
        self._attribute: Attribute | None = None
        self._quote: str = ""
        self._state: str = "text"
        self._closing: str = ""
        self._raw: str = ""
        self._path: tuple[tuple[int, int], ...] = ()
        self._macros = 0
        self._frame = _Frame(None, root=True)
        self._columns: dict[int, int] = {}
        self._body(source.tree.body)
        self.is_child = source.is_child
        frame = self._frame
        self.is_neutral = not frame.uncertain and frame.net() == ((), ())
        is_known = not frame.uncertain and not self.is_child
        self.left = [e for e in frame.open if is_known and e.name not in _OPTIONAL]

    # Jinja's statements

    def _body(self, body: Iterable[nodes.Node]) -> None:
        for node in body:
            self._visit(node)

    def _visit(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Output):
            for child in node.nodes:
                if isinstance(child, nodes.TemplateData):
                    self._data(child)
                else:
                    self._hole(child)
        elif isinstance(node, nodes.If):
            self._if(node)
        elif isinstance(node, nodes.For):
            around = self._frame.around()
            known = around[0] if around and not self._frame.uncertain else None
            self.loops.append((node, known))
            self._neutral(node.body)
            self._neutral(node.else_)
        elif isinstance(node, nodes.Block):
            if self._state == "text":
                self._apart(node.body, node, shown=1)
            else:
                self._touched()
        elif isinstance(node, nodes.Macro):
            self._macros += 1
            self._apart(node.body, node, shown=1)
            self._macros -= 1
        elif isinstance(node, nodes.CallBlock):
            self._hole(node.call)
            self._apart(node.body, node, shown=-1)
        elif isinstance(node, (nodes.AssignBlock, nodes.FilterBlock)):
            self._apart(node.body, node, shown=-1)
        elif isinstance(node, nodes.Include):
            self._include(node)
        elif isinstance(node, (nodes.With, nodes.ScopedEvalContextModifier)):
            self._body(node.body)

    def _touched(self) -> None:
        if self._attribute is not None and self._state == "value":
            self._attribute.is_open = True
        elif self._element is not None:
            self._element.is_open = True

    def _include(self, node: nodes.Include) -> None:
        if self._state != "text":
            self._touched()
            return
        literal = node.template.value if isinstance(node.template, nodes.Const) else None
        markup = self._included(literal) if isinstance(literal, str) else None
        if markup is None or not markup.is_neutral:
            self._frame.uncertain = True

    def _if(self, node: nodes.If) -> None:
        bodies = [node.body, *(each.body for each in node.elif_), node.else_]
        if self._state != "text":
            if self._attribute is not None and self._state in ("value", "unquoted"):
                self._attribute.is_open = True
            state = self._state, self._element, self._attribute, self._quote
            after = state
            for body in bodies:
                self._state, self._element, self._attribute, self._quote = state
                self._body(body)
                if body:
                    after = self._state, self._element, self._attribute, self._quote
            self._state, self._element, self._attribute, self._quote = after
            return
        frames: list[_Frame] = []
        outer = self._frame
        path = self._path
        for branch, body in enumerate(bodies):
            self._frame = _Frame(outer, root=False)
            self._path = (*path, (id(node), branch))
            self._body(body)
            frames.append(self._frame)
        self._frame, self._path = outer, path
        first = frames[0].net()
        if any(frame.uncertain for frame in frames) or any(
            frame.net() != first for frame in frames
        ):
            outer.uncertain = True
        elif first != ((), ()):
            for name in frames[0].closed:
                self._close(name, (node.lineno, 1))
            outer.open += frames[0].open

    def _neutral(self, body: list[nodes.Node]) -> None:
        if self._state != "text":
            self._touched()
            state = self._state, self._element, self._attribute, self._quote
            self._body(body)
            self._state, self._element, self._attribute, self._quote = state
            return
        outer = self._frame
        self._frame = _Frame(outer, root=False)
        self._body(body)
        if self._frame.uncertain or self._frame.net() != ((), ()):
            outer.uncertain = True
        self._frame = outer

    def _apart(self, body: list[nodes.Node], node: nodes.Node, *, shown: int) -> None:
        """Read what is shown elsewhere, so that nothing is known of what is around it."""
        outer = self._frame, self._state, self._element, self._attribute, self._path, self._quote
        self._frame = _Frame(None, root=True)
        self._state, self._element, self._attribute = "text", None, None
        self._path = (*self._path, (shown * id(node), 0))
        self._body(body)
        neutral = not self._frame.uncertain and self._frame.net() == ((), ())
        self._frame, self._state, self._element, self._attribute, self._path, self._quote = outer
        if isinstance(node, nodes.Block) and not neutral:
            self._frame.uncertain = True

    # HTML

    def _hole(self, node: nodes.Node) -> None:
        if self._state == "text":
            self._body(self.source.within.get(id(node), ()))
        elif self._state == "</":
            self._close_component()
        elif self._state == "before value":
            self._state, self._quote = "value", ""
        if self._state == "value" and self._attribute is not None:
            self._attribute.values.append(node)
        elif self._state in ("tag", "name", "after name") and self._element is not None:
            self._element.is_open = True
            self._state = "tag"
        elif self._state == "tag name" and self._element is not None:
            self._element.name += "\0"
            self._element.is_open = True
        elif self._state == "<":
            self._state = "tag name"
            self._element = Element("\0", node.lineno, 1, self._path, self._macros > 0)
            self._element.is_open = True

    def _data(self, node: nodes.TemplateData) -> None:
        line, text = node.lineno, node.data
        first = text.split("\n", 1)[0]
        lines = self.source.lines
        shown = lines[line - 1] if 0 < line <= len(lines) else ""
        start = shown.find(first, self._columns.get(line, 0)) if first else 0
        start = max(self.source.starts.get(id(node), start), 0)
        self._columns[line] = start + len(first)

        def place(position: int) -> Place:
            breaks = text.count("\n", 0, position)
            if not breaks:
                return line, start + position + 1
            return line + breaks, position - text.rfind("\n", 0, position)

        position = 0
        while position < len(text):
            position = self._step(text, position, place)

    def _step(self, text: str, at: int, place: Callable[[int], Place]) -> int:
        state = self._state
        if state == "text":
            start = text.find("<", at)
            if start < 0:
                return len(text)
            if text.startswith("<!--", start):
                self._state = "comment"
                return start + 4
            if start + 1 == len(text):
                self._state = "<"
                return start + 1
            closing = text[start + 1] == "/"
            found = _NAME.match(text, start + 1 + closing)
            if found is None:
                if text[start + 1] in "!?":
                    self._state = "declaration"
                elif closing and start + 2 == len(text) and self.source.is_strict:
                    self._state = "</"
                return start + 1 + closing
            if closing:
                self._closing = found.group().lower()
                if found.end() == len(text):
                    self._closing = ""  # its name goes on with a value
                self._state = "end tag"
                if self._closing:
                    self._close(self._closing, place(start))
            else:
                line, column = place(start)
                name = found.group().lower()
                self._element = Element(name, line, column, self._path, self._macros > 0)
                self._state = "tag name" if found.end() == len(text) else "tag"
            return found.end()
        if state == "<":
            self._state = "text"
            return at
        if state in ("comment", "declaration", "end tag"):
            mark = "-->" if state == "comment" else ">"
            end = text.find(mark, at)
            if end < 0:
                return len(text)
            self._state = "text"
            return end + len(mark)
        if state == "raw":
            found = re.compile(rf"</{self._raw}\b[^>]*>", re.IGNORECASE).search(text, at)
            if found is None:
                return len(text)
            self._state = "text"
            self._close(self._raw, place(found.start()))
            return found.end()
        if state == "tag name":
            self._state = "tag"
            return at
        if state == "tag":
            return self._in_tag(text, at, place)
        if state == "after name":
            if text[at] == "=":
                self._state = "before value"
                return at + 1
            if text[at].isspace():
                return at + 1
            self._state = "tag"
            return at
        if state == "before value":
            if text[at].isspace():
                return at + 1
            self._quote = text[at] if text[at] in "\"'" else ""
            self._state = "value"
            return at + bool(self._quote)
        assert self._attribute is not None
        if self._quote:
            end = text.find(self._quote, at)
        else:
            found = re.compile(r"[\s>]").search(text, at)
            end = found.start() if found else -1
        stop = len(text) if end < 0 else end
        self._attribute.text += text[at:stop]
        if end < 0:
            return len(text)
        self._state, self._attribute = "tag", None
        return stop + bool(self._quote)

    def _in_tag(self, text: str, at: int, place: Callable[[int], Place]) -> int:
        element = self._element
        assert element is not None
        if text[at] == ">":
            self._state, self._element = "text", None
            self._start(element, is_empty=text[at - 1 : at] == "/")
            return at + 1
        if (space := _SPACE.match(text, at)) is not None:
            return space.end()
        found = _ATTRIBUTE.match(text, at)
        if found is None:
            return at + 1
        line, column = place(at)
        name = found.group().lower()
        self._attribute = Attribute(line, column)
        if name in element.attributes:
            element.attributes[name].is_open = True
            self._attribute.is_open = True
        element.attributes[name] = self._attribute
        if found.end() == len(text) and not text.endswith(("=", " ")):
            element.is_open = True  # its name may go on with a value
        self._state = "after name"
        return found.end()

    # How tags fit together

    def _start(self, element: Element, *, is_empty: bool) -> None:
        self.elements.append(element)
        name = element.name
        around = self._frame.around()
        foreign = any(each.name in _FOREIGN for each in around)
        if not foreign and not self._frame.uncertain and "\0" not in name:
            self._nesting(element, around)
        if name in RAW and not foreign:
            self._state, self._raw = "raw", name
        may_be_empty = foreign or name in _FOREIGN or self.source.is_strict
        if name not in VOID and not (is_empty and may_be_empty):
            self._frame.open.append(element)

    def _nesting(self, element: Element, around: list[Element]) -> None:
        name = element.name
        for each in around:
            if "\0" in each.name:
                break
            if name in _NOT_IN_ITSELF and each.name == name:
                line = self.source.line_of(each.line)
                self._invalid(element, f"<{name}> cannot stand in <{name}> of line {line}")
            if each.name == "template" or (each.name in _TABLE and name != "form"):
                break
        nearest = around[0] if around else None
        if nearest is not None and "\0" not in nearest.name and "-" not in nearest.name:
            if name in _OF_TABLES and nearest.name not in _TABLE:
                self._invalid(element, f"browsers drop <{name}> outside a table")
            if nearest.name in ("table", "thead", "tbody", "tfoot", "tr") and (
                name not in _IN_TABLE
            ):
                self._invalid(element, f"browsers move <{name}> out of the table")
        if name in _ENDS_P:
            for each in around:
                if each.name == "p":
                    each.ended_by = each.ended_by or element
                    break
                if each.name in _P_SCOPE or "\0" in each.name:
                    break

    def _close_component(self) -> None:
        self._state = "end tag"
        if self._frame.open and self._frame.open[-1].name == "\0":
            self._frame.open.pop()
        else:
            self._frame.uncertain = True

    def _invalid(self, element: Element, message: str) -> None:
        self.problems.append(("WB505", (element.line, element.column), message))

    def _close(self, name: str, place: Place) -> None:
        frame = self._frame
        if name in VOID or name == "br":
            return
        names = [each.name for each in frame.open]
        if any("\0" in each for each in names):
            frame.uncertain = True
        if name not in names:
            if frame.root and not frame.uncertain and frame.outer is None and name != "p":
                frame.uncertain = True  # one mistake is told once
                if not self._macros and not self._path:
                    message = f"</{name}> closes nothing: remove it, or open <{name}> before it"
                    self.problems.append(("WB504", place, message))
            frame.closed.append(name)
            return
        while True:
            element = frame.open.pop()
            if element.name == name:
                break
            if element.name not in _OPTIONAL and not frame.uncertain:
                line = self.source.line_of(place[0])
                message = f"<{element.name}> is not closed before </{name}> of line {line}"
                at = (element.line, element.column)
                self.problems.append(("WB504", at, message))
        if name == "p" and element.ended_by is not None and not frame.uncertain:
            inner = element.ended_by
            self._invalid(
                inner,
                f"<{inner.name}> cannot stand in <p>: browsers end the paragraph of line"
                f" {self.source.line_of(element.line)} before it; make that a <div>",
            )


def markups(find: Callable[[str, Source], Source | None]) -> Callable[[Source], Markup]:
    """Return what reads templates, each once."""
    known: dict[Source, Any] = {}

    def read(source: Source) -> Markup:
        if source not in known:
            known[source] = None
            known[source] = Markup(source, lambda name: included(name, source))
        return known[source]

    def included(name: str, parent: Source) -> Markup | None:
        found = find(name, parent)
        return None if found is None or (found in known and known[found] is None) else read(found)

    return read
