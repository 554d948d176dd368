"""The assistant, as a visitor uses it, with the fake behind it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from examples.assistant import fake
from examples.assistant.assistant import AssistantView
from examples.assistant.markdown import blocks
from wirebird import Wirebird
from wirebird.testing import LiveClient, View

app = Wirebird(secret_key="known to all, as it is for tests", store="memory:")
app.live("/", AssistantView)


@pytest_asyncio.fixture
async def view(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[View]:
    monkeypatch.setattr(fake, "SECONDS_A_TOKEN", 0.0001)
    async with LiveClient(app) as client:
        yield await client.live("/")


async def test_it_uses_a_tool_and_tells_what_that_found(view: View) -> None:
    await view.click("button", text="What time is it in Tokyo?")
    await view.until(lambda view: view.text("[role=status]") == "The answer is complete.")
    assert '{"zone": "Asia/Tokyo"}' in view.text(".used code")
    assert view.text(".answer strong") == view.text(".used span")


async def test_markdown_is_shown_and_markup_in_it_is_not(view: View) -> None:
    await view.submit("form", {"question": "Markdown, please"})
    await view.until(lambda view: view.text("[role=status]") == "The answer is complete.")
    assert view.text(".answer h2") == "What I can write"
    assert view.has(".answer td", "call time_in")
    assert not view.has(".answer img")
    assert not view.has(".answer a")


async def test_an_answer_is_stopped_and_what_came_stays(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "SECONDS_A_TOKEN", 0.01)
    await view.submit("form", {"question": "Help"})
    await view.until(lambda view: view.has(".answer", "I am"))
    await view.keydown("Escape")
    await view.until(lambda view: view.has(".note", "You stopped the answer."))
    assert view.has(".answer", "I am")


def test_nothing_leads_out_of_markdown() -> None:
    (block,) = blocks("<script>x</script> [a](javascript:b) ![c](https://example.com/d)")
    assert "<script" not in block
    assert "javascript:b)" in block
    assert "<img" not in block
