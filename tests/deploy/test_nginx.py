"""Pages through nginx, as `deploy/nginx.conf` sets it up, before two processes."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import visit
from tests.cli.running import KEY, running
from tests.deploy.nginx import nginx

pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx: scripts/servers")

APP = """
import os
from dataclasses import dataclass

from wirebird import LiveView, Wirebird, event


@dataclass
class Counter:
    count: int = 0
    process: int = 0


class CounterView(LiveView[Counter]):
    html = '''
    <button phx-click="add">add</button>
    <output id="count">{{ count }}</output>
    <output id="process">{{ process }}</output>
    '''

    async def mount(self) -> None:
        self.state.process = os.getpid()

    @event
    async def add(self) -> None:
        self.state.count += 1


app = Wirebird()
app.live("/", CounterView)
"""


async def test_a_page_finds_another_process_when_its_own_is_stopped(page: Page, tmp_path: Path):
    (tmp_path / "counter.py").write_text(APP)
    env = {"WIREBIRD_SECRET_KEY": KEY}
    async with (
        running(tmp_path, "counter:app", env=env) as first,
        running(tmp_path, "counter:app", env=env) as second,
    ):
        with nginx(tmp_path / "nginx", [first.url, second.url]) as url:
            await visit(page, url)
            await page.click("button")
            await expect(page.locator("#count")).to_have_text("1")
            processes = {str(each.process.pid): each for each in (first, second)}
            mine = processes.pop(await page.inner_text("#process"))
            mine.process.send_signal(signal.SIGTERM)
            await expect(page.locator("#process")).to_have_text(*processes)
            await page.click("button")
            await expect(page.locator("#count")).to_have_text("1")
            await visit(page, url)  # loads a page from the one that is left
            assert await mine.ended() in (0, -signal.SIGTERM)
