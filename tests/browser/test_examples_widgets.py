"""Examples whose pages have scripts of their own, used by hand: pen, cells, chart, map and text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Page, expect

from examples.drawing_board.drawing_board import DrawingBoardView
from examples.drawing_board.sketch import Sketch
from examples.editor.document import Document
from examples.editor.editor import EditorView
from examples.gallery import app
from examples.spreadsheet.sheet import Sheet
from examples.spreadsheet.spreadsheet import PICNIC, SpreadsheetView
from tests.browser.accessibility import expect_no_faults
from tests.browser.pages import connected, visit
from tests.conftest import SECRET_KEY

Serve = Callable[[Any], str]


@pytest.fixture
def url(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(app, "_secret_key", SECRET_KEY)
    monkeypatch.setattr(DrawingBoardView, "sketch", Sketch(":memory:"))
    monkeypatch.setattr(EditorView, "document", Document(":memory:", "Dear reader"))
    monkeypatch.setattr(SpreadsheetView, "sheet", Sheet(PICNIC))
    return serve(app)


async def drag(page: Page, *way: tuple[float, float]) -> None:
    """Draw on the board, from place to place in its own thousandths."""
    box = await page.locator("#board").bounding_box()
    assert box is not None
    places = [
        (box["x"] + x * box["width"] / 1000, box["y"] + y * box["width"] / 1000) for x, y in way
    ]
    await page.mouse.move(*places[0])
    await page.mouse.down()
    for place in places[1:]:
        await page.mouse.move(*place, steps=4)
    await page.mouse.up()


async def test_a_pen_draws_for_all_also_what_was_drawn_without_a_line(
    page: Page, other_page: Page, url: str
) -> None:
    await visit(page, url + "/drawing-board")
    await visit(other_page, url + "/drawing-board")
    await page.get_by_label("Blue").check()
    await drag(page, (100, 100), (300, 100), (300, 300))
    theirs = other_page.locator("#pieces polyline")
    await expect(theirs.last).to_have_attribute("points", about(300, 300))
    pieces = await drawn(other_page)
    assert about(100, 100).search(pieces[0].split()[0])
    for before, after in pairwise(pieces):
        assert before.split()[-1] == after.split()[0]  # nothing is missing between them
    await expect(theirs.first).to_have_class("ink-4")

    await page.evaluate("liveSocket.disconnect()")
    count = await theirs.count()
    await drag(page, (500, 400), (700, 400))
    await expect(page.locator("#underway .line")).to_have_attribute(
        "d", re.compile(r"M(499|500),(399|400)")
    )
    await expect(theirs).to_have_count(count)
    await page.evaluate("liveSocket.connect()")
    await expect(theirs.last).to_have_attribute("points", about(700, 400))
    await expect(page.locator("#underway .line")).to_have_attribute("d", "")


def about(x: int, y: int) -> re.Pattern[str]:
    """Return what ends at a place, or a pixel beside it."""
    near = ["|".join(str(each) for each in range(at - 2, at + 3)) for at in (x, y)]
    return re.compile(rf"\b({near[0]}),({near[1]})$")


async def drawn(page: Page) -> list[str]:
    found = "all => all.map((piece) => piece.getAttribute('points'))"
    return await page.locator("#pieces polyline").evaluate_all(found)


async def test_the_nib_draws_by_keys_too(page: Page, url: str) -> None:
    await visit(page, url + "/drawing-board")
    await page.get_by_role("application", name="Board").focus()
    for key in ("ArrowUp", "Space", "ArrowRight", "ArrowDown", "Space", "ArrowRight"):
        await page.keyboard.press(key)
    pieces = page.locator("#pieces polyline")
    await expect(pieces.last).to_have_attribute("points", re.compile("520,250$"))
    assert (await drawn(page))[0].startswith("500,230")
    await page.get_by_role("button", name="Undo").click()
    await expect(pieces).to_have_count(0)
    await expect(page.get_by_role("status").filter(has_text="Your last stroke")).to_be_visible()


async def test_cells_are_chosen_and_filled_in_by_keys_alone(
    page: Page, other_page: Page, url: str
) -> None:
    await visit(page, url + "/spreadsheet")
    await visit(other_page, url + "/spreadsheet")
    await other_page.locator("#D6").click()
    await page.locator("#A1").focus()
    for key in ("ArrowRight", "ArrowDown", "1", "3"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("textbox", name="B2")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#B3")).to_be_focused()
    await expect(page.locator("#D6")).to_have_text("55.1")
    # It is so for all, and who looks at a cell keeps it.
    await expect(other_page.locator("#D6")).to_have_text("55.1")
    await expect(other_page.locator("#D6")).to_be_focused()

    await page.keyboard.type("=B2*2")
    await page.keyboard.press("Tab")
    await expect(page.locator("#C3")).to_be_focused()
    await expect(page.locator("#B3")).to_have_text("26")
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("textbox", name="B3")).to_have_value("=B2*2")
    await page.keyboard.press("F2")
    await page.keyboard.type("nonsense")
    await page.keyboard.press("Escape")
    await expect(page.locator("#B3")).to_be_focused()
    await expect(page.get_by_role("textbox", name="B3")).to_have_value("=B2*2")
    await page.keyboard.press("Delete")
    await expect(other_page.locator("#B3")).to_have_text("")
    for key in ("ArrowLeft", "ArrowLeft"):  # where the table ends, so do the keys
        await page.keyboard.press(key)
    await expect(page.locator("#A3")).to_be_focused()
    await expect_no_faults(page, "a spreadsheet that was used")


async def test_a_chart_is_patched_by_data_and_not_drawn_anew(page: Page, url: str) -> None:
    await visit(page, url + "/charts")
    points = page.locator("#chart .mark-symbol path")
    await expect(points).to_have_count(36)
    await page.evaluate("document.querySelector('#chart svg').isTheFirst = true")
    await page.get_by_role("checkbox", name="London").check()
    await expect(points).to_have_count(48)
    await page.get_by_role("checkbox", name="Cairo").uncheck()
    await expect(points).to_have_count(36)
    await expect(page.locator("#chart .mark-line")).to_have_count(3)
    assert await page.evaluate("document.querySelector('#chart svg').isTheFirst")
    await expect(page).to_have_url(re.compile("London"))
    await page.locator("#chart path[aria-label*='Jul;'][aria-label*='London']").click()
    await expect(page.get_by_role("status").filter(has_text="London in Jul")).to_be_visible()
    await page.go_back()
    await page.go_forward()
    await connected(page)
    await expect(page.locator("tbody th")).to_have_text(["London", "Reykjavik", "Sydney"])
    await expect(points).to_have_count(36)


async def test_markers_and_list_choose_each_other(page: Page, url: str) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await visit(page, url + "/map")
    pins = page.locator(".pin")
    await expect(pins).to_have_count(14)
    places = page.get_by_role("list", name="Lighthouses")
    await places.get_by_role("button", name="Inubōsaki").click()
    await expect(page.locator(".pin.chosen")).to_have_attribute("title", "Inubōsaki")
    await expect(page.locator(".pin.chosen")).to_be_in_viewport()
    await expect(page).to_have_url(re.compile("place=inubosaki"))

    await page.get_by_role("searchbox").fill("france")
    await expect(pins).to_have_count(2)
    jument = page.locator(".pin[title='La Jument']")
    await jument.focus()
    await page.keyboard.press("Enter")
    await expect(places.get_by_role("button", name="La Jument")).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(jument).to_have_class(re.compile(r"\bchosen\b"))
    await page.go_back()
    await expect(page.locator(".pin.chosen")).to_have_count(0)
    await expect_no_faults(page, "a map that was used")


async def test_what_two_type_at_once_stays_both_of_it(
    page: Page, other_page: Page, url: str
) -> None:
    for each in (page, other_page):
        await visit(each, url + "/editor")
        await each.get_by_role("textbox", name="Text").click()
        await each.keyboard.press("ControlOrMeta+End")
    mine, yours = "abcdefghijklmnopqrst", "ABCDEFGHIJKLMNOPQRST"
    await asyncio.gather(
        page.keyboard.type(mine, delay=15), other_page.keyboard.type(yours, delay=20)
    )
    lines = [each.locator(".cm-line").first for each in (page, other_page)]
    for line in lines:
        await expect(line).to_have_text(re.compile("^Dear reader[a-tA-T]{40}$"))
    here, there = [str(await line.text_content()).removeprefix("Dear reader") for line in lines]
    assert here == there
    assert "".join(filter(str.islower, here)) == mine
    assert "".join(filter(str.isupper, here)) == yours
    await expect(page.locator(".caret")).to_have_count(1)  # the other's, with a name

    # What one takes back is their own; the other's stays.
    await page.keyboard.press("ControlOrMeta+z")
    await expect(lines[1]).not_to_contain_text("t")
    there = str(await lines[1].text_content()).removeprefix("Dear reader")
    assert "".join(filter(str.isupper, there)) == yours
