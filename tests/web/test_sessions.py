"""How long browsers keep a session."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from wirebird import UNTIL_CLOSED, Wirebird
from wirebird.testing import LiveClient


async def sign_in(request: Request) -> Response:
    request.session["user"] = 7
    if "remember" not in request.query_params:
        request.session[UNTIL_CLOSED] = True
    return PlainTextResponse("")


async def count(request: Request) -> Response:
    request.session["count"] = request.session.get("count", 0) + 1
    return PlainTextResponse(str(request.session["user"]))


async def cookies(path: str) -> list[str]:
    routes = [Route("/sign-in", sign_in), Route("/count", count)]
    app = Wirebird(secret_key="a key that is long enough to sign", routes=routes)
    async with LiveClient(app) as client:
        signed_in, counted = await client.get(path), await client.get("/count")
        assert counted.text == "7"
        return [signed_in.headers["set-cookie"], counted.headers["set-cookie"]]


async def test_a_session_is_kept_for_two_weeks():
    for cookie in await cookies("/sign-in?remember"):
        assert "max-age=1209600;" in cookie.lower()


async def test_a_session_that_says_so_is_forgotten_when_the_browser_is_closed():
    for cookie in await cookies("/sign-in"):
        assert "max-age" not in cookie.lower()
        assert "expires" not in cookie.lower()
