"""The examples, used by hand: what is shown fits, and the focus stays where the eye is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from examples.gallery import app
from examples.kanban.board import Board
from examples.kanban.kanban import KanbanView
from tests.browser.accessibility import expect_no_faults
from tests.browser.pages import connected, visit
from tests.conftest import SECRET_KEY

Serve = Callable[[Any], str]


@pytest.fixture
def url(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(app, "_secret_key", SECRET_KEY)
    return serve(app)


async def test_nothing_of_the_index_is_cut_on_a_phone(page: Page, url: str) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    await visit(page, url)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await expect_no_faults(page, "the index on a phone")


async def test_back_to_1_is_at_1_and_scrolls_on_from_there(page: Page, url: str) -> None:
    await visit(page, url + "/numbers")
    for row in (31, 61, 91, 121):
        await scroll_down_to(page, f"#numbers-{row}")
    await page.get_by_role("button", name="Back to 1").click()
    await expect(page.locator("#numbers-1")).to_be_in_viewport()
    await expect(page.locator("#window")).to_have_text("1 to 30")
    await expect(page.locator("#numbers-1")).to_be_focused()
    await scroll_down_to(page, "#numbers-31")
    await expect(page.locator("#window")).to_have_text("1 to 60")


async def scroll_down_to(page: Page, selector: str) -> None:
    """Scroll to the end until something is there, as a person does who sees nothing new.

    The client hears no scrolling while it loads.
    """
    await page.wait_for_function(
        """selector => document.querySelector(selector)
            || void (scrollBy(0, -1), scrollTo(0, document.body.scrollHeight))""",
        arg=selector,
        polling=100,
    )


async def test_a_book_is_shelved_and_its_window_closes(page: Page, url: str) -> None:
    await visit(page, url + "/components")
    await page.get_by_role("button", name="Add a book").click()
    window = page.get_by_role("dialog", name="Add a book")
    await window.get_by_label("Title").fill("Emma")
    await window.get_by_label("Author").fill("Jane Austen")
    await window.get_by_label("Year").fill("1815")
    await window.get_by_label("Shelf").select_option("Fiction")
    await window.get_by_role("button", name="Shelve it").click()
    await expect(window).to_have_count(0)
    await expect(page.get_by_role("button", name="Add a book")).to_be_focused()
    await page.get_by_text("Emma is on the shelf.").wait_for()
    # The toast covers nothing that one would press next.
    await page.get_by_role("button", name="Empty shelves").click(timeout=2000)


async def test_the_ways_to_and_from_an_example_say_nothing_to_the_console(
    page: Page, url: str
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await visit(page, url)
    await page.get_by_role("link", name="Tabs").click()
    await expect(page).to_have_title("The Four Seasons · Wirebird")
    await connected(page)
    await page.get_by_role("link", name="Wirebird").click()
    await expect(page).to_have_title("Examples · Wirebird")
    await connected(page)
    assert said == []


async def test_a_form_that_goes_leaves_the_focus_to_what_comes_instead(
    page: Page, url: str
) -> None:
    await visit(page, url + "/registration")
    await page.get_by_label("Username").fill("lark_9")
    await page.get_by_label("Email").fill("lark@example.com")
    await page.get_by_label("Date of birth").fill("1990-02-03")
    await page.get_by_label("Password", exact=True).fill("a long secret")
    await page.get_by_label("Password again").fill("a long secret")
    await page.get_by_label("terms").check()
    await page.get_by_role("button", name="Register").click()
    again = page.get_by_role("button", name="Register somebody else")
    await expect(again).to_be_focused()
    await again.click()
    await expect(page.get_by_label("Username")).to_be_focused()


async def test_visitors_see_each_others_pointers_and_names(
    page: Page, other_page: Page, url: str
) -> None:
    await visit(page, url + "/presence")
    await visit(other_page, url + "/presence")
    await expect(page.locator("main h2")).to_have_text("2 here")
    await other_page.get_by_label("Your name").fill("Ada")
    await expect(page.locator(".people")).to_contain_text("Ada")
    box = await other_page.locator("#board").bounding_box()
    assert box is not None
    await other_page.mouse.move(box["x"] + 20, box["y"] + 20)
    await other_page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    ada = page.locator(".pointer", has_text="Ada")
    await expect(ada).to_have_attribute("style", re.compile(r"--x: 25(\.\d)?; --y: 50(\.\d)?;"))
    await other_page.mouse.move(0, 0)
    await expect(ada).to_have_count(0)
    await other_page.close()
    await expect(page.locator("main h2")).to_have_text("1 here")
    await expect(page.get_by_role("status")).to_have_text("Ada has left.")


async def test_the_arrow_keys_point_as_well(page: Page, other_page: Page, url: str) -> None:
    await visit(page, url + "/presence")
    await visit(other_page, url + "/presence")
    await other_page.get_by_role("group", name="Board").focus()
    await other_page.keyboard.press("ArrowRight")
    await expect(other_page.locator(".mine")).to_be_visible()
    await expect(page.locator(".pointer")).to_have_attribute("style", re.compile("--x: 52"))


async def test_a_box_that_one_checks_is_checked_for_all(
    page: Page, other_page: Page, url: str
) -> None:
    await visit(page, url + "/checkboxes")
    await visit(other_page, url + "/checkboxes")
    box, others = (
        page.get_by_label("Box 7", exact=True),
        other_page.get_by_label("Box 7", exact=True),
    )
    for is_checked in (True, False):
        await box.set_checked(is_checked)
        await expect(others).to_be_checked(checked=is_checked)
    # Also one that has the focus here follows what others do.
    await others.check()
    await expect(box).to_be_checked()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Space")
    await expect(other_page.get_by_label("Box 8", exact=True)).to_be_checked()
    for each in (page, other_page):
        await expect(each.locator("#checked")).to_have_text("2")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_label("Box 8", exact=True)).to_be_focused()


async def test_a_card_that_one_moves_moves_for_all(
    page: Page, other_page: Page, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KanbanView, "board", Board())
    for each in (page, other_page):
        await visit(each, url + "/kanban")
        # SortableJS comes by itself, and marks what it takes care of.
        await each.wait_for_function(
            """() => [...document.querySelectorAll(".stack")].every(
                el => Object.keys(el).some(key => key.startsWith("Sortable")))"""
        )
    to_do, doing, done = (
        other_page.get_by_role("list", name=name) for name in ("To do", "Doing", "Done")
    )
    await page.locator("#card-2").drag_to(
        page.locator("#card-5"), target_position={"x": 60, "y": 3}
    )
    await expect(doing.get_by_role("listitem")).to_have_text(
        ["Prune the roses", "Oil the hinges", "Paint the shed"]
    )
    await expect(page.locator("#news")).to_have_text("Oil the hinges: 2 of 3 in doing.")
    # By the keys, and the focus goes with the card.
    handle = page.get_by_role("button", name="Move Oil the hinges")
    await handle.focus()
    await page.evaluate(
        """() => new MutationObserver(() => {
            const ids = [...document.querySelectorAll(".kanban-card")].map(card => card.id);
            window.wasSeenTwice ||= new Set(ids).size !== ids.length;
        }).observe(document.body, { childList: true, subtree: true })"""
    )
    # Faster than the answers come.
    for key in ("ArrowRight", "ArrowUp"):
        await page.keyboard.press(key)
    await expect(done.get_by_role("listitem")).to_have_text(["Oil the hinges", "Sweep the path"])
    await expect(doing.get_by_role("listitem")).to_have_count(2)
    await expect(handle).to_be_focused()
    assert not await page.evaluate("window.wasSeenTwice"), "a card stood in two columns"
    # What is new and what is gone is so for all, too.
    await other_page.get_by_label("A new card").fill("Water the beans")
    await other_page.keyboard.press("Enter")
    await expect(page.get_by_role("list", name="To do")).to_contain_text("Water the beans")
    await page.get_by_role("button", name="Delete Sow the peas").click()
    await expect(to_do.get_by_role("listitem")).to_have_text(["Mend the fence", "Water the beans"])
    await expect(page.get_by_role("button", name="Delete Mend the fence")).to_be_focused()
    await expect_no_faults(page, "a board that was used")


@pytest.mark.parametrize(
    ("path", "button", "first"),
    [
        ("/plants/new", "Save", "#plant_name"),
        ("/letter", "Send", "#letter_subject"),
        ("/rental?step=bike", "Go on", "#bike_kind"),
    ],
)
async def test_the_focus_goes_to_the_first_field_that_is_wrong(
    path: str, button: str, first: str, page: Page, url: str
) -> None:
    await visit(page, url + path)
    await page.get_by_role("button", name=button).click()
    await expect(page.locator(first)).to_be_focused()


async def test_the_place_that_one_goes_to_is_the_place_that_is_shown(page: Page, url: str) -> None:
    await visit(page, url + "/results")
    await page.get_by_label("Place").fill("50000")
    await page.get_by_label("Place").press("Enter")
    await expect(page).to_have_url(url + "/results?place=50000")
    await expect(page.locator("[aria-rowindex='50001']")).to_be_in_viewport()
    await expect(page.get_by_label("Place")).to_have_value("50000")


async def test_a_menu_stays_open_when_its_button_is_pressed_twice(page: Page, url: str) -> None:
    await visit(page, url + "/notes")
    button = page.get_by_role("button", name="Menu")
    await button.click()
    await button.click()
    await page.get_by_role("button", name="Large print").click()
    await expect(page.locator("#notes")).to_have_class(re.compile("large"))
    await expect(button).to_have_attribute("aria-expanded", "true")
    await page.locator("h1").click()
    await expect(page.locator("#menu")).to_be_hidden()
    await expect(button).to_have_attribute("aria-expanded", "false")
