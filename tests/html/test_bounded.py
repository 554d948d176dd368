"""A cache of texts holds so many characters, however many or few entries that are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wirebird.html.bounded import BoundedCache


def test_the_first_value_of_a_key_is_the_one_that_is_kept() -> None:
    cache = BoundedCache[str, int](100)
    assert (cache.keep("a", 1, 1), cache.keep("a", 2, 1), cache.get("a")) == (1, 1, 1)


@given(st.lists(st.integers(0, 60)))
def test_it_never_holds_more_than_it_may(sizes: list[int]) -> None:
    cache = BoundedCache[int, int](100)
    for number, size in enumerate(sizes):
        assert cache.keep(number, size, size) == size
        assert sum(cache.values()) <= 100
        assert number in cache
