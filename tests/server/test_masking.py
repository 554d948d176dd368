"""Masks: the two ways to take them off agree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wirebird.server.masking import apply_mask, mask_in_python


@given(st.binary(max_size=1000), st.binary(min_size=4, max_size=4))
def test_both_ways_take_off_the_same_mask(data: bytes, mask: bytes):
    expected = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
    assert apply_mask(data, mask) == mask_in_python(data, mask) == expected
