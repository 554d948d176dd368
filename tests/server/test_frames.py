"""Frames: what is read from bytes, however they are cut, and what a client cannot make us keep."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame
from websockets.streams import StreamReader

from tests.server.clients import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame
from tests.server.fuzz import fuzz
from wirebird.server.frames import (
    Close,
    Event,
    Failure,
    FrameReader,
    Ping,
    Pong,
    close_frame,
)
from wirebird.server.frames import frame as sent

LIMIT = 1000


def read(*pieces: bytes, max_size: int = LIMIT) -> list[Event]:
    """Return all that a reader makes of some pieces."""
    reader = FrameReader(max_size)
    events: list[Event] = []
    for piece in pieces:
        reader.feed(piece)
        while (event := reader.next()) is not None:
            events.append(event)
    return events


def cut(data: bytes, places: Iterable[int]) -> Iterator[bytes]:
    """Yield data in pieces."""
    start = 0
    for place in sorted({place % (len(data) + 1) for place in places}):
        yield data[start:place]
        start = place
    yield data[start:]


@pytest.mark.parametrize("size", [0, 1, 4, 125, 126, 127, 999, 65_535, 65_536, 300_000])
@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\xff\1\x80\0"])
def test_a_message_of_any_size_is_read(size: int, mask: bytes):
    text = ("grün €" * size)[:size]
    data = text.encode()
    assert read(frame(TEXT, data, mask=mask), max_size=2**20) == [text]
    assert read(frame(BINARY, data, mask=mask), max_size=2**20) == [data]


def test_messages_that_come_together_are_read_one_by_one():
    data = frame(TEXT, b"a") + frame(BINARY, b"b") + frame(TEXT, b"")
    assert read(data) == ["a", b"b", ""]


def test_fragments_are_joined_and_control_frames_may_stand_between():
    euro = "€".encode()
    assert read(
        frame(TEXT, b"a" + euro[:1], fin=False),
        frame(PING, b"?"),
        frame(CONTINUATION, euro[1:2], fin=False),
        frame(CONTINUATION, b"", fin=False),
        frame(PONG, b"!"),
        frame(CONTINUATION, euro[2:] + b"b"),
    ) == [Ping(b"?"), Pong(b"!"), "a€b"]


def test_a_close_frame_is_the_last():
    data = frame(CLOSE, b"\x03\xe8bye")
    assert read(data + frame(TEXT, b"late"), frame(TEXT, b"later")) == [Close(1000, "bye")]
    assert read(frame(CLOSE)) == [Close(1005, "")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(TEXT, b"a", mask=None), 1002),
        (frame(TEXT, b"", mask=None), 1002),
        (frame(TEXT | 0x40, b"a"), 1002),
        (frame(PING | 0x20, b"a"), 1002),
        (frame(BINARY | 0x10, b"a"), 1002),
        *((frame(opcode, b"a"), 1002) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)),
        (frame(PING, b"a" * 126), 1002),
        (frame(PING, b"a", fin=False), 1002),
        (frame(CLOSE, b"", fin=False), 1002),
        (frame(CONTINUATION, b"a"), 1002),
        (frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), 1002),
        (frame(TEXT, b"a", fin=False) + frame(BINARY, b"b"), 1002),
        (b"\x81\xfe\x00\x7d" + b"\0\0\0\0" + b"a" * 125, 1002),
        (b"\x81\xff" + (65_535).to_bytes(8, "big") + b"\0\0\0\0", 1002),
        (frame(TEXT, b"\xff"), 1007),
        (frame(TEXT, b"\xed\xa0\x80"), 1007),
        (frame(TEXT, b"\xe2\x82", fin=False) + frame(CONTINUATION, b""), 1007),
        (frame(CLOSE, b"\x03\xe8\xff"), 1007),
        (frame(CLOSE, b"\x03"), 1002),
        *(
            (frame(CLOSE, code.to_bytes(2, "big")), 1002)
            for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535)
        ),
        (b"\x81\xff" + b"\xff" * 8, 1009),
        (frame(TEXT, b"a" * (LIMIT + 1))[:4], 1009),
        (frame(BINARY, b"a" * LIMIT, fin=False) + frame(CONTINUATION, b"a")[:2], 1009),
    ],
)
def test_what_breaks_the_protocol_fails_with_its_code_and_nothing_follows(data: bytes, code: int):
    for pieces in ([data], [bytes([byte]) for byte in data]):
        *_, failure = read(*pieces, frame(TEXT, b"late"))
        assert isinstance(failure, Failure)
        assert failure.code == code


def test_the_largest_message_is_taken_whole_and_in_fragments():
    assert read(frame(BINARY, b"a" * LIMIT)) == [b"a" * LIMIT]
    half = b"a" * (LIMIT // 2)
    assert read(frame(BINARY, half, fin=False) + frame(CONTINUATION, half)) == [b"a" * LIMIT]


messages = st.lists(
    st.one_of(
        st.text(max_size=300),
        st.binary(max_size=300),
        st.builds(Ping, st.binary(max_size=125)),
        st.builds(Pong, st.binary(max_size=125)),
    ),
    max_size=6,
)


@given(messages, st.data())
def test_any_message_in_any_fragments_and_any_pieces_is_read_as_it_was_sent(
    meant: list[str | bytes | Ping | Pong], data: st.DataObject
):
    wire = bytearray()
    between = [event for event in meant if isinstance(event, Ping | Pong)]
    expected: list[Event] = []
    for event in meant:
        if isinstance(event, Ping | Pong):
            continue
        payload = event.encode() if isinstance(event, str) else event
        fragments = list(cut(payload, data.draw(st.lists(st.integers(0, 300), max_size=4))))
        opcode = TEXT if isinstance(event, str) else BINARY
        for index, fragment in enumerate(fragments):
            last = index == len(fragments) - 1
            mask = data.draw(st.binary(min_size=4, max_size=4))
            wire += frame(CONTINUATION if index else opcode, fragment, fin=last, mask=mask)
            if between and data.draw(st.booleans()):
                control = between.pop()
                wire += frame(PING if isinstance(control, Ping) else PONG, control.payload)
                expected.append(control)
                if last:
                    expected[-1:] = [event, control]
            elif last:
                expected.append(event)
    pieces = cut(bytes(wire), data.draw(st.lists(st.integers(0, 5000), max_size=8)))
    assert read(*pieces) == expected


@given(st.lists(st.binary(max_size=200), max_size=20), st.booleans())
def test_any_bytes_are_read_without_an_exception_and_kept_within_the_limit(
    pieces: list[bytes], asked: bool
):
    reader = FrameReader(LIMIT)
    for piece in pieces:
        reader.feed(piece)
        while asked and reader.next() is not None:
            pass
        assert reader.unread <= sum(map(len, pieces))
        assert not asked or held(reader) <= 2 * LIMIT + 200


def held(reader: FrameReader) -> int:
    """Return how many bytes of a client's a reader keeps."""
    kept = (reader._data, reader._rest, reader._message)
    return sum(len(part) for part in kept if part)


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_tiny_fragments_cost_no_more_than_what_is_in_them(size: int):
    reader = FrameReader(LIMIT)
    reader.feed(frame(BINARY, b"", fin=False))
    for _ in range(100_000 if size == 0 else LIMIT // size):
        reader.feed(frame(CONTINUATION, b"a" * size, fin=False))
        assert reader.next() is None
        assert held(reader) <= LIMIT
    assert sys.getsizeof(reader._message) <= 2 * LIMIT


def test_an_unfinished_frame_is_looked_at_again_only_when_it_has_come():
    reader = FrameReader(2**20)
    for byte in frame(BINARY, b"a" * 200_000):
        assert reader.next() is None
        reader.feed(bytes([byte]))
    assert reader.next() == b"a" * 200_000


def test_a_reader_that_was_asked_for_everything_keeps_nothing():
    reader = FrameReader(LIMIT)
    reader.feed(frame(TEXT, b"a" * 500))
    assert reader.next() == "a" * 500
    assert held(reader) == 0


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_what_we_send_is_what_a_client_reads(size: int):
    assert parsed(sent(TEXT, b"a" * size)) == (TEXT, b"a" * size)


def test_a_reason_that_is_too_long_is_cut_between_characters():
    opcode, payload = parsed(close_frame(1008, "€" * 100))
    assert opcode == CLOSE
    assert payload == b"\x03\xf0" + ("€" * 41).encode()
    assert parsed(close_frame(1005, "never sent")) == (CLOSE, b"")


def parsed(data: bytes) -> tuple[int, bytes]:
    """Return what the websockets package reads."""
    stream = StreamReader()
    stream.feed_data(data)
    parsing = Frame.parse(stream.read_exact, mask=False)
    try:
        while True:
            next(parsing)
    except StopIteration as end:
        whole = end.value
    assert whole.fin
    return int(whole.opcode), bytes(whole.data)


@pytest.mark.parametrize("seed", [7, 2026])
def test_what_fuzzed_clients_send_is_read_as_another_reader_does(seed: int):
    assert fuzz(seed, frames=40_000) >= 40_000
