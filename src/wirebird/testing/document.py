"""`Document`: a view's HTML as it stands in the page, after any number of diffs.

The rule: the tree says what a page shows, except for what only the page remembers: the rows of
streams, and elements with `phx-update="ignore"`. That is kept here, by DOM id, as the browser's
patch does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wirebird.testing.html import LexborNode, ancestors, attribute, parse_body
from wirebird.testing.rendered import StreamChange

_HOLE = re.compile("\ue000(\\d+)\ue001")


@dataclass(frozen=True, slots=True)
class _Row:
    """A child of a stream's container."""

    id: str
    html: str
    ref: str | None


class Document:
    """The page of one joined view; fresh for each join."""

    def __init__(self) -> None:
        self.html = ""
        self._streams: dict[str, list[_Row]] = {}
        self._ignored: dict[str, str] = {}

    def patch(self, html: str, changes: list[StreamChange]) -> None:
        """Make the page what the tree says.

        Args:
            html: The tree's HTML.
            changes: What happened to streams since the last time.
        """
        if "phx-update" not in html:
            self.html = html
            self._streams.clear()
            self._ignored.clear()
            return
        self._patch(_Patch(self._streams, self._ignored, changes), html)

    @property
    def remembers(self) -> bool:
        """Whether the page has what the tree does not say, so that components are patched alone."""
        return "phx-update" in self.html

    def components(self) -> set[int]:
        """Return the numbers of the components that stand in the page."""
        return set() if "data-phx-component" not in self.html else _components(self.html)

    def outermost(self, cids: Iterable[int]) -> list[int]:
        """Return those of some components that stand in the page, and in no other of them."""
        wanted = {str(cid) for cid in cids}
        found: list[int] = []
        for node in parse_body(self.html).css("[data-phx-component]"):
            around = [attribute(each, "data-phx-component") for each in ancestors(node)]
            if around[0] in wanted and wanted.isdisjoint(around[1:]):
                found.append(int(around[0] or 0))
        return found

    def patch_component(self, cid: int, html: str, changes: list[StreamChange]) -> None:
        """Make one component on the page what the tree says; around it nothing changes.

        Args:
            cid: Its number.
            html: Its HTML.
            changes: What happened to streams in it.
        """
        document = parse_body(self.html)
        node = document.css_first(f'[data-phx-component="{cid}"]')
        body = document.body
        if node is None or body is None:
            return
        holes = _Holes()
        holes.replace(node, html)
        patched = holes.filled(body.inner_html or "")
        self._patch(_Patch(self._streams, self._ignored, changes, str(cid)), patched)

    def _patch(self, patch: _Patch, html: str) -> None:
        self.html = patch.apply(html)
        self._streams, self._ignored = patch.streams, patch.ignored


def _components(html: str) -> set[int]:
    nodes = parse_body(html).css("[data-phx-component]")
    return {int(attribute(node, "data-phx-component") or 0) for node in nodes}


def with_children(html: str, children: Mapping[str, str]) -> str:
    """Return a view's HTML with the HTML of nested views in their containers, by DOM id."""
    if not children:
        return html
    holes = _Holes()
    body = parse_body(html).body
    if body is None:
        return html
    for node in reversed(body.css("[data-phx-session]")):
        inner = children.get(attribute(node, "id") or "")
        if inner is not None:
            holes.replace_children(node, inner)
    return holes.filled(body.inner_html or "")


class _Holes:
    """HTML that stands elsewhere until a document is printed."""

    def __init__(self) -> None:
        self._html: list[str] = []

    def replace_children(self, node: LexborNode, html: str) -> None:
        for child in list(node.iter(include_text=True)):
            child.remove()
        node.insert_child(self._hole(html))

    def replace(self, node: LexborNode, html: str) -> None:
        node.replace_with(self._hole(html))

    def _hole(self, html: str) -> str:
        self._html.append(html)
        return f"\ue000{len(self._html) - 1}\ue001"

    def filled(self, html: str) -> str:
        return _HOLE.sub(lambda hole: self.filled(self._html[int(hole[1])]), html)


