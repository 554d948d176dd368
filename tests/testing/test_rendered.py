"""The browser's tree: what merges, and what would break a page."""

from __future__ import annotations

from typing import Any

import pytest

from wirebird.testing import HtmlError
from wirebird.testing.document import Document
from wirebird.testing.rendered import Rendered, StreamChange


def rows(*texts: str) -> dict[str, Any]:
    entries: dict[str, Any] = {str(index): {"0": text} for index, text in enumerate(texts)}
    return {"s": ["<i>", "</i>"], "k": {**entries, "kc": len(texts)}}


def shown(*payloads: dict[str, Any]) -> str:
    rendered = Rendered(payloads[0])
    html = rendered.print().html
    for payload in payloads[1:]:
        rendered.merge(payload)
        html = rendered.print().html
    return html


def test_dynamics_change_and_branches_swap():
    first = {"0": {"0": "x", "s": ["<p>", "</p>"]}, "s": ["[", "]"]}
    assert shown(first, {"0": {"0": "y"}}) == "[<p>y</p>]"
    first = {"0": {"0": "x", "s": ["<p>", "</p>"]}, "s": ["[", "]"]}
    assert shown(first, {"0": {"0": "z", "s": ["<b>", "</b>"]}}, {"0": ""}) == "[]"


def test_rows_change_move_and_go():
    page = {"0": rows("a", "b", "c"), "s": ["", ""]}
    moved = {"0": {"k": {"0": 2, "2": [0, {"0": "A"}], "kc": 3, "km": True}}}
    assert shown(page, moved) == "<i>c</i><i>b</i><i>A</i>"
    page = {"0": rows("a", "b", "c"), "s": ["", ""]}
    assert shown(page, {"0": {"k": {"1": {"0": "B"}, "kc": 2}}}) == "<i>a</i><i>B</i>"
    page = {"0": rows("a"), "s": ["", ""]}
    assert shown(page, {"0": {"k": {"kc": 0}}}) == ""


def test_shared_statics_hold_for_one_message():
    page = {"0": {"0": "x", "s": 0}, "1": {"0": "y", "s": 0}, "s": 1, "p": {}}
    page["p"] = {"0": ["<p>", "</p>"], "1": ["", "", ""]}
    assert shown(page, {"1": {"0": "z"}}) == "<p>x</p><p>z</p>"
    with pytest.raises(HtmlError, match="came without its statics"):
        shown({"0": "x", "s": ["", ""]}, {"0": {"0": "y", "s": 0}})


def test_components_share_statics_with_others():
    page = {
        "0": 1,
        "1": 2,
        "s": ["", "", ""],
        "c": {"1": {"0": "a", "s": ["<p>", "</p>"], "r": 1}, "2": {"0": "b", "s": 1}},
    }
    later = {"1": 3, "c": {"3": {"0": "c", "s": -1}, "1": {"0": "A"}}}
    assert shown(page, later) == ('<p data-phx-component="1">A</p><p data-phx-component="3">c</p>')


@pytest.mark.parametrize(
    ("diff", "message"),
    [
        ({"0": None}, r"the page shows None after '<p>': the tree has no dynamic 0 there"),
        ({"0": {"s": ["", ""]}}, "no dynamic 0"),
        ({"0": {"k": {"kc": 1}}, "1": "x"}, "rows"),
        ({"0": 7}, "component 7, which the server never sent"),
        ({"c": {"1": {"s": -4}}}, "has the statics of 4, never sent"),
        ({"c": {"1": {"s": 4}}}, "has the statics of 4, not in the diff"),
    ],
)
def test_what_a_browser_would_stumble_over_is_raised(diff: dict[str, Any], message: str):
    page = {"0": {"0": "x", "s": ["", ""]}, "s": ["<p>", "</p>"]}
    with pytest.raises(HtmlError, match=message):
        shown(page, diff)


def test_rows_that_are_not_there_cannot_move_or_be_counted():
    with pytest.raises(HtmlError, match="there are 3 rows but no row 2"):
        shown({"0": rows("a", "b"), "s": ["", ""]}, {"0": {"k": {"kc": 3}}})
    with pytest.raises(HtmlError, match="the diff moves row 5"):
        shown({"0": rows("a"), "s": ["", ""]}, {"0": {"k": {"0": 5, "kc": 1, "km": True}}})


def stream(*ids: str) -> str:
    children = "".join(f'<li id="{id}">{id}</li>' for id in ids)
    return f'<ul id="u" phx-update="stream">{children}</ul>'


def insert(*ids: str, at: int = -1, limit: int | None = None, only: bool = False) -> StreamChange:
    return StreamChange("0", dict.fromkeys(ids, (at, limit, only)), (), False)


def ids(document: Document) -> list[str]:
    return [part.partition('"')[0] for part in document.html.split('<li id="')[1:]]


def test_rows_of_a_stream_are_inserted_limited_and_deleted():
    document = Document()
    document.patch(stream("a", "b"), [insert("a", "b")])
    document.patch(stream("c"), [insert("c", at=0)])
    document.patch(stream("d"), [insert("d", at=1)])
    assert ids(document) == ["c", "d", "a", "b"]
    document.patch(stream("a"), [insert("a")])
    assert ids(document) == ["c", "d", "a", "b"]
    document.patch(stream("e"), [insert("e", limit=-3)])
    assert ids(document) == ["a", "b", "e"]
    document.patch(stream("f"), [insert("f", at=0, limit=2)])
    assert ids(document) == ["f", "a"]
    document.patch(stream("x"), [insert("x", only=True)])
    document.patch(stream(), [StreamChange("0", {}, ("f",), False)])
    assert ids(document) == ["a"]


def test_a_reset_keeps_what_is_inserted_again_in_the_new_order():
    document = Document()
    document.patch(stream("a", "b", "c"), [insert("a", "b", "c")])
    again: dict[str, tuple[int, int | None, bool]] = {
        "c": (-1, None, False),
        "a": (-1, None, False),
    }
    document.patch(stream("c", "a"), [StreamChange("0", again, (), True)])
    assert ids(document) == ["c", "a"]


def test_rows_keep_the_streams_inside_them():
    def nested(inner: str) -> str:
        return f'<ul id="o" phx-update="stream"><li id="a">{inner}</li></ul>'

    outer = StreamChange("o", {"a": (-1, None, False)}, (), False)
    document = Document()
    document.patch(
        nested('<ol id="i" phx-update="stream"><li id="x">x</li></ol>'), [outer, insert("x")]
    )
    document.patch(
        nested('<ol id="i" phx-update="stream"><li id="y">y</li></ol>'), [outer, insert("y")]
    )
    assert ids(document) == ["a", "x", "y"]
    document.patch('<ul id="o" phx-update="stream"></ul>', [])
    assert ids(document) == ["a", "x", "y"]


def test_what_is_ignored_stays():
    document = Document()
    document.patch('<p id="p" phx-update="ignore"><b>1</b></p><i>1</i>', [])
    document.patch('<p id="p" phx-update="ignore"><b>2</b></p><i>2</i>', [])
    assert document.html == '<p id="p" phx-update="ignore"><b>1</b></p><i>2</i>'
