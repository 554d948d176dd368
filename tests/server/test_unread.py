"""A client that never reads is not waited for."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.conftest import serving
from tests.runtime.line import PATIENCE, Page
from tests.server.clients import TEXT, frame, request
from wirebird import Limits, LiveView, Wirebird, event
from wirebird.runtime import connection, watch

LARGE = "x" * 32_000_000
"""More than the buffers of both ends take."""


def pouring(make_app: Callable[..., Wirebird]) -> tuple[Wirebird, threading.Event]:
    ended = threading.Event()

    class Pouring(LiveView[Any]):
        html = "<p>hi</p>"

        @event
        async def pour(self) -> None:
            self.socket.push_event("poured", {"much": LARGE})

        async def terminate(self, reason: str) -> None:
            if self.socket.connected:
                ended.set()

    app = make_app(layout=None, limits=Limits(unread_within=0.05))
    app.live("/", Pouring)
    return app, ended


def open_deaf(url: str) -> socket.socket:
    """Return a socket with a joined page, which has asked for much."""
    port = int(url.rpartition(":")[2])
    response = httpx.get(url)
    page = Page.parse(url + "/", response.text)
    cookie = "; ".join(f"{name}={value}" for name, value in response.cookies.items())
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    sock.settimeout(PATIENCE)
    sock.connect(("127.0.0.1", port))
    path = f"/live/websocket?vsn=2.0.0&_csrf_token={page.csrf}"
    sock.sendall(request(path, f"Cookie: {cookie}", "Origin: http://test"))
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += sock.recv(1)
    join = {"url": page.url, "session": page.session, "static": page.static, "params": {}}
    click = {"type": "click", "event": "pour", "value": {}}
    topic = f"lv:{page.id}"
    said = [("phx_join", join), ("event", click), ("event", click)]
    for ref, (name, payload) in enumerate(said, 1):
        sock.sendall(frame(TEXT, json.dumps(["1", str(ref), topic, name, payload]).encode()))
    return sock


@pytest.mark.parametrize("ws", ["wirebird.server:WebSocket", "websockets-sansio"])
async def test_a_client_that_never_reads_loses_its_view(
    make_app: Callable[..., Wirebird], monkeypatch: pytest.MonkeyPatch, ws: str
):
    monkeypatch.setattr(watch, "_CHECK_SECONDS", 0.02)
    monkeypatch.setattr(connection, "_CLOSE_PATIENCE", 0.05)
    app, ended = pouring(make_app)
    with serving(app, ws=ws) as url, closing(await asyncio.to_thread(open_deaf, url)) as sock:
        assert await asyncio.to_thread(ended.wait, PATIENCE)
        if ws.startswith("wirebird"):  # others cut a line only after pings without answers
            assert await asyncio.to_thread(until_cut, sock) < len(LARGE)


def until_cut(sock: socket.socket) -> int:
    """Read on; return how many bytes came before the line was cut."""
    size = 0
    try:
        while data := sock.recv(1_000_000):
            size += len(data)
    except ConnectionResetError:
        pass
    return size