class _Patch:
    """One diff on its way into the page: the whole of it, or one component."""

    def __init__(
        self,
        streams: dict[str, list[_Row]],
        ignored: dict[str, str],
        changes: list[StreamChange],
        component: str | None = None,
    ) -> None:
        self._component = component
        self._inserts = {
            key: (change, *place) for change in changes for key, place in change.inserts.items()
        }
        deleted = {key for change in changes for key in change.deleted}
        reset = {change.ref for change in changes if change.reset}
        self._before = {
            container: [row for row in rows if row.id not in deleted and row.ref not in reset]
            for container, rows in streams.items()
        }
        self._restored = {
            row.id
            for rows in streams.values()
            for row in rows
            if row.id in deleted or row.ref in reset
        }
        self._streams_before = streams
        self._ignored_before = ignored
        self._holes = _Holes()
        self.streams: dict[str, list[_Row]] = {}
        self.ignored: dict[str, str] = {}

    def apply(self, html: str) -> str:
        document = parse_body(html)
        body = document.body
        if body is None:
            return html
        # Inner containers first, so that an outer one's rows hold them as they will be.
        for node in reversed(document.css("[phx-update]")):
            kind, id = attribute(node, "phx-update"), attribute(node, "id")
            if not id:
                continue
            if self._stays(node):
                self._keep(node, id, kind)
            elif kind == "stream":
                self._stream(node, id)
            elif kind == "ignore":
                self._ignore(node, id)
        patched = self._holes.filled(body.inner_html or "")
        self._remember_rows(patched)
        return patched

    def _remember_rows(self, html: str) -> None:
        """Remember the containers that stand in rows which the tree has forgotten."""
        known = self._streams_before.keys() | self._ignored_before.keys()
        forgotten = known - self.streams.keys() - self.ignored.keys()
        if not forgotten:
            return
        for id in forgotten & {attribute(node, "id") for node in parse_body(html).css("[id]")}:
            if id in self._streams_before:
                self.streams[id] = self._streams_before[id]
            else:
                self.ignored[id] = self._ignored_before[id]

    def _stays(self, node: LexborNode) -> bool:
        """Tell whether a container is outside of the component that is patched."""
        return self._component is not None and all(
            attribute(each, "data-phx-component") != self._component for each in ancestors(node)
        )

    def _keep(self, node: LexborNode, id: str, kind: str | None) -> None:
        """Remember a container as it stands in the page, with the component in it."""
        if kind == "ignore":
            self.ignored[id] = self._holes.filled(node.inner_html or "")
        elif kind == "stream":
            refs = {row.id: row.ref for row in self._before.get(id, ())}
            rows = [(attribute(child, "id") or "", child) for child in node.iter()]
            self.streams[id] = [
                _Row(key, self._holes.filled(child.html or ""), refs.get(key))
                for key, child in rows
            ]

    def _ignore(self, node: LexborNode, id: str) -> None:
        kept = self._ignored_before.get(id)
        if kept is None:
            self.ignored[id] = self._holes.filled(node.inner_html or "")
        else:
            self.ignored[id] = kept
            self._holes.replace_children(node, kept)

    def _stream(self, node: LexborNode, id: str) -> None:
        rows = list(self._before.get(id, ()))
        for child in list(node.iter()):
            key = attribute(child, "id") or ""
            insert = self._inserts.get(key)
            ref = None if insert is None else insert[0].ref
            row = _Row(key, self._holes.filled(child.html or ""), ref)
            place = next((index for index, each in enumerate(rows) if key and each.id == key), None)
            if place is not None:
                rows[place] = row
            elif insert is None:
                rows.append(row)
            else:
                _, at, limit, update_only = insert
                if update_only and key not in self._restored:
                    continue
                _insert(rows, row, at)
                rows = _limited(rows, limit)
        self.streams[id] = rows
        self._holes.replace_children(node, "".join(row.html for row in rows))


def _insert(rows: list[_Row], row: _Row, at: int) -> None:
    if at >= 0:
        rows.insert(at, row)
        return
    last = len(rows)
    if rows and rows[-1].ref is None:
        last = next(index for index, each in enumerate(rows) if each.ref is None)
    rows.insert(last, row)


def _limited(rows: list[_Row], limit: int | None) -> list[_Row]:
    if limit is None:
        return rows
    return rows[limit:] if limit < 0 else rows[:limit]
