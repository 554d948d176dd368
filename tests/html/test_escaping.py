"""What is kept of a value is immutable, prints as the value does, and is safe."""

from __future__ import annotations

import datetime
import enum
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined, UndefinedError
from markupsafe import Markup
from markupsafe import escape as markup_escape
from pydantic import BaseModel

from wirebird.html.escaping import BLOCKED_STYLE, keep, keep_style, safe_url
from wirebird.html.fragment import Fragment, MarkupTree, settle
from wirebird.html.shown import NoText
from wirebird.html.tree import Comprehension, Statics, to_html


class Word(enum.StrEnum):
    A = "<a>"


class Number(enum.IntEnum):
    ONE = 1


class Old(str, enum.Enum):  # noqa: UP042
    A = "a"


class Text(str):
    def __str__(self) -> str:
        return "changed <"


VALUES: list[Any] = [
    "a", "<b>\"'&", "", 1, -5, 10**30, True, False, None, 1.0, -0.0, float("nan"), float("inf"),
    Decimal("1.50"),
    Word.A, Number.ONE, Old.A, Text("x"), datetime.date(2024, 1, 2), UUID(int=1), PurePath("a/b"),
    ValueError("<"), Markup("<i>"), Markup(""), 1j,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_shows_as_markupsafe_escapes_it(value: Any) -> None:
    assert to_html(keep(value)) == str(markup_escape(value))


@given(st.text())
def test_text_shows_as_markupsafe_escapes_it(text: str) -> None:
    assert to_html(keep(text)) == str(markup_escape(text))


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_nothing_mutable_is_kept(value: Any) -> None:
    kept = keep(value)
    assert type(kept) in (str, int) or (type(kept) is tuple and type(kept[0]) is str)


def test_a_value_that_changes_in_place_shows_as_it_was() -> None:
    class Changing:
        text = "new"

        def __str__(self) -> str:
            return self.text

    value = Changing()
    kept = keep(value)
    value.text = "old"
    assert to_html(kept) == "new"


class Model(BaseModel):
    name: str = "Ada"


@dataclass
class Data:
    name: str = "Ada"


async def later() -> None: ...


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ([1, "<"], "a list has no text: go over it with a loop, or join its items"),
        ((1, 2), "a tuple has no text: go over it"),
        ({1}, "a set has no text: go over it"),
        (range(3), "a range has no text: go over it"),
        ({"a": [1]}, "a dict has no text: show its values, or turn it into JSON with tojson"),
        (b"x", "bytes has no text: decode it"),
        (bytearray(b"x"), "bytearray has no text: decode it"),
        (Model(), "a Model has no text: show one of its fields, or give the class a __str__"),
        (Data(), "a Data has no text: show one of its fields, or give the class a __str__"),
        (object(), "a object has no text"),
        (Model, "Model has no text: call it"),
        (len, "len has no text: call it"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_only_a_repr_is_not_shown(value: Any, remedy: str) -> None:
    with pytest.raises(NoText, match=re.escape(remedy)):
        keep(value)


def test_a_coroutine_is_to_be_awaited() -> None:
    coroutine = later()
    with pytest.raises(NoText, match=re.escape("later() has no text yet: await it")):
        keep(coroutine)
    coroutine.close()


def test_trees_stay_trees() -> None:
    tree = (Statics(("<b>", "</b>")), "x")
    loop = Comprehension(Statics(("", "")), [("a",)])
    assert keep(Fragment(tree)) is tree
    assert keep(settle(Fragment(tree))) is tree
    assert keep(loop) is loop


def test_an_undefined_value_is_an_error_with_its_name() -> None:
    with pytest.raises(UndefinedError, match="nope"):
        keep(StrictUndefined(name="nope"))


def test_an_object_may_write_itself() -> None:
    class Node:
        def write_html(self, write: Any) -> None:
            write("<node>")

    assert to_html(keep(Node())) == "<node>"  # type: ignore[arg-type]


def test_a_fragment_is_text_to_whoever_asks_for_text() -> None:
    fragment = Fragment((Statics(("<b>", "</b>")), "<"))
    assert str(fragment) == fragment.__html__() == "<b>&lt;</b>"
    assert (len(fragment), fragment[:3], "lt" in fragment, "".join(fragment)[:2]) == (
        11,
        "<b>",
        True,
        "<b",
    )
    assert fragment + "<" == Markup("<b>&lt;</b>&lt;")
    assert "<" + fragment == Markup("&lt;<b>&lt;</b>")
    assert fragment == "<b>&lt;</b>"
    assert hash(fragment) == hash("<b>&lt;</b>")
    assert fragment.upper() == "<B>&LT;</B>"
    assert bool(fragment)
    assert not Fragment((Statics(("",)),))


def test_a_settled_fragment_is_a_real_string() -> None:
    settled = settle(Fragment((Statics(("<b>", "</b>")), "<")))
    assert isinstance(settled, MarkupTree)
    assert settled == "<b>&lt;</b>"
    assert "-".join([settled, settled]) == "<b>&lt;</b>-<b>&lt;</b>"
    assert type(settled.upper()) is Markup
    assert repr(settled) == "Markup('<b>&lt;</b>')"
    assert settle("text") == "text"


def test_a_fragment_with_a_component_in_it_is_not_written_before_its_time() -> None:
    class Node:
        def write_html(self, write: Any) -> None:
            raise AssertionError("written twice")

    statics = Statics(("<b>", "</b>"))
    comprehension = Comprehension(statics, [(Node(),)])
    for tree in ((statics, Node()), comprehension, (statics, (statics, Node()))):
        fragment = Fragment(tree)  # type: ignore[arg-type]
        assert settle(fragment) is fragment


@given(st.text("javscript:datbVB \n\t\x00/?#&;x", max_size=20))
def test_a_url_that_a_browser_would_run_is_not_safe(text: str) -> None:
    # What browsers do: strip control characters and spaces in front,
    # and tabs and newlines anywhere.
    url = text.lstrip("".join(map(chr, range(33))))
    url = url.replace("\n", "").replace("\t", "").replace("\r", "").lower()
    if url.startswith(("javascript:", "vbscript:", "data:")):
        assert not safe_url(text)


@pytest.mark.parametrize("text", ["color: red", "", "--x: 1; top: calc(1px + 2px)", "font: 'a b'"])
def test_a_style_is_kept(text: str) -> None:
    assert keep_style(text) == text


@pytest.mark.parametrize(
    "text", ["background:url(x)", "a:image-set(x)", "x: U\\52L(x)", "a:expression(x)"]
)
def test_a_style_that_loads_is_blocked(text: str) -> None:
    assert keep_style(text) == BLOCKED_STYLE
