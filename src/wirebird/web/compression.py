"""Compressed responses: which encoding a client takes, and a middleware that keeps streams flowing.

The rule: what is sent in pieces is flushed in pieces, so that nothing waits for what comes later.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 500
"""Below this many bytes a response is sent as it is."""

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
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        known = ("zstd", "gzip") if sys.version_info >= (3, 14) else ("gzip",)
        encoding = best_encoding(Headers(scope=scope).get("accept-encoding", ""), known)
        await self.app(scope, receive, _Response(send, encoding).send)


class _Response:
    """One response on its way out."""

    def __init__(self, send: Send, encoding: str | None) -> None:
        self._send = send
        self._encoding = encoding
        self._start: Message | None = None
        self._compressor: Any = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            await self._begin(self._start, message)
        elif message["type"] == "http.response.body" and self._compressor is not None:
            await self._send({**message, "body": self._piece(message)})
        else:
            if self._start is not None:  # such as http.response.pathsend, which sends a file
                await self._send(self._start)
                self._start = None
            await self._send(message)

    async def _begin(self, start: Message, message: Message) -> None:
        self._start = None
        headers = MutableHeaders(scope=start)
        more = message.get("more_body", False)
        if is_compressible(headers.get("content-type", "")) and "content-encoding" not in headers:
            headers.add_vary_header("Accept-Encoding")
            if (
                self._encoding
                and self._allowed(start, headers)
                and (more or len(message.get("body", b"")) >= SMALLEST)
            ):
                self._compressor = _compressor(self._encoding)
                message = {**message, "body": self._piece(message)}
                headers["content-encoding"] = self._encoding
                if "etag" in headers and not headers["etag"].startswith("W/"):
                    headers["etag"] = f"W/{headers['etag']}"
                if more:
                    del headers["content-length"]
                else:
                    headers["content-length"] = str(len(message["body"]))
        await self._send(start)
        await self._send(message)

    @staticmethod
    def _allowed(start: Message, headers: MutableHeaders) -> bool:
        return (
            start["status"] not in (204, 206, 304)
            and "content-range" not in headers
            and "no-transform" not in headers.get("cache-control", "")
        )

    def _piece(self, message: Message) -> bytes:
        body = message.get("body", b"")
        more = message.get("more_body", False)
        return self._compressor(body, not more)


def _compressor(encoding: str) -> Any:
    if encoding == "zstd" and sys.version_info >= (3, 14):
        from compression import zstd

        whole = zstd.ZstdCompressor(level=6)

        def by_zstd(data: bytes, last: bool) -> bytes:
            return whole.compress(data, whole.FLUSH_FRAME if last else whole.FLUSH_BLOCK)

        return by_zstd
    zipper = zlib.compressobj(6, zlib.DEFLATED, _GZIP_WINDOW)

    def by_gzip(data: bytes, last: bool) -> bytes:
        return zipper.compress(data) + zipper.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)

    return by_gzip
