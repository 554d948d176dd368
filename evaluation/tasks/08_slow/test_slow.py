"""The page does not wait, shows the last answer, and says when there is none."""

import asyncio

import app as module
import pytest

from wirebird.testing import LiveClient


async def test_the_last_answer_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = asyncio.Event()
    cancelled = asyncio.Event()

    async def look_up(word: str) -> str:
        if word == "first":
            first.set()
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
        return word[::-1]

    monkeypatch.setattr(module, "look_up", look_up)
    async with LiveClient(module.app) as client:
        view = await client.live("/")
        await view.submit("#search", {"word": "first"})
        assert "Loading" in view.text("#result")
        async with asyncio.timeout(20):
            await first.wait()
            await view.submit("#search", {"word": "second"})
            await view.until(lambda view: "dnoces" in view.text("#result"), timeout=20)
            await cancelled.wait()


async def test_a_failure_is_told() -> None:
    async with LiveClient(module.app) as client:
        view = await client.live("/")
        await view.submit("#search", {"word": "lost"})
        await view.until(lambda view: "Nothing found." in view.text("#result"), timeout=20)
        await view.submit("#search", {"word": "abc"})
        await view.until(lambda view: "cba" in view.text("#result"), timeout=20)
