from __future__ import annotations

import datetime
import decimal
import enum
import json
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from pydantic import BaseModel

from tests.wire.transcript import names, read
from wirebird.html.js import js
from wirebird.wire import frames
from wirebird.wire.frames import Frame, FrameError

TEXT = '["4","8","lv:phx-1","event",{"type":"click","event":"inc","value":{"by":1}}]'


def test_a_text_frame_is_decoded():
    assert frames.decode(TEXT) == Frame(
        join_ref="4",
        ref="8",
        topic="lv:phx-1",
        event="event",
        payload={"type": "click", "event": "inc", "value": {"by": 1}},
    )


def test_refs_may_be_null():
    frame = frames.decode('[null,"9","phoenix","heartbeat",{}]')
    assert frame.join_ref is None
    assert frames.decode('["1",null,"lv:x","event",{}]').ref is None


def test_a_binary_frame_is_decoded_as_the_client_encodes_it():
    data = bytes.fromhex("0002020505313231336c76753a306368756e6b") + b"\x00\xffabc"
    assert frames.decode(data) == Frame("12", "13", "lvu:0", "chunk", b"\x00\xffabc")


def test_a_binary_frame_may_have_no_payload_and_no_refs():
    frame = frames.decode(b"\x00\x00\x00\x01\x01te")
    assert frame == Frame(None, None, "t", "e", b"")


def test_a_frame_cannot_be_changed():
    with pytest.raises(AttributeError):
        frames.decode(TEXT).topic = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "null",
        '{"a":1}',
        "[]",
        '["1","2","t","e"]',
        '["1","2","t","e",{},1]',
        '["1","2","t","e",{}] x',
        '["1","2","t","e",{}',
        '[1,"2","t","e",{}]',
        '["1",2,"t","e",{}]',
        '["1","2",null,"e",{}]',
        '["1","2","t",null,{}]',
        '["1","2","t","e",null]',
        '["1","2","t","e",[]]',
        '["1","2","t","e","YWJj"]',
        '["1","2","t","e",{"a":1e400}]',
        '["1","2","t","e",{"a":NaN}]',
        '["1","2","t","e",{"a":"\\ud800"}]',
        '["1","2","t","e",{"a":"\ud800"}]',
        '["1","2","t","e",{"a":' + "9" * 5000 + "}]",
    ],
)
def test_text_that_is_no_frame_is_refused(text: str):
    with pytest.raises(FrameError):
        frames.decode(text)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "truncated"),
        (b"\x00\x01\x01", "truncated"),
        (b"\x00\x02\x02\x05\x0512", "truncated"),
        (b"\x00\x00\x00\x01\x02te", "truncated"),
        (b"\x01\x00\x00\x01\x01te", "kind 1"),
        (b"\x00\x00\x00\x01\x01\xffe", "not UTF-8"),
        (TEXT.encode(), "kind 91"),
    ],
)
def test_bytes_that_are_no_frame_are_refused(data: bytes, reason: str):
    with pytest.raises(FrameError, match=reason):
        frames.decode(data)


@pytest.mark.parametrize("position", range(4))
def test_names_are_bounded(position: int):
    parts: list[Any] = ["1", "2", "t", "e", {}]
    parts[position] = "x" * 255
    frames.decode(json.dumps(parts))
    parts[position] = "x" * 256
    with pytest.raises(FrameError):
        frames.decode(json.dumps(parts))


def test_the_size_of_a_frame_is_bounded():
    frames.decode(TEXT, max_size=len(TEXT))
    with pytest.raises(FrameError, match="more than"):
        frames.decode(TEXT, max_size=len(TEXT) - 1)
    with pytest.raises(FrameError, match="more than"):
        frames.decode(b"\x00\x00\x00\x01\x01te" + b"x" * 10, max_size=10)


def nested(levels: int, opening: str, closing: str) -> str:
    return f'["1","2","t","e",{{"a":{opening * levels}{closing * levels}}}]'


