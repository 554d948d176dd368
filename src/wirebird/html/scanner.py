"""Follows HTML as a template writes it, to know what stands around each value.

The rule: a scanner never changes what the author wrote, except that an unquoted attribute which
takes a value gets its quotes, and that `:key` is taken out.
"""

from __future__ import annotations

import re
from copy import copy
from enum import Enum

from wirebird.html.escaping import SCRIPT_ATTRIBUTES, URL_ATTRIBUTES

VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input",
        "link", "meta", "param", "source", "track", "wbr",
    }
)  # fmt: skip
RAW = frozenset({"script", "style", "textarea", "title"})

_SPACE = " \t\r\n\f"
_TAG_NAME_END = re.compile(r"[\s/>]")
_NAME_END = re.compile(r"[\s/>=]")


class Context(Enum):
    """What a value at some place of the markup is."""

    TEXT = "text"
    ATTRIBUTE = "attribute"
    URL = "url"
    STYLE = "style"
    ATTRIBUTES = "attributes"
    TAG_NAME = "tag name"
    SCRIPT = "script"
    KEY = "key"


class _State(Enum):
    TEXT = 0
    OPEN = 1
    TAG_NAME = 2
    TAG = 3
    NAME = 4
    AFTER_NAME = 5
    BEFORE_VALUE = 6
    VALUE = 7
    COMMENT = 8
    DECLARATION = 9
    RAW = 10


_IN_TAG = frozenset({_State.TAG, _State.NAME, _State.AFTER_NAME})


class MarkupMismatch(ValueError):
    """The markup does not fit together at this place."""


