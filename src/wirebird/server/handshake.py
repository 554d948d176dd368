"""The opening handshake of RFC 6455: the head of a request in, what to answer out.

The rule: a head that cannot be an upgrade is refused here, and the application never hears of it.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

_NAMES = {
    name: name
    for name in (
        b"accept", b"accept-encoding", b"accept-language", b"cache-control", b"connection",
        b"cookie", b"host", b"origin", b"pragma", b"sec-websocket-extensions",
        b"sec-websocket-key", b"sec-websocket-version", b"upgrade", b"user-agent",
        b"x-forwarded-for", b"x-forwarded-proto",
    )
}  # fmt: skip
"""What browsers and proxies send."""

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A request for a WebSocket.

    Attributes:
        target: Path and query, as sent.
        headers: All headers, their names in lower case.
        subprotocols: What the client offers, best first.
        accept: What proves that the server has understood.
    """

    target: bytes
    headers: list[tuple[bytes, bytes]]
    subprotocols: list[str]
    accept: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is no upgrade, with the whole answer to it."""

    response: bytes


def read_upgrade(head: bytes) -> Upgrade | Refusal:
    """Read the head of a request, up to its empty line."""
    request, *lines = head.split(b"\r\n")
    parts = request.split(b" ")
    if len(parts) != 3:
        return _refusal(400, b"a WebSocket is opened with GET")
    headers: list[tuple[bytes, bytes]] = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon:
            return _refusal(400, b"a header without a colon")
        headers.append((name.lower(), value.strip()))
    return upgrade_of(parts[0], parts[1], headers)


def upgrade_of(
    method: bytes, target: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> Upgrade | Refusal:
    """Return what a request asks for whose head was read already.

    Args:
        method: As sent.
        target: Path and query, as sent.
        headers: All headers, their names in lower case.
    """
    if method != b"GET" or not target.startswith(b"/"):
        return _refusal(400, b"a WebSocket is opened with GET")
    # They stay as long as the line: all lines share the names.
    headers = [(_NAMES.get(name, name), value) for name, value in headers]
    keys: list[bytes] = []
    version = b""
    subprotocols: list[str] = []
    for name, value in headers:
        if name == b"sec-websocket-key":
            keys.append(value)
        elif name == b"sec-websocket-version":
            version = value
        elif name == b"sec-websocket-protocol":
            subprotocols += [part.strip() for part in value.decode("latin-1").split(",")]
    if version != b"13":
        return _refusal(426, b"this is version 13", [(b"sec-websocket-version", b"13")])
    if len(keys) != 1 or not _is_key(keys[0]):
        return _refusal(400, b"Sec-WebSocket-Key is not 16 bytes in base64")
    digest = hashlib.sha1(keys[0] + _GUID, usedforsecurity=False).digest()
    accept = binascii.b2a_base64(digest, newline=False)
    return Upgrade(target, headers, subprotocols, accept)


def accepted(accept: bytes, subprotocol: str | None, headers: Headers) -> bytes:
    """Return the answer that opens a WebSocket.

    Raises:
        ValueError: A header cannot be sent.
    """
    head = [
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        b"sec-websocket-accept: %b\r\n" % accept
    ]
    if subprotocol:
        head.append(_line(b"sec-websocket-protocol", subprotocol.encode("latin-1")))
    head += [_line(name, value) for name, value in headers]
    head.append(b"\r\n")
    return b"".join(head)


def response(status: int, headers: Headers, body: bytes) -> bytes:
    """Return an answer of plain HTTP, after which the connection is closed.

    Raises:
        ValueError: A header cannot be sent.
    """
    try:
        phrase = HTTPStatus(status).phrase.encode()
    except ValueError:
        phrase = b""
    lines = [b"HTTP/1.1 %d %b\r\n" % (status, phrase)]
    given = {b"connection", b"content-length", b"transfer-encoding"}
    lines += [_line(name, value) for name, value in headers if name.lower() not in given]
    lines.append(b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body))
    return b"".join(lines) + body


def _refusal(status: int, why: bytes, headers: Headers = ()) -> Refusal:
    headers = [*headers, (b"content-type", b"text/plain; charset=utf-8")]
    return Refusal(response(status, headers, why))


def _is_key(key: bytes) -> bool:
    try:
        return len(binascii.a2b_base64(key, strict_mode=True)) == 16
    except ValueError:
        return False


def _line(name: bytes, value: bytes) -> bytes:
    line = b"%b: %b" % (name, value)
    if b"\r" in line or b"\n" in line or b"\0" in line:
        raise ValueError(f"a header with a line break in it: {name!r}")
    return line + b"\r\n"
