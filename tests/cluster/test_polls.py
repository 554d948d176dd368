"""Pages that poll, behind whatever shares their requests out among processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.blocking import before
from tests.browser.pages import is_same_document, mark, visit
from tests.cli.running import KEY, running
from tests.web.test_poll_relay import balancer, use
from wirebird import Wirebird
from wirebird.cluster.redis_pubsub import RedisPubSub

APP = """
from dataclasses import dataclass

from wirebird import LiveView, Wirebird, event


@dataclass
class Count:
    count: int = 0


class Counter(LiveView[Count]):
    html = '<button phx-click="more">{{ count }}</button>'

    @event
    async def more(self) -> None:
        self.state.count += 1


app = Wirebird(client_options={"longPollFallbackMs": 500})
app.live("/", Counter)
"""


async def test_redis_carries_polls(make_app: Callable[..., Wirebird], redis_url: str):
    pubsubs = [RedisPubSub(redis_url), RedisPubSub(redis_url)]
    for pubsub in pubsubs:
        await pubsub.start()
    try:
        await use(balancer(make_app, pubsubs))
    finally:
        for pubsub in pubsubs:
            await pubsub.stop()


async def test_a_page_polls_two_servers_as_if_they_were_one(
    page: Page, tmp_path: Path, redis_url: str
):
    (tmp_path / "counting.py").write_text(APP)
    settings = {"WIREBIRD_SECRET_KEY": KEY, "WIREBIRD_BROKER": redis_url}
    async with (
        running(tmp_path, "counting", env=settings) as one,
        running(tmp_path, "counting", env=settings) as other,
        before(one.port, other.port) as proxy,
    ):
        await visit(page, proxy.url)
        await mark(page)
        for count in range(10):
            await expect(page.locator("button")).to_have_text(str(count))
            await page.click("button")
        await expect(page.locator("button")).to_have_text("10")
        assert await is_same_document(page)
