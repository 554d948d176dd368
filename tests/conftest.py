"""What tests of every package share: an application to test, a server, and a real browser.

The rule: what only one folder needs is in that folder. Tests that ask for `page` are browser tests:
they are marked so, and share one event loop, in which the one browser lives.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, Page, async_playwright, expect
from starlette.types import ASGIApp

from wirebird import Wirebird

collect_ignore_glob = [] if sys.version_info >= (3, 14) else ["*tstring*", "*py314*"]

SECRET_KEY = "a key for tests, known to everyone who reads this"
STARTS_WITHIN = 30.0
EXPECT_WITHIN = 10_000

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
]

expect.set_options(timeout=EXPECT_WITHIN)
# A machine that is busy with something else is no failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture
def make_app() -> Callable[..., Wirebird]:
    """Makes an application with a secret key: `app = make_app(title="Shop")`."""

    def make(**options: Any) -> Wirebird:
        # A machine out of breath holds up any loop, and that is no matter of most tests.
        return Wirebird(**{"secret_key": SECRET_KEY, "blocked_after": 0, **options})

    return make


@contextmanager
def serving(app: ASGIApp, port: int = 0, ws: Any = "wirebird.server:WebSocket") -> Iterator[str]:
    """Serve an application from a thread of its own, and yield its base URL.

    Args:
        app: The application.
        port: Where; 0 for any free port.
        ws: What serves WebSockets, as uvicorn names it.
    """
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        ws=ws,
        log_level="warning",
        lifespan="auto",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, name="uvicorn", daemon=True)
    thread.start()
    try:
        if not server.ready.wait(STARTS_WITHIN) or server.port is None:
            raise RuntimeError("uvicorn did not start: its log says why")
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()
        thread.join(STARTS_WITHIN)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.port: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End the server, from another thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def main_loop(self) -> None:
        # uvicorn's own looks ten times a second for its end, which adds up over hundreds of tests.
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        if not self.should_exit:
            await self._stopping.wait()

    def run(self, sockets: Any = None) -> None:
        try:
            super().run(sockets)
        except SystemExit:
            pass  # uvicorn's word for a failed start, which it has logged
        finally:
            self.ready.set()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.port = self.servers[0].sockets[0].getsockname()[1]
        self.ready.set()


@pytest.fixture
def serve() -> Iterator[Callable[[ASGIApp], str]]:
    """Serves applications until the test ends: `url = serve(app)`."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for the whole run: WIREBIRD_CHROMIUM, or the one on the PATH."""
    wanted = os.environ.get("WIREBIRD_CHROMIUM", "chromium")
    if not wanted:
        pytest.skip("WIREBIRD_CHROMIUM is empty: tests in a browser are left out")
    executable = shutil.which(wanted)
    if executable is None:
        pytest.fail(
            f"there is no {wanted!r} to test in: install Chromium, set WIREBIRD_CHROMIUM to its"
            " path, or to nothing to leave such tests out"
        )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=CHROMIUM_ARGUMENTS
        )
        yield browser
        await browser.close()


@pytest.fixture
def page_errors() -> list[str]:
    """Uncaught errors of the page; a test that expects some takes them out with `clear()`."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, page_errors: list[str]) -> AsyncIterator[Page]:
    """A fresh page with its own cookies; the test fails if the page throws."""
    context = await browser.new_context()
    page = await context.new_page()
    page.on("pageerror", lambda error: page_errors.append(error.stack or error.message))
    yield page
    await context.close()
    assert not page_errors, "uncaught errors in the page:\n" + "\n".join(page_errors)
