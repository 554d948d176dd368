"""The gallery's buttons that break things: whatever they do, the page lives on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.accessibility import expect_no_faults
from tests.browser.pages import connected, is_same_document, mark, visit
from tests.cli.running import KEY, Running, free_port, running

ROOT = Path(__file__).parents[2]


def serving_gallery(folder: Path, **more: str) -> AbstractAsyncContextManager[Running]:
    port = free_port()
    env = {
        "PORT": str(port),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "WIREBIRD_SECRET_KEY": KEY,
        **more,
    }
    return running(folder, command=["examples"], port=port, env=env)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gallery(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with serving_gallery(tmp_path_factory.mktemp("gallery")) as gallery:
        yield gallery


async def test_a_page_lives_through_a_killed_server_and_a_crash_with_all_it_had(
    page: Page, gallery: Running
) -> None:
    await visit(page, f"{gallery.url}/counter")
    await mark(page)
    told = page.locator("#broken")
    for _ in range(3):
        await page.get_by_role("button", name="Add one").click()
    await page.get_by_role("button", name="test_counter.py").click()
    before = await page.locator(".break-it small").inner_text()
    await page.get_by_role("button", name="Kill the server").click()
    await expect(told).to_contain_text("lived through one break", timeout=60_000)
    await expect(told).to_contain_text(f"{before.removeprefix('Process ')} is dead")
    await expect(page.locator("h1")).to_have_text("Count is 3")
    await expect(page.locator(".source pre")).to_contain_text("it_counts_from_where_the_url_says")

    await page.get_by_role("button", name="Add one").click()
    await page.get_by_role("button", name="Kill this view").click()
    await expect(told).to_contain_text("2 breaks. Last, the view crashed")
    await expect(page.locator("h1")).to_have_text("Count is 4")
    assert await is_same_document(page)
    await expect_no_faults(page, "a page that was broken twice")


async def test_in_development_no_panel_covers_what_was_broken_on_purpose(
    page: Page, tmp_path: Path
) -> None:
    async with serving_gallery(tmp_path, WIREBIRD_DEBUG="1") as gallery:
        await visit(page, f"{gallery.url}/counter")
        await page.get_by_role("button", name="Add one").click()
        await page.get_by_role("button", name="Kill this view").click()
        await expect(page.locator("#broken")).to_contain_text("Last, the view crashed")
        await expect(page.locator("#wirebird-error")).to_have_count(0)
        await expect(page.locator("h1")).to_have_text("Count is 1")
        await page.get_by_role("button", name="Add one").click()
        await expect(page.locator("h1")).to_have_text("Count is 2")


async def test_a_text_survives_its_line_being_cut_between_two_letters(
    page: Page, gallery: Running
) -> None:
    await visit(page, f"{gallery.url}/registration")
    await page.get_by_role("button", name="Slow it").click()
    await page.get_by_role("button", name="Cut it while I type").click()
    await page.keyboard.type("kestrel", delay=30)
    await expect(page.locator("#broken")).to_contain_text("the line was cut between two letters")
    await expect(page.get_by_label("Username")).to_have_value("kestrel")
    await expect(page.get_by_label("Username")).to_be_focused()
    await page.get_by_role("button", name="Slow it").click()
    await expect(page.get_by_role("button", name="Slow it")).to_have_attribute(
        "aria-pressed", "false"
    )


async def test_a_line_that_is_dropped_comes_back(page: Page, gallery: Running) -> None:
    await page.clock.install()
    await visit(page, f"{gallery.url}/counter")
    await page.get_by_role("button", name="Add one").click()
    await page.get_by_role("button", name="Drop the line").click()
    await expect(page.locator("#broken")).to_contain_text("Gone for")
    await page.clock.run_for(6000)
    await connected(page)
    await expect(page.locator("#broken")).to_have_text(
        re.compile("the line was away for five seconds")
    )
    await expect(page.locator("h1")).to_have_text("Count is 1")


@pytest.mark.parametrize(
    ("path", "label"),
    [("/newspaper/letters", "Dear editor,"), ("/playlist", "Title")],
)
async def test_what_is_half_typed_outlives_the_view(
    page: Page, gallery: Running, path: str, label: str
) -> None:
    await visit(page, gallery.url + path)
    await page.get_by_label(label, exact=True).press_sequentially("Half a w")
    await page.get_by_role("button", name="Kill this view").click()
    await expect(page.locator("#broken")).to_contain_text("the view crashed")
    await expect(page.get_by_label(label, exact=True)).to_have_value("Half a w")


Act = Callable[[Page], Awaitable[None]]


async def count_on(page: Page) -> None:
    await page.get_by_role("button", name="One more").click()
    await expect(page.locator("#count")).to_have_text("1")


async def check_a_box(page: Page) -> None:
    await page.get_by_label("Box 7", exact=True).check()
    await expect(page.locator("#checked")).to_have_text("1")


async def say_something(page: Page) -> None:
    await page.get_by_label("Your name").fill("Ada")
    await expect(page.locator(".people")).to_contain_text("Ada")
    await page.get_by_label("Message").fill("Is anybody here?")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message")).to_contain_text("Is anybody here?")


async def be_somebody(page: Page) -> None:
    await page.get_by_label("Your name").fill("Ada")
    await expect(page.locator(".people")).to_contain_text("Ada")


async def plan_something(page: Page) -> None:
    await page.get_by_label("A new card").fill("Water the beans")
    await page.keyboard.press("Enter")
    await expect(page.locator(".kanban")).to_contain_text("Water the beans")


async def suspend_somebody(page: Page) -> None:
    await page.get_by_role("link", name="Come in as owner").click()
    await page.get_by_role("button", name="Suspend Lapwing").click()
    await expect(page.locator("#log")).to_contain_text("Lapwing: suspended")


async def sell_something(page: Page) -> None:
    await page.get_by_role("link", name="New plant").click()
    await page.get_by_label("Name", exact=True).fill("Rose")
    await page.get_by_label("Price in €").fill("9")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#plants")).to_contain_text("Rose")


@pytest.mark.parametrize(
    ("path", "act", "place", "stays"),
    [
        ("/shared-counter", count_on, "#count", "1"),
        ("/checkboxes", check_a_box, "#checked", "1"),
        ("/rooms/lobby", say_something, ".message", "Is anybody here?"),
        ("/rooms/lobby", be_somebody, ".people", "Ada"),
        ("/kanban", plan_something, ".kanban", "Water the beans"),
        ("/plants", sell_something, "#plants", "Rose"),
        ("/admin/door", suspend_somebody, "#log", "Lapwing: suspended"),
    ],
)
async def test_what_all_share_outlives_the_server(
    page: Page, other_page: Page, gallery: Running, path: str, act: Act, place: str, stays: str
) -> None:
    await visit(page, gallery.url + path)
    await act(page)
    await page.get_by_role("button", name="Kill the server").click()
    await expect(page.locator("#broken")).to_contain_text("lived through one break", timeout=60_000)
    await expect(page.locator(place)).to_contain_text(stays)
    if path == "/admin/door":
        await page.reload()
        await connected(page)
        await expect(page.locator(place)).to_contain_text(stays)
        return
    await visit(other_page, gallery.url + path)
    await expect(other_page.locator(place)).to_contain_text(stays)


@pytest.mark.parametrize(
    ("path", "question", "end"),
    [
        ("/chat", "Tell me of streaming", "in its developer tools."),
        ("/assistant", "Markdown, please", "So do [wicked links]"),
    ],
)
async def test_an_answer_that_died_with_the_server_is_asked_for_anew(
    page: Page, gallery: Running, path: str, question: str, end: str
) -> None:
    await visit(page, gallery.url + path)
    await page.locator("#question").fill(question)
    await page.keyboard.press("Enter")
    said = page.locator("[role=log]")
    await expect(said).to_contain_text("these words" if path == "/chat" else "What I can")
    await page.get_by_role("button", name="Kill the server").click()
    await expect(page.locator("#broken")).to_contain_text("lived through one break", timeout=60_000)
    await expect(said).to_contain_text(end, timeout=30_000)
    await expect(said.get_by_text(question)).to_have_count(1)
    await expect(page.locator("#stop")).to_have_count(0)
    await page.locator("#question").fill("And now?")
    await page.keyboard.press("Enter")
    await expect(said).to_contain_text("And now?")


async def test_what_one_enters_while_the_line_is_lost_is_told_when_it_is_back(
    page: Page, gallery: Running
) -> None:
    await visit(page, f"{gallery.url}/spreadsheet")
    await page.evaluate("new Promise((done) => liveSocket.disconnect(done))")
    await page.locator("#H2").click()
    await page.keyboard.type("777")
    await page.keyboard.press("Enter")
    await page.keyboard.type("=H2 + 1")
    await page.keyboard.press("Enter")
    await page.evaluate("liveSocket.connect()")
    await expect(page.locator("#H2")).to_have_text("777")
    await expect(page.locator("#H3")).to_have_text("778")


async def test_a_pointer_that_moves_while_the_line_is_lost_is_no_error(
    page: Page, gallery: Running
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await visit(page, f"{gallery.url}/presence")
    await page.evaluate("new Promise((done) => liveSocket.disconnect(done))")
    await page.locator("#board").focus()
    await page.keyboard.press("ArrowRight")
    await page.evaluate("liveSocket.connect()")
    await connected(page)
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".pointer.mine")).to_be_attached()
    assert errors == []
