"""Follows HTML as a template writes it, to know what stands around each value.

The rule: where a scanner cannot tell what a value would be, or in what markup a block would end, it
refuses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from enum import Enum
from html import unescape

from wirebird.html.escaping import SCRIPT_ATTRIBUTES, safe_url
from wirebird.html.markup import (
    IN_TAG,
    SPACE,
    UNSPACED,
    VALUE_MARK,
    MarkupMismatch,
    MarkupReader,
    State,
    has_scheme_or_path,
)
from wirebird.html.tags import RAW


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


class Scanner(MarkupReader):
    """Reads markup in pieces, with values between them.

    `text` is what has been read since the last value, as it is to be sent. `branch()` gives a
    scanner that starts where this one stands, for a block of its own; `after()` goes on where
    such blocks have ended.
    """

    @property
    def is_root(self) -> bool:
        """Whether all that was read is exactly one element."""
        return (
            self.roots == 1
            and self.depth == 0
            and not self.stray
            and self.state is State.TEXT
            and self.text.rstrip(SPACE).endswith(">")
        )

    @classmethod
    def at(
        cls, state: str, tag: str, attribute: str, quote: str, value: str, closing: bool
    ) -> Scanner:
        """Return a scanner that starts at a place that another one told by `where`."""
        scanner = cls()
        scanner.state = State[state]
        scanner.tag, scanner.attribute, scanner.value = tag, attribute, value
        scanner.quote, scanner.closing = quote, closing
        scanner.within_value = scanner.state is State.VALUE
        return scanner

    def where(self) -> tuple[str, str, str, str, str, bool]:
        """Return the place of the value that was just noted, as `at` takes it."""
        state = State.TAG if self.state in IN_TAG and self.attribute == VALUE_MARK else self.state
        value = self.value.removesuffix(VALUE_MARK) if state is State.VALUE else ""
        name = self.attribute if state in (State.VALUE, State.NAME) else ""
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
        other.within_value = self.state is State.VALUE
        if repeated and other.within_value:
            other.value += VALUE_MARK
        return other

    def begin_attributes(self) -> None:
        """Take note that a block follows which begins with the space before an attribute.

        A tag's name, and a value without quotes, end before it: what follows the block must not
        go on with them, since the block may be left out.
        """
        if self.state is State.TAG_NAME and not self.closing:
            self.end_tag_name()
            self.unspaced = True
        elif self.in_unquoted_value:
            self._end_value()
            self.unspaced = True

    def end(self) -> None:
        """End a block: an attribute without quotes that began in it ends with it."""
        if self.state is State.VALUE and not self.within_value and self.quote not in ('"', "'"):
            self._end_value()

    @property
    def in_tag(self) -> bool:
        """Whether this place is within a tag."""
        return self.state is State.VALUE or self.state in IN_TAG

    @property
    def in_value(self) -> bool:
        """Whether this place is in the value of an attribute that began before the block."""
        return self.state is State.VALUE and self.within_value

    @property
    def in_unquoted_value(self) -> bool:
        """Whether this place is in a value that began in this block, and that a space ends."""
        return self.state is State.VALUE and not self.within_value and self.quote in ("", "auto")

    def boundary(self) -> tuple[object, ...]:
        """Return what must be the same at both ends of a block that may be left out."""
        state = self.state
        if state in IN_TAG:
            return ("tag", self.tag if self.tag in RAW else "")
        if state is State.TAG_NAME:
            return (state, self.tag if any(tag.startswith(self.tag) for tag in RAW) else "")
        if state is State.OPEN:
            return (state, self.closing)
        if state is State.BEFORE_VALUE:
            return (state, self.attribute)
        if state is State.VALUE:
            return (state, self.attribute, self.quote)
        if state is State.RAW:
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
        ends: list[Scanner] = [*blocks] if complete else [self, *blocks]
        if any(block.depth for block in blocks):
            self.stray = True
        if complete:
            self.depth += first.depth
        self.foreign = min(block.foreign for block in ends)
        self.unspaced = any(block.unspaced for block in ends)
        same_name = all((b.state, b.attribute) == (first.state, first.attribute) for b in ends)
        same_tag = all(block.tag == first.tag for block in ends)
        self.state, self.closing, self.quote = first.state, first.closing, first.quote
        self.attribute = first.attribute if same_name else ""
        if self.state in IN_TAG and not same_name:
            self._unknown_name(ends)
        self.tag = first.tag if same_tag else VALUE_MARK
        values = [block.value for block in ends]
        if any(value != values[0] for value in values):
            decided = all(map(has_scheme_or_path, values))
            self.value = values[0] if decided else VALUE_MARK

    def _unknown_name(self, ends: Sequence[Scanner]) -> None:
        """Go on where each of several ends may be within the name of another attribute."""
        if all(end.state is not State.NAME for end in ends):
            self.state = State.TAG
            return
        self.state = State.NAME
        names = [end.attribute if end.state is State.NAME else "" for end in ends]
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
        if state is State.TEXT:
            if self.depth == 0:
                self.stray = True
            return Context.TEXT
        if state is State.RAW:
            return Context.SCRIPT if self.tag in ("script", "style") else Context.TEXT
        if state is State.COMMENT or state is State.DECLARATION:
            if self.depth == 0:
                self.stray = True
            return Context.TEXT
        if state is State.TAG_NAME and (self.tag in RAW or VALUE_MARK in self.tag):
            # <script{{ attributes }}>, <option{{ " selected" if a }}{{ " disabled" if b }}>
            self.end_tag_name()
            if not block:
                self._name_hole()
            return Context.ATTRIBUTES
        if state is State.OPEN or state is State.TAG_NAME:
            if not block:
                self._tag_name_hole()
            return Context.TAG_NAME
        if state in IN_TAG:
            if not block:
                if self.unspaced:
                    raise MarkupMismatch(UNSPACED)
                self._name_hole()
            return Context.ATTRIBUTES
        if state is State.BEFORE_VALUE:
            self._begin_value("auto")
        elif not self.quote:
            start = self.value_start
            self.text = self.text[:start] + '"' + self.text[start:].replace('"', "&#34;")
            self.quote = "auto"
        return self._value_context(block)

    def _tag_name_hole(self) -> None:
        if self.state is State.OPEN:
            self.tag = ""
        self.state = State.TAG_NAME
        self.tag += VALUE_MARK

    def _name_hole(self) -> None:
        if self.state is not State.NAME:
            self.attribute = VALUE_MARK
        elif "-" in self.attribute.partition(VALUE_MARK)[0] or VALUE_MARK in self.attribute:
            self.attribute += VALUE_MARK
        else:
            raise MarkupMismatch(
                f"the name of an attribute cannot begin with {self.attribute!r} and go on with a"
                " value: write the whole name, or make all of it one value"
            )
        self.state = State.NAME

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
            if not has_scheme_or_path(before):
                return Context.URL
        return Context.ATTRIBUTE
