"""A page's CSRF token, and checking it in an application's own route."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from wirebird import LiveView, Wirebird, csrf_valid
from wirebird.testing import LiveClient
from wirebird.web.csrf import CSRF_KEY


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


@pytest.mark.parametrize("key", ["_csrf_token", CSRF_KEY])
@pytest.mark.parametrize("foreign", ["of another library", "", 7, None, ["x"], "é" * 32])
async def test_what_others_keep_in_the_session_harms_no_page(
    make_app: Callable[..., Wirebird], key: str, foreign: Any
) -> None:
    async def fill(request: Request) -> Response:
        request.session[key] = foreign
        return PlainTextResponse("filled")

    async def show(request: Request) -> Response:
        return JSONResponse(request.session.get("_csrf_token"))

    app = make_app(routes=[Route("/fill", fill), Route("/show", show)])
    app.live("/", LogOutView)
    async with LiveClient(app) as client:
        await client.get("/fill")
        view = await client.live("/")
        assert view.element("input").attributes["value"]
        if key == "_csrf_token":  # not ours to change
            assert json.loads((await client.get("/show")).text) == foreign
