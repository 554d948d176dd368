"""uvicorn's RequestResponseCycle, which writes an answer in less time.

The rule: what is sent is what uvicorn would send. Headers that were sent before are neither checked
nor put together again, and a body that follows at once leaves with its head: the system is asked to
write once instead of twice.
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

_CLOSE = (b"connection", b"close")  # which some versions of uvicorn look for in the request
_LONGEST_KEPT = 512
_MOST_TOGETHER = 65_536  # bytes of a body that are rather copied than written alone
_ABOUT_THE_BODY = frozenset({b"connection", b"transfer-encoding", b"content-length"})


class Answer(RequestResponseCycle):
    """One request and its answer.

    Attributes:
        at_once: Whether the turn goes on in which the request was read: a head waits for its body.
    """

    at_once = False
    _waiting = b""

    async def send(self, message: Any) -> None:
        if self._waiting:
            if self._is_whole(message):
                self._finish(message["body"])
                return
            self.release()
        elif (
            not self.response_started
            and message["type"] == "http.response.start"
            and not self.access_log
            and not self.disconnected
            and not self.flow.write_paused
            and (head := self._head(message))
        ):
            self.response_started = True
            self.waiting_for_100_continue = False
            if self.at_once:
                self._waiting = head
            else:
                self.transport.write(head)
            return
        await super().send(message)

    def release(self) -> None:
        """Let a head wait no longer."""
        self.at_once = False
        head, self._waiting = self._waiting, b""
        if head:
            self.transport.write(head)

    def _is_whole(self, message: Any) -> bool:
        return (
            message["type"] == "http.response.body"
            and not message.get("more_body", False)
            and len(message.get("body", b"")) == self.expected_content_length
            and 0 < self.expected_content_length <= _MOST_TOGETHER
            and self.scope["method"] != "HEAD"
            and not self.disconnected
        )

    def _finish(self, body: bytes) -> None:
        head, self._waiting = self._waiting, b""
        self.transport.write(head + body)
        self.expected_content_length = 0
        self.response_complete = True
        self.message_event.set()
        self.on_response()

    def _head(self, message: Any) -> bytes:
        """Return the head of an answer whose length is known; nothing where uvicorn must do it."""
        if not self.keep_alive or _CLOSE in self.scope["headers"]:
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