class Scanner:
    """Reads markup in pieces, with values between them.

    `text` is what has been read since the last value, as it is to be sent. `branch()` gives a
    scanner that starts where this one stands, for a block of its own.
    """

    def __init__(self) -> None:
        self.text = ""
        self.state = _State.TEXT
        self.tag = ""
        self.closing = False
        self.attribute = ""
        self.quote = ""
        self.value = ""
        self.value_start = -1
        self.depth = 0
        self.roots = 0
        self.stray = False
        self.key: list[object] | None = None
        self.first_tag = ""

    @property
    def is_root(self) -> bool:
        """Whether all that was read is exactly one element."""
        return (
            self.roots == 1
            and self.depth == 0
            and not self.stray
            and self.state is _State.TEXT
            and self.text.rstrip(_SPACE).endswith(">")
        )

    def branch(self) -> Scanner:
        """Return a scanner for a block that starts here."""
        other = copy(self)
        other.text = ""
        other.depth = other.roots = 0
        other.value_start = -1
        other.stray = False
        other.key = None
        other.first_tag = ""
        return other

    def place(self) -> tuple[object, ...]:
        """Return what must be the same at both ends of a block that may be left out."""
        if self.state in _IN_TAG:
            return ("tag",)
        if self.state is _State.VALUE:
            return ("value", self.attribute, self.quote or self.value_start < 0)
        if self.state is _State.RAW:
            return ("raw", self.tag)
        return (self.state,)

    def resume(self, block: Scanner) -> None:
        """Go on after a block that may or may not have been shown."""
        if block.place() != self.place():
            raise MarkupMismatch(
                "this block ends inside other markup than it began in:"
                " write whole tags and whole attributes within it"
            )
        if self.state in _IN_TAG:
            self.state = _State.TAG
        self.value = block.value
        if block.depth != 0:
            self.stray = True

    def follow(self, block: Scanner) -> None:
        """Go on where a block that is always shown has ended."""
        self.state, self.tag, self.closing = block.state, block.tag, block.closing
        self.attribute, self.quote, self.value = block.attribute, block.quote, block.value
        if block.depth != 0:
            self.depth += block.depth
            self.stray = True

    def cut(self) -> str:
        """Return the text read so far and start anew after a value."""
        text, self.text = self.text, ""
        self.value_start = -1
        return text

    def hole(self) -> Context:
        """Take note of a value at this place, and return what it is there.

        Raises:
            MarkupMismatch: No value can be made safe at this place.
        """
        state = self.state
        if state is _State.TEXT:
            if self.depth == 0:
                self.stray = True
            return Context.TEXT
        if state is _State.RAW:
            return Context.SCRIPT if self.tag in ("script", "style") else Context.TEXT
        if state is _State.COMMENT or state is _State.DECLARATION:
            return Context.TEXT
        if state in (_State.OPEN, _State.TAG_NAME):
            if state is _State.OPEN:
                self._open_tag("")
            return Context.TAG_NAME
        if state in _IN_TAG:
            if state is _State.NAME and self.attribute.startswith("on"):
                raise MarkupMismatch("an event handler attribute cannot have a value in its name")
            if state is _State.AFTER_NAME:
                self.state = _State.TAG
            return Context.ATTRIBUTES
        if state is _State.BEFORE_VALUE:
            self.state = _State.VALUE
            self.value = ""
            self.quote = "auto"
            if self.attribute != ":key":
                self.text += '"'
        elif not self.quote:
            start = self.value_start
            self.text = f'{self.text[:start]}"{self.text[start:]}'
            self.quote = "auto"
        return self._value_context()

    def _value_context(self) -> Context:
        name = self.attribute
        before, self.value = self.value, self.value + "\0"
        if name == ":key":
            return Context.KEY
        if name.startswith("on") or name in SCRIPT_ATTRIBUTES:
            return Context.SCRIPT
        if name == "style":
            return Context.STYLE
        if name in URL_ATTRIBUTES and not any(mark in before for mark in ":/#?"):
            return Context.URL
        return Context.ATTRIBUTE

    def feed(self, text: str) -> None:
        """Read the next piece of markup."""
        position = 0
        end = len(text)
        while position < end:
            position = getattr(self, f"_{self.state.name.lower()}")(text, position, end)

    def _text(self, text: str, position: int, end: int) -> int:
        start = text.find("<", position)
        plain = text[position:] if start < 0 else text[position:start]
        if self.depth == 0 and plain.strip(_SPACE):
            self.stray = True
        if start < 0:
            self.text += plain
            return end
        if start + 1 == end:
            self.state = _State.OPEN
            self.text += plain + "<"
            return end
        following = text[start + 1]
        if text.startswith("<!--", start):
            self.state = _State.COMMENT
            self.text += plain + "<!--"
            return start + 4
        if following in "!?":
            self.state = _State.DECLARATION
            self.text += plain + "<"
            return start + 1
        self.text += plain
        if following.isalpha() or following == "/":
            return self._open(text, start, end)
        self.text += "<"
        return start + 1

    def _open(self, text: str, position: int, end: int) -> int:
        if text[position] == "<":
            self.text += "<"
            position += 1
        self.closing = position < end and text[position] == "/"
        if self.closing:
            self.text += "/"
            position += 1
        if position == end:
            self.state = _State.OPEN
            return end
        self._open_tag("")
        return position

    def _open_tag(self, name: str) -> None:
        self.tag = name
        self.state = _State.TAG_NAME

    def _tag_name(self, text: str, position: int, end: int) -> int:
        found = _TAG_NAME_END.search(text, position)
        stop = found.start() if found else end
        self.tag += text[position:stop].lower()
        self.text += text[position:stop]
        if found:
            self.state = _State.TAG
            if not self.closing and self.depth == 0 and not self.roots:
                self.first_tag = self.tag
        return stop

    def _tag(self, text: str, position: int, end: int) -> int:
        character = text[position]
        if character == ">":
            self.text += ">"
            self._end_tag()
        elif character in _SPACE or character == "/":
            self.text += character
        elif character == "=":
            self.text += "="
            self.attribute = ""
            self.state = _State.BEFORE_VALUE
        else:
            self.attribute = ""
            self.state = _State.NAME
            return position
        return position + 1

    def _end_tag(self) -> None:
        empty = self.text.endswith("/>") or self.tag in VOID
        self.state = _State.TEXT
        if self.closing:
            self.depth -= 1
            return
        if self.depth == 0:
            self.roots += 1
        if not empty:
            self.depth += 1
            if self.tag in RAW:
                self.state = _State.RAW

    def _name(self, text: str, position: int, end: int) -> int:
        found = _NAME_END.search(text, position)
        stop = found.start() if found else end
        self.attribute += text[position:stop].lower()
        self.text += text[position:stop]
        if found:
            self.state = _State.AFTER_NAME
        return stop

    def _after_name(self, text: str, position: int, end: int) -> int:
        character = text[position]
        if character == "=":
            self.state = _State.BEFORE_VALUE
            if self.attribute == ":key":
                self._begin_key()
            else:
                self.text += "="
            return position + 1
        if character in _SPACE:
            self.text += character
            return position + 1
        self.state = _State.TAG
        return position

    def _begin_key(self) -> None:
        if self.depth or self.roots or self.stray or self.closing:
            raise MarkupMismatch(":key belongs on the one root tag of the body of a {% for %}")
        if self.key is not None:
            raise MarkupMismatch(":key stands twice on this tag")
        self.text = self.text[: -len(":key")].rstrip(_SPACE)
        self.key = []

    def _before_value(self, text: str, position: int, end: int) -> int:
        character = text[position]
        if character in _SPACE:
            if self.attribute != ":key":
                self.text += character
            return position + 1
        self.state = _State.VALUE
        self.value = ""
        if character in "\"'":
            self.quote = character
            if self.attribute != ":key":
                self.text += character
            return position + 1
        self.quote = ""
        self.value_start = len(self.text)
        return position

    def _value(self, text: str, position: int, end: int) -> int:
        quoted = self.quote in ('"', "'") and self.quote
        if quoted:
            stop = text.find(quoted, position)
        else:
            found = re.compile(r"[\s>]").search(text, position)
            stop = found.start() if found else -1
        piece = text[position:] if stop < 0 else text[position:stop]
        self.value += piece
        is_key = self.attribute == ":key"
        if is_key:
            assert self.key is not None
            if piece:
                self.key.append(piece)
        else:
            self.text += piece
        if stop < 0:
            return end
        self.state = _State.TAG
        self.value_start = -1
        if is_key:
            return stop + 1 if quoted else stop
        if self.quote:
            self.text += '"' if self.quote == "auto" else self.quote
        return stop + 1 if quoted else stop

    def _comment(self, text: str, position: int, end: int) -> int:
        return self._until("-->", text, position, end)

    def _declaration(self, text: str, position: int, end: int) -> int:
        return self._until(">", text, position, end)

    def _until(self, mark: str, text: str, position: int, end: int) -> int:
        stop = text.find(mark, position)
        if stop < 0:
            self.text += text[position:]
            return end
        stop += len(mark)
        self.text += text[position:stop]
        self.state = _State.TEXT
        return stop

    def _raw(self, text: str, position: int, end: int) -> int:
        stop = text.lower().find(f"</{self.tag}", position)
        if stop < 0:
            self.text += text[position:]
            return end
        self.text += text[position:stop]
        self.state = _State.TEXT
        return self._open(text, stop, end)
