"""`Rendered`: the tree that the browser holds of one view, and what each diff makes of it.

The rule: it merges and prints exactly as the JavaScript client does, and where that would throw or
show "undefined", it raises. Rows of a stream are printed once and forgotten; `Document` keeps them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from wirebird.testing.errors import HtmlError

Node: TypeAlias = "dict[str, Any]"

COMPONENTS = "c"
COUNT = "kc"
KEYED = "k"
MOVED = "km"
STATICS = "s"
STREAM = "stream"
TEMPLATES = "p"

_TAG = re.compile(r"<([a-zA-Z][^\s/>]*)")


@dataclass(frozen=True, slots=True)
class StreamChange:
    """What one diff did to a stream.

    Attributes:
        ref: The stream's name on the wire.
        inserts: Rows by DOM id: where to insert, the limit, and whether only to update.
        deleted: DOM ids of rows that go.
        reset: Whether all rows go that are not inserted again.
    """

    ref: str
    inserts: dict[str, tuple[int, int | None, bool]]
    deleted: tuple[str, ...]
    reset: bool


@dataclass(slots=True)
class Printed:
    """The HTML of a tree.

    Attributes:
        html: The HTML.
        streams: The changes of streams since the last time.
        cids: The components in it.
    """

    html: str = ""
    streams: list[StreamChange] = field(default_factory=list[StreamChange])
    cids: set[int] = field(default_factory=set[int])


class Rendered:
    """The tree of one joined view.

    Args:
        rendered: The tree in the answer to the join.
    """

    def __init__(self, rendered: Node) -> None:
        self._tree: Node = {}
        self._components: dict[str, Node] = {}
        self.merge(rendered)

    def merge(self, diff: Node) -> None:
        """Merge a diff, which is taken over.

        Raises:
            HtmlError: The client would throw.
        """
        components = cast("dict[str, Node]", diff.pop(COMPONENTS, None) or {})
        if STATICS in diff:
            self._tree = diff
            self._components = {}  # the client forgets them with the tree that they stood in
        else:
            _merge(self._tree, diff)
        found: dict[str, Node] = {}
        for cid in components:
            self._find_component(cid, components, found)
        self._components.update(found)

    def print(self) -> Printed:
        """Return the page. To be called after each merge: the client prints then.

        Raises:
            HtmlError: The client would throw, or show something that is no part of the page.
        """
        printed = Printed()
        printed.html = self._print(self._tree, None, printed)
        return printed

    def print_component(self, cid: int) -> Printed:
        """Return one component, as the client prints it when a diff is of components alone.

        Raises:
            HtmlError: As `print`.
        """
        printed = Printed()
        printed.html = self._print_component(cid, printed)
        return printed

    def prune(self, cids: Iterable[int]) -> None:
        """Forget components that have left the page."""
        for cid in cids:
            self._components.pop(str(cid), None)

    # Merging

    def _find_component(self, cid: str, new: dict[str, Node], found: dict[str, Node]) -> Node:
        """Return a component with what a diff says of it, the statics of another included."""
        if cid in found:
            return found[cid]
        part = new[cid]
        shared = part.get(STATICS)
        known = self._components
        if isinstance(shared, int):
            if shared > 0:
                if str(shared) not in new:
                    raise HtmlError(f"component {cid} has the statics of {shared}, not in the diff")
                like = self._find_component(str(shared), new, found)
            else:
                if str(-shared) not in known:
                    raise HtmlError(f"component {cid} has the statics of {-shared}, never sent")
                like = known[str(-shared)]
            merged = _merged(like, part)
            merged[STATICS] = like[STATICS]
        elif shared is not None or cid not in known:
            merged = part
        else:
            merged = _merged(known[cid], part)
        found[cid] = merged
        return merged

    # Printing

    def _print(self, node: Node, templates: Node | None, printed: Printed) -> str:
        if KEYED in node:
            return self._print_rows(node, templates, printed)
        templates = node.pop(TEMPLATES, templates)
        statics = node[STATICS] = _statics(node, templates)
        return self._print_dynamics(node, statics, templates, printed)

    def _print_rows(self, node: Node, templates: Node | None, printed: Printed) -> str:
        inner = templates or node.get(TEMPLATES)
        statics = node[STATICS] = _statics(node, templates)
        node.pop(TEMPLATES, None)
        rows: Node = node[KEYED]
        html: list[str] = []
        for index in range(rows[COUNT]):
            row = rows.get(str(index))
            if row is None:
                raise HtmlError(f"there are {rows[COUNT]} rows but no row {index}: {rows!r:.300}")
            html.append(self._print_dynamics(row, statics, inner, printed))
        if STREAM in node:
            ref, inserts, deleted, *reset = node[STREAM]
            if rows[COUNT] or deleted or reset:
                del node[STREAM]
                node[KEYED] = {COUNT: 0}
                placed = {str(key): (at, limit, bool(only)) for key, at, limit, only in inserts}
                change = StreamChange(str(ref), placed, tuple(deleted), bool(reset))
                printed.streams.append(change)
        return "".join(html)

    def _print_dynamics(
        self, node: Node, statics: list[str], templates: Node | None, printed: Printed
    ) -> str:
        html = [statics[0]]
        for index, after in enumerate(statics[1:]):
            value = node.get(str(index))
            if isinstance(value, dict):
                html.append(self._print(cast(Node, value), templates, printed))
            elif isinstance(value, str):
                html.append(value)
            elif isinstance(value, int):
                html.append(self._print_component(value, printed))
            else:
                raise HtmlError(
                    f"the page shows {value!r} after {statics[index]!r:.80}: the tree has no"
                    f" dynamic {index} there"
                )
            html.append(after)
        return "".join(html)

    def _print_component(self, cid: int, printed: Printed) -> str:
        component = self._components.get(str(cid))
        if component is None:
            raise HtmlError(f"the tree shows component {cid}, which the server never sent")
        printed.cids.add(cid)
        html = self._print(component, None, printed)
        return _TAG.sub(rf'<\1 data-phx-component="{cid}"', html, count=1)


def _statics(node: Node, templates: Node | None) -> list[str]:
    statics = node.get(STATICS)
    if isinstance(statics, int):
        statics = (templates or {}).get(str(statics))
    if not isinstance(statics, list):
        raise HtmlError(f"a tree came without its statics: {node!r:.300}")
    return cast("list[str]", statics)


def _merge(target: Node, source: Node) -> None:
    """Merge `source` into `target`, in place."""
    if KEYED in source:
        _merge_rows(target, source)
        return
    for key, value in source.items():
        before = target.get(key)
        if isinstance(value, dict) and STATICS not in value and isinstance(before, dict):
            _merge(cast(Node, before), cast(Node, value))
        else:
            target[key] = value


def _merge_rows(target: Node, source: Node) -> None:
    changes: Node = source[KEYED]
    if KEYED not in target:
        raise HtmlError(f"the diff changes rows where the page has none: {changes!r:.300}")
    rows: Node = target[KEYED]
    before: Node = copy.deepcopy(rows) if changes.get(MOVED) else {}
    for index in sorted((key for key in changes if key not in (COUNT, MOVED)), key=int):
        entry = changes[index]
        if isinstance(entry, dict):
            _merge(rows.setdefault(index, {}), cast(Node, entry))
            continue
        place, part = cast("list[Any]", entry) if isinstance(entry, list) else (entry, None)
        if str(place) not in before:
            raise HtmlError(f"the diff moves row {place}, which the page does not have")
        rows[index] = before[str(place)]
        if part is not None:
            _merge(rows[index], part)
    for index in range(changes[COUNT], rows[COUNT]):
        rows.pop(str(index), None)
    rows[COUNT] = changes[COUNT]
    for name in (STREAM, TEMPLATES):
        if name in source:
            target[name] = source[name]


def _merged(target: Node, source: Node) -> Node:
    """Return `target` with `source` merged into it, both untouched."""
    merged = copy.deepcopy(target)
    if KEYED in source:
        _merge_rows(merged, source)
        return merged
    for key, value in source.items():
        before = merged.get(key)
        if isinstance(value, dict) and STATICS not in value and isinstance(before, dict):
            merged[key] = _merged(cast(Node, before), cast(Node, value))
        else:
            merged[key] = value
    return merged
