"""uvicorn's HttpToolsProtocol with the bounds of `http`.

A request is answered in the turn of the loop in which it was read, where the application can.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from wirebird.server.answer import Answer
from wirebird.server.forwarded import unwrapped
from wirebird.server.handshake import upgrade_of
from wirebird.server.http import HEAD_SIZE, HEADERS, HttpLine
from wirebird.server.websocket import WebSocket


class BoundedHttpTools(HttpLine, HttpToolsProtocol):
    """One connection, as HTTP."""

    _unread = 0  # bytes that have come since a request began, or some of its body came
    _chunk = 0  # how many are being read now
    _fed = 0  # since before a request's head began: it cannot be larger
    _progressed = False
    _too_large = False
    _head_ended = 0  # where in what is being read, if it is a handshake's

    # What was read and is to be answered; None while nothing is read.
    _asked: list[tuple[Answer, Callable[..., Awaitable[None]]]] | None = None

    def data_received(self, data: bytes) -> None:
        self._progressed = False
        self._chunk = len(data)
        self._fed += self._chunk
        asked = self._asked = []
        try:
            super().data_received(data)
        finally:
            self._asked = None
        for cycle, app in asked:
            self._answer(cycle, app)
        if self._head_ended:
            self._hand_over(data[self._head_ended :])
            self.parser = cast(Any, None)  # it and this would keep each other
            return
        if not self._progressed:
            self._unread += len(data)
            if self._unread > HEAD_SIZE and not self.transport.is_closing():
                self._refuse_head()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        cycle.__class__ = Answer
        if self._asked is None or self.config.reset_contextvars:
            super()._start_asgi_task(cycle, app)
        else:
            self._asked.append((cycle, app))

    def _answer(self, cycle: Answer, app: Callable[..., Awaitable[None]]) -> None:
        if sys.version_info < (3, 12):
            super()._start_asgi_task(cycle, cast(Any, app))
            return
        cycle.at_once = True
        work = cycle.run_asgi(unwrapped(app, cycle.scope))
        task = asyncio.Task(work, loop=self.loop, eager_start=True)
        if not task.done():
            cycle.release()
            task.add_done_callback(self.tasks.discard)
            self.tasks.add(task)

    def handle_websocket_upgrade(self) -> None:
        ended = cast(httptools.HttpParserUpgrade, sys.exception())
        self._head_ended = ended.args[0]
        if self.ws_protocol_class is not WebSocket:
            super().handle_websocket_upgrade()
        else:  # without writing the head anew, to read it once more
            self.connections.discard(self)
            websocket = WebSocket(self.config, self.server_state, self.app_state, self.loop)
            websocket.take_over(self.transport, self.client, self.server)
            websocket.open(upgrade_of(self.scope["method"].encode(), self.url, self.headers))
            self.transport.set_protocol(websocket)
        self._left()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._fed = self._chunk
        self._progress()
        if self not in self._lines.requests:
            self._lines.requests.add(self)

    def on_headers_complete(self) -> None:
        if len(self.headers) > HEADERS or self._head_is_large():
            self._too_large = True
            raise ValueError("the head of a request is too large")
        self._progress()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._progress()
        self._lines.requests.add(self)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._progress()
        self._lines.requests.discard(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._lines.requests.add(self)

    def send_400_response(self, msg: str) -> None:
        if self._too_large:
            self._refuse_head()
        else:
            super().send_400_response(msg)

    def _progress(self) -> None:
        self._progressed = True
        self._unread = 0

    def _head_is_large(self) -> bool:
        if self._fed <= HEAD_SIZE:
            return False
        lines = sum(len(name) + len(value) + 4 for name, value in self.headers)
        return len(self.url) + lines > HEAD_SIZE
