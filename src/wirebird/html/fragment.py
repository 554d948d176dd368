"""`Fragment`: a tree on its way through template code, such as what a macro returned.

The rule: shown as it is, it stays a tree with diffs of its own; asked for text, it becomes text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from wirebird.html.shown import kind_of
from wirebird.html.tree import Comprehension, Dynamic, to_html


class Fragment:
    """Markup that is still a tree: shown as it is, and text to everything else."""

    __slots__ = ("__tree__",)

    def __init__(self, tree: Dynamic) -> None:
        self.__tree__ = tree

    def __html__(self) -> str:
        return to_html(self.__tree__)

    def __str__(self) -> str:
        return Markup(self.__html__())

    def __bool__(self) -> bool:
        # Without making text of it: a component that is asked for its text has none yet.
        return _shows(self.__tree__)

    def __len__(self) -> int:
        return len(self.__html__())

    def __iter__(self) -> Iterator[str]:
        return iter(self.__html__())

    def __contains__(self, text: str) -> bool:
        return text in self.__html__()

    def __getitem__(self, index: Any) -> Markup:
        return Markup(self.__html__())[index]

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __add__(self, other: Any) -> Markup:
        return Markup(self.__html__()) + other

    def __radd__(self, other: Any) -> Markup:
        return Markup("") + other + Markup(self.__html__())

    def __getattr__(self, name: str) -> Any:
        return getattr(Markup(self.__html__()), name)


class MarkupTree(Markup):
    """Markup made from a tree: a real string, which is shown as the tree that it was."""

    __slots__ = ("__tree__",)

    __tree__: Dynamic

    def __new__(cls, tree: Any) -> Any:
        # Markup's own methods make new instances from text, which has no tree.
        if isinstance(tree, str):
            return Markup(tree)
        text = Markup.__new__(cls, to_html(tree))
        text.__tree__ = tree
        return text

    def __repr__(self) -> str:
        return repr(Markup(self))


def settle(value: Any) -> Any:
    """Return a value for use in an expression, where Jinja's templates expect strings.

    A component or a stream stays as it is: making text of it would show it twice.
    """
    if type(value) is not Fragment or _has_nodes(value.__tree__):
        return value
    return MarkupTree(value.__tree__)


def _shows(tree: Any) -> bool:
    """Tell whether a tree shows anything."""
    kind = type(tree)  # pyright: ignore[reportUnknownVariableType]
    if kind is str:
        return bool(tree)
    if kind is tuple:
        first = tree[0]
        if type(first) is str:
            return bool(first)
        return any(first.strings) or any(map(_shows, tree[1:]))
    if kind is Comprehension:
        width = tree.statics.width
        shown = any(tree.statics.strings)
        return any(shown or any(map(_shows, row[:width])) for row in tree.rows)
    return True


def _has_nodes(tree: Any) -> bool:
    kind = kind_of(tree)
    if kind is str or kind is int:
        return False
    if kind is tuple:
        return type(tree[0]) is not str and any(map(_has_nodes, tree[1:]))
    if kind is Comprehension:
        return any(any(map(_has_nodes, row[: tree.statics.width])) for row in tree.rows)
    return True
