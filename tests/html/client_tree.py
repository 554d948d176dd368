"""The browser's side of the wire: how Phoenix's JavaScript client merges a diff into its tree.

The rule: this follows the client's `rendered.js` step by step, its in-place merges and its clones
included, and fails where the client would throw or show "undefined". A payload goes through JSON
first, as on the wire.

    state = apply(None, message.finish(message.full(first)))
    state = apply(state, message.finish(message.diff(first, second)))
    assert to_html(state) == ...

A tree with one root tag that was not touched since it was last shown is skipped by the client, so
`to_html` checks that it would indeed look the same.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any

Node = dict[str, Any]

COMPONENTS, EVENTS, REPLY, TITLE = "c", "e", "r", "t"
KEYED, COUNT, MOVED = "k", "kc", "km"
STATIC, ROOT, TEMPLATES, STREAM = "s", "r", "p", "stream"
NEW, SHOWN = "newRender", "shown"


class BrokenPage(AssertionError):
    """The client would throw here, or show something that is no part of the page."""


@dataclass
class Shown:
    """What one rendering of the tree did beside its HTML."""

    components: Node
    streams: list[Any] = field(default_factory=list)


def encode(payload: Any) -> Any:
    """Return the payload as the client reads it from the wire."""
    return json.loads(json.dumps(payload))


def apply(state: Node | None, diff: Any) -> Node:
    """Merge a payload into the client's tree and return the tree.

    Args:
        state: The tree so far, which is changed in place; None before the first payload.
        diff: What the differ made: everything at first, then what changed; None for nothing.
    """
    diff = encode(diff or {})
    components = diff.pop(COMPONENTS, None)
    state = _mutable_merge({} if state is None else state, diff)
    known = state.setdefault(COMPONENTS, {})
    if components:
        cache: Node = {}
        for cid, part in list(components.items()):
            components[cid] = _component(cid, part, known, components, cache)
        known.update(components)
    # The client renders after every merge, and thereby puts the shared statics in their places.
    to_html(state)
    return state


def to_html(state: Node) -> str:
    """Return the page that the client shows for its tree."""
    return _html(state, None, Shown(state.get(COMPONENTS, {})))


def _mutable_merge(target: Node, source: Node) -> Node:
    if STATIC in source:
        return source
    _do_mutable_merge(target, source)
    return target


def _do_mutable_merge(target: Node, source: Node) -> None:
    if KEYED in source:
        _merge_keyed(target, source)
    else:
        for key, value in source.items():
            before = target.get(key)
            if isinstance(value, dict) and STATIC not in value and isinstance(before, dict):
                _do_mutable_merge(before, value)
            else:
                target[key] = value
    if target.get(ROOT):
        target[NEW] = True


def _merge_keyed(target: Node, source: Node) -> None:
    changes = source[KEYED]
    if KEYED not in target:
        raise BrokenPage(f"rows {changes} for a place that has none: {target}")
    rows = target[KEYED]
    before = copy.deepcopy(rows) if changes.get(MOVED) else None
    # JavaScript walks the keys that are numbers first, in their order.
    for index in sorted((key for key in changes if key not in (COUNT, MOVED)), key=int):
        entry = changes[index]
        if isinstance(entry, list | int):
            place, part = entry if isinstance(entry, list) else (entry, None)
            if before is None or str(place) not in before:
                raise BrokenPage(f"row {index} is moved from {place}, which is not there")
            rows[index] = before[str(place)]
            if part is not None:
                _do_mutable_merge(rows[index], part)
        else:
            _do_mutable_merge(rows.setdefault(index, {}), entry)
    for index in range(changes[COUNT], rows[COUNT]):
        rows.pop(str(index), None)
    rows[COUNT] = changes[COUNT]
    for name in (STREAM, TEMPLATES):
        if name in source:
            target[name] = source[name]


def _component(cid: str, part: Node, old: Node, new: Node, cache: Node) -> Node:
    if cid in cache:
        return cache[cid]
    shared = part.get(STATIC)
    if isinstance(shared, int):
        if shared > 0:
            like = _component(str(shared), new[str(shared)], old, new, cache)
        else:
            like = old[str(-shared)]
        merged = _clone_merge(like, part, prune=True)
        merged[STATIC] = like[STATIC]
    elif shared is not None or cid not in old:
        merged = part
    else:
        merged = _clone_merge(old[cid], part, prune=False)
    cache[cid] = merged
    return merged


def _clone_merge(target: Node, source: Node, *, prune: bool) -> Node:
    if KEYED in source:
        merged = copy.deepcopy(target)
        _merge_keyed(merged, source)
    else:
        merged = {**target, **source}
        for key in merged:
            value, before = source.get(key), target.get(key)
            if isinstance(value, dict) and STATIC not in value and isinstance(before, dict):
                merged[key] = _clone_merge(before, value, prune=prune)
            elif key not in source and isinstance(before, dict):
                merged[key] = _clone_merge(before, {}, prune=prune)
    if prune:
        _forget(merged)
    elif target.get(ROOT):
        merged[NEW] = True
    return merged


def _forget(node: Any) -> None:
    if isinstance(node, dict):
        node.pop(NEW, None)
        node.pop(SHOWN, None)
        for value in node.values():
            _forget(value)


def _html(node: Node, templates: Node | None, shown: Shown) -> str:
    if KEYED in node:
        return _rows(node, templates, shown)
    templates = node.pop(TEMPLATES, templates)
    statics = node[STATIC] = _statics(node, templates)
    streams = len(shown.streams)
    html = _dynamics(node, statics, templates, shown)
    if node.get(ROOT):
        if SHOWN in node and not node.get(NEW) and node[SHOWN] != html:
            raise BrokenPage(f"skipped as untouched: {node[SHOWN]!r}, but now it is {html!r}")
        node[NEW] = False
        if len(shown.streams) == streams:
            node[SHOWN] = html
        else:  # a stream's rows are shown once and then left to the page
            node.pop(SHOWN, None)
    return html


def _rows(node: Node, templates: Node | None, shown: Shown) -> str:
    templates = templates or node.get(TEMPLATES)
    statics = node[STATIC] = _statics(node, templates)
    node.pop(TEMPLATES, None)
    rows = node[KEYED]
    html = []
    for index in range(rows[COUNT]):
        if str(index) not in rows:
            raise BrokenPage(f"there are {rows[COUNT]} rows, but no row {index}")
        html.append(_dynamics(rows[str(index)], statics, templates, shown))
    if STREAM in node:
        _ref, _inserts, deleted, *reset = node[STREAM]
        if rows[COUNT] or deleted or reset:
            shown.streams.append(node.pop(STREAM))
            node[KEYED] = {COUNT: 0}
    return "".join(html)


def _statics(node: Node, templates: Node | None) -> list[str]:
    statics = node.get(STATIC)
    if isinstance(statics, int):
        if templates is None or str(statics) not in templates:
            raise BrokenPage(f"statics {statics} are not among the shared {templates}")
        return templates[str(statics)]
    if not isinstance(statics, list):
        raise BrokenPage(f"no statics in {node}")
    return statics


def _dynamics(node: Node, statics: list[str], templates: Node | None, shown: Shown) -> str:
    html = []
    for index, text in enumerate(statics[:-1]):
        if str(index) not in node:
            raise BrokenPage(f"no dynamic {index} after {text!r} in {node}")
        html.append(text)
        value = node[str(index)]
        if isinstance(value, dict):
            html.append(_html(value, templates, shown))
        elif isinstance(value, str):
            html.append(value)
        elif str(value) in shown.components:
            html.append(_html(shown.components[str(value)], None, shown))
        else:
            raise BrokenPage(f"no component {value!r}")
    return "".join([*html, statics[-1]])
