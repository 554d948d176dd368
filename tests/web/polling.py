"""A client that polls, as the browser's does: the same frames as over a socket, by requests.

async with PollingLine(visitor, page) as line:
    reply = await line.join(page)
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from tests.runtime.line import BASE_URL, PATIENCE, Closed, Line, Page, Visitor

PATH = "/live/longpoll"


class Request:
    """One request, from which the client can go before it is answered."""

    def __init__(
        self,
        app: ASGIApp,
        method: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        pieces: list[bytes] | None = None,
        path: str = PATH,
        peer: str = "127.0.0.1",
    ) -> None:
        self._to_server: asyncio.Queue[Message] = asyncio.Queue()
        for index, piece in enumerate(pieces or [b""], 1):
            more = index < len(pieces or [b""])
            self._to_server.put_nowait({"type": "http.request", "body": piece, "more_body": more})
        self.status = 0
        self.headers: dict[str, str] = {}
        self._body = b""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "server": ("127.0.0.1", 4010),
            "client": (peer, 50000),
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": urlencode(query).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "state": {},
        }
        application: Any = app
        self._task = asyncio.create_task(application(scope, self._to_server.get, self._send))

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self._body += message.get("body", b"")

    def leave(self) -> None:
        """Go away before the answer has come."""
        self._to_server.put_nowait({"type": "http.disconnect"})

    async def answer(self) -> Any:
        """Wait for the answer, and read it."""
        await asyncio.wait_for(asyncio.shield(self._task), PATIENCE)
        return json.loads(self._body)


class PollingLine(Line):
    """One session, from its first poll to its end.

    Args:
        visitor: Whose cookies are sent.
        page: The page that polls.
        query, headers: What the first request says otherwise.
    """

    def __init__(
        self,
        visitor: Visitor,
        page: Page | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(visitor.app, PATH, {}, {})
        self.visitor = visitor
        self.query = {"_csrf_token": page.csrf if page else "", "vsn": "2.0.0", **(query or {})}
        self.headers = dict(headers or {})
        self.peer = "127.0.0.1"
        self.token = ""
        self.posts: asyncio.Queue[bytes] = asyncio.Queue()
        self.polling: asyncio.Task[None] | None = None
        self.posting: asyncio.Task[None] | None = None

    def request(self, method: str, pieces: list[bytes] | None = None, **query: str) -> Request:
        """Send a request of this session, and do not wait for its answer."""
        token = {"token": self.token} if self.token else {}
        headers = {
            "host": BASE_URL.partition("//")[2],
            "cookie": self.visitor.cookies(),
            **self.headers,
        }
        query = {**self.query, **token, **query}
        return Request(self.app, method, query, headers, pieces, peer=self.peer)

    async def begin(self) -> Any:
        """Begin a session, and return the answer."""
        answer = await self.request("GET").answer()
        self.token = answer.get("token", "")
        return answer

    async def poll(self) -> Any:
        """Poll once, and return the answer."""
        return await self.request("GET").answer()

    async def post(self, *frames: Any) -> Any:
        """Send frames, and return the answer."""
        return await self.request("POST", [b"\n".join(map(_written, frames))]).answer()

    async def open(self) -> Self:
        answer = await self.begin()
        if answer["status"] != 410:
            raise Closed(answer["status"])
        self.polling = asyncio.create_task(self._poll())
        self.posting = asyncio.create_task(self._post())
        return self

    async def _poll(self) -> None:
        while True:
            answer = await self.poll()
            if answer["status"] not in (200, 204):
                self._to_client.put_nowait({"type": "websocket.close", "code": answer["status"]})
                return
            for message in answer["messages"]:
                self._to_client.put_nowait({"type": "websocket.send", "text": message})

    async def _post(self) -> None:
        while True:
            batch = [await self.posts.get()]
            while not self.posts.empty():
                batch.append(self.posts.get_nowait())
            await self.request("POST", [b"\n".join(batch)]).answer()

    def send(self, frame: Any) -> None:
        self.posts.put_nowait(_written(frame))

    async def close(self) -> None:
        for task in (self.polling, self.posting):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


def _written(frame: Any) -> bytes:
    if isinstance(frame, bytes):
        return base64.b64encode(frame)
    return (frame if isinstance(frame, str) else json.dumps(frame)).encode()
