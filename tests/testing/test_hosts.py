"""The test client and the applications around Wirebird: their sessions, their ways with ASGI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends, FastAPI, HTTPException, Request
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wirebird import LiveView, Wirebird
from wirebird.testing import LiveClient, NotLive, Response, TimedOut


class WhoView(LiveView):
    html = "<p>{{ socket.session.get('who', 'nobody') }}</p>"


def in_fastapi(site: Wirebird) -> ASGIApp:
    host = FastAPI()
    host.add_middleware(SessionMiddleware, secret_key="the host's", session_cookie="host")
    host.mount("/live", site)
    return host


def without_middleware(site: Wirebird) -> ASGIApp:
    host = FastAPI()
    host.mount("/live", site)
    return host


def in_a_mount(site: Wirebird) -> ASGIApp:
    middleware = [Middleware(SessionMiddleware, "the mount's")]
    return Starlette(routes=[Mount("/live", site, middleware=middleware)])


def wrapped(site: Wirebird) -> ASGIApp:
    return SessionMiddleware(Starlette(routes=[Mount("/live", site)]), "the outermost")


@pytest.mark.parametrize("host", [in_fastapi, without_middleware, in_a_mount, wrapped])
async def test_a_visitor_comes_with_the_session_of_whoever_keeps_it(
    make_app: Callable[..., Wirebird], host: Callable[[Wirebird], ASGIApp]
):
    site = make_app()
    site.live("/", WhoView)
    app = host(site)
    async with LiveClient(app, session={"who": "Ada"}) as client:
        assert (await client.live("/live/")).text("p") == "Ada"
    async with LiveClient(app) as client:
        assert (await client.live("/live/")).text("p") == "nobody"


async def test_a_visitor_signs_in_as_the_host_has_it(make_app: Callable[..., Wirebird]):
    def current_user(request: Request) -> str:
        if "who" not in request.session:
            raise HTTPException(401)
        return request.session["who"]

    host = FastAPI()
    host.add_middleware(SessionMiddleware, secret_key="the host's")

    async def sign_in(request: Request) -> dict[str, str]:
        request.session["who"] = (await request.json())["name"]
        return {}

    async def me(who: str = Depends(current_user)) -> dict[str, str]:
        return {"who": who}

    host.add_api_route("/sign-in", sign_in, methods=["POST"])
    host.add_api_route("/me", me)
    site = make_app()
    site.live("/", WhoView)
    host.mount("/live", site)
    async with LiveClient(host) as client:
        assert (await client.get("/me")).status == 401
        assert (await client.post("/sign-in", json={"name": "Ada"})).status == 200
        assert (await client.get("/me")).text == '{"who":"Ada"}'
        assert (await client.live("/live/")).text("p") == "Ada"


async def as_sent(request: Request) -> JSONResponse:
    kind = request.headers.get("content-type")
    body = (await request.body()).decode()
    return JSONResponse([request.url.path, dict(request.query_params), kind, body])


async def test_requests_are_sent_as_a_browser_sends_them():
    app = Starlette(routes=[Route("/{path:path}", as_sent, methods=["GET", "POST"])])

    def shown(response: Response) -> list[Any]:
        return json.loads(response.text)

    async with LiveClient(app) as client:
        posted = await client.post("/a", json=[1, None])
        assert shown(posted) == ["/a", {}, "application/json", "[1, null]"]
        given = await client.post("/a", json={}, headers={"Content-Type": "text/x"})
        assert shown(given) == ["/a", {}, "text/x", "{}"]
        form = await client.post("/a", {"b": "c d"})
        assert shown(form) == ["/a", {}, "application/x-www-form-urlencoded", "b=c+d"]
        assert shown(await client.get("/straße 1?q=ä"))[:2] == ["/straße 1", {"q": "ä"}]
        with pytest.raises(TypeError, match="data= or json=, not both"):
            await client.post("/a", {"b": "c"}, json={})


async def gives_up(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as Django does: no lifespan, and nothing for a visitor who has gone."""
    if scope["type"] != "http":
        raise ValueError(f"only HTTP, not {scope['type']}")
    assert (await receive())["type"] == "http.request"
    gone = asyncio.ensure_future(receive())
    await asyncio.sleep(0)
    if gone.done():
        return
    start: Message = {"type": "http.response.start", "status": 200, "headers": []}
    await send(start)
    await send({"type": "http.response.body", "body": b"hel", "more_body": True})
    await asyncio.sleep(0)
    assert not gone.done()
    await send({"type": "http.response.body", "body": b"lo"})
    assert (await gone)["type"] == "http.disconnect"


async def test_a_visitor_waits_for_the_whole_answer(make_app: Callable[..., Wirebird]):
    async with LiveClient(gives_up) as client:
        assert (await client.get("/")).text == "hello"
    mounted = make_app(routes=[Mount("/", gives_up)])
    async with LiveClient(mounted) as client:
        assert (await client.get("/")).text == "hello"


async def test_an_answer_without_an_end_is_named():
    async def endless(request: Request) -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            while True:
                yield b"tick"
                await asyncio.sleep(0)

        return StreamingResponse(chunks())

    async with LiveClient(Starlette(routes=[Route("/ticks", endless)]), timeout=0.01) as client:
        with pytest.raises(TimedOut, match="the response to GET /ticks did not come within"):
            await client.get("/ticks")


async def test_an_application_that_cannot_start_is_an_error():
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(RuntimeError, match="did not start: no database"):
        async with LiveClient(broken):
            pass


async def test_a_layout_may_write_its_head_by_itself(
    make_app: Callable[..., Wirebird], tmp_path: Path
):
    root = tmp_path / "root.html"
    root.write_text(
        '<!DOCTYPE html><html><head><meta name="csrf-token" content="{{ csrf_token }}"></head>'
        "<body>{{ inner_content }}</body></html>"
    )
    (tmp_path / "bare.html").write_text("<body>{{ inner_content }}</body>")
    app = make_app(templates=[tmp_path], root_layout="root.html")
    app.live("/", WhoView)
    with app.live_session("bare", root_layout="bare.html") as bare:
        bare.live("/bare", WhoView)
    async with LiveClient(app) as client:
        assert (await client.live("/")).text("p") == "nobody"
        with pytest.raises(NotLive, match="no CSRF token in its <head>"):
            await client.live("/bare")
