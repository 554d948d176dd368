"""A visitor without a browser: cookies, pages, and frames over an ASGI socket in memory.

The rule: it speaks the protocol as it is told, well or badly, and hides nothing that comes back.

    visitor = Visitor(app)
    page = await visitor.page("/counter")
    async with visitor.line(page) as line:
        reply = await line.join(page)
        reply = await line.event(page, "increment", {"by": 1})
"""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx
from starlette.types import ASGIApp

from wirebird.web.application import IN_MEMORY

BASE_URL = "http://127.0.0.1:4010"
PATIENCE = 10.0
"""How long to wait for what should come at once, in seconds; only a test that fails waits."""

_CONTAINER = re.compile(
    r'id="(?P<id>[^"]+)" data-phx-main[^>]*? data-phx-session="(?P<session>[^"]+)"'
    r' data-phx-static="(?P<static>[^"]*)"'
)
_CSRF = re.compile(r'name="csrf-token" content="([^"]*)"')


class Closed(Exception):
    """The server closed the socket."""

    def __init__(self, code: int | None, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Page:
    """What a page that was loaded knows, with which it joins."""

    url: str
    html: str
    id: str
    session: str
    static: str
    csrf: str

    @property
    def topic(self) -> str:
        return f"lv:{self.id}"

    @classmethod
    def parse(cls, url: str, text: str) -> Page:
        found = _CONTAINER.search(text)
        csrf = _CSRF.search(text)
        assert found is not None, text
        return cls(url, text, **found.groupdict(), csrf=csrf[1] if csrf else "")

    @property
    def text(self) -> str:
        """The page without its head and its tags."""
        body = self.html.partition("<body>")[2]
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


class Visitor:
    """One browser's cookies."""

    def __init__(self, app: ASGIApp, base_url: str = BASE_URL) -> None:
        self.app = app
        self.base_url = base_url
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False), base_url=base_url
        )

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def page(self, path: str) -> Page:
        response = await self.get(path)
        assert response.status_code == 200, (response.status_code, response.text)
        return Page.parse(self.base_url + path, response.text)

    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies.jar)

    def line(
        self,
        page: Page | None = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        path: str = "/live/websocket",
    ) -> Line:
        """Return a socket to be opened, as the page would; `query` and `headers` replace all."""
        if query is None:
            query = {"_csrf_token": page.csrf if page else "", "vsn": "2.0.0"}
        if headers is None:
            headers = {"cookie": self.cookies(), "origin": self.base_url}
        return Line(self.app, path, query, {"host": self.base_url.partition("//")[2], **headers})


