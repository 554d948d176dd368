"""Whatever a server makes of it: when a socket is closed, its views end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from wirebird import LiveView, LocalPubSub, Wirebird
from wirebird.testing import LiveClient

ALLOWED = (1000, *range(4000, 5000))


class Strict:
    """A server that refuses what it does not know, as daphne does, with an error of its own."""

    def __init__(self, app: Wirebird, refuses: Callable[[Message], bool]) -> None:
        self.app = app
        self.refuses = refuses
        self.codes: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def strictly(message: Message) -> None:
            if message["type"] == "websocket.close":
                self.codes.append(message["code"])
            if scope["type"] == "websocket" and self.refuses(message):
                raise Exception("the server does not like it")
            await send(message)

        await self.app(scope, receive, strictly)


def build() -> tuple[Wirebird, asyncio.Queue[str]]:
    ended: asyncio.Queue[str] = asyncio.Queue()

    class Subscribed(LiveView[Any]):
        html = "<p>hi</p>"

        async def mount(self) -> None:
            await self.socket.subscribe("topic")

        async def handle_info(self, message: str) -> None:
            self.socket.push_event("said")

        async def terminate(self, reason: str) -> None:
            if self.socket.connected:
                ended.put_nowait(reason)

    async def sign_in(request: Request) -> Response:
        request.session["live_socket_id"] = "user:1"
        return Response()

    app = Wirebird(secret_key="k" * 40, broker=LocalPubSub(), linger=0)
    app.live("/", Subscribed)
    app.add_route("/sign-in", sign_in, methods=["POST"])
    return app, ended


@pytest.mark.parametrize(
    "refuses",
    [
        lambda message: message["type"] == "websocket.close" and message["code"] not in ALLOWED,
        lambda message: message["type"] == "websocket.close",
    ],
    ids=["some codes", "every close"],
)
async def test_signing_out_ends_the_views_whatever_the_server_raises(refuses: Any):
    app, ended = build()
    server = Strict(app, refuses)
    async with LiveClient(server) as client:
        await client.post("/sign-in", {})
        await client.live("/")

        await app.disconnect("user:1")

        assert await asyncio.wait_for(ended.get(), 10) == "disconnected"
        assert not cast(LocalPubSub, app.pubsub).subscribers("topic")
    assert set(server.codes) <= set(ALLOWED)
    assert server.codes


async def test_a_server_that_raises_when_the_line_is_gone_ends_the_view_once():
    app, ended = build()
    gone = False
    server = Strict(app, lambda message: gone)
    async with LiveClient(server) as client:
        view = await client.live("/")
        gone = True
        await app.pubsub.broadcast("topic", "say")
        await view.disconnect()

        assert await asyncio.wait_for(ended.get(), 10) == "disconnected"
    assert ended.empty()
