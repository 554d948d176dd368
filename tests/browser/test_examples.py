"""The examples, used by hand: what is shown fits, and the focus stays where the eye is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from examples.auction.auction import AuctionView
from examples.auction.house import House
from examples.gallery import app
from examples.kanban.board import Board
from examples.kanban.kanban import KanbanView
from examples.plants.nursery import NURSERY
from tests.browser.accessibility import expect_no_faults
from tests.browser.pages import connected, visit
from tests.conftest import SECRET_KEY

Serve = Callable[[Any], str]

PATHS = [
    "/", "/shared-counter", "/checkboxes", "/presence", "/volume", "/components", "/playlist",
    "/numbers", "/tabs", "/plants", "/chat", "/rooms/lobby",
    "/kanban", "/auction",
]  # fmt: skip


@pytest.fixture
def url(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(app, "_secret_key", SECRET_KEY)
    return serve(app)


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 390, "height": 800})
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_is_cut_on_a_phone_and_all_can_use_it(
    path: str, phone: Page, url: str
) -> None:
    await visit(phone, url + path)
    assert await phone.evaluate("document.documentElement.scrollWidth") <= 390
    cut = """() => [...document.querySelectorAll("button, a")].filter((el) => {
      const { left, right } = el.getBoundingClientRect();
      const table = el.closest(".wb-table-around")?.getBoundingClientRect();
      const end = Math.min(innerWidth, table?.right ?? innerWidth);
      return el.checkVisibility() && (left < 0 || right > end);
    }).map((el) => el.outerHTML)"""
    assert await phone.evaluate(cut) == []
    await expect_no_faults(phone, path)
    assert await phone.title() != ""


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


async def test_the_volume_follows_the_pointer_and_the_keys(page: Page, url: str) -> None:
    await visit(page, url + "/volume")
    slider = page.get_by_role("slider", name="Volume")
    box = await slider.bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
    await expect(page.locator("output")).to_have_text("100 percent")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("output")).to_have_text("90 percent")
    await page.keyboard.press("m")
    await expect(page.locator("output")).to_have_text("muted")
    await expect(slider).to_have_value("0")


async def test_a_song_needs_a_title_that_can_be_read(page: Page, url: str) -> None:
    await visit(page, url + "/playlist")
    await page.fill("#title", "   ")
    await page.fill("#artist", "Nobody")
    await page.get_by_role("button", name="Add last").click()
    assert not await page.eval_on_selector("#title", "el => el.checkValidity()")
    await expect(page.locator("#count")).to_have_text("5 songs.")


async def test_a_song_that_goes_leaves_the_focus_to_the_next_one(page: Page, url: str) -> None:
    await visit(page, url + "/playlist")
    for removed, focused in ((2, "#remove-3"), (5, "#remove-4")):
        await page.click(f"#remove-{removed}")
        await expect(page.locator(focused)).to_be_focused()


async def test_a_plant_that_goes_leaves_the_focus_to_the_next_one(page: Page, url: str) -> None:
    await visit(page, url + "/plants")
    first, second = NURSERY.find("")[:2]
    await page.click(f"#delete-{first.id}")
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(page.locator(f"#delete-{first.id}")).to_have_count(0)
    await expect(page.locator(f"#delete-{second.id}")).to_be_focused()


async def test_a_plant_that_is_gone_is_not_saved(page: Page, url: str) -> None:
    plant = NURSERY.find("")[-1]
    await visit(page, f"{url}/plants/{plant.id}/edit")
    NURSERY.remove(plant.id)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("Somebody has deleted this plant")
    assert NURSERY.get(plant.id) is None


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


async def test_a_book_that_is_put_back_leaves_the_focus_to_its_row(page: Page, url: str) -> None:
    await visit(page, url + "/components")
    await page.get_by_role("button", name="Read Elements").click()
    await page.get_by_role("button", name="Put it back").click()
    await expect(page.get_by_role("button", name="Read Elements")).to_be_focused()


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


async def test_a_line_that_goes_leaves_the_focus_to_the_next_one(page: Page, url: str) -> None:
    await visit(page, url + "/invoice")
    for number, left, focused in ((2, 2, 2), (2, 1, 1), (1, 0, 0)):
        await page.get_by_role("button", name=f"Remove line {number}").click()
        lines = page.get_by_role("main").get_by_role("listitem")
        await expect(lines).to_have_count(left)
        name = f"Remove line {focused}" if focused else "Add a line"
        await expect(page.get_by_role("button", name=name)).to_be_focused()


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


async def test_all_who_look_at_it_count_together(page: Page, other_page: Page, url: str) -> None:
    await visit(page, url + "/shared-counter")
    await visit(other_page, url + "/shared-counter")
    await expect(page.locator("#people")).to_have_text("2 people are here.")
    before = int(await page.locator("#count").inner_text())
    await page.get_by_role("button", name="One more").click()
    await other_page.get_by_role("button", name="One more").click()
    for each in (page, other_page):
        await expect(each.locator("#count")).to_have_text(str(before + 2))
    await other_page.close()
    await expect(page.locator("#people")).to_have_text("One person is here.")


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


async def test_people_talk_in_rooms_and_see_who_types(
    page: Page, other_page: Page, url: str
) -> None:
    await visit(page, url + "/rooms/lobby")
    await visit(other_page, url + "/rooms/lobby")
    await expect(page.get_by_role("heading", name="2 here")).to_be_visible()
    await other_page.get_by_label("Your name").fill("Ada")
    await expect(page.locator(".people")).to_contain_text("Ada")
    await other_page.get_by_label("Message").fill("Is anybody here?")
    await expect(page.locator("#typing")).to_have_text("Ada is typing…")
    await other_page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Is anybody here?")
    await expect(page.locator("#typing")).to_have_text("")
    await expect(other_page.get_by_label("Message")).to_have_value("")
    await expect(other_page.get_by_label("Message")).to_be_focused()
    # Another room is another address, with people and messages of its own.
    await page.get_by_role("link", name="Garden").click()
    await expect(page).to_have_url(url + "/rooms/garden")
    await expect(page.get_by_role("heading", name="1 here")).to_be_visible()
    await expect(page.get_by_role("log").get_by_role("listitem")).to_have_count(0)
    await expect(other_page.get_by_role("heading", name="1 here")).to_be_visible()
    await page.get_by_label("Message").fill("Only flowers")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("log")).to_contain_text("Only flowers")
    await expect_no_faults(page, "a room in which somebody talks")
    await page.go_back()
    await expect(page.get_by_role("log")).to_contain_text("Is anybody here?")
    await expect(page.get_by_role("log")).not_to_contain_text("Only flowers")
    await expect(other_page.get_by_role("log")).not_to_contain_text("Only flowers")


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
    for key in ("ArrowRight", "ArrowUp"):
        await page.keyboard.press(key)
        await expect(handle).to_be_focused()
    await expect(done.get_by_role("listitem")).to_have_text(["Oil the hinges", "Sweep the path"])
    await expect(doing.get_by_role("listitem")).to_have_count(2)
    # What is new and what is gone is so for all, too.
    await other_page.get_by_label("A new card").fill("Water the beans")
    await other_page.keyboard.press("Enter")
    await expect(page.get_by_role("list", name="To do")).to_contain_text("Water the beans")
    await page.get_by_role("button", name="Delete Sow the peas").click()
    await expect(to_do.get_by_role("listitem")).to_have_text(["Mend the fence", "Water the beans"])
    await expect(page.get_by_role("button", name="Delete Mend the fence")).to_be_focused()
    await expect_no_faults(page, "a board that was used")


async def test_an_auction_takes_the_highest_bid_in_time_and_outlives_its_house(
    page: Page, other_page: Page, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = 1000.0
    monkeypatch.setattr(AuctionView, "house", House(tmp_path / "house.db", now=lambda: at))
    await visit(page, url + "/auction")
    await visit(other_page, url + "/auction")
    lot, others = page.locator("#lot-1"), other_page.locator("#lot-1")
    await expect(lot.get_by_role("timer")).to_have_text("2:00")
    await other_page.get_by_label("You bid as").fill("Ada")
    await other_page.get_by_label("You bid as").blur()
    await others.get_by_role("button", name="Bid €45").click()
    await expect(lot).to_contain_text("€45 by Ada")
    await lot.get_by_role("button", name="Bid €55").click()
    await expect(others).to_contain_text("€55 by Somebody")
    await expect(lot).to_contain_text("€55 by you")
    # The house is another one now, and time goes on: what was bid counts, and a late bid extends.
    monkeypatch.setattr(AuctionView, "house", House(tmp_path / "house.db", now=lambda: at))
    at += 115
    await expect(lot.get_by_role("timer")).to_have_text("0:05")
    await expect_no_faults(page, "the last seconds of a lot")
    await others.get_by_role("button", name="Bid €60").click()
    for each in (lot, others):
        await expect(each.get_by_role("timer")).to_have_text("0:15")
    at += 15
    await expect(lot).to_contain_text("€60 sold to Ada")
    await expect(others).to_contain_text("€60 sold to you")
    await expect(lot.get_by_role("button").first).to_be_disabled()
    await expect(page.get_by_role("status").last).to_have_text("Brass telescope: it goes to Ada.")
    at += 60
    await expect(page.locator("#lot-3")).to_contain_text("not sold")
    await page.get_by_role("button", name="Auction them again").click()
    await expect(others).to_contain_text("€40 to begin with")
    await expect_no_faults(page, "an auction that has begun anew")
