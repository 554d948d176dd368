"""The server dies while somebody types: nothing that was typed is lost."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import until, visit
from tests.cli.running import KEY, Running, free_port, running

Start: TypeAlias = Callable[[], AbstractAsyncContextManager[Running]]

APP = """
import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wirebird import LiveView, Wirebird, event, info

HEARD = Path(__file__).with_name("heard.txt")


@dataclass
class Draft:
    title: str = ""
    text: str = ""
    ticks: int = 0
    pid: int = 0
    saved: str = ""


class DraftView(LiveView[Draft]):
    html = '''
    <form id="draft" phx-change="changed" phx-submit="save">
      <input id="title" name="title" value="{{ title }}">
      <textarea id="text" name="text">{{ text }}</textarea>
      <input id="untouched" name="untouched">
      <button phx-disable-with="Saving...">Save</button>
    </form>
    <output id="pid">{{ pid }}</output>
    <output id="ticks">{{ ticks }}</output>
    <output id="saved">{{ saved }}</output>
    <output id="shown">{{ text }}</output>
    '''

    async def mount(self) -> None:
        self.state.pid = os.getpid()
        self.socket.every("tick", 0.02)

    @info
    async def on_tick(self, message: str) -> None:
        self.state.ticks += 1

    @event
    async def changed(self, payload: dict[str, Any]) -> None:
        self.note("changed", payload)
        self.state.title, self.state.text = payload["title"], payload["text"]

    @event
    async def save(self, payload: dict[str, Any]) -> None:
        self.note("save", payload)
        if payload["title"] == "wait":
            await asyncio.Event().wait()
        self.state.saved = payload["text"]

    def note(self, name: str, payload: dict[str, Any]) -> None:
        with HEARD.open("a") as file:
            print(json.dumps([os.getpid(), name, payload]), file=file)


app = Wirebird()
app.live("/", DraftView)
"""

UNTOUCHED = {"_unused_untouched": "", "untouched": ""}


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Starts the application in a process of its own, always at the same port."""
    (tmp_path / "drafts.py").write_text(APP)
    port = free_port()
    return lambda: running(tmp_path, "drafts:app", port=port, env={"WIREBIRD_SECRET_KEY": KEY})


def heard(folder: Path, server: Running) -> list[list[Any]]:
    """Return what a server's view was told, as `[name, payload]`."""
    file = folder / "heard.txt"
    lines = map(json.loads, file.read_text().splitlines()) if file.exists() else ()
    return [told for pid, *told in lines if pid == server.process.pid]


async def kill(server: Running) -> None:
    """End a server as a power cut does."""
    server.process.kill()
    await server.ended()


async def stop(server: Running) -> None:
    """End a server as a deployment does."""
    server.process.terminate()
    await server.ended()


async def shows(page: Page, server: Running) -> None:
    """Wait until a page's view is one of this server."""
    await expect(page.locator("#pid")).to_have_text(str(server.process.pid), timeout=30_000)


@pytest.mark.parametrize("end", [kill, stop])
async def test_what_was_typed_survives_the_server_s_end(
    end: Callable[[Running], Awaitable[None]], page: Page, start: Start, tmp_path: Path
) -> None:
    async with start() as first:
        await visit(page, first.url)
        await page.fill("#title", "Ode")
        await page.focus("#text")
        await page.keyboard.type("Half a word", delay=4)
        await end(first)
        for _ in range(4):
            await page.keyboard.press("ArrowLeft")
    async with start() as second:
        await shows(page, second)
        await until(lambda: heard(tmp_path, second), "the form is recovered")
        await expect(page.locator("#shown")).to_have_text("Half a word")
        await expect(page.locator("#title")).to_have_value("Ode")
        await expect(page.locator("#text")).to_have_value("Half a word")
        await expect(page.locator("#text")).to_be_focused()
        assert await page.eval_on_selector("#text", "el => el.selectionStart") == 7
        await page.keyboard.type("new ", delay=4)
        await expect(page.locator("#shown")).to_have_text("Half a new word")
        told = heard(tmp_path, second)
        recovered = {"_target": ["title"], "title": "Ode", "text": "Half a word", **UNTOUCHED}
        assert told[0] == ["changed", recovered]
        assert [payload["text"] for _, payload in told[1:]] == [
            "Half a nword",
            "Half a neword",
            "Half a newword",
            "Half a new word",
        ]


async def test_who_types_on_while_the_server_is_away_loses_nothing(
    page: Page, start: Start, tmp_path: Path
) -> None:
    async with start() as first:
        await visit(page, first.url)
        await page.focus("#text")
        await page.keyboard.type("before ", delay=4)
        await kill(first)
        await page.keyboard.type("while it is away ", delay=4)
    async with start() as second:
        # Through the page's attempts to connect, its join and the recovery.
        expected = "before while it is away "
        while await page.locator("#pid").inner_text() != str(second.process.pid):
            await page.keyboard.type("x", delay=15)
            expected += "x"
        await page.keyboard.type(" and after", delay=4)
        expected += " and after"
        await expect(page.locator("#text")).to_have_value(expected)
        await expect(page.locator("#shown")).to_have_text(expected)
        await expect(page.locator("#text")).to_be_focused()
        told = [payload["text"] for _, payload in heard(tmp_path, second)]
        assert told[-1] == expected


async def test_a_form_that_was_being_sent_can_be_sent_again(
    page: Page, start: Start, tmp_path: Path
) -> None:
    async with start() as first:
        await visit(page, first.url)
        await page.fill("#text", "Send me")
        await page.fill("#title", "wait")
        await page.click("button")
        await expect(page.locator("button")).to_have_text("Saving...")
        await until(lambda: heard(tmp_path, first)[-1][0] == "save", "the form has come")
        await kill(first)
    async with start() as second:
        await shows(page, second)
        await expect(page.locator("button")).to_be_enabled()
        await expect(page.locator("button")).to_have_text("Save")
        await expect(page.locator("#text")).to_have_value("Send me")
        await page.fill("#title", "now")
        await page.click("button")
        await expect(page.locator("#saved")).to_have_text("Send me")
        # The client asks for it once: what was under way is the visitor's to send again.
        assert [name for name, _ in heard(tmp_path, second)].count("save") == 1


async def test_an_empty_form_is_recovered_without_marks_of_use(
    page: Page, start: Start, tmp_path: Path
) -> None:
    async with start() as first:
        await visit(page, first.url)
        await kill(first)
    async with start() as second:
        await shows(page, second)
        await until(lambda: heard(tmp_path, second), "the form is recovered")
        [[_, payload]] = heard(tmp_path, second)
        assert payload == {
            "_target": ["title"],
            "_unused_title": "",
            "title": "",
            "_unused_text": "",
            "text": "",
            **UNTOUCHED,
        }
