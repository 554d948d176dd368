"""Compressed responses: which encoding a client takes, and a middleware that keeps streams flowing.

The rule: what is sent in pieces is flushed in pieces, so that nothing waits for what comes later.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wirebird.live.messages import DONE

SMALLEST = 500
"""Below this many bytes a response is sent as it is."""

_KNOWN = ("zstd", "gzip") if sys.version_info >= (3, 14) else ("gzip",)
_ZSTD_LEVEL = 3
_GZIP_LEVEL = 4
_SMALL = 16 * 1024
"""Up to this many bytes gzip makes do with less memory, which would cost more than the work."""

_KINDS = ("text/", "application/json", "application/javascript", "application/xml", "image/svg+xml")
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


def best_encoding(accepted: str, known: tuple[str, ...]) -> str | None:
    """Return the first of the known encodings that a client takes.

    Args:
        accepted: The request's Accept-Encoding.
        known: What there is, the best first.
    """
    taken: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        weight = parameters.replace(" ", "").partition("q=")[2] or "1"
        try:
            taken[name.strip()] = float(weight)
        except ValueError:
            taken[name.strip()] = 0.0
    for encoding in known:
        if taken.get(encoding, taken.get("*", 0.0)) > 0:
            return encoding
    return None


def is_compressible(media_type: str) -> bool:
    """Tell whether a body of this kind becomes smaller."""
    return media_type.partition(";")[0].strip().lower().startswith(_KINDS)


def compressed(content: bytes) -> dict[str, bytes]:
    """Return a body in the encodings that this Python knows, the best first."""
    found: dict[str, bytes] = {}
    if sys.version_info >= (3, 14):
        from compression import zstd

        found["zstd"] = zstd.compress(content, level=19)
    found["gzip"] = gzip.compress(content, compresslevel=9, mtime=0)
    return {name: body for name, body in found.items() if len(body) < len(content)}


class Compression:
    """Middleware that compresses pages and other text, with zstd or gzip as the client takes it.

    Pages carry no secret that repeats: their tokens are masked anew for each of them.

    Example:
        ```python
        app = Wirebird(middleware=[Middleware(Compression)])
        ```
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            send = _Response(send, _taken_by(scope["headers"])).send
        await self.app(scope, receive, send)


def _taken_by(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    for name, value in headers:
        if name == b"accept-encoding":
            return _best_known(value)
    return None


@lru_cache(maxsize=256)  # browsers send few different ones
def _best_known(accepted: bytes) -> str | None:
    return best_encoding(accepted.decode("latin-1"), _KNOWN)


@lru_cache(maxsize=256)
def _is_text(media_type: bytes) -> bool:
    return is_compressible(media_type.decode("latin-1"))


Compress: TypeAlias = "Callable[[bytes, bool], bytes]"
"""Takes a piece of a body, and whether it is the last; returns what to send of it."""


_VARY = (b"vary", b"Accept-Encoding")


class _Response:
    """One response on its way out."""

    __slots__ = ("_compress", "_encoding", "_send", "_start")

    def __init__(self, send: Send, encoding: str | None) -> None:
        self._send = send
        self._encoding = encoding
        self._start: Message | None = None
        self._compress: Compress | None = None

    def send(self, message: Message) -> Awaitable[None]:
        kind = message["type"]
        start = self._start
        if kind == "http.response.start":
            self._start = message
            return DONE
        if start is not None:
            self._start = None
            # Others than a body, such as http.response.pathsend, send a file.
            if kind == "http.response.body":
                start, message = self._begin(start, message)
            return self._both(start, message)
        if self._compress is not None and kind == "http.response.body":
            message = self._piece(self._compress, message)
        return self._send(message)

    async def _both(self, start: Message, first: Message) -> None:
        await self._send(start)
        await self._send(first)

    @staticmethod
    def _piece(compress: Compress, message: Message) -> Message:
        body = compress(message.get("body", b""), not message.get("more_body", False))
        return {**message, "body": body}

    def _begin(self, start: Message, first: Message) -> tuple[Message, Message]:
        """Return both with what compression makes of them: the length stands in the start."""
        headers: list[tuple[bytes, bytes]] = [*start.get("headers", ())]
        found = dict(headers)
        if not _is_text(found.get(b"content-type", b"")) or b"content-encoding" in found:
            return start, first
        headers.append(_VARY)
        if self._encoding is None:
            return {**start, "headers": headers}, first
        changed: dict[bytes, bytes] = {}
        more = first.get("more_body", False)
        body = first.get("body", b"")
        encoding = self._encoding
        if (more or len(body) >= SMALLEST) and _allowed(start, found):
            changed[b"content-encoding"] = encoding.encode()
            etag = found.get(b"etag", b"W/")
            if not etag.startswith(b"W/"):
                changed[b"etag"] = b"W/" + etag
            if more:
                self._compress = _in_pieces(encoding)
                first = self._piece(self._compress, first)
                headers = [pair for pair in headers if pair[0] != b"content-length"]
            else:
                first = {**first, "body": _whole(encoding, body)}
                changed[b"content-length"] = b"%d" % len(first["body"])
        headers = [pair for pair in headers if pair[0] not in changed]
        headers += changed.items()
        return {**start, "headers": headers}, first


def _allowed(start: Message, headers: dict[bytes, bytes]) -> bool:
    return (
        start["status"] not in (204, 206, 304)
        and b"content-range" not in headers
        and b"no-transform" not in headers.get(b"cache-control", b"")
    )


_idle: list[Any] = []  # compressors for zstd between two bodies: a new one costs what a page does


def _whole(encoding: str, body: bytes) -> bytes:
    if encoding == "zstd" and sys.version_info >= (3, 14):
        from compression import zstd

        try:
            compressor = _idle.pop()
        except IndexError:
            compressor = zstd.ZstdCompressor(_ZSTD_LEVEL)
        compressed = compressor.compress(body, compressor.FLUSH_FRAME)
        _idle.append(compressor)
        return compressed
    memory = 6 if len(body) <= _SMALL else zlib.DEF_MEM_LEVEL
    zipper = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW, memory)
    return zipper.compress(body) + zipper.flush()


def _in_pieces(encoding: str) -> Compress:
    if encoding == "zstd" and sys.version_info >= (3, 14):
        from compression import zstd

        whole = zstd.ZstdCompressor(_ZSTD_LEVEL)

        def by_zstd(data: bytes, last: bool) -> bytes:
            return whole.compress(data, whole.FLUSH_FRAME if last else whole.FLUSH_BLOCK)

        return by_zstd
    zipper = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)

    def by_gzip(data: bytes, last: bool) -> bytes:
        return zipper.compress(data) + zipper.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)

    return by_gzip
