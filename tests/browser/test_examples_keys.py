"""The examples whose keys and scrolling are the business of hooks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from examples.gallery import app
from tests.browser.pages import visit
from tests.conftest import SECRET_KEY, serving


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, serving(app) as url:
        patch.setattr(app, "_secret_key", SECRET_KEY)
        yield url


async def test_a_tree_is_walked_opened_and_closed_by_its_keys(page: Page, url: str) -> None:
    await visit(page, f"{url}/file-tree")
    items = page.get_by_role("treeitem")
    html = items.filter(has_text=re.compile("^html$"))
    await items.first.focus()
    await page.keyboard.press("h")
    await expect(html).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(html).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("ArrowRight")
    inside = items.filter(has_text=re.compile("^jinja$"))
    await expect(inside).to_be_focused()
    await expect(inside).to_have_attribute("tabindex", "0")
    await expect(page.locator("[role=treeitem][tabindex='0']")).to_have_count(1)
    await page.keyboard.press("ArrowLeft")
    await expect(html).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(inside).to_have_count(0)
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"\?file=py\.typed$"))
    await page.keyboard.press("Home")
    await expect(items.first).to_be_focused()


async def test_a_proposal_is_chosen_by_arrows_and_enter(page: Page, url: str) -> None:
    await visit(page, f"{url}/birds")
    field = page.get_by_role("combobox")
    chosen = page.locator("[role=option][aria-selected=true]")
    await field.press_sequentially("owl")
    await expect(chosen).to_contain_text("Barn owl")
    await page.keyboard.press("ArrowUp")
    await expect(chosen).to_contain_text("Tawny owl")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(chosen).to_contain_text("Eagle owl")
    await expect(field).to_have_attribute("aria-activedescendant", "bubo-bubo")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("list", name="Seen")).to_contain_text("Eagle owl")
    await expect(field).to_have_value("")
    await expect(field).to_be_focused()
    await field.press_sequentially("go")
    await expect(chosen).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(field).to_have_attribute("aria-expanded", "false")


async def test_proposals_close_when_one_goes_elsewhere(page: Page, url: str) -> None:
    await visit(page, f"{url}/birds")
    field, proposed = page.get_by_role("combobox"), page.get_by_role("listbox")
    beside = await page.locator("#find").bounding_box()
    assert beside
    await field.press_sequentially("owl")
    await expect(proposed).to_be_visible()
    await page.mouse.click(beside["x"] + beside["width"] - 5, beside["y"] + 5)
    await expect(proposed).to_be_hidden()
    await field.fill("gold")
    await expect(proposed).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(proposed).to_be_hidden()
    await expect(field).to_have_value("gold")
    await field.fill("owl")
    await page.get_by_role("option", name="Tawny owl").hover()
    await page.mouse.down()
    await expect(field).to_be_focused()
    await page.mouse.up()
    await expect(page.get_by_role("list", name="Seen")).to_contain_text("Tawny owl")


async def test_a_long_list_shows_what_is_scrolled_to_and_keeps_the_place(
    page: Page, url: str
) -> None:
    await visit(page, f"{url}/results")
    await page.get_by_role("table").focus()
    await page.keyboard.press("End")
    await expect(page.locator("[aria-rowindex='100001']")).to_be_in_viewport()
    await expect(page).to_have_url(re.compile(r"\?place=9998\d$"))
    await page.get_by_label("Place", exact=True).fill("50000")
    await page.keyboard.press("Enter")
    await expect(page.locator("[aria-rowindex='50001']")).to_be_in_viewport()
    await expect(page).to_have_url(re.compile(r"\?place=50000$"))
    await visit(page, f"{url}/results?place=50000")
    await expect(page.locator("[aria-rowindex='50001']")).to_be_in_viewport()


async def test_a_menu_takes_the_focus_and_gives_it_back(page: Page, url: str) -> None:
    await visit(page, f"{url}/notes")
    menu = page.get_by_role("button", name="Menu")
    await menu.press("Enter")
    await expect(page.get_by_role("button", name="Put all back")).to_be_focused()
    await expect(menu).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("Escape")
    await expect(page.locator("#menu")).to_be_hidden()
    await expect(menu).to_be_focused()
    await page.get_by_role("button", name="Take down: Call Ada").press("Enter")
    await expect(page.get_by_role("list", name="Notes")).to_be_focused()
    await expect(page.get_by_text("3 notes")).to_be_visible()


async def test_arrows_move_the_man_and_not_the_page(page: Page, url: str) -> None:
    await page.set_viewport_size({"width": 390, "height": 500})
    await visit(page, f"{url}/warehouse")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".floor-plan > :nth-child(4) > :nth-child(4)")).to_have_class("man")
    assert await page.evaluate("scrollY") == 0
