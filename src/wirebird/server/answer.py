"""uvicorn's RequestResponseCycle, which writes the head of an answer in less time.

The rule: what is sent is what uvicorn would send. Headers that were sent before are neither checked
nor put together again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    RequestResponseCycle,
)

_LONGEST_KEPT = 512
_ABOUT_THE_BODY = frozenset({b"connection", b"transfer-encoding", b"content-length"})


class Answer(RequestResponseCycle):
    """One request and its answer."""

    async def send(self, message: Any) -> None:
        if (
            self.response_started
            or message["type"] != "http.response.start"
            or self.access_log
            or self.disconnected
            or self.flow.write_paused
            or not (head := self._head(message))
        ):
            await super().send(message)
            return
        self.response_started = True
        self.waiting_for_100_continue = False
        self.transport.write(head)

    def _head(self, message: Any) -> bytes:
        """Return the head of an answer whose length is known; nothing where uvicorn must do it."""
        if not self.keep_alive:
            return b""
        parts = [STATUS_LINE[message["status"]]]
        size = b""
        for name, value in (*self.default_headers, *message.get("headers", ())):
            if name == b"content-length":
                if size or not value.isdigit():
                    return b""
                size = value
                parts.append(b"content-length: %b\r\n" % value)
                continue
            once = name == b"set-cookie" or len(value) > _LONGEST_KEPT
            line = _checked(name, value) if once else _kept(name, value)
            if not line:
                return b""
            parts.append(line)
        if not size:
            return b""
        self.expected_content_length = int(size)
        self.chunked_encoding = False
        parts.append(b"\r\n")
        return b"".join(parts)


def _checked(name: bytes, value: bytes) -> bytes:
    """Return a header's line; nothing if it says how the body is sent, or may not be sent."""
    name = name.lower()
    if name in _ABOUT_THE_BODY or HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        return b""
    return b"%b: %b\r\n" % (name, value)


_kept = lru_cache(maxsize=1024)(_checked)
