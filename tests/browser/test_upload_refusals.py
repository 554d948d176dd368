"""One file of several that is refused on its way: what becomes of the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.pages import visit
from wirebird import LiveView, UploadEntry, Wirebird, event


@dataclass
class Saved:
    saved: str = ""


class DocumentsView(LiveView[Saved]):
    html = """
    <form id="form" phx-change="choose" phx-submit="save">
      {{ ui.live_file_input(uploads.docs) }} <button id="save">save</button>
    </form>
    {% for entry in uploads.docs.entries %}
    <p :key="{{ entry.ref }}">{{ entry.client_name }}: {{ entry.errors | join }}
      <button phx-click="cancel" phx-value-ref="{{ entry.ref }}">cancel</button></p>
    {% endfor %}
    <output>{{ saved }}</output>
    """

    async def mount(self) -> None:
        self.socket.allow_upload("docs", accept="any", max_entries=3, check_content=check)

    @event
    async def choose(self) -> None: ...

    @event
    async def cancel(self, ref: str) -> None:
        self.socket.cancel_upload("docs", ref)

    @event
    async def save(self) -> None:
        names = await self.socket.consume_uploaded_entries(
            "docs", lambda file: f"{file.entry.client_name} {file.path.stat().st_size}"
        )
        self.state.saved = ", ".join(names)


def check(_: UploadEntry, head: bytes) -> str | None:
    return "This is a program." if head.startswith(b"MZ") else None


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": content}


BAD, SMALL, LARGE = file("bad", b"MZ"), file("small", b"abc"), file("large", b"abc" * 100_000)


@pytest.mark.parametrize("files", [[BAD, SMALL, LARGE], [LARGE, SMALL, BAD]])
async def test_the_others_are_saved_once_the_one_that_was_refused_is_cancelled(
    files: list[FilePayload],
    page: Page,
    make_app: Callable[..., Wirebird],
    serve: Callable[[Any], str],
) -> None:
    app = make_app()
    app.live("/", DocumentsView)
    await visit(page, serve(app))
    await page.set_input_files("input[type=file]", files)
    await expect(page.locator("p")).to_have_count(3)
    await page.click("#save")
    bad = page.locator("p", has_text="This is a program.")
    await bad.locator("button").click()
    order = [f"{each['name']} {len(each['buffer'])}" for each in files if each is not BAD]
    await expect(page.locator("output")).to_have_text(", ".join(order))
    await expect(page.locator("#save")).to_be_enabled()
