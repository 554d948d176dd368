"""`Document`: a view's HTML as it stands in the page, after any number of diffs.

The rule: the tree says what a page shows, except for what only the page remembers: the rows of
streams, and elements with `phx-update="ignore"`. That is kept here, by DOM id, as the browser's
patch does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wirebird.testing.html import LexborNode, attribute, parse_body
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
        patch = _Patch(self._streams, self._ignored, changes)
        self.html = patch.apply(html)
        self._streams, self._ignored = patch.streams, patch.ignored


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
        node.insert_child(f"\ue000{len(self._html)}\ue001")
        self._html.append(html)

    def filled(self, html: str) -> str:
        return _HOLE.sub(lambda hole: self.filled(self._html[int(hole[1])]), html)


class _Patch:
    """One diff on its way into the page."""

    def __init__(
        self,
        streams: dict[str, list[_Row]],
        ignored: dict[str, str],
        changes: list[StreamChange],
    ) -> None:
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
            if kind == "stream":
                self._stream(node, id)
            elif kind == "ignore":
                self._ignore(node, id)
        return self._holes.filled(body.inner_html or "")

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
