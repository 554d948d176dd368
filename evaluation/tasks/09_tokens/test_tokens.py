"""Words appear as they come, and are stopped."""

import asyncio
from collections.abc import AsyncIterator

import app as module
import pytest

from wirebird.testing import LiveClient


async def test_the_answer_comes_and_ends() -> None:
    async with LiveClient(module.app) as client:
        view = await client.live("/")
        await view.submit("#ask", {"question": "why is it so"})
        assert view.has("button", text="Stop")
        await view.until(
            lambda view: (
                "You asked: why is it so" in view.text("#answer")
                and not view.has("button", text="Stop")
            ),
            timeout=20,
        )


async def test_the_answer_is_shown_as_it_comes_and_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tokens(question: str) -> AsyncIterator[str]:
        yield "first "
        await asyncio.Event().wait()
        yield "never "

    monkeypatch.setattr(module, "tokens", tokens)
    async with LiveClient(module.app) as client:
        view = await client.live("/")
        await view.submit("#ask", {"question": "why"})
        await view.until(lambda view: "first" in view.text("#answer"), timeout=20)
        await view.click("button", text="Stop")
        await view.until(lambda view: not view.has("button", text="Stop"), timeout=20)
        assert "first" in view.text("#answer")
