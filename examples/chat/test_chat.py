"""The chat, with a model whose tokens come when the test lets them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from examples.chat import chat
from examples.chat.chat import ChatView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", ChatView)


async def test_an_answer_streams_in_and_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens: asyncio.Queue[str] = asyncio.Queue()

    async def answer(question: str) -> AsyncIterator[str]:
        while token := await tokens.get():
            yield token

    monkeypatch.setattr(chat, "answer", answer)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.submit("form", {"question": "How does it stream?"})
        assert view.has(".typing")
        for token in ("One ", "by ", "one."):
            tokens.put_nowait(token)
        await view.until(lambda view: view.has(".model .text", "One by one."))
        tokens.put_nowait("")
        await view.until(lambda view: view.text("#status") == "The answer is complete.")
        await view.submit("form", {"question": "And then?"})
        tokens.put_nowait("Well")
        await view.until(lambda view: view.has(".model .text", "Well"))
        await view.keydown("Escape")
        await view.until(lambda view: view.has(".note", "You stopped the answer."))
        assert view.has("#send")
        await view.click("#clear")
        assert view.has(".welcome")


async def test_an_answer_that_breaks_off_keeps_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(question: str) -> AsyncIterator[str]:
        yield "I am sorry"
        raise ConnectionError("the model was unplugged")

    monkeypatch.setattr(chat, "answer", answer)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.submit("form", {"question": "Please fail"})
        await view.until(lambda view: view.has(".note", "the model was unplugged"))
        assert view.has(".model .text", "I am sorry")
