"""Batches of frames, however they arrive."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirebird.wire.frames import FrameError
from wirebird.wire.longpoll import Batch, answer

TEXTS = st.lists(st.text()).map(lambda texts: json.dumps(texts, ensure_ascii=False))
FRAMES = st.lists(st.one_of(TEXTS, st.binary(min_size=1)))


def written(frames: list[str | bytes], end: bytes = b"\n") -> bytes:
    return end.join(
        base64.b64encode(frame) if isinstance(frame, bytes) else frame.encode() for frame in frames
    )


def read(pieces: list[bytes], max_size: int = 1_000_000) -> list[str | bytes]:
    batch = Batch(max_size)
    frames = [frame for piece in pieces for frame in batch.feed(piece)]
    return [*frames, *batch.end()]


@given(FRAMES, st.data(), st.sampled_from([b"\n", b"\r\n"]))
def test_the_frames_are_the_same_however_their_bytes_come(
    frames: list[str | bytes], data: st.DataObject, end: bytes
):
    body = written(frames, end)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)))))
    pieces = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert read(pieces) == frames


@given(st.lists(st.binary(max_size=50), max_size=50), st.integers(1, 20))
def test_whatever_comes_no_more_is_kept_than_a_frame_may_have(pieces: list[bytes], max_size: int):
    batch = Batch(max_size)
    try:
        for piece in pieces:
            list(batch.feed(piece))
            assert len(batch._rest) <= (max_size + 2) // 3 * 4  # pyright: ignore[reportPrivateUsage]
    except FrameError:
        pass


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[\xff]", b"AAA", b"AA=A", b" [1]", b"AAAA\nx", b"AAAA\n\nnot base64", b"\x00"],
)
def test_what_is_no_frame_is_refused(body: bytes):
    with pytest.raises(FrameError):
        read([body])


def test_a_frame_may_be_as_long_as_the_limit_in_either_form():
    largest: list[str | bytes] = [b"x" * 3000, "[" + "1" * 2998 + "]"]
    assert read([written(largest)], 3000) == largest
    with pytest.raises(FrameError, match="more than 4000 bytes"):
        read([written([b"x" * 3001])], 3000)
    with pytest.raises(FrameError, match="more than 4000 bytes"):
        read([b"A" * 4001, b"A"], 3000)


def test_an_answer_has_what_the_client_looks_for():
    assert json.loads(answer(200)) == {"status": 200}
    assert json.loads(answer(204, "t", [])) == {"status": 204, "token": "t", "messages": []}
    assert json.loads(answer(200, "t", ['["é"]'])) == {
        "status": 200,
        "token": "t",
        "messages": ['["é"]'],
    }
