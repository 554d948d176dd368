"""The frames of RFC 6455 as a state machine: bytes in, messages out. No sockets and no clock.

The rule: nothing that a client sends raises. What breaks the protocol becomes a `Failure`, before
what it announces is kept: between two reads a reader holds one message of `max_size` at most, and
what it was fed but not asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from wirebird.server.masking import apply_mask

TEXT = 0x1
BINARY = 0x2
CLOSE = 0x8
PING = 0x9
PONG = 0xA

NO_STATUS = 1005
"""What stands for the code of a close frame that has none."""

_FIN = 0x80
_CLOSE_CODES = frozenset((*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)))
_MOST_IN_CONTROL = 125


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a pong with the same payload."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """Answers a ping, or comes unasked."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """The client's last frame: nothing follows it."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The client broke the protocol: its line is to be closed with this code; nothing follows."""

    code: int
    reason: str


Event = str | bytes | Ping | Pong | Close | Failure
"""What a reader yields: text, binary data, or something about the line."""


class FrameReader:
    """Reads the frames of one client.

    Args:
        max_size: Largest message, in bytes, whether it comes in one frame or in fragments.

    Example:
        ```python
        reader.feed(data)
        while (event := reader.next()) is not None:
            ...
        ```
    """

    __slots__ = ("_at", "_data", "_ended", "_kind", "_message", "_needed", "_rest", "max_size")

    def __init__(self, max_size: int) -> None:
        self.max_size = max_size
        self._data = b""  # what can be read, from `_at` on
        self._at = 0
        self._rest: bytearray | None = None  # what is no whole frame yet, or came behind `_data`
        self._needed = 2  # how much of it there must be before it is looked at
        self._message: bytearray | None = None  # the fragments of a message so far
        self._kind = 0
        self._ended = False

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        if self._ended:
            return
        if self._rest is not None:
            self._rest += data
        elif self._data:
            self._rest = bytearray(self._data[self._at :])
            self._rest += data
            self._needed = 2
            self._data = b""
        else:
            self._data = data
            self._at = 0

    @property
    def unread(self) -> int:
        """How many bytes were fed that no event has come of yet, besides fragments."""
        return max(0, len(self._data) - self._at) if self._rest is None else len(self._rest)

    def next(self) -> Event | None:
        """Return what comes next, or None when more must arrive first."""
        data = self._data
        if self._rest is not None:
            if len(self._rest) < self._needed:
                return None
            data = self._data = bytes(self._rest)
            self._rest = None
            self._at = 0
        at = self._at
        size = len(data)
        while at < size:
            if size - at < 2:
                return self._wait_for(at, 2)
            first = data[at]
            length = data[at + 1] - 128
            start = at + 6
            if length == 126:
                if size - at < 4:
                    return self._wait_for(at, 4)
                length = data[at + 2] << 8 | data[at + 3]
                start = at + 8
                if length < 126:
                    return self._fail(1002, "a length in too many bytes")
            elif length == 127:
                if size - at < 10:
                    return self._wait_for(at, 10)
                length = int.from_bytes(data[at + 2 : at + 10], "big")
                start = at + 14
                if length < 65536:
                    return self._fail(1002, "a length in too many bytes")
            plain = first == _FIN | TEXT and self._message is None
            if not plain or not 0 <= length <= self.max_size:
                fault = self._fault_of(first, length)
                if fault is not None:
                    return fault
            end = start + length
            if end > size:
                return self._wait_for(at, end - at)
            payload = apply_mask(data[start:end], data[start - 4 : start])
            if end == size:
                self._data = data = b""
            self._at = at = end
            event = self._text(payload) if plain else self._taken(first, payload)
            if event is not None:
                return event
        return None

    def _wait_for(self, at: int, needed: int) -> None:
        self._rest = bytearray(self._data[at:])
        self._needed = needed
        self._data = b""

    def _fault_of(self, first: int, length: int) -> Failure | None:
        """Return what is wrong with a frame, by its header alone."""
        opcode = first & 0x0F
        if first & 0x70:
            return self._fail(1002, "reserved bits")
        if length < 0:
            return self._fail(1002, "a frame without a mask")
        if opcode in (CLOSE, PING, PONG):
            if not first & _FIN or length > _MOST_IN_CONTROL:
                return self._fail(1002, "a control frame that is long or in fragments")
            return None
        if opcode > BINARY:
            return self._fail(1002, "an unknown opcode")
        if opcode == 0 and self._message is None:
            return self._fail(1002, "a fragment of nothing")
        if opcode and self._message is not None:
            return self._fail(1002, "a message within the fragments of another")
        if length + len(self._message or b"") > self.max_size:
            return self._fail(1009, f"more than {self.max_size} bytes")
        return None

    def _taken(self, first: int, payload: bytes) -> Event | None:
        opcode = first & 0x0F
        if opcode == PING:
            return Ping(payload)
        if opcode == PONG:
            return Pong(payload)
        if opcode == CLOSE:
            return self._closed(payload)
        if self._message is None:
            if first & _FIN:
                return payload  # binary: text in one frame was read before
            self._kind = opcode
            self._message = bytearray(payload)
            return None
        self._message += payload
        if not first & _FIN:
            return None
        whole = bytes(self._message)
        self._message = None
        return self._text(whole) if self._kind == TEXT else whole

    def _text(self, payload: bytes) -> str | Failure:
        try:
            return payload.decode()
        except UnicodeDecodeError:
            return self._fail(1007, "text that is not UTF-8")

    def _closed(self, payload: bytes) -> Close | Failure:
        code = int.from_bytes(payload[:2], "big") if payload else NO_STATUS
        if payload and (len(payload) == 1 or code not in _CLOSE_CODES):
            return self._fail(1002, "an invalid close code")
        try:
            reason = payload[2:].decode()
        except UnicodeDecodeError:
            return self._fail(1007, "a reason that is not UTF-8")
        self._end()
        return Close(code, reason)

    def _fail(self, code: int, reason: str) -> Failure:
        self._end()
        return Failure(code, reason)

    def _end(self) -> None:
        self._ended = True
        self._data = b""
        self._rest = self._message = None


def frame(opcode: int, payload: bytes) -> bytes:
    """Return a frame as a server sends it: whole, and without a mask."""
    size = len(payload)
    first = _FIN | opcode
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65536:
        return (first << 24 | 126 << 16 | size).to_bytes(4, "big") + payload
    return (first << 72 | 127 << 64 | size).to_bytes(10, "big") + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """Return a close frame; a reason that is too long for one is cut."""
    if code == NO_STATUS:
        return frame(CLOSE, b"")
    cut = reason.encode()[: _MOST_IN_CONTROL - 2].decode(errors="ignore")
    return frame(CLOSE, code.to_bytes(2, "big") + cut.encode())
