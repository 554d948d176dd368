"""The scanner knows what a value is at each place, and leaves what an author wrote alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirebird.html.markup import MarkupMismatch
from wirebird.html.scanner import Context, Scanner

PIECES = st.lists(
    st.sampled_from(
        ["<", ">", "/", "!", "--", "<!--", "-->", "<p", "<div>", "</p>", "<br/>", "<script>",
         "</script>", "=",
         "'", '"', " ", "\n", "a", "class", "on", "href=", "&amp;", "<svg>", "</svg>", "<title/>",
         "x=y", "?", "]]>",
         "<style", "<textarea>", "</textarea", "é", "\x00", "key", ":", "<![CDATA["]
    )
    | st.text(max_size=3),
    max_size=15,
)  # fmt: skip


@given(PIECES)
def test_literal_markup_is_never_changed(pieces: list[str]) -> None:
    text = "".join(pieces).replace(":key", "")
    scanner = Scanner()
    scanner.feed(text)
    scanner.end()
    assert scanner.text == text


@given(PIECES)
def test_literal_markup_reads_the_same_in_pieces(pieces: list[str]) -> None:
    # The ends of comments and scripts are looked for as a whole.
    text = re.sub("[-!]|:key|script|style|title|textarea", "", "".join(pieces), flags=re.IGNORECASE)
    whole, parts = Scanner(), Scanner()
    whole.feed(text)
    for character in text:
        parts.feed(character)
    assert parts.text == whole.text
    assert (parts.boundary(), parts.depth, parts.stray) == (
        whole.boundary(),
        whole.depth,
        whole.stray,
    )


def context_after(text: str) -> Context:
    scanner = Scanner()
    scanner.feed(text)
    return scanner.hole()


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("", Context.TEXT),
        ("<p>a < b ", Context.TEXT),
        ("<p>a <3 ", Context.TEXT),
        ("<!-- ", Context.TEXT),
        ("<!doctype ", Context.TEXT),
        ("<textarea>", Context.TEXT),
        ("<p title=", Context.ATTRIBUTE),
        ("<p title = '", Context.ATTRIBUTE),
        ('<p title="a', Context.ATTRIBUTE),
        ("<a href=", Context.URL),
        ("<A HREF='", Context.URL),
        ("<a\nhref\n=\n'", Context.URL),
        ("<a href='/", Context.ATTRIBUTE),
        ("<a href='https://", Context.ATTRIBUTE),
        ("<a href='java", Context.URL),
        ("<a href='javascript:", Context.SCRIPT),
        ("<a href='&#106;avascript:", Context.SCRIPT),
        ("<p style='", Context.STYLE),
        ("<p onclick='", Context.SCRIPT),
        ("<p/onclick='", Context.SCRIPT),
        ("<iframe srcdoc=", Context.SCRIPT),
        ("<p ", Context.ATTRIBUTES),
        ("<p hidden ", Context.ATTRIBUTES),
        ("<p class=a ", Context.ATTRIBUTES),
        ("<p class='a'", Context.ATTRIBUTES),
        ("<", Context.TAG_NAME),
        ("</", Context.TAG_NAME),
        ("<h", Context.TAG_NAME),
        ("<script>", Context.SCRIPT),
        ("<script src=x>", Context.SCRIPT),
        ("<SCRIPT\n>", Context.SCRIPT),
        ("<script/>", Context.SCRIPT),
        ("<script></scripty>", Context.SCRIPT),
        ("<script></script >", Context.TEXT),
        ("<svg><script/>", Context.TEXT),
        ("<svg><style>", Context.SCRIPT),
        ("<svg></svg><style/>", Context.SCRIPT),
        ("<style>a > b {", Context.SCRIPT),
        ("<title>a<b onclick='", Context.TEXT),
        ("<!--><p onclick=", Context.SCRIPT),
        ("<!---><p onclick=", Context.SCRIPT),
        ("<!-- a --!><p onclick=", Context.SCRIPT),
        ("<!-- --><p onclick=", Context.SCRIPT),
        ("</p onclick=", Context.SCRIPT),
        ("</ p><p onclick=", Context.SCRIPT),
        ("<?x ?><p onclick=", Context.SCRIPT),
        ("<set to='", Context.URL),
        ("<p to='", Context.ATTRIBUTE),
        ("<li :key='", Context.KEY),
        ("<li :key=", Context.KEY),
    ],
)
def test_the_context_of_a_value(text: str, context: Context) -> None:
    assert context_after(text) is context


@pytest.mark.parametrize(
    ("before", "after", "result"),
    [
        ("<p title=", ">", ['<p title="', '">']),
        ("<p title=a", "b c>", ['<p title="a', 'b" c>']),
        ("<p title = ", ">", ['<p title = "', '">']),
        ("<p title='a", "b'>", ["<p title='a", "b'>"]),
        ('<p title=a"', '"b>', ['<p title="a&#34;', '&#34;b">']),
        ("<li class=a :key=", " id=b>", ["<li class=a", " id=b>"]),
        ("<li :key='", "' id=b>", ["<li", " id=b>"]),
        ("<li :key='a", "b'>", ["<li", ">"]),
    ],
)
def test_an_attribute_that_takes_a_value_has_quotes(
    before: str, after: str, result: list[str]
) -> None:
    scanner = Scanner()
    scanner.feed(before)
    first = "" if scanner.hole() is Context.KEY else scanner.cut()
    scanner.feed(after)
    scanner.end()
    assert [first, scanner.text] == (result if first else ["", "".join(result)])


@pytest.mark.parametrize(
    "text",
    ["<p>a</p>", " <p>a</p>\n", "<br>", "<br/>", "<p><b>a</b><br></p>", "<!-- a --><p></p>",
     "<p>a</p><!-- b -->",
     "<script>a</script>", "<svg><path/></svg>", "<p title='>'></p>"],
)  # fmt: skip
def test_one_element_is_a_root(text: str) -> None:
    scanner = Scanner()
    scanner.feed(text)
    assert scanner.is_root


@pytest.mark.parametrize(
    "text",
    ["", "a", "<p>a</p>b", "<p></p><p></p>", "<p>", "</p>", "a<p></p>", "<!doctype html><p></p>",
     "<p></p>&amp;",
     "<!-- a\nb --><p></p>", "<div/>x</div>y", "a < b", "<!-- a"],
)  # fmt: skip
def test_other_markup_is_none(text: str) -> None:
    scanner = Scanner()
    scanner.feed(text)
    assert not scanner.is_root


def blocks(start: str, *ends: str, complete: bool) -> Scanner:
    scanner = Scanner()
    scanner.feed(start)
    scanner.hole(block=True)
    branches = [scanner.branch() for _ in ends]
    for branch, end in zip(branches, ends, strict=True):
        branch.feed(end)
        branch.end()
    scanner.after(branches, complete=complete)
    return scanner


@pytest.mark.parametrize(
    ("start", "ends"),
    [
        ("", ["<p class='"]), ("<p ", ["title='"]), ("<p title='", ["'"]), ("", ["<p "]), ("<p ",
        [">"]),
        ("", ["<script>"]), ("<p title=", ["a b"]), ("<p", [" title=a"]), ("<!--", ["-->"]),
    ],
)  # fmt: skip
def test_a_block_that_may_be_left_out_ends_where_it_began(start: str, ends: list[str]) -> None:
    with pytest.raises(MarkupMismatch, match="other markup"):
        blocks(start, *ends, complete=False)


@pytest.mark.parametrize(
    ("start", "ends", "context"),
    [
        ("", ["<p>", "<b>"], Context.TEXT),
        ("<p ", ["class=a", "id='b'"], Context.ATTRIBUTES),
        ("<p", [" class='", " class='"], Context.ATTRIBUTE),
        ("<a href='", ["/", "https://"], Context.ATTRIBUTE),
        ("<a href='", ["/", "a"], Context.URL),
    ],
)
def test_branches_of_which_one_is_shown_go_on_together(
    start: str, ends: list[str], context: Context
) -> None:
    assert blocks(start, *ends, complete=True).hole() is context


def test_a_block_of_attributes_may_be_left_out() -> None:
    scanner = blocks("<p ", "class=a", complete=False)
    scanner.feed(">a</p>")
    assert scanner.text == "<p >a</p>"
