"""What HTTP-level tests share: a client without a server, and a small view."""

from __future__ import annotations

from typing import Any

import httpx
from starlette.types import ASGIApp

from wirebird import LiveView


def client(app: ASGIApp, base_url: str = "http://test", **options: Any) -> httpx.AsyncClient:
    """Return an HTTP client of an application; it follows no redirects by itself."""
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url=base_url, **options)


class HelloView(LiveView):
    html = "<h1>Hello {{ name }}</h1>"

    async def mount(self, name: str = "you") -> None:
        self.state.name = name
