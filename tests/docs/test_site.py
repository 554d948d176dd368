"""The site of the documents, as a browser sees it that reaches no other host."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.docs.documents import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SOUGHT = {
    "flash": "reference/components.html#wirebird.components.flash",
    "titles flash": "guides/navigation.html#titles-and-flash",
    "durable": "guides/surviving.html#longer-than-a-process-durable-views",
    "deploy nginx": "deployment.html#behind-a-proxy",
}
"""What people type, and a page that is then among the first three."""


class Quiet(SimpleHTTPRequestHandler):
    """A server of files as `make docs` starts it, without its log."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    """The site, newly made, at an address."""
    version = ".".join(str(part) for part in sys.version_info[:2])
    subprocess.run(
        [ROOT / "scripts" / "site"], check=True, timeout=300, env={**os.environ, "PYTHON": version}
    )
    files = partial(Quiet, directory=str(ROOT / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), files) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def first_found(page: Page, words: str) -> list[str]:
    """Search as a reader does; return where the first three results lead."""
    await page.get_by_role("button", name="Search").click()
    await page.get_by_placeholder("Search").fill(words)
    results = page.locator("ol a")
    await expect(results.first).to_contain_text(words.split()[-1], ignore_case=True)
    hrefs = [await results.nth(place).get_attribute("href") or "" for place in range(3)]
    await page.keyboard.press("Escape")
    return hrefs


async def background(page: Page) -> str:
    return await page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.timeout(400)
async def test_a_reader_finds_pages_by_day_and_by_night_and_no_other_host_is_asked(
    site: str, page: Page
) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    await page.emulate_media(color_scheme="light")
    for words, wanted in SOUGHT.items():
        await page.goto(f"{site}/index.html")
        found = await first_found(page, words)
        assert any(
            link.replace("?h=" + words.replace(" ", "+"), "").endswith(wanted) for link in found
        ), (words, found)
    by_day = await background(page)
    await page.get_by_title("Switch to dark").click()
    await expect(page.get_by_title("Switch to light")).to_be_visible()
    by_night = await background(page)
    assert by_day != by_night
    await page.goto(f"{site}/tutorial/04-form.html")
    assert await background(page) == by_night
    for name in ("llms.txt", "llms-full.txt"):
        assert (await (await page.request.get(f"{site}/{name}")).text()).startswith("# Wirebird")
    assert {url for url in asked if not url.startswith((f"{site}/", "data:", "blob:"))} == set()
