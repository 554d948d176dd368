"""What load balancers ask: whether a process lives, and whether to send it visitors.

The rule: what all processes share makes none of them unready when it is away. Visitors would lose
the last ones that answer, and pages go on without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from wirebird.live.store import Status
from wirebird.runtime.endpoint import Endpoint

Services = Callable[[], Mapping[str, Status]]


def health_routes(prefix: str, endpoint: Callable[[], Endpoint], services: Services) -> list[Route]:
    """Return the routes `health` and `ready`.

    Args:
        prefix: Where they are.
        endpoint: Returns what the connections share.
        services: Returns how what processes share is, by name.
    """

    async def health(request: Request) -> JSONResponse:
        return _answer({"status": "ok"})

    async def ready(request: Request) -> JSONResponse:
        if endpoint().is_stopping:
            return _answer({"status": "stopping"}, 503)
        states = {name: _told(status) for name, status in services().items()}
        degraded = any(status != "ok" for status in states.values())
        return _answer({"status": "degraded" if degraded else "ok", **states})

    return [Route(f"{prefix}/health", health), Route(f"{prefix}/ready", ready)]


def _told(status: Status) -> str:
    """Return what everybody may know of a service: no names, no addresses."""
    if status.ok:
        return "ok"
    if status.since is None:
        return "away"
    seconds = (datetime.now(UTC) - status.since.astimezone(UTC)).total_seconds()
    return f"away for {max(seconds, 0):.0f} s"


def _answer(content: dict[str, Any], status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, {"cache-control": "no-store"})
