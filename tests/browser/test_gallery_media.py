"""The gallery as those see it who print it, or whose system has colours of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from examples.gallery import app
from tests.browser.pages import visit
from tests.conftest import SECRET_KEY, serving

WITHOUT_EDGES = """() => {
  const hasEdge = ({ borderTopStyle, borderTopWidth, borderTopColor, backgroundColor }) =>
    borderTopStyle !== "none" &&
    parseFloat(borderTopWidth) > 0 &&
    borderTopColor !== backgroundColor;
  const native = "[type=hidden], [type=checkbox], [type=radio], [type=range], [type=file]";
  return [...document.querySelectorAll(`button, select, textarea, input:not(${native})`)]
    .filter((el) => el.checkVisibility() && el.offsetWidth > 1 && !hasEdge(getComputedStyle(el)))
    .map((el) => el.outerHTML.slice(0, 160));
}"""

BRIGHTNESS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  return ["color", "backgroundColor"].map((part) => {
    canvas.fillStyle = getComputedStyle(document.body)[part];
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
  });
}"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, serving(app) as url:
        patch.setattr(app, "_secret_key", SECRET_KEY)
        yield url


@pytest.mark.parametrize("path", ["/", "/counter", "/kanban", "/shop", "/flash", "/drawing-board"])
async def test_controls_have_edges_where_the_system_chooses_the_colours(
    page: Page, url: str, path: str
) -> None:
    await page.emulate_media(forced_colors="active")
    await visit(page, url + path)
    assert await page.evaluate(WITHOUT_EDGES) == []


async def test_what_is_chosen_is_seen_where_the_system_chooses_the_colours(
    page: Page, url: str
) -> None:
    await page.emulate_media(forced_colors="active")
    await visit(page, url + "/counter")
    files = page.get_by_role("group", name="Files").get_by_role("button")
    await expect(files.first).to_have_css("outline-style", "solid")
    await expect(files.nth(1)).to_have_css("outline-style", "none")


async def test_a_printed_page_is_dark_on_white_and_has_no_buttons_of_the_frame(
    page: Page, url: str
) -> None:
    await page.emulate_media(color_scheme="light")
    await visit(page, url + "/counter")
    await page.get_by_role("button", name="Light or dark").click()
    text, background = await page.evaluate(BRIGHTNESS)
    assert text > background
    await page.emulate_media(media="print")
    text, background = await page.evaluate(BRIGHTNESS)
    assert text < 60
    assert background > 240
    bar = page.locator(".frame-bar")
    await expect(bar.get_by_role("button")).to_have_count(0)
    await expect(bar.get_by_role("navigation")).to_have_count(0)
    await expect(page.get_by_role("region", name="Break it")).to_be_hidden()
    files = page.get_by_role("group", name="Files").get_by_role("button")
    await expect(files).to_have_text(["counter.py 22 lines"])
    await expect(page.get_by_role("heading", name="Count is 0")).to_be_visible()
