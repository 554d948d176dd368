"""An ASGI application called in memory: requests, one WebSocket, its lifespan.

The rule: the application sees what a server would show it, and needs no port.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message, Scope

from wirebird.web.application import IN_MEMORY

_ASGI = {"version": "3.0", "spec_version": "2.4"}


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a request.

    Attributes:
        status: The HTTP status.
        headers: Headers by lower-case name, the last one of a name.
        body: The body.
        url: The URL that was asked for.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


class Cookies(dict[str, str]):
    """The cookies of one visitor, by name."""

    def header(self) -> str:
        """Return the value of a Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.items())

    def take(self, header: str) -> None:
        """Follow a Set-Cookie header, as a browser reads it, whatever its name and attributes."""
        (name, value), *rest = (_pair(part) for part in header.split(";"))
        attributes = {attribute.lower(): said for attribute, said in rest}
        if _expired(attributes.get("max-age", ""), attributes.get("expires", "")):
            self.pop(name, None)
        else:
            self[name] = value


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _expired(max_age: str, expires: str) -> bool:
    with contextlib.suppress(ValueError):
        return int(max_age) <= 0
    with contextlib.suppress(ValueError, TypeError):
        return bool(expires) and parsedate_to_datetime(expires).timestamp() <= time.time()
    return False


class Asgi:
    """Calls an application as one visitor.

    Args:
        app: The application.
        base_url: Scheme and host of all requests.
        root_path: The prefix under which the application is mounted.
        headers: Headers of all requests.
        cookies: The visitor's cookies, which responses change.
    """

    def __init__(
        self,
        app: ASGIApp,
        base_url: str,
        root_path: str,
        headers: Mapping[str, str],
        cookies: Cookies,
    ) -> None:
        parts = urlsplit(base_url)
        self.app = app
        self.base_url = f"{parts.scheme}://{parts.netloc}"
        self.root_path = root_path
        self.headers = {"user-agent": "wirebird.testing", **headers}
        self.cookies = cookies
        self.state: dict[str, Any] = {}
        self._scheme = parts.scheme
        self._host = parts.netloc
        self._server = (parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80))

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Response:
        """Send a request and return the whole response.

        Raises:
            Exception: What the application raises.
        """
        scope = self._scope("http", self._scheme, url, headers)
        scope["method"] = method
        requests: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        started: Message = {"status": 500, "headers": []}
        chunks: list[bytes] = []
        ended = asyncio.Event()

        async def receive() -> Message:
            if requests:
                return requests.pop()
            await ended.wait()  # some applications give a request up when its visitor is gone
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))
                if not message.get("more_body", False):
                    ended.set()

        await self.app(scope, receive, send)
        answered: dict[str, str] = {}
        for raw_name, raw_value in started.get("headers", []):
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            answered[name] = value
            if name == "set-cookie":
                self.cookies.take(value)
        return Response(started["status"], answered, b"".join(chunks), self.base_url + url)

    def websocket(
        self, url: str, on_text: Callable[[str], None], on_close: Callable[[str], None]
    ) -> WebSocket:
        """Return a WebSocket, to be opened.

        Args:
            url: Path and query.
            on_text: Called with each text frame from the application, while it sends.
            on_close: Called with the reason when the application closes it.
        """
        scheme = "wss" if self._scheme == "https" else "ws"
        scope = self._scope("websocket", scheme, url, {"origin": self.base_url})
        scope["subprotocols"] = []
        return WebSocket(self.app, scope, on_text, on_close)

    def _scope(self, kind: str, scheme: str, url: str, headers: Mapping[str, str]) -> Scope:
        path, _, query = url.partition("#")[0].partition("?")
        sent = {"host": self._host, **self.headers, **headers}
        if self.cookies:
            sent["cookie"] = self.cookies.header()
        return {
            "type": kind,
            "asgi": _ASGI,
            "http_version": "1.1",
            "scheme": scheme,
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": self.root_path,
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1"))
                for name, value in sent.items()
            ],
            "client": ("127.0.0.1", 50000),
            "server": self._server,
            "state": dict(self.state),
            "extensions": {IN_MEMORY: {}},
        }


class WebSocket:
    """One WebSocket, from the client's side."""

    def __init__(
        self,
        app: ASGIApp,
        scope: Scope,
        on_text: Callable[[str], None],
        on_close: Callable[[str], None],
    ) -> None:
        self._app = app
        self._scope = scope
        self._on_text = on_text
        self._on_close = on_close
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._accepted = asyncio.Event()
        self.close_code: int | None = None
        self.close_reason = ""

    async def open(self) -> bool:
        """Open it; return whether the application accepted.

        Raises:
            Exception: What the application raised at the handshake.
        """
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(self._run())
        accepted = asyncio.create_task(self._accepted.wait())
        await asyncio.wait([self._task, accepted], return_when=asyncio.FIRST_COMPLETED)
        accepted.cancel()
        if not self._accepted.is_set():
            await self.close()
        return self._accepted.is_set()

    def send(self, data: str | bytes) -> None:
        """Send a frame."""
        kind = "text" if isinstance(data, str) else "bytes"
        self._to_app.put_nowait({"type": "websocket.receive", kind: data})

    async def close(self, code: int = 1000) -> None:
        """Close it, and wait for the application to take note."""
        if self._task is not None:
            self._to_app.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
            task, self._task = self._task, None
            await task

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._to_app.get, self._send)
        finally:
            self._on_close(f"{self.close_code or 'the application returned'} {self.close_reason}")

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "websocket.accept":
            self._accepted.set()
        elif kind == "websocket.close":
            self.close_code = message.get("code", 1000)
            self.close_reason = message.get("reason") or ""
            # What a server hands to an application that goes on to read.
            self._to_app.put_nowait({"type": "websocket.disconnect", "code": self.close_code})
        elif kind == "websocket.send":
            data: Any = message.get("text")
            self._on_text(message["bytes"].decode() if data is None else data)


class Lifespan:
    """Starts and stops an application, if it has something to start.

    Args:
        app: The application.
        state: What the application keeps for its requests.
    """

    def __init__(self, app: ASGIApp, state: dict[str, Any]) -> None:
        self._app = app
        self._state = state
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._started = asyncio.Event()
        self._answered = False
        self._failure: str | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the application; one that raises before it answers knows of no lifespan.

        Raises:
            Exception: What it raised as it started.
            RuntimeError: It says that it could not start.
        """
        self._task = asyncio.create_task(self._run())
        self._to_app.put_nowait({"type": "lifespan.startup"})
        await self._started.wait()
        if self._failure is not None:
            await self._task
            raise RuntimeError(f"the application did not start: {self._failure}")
        if not self._answered:
            task, self._task = self._task, None
            with contextlib.suppress(Exception):
                await task
            self._state.clear()

    async def stop(self) -> None:
        """Stop the application.

        Raises:
            Exception: What it raised as it stopped.
        """
        if self._task is not None:
            self._to_app.put_nowait({"type": "lifespan.shutdown"})
            await self._task

    async def _run(self) -> None:
        scope: Scope = {"type": "lifespan", "asgi": _ASGI, "state": self._state}
        try:
            await self._app(scope, self._to_app.get, self._answer)
        finally:
            self._started.set()

    async def _answer(self, message: Message) -> None:
        self._answered = True
        if message["type"] == "lifespan.startup.failed":
            self._failure = message.get("message", "")
        if message["type"].startswith("lifespan.startup"):
            self._started.set()
