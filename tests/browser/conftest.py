"""What browser tests share: a second visitor."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page


@pytest_asyncio.fixture(loop_scope="session")
async def other_page(browser: Browser) -> AsyncIterator[Page]:
    """Another visitor's page, with cookies of its own."""
    # In a window of its own: a tab behind another one is not drawn, and its clicks wait.
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()
