"""Answers leave as uvicorn would send them, in the turn of the loop in which they were read."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any, cast

import pytest

from tests.server.clients import request, served
from tests.server.test_http import PROTOCOLS, head
from wirebird.server.bounded_httptools import BoundedHttpTools

UVICORN = "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol"

HEADERS: dict[str, list[tuple[bytes, bytes]]] = {
    "ordinary": [(b"content-length", b"2"), (b"vary", b"Cookie"), (b"vary", b"Accept-Encoding")],
    "capital letters": [(b"Content-Length", b"2"), (b"X-Frame-Options", b"DENY")],
    "cookies": [(b"content-length", b"2"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")],
    "of no length": [(b"content-type", b"text/plain")],
    "in chunks": [(b"transfer-encoding", b"chunked")],
    "closing": [(b"content-length", b"2"), (b"connection", b"close")],
    "long": [(b"content-length", b"2"), (b"x-long", b"a" * 5000)],
    "twice": [(b"content-length", b"2"), (b"content-length", b"2")],
    "too short": [(b"content-length", b"1")],
    "no number": [(b"content-length", b"\xb2")],
    "a line's end": [(b"content-length", b"2"), (b"x-a", b"b\r\nx-c: d")],
    "no name": [(b"content-length", b"2"), (b"x a", b"b")],
}


async def answers(
    http: Any,
    headers: list[tuple[bytes, bytes]],
    *requests: bytes,
    body: tuple[Any, ...] = (b"ok",),
) -> bytes:
    """Return all that is answered to requests; a number in a body is of turns to wait."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number, part in enumerate(body, 1):
            if isinstance(part, int):
                for _ in range(part):
                    await asyncio.sleep(0)
            else:
                more = number < len(body)
                await send({"type": "http.response.body", "body": part, "more_body": more})

    # With a log of its accesses, uvicorn itself writes the head.
    async with served(app, http=http, access_log=False) as server:
        client = await server.connect(b"".join(requests))
        return await client.rest()


@pytest.mark.parametrize("headers", HEADERS.values(), ids=list(HEADERS))
async def test_an_answer_is_the_one_that_uvicorn_sends(headers: list[tuple[bytes, bytes]]):
    requests = head(), head(), head("Connection: close")
    ours = await answers(PROTOCOLS["httptools"], headers, *requests)
    assert ours == await answers(UVICORN, headers, *requests)


BODIES: dict[str, tuple[Any, ...]] = {
    "whole": (b"ok",),
    "late": (3, b"ok"),
    "in pieces": (b"o", b"k"),
    "in pieces, the last one empty": (b"ok", b""),
    "in pieces, the last one late": (b"o", 3, b"k"),
    "too long": (b"okay",),
    "empty": (b"",),
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
async def test_however_its_body_comes(body: tuple[Any, ...], method: str):
    requests = [
        each.replace(b"GET", method.encode(), 1) for each in (head(), head("Connection: close"))
    ]
    headers = HEADERS["ordinary"]
    ours = await answers(PROTOCOLS["httptools"], headers, *requests, body=body)
    assert ours == await answers(UVICORN, headers, *requests, body=body)


class Writes:
    """A transport that remembers what it was to write."""

    def __init__(self, transport: Any, written: list[bytes]) -> None:
        self._transport = transport
        self._written = written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._written.append(data)
        self._transport.write(data)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="tasks cannot begin at once")
@pytest.mark.parametrize(
    ("body", "writes"), [((b"ok",), 1), ((3, b"ok"), 2)], ids=["at once", "late"]
)
async def test_a_head_is_written_with_its_body_or_without_waiting_for_it(
    body: tuple[Any, ...], writes: int
):
    written: list[bytes] = []

    class Remembered(BoundedHttpTools):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(cast(Any, Writes(transport, written)))

    await answers(Remembered, HEADERS["ordinary"], head(), head("Connection: close"), body=body)
    assert len(written) == writes + 2  # the last answer, which closes the line, is uvicorn's own
    assert b"".join(written).count(b"\r\n\r\nok") == 2


@pytest.mark.parametrize(
    ("told", "client"),
    [((), "127.0.0.1"), (("X-Forwarded-For: 8.8.4.4", "X-Forwarded-Proto: https"), "8.8.4.4")],
    ids=["says nothing", "names its client"],
)
@pytest.mark.parametrize(
    "asked", [head, lambda *lines: request("/", *lines)], ids=["page", "socket"]
)
async def test_a_trusted_proxy(asked: Callable[..., bytes], told: tuple[str, ...], client: str):
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["client"][0], scope["scheme"] in ("https", "wss"), scope["server"][1]))

    async with served(app, http=PROTOCOLS["httptools"], forwarded_allow_ips="127.0.0.1") as server:
        line = await server.connect(asked(*told))
        await line.rest()
        assert seen == [(client, bool(told), server.port)]


async def test_a_request_of_old_is_answered_and_its_line_closed():
    asked = b"GET / HTTP/1.0\r\n\r\n"
    headers = HEADERS["ordinary"]
    ours = await answers(PROTOCOLS["httptools"], headers, asked)
    assert ours == await answers(UVICORN, headers, asked)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="tasks cannot begin at once")
async def test_what_needs_no_waiting_is_answered_before_anything_else_happens():
    states: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        states.append(len(server.state.tasks))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async with served(app, http=PROTOCOLS["httptools"]) as server:
        client = await server.connect(head("Connection: close"))
        assert (await client.rest()).startswith(b"HTTP/1.1 204 No Content")
    assert states == [0]
