"""What load balancers ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware

from wirebird import Wirebird
from wirebird.cluster.pubsub import LocalPubSub
from wirebird.live.store import Status


class Broken(LocalPubSub):
    status = Status(False, datetime.now(UTC) - timedelta(seconds=90), "redis.internal: no")


async def ask(app: Any, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


async def test_a_process_that_serves_is_alive_and_ready(make_app: Callable[..., Wirebird]):
    app = make_app()
    health, ready = await ask(app, "/_wirebird/health"), await ask(app, "/_wirebird/ready")
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    assert ready.status_code == 200
    assert ready.json()["status"] == "ok"
    assert ready.headers["cache-control"] == "no-store"


async def test_a_process_that_stops_is_alive_and_wants_no_visitors(
    make_app: Callable[..., Wirebird],
):
    app = make_app()
    await app.endpoint.drain()
    ready = await ask(app, "/_wirebird/ready")
    assert (ready.status_code, ready.json()) == (503, {"status": "stopping"})
    assert (await ask(app, "/_wirebird/health")).status_code == 200


async def test_a_broker_that_is_away_is_told_and_makes_nobody_unready(
    make_app: Callable[..., Wirebird],
):
    ready = await ask(make_app(broker=Broken()), "/_wirebird/ready")
    assert ready.status_code == 200
    assert ready.json()["status"] == "degraded"
    assert ready.json()["broker"].startswith("away for ")
    assert "internal" not in ready.text  # nobody learns what the machines are called


@pytest.mark.parametrize("path", ["/_wirebird/health", "/_wirebird/ready"])
async def test_both_are_there_when_the_application_is_mounted_or_attached(
    make_app: Callable[..., Wirebird], path: str
):
    outer = Starlette()
    outer.mount("/shop", make_app())
    assert (await ask(outer, f"/shop{path}")).status_code == 200
    host = Starlette()
    host.add_middleware(SessionMiddleware, secret_key="x" * 32)
    make_app().attach(host)
    assert (await ask(host, path)).status_code == 200
