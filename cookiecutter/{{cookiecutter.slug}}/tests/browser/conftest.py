"""A server of the application, and a browser that visits it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Error, Page, async_playwright

APP = "{{ cookiecutter.package }}.app"


@pytest.fixture
def url() -> Iterator[str]:
    """Serve the application as `wirebird run` does, on a free port."""
    command = [sys.executable, "-m", "wirebird", "run", APP, "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            yield _address(server)
        finally:
            server.terminate()


def _address(server: "subprocess.Popen[str]") -> str:
    """Return where the server is, once it answers."""
    assert server.stdout is not None
    said = server.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
    while found and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", int(found[1]))).close()
        except OSError:
            time.sleep(0.05)
        else:
            return found[0]
    raise RuntimeError(f"the server has ended:\n{said}{server.stdout.read()}")


@pytest_asyncio.fixture
async def page(url: str) -> AsyncIterator[Page]:
    """A page of Chromium: CHROMIUM, the one on the PATH, or Playwright's own."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=chromium)
        except Error as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no browser (`playwright install chromium` gets one): {error.message}")
        yield await browser.new_page(base_url=url)
        await browser.close()
