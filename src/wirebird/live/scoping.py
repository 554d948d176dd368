"""Style sheets that reach no further than their view: a mark on its root element, and on the sheet.

The rule: a scoped sheet styles what its view's or component's own template shows, and nothing of
another one that is scoped and stands inside it.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from wirebird.html.tree import Statics, Tree
from wirebird.live.errors import ViewDefinitionError
from wirebird.names import snake_case

MARK = "data-wirebird-scope"

_ROOT = re.compile(r"\s*(?:<!--.*?-->\s*)*<[a-zA-Z][^\s/>]*", re.DOTALL)


def scope_of(view: type[Any]) -> str:
    """Return the name of a class's scope, the same in every process."""
    whole = f"{view.__module__}:{view.__qualname__}"
    return f"{snake_case(view.__name__)}-{hashlib.sha256(whole.encode()).hexdigest()[:6]}"


def scoped_sheet(text: str, scope: str) -> str:
    """Return a style sheet for one scope."""
    return f'@scope ([{MARK}="{scope}"]) to (:scope [{MARK}]) {{\n{text}\n}}\n'


class RootMark:
    """Puts a scope's mark on the root element of trees.

    Args:
        view: The class whose trees they are.
    """

    __slots__ = ("_marked", "_name", "_text")

    def __init__(self, view: type[Any]) -> None:
        self._name = view.__name__
        self._text = f' {MARK}="{scope_of(view)}"'
        self._marked: dict[Statics | str, Statics | str] = {}

    def __call__(self, tree: Tree) -> Tree:
        """Return the tree with the mark.

        Raises:
            ViewDefinitionError: It has not exactly one root element.
        """
        marked = self._marked.get(tree[0])
        if marked is None:
            marked = self._marked[tree[0]] = self._mark(tree[0])
        return (marked, *tree[1:])

    def _mark(self, statics: Statics | str) -> Statics | str:
        first = statics if isinstance(statics, str) else statics.strings[0]
        found = _ROOT.match(first)
        if found is None or (isinstance(statics, Statics) and not statics.root):
            raise ViewDefinitionError(
                f"the style of {self._name} is scoped, so its template needs one root element:"
                " put a <div> around it, or set scoped = False"
            )
        first = first[: found.end()] + self._text + first[found.end() :]
        if isinstance(statics, str):
            return first
        return Statics((first, *statics.strings[1:]), True, statics.source)
