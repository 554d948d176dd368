"""What a JavaScript module exports, as far as it can be read.

The rule: where a hook's name is made at run time, or comes from another file, that is said
(`Unreadable`), and no name is taken for missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from wirebird.errors import WirebirdError

Item: TypeAlias = "str | list[Item]"
"""A word, a quoted text or a mark; or a pair of brackets: its first, and what is in it."""

_TOKEN = re.compile(
    r"""(?P<nothing>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<word>[\w$#]+)
    |(?P<mark>=>|\.\.\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
_LITERAL = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(`|\$\{)", re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_BEFORE_PATTERNS = frozenset({"return", "typeof", "case", "in", "of", "do", "else", "void", "await",
                              "yield", "delete", "new", "throw", "instanceof"})  # fmt: skip
_DECLARING = ("const", "let", "var")
_ENDS = (";", "export", "import", *_DECLARING)
_WITH_NAMES = frozenset({"default", "hooks", "options"})


class Unreadable(WirebirdError, ValueError):
    """What a script exports cannot be told from its text."""


def exported(text: str) -> frozenset[str]:
    """Return the names under which a module may export hooks.

    Raises:
        Unreadable: There may be others.
    """
    return frozenset(_Module(text).names())


class _Module:
    def __init__(self, text: str) -> None:
        self._items = _items(text)
        words = list(_flat(self._items))
        if any(pair == (".", "hooks") for pair in pairwise(words)):
            raise Unreadable
        if "phx_hook_" in text:
            raise Unreadable
        self._words = words

    def names(self) -> Iterator[str]:
        before: Item = ";"
        for at, item in enumerate(self._items):
            if item == "export" and before != ".":
                yield from self._export(at + 1)
            before = item

    def _export(self, at: int) -> Iterator[str]:
        what = self._at(at)
        if isinstance(what, list):
            for local, name in _renamed(what):
                if name not in _WITH_NAMES:
                    yield name
                elif self._at(at + 1) == "from":
                    raise Unreadable
                else:
                    yield from self._of_variable(name, local)
        elif what == "default":
            yield from self._of_default(at + 1)
        elif what in _DECLARING:
            yield from self._declared(at + 1)
        elif what in ("class", "function", "async"):
            at += 1
            while self._at(at) in ("function", "*"):
                at += 1
            yield _word(self._at(at))
        else:
            raise Unreadable

    def _of_default(self, at: int) -> Iterator[str]:
        value = self._at(at)
        if isinstance(value, list):
            yield from self._of_value("default", at)
        elif value not in ("class", "function", "async"):  # these are hooks without a name
            if not self._is_end(at + 1):
                raise Unreadable
            yield from self._of_variable("default", _word(value))

    def _declared(self, at: int) -> Iterator[str]:
        name = _word(self._at(at))
        if name in _WITH_NAMES:
            if self._words.count(name) > 1:
                raise Unreadable
            yield from self._of_value(name, at + 2)
        else:
            yield name
        while self._at(at) not in _ENDS:
            # A comma may also be in the value, where one more name does no harm.
            if self._at(at) == "," and self._at(at + 2) == "=":
                yield from self._declared(at + 1)
                return
            at += 1

    def _of_variable(self, role: str, name: str) -> Iterator[str]:
        """Yield the keys of an object that a variable holds, which nothing else may touch."""
        places = [
            at
            for at, item in enumerate(self._items)
            if item in _DECLARING and self._at(at + 1) == name and self._at(at + 2) == "="
        ]
        if len(places) != 1 or self._words.count(name) > 2:
            raise Unreadable
        yield from self._of_value(role, places[0] + 3)

    def _of_value(self, role: str, at: int) -> Iterator[str]:
        value = self._at(at)
        if not isinstance(value, list) or value[0] != "{" or not self._is_end(at + 1):
            raise Unreadable
        keys = list(_keys(value))
        if role != "options":
            yield from keys
        elif "hooks" in keys:
            raise Unreadable

    def _is_end(self, at: int) -> bool:
        item = self._at(at)
        return isinstance(item, str) and (item == ";" or re.match(r"[\w$]", item) is not None)

    def _at(self, at: int) -> Item:
        return self._items[at] if at < len(self._items) else ";"


def _items(text: str) -> list[Item]:
    whole: list[Item] = []
    open: list[list[Item]] = []
    at, last = 0, ""
    into = whole
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found is not None
        token, at = found.group(), found.end()
        if found["nothing"]:
            continue
        if token == "/" and (pattern := _pattern(text, found.start(), last)) is not None:
            token, at = pattern.group(), pattern.end()
        if token in ("'", '"'):
            raise Unreadable
        is_literal = token == "`" or (token == "}" and bool(open) and open[-1][0] == "${")
        if token in _CLOSING:
            into = list[Item]((token,))
            open.append(into)
        elif token in ")]}":
            opening = str(open.pop()[0]) if open else ""
            if _CLOSING.get(opening.lstrip("$")) != token:
                raise Unreadable
            closed, into = into, open[-1] if open else whole
            into.append(closed)
        elif not is_literal:
            into.append(token)
        if is_literal:
            literal = _LITERAL.match(text, at)
            if literal is None:
                raise Unreadable
            at = literal.end()
            token = "``"
            if literal[1] == "${":
                into = list[Item](("${",))
                open.append(into)
                token = "${"
            else:
                into.append(token)
        last = token
    if open:
        raise Unreadable
    return whole


def _pattern(text: str, at: int, last: str) -> re.Match[str] | None:
    """Return the regular expression that begins here, if none is divided."""
    if last == "}":
        raise Unreadable  # a block, or a value
    is_value = last in (")", "]", "``") or re.match(r"[\w$\"'/]", last) is not None
    return None if is_value and last not in _BEFORE_PATTERNS else _PATTERN.match(text, at)


def _keys(group: list[Item]) -> Iterator[str]:
    """Yield the keys of an object."""
    for part in _parts(group):
        while len(part) > 1 and part[0] in ("async", "get", "set", "*"):
            if part[1] == ":" or (isinstance(part[1], list) and part[1][0] == "("):
                break  # a method or a value of that name
            part = part[1:]
        yield _word(part[0])


def _renamed(group: list[Item]) -> Iterator[tuple[str, str]]:
    """Yield the names of `{a, b as c}`: within, and outside."""
    for part in _parts(group):
        yield _word(part[0]), _word(part[-1])


def _parts(group: list[Item]) -> Iterator[list[Item]]:
    part: list[Item] = []
    for item in [*group[1:], ","]:
        if item != ",":
            part.append(item)
        elif part:
            yield part
            part = []


def _word(item: Item) -> str:
    """Return a name, or what a quoted one holds.

    Raises:
        Unreadable: It is computed, or many.
    """
    if isinstance(item, list) or "\\" in item or re.match(r"[\w$\"']", item) is None:
        raise Unreadable
    return item.strip("\"'")


def _flat(items: list[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, str):
            yield item
        else:
            yield from _flat(item)
