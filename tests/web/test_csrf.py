"""A page's CSRF token, and checking it in an application's own route."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from wirebird import LiveView, Wirebird, csrf_valid
from wirebird.testing import LiveClient


class LogOutView(LiveView):
    html = """<form id="out" action="/out" method="post">
        <input type="hidden" name="_csrf_token" value="{{ csrf_token }}"></form>"""


async def out(request: Request) -> Response:
    async with request.form() as form:
        valid = csrf_valid(request, form.get("_csrf_token"))
    return PlainTextResponse("out" if valid else "refused", 200 if valid else 403)


def an_app(make_app: Callable[..., Wirebird]) -> Wirebird:
    app = make_app(routes=[Route("/out", out, methods=["POST"])])
    app.live("/", LogOutView)
    return app


async def test_a_page_knows_its_token_before_and_after_it_joins(
    make_app: Callable[..., Wirebird],
) -> None:
    async with LiveClient(an_app(make_app)) as client:
        view = await client.live("/")
        token = view.element("input").attributes["value"]
        assert token
        assert f'value="{token}"' in view.dead_html
        response = await client.post("/out", data={"_csrf_token": token})
        assert response.text == "out"


async def test_a_token_of_another_session_is_refused(make_app: Callable[..., Wirebird]) -> None:
    app = an_app(make_app)
    async with LiveClient(app) as client, LiveClient(app) as stranger:
        view = await client.live("/")
        await stranger.live("/")
        token = view.element("input").attributes["value"]
        assert (await stranger.post("/out", data={"_csrf_token": token})).status == 403