@pytest.mark.parametrize(
    ("opening", "closing", "most"),
    [("[", "]", frames.MAX_DEPTH - 1), ('{"a":[', "]}", frames.MAX_DEPTH // 2 - 1)],
)
def test_the_depth_of_a_payload_is_bounded(opening: str, closing: str, most: int):
    frames.decode(nested(most, opening, closing))
    for levels in (most + 1, 1_000, 20_000, 100_000):
        with pytest.raises(FrameError):
            frames.decode(nested(levels, opening, closing))


def test_brackets_in_text_and_wide_payloads_are_not_depth():
    payload = {"text": "[{" * 500, "rows": [{"cells": [1, 2]} for _ in range(500)]}
    text = json.dumps(["1", "2", "t", "e", payload])
    assert frames.decode(text).payload == payload


def test_a_reply_repeats_what_it_answers():
    text = frames.reply("4", "8", "lv:x", "ok", {"diff": {0: {0: "1"}}})
    assert (
        text == '["4","8","lv:x","phx_reply",{"status":"ok","response":{"diff":{"0":{"0":"1"}}}}]'
    )
    refused = frames.reply(None, "9", "lv:other", "error", {"reason": "unmatched topic"})
    assert json.loads(refused) == [
        None,
        "9",
        "lv:other",
        "phx_reply",
        {"status": "error", "response": {"reason": "unmatched topic"}},
    ]


def test_refs_and_topics_cannot_break_out_of_a_reply():
    hostile = '","x",{"status":"ok"}]\u2028\\\x00'
    parts = json.loads(frames.reply(hostile, hostile, hostile, "ok", {}))
    assert parts == [hostile, hostile, hostile, "phx_reply", {"status": "ok", "response": {}}]


def test_a_push_has_no_ref():
    assert frames.push("4", "lv:x", "diff", {}) == '["4",null,"lv:x","diff",{}]'


def test_the_end_of_a_channel_repeats_the_join_ref():
    assert frames.push("4", "lv:x", "phx_close", {}, ref="4") == '["4","4","lv:x","phx_close",{}]'


class Colour(enum.Enum):
    RED = "red"


class Model(BaseModel):
    on: datetime.date


@dataclass
class Point:
    x: int
    label: Markup


class Number(int): ...


class Ratio(float): ...


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({1: {2: "x"}, "kc": 1}, {"1": {"2": "x"}, "kc": 1}),
        (Markup("<b>"), "<b>"),
        ({Markup("key"): 1}, {"key": 1}),
        (js.hide(), [["hide", {}]]),
        (Point(1, Markup("<i>")), {"x": 1, "label": "<i>"}),
        (Model(on=datetime.date(2026, 1, 2)), {"on": "2026-01-02"}),
        ([Model(on=datetime.date(2026, 1, 2))], [{"on": "2026-01-02"}]),
        (datetime.datetime(2026, 1, 2, 3, 4), "2026-01-02T03:04:00"),
        (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (decimal.Decimal("1.50"), "1.50"),
        (Colour.RED, "red"),
        ({7}, [7]),
        ((1, None, True), [1, None, True]),
        (Number(3), 3),
        (Ratio(0.5), 0.5),
        (2**70, 2**70),
    ],
)
def test_what_a_user_may_send_is_encoded(value: Any, expected: Any):
    assert json.loads(frames.push("1", "t", "e", {"value": value}))[4] == {"value": expected}
    assert json.loads(frames.reply("1", "2", "t", "ok", {"r": value}))[4]["response"] == {
        "r": expected
    }


@pytest.mark.parametrize("value", [object(), range(3), Exception("x"), Point, Model, lambda: 1])
def test_anything_else_is_refused_with_its_type(value: Any):
    with pytest.raises(TypeError, match=f"type .*{type(value).__name__}"):
        frames.push("1", "t", "e", {"deep": [value]})


def test_a_client_cannot_encode_names_that_do_not_fit_a_binary_header():
    with pytest.raises(ValueError, match="255 bytes"):
        frames.encode(Frame("1", "2", "é" * 128, "chunk", b""))


text = st.text(max_size=60)
refs = st.none() | text.filter(bool)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=20,
)


@given(refs, refs, text, text, st.dictionaries(st.text(), json_values))
def test_text_frames_round_trip(
    join_ref: str | None, ref: str | None, topic: str, event: str, payload: dict[str, Any]
):
    frame = Frame(join_ref, ref, topic, event, payload)
    encoded = frames.encode(frame)
    assert isinstance(encoded, str)
    assert json.loads(encoded) == [join_ref, ref, topic, event, payload]
    assert frames.decode(encoded) == frame


@given(refs, refs, text, text, st.binary())
def test_binary_frames_round_trip(
    join_ref: str | None, ref: str | None, topic: str, event: str, payload: bytes
):
    frame = Frame(join_ref, ref, topic, event, payload)
    encoded = frames.encode(frame)
    assert isinstance(encoded, bytes)
    assert frames.decode(encoded) == frame


def decodes_or_is_refused(data: str | bytes) -> None:
    try:
        frame = frames.decode(data)
    except FrameError:
        return
    assert frames.decode(frames.encode(frame)) == frame


@given(st.binary() | st.builds(lambda data: b"\x00" + data, st.binary()))
def test_arbitrary_bytes_are_a_frame_or_an_error(data: bytes):
    decodes_or_is_refused(data)


@given(
    st.text(alphabet=st.characters(exclude_categories=[]))
    | st.text(alphabet='[]{}",:\\u0d8e19.-ntrf ').map(lambda part: f'["1","2","t","e",{{{part}}}]')
    | st.lists(json_values, min_size=4, max_size=6).map(json.dumps)
)
def test_arbitrary_text_is_a_frame_or_an_error(data: str):
    decodes_or_is_refused(data)


def test_every_recorded_frame_of_the_client_is_decoded():
    for name in names():
        for line in read(name).lines:
            if line.kind != "sent":
                continue
            if isinstance(line.binary, bytes):
                assert frames.encode(frames.decode(line.binary)) == line.binary
            elif line.binary is not None:
                described = line.binary
                header = bytes.fromhex(described["header_hex"])
                frame = frames.decode(header + described["payload_head"].encode())
                assert [frame.join_ref, frame.ref, frame.topic, frame.event] == [
                    described[key] for key in ("join_ref", "ref", "topic", "event")
                ]
            elif line.frame is not None:
                frame = frames.decode(line.text)
                assert [
                    frame.join_ref,
                    frame.ref,
                    frame.topic,
                    frame.event,
                    frame.payload,
                ] == line.frame
            else:
                with pytest.raises(FrameError):
                    frames.decode(line.text)


def test_every_recorded_frame_of_the_server_can_be_written():
    for name in names():
        for line in read(name).lines:
            if line.kind != "received" or line.frame is None:
                continue
            join_ref, ref, topic, event, payload = line.frame
            if event == "phx_reply":
                written = frames.reply(join_ref, ref, topic, payload["status"], payload["response"])
            else:
                written = frames.push(join_ref, topic, event, payload, ref=ref)
            assert json.loads(written) == line.frame
