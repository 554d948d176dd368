"""Pages through nginx and Caddy, as `deploy/` sets them up, before two processes."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.pages import visit
from tests.cli.running import KEY, running
from tests.deploy.nginx import nginx
from tests.deploy.proxies import caddy, certificate

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


def by_nginx(folder: Path, applications: list[str]) -> AbstractContextManager[str]:
    return nginx(folder / "nginx", applications, tls=certificate(folder))


def by_caddy(folder: Path, applications: list[str]) -> AbstractContextManager[str]:
    return caddy(folder / "caddy", applications)


@pytest.mark.parametrize(
    ("name", "proxy"), [("nginx", by_nginx), ("caddy", by_caddy)], ids=["nginx", "caddy"]
)
async def test_a_page_behind_tls_is_live_and_its_cookie_stays_with_https(
    name: str,
    proxy: Callable[[Path, list[str]], AbstractContextManager[str]],
    browser: Browser,
    tmp_path: Path,
):
    if not shutil.which(name) or not shutil.which("openssl"):
        pytest.skip(f"no {name} or openssl")
    (tmp_path / "counter.py").write_text(APP)
    env = {"WIREBIRD_SECRET_KEY": KEY}
    async with (
        running(tmp_path, "counter:app", env=env) as first,
        running(tmp_path, "counter:app", env=env) as second,
    ):
        context = await browser.new_context(ignore_https_errors=True)
        try:
            with proxy(tmp_path, [first.url, second.url]) as url:
                page = await context.new_page()
                sockets: list[str] = []
                page.on("websocket", lambda socket: sockets.append(socket.url))
                await visit(page, url)
                await page.click("button")
                await expect(page.locator("#count")).to_have_text("1")
                assert [each.partition(":")[0] for each in sockets] == ["wss"]
                (cookie,) = await context.cookies()
                assert cookie.get("secure")
                processes = {str(each.process.pid): each for each in (first, second)}
                mine = processes.pop(await page.inner_text("#process"))
                mine.process.send_signal(signal.SIGTERM)
                await expect(page.locator("#process")).to_have_text(*processes)
        finally:
            await context.close()


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx: scripts/servers")
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
