"""The session in a signed cookie, for requests to which nobody outside gave a session.

The rule: the cookie is the one of Starlette's `SessionMiddleware`, so either reads what the other
wrote. It is read once a request, and written only when the session has changed.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import msgspec
from starlette.middleware.sessions import Session
from starlette.routing import Match, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wirebird.wire.signing import SignatureInvalid, TimedSigner, age_of, session_keys

MAX_AGE_SECONDS = 14 * 24 * 3600

UNTIL_CLOSED = "wirebird_until_closed"
"""The key with which a session says that browsers forget it when they are closed."""

RawHeaders = Iterable[tuple[bytes, bytes]]


class SessionCookie:
    """Reads and writes the session's cookie.

    Args:
        keys: The secret keys; the first signs.
        name: The cookie's name.
        https_only: Whether it is for HTTPS only, whatever the request came by.
    """

    def __init__(self, keys: Sequence[str], name: str, https_only: bool) -> None:
        self._signer = TimedSigner(session_keys(keys), "sha1")
        # A page, its socket and the next pages bring the same one.
        self._opened = lru_cache(maxsize=512)(self._open)
        self._name = name.encode()
        self._https_only = https_only

    def read(self, headers: RawHeaders) -> Session:
        """Return the session of a request: empty when it has none that holds."""
        for name, value in headers:
            if name == b"cookie" and self._name in value:
                for part in value.split(b";"):
                    key, _, token = part.strip().partition(b"=")
                    if key == self._name:
                        return self._session_of(token)
        return Session()

    def _session_of(self, token: bytes) -> Session:
        try:
            data, signed_at = self._opened(token)
            if age_of(signed_at) > MAX_AGE_SECONDS:
                return Session()
        except SignatureInvalid:
            return Session()
        try:
            return Session(msgspec.json.decode(data))
        except msgspec.MsgspecError:  # NaN, which Python writes as JSON
            return Session(json.loads(data))

    def _open(self, token: bytes) -> tuple[bytes, int]:
        body, signed_at = self._signer.signed(token)
        return binascii.a2b_base64(body), signed_at

    def around(self, scope: Scope, send: Send) -> Send:
        """Read the session into a request's scope; what is sent by the result writes it."""
        session = scope["session"] = self.read(scope["headers"])
        return self.written_by(send, session, scope)

    def written_by(self, send: Send, session: Session, scope: Scope) -> Send:
        """Return what sends an answer with the session that it was made with."""

        async def send_with_session(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = self.headers_after(session, scope)
                if more:
                    message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        return send_with_session

    def headers_after(self, session: Session, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Return what an answer says of the session that it was made with."""
        headers = [(b"vary", b"Cookie")] if session.accessed else []
        if session.modified:
            headers.append((b"set-cookie", self._written(session, scope).encode("latin-1")))
        return headers

    def _written(self, session: Session, scope: Scope) -> str:
        flags = "httponly; samesite=lax"
        if self._https_only or scope["scheme"] == "https":
            flags += "; secure"
        name = self._name.decode()
        if not session:
            return f"{name}=null; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; {flags}"
        body = binascii.b2a_base64(json.dumps(session).encode(), newline=False)
        token = self._signer.sign(body).decode()
        if not session.get(UNTIL_CLOSED):
            flags = f"Max-Age={MAX_AGE_SECONDS}; {flags}"
        return f"{name}={token}; path=/; {flags}"


class Sessions:
    """Gives requests their session, and the socket its own without any layer between.

    Args:
        app: What is within.
        cookie: Returns the session's cookie.
        socket: The route of the socket: each layer around it would last as long as it does.
    """

    def __init__(
        self, app: ASGIApp, cookie: Callable[[], SessionCookie], socket: WebSocketRoute
    ) -> None:
        self.app = app
        self.cookie = cookie
        self.socket = socket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if "session" not in scope:
                scope["session"] = self.cookie().read(scope["headers"])
            found = self.socket.matches(scope)[0] is Match.FULL
            await (self.socket.endpoint if found else self.app)(scope, receive, send)
        elif scope["type"] == "lifespan" or "session" in scope:
            await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, self.cookie().around(scope, send))
