"""Answers leave as uvicorn would send them, in the turn of the loop in which they were read."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.server.clients import served
from tests.server.test_http import PROTOCOLS, head

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


async def answers(http: str, headers: list[tuple[bytes, bytes]], *requests: bytes) -> bytes:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    async with served(app, http=http) as server:
        client = await server.connect(b"".join(requests))
        return await client.rest()


@pytest.mark.parametrize("headers", HEADERS.values(), ids=list(HEADERS))
async def test_an_answer_is_the_one_that_uvicorn_sends(headers: list[tuple[bytes, bytes]]):
    requests = head(), head(), head("Connection: close")
    ours = await answers(PROTOCOLS["httptools"], headers, *requests)
    assert ours == await answers(UVICORN, headers, *requests)


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
