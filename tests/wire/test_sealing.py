from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wirebird.wire.sealing import OVERHEAD, Sealer, SealError

KEY = "a key for tests, known to everyone who reads this"
OTHER = "another key for tests, which opens nothing of the first"

sealer = Sealer(KEY)
contexts = st.text(alphabet=st.characters())  # lone surrogates too, which clients may send


@given(st.binary(), contexts)
def test_what_is_sealed_is_opened_with_the_same_key_and_context(data: bytes, context: str) -> None:
    sealed = sealer.seal(data, context)
    assert len(sealed) == len(data) + OVERHEAD
    assert Sealer(KEY).open(sealed, context) == data


@given(st.binary(), contexts, contexts)
def test_another_context_opens_nothing(data: bytes, context: str, other: str) -> None:
    assume(context != other)
    with pytest.raises(SealError):
        sealer.open(sealer.seal(data, context), other)


@given(st.binary(min_size=0, max_size=40), st.data())
def test_whatever_byte_is_changed_nothing_is_opened(data: bytes, draw: st.DataObject) -> None:
    sealed = bytearray(sealer.seal(data, "context"))
    at = draw.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= draw.draw(st.integers(1, 255))
    with pytest.raises(SealError):
        sealer.open(bytes(sealed), "context")


@given(st.binary(max_size=40), st.data())
def test_nothing_is_opened_of_what_was_cut_off_or_added_to(
    data: bytes, draw: st.DataObject
) -> None:
    sealed = sealer.seal(data, "context")
    cut = draw.draw(st.integers(0, len(sealed) - 1))
    for changed in (sealed[:cut], sealed + b"\0"):
        with pytest.raises(SealError):
            sealer.open(changed, "context")


@given(st.binary())
def test_nothing_is_opened_that_was_never_sealed(garbage: bytes) -> None:
    with pytest.raises(SealError):
        sealer.open(garbage, "context")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealError):
        Sealer(OTHER).open(sealer.seal(b"data", "context"), "context")


def test_previous_keys_open_what_they_sealed_and_seal_nothing_any_more() -> None:
    rotated = Sealer(OTHER, ["a key that is older than all the others", KEY])
    assert rotated.open(sealer.seal(b"data", "context"), "context") == b"data"
    with pytest.raises(SealError):
        sealer.open(rotated.seal(b"data", "context"), "context")


def test_the_same_data_is_never_sealed_to_the_same_bytes() -> None:
    assert len({sealer.seal(b"data", "context") for _ in range(1000)}) == 1000


def test_nothing_of_the_data_or_the_context_can_be_read_from_what_is_sealed() -> None:
    sealed = sealer.seal(b"a secret of somebody", "visitor-4711")
    assert b"secret" not in sealed
    assert b"visitor" not in sealed


def test_what_an_earlier_version_sealed_is_opened() -> None:
    sealed = bytes.fromhex(
        "017d4d7e358dc491bf47516ec883c24ebc78ad6eb00679cac3a029e1f73b5498fd1135f7a6f1f623"
    )
    assert sealer.open(sealed, "visitor 1") == b'{"count":3}'


@pytest.mark.parametrize("secret", ["", "too short"])
def test_a_short_key_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="at least 32"):
        Sealer(secret)
