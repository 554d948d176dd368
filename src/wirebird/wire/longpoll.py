"""Long polling as the Phoenix client does it: a POST has a frame a line, an answer a status.

The rule: a batch is read as it comes, never more of it kept than one frame; what is no frame is a
`FrameError`.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Sequence

import msgspec

from wirebird.wire.frames import FrameError

OK = 200
NOTHING = 204
MALFORMED = 400
FORBIDDEN = 403
GONE = 410
"""There is no such session: the client begins a new one, and joins again."""

LEFT = '[null,null,"wirebird","left",{}]'
"""The frame that a page posts last of all, as it is closed or left; it polls no more."""

_encode = msgspec.json.Encoder().encode


class Batch:
    """The frames of one POST: one a line, binary ones in base64.

    Args:
        max_size: Largest frame, in bytes.
    """

    __slots__ = ("_max_line", "_rest", "_searched")

    def __init__(self, max_size: int) -> None:
        self._max_line = (max_size + 2) // 3 * 4  # of a binary frame in base64
        self._rest = bytearray()
        self._searched = 0

    def feed(self, data: bytes) -> Iterator[str | bytes]:
        """Yield the frames that are whole now; all must be taken before there is more to feed.

        Raises:
            FrameError: A line is too long, or neither text nor base64.
        """
        rest = self._rest
        rest += data
        start = 0
        while (end := rest.find(b"\n", self._searched)) >= 0:
            line = bytes(rest[start:end])
            start = self._searched = end + 1
            yield from self._frame(line)
        del rest[:start]
        self._searched = len(rest)
        if len(rest) > self._max_line:
            raise FrameError(f"a line of the batch has more than {self._max_line} bytes")

    def end(self) -> Iterator[str | bytes]:
        """Yield the last frame, which no line break follows.

        Raises:
            FrameError: It is neither text nor base64.
        """
        yield from self._frame(bytes(self._rest))
        self._rest.clear()
        self._searched = 0

    def _frame(self, line: bytes) -> Iterator[str | bytes]:
        line = line.removesuffix(b"\r")
        if len(line) > self._max_line:
            raise FrameError(f"a line of the batch has more than {self._max_line} bytes")
        if not line:
            return
        try:
            yield line.decode() if line[:1] == b"[" else binascii.a2b_base64(line, strict_mode=True)
        except ValueError as error:
            raise FrameError(f"a line of the batch is malformed: {error}") from None


def answer(status: int, token: str | None = None, messages: Sequence[str] | None = None) -> bytes:
    """Return the body of a response.

    Args:
        status: How it went: the client looks here, not at the status of HTTP.
        token: The session's, for the next request; None with a POST.
        messages: The frames that have waited; None with a POST.
    """
    body: dict[str, object] = {"status": status}
    if token is not None:
        body["token"] = token
    if messages is not None:
        body["messages"] = messages
    return _encode(body)
