"""Follows HTML as a template writes it, to know what stands around each value.

The rule: a scanner never changes what the author wrote, except that an unquoted attribute which
takes a value gets its quotes, and that `:key` is taken out. Where it cannot tell what a value
would be, it refuses the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import copy
from enum import Enum
from html import unescape

from wirebird.errors import WirebirdError
from wirebird.html.escaping import SCRIPT_ATTRIBUTES, URL_ATTRIBUTES, safe_url
from wirebird.html.tags import RAW, VOID

_SPACE = " \t\r\n\f"
_TAG_NAME_END = re.compile(r"[ \t\r\n\f/>]")
_NAME_END = re.compile(r"[ \t\r\n\f/>=]")
_UNQUOTED_END = re.compile(r"[ \t\r\n\f>]")
_OPEN_ENTITY = re.compile(r"&[#\w]*\Z")
_COMMENT_END = re.compile(r"--!?>")
_RAW_END = {tag: re.compile(rf"</{tag}(?=[ \t\r\n\f/>]|\Z)", re.IGNORECASE) for tag in sorted(RAW)}
_FOREIGN = frozenset({"svg", "math"})
_ANIMATED = frozenset({"animate", "set"})
_ANIMATED_VALUES = frozenset({"by", "from", "to", "values"})

URL_MARKS = ":/?#"
VALUE_MARK = "\0"  # stands for a value in what the scanner remembers


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


class MarkupMismatch(WirebirdError, ValueError):
    """The markup does not fit together at this place."""


def first_mark(url: str) -> str:
    """Return the first character of a URL that tells whether a scheme stands before it."""
    return next((character for character in url if character in URL_MARKS), "")


def _noted(text: str) -> str:
    # An author's own NUL is no mark of a value; browsers read it as this, too.
    return text.replace(VALUE_MARK, "\ufffd")


def _has_scheme_or_path(markup: str) -> bool:
    # An entity that has not ended yet may still become a letter of a scheme.
    return bool(first_mark(unescape(_OPEN_ENTITY.sub("", markup))))


class Scanner:
    """Reads markup in pieces, with values between them.

    `text` is what has been read since the last value, as it is to be sent. `branch()` gives a
    scanner that starts where this one stands, for a block of its own; `after()` goes on where
    such blocks have ended.
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
        self.within_value = False
        self.depth = 0
        self.foreign = 0
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

    @classmethod
    def at(
        cls, state: str, tag: str, attribute: str, quote: str, value: str, closing: bool
    ) -> Scanner:
        """Return a scanner that starts at a place that another one told by `where`."""
        scanner = cls()
        scanner.state = _State[state]
        scanner.tag, scanner.attribute, scanner.value = tag, attribute, value
        scanner.quote, scanner.closing = quote, closing
        scanner.within_value = scanner.state is _State.VALUE
        return scanner

    def where(self) -> tuple[str, str, str, str, str, bool]:
        """Return the place of the value that was just noted, as `at` takes it."""
        state = _State.TAG if self.state in _IN_TAG and self.attribute == VALUE_MARK else self.state
        value = self.value.removesuffix(VALUE_MARK) if state is _State.VALUE else ""
        name = self.attribute if state in (_State.VALUE, _State.NAME) else ""
        quote = '"' if self.quote == "auto" else self.quote
        return state.name, self.tag, name.removesuffix(VALUE_MARK), quote, value, self.closing

    def branch(self, *, repeated: bool = False) -> Scanner:
        """Return a scanner for a block that starts here.

        Args:
            repeated: Whether the block may follow itself, as the body of a loop does.
        """
        other = copy(self)
        other.text = ""
        other.depth = other.roots = 0
        other.value_start = -1
        other.stray = False
        other.key = None
        other.first_tag = ""
        other.within_value = self.state is _State.VALUE
        if repeated and other.within_value:
            other.value += VALUE_MARK
        return other

    def end(self) -> None:
        """End a block: an attribute without quotes that began in it ends with it."""
        if self.state is _State.VALUE and not self.within_value and self.quote not in ('"', "'"):
            if self.quote and self.attribute != ":key":
                self.text += '"'
            self.state = _State.TAG

    @property
    def in_tag(self) -> bool:
        """Whether this place is within a tag."""
        return self.state is _State.VALUE or self.state in _IN_TAG

    @property
    def in_value(self) -> bool:
        """Whether this place is in the value of an attribute that began before the block."""
        return self.state is _State.VALUE and self.within_value

    def boundary(self) -> tuple[object, ...]:
        """Return what must be the same at both ends of a block that may be left out."""
        state = self.state
        if state in _IN_TAG:
            return ("tag", self.tag if self.tag in RAW else "")
        if state is _State.TAG_NAME:
            return (state, self.tag if any(tag.startswith(self.tag) for tag in RAW) else "")
        if state is _State.OPEN:
            return (state, self.closing)
        if state is _State.BEFORE_VALUE:
            return (state, self.attribute)
        if state is _State.VALUE:
            return (state, self.attribute, self.quote)
        if state is _State.RAW:
            return (state, self.tag)
        return (state,)

    def after(self, blocks: Sequence[Scanner], *, complete: bool) -> None:
        """Go on after one of several blocks has been shown.

        Which one is not known when a template is compiled, so they must all end inside the same
        markup, and what is remembered from here on holds for each of them: where they differ (in
        the tag, the attribute, what its value begins with), a mark stands for anything, and a
        value that follows is checked as for the worst.

        Args:
            blocks: Where each of them ended.
            complete: Whether one of them is always shown.

        Raises:
            MarkupMismatch: They end at different places, or none may be shown and they end
                elsewhere than they began.
        """
        first = blocks[0]
        expected = first.boundary() if complete else self.boundary()
        for block in blocks:
            if block.boundary() != expected:
                raise MarkupMismatch(
                    "the branches of this if end inside different markup:"
                    " open and close the same tags and quotes in each"
                    if complete
                    else "this block ends inside other markup than it began in:"
                    " write whole tags and whole attributes within it"
                )
        ends = blocks if complete else [self, *blocks]
        if any(block.depth for block in blocks):
            self.stray = True
        if complete:
            self.depth += first.depth
        self.foreign = min(block.foreign for block in ends)
        same_name = all((b.state, b.attribute) == (first.state, first.attribute) for b in ends)
        same_tag = all(block.tag == first.tag for block in ends)
        self.state, self.closing, self.quote = first.state, first.closing, first.quote
        self.attribute = first.attribute if same_name else ""
        if self.state in _IN_TAG and not same_name:
            self._unknown_name(ends)
        self.tag = first.tag if same_tag else VALUE_MARK
        values = [block.value for block in ends]
        if any(value != values[0] for value in values):
            decided = all(map(_has_scheme_or_path, values))
            self.value = values[0] if decided else VALUE_MARK

    def _unknown_name(self, ends: Sequence[Scanner]) -> None:
        """Go on where each of several ends may be within the name of another attribute."""
        if all(end.state is not _State.NAME for end in ends):
            self.state = _State.TAG
            return
        self.state = _State.NAME
        names = [end.attribute if end.state is _State.NAME else "" for end in ends]
        first_word, hyphen, _ = names[0].partition("-")
        same = hyphen and all(name.startswith(first_word + hyphen) for name in names)
        # What begins with `data-` or `phx-` is never a script or a URL, whatever follows.
        self.attribute = first_word + hyphen + VALUE_MARK if same else VALUE_MARK * 2

    def cut(self) -> str:
        """Return the text read so far and start anew after a value."""
        text, self.text = self.text, ""
        self.value_start = -1
        return text

    def hole(self, *, block: bool = False) -> Context:
        """Take note of a value at this place, and return what it is there.

        A mark stands for the value in all that is remembered, for it can be any text: a name with
        a mark may be any name, and a URL that begins with one may have any scheme. A value without
        quotes gets them here, so that no space in it can begin an attribute.

        Args:
            block: Whether it is a block, whose own markup is read from here by `branch()`.

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
            if self.depth == 0:
                self.stray = True
            return Context.TEXT
        if state is _State.TAG_NAME and (self.tag in RAW or VALUE_MARK in self.tag):
            # <script{{ attributes }}>, <option{{ " selected" if a }}{{ " disabled" if b }}>
            self.end_tag_name()
            if not block:
                self._name_hole()
            return Context.ATTRIBUTES
        if state is _State.OPEN or state is _State.TAG_NAME:
            if not block:
                self._tag_name_hole()
            return Context.TAG_NAME
        if state in _IN_TAG:
            if not block:
                self._name_hole()
            return Context.ATTRIBUTES
        if state is _State.BEFORE_VALUE:
            self._begin_value("auto")
        elif not self.quote:
            start = self.value_start
            self.text = self.text[:start] + '"' + self.text[start:].replace('"', "&#34;")
            self.quote = "auto"
        return self._value_context(block)

    def _tag_name_hole(self) -> None:
        if self.state is _State.OPEN:
            self.tag = ""
        self.state = _State.TAG_NAME
        self.tag += VALUE_MARK

    def end_tag_name(self) -> None:
        """Go on after the name of a tag, whose attributes follow."""
        self.state = _State.TAG
        if not self.closing and self.depth == 0 and not self.roots:
            self.first_tag = self.tag

    def _name_hole(self) -> None:
        if self.state is not _State.NAME:
            self.attribute = VALUE_MARK
        elif "-" in self.attribute.partition(VALUE_MARK)[0] or VALUE_MARK in self.attribute:
            self.attribute += VALUE_MARK
        else:
            raise MarkupMismatch(
                f"the name of an attribute cannot begin with {self.attribute!r} and go on with a"
                " value: write the whole name, or make all of it one value"
            )
        self.state = _State.NAME

    def _value_context(self, block: bool) -> Context:
        name, before = self.attribute, self.value
        if not block:
            self.value += VALUE_MARK
        if name == ":key":
            return Context.KEY
        if block:
            return Context.ATTRIBUTE
        if not name or (name.startswith(VALUE_MARK) and name != VALUE_MARK):
            raise MarkupMismatch(
                "it is not known here which attribute takes this value: write the attribute's name"
                " and its value together"
            )
        if name.startswith("on") or name in SCRIPT_ATTRIBUTES:
            return Context.SCRIPT
        if name == "style":
            return Context.STYLE
        if self._is_url:
            if not safe_url(unescape(before)):
                return Context.SCRIPT
            if not _has_scheme_or_path(before):
                return Context.URL
        return Context.ATTRIBUTE

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

    def feed(self, text: str) -> None:
        """Read the next piece of markup."""
        position = 0
        end = len(text)
        readers = _READERS
        while position < end:
            position = readers[self.state](self, text, position, end)

    def _text(self, text: str, position: int, end: int) -> int:
        start = text.find("<", position)
        plain = text[position:] if start < 0 else text[position:start]
        if self.depth == 0 and plain.strip(_SPACE):
            self.stray = True
        if start < 0:
            self.text += plain
            return end
        self.text += plain + "<"
        self.state = _State.OPEN
        self.closing = False
        return start + 1

    def _open(self, text: str, position: int, end: int) -> int:
        """Read what follows a `<`."""
        character = text[position]
        if character.isascii() and character.isalpha():
            self.tag = ""
            self.state = _State.TAG_NAME
            return position
        if character == "/" and not self.closing:
            self.closing = True
            self.text += "/"
            return position + 1
        if character not in "!?" and not self.closing:
            self.state = _State.TEXT  # a mere sign
            if self.depth == 0:
                self.stray = True
            return position
        if text.startswith("!--", position) and not self.closing:
            # The dashes may be those of the end, too: <!--> is a whole comment.
            self.state = _State.COMMENT
            self.text += "!"
            return position + 1
        self.state = _State.DECLARATION
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
            if self.tag in _FOREIGN and self.foreign:
                self.foreign -= 1
            return
        if self.depth == 0:
            self.roots += 1
        # A slash ends an element in SVG only; browsers read on in <script/> or <title/>.
        if self.tag in RAW and not (empty and self.foreign):
            self.state = _State.RAW
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
        self.text = self.text.rstrip(_SPACE)[: -len(":key")].rstrip(_SPACE)
        self.key = []

    def _before_value(self, text: str, position: int, end: int) -> int:
        character = text[position]
        if character in _SPACE:
            if self.attribute != ":key":
                self.text += character
            return position + 1
        if character == ">":
            self.state = _State.TAG
            return position
        if character in "\"'":
            self._begin_value(character)
            return position + 1
        self._begin_value("")
        return position

    def _begin_value(self, quote: str) -> None:
        self.state = _State.VALUE
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
        self.state = _State.TAG
        self.value_start = -1
        if not is_key and self.quote:
            self.text += '"' if self.quote == "auto" else self.quote
        return stop + 1 if quoted else stop

    def _check_scheme(self, piece: str) -> None:
        if not _has_scheme_or_path(self.value) and first_mark(unescape(piece)) == ":":
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
            self.state = _State.TEXT
        return stop

    def _declaration(self, text: str, position: int, end: int) -> int:
        stop = text.find(">", position) + 1
        if stop:
            self.state = _State.TEXT
        self.text += text[position : stop or end]
        return stop or end

    def _raw(self, text: str, position: int, end: int) -> int:
        found = _RAW_END[self.tag].search(text, position)
        if not found:
            self.text += text[position:]
            return end
        self.text += text[position : found.start()] + "<"
        self.state = _State.OPEN
        self.closing = False
        return found.start() + 1


# pyright: reportPrivateUsage=false
_READERS: dict[_State, Callable[[Scanner, str, int, int], int]] = {
    _State.TEXT: Scanner._text,
    _State.OPEN: Scanner._open,
    _State.TAG_NAME: Scanner._tag_name,
    _State.TAG: Scanner._tag,
    _State.NAME: Scanner._name,
    _State.AFTER_NAME: Scanner._after_name,
    _State.BEFORE_VALUE: Scanner._before_value,
    _State.VALUE: Scanner._value,
    _State.COMMENT: Scanner._comment,
    _State.DECLARATION: Scanner._declaration,
    _State.RAW: Scanner._raw,
}
