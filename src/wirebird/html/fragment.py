"""`Fragment`: a tree on its way through template code, such as what a macro returned.

The rule: shown as it is, it stays a tree with diffs of its own; asked for text, it becomes text.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from wirebird.html.tree import Dynamic, to_html


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
        return bool(self.__html__())

    def __len__(self) -> int:
        return len(self.__html__())

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
