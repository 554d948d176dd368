"""How files are cut into parts, and how their URLs are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.s3.files import part_url
from wirebird.s3.parts import (
    LARGEST_PART,
    MOST_PARTS,
    SMALLEST_PART,
    part_size_for,
    part_sizes,
    told_apart,
)

SIZES = st.integers(0, MOST_PARTS * LARGEST_PART)
WANTED = st.integers(SMALLEST_PART, LARGEST_PART)
VALUES = st.text("abcXYZ019%-_.~+", min_size=1, max_size=8)


@given(SIZES, WANTED)
def test_parts_are_what_s3_takes_and_make_up_the_file(size: int, wanted: int) -> None:
    part_size = part_size_for(size, wanted)
    sizes = part_sizes(size, part_size)
    assert sum(sizes.values()) == size
    assert [*sizes] == [*range(1, len(sizes) + 1)]
    assert len(sizes) <= MOST_PARTS
    assert SMALLEST_PART <= part_size <= LARGEST_PART
    assert all(each == part_size for number, each in sizes.items() if number < len(sizes))
    assert sizes[len(sizes)] <= part_size


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=20))
def test_urls_that_are_told_apart_are_what_they_were(queries: list[tuple[str, str, str]]) -> None:
    urls = {
        number: f"https://host:1/a/b?n={n}&id={id}&sig={sig}"
        for number, (n, id, sig) in enumerate(queries, start=1)
    }
    pieces, parts = told_apart(urls)
    assert {n: part_url({"url": pieces, "parts": parts}, n) for n in parts} == urls
