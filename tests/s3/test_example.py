"""The example of large files, with the store that it brings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from examples.s3_multipart import s3_multipart
from examples.s3_multipart.store import open_store
from tests.browser.pages import visit
from tests.s3.files import MIB, content
from wirebird import Wirebird

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@pytest.fixture
def opened_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("WIREBIRD_EXAMPLE_BUCKET", raising=False)
    open_store.cache_clear()
    yield
    open_store.cache_clear()


def example(make_app: MakeApp) -> Wirebird:
    app = make_app()
    s3_multipart.add_to(app)
    return app


@pytest.mark.usefixtures("opened_anew")
async def test_a_file_that_was_sent_can_be_fetched(
    page: Page, make_app: MakeApp, serve: Serve, tmp_path: Path
) -> None:
    film = tmp_path / "Ferien in den Bergen — Ü.mp4"
    copy = tmp_path / "copy.mp4"
    film.write_bytes(content(11 * MIB))
    await visit(page, serve(example(make_app)) + "/large-files")
    await page.set_input_files("input[type=file]", film)
    await expect(page.locator(".sent")).to_contain_text(film.name)
    async with page.expect_download() as download:
        await page.click("text=Download")
    fetched = await download.value
    assert fetched.suggested_filename == film.name
    await fetched.save_as(copy)
    assert copy.read_bytes() == content(11 * MIB)


@pytest.mark.usefixtures("opened_anew")
def test_without_a_store_the_page_says_what_to_do(
    make_app: MakeApp, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    page = httpx.get(serve(example(make_app)) + "/large-files").raise_for_status()
    assert "WIREBIRD_EXAMPLE_BUCKET" in page.text
