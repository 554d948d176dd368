"""Frames of the Phoenix protocol, version 2.0.0: bytes in, messages out, and back.

The rule: whatever a client sends becomes a well-formed `Frame` of bounded size and depth, or a
`FrameError`. Nothing else is raised, and nothing later has to check a frame's shape again. Where
only the payload is at fault, the error knows who waits for an answer.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from wirebird.errors import WirebirdError
from wirebird.jsonable import jsonable

MAX_NAME_LENGTH = 255
"""Longest topic, event or ref: what one length byte of a binary frame can say."""

MAX_FRAME_SIZE = 8 * 1024 * 1024
"""Largest frame that is decoded, in characters of text or bytes of binary."""

MAX_DEPTH = 64
"""Deepest nesting of lists and objects in a payload."""

Name: TypeAlias = Annotated[str, msgspec.Meta(max_length=MAX_NAME_LENGTH)]

_PUSH = 0
_HEADER = 5


_TEXT = r'"(?:[^"\\]|\\.)*"'
_REF = rf"(?:({_TEXT})|[^\s\",\[\]{{}}]+)"
_HEADING = re.compile(rf"\s*\[\s*{_REF}\s*,\s*{_REF}\s*,\s*({_TEXT})\s*,\s*({_TEXT})\s*[,\]]")


class UnsendableError(WirebirdError, TypeError):
    """A value is to be sent to the browser for which JSON has no equivalent."""


class FrameError(WirebirdError, ValueError):
    """A frame that no client of this protocol sends.

    Attributes:
        frame: The frame without its payload, where that alone is at fault and can be answered. None
            where it is no frame at all: the connection should be closed.
    """

    def __init__(self, message: str, frame: Frame | None = None) -> None:
        super().__init__(message)
        self.frame = frame


class Frame(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """One message: `[join_ref, ref, topic, event, payload]`.

    Attributes:
        join_ref: The ref of the join that the message belongs to.
        ref: What a reply to this message repeats; None when nobody waits for one.
        topic: The channel (`lv:phx-...`, `lvu:0`, `phoenix`).
        event: What happened (`phx_join`, `event`, `heartbeat`, ...).
        payload: A dict, or bytes in a binary frame (an upload's chunk).
    """

    join_ref: Name | None
    ref: Name | None
    topic: Name
    event: Name
    payload: dict[str, Any] | bytes


_decode = msgspec.json.Decoder(Frame).decode
_encode = msgspec.json.Encoder(enc_hook=jsonable).encode


def packed(value: Any, what: str) -> msgspec.Raw:
    """Return a value as it will stand in a frame: what cannot be sent is said where it is made.

    Args:
        value: What is to be sent.
        what: What it is of, as an error names it.

    Raises:
        UnsendableError: JSON has no equivalent of it.
    """
    try:
        return msgspec.Raw(_encode(value))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UnsendableError(f"{what}: {error}") from error


def decode(data: str | bytes, *, max_size: int = MAX_FRAME_SIZE) -> Frame:
    """Read a frame that a client has sent.

    Args:
        data: The text of a text frame, or the bytes of a binary one.
        max_size: Largest `data`, in characters or bytes.

    Raises:
        FrameError: It is no frame, or exceeds a limit.
    """
    if len(data) > max_size:
        raise FrameError(f"the frame has {len(data)} characters or bytes, more than {max_size}")
    if isinstance(data, bytes):
        return _decode_binary(data)
    try:
        frame = _decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FrameError(f"the frame is malformed: {error}", _heading(data)) from None
    payload = frame.payload
    if type(payload) is not dict:  # JSON has no bytes: msgspec took the text for base64
        raise FrameError("the frame is malformed: its payload is not an object", _heading(data))
    if (
        len(data) > 2 * MAX_DEPTH
        and data.count("[") + data.count("{") > MAX_DEPTH
        and _deeper_than(payload, MAX_DEPTH)
    ):
        why = f"the frame's payload is nested more than {MAX_DEPTH} levels deep"
        raise FrameError(why, _heading(data))
    return frame


def encode(frame: Frame) -> str | bytes:
    """Write a frame as a client does: text, or binary when its payload is bytes.

    Raises:
        ValueError: A binary frame's topic, event or ref has more than 255 bytes.
        TypeError: JSON has no equivalent of a value in the payload.
    """
    payload = frame.payload
    if not isinstance(payload, bytes):
        return _encode(frame).decode()
    names = [
        (name or "").encode() for name in (frame.join_ref, frame.ref, frame.topic, frame.event)
    ]
    sizes = [len(name) for name in names]
    if max(sizes) > MAX_NAME_LENGTH:
        raise ValueError(
            f"a binary frame's names have at most {MAX_NAME_LENGTH} bytes each, got {sizes}"
        )
    return bytes((_PUSH, *sizes)) + b"".join(names) + payload


def reply(
    join_ref: str | None,
    ref: str | None,
    topic: str,
    status: Literal["ok", "error"],
    response: Any,
) -> str:
    """Return the text of the answer to a client's message.

    Args:
        join_ref: As in the client's message.
        ref: As in the client's message.
        topic: As in the client's message.
        status: How it went.
        response: A dict of anything that can be sent (see `wirebird.jsonable`); whole
            numbers as keys become strings.

    Raises:
        TypeError: JSON has no equivalent of a value in the response.
    """
    body = {"status": status, "response": response}
    return _encode((join_ref, ref, topic, "phx_reply", body)).decode()


def push(
    join_ref: str | None, topic: str, event: str, payload: Any, *, ref: str | None = None
) -> str:
    """Return the text of a message that the server sends by itself.

    Args:
        join_ref: The ref with which the client joined the topic.
        topic: The channel.
        event: What happened (`diff`, `live_patch`, ...).
        payload: As the response of `reply`.
        ref: None, except that `phx_error` and `phx_close` repeat the join ref here.

    Raises:
        TypeError: JSON has no equivalent of a value in the payload.
    """
    return _encode((join_ref, ref, topic, event, payload)).decode()


def _heading(data: str) -> Frame | None:
    """Return a malformed frame without its payload; a ref that cannot be repeated is None."""
    found = _HEADING.match(data)
    if found is None:
        return None
    decode_name = msgspec.json.Decoder(str).decode
    join_ref, ref, topic, event = found.groups(default="null")
    try:
        topic, event = decode_name(topic), decode_name(event)
    except (msgspec.MsgspecError, ValueError):
        return None
    if len(topic) > MAX_NAME_LENGTH:
        return None
    return Frame(_ref(join_ref), _ref(ref), topic, event[:MAX_NAME_LENGTH], {})


def _ref(text: str) -> str | None:
    try:
        return msgspec.json.decode(text, type=Name)
    except (msgspec.MsgspecError, ValueError):
        return None


def _decode_binary(data: bytes) -> Frame:
    if len(data) < _HEADER:
        raise FrameError(f"the binary frame is truncated: {len(data)} bytes")
    if data[0] != _PUSH:
        raise FrameError(f"the binary frame is of kind {data[0]}; clients only push (kind 0)")
    names: list[str] = []
    start = _HEADER
    for size in data[1:_HEADER]:
        end = start + size
        if end > len(data):
            raise FrameError("the binary frame is truncated: its header announces more bytes")
        try:
            names.append(data[start:end].decode())
        except UnicodeDecodeError:
            raise FrameError("the binary frame is malformed: a name is not UTF-8") from None
        start = end
    join_ref, ref, topic, event = names
    return Frame(join_ref or None, ref or None, topic, event, data[start:])


def _deeper_than(value: Any, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        deeper: list[Any] = []
        for item in level:
            if type(item) is dict:
                deeper.extend(item.values())  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
            elif type(item) is list:
                deeper.extend(item)  # pyright: ignore[reportUnknownArgumentType]
        if not deeper:
            return False
        level = deeper
    return any(type(item) in (dict, list) for item in level)