class Line:
    """One socket, from its handshake to its end."""

    def __init__(
        self, app: ASGIApp, path: str, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> None:
        self.app = app
        self.scope: dict[str, Any] = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "server": ("127.0.0.1", 4010),
            "client": ("127.0.0.1", 50000),
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": "&".join(f"{k}={quote(v)}" for k, v in query.items()).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "subprotocols": [],
            "state": {},
            "extensions": {IN_MEMORY: {}},
        }
        self.accepted = False
        self.closed: Closed | None = None
        self.refs = count(1)
        self.joins: dict[str, str] = {}
        self.task: asyncio.Task[None] | None = None
        self._to_server: asyncio.Queue[Any] = asyncio.Queue()
        self._to_client: asyncio.Queue[Any] = asyncio.Queue()
        self._reading = asyncio.Event()
        self._reading.set()
        self._kept: list[list[Any]] = []

    # The server's side

    async def _receive(self) -> Any:
        return await self._to_server.get()

    async def _send(self, message: Any) -> None:
        await self._reading.wait()
        if self.closed is not None:
            raise OSError("the client is gone")
        if message["type"] == "websocket.accept":
            self.accepted = True
        elif message["type"] == "websocket.close":
            self.closed = Closed(message.get("code"), message.get("reason") or "")
        self._to_client.put_nowait(message)

    # The client's side

    async def open(self) -> Line:
        """Shake hands. Raises `Closed` when the server refuses."""
        self._to_server.put_nowait({"type": "websocket.connect"})
        application: Any = self.app
        self.task = asyncio.create_task(application(self.scope, self._receive, self._send))
        message = await self._next()
        assert message["type"] == "websocket.accept", message
        return self

    async def __aenter__(self) -> Line:
        return await self.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self, code: int = 1000) -> None:
        """Go away, and wait until the server has ended everything."""
        self.closed = self.closed or Closed(1000)
        self._reading.set()
        self._to_server.put_nowait({"type": "websocket.disconnect", "code": code})
        if self.task is not None:
            await asyncio.wait_for(asyncio.shield(self.task), PATIENCE)

    @contextmanager
    def not_reading(self) -> Iterator[None]:
        """While the block runs, the client takes nothing: the server's sends do not return."""
        self._reading.clear()
        try:
            yield
        finally:
            self._reading.set()

    def send(self, frame: Any) -> None:
        """Send a frame as JSON, or a string or bytes as they are."""
        if isinstance(frame, bytes):
            message = {"type": "websocket.receive", "bytes": frame}
        else:
            text = frame if isinstance(frame, str) else json.dumps(frame)
            message = {"type": "websocket.receive", "text": text}
        self._to_server.put_nowait(message)

    async def _next(self) -> Any:
        message = await asyncio.wait_for(self._to_client.get(), PATIENCE)
        if message["type"] == "websocket.close":
            raise Closed(message.get("code"), message.get("reason") or "")
        return message

    async def receive(self) -> list[Any]:
        """Return the next frame. Raises `Closed` when the server has closed the socket."""
        if self._kept:
            return self._kept.pop(0)
        return json.loads((await self._next())["text"])

    async def until_closed(self) -> Closed:
        """Wait until the server closes the socket, whatever else it sends."""
        while True:
            try:
                await self.receive()
            except Closed as closed:
                return closed

    async def reply(self, ref: str) -> Any:
        """Wait for the answer to a frame; other frames are kept for `receive`."""
        for index, frame in enumerate(self._kept):
            if frame[3] == "phx_reply" and frame[1] == ref:
                return self._kept.pop(index)[4]
        while True:
            frame = json.loads((await self._next())["text"])
            if frame[3] == "phx_reply" and frame[1] == ref:
                return frame[4]
            self._kept.append(frame)

    async def join(self, page: Page, *, topic: str | None = None, **payload: Any) -> Any:
        """Join a page's view and return the answer; `payload` changes it, None removes."""
        return await self.reply(self.begin_join(page, topic=topic, **payload))

    def begin_join(self, page: Page, *, topic: str | None = None, **payload: Any) -> str:
        ref = str(next(self.refs))
        topic = topic or page.topic
        body = {
            "url": page.url,
            "params": {"_csrf_token": page.csrf, "_mounts": 0},
            "session": page.session,
            "static": page.static,
            **payload,
        }
        self.joins[topic] = ref
        self.send([ref, ref, topic, "phx_join", {k: v for k, v in body.items() if v is not None}])
        return ref

    def push(self, topic: str, event: str, payload: Any) -> str:
        """Send a frame to a joined topic and return its ref."""
        ref = str(next(self.refs))
        self.send([self.joins.get(topic), ref, topic, event, payload])
        return ref

    def begin_event(self, page: Page, name: str, value: Any = None) -> str:
        payload = {"type": "click", "event": name, "value": {} if value is None else value}
        return self.push(page.topic, "event", payload)

    async def event(self, page: Page, name: str, value: Any = None) -> Any:
        """Send an event and return the response."""
        reply = await self.reply(self.begin_event(page, name, value))
        assert reply["status"] == "ok", reply
        return reply["response"]

    async def leave(self, page: Page) -> Any:
        return await self.reply(self.push(page.topic, "phx_leave", {}))

    async def alive(self) -> bool:
        """Tell whether the server answers a heartbeat."""
        ref = str(next(self.refs))
        self.send([None, ref, "phoenix", "heartbeat", {}])
        return await self.reply(ref) == {"status": "ok", "response": {}}
