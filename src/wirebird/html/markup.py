"""Reads HTML as a browser would, in pieces, and knows at any time what it is within.

The rule: a reader never changes what the author wrote, except that an unquoted attribute which
takes a value gets its quotes, and that `:key` is taken out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from html import unescape

from wirebird.errors import WirebirdError
from wirebird.html.escaping import URL_ATTRIBUTES
from wirebird.html.tags import RAW, VOID

SPACE = " \t\r\n\f"
_TAG_NAME_END = re.compile(r"[ \t\r\n\f/>]")
_NAME_END = re.compile(r"[ \t\r\n\f/>=]")
_UNQUOTED_END = re.compile(r"[ \t\r\n\f>]")
_OPEN_ENTITY = re.compile(r"&[#\w]*\Z")
_COMMENT_END = re.compile(r"--!?>")
_RAW_END = {tag: re.compile(rf"</{tag}(?=[ \t\r\n\f/>]|\Z)", re.IGNORECASE) for tag in sorted(RAW)}
_FOREIGN = frozenset({"svg", "math"})
_ANIMATED = frozenset({"animate", "set"})
_ANIMATED_VALUES = frozenset({"by", "from", "to", "values"})

_TAG_DELIMITERS = frozenset(f"{SPACE}/>")
UNSPACED = (
    "a block that may be left out ends here, and what follows would go on with the name or the"
    " value before it: put a space between them"
)

URL_MARKS = ":/?#"
KEY_PLACE = (
    ":key belongs on the one root tag of the body of a {% for %}; that of Alpine is written"
    " x-bind:key, and Vue's v-bind:key"
)
VALUE_MARK = "\0"  # stands for a value in what the scanner remembers


class State(Enum):
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


IN_TAG = frozenset({State.TAG, State.NAME, State.AFTER_NAME})


class MarkupMismatch(WirebirdError, ValueError):
    """The markup does not fit together at this place."""


def first_mark(url: str) -> str:
    """Return the first character of a URL that tells whether a scheme stands before it."""
    return next((character for character in url if character in URL_MARKS), "")


def _noted(text: str) -> str:
    # An author's own NUL is no mark of a value; browsers read it as this, too.
    return text.replace(VALUE_MARK, "\ufffd")


def has_scheme_or_path(markup: str) -> bool:
    # An entity that has not ended yet may still become a letter of a scheme.
    return bool(first_mark(unescape(_OPEN_ENTITY.sub("", markup))))


class MarkupReader:
    """Reads markup in pieces; `text` is what has been read, as it is to be sent."""

    def __init__(self) -> None:
        self.text = ""
        self.state = State.TEXT
        self.tag = ""
        self.closing: bool = False
        self.attribute = ""
        self.quote = ""
        self.value = ""
        self.value_start = -1
        self.within_value = False
        self.unspaced = False
        self.depth: int = 0
        self.foreign: int = 0
        self.roots: int = 0
        self.stray = False
        self.key: list[object] | None = None
        self.first_tag = ""

    def feed(self, text: str) -> None:
        """Read the next piece of markup."""
        position = 0
        end = len(text)
        if self.unspaced and text:
            if text[0] not in _TAG_DELIMITERS:
                raise MarkupMismatch(UNSPACED)
            self.unspaced = False
        readers = _READERS
        while position < end:
            position = readers[self.state](self, text, position, end)

    def _text(self, text: str, position: int, end: int) -> int:
        start = text.find("<", position)
        plain = text[position:] if start < 0 else text[position:start]
        if self.depth == 0 and plain.strip(SPACE):
            self.stray = True
        if start < 0:
            self.text += plain
            return end
        self.text += plain + "<"
        self.state = State.OPEN
        self.closing = False
        return start + 1

    def _open(self, text: str, position: int, end: int) -> int:
        """Read what follows a `<`."""
        character = text[position]
        if character.isascii() and character.isalpha():
            self.tag = ""
            self.state = State.TAG_NAME
            return position
        if character == "/" and not self.closing:
            self.closing = True
            self.text += "/"
            return position + 1
        if character not in "!?" and not self.closing:
            self.state = State.TEXT  # a mere sign
            if self.depth == 0:
                self.stray = True
            return position
        if text.startswith("!--", position) and not self.closing:
            # The dashes may be those of the end, too: <!--> is a whole comment.
            self.state = State.COMMENT
            self.text += "!"
            return position + 1
        self.state = State.DECLARATION
        if self.depth == 0:
            self.stray = True
        return position

    def _tag_name(self, text: str, position: int, end: int) -> int:
        found = _TAG_NAME_END.search(text, position)
        stop = found.start() if found else end
        if stop > position and VALUE_MARK in self.tag:
            raise MarkupMismatch("the name of a tag ends with its value: join its parts with ~")
        self.tag += _noted(text[position:stop]).lower()
        self.text += text[position:stop]
        if found:
            self.end_tag_name()
        return stop

    def _tag(self, text: str, position: int, end: int) -> int:
        character = text[position]
        if character == ">":
            self.text += ">"
            self._end_tag()
        elif character in SPACE or character == "/":
            self.text += character
        elif character == "=":
            self.text += "="
            self.attribute = ""
            self.state = State.BEFORE_VALUE
        else:
            self.attribute = ""
            self.state = State.NAME
            return position
        return position + 1

    def _end_tag(self) -> None:
        empty = self.text.endswith("/>") or self.tag in VOID
        self.state = State.TEXT
        if self.closing:
            self.depth -= 1
            if self.tag in _FOREIGN and self.foreign:
                self.foreign -= 1
            return
        if self.depth == 0:
            self.roots += 1
        # A slash ends an element in SVG only; browsers read on in <script/> or <title/>.
        if self.tag in RAW and not (empty and self.foreign):
            self.state = State.RAW
            empty = False
        if not empty:
            self.depth += 1
            if self.tag in _FOREIGN:
                self.foreign += 1

    def _name(self, text: str, position: int, end: int) -> int:
        found = _NAME_END.search(text, position)
        stop = found.start() if found else end
        self.attribute += _noted(text[position:stop]).lower()
        self.text += text[position:stop]
        if found:
            self.state = State.AFTER_NAME
        return stop

    def _after_name(self, text: str, position: int, end: int) -> int:
        character = text[position]
        if character == "=":
            self.state = State.BEFORE_VALUE
            if self.attribute == ":key":
                self._begin_key()
            else:
                self.text += "="
            return position + 1
        if character in SPACE:
            self.text += character
            return position + 1
        self.state = State.TAG
        return position

    def _begin_key(self) -> None:
        if self.depth or self.roots or self.stray or self.closing:
            raise MarkupMismatch(KEY_PLACE)
        if self.key is not None:
            raise MarkupMismatch(":key stands twice on this tag")
        self.text = self.text.rstrip(SPACE)[: -len(":key")].rstrip(SPACE)
        self.key = []

    def _before_value(self, text: str, position: int, end: int) -> int:
        character = text[position]
        if character in SPACE:
            if self.attribute != ":key":
                self.text += character
            return position + 1
        if character == ">":
            self.state = State.TAG
            return position
        if character in "\"'":
            self._begin_value(character)
            return position + 1
        self._begin_value("")
        return position

    def _begin_value(self, quote: str) -> None:
        self.state = State.VALUE
        self.value = ""
        self.quote = quote
        self.within_value = False
        if quote and self.attribute != ":key":
            self.text += '"' if quote == "auto" else quote
        self.value_start = len(self.text)

    def _value(self, text: str, position: int, end: int) -> int:
        quoted = self.quote in ('"', "'")
        if quoted:
            stop = text.find(self.quote, position)
        else:
            found = _UNQUOTED_END.search(text, position)
            stop = found.start() if found else -1
        piece = text[position:] if stop < 0 else text[position:stop]
        is_key = self.attribute == ":key"
        if is_key:
            assert self.key is not None
            if piece:
                self.key.append(piece)
        else:
            if self._is_url and VALUE_MARK in self.value:
                self._check_scheme(piece)
            self.text += piece.replace('"', "&#34;") if self.quote == "auto" else piece
        self.value += _noted(piece)
        if stop < 0:
            return end
        self._end_value()
        return stop + 1 if quoted else stop

    def _check_scheme(self, piece: str) -> None:
        if not has_scheme_or_path(self.value) and first_mark(unescape(piece)) == ":":
            raise MarkupMismatch(
                "the scheme of a URL cannot be a value, which could make it run code:"
                " give the whole URL as one value"
            )

    def _comment(self, text: str, position: int, end: int) -> int:
        found = _COMMENT_END.search(text, position)
        stop = found.end() if found else end
        piece = text[position:stop]
        # The client finds the root behind comments of one line only.
        if self.depth == 0 and (found is None or "\n" in piece):
            self.stray = True
        self.text += piece
        if found:
            self.state = State.TEXT
        return stop

    def _declaration(self, text: str, position: int, end: int) -> int:
        stop = text.find(">", position) + 1
        if stop:
            self.state = State.TEXT
        self.text += text[position : stop or end]
        return stop or end

    def _raw(self, text: str, position: int, end: int) -> int:
        found = _RAW_END[self.tag].search(text, position)
        if not found:
            self.text += text[position:]
            return end
        self.text += text[position : found.start()] + "<"
        self.state = State.OPEN
        self.closing = False
        return found.start() + 1

    def end_tag_name(self) -> None:
        """Go on after the name of a tag, whose attributes follow."""
        self.state = State.TAG
        if not self.closing and self.depth == 0 and not self.roots:
            self.first_tag = self.tag

    def _end_value(self) -> None:
        if self.quote and self.attribute != ":key":
            self.text += '"' if self.quote == "auto" else self.quote
        self.state = State.TAG
        self.value_start = -1

    @property
    def _is_url(self) -> bool:
        return (
            self.attribute in URL_ATTRIBUTES
            or self.attribute == VALUE_MARK
            or (
                (self.tag in _ANIMATED or VALUE_MARK in self.tag)
                and self.attribute in _ANIMATED_VALUES
            )
        )


# pyright: reportPrivateUsage=false
_READERS: dict[State, Callable[[MarkupReader, str, int, int], int]] = {
    State.TEXT: MarkupReader._text,
    State.OPEN: MarkupReader._open,
    State.TAG_NAME: MarkupReader._tag_name,
    State.TAG: MarkupReader._tag,
    State.NAME: MarkupReader._name,
    State.AFTER_NAME: MarkupReader._after_name,
    State.BEFORE_VALUE: MarkupReader._before_value,
    State.VALUE: MarkupReader._value,
    State.COMMENT: MarkupReader._comment,
    State.DECLARATION: MarkupReader._declaration,
    State.RAW: MarkupReader._raw,
}
