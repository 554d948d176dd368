"""The gallery: an index that one searches, and around each example its source and its wire."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from examples.catalogue import EXAMPLES
from examples.gallery import HERE, app
from examples.sources import sources_of
from tests.browser.accessibility import expect_no_faults
from tests.browser.pages import connected, visit
from tests.conftest import SECRET_KEY, serving

GUIDES = HERE.parent / "docs" / "guides"

SHIFTS = """() => new Promise((done) => {
  const unasked = (list) => list.getEntries().filter((entry) => !entry.hadRecentInput);
  const observer = new PerformanceObserver((list) => done(unasked(list)));
  observer.observe({type: "layout-shift", buffered: true});
  setTimeout(() => done([]), 100);
})"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, serving(app) as url:
        patch.setattr(app, "_secret_key", SECRET_KEY)
        yield url


async def test_what_is_searched_stands_in_the_url(page: Page, url: str) -> None:
    await visit(page, url)
    cards = page.get_by_role("main").get_by_role("listitem")
    await expect(cards).to_have_count(len(EXAMPLES))
    await page.get_by_role("searchbox").fill("drag")
    await expect(page).to_have_url(re.compile(r"\?q=drag$"))
    await expect(cards.filter(has_text="Kanban")).to_have_count(1)
    await expect(cards.filter(has_text="Volume")).to_have_count(0)
    await page.get_by_role("searchbox").fill("upload")
    found = sum(each.is_about("upload") for each in EXAMPLES)
    await expect(cards).to_have_count(found)
    await page.get_by_role("link", name="forms").click()
    some = sum(each.group == "forms" and each.is_about("upload") for each in EXAMPLES)
    await expect(page.get_by_role("status")).to_have_text(re.compile(f"^{some} example"))
    await page.go_back()
    await expect(page.get_by_role("searchbox")).to_have_value("upload")
    await expect(cards).to_have_count(found)
    await visit(page, f"{url}/?group=data&q=presence")
    await expect(cards).to_have_count(0)
    await page.get_by_role("link", name="Show all examples").click()
    await expect(cards).to_have_count(len(EXAMPLES))
    await expect(page.get_by_role("searchbox")).to_have_value("")
    await visit(page, f"{url}/?group=together&q=presence")
    await expect(cards.filter(has_text="Chat rooms")).to_have_count(1)
    await expect_no_faults(page, "the index")


async def test_an_example_is_shown_with_its_source_and_its_wire(page: Page, url: str) -> None:
    await visit(page, f"{url}/counter")
    files = page.get_by_role("group", name="Files")
    await expect(files.get_by_role("button", name="counter.py 22")).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(page.locator(".source pre")).to_contain_text("class CounterView(LiveView")
    await files.get_by_role("button", name="counter.html").click()
    await expect(page.locator(".source pre")).to_contain_text("Count is {{ count }}")
    await files.get_by_role("button", name="test_counter.py").click()
    await expect(page.locator(".source pre")).to_contain_text("it_counts_from_where_the_url_says")
    assert await page.evaluate(SHIFTS) == []
    await page.get_by_role("button", name="Wire", exact=True).click()
    wire = page.get_by_role("complementary", name="Wire")
    await expect(wire).to_be_visible()  # it is loaded when somebody asks for it
    await page.get_by_role("button", name="Add one").click()
    await expect(wire.get_by_role("button", name="event increment")).to_contain_text("server")
    await expect_no_faults(page, "an example with its wire")


async def test_the_next_example_is_a_click_away(page: Page, url: str) -> None:
    at = next(index for index, each in enumerate(EXAMPLES) if each.slug == "volume")
    await visit(page, f"{url}/volume")
    await page.get_by_role("link", name="Next").click()
    await expect(page).to_have_url(f"{url}{EXAMPLES[at + 1].path}")
    await page.get_by_role("link", name="Previous").click()
    await expect(page).to_have_url(f"{url}/volume")
    await visit(page, f"{url}/components")
    await page.get_by_role("link", name="modal").click()
    await expect(page.get_by_role("searchbox")).to_have_value("modal")


async def test_a_word_as_long_as_may_be_is_no_wider_than_a_phone(page: Page, url: str) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    for path, label, word in (
        ("/calendar", "What", "x" * 60),
        ("/presence", "Your name", "W" * 20),
        ("/rooms/lobby", "Your name", "W" * 20),
    ):
        await visit(page, url + path)
        await page.get_by_label(label).fill(word)
        await page.keyboard.press("Enter")
        shown = page.locator("main li").filter(has_text=word).last
        await expect(shown).to_be_visible()
        right = await shown.evaluate("each => each.getBoundingClientRect().right")
        assert right <= 390 - 16, f"{path} is too wide"


async def test_the_choice_of_light_or_dark_outlives_the_page(page: Page, url: str) -> None:
    await page.emulate_media(color_scheme="light")
    await visit(page, f"{url}/counter")
    background = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(background)
    switch = page.get_by_role("button", name="Light or dark")
    await switch.click()
    dark = await page.evaluate(background)
    assert dark != light
    await page.reload()
    await connected(page)
    assert await page.evaluate(background) == dark
    await expect_no_faults(page, "an example in the dark")
    await switch.click()
    assert await page.evaluate(background) == light


def test_each_example_has_sources_and_a_place_of_its_own() -> None:
    assert len({example.slug for example in EXAMPLES}) == len(EXAMPLES)
    for example in EXAMPLES:
        sources = sources_of(example.view)
        assert sources[0].lines > 10
        long = [each.name for each in sources if each.name.endswith(".py") and each.lines > 150]
        assert long == [], f"{example.title} takes more Python than one reads at once"
        assert sources[-1].name.startswith("test_"), f"{example.title} has no test beside it"
        assert (GUIDES / f"{example.guide}.md").is_file(), example


def test_each_example_has_a_picture_in_the_colours_of_the_page() -> None:
    for example in EXAMPLES:
        drawn = example.thumbnail
        assert drawn.startswith('<svg aria-hidden="true"'), example
        assert len(drawn) < 4100, example
        assert not re.search(r"<(text|style|script|image)|\bid=|#[0-9a-f]{3,8}", drawn), example


def test_scripts_and_styles_of_an_example_are_loaded_by_its_own_pages_alone() -> None:
    pages: dict[str, set[str]] = {}
    for route in app.live_router.routes:
        slug = route.path.split("/")[1]
        pages.setdefault(route.live_session.name, set()).add(slug)
    assert all(len(slugs) == 1 for slugs in pages.values()), pages
    for kind in (app.assets.everywhere.styles, app.assets.everywhere.scripts):
        assert all(file.parent == HERE for file in map(Path, kind) if HERE in file.parents)
