"""Pages are compressed as the client takes it, and what is streamed goes on being streamed."""

from __future__ import annotations

import asyncio
import sys
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tests.web.pages import client
from wirebird import Compression
from wirebird.web.compression import best_encoding

LONG = "a page with many words " * 100


def an_app(response: Response) -> Starlette:
    async def answer(request: Request) -> Response:
        return response

    return Starlette(routes=[Route("/", answer)], middleware=[Middleware(Compression)])


async def test_a_page_is_compressed() -> None:
    response = Response(LONG, media_type="text/html", headers={"etag": '"1"'})
    async with client(an_app(response)) as http:
        got = await http.get("/", headers={"accept-encoding": "gzip"})
    assert got.text == LONG
    assert got.headers["content-encoding"] == "gzip"
    assert got.headers["vary"] == "Accept-Encoding"
    assert got.headers["etag"] == 'W/"1"'
    assert int(got.headers["content-length"]) < 200


@pytest.mark.parametrize(
    ("response", "accepted"),
    [
        (Response(LONG, media_type="text/html"), "identity"),
        (Response("short", media_type="text/html"), "gzip"),
        (Response(LONG, media_type="image/png"), "gzip"),
        (Response(LONG, 206, media_type="text/html"), "gzip"),
        (Response(LONG, media_type="text/html", headers={"content-encoding": "x"}), "gzip"),
        (Response(LONG, media_type="text/css", headers={"cache-control": "no-transform"}), "gzip"),
    ],
)
async def test_what_would_not_gain_or_must_not_change_is_sent_as_it_is(
    response: Response, accepted: str
) -> None:
    async with client(an_app(response)) as http:
        got = await http.get("/", headers={"accept-encoding": accepted})
    assert got.content == response.body
    assert got.headers["content-length"] == str(len(response.body))


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_each_page_is_whole_whatever_was_compressed_before(encoding: str) -> None:
    if encoding == "zstd" and sys.version_info < (3, 14):
        pytest.skip("this Python has no zstd")
    for words in ("the first page ", "the second " * 3000, "the first page "):
        page = words * 100
        async with client(an_app(Response(page, media_type="text/html"))) as http:
            request = http.build_request("GET", "/", headers={"accept-encoding": encoding})
            got = await http.send(request, stream=True)
            raw = b"".join([piece async for piece in got.aiter_raw()])
        assert decoder(encoding)(raw).decode() == page


async def test_what_else_a_page_varies_with_is_still_said() -> None:
    response = Response(LONG, media_type="text/html", headers={"vary": "Cookie"})
    async with client(an_app(response)) as http:
        got = await http.get("/", headers={"accept-encoding": "gzip"})
    assert got.headers["vary"] == "Cookie, Accept-Encoding"  # of two lines: as good as one


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_each_piece_of_a_stream_arrives_before_the_next_is_made(encoding: str) -> None:
    if encoding == "zstd" and sys.version_info < (3, 14):
        pytest.skip("this Python has no zstd")
    arrived: asyncio.Queue[bytes] = asyncio.Queue()
    goes_on = asyncio.Event()

    async def pieces() -> AsyncIterator[str]:
        yield "first "
        await goes_on.wait()
        yield "second"

    app = an_app(StreamingResponse(pieces(), media_type="text/event-stream"))
    headers = [(b"accept-encoding", encoding.encode())]
    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"",
        "headers": headers, "http_version": "1.1", "scheme": "http", "asgi": {"version": "3.0"},
    }  # fmt: skip

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            arrived.put_nowait(message["body"])

    serving = asyncio.create_task(app(scope, receive, send))
    read = decoder(encoding)
    assert read(await arrived.get()) == b"first "
    goes_on.set()
    assert read(await arrived.get()) == b"second"
    await serving


def decoder(encoding: str) -> Any:
    if encoding == "zstd":
        from compression import zstd  # type: ignore[import-not-found]

        return zstd.ZstdDecompressor().decompress
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress


@pytest.mark.parametrize(
    ("accepted", "best"),
    [
        ("gzip, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("identity", None),
        ("", None),
        ("gzip;q=nonsense", None),
        ("GZip ; Q=0.2", "gzip"),
    ],
)
def test_the_best_encoding_is_one_that_the_client_takes(accepted: str, best: str | None) -> None:
    assert best_encoding(accepted, ("br", "gzip")) == best
