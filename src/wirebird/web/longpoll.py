"""Long polling, for clients whose proxy lets no WebSocket through: what is asked and answered.

The rule: who may begin a session is decided as for a WebSocket, and every later request must come
from the visitor who began it. What becomes of it is the session's.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from functools import cached_property

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wirebird.server.settings import PER_PEER
from wirebird.web.application import Application
from wirebird.web.dead_render import connect_info, visitor_in
from wirebird.web.poll_relay import PollRelay, RemoteSession
from wirebird.web.polled import LongPollTransport, Polled, Sessions
from wirebird.web.websocket import parameter, refusal_of
from wirebird.wire import longpoll
from wirebird.wire.frames import FrameError
from wirebird.wire.longpoll import Batch
from wirebird.wire.tokens import TokenError

logger = logging.getLogger("wirebird.web")

_SALT = "longpoll"


class LongPollEndpoint:
    """Answers polls, and passes what is posted to its session."""

    def __init__(self, app: Application) -> None:
        self.app = app
        self._sessions = Sessions()

    @cached_property
    def _relay(self) -> PollRelay:
        # Made at the first request: processes that were forked before have one each.
        return PollRelay(self.app.pubsub, self._sessions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query: str = scope["query_string"].decode("latin-1")
        token = parameter(query, "token")
        session = self._session_of(scope, token)
        if scope["method"] not in ("GET", "POST"):
            response = Response(status_code=405, headers={"allow": "GET, POST"})
        elif scope["method"] == "GET" and not token:
            response = await self._begin(scope, query)
        elif session is None:
            response = _response(longpoll.GONE)
        elif scope["method"] == "GET":
            return await self._poll(session, token, scope, receive, send)
        else:
            response = await self._take(session, Request(scope, receive))
        await response(scope, receive, send)

    def _session_of(self, scope: Scope, token: str) -> Polled | None:
        endpoint = self.app.endpoint
        try:
            named = endpoint.signer.verify(token, _SALT, endpoint.limits.token_age)
        except TokenError:
            return None
        key, place, visitor = named["key"], named["place"], visitor_in(scope)
        if place == self._relay.name:
            return self._sessions.find(key, visitor, posts=scope["method"] == "POST")
        if self._relay.reaches:
            return RemoteSession(self._relay, place, key, visitor)
        logger.warning(
            "a poll came whose session another process has, or had before it was started anew;"
            " several workers reach each other's sessions through a broker: Wirebird(broker=...)"
        )
        return None

    async def _begin(self, scope: Scope, query: str) -> Response:
        info = connect_info(scope, "longpoll")
        refusal = refusal_of(self.app, query, info.headers)
        if refusal is None and self._sessions.too_many(info.peer):
            refusal = f"it has as many sessions as it may have; {PER_PEER} sets the limit"
        if refusal is not None:
            logger.warning("refused a long poll from %s: %s", info.peer, refusal)
            return _response(longpoll.FORBIDDEN)
        transport = LongPollTransport()
        csrf_token = parameter(query, "_csrf_token")
        connection = self.app.connect(transport, scope, csrf_token, info)
        await connection.listen()
        await self._relay.listen()
        key = secrets.token_urlsafe(16)
        self._sessions.begin(key, connection, transport)
        named = {"key": key, "place": self._relay.name}
        return _response(longpoll.GONE, self.app.endpoint.signer.sign(named, _SALT), [])

    async def _poll(
        self, session: Polled, token: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        left = asyncio.ensure_future(_until_left(receive))
        try:
            status, messages = await session.poll(left)
            if status == longpoll.GONE:
                response = _response(status)
            else:
                response = _response(status, token, messages)
            await response(scope, receive, send)
        finally:
            left.cancel()
            session.answered()

    async def _take(self, session: Polled, request: Request) -> Response:
        batch = Batch(self.app.limits.frame_size)
        status = longpoll.OK
        try:
            async for data in request.stream():
                frames = list(batch.feed(data) if data else batch.end())
                if frames:
                    status = await session.take(frames)
                if status != longpoll.OK:
                    break
        except FrameError as error:
            logger.warning("%r: closed: %s", session, error)
            session.lose()
            status = longpoll.MALFORMED
        except ClientDisconnect:
            status = longpoll.GONE
        return _response(status)


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _response(status: int, token: str | None = None, messages: list[str] | None = None) -> Response:
    return Response(
        longpoll.answer(status, token, messages),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )
