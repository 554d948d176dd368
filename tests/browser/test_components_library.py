"""The component library in a browser: windows, toasts, tables, fields, portals, accessibility."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from examples.components.components import Rating, ReadingRoomView
from tests.browser.accessibility import expect_no_faults
from tests.browser.pages import connected, visit
from tests.conftest import serving
from wirebird import LiveView, Stream, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]
ROOT = Path(__file__).parents[2]


def reading_room(make_app: MakeApp) -> Wirebird:
    app = make_app(
        templates=ROOT / "examples",
        layout="gallery_layout.html",
        styles=[ROOT / "examples" / "gallery.css"],
    )
    app.components(Rating)
    app.live("/", ReadingRoomView)
    return app


@dataclass
class Windows:
    heard: str = "nothing"
    asked: bool = False


class WindowsView(LiveView[Windows]):
    html = """
    <p id="heard">{{ heard }}</p>
    {{ ui.button("Open", id="open", phx_click=ui.show_modal("outer")) }}
    {{ ui.button("Ask", id="ask", phx_click="ask") }}
    {% call ui.modal(id="outer", title="Outer", on_cancel=js.push("cancelled")) %}
      <input id="first" aria-label="First">
      {{ ui.button("Further", id="further", phx_click=ui.show_modal("inner")) }}
    {% endcall %}
    {{ ui.dialog("For good.", id="inner", title="Sure?", confirm="Yes", on_confirm="confirmed") }}
    {% if asked %}
      {% call ui.modal(id="asked", title="Asked", show=true, on_cancel=js.push("answered")) %}
        <a id="link" href="#there">A link</a>
      {% endcall %}
    {% endif %}
    """

    @event
    async def ask(self) -> None:
        self.state.asked = True

    @event
    async def answered(self) -> None:
        self.state.asked = False
        self.state.heard = "answered"

    @event
    async def cancelled(self) -> None:
        self.state.heard = "cancelled"

    @event
    async def confirmed(self) -> None:
        self.state.heard = "confirmed"


@pytest.fixture
def windows(make_app: MakeApp, serve: Serve) -> str:
    app = make_app()
    app.live("/", WindowsView)
    return serve(app)


async def focused(page: Page) -> str:
    return await page.evaluate("document.activeElement.id || document.activeElement.className")


async def expect_focus(page: Page, selector: str) -> None:
    await expect(page.locator(selector)).to_be_focused()


@pytest.mark.parametrize("way", ["button", "escape", "away"])
async def test_a_modal_opens_without_the_server_and_closes(
    page: Page, windows: str, way: Literal["button", "escape", "away"]
) -> None:
    await visit(page, windows)
    window = page.locator("#outer-window")
    await expect(window).to_be_hidden()
    await page.click("#open")
    await expect(window).to_be_visible()
    await expect(page.get_by_role("dialog", name="Outer")).to_be_visible()
    await expect_focus(page, "#first")
    if way == "button":
        await window.get_by_role("button", name="Close").click()
    elif way == "escape":
        await page.keyboard.press("Escape")
    else:
        await page.mouse.click(5, 5)
    await expect(window).to_be_hidden()
    await expect(page.locator("#heard")).to_have_text("cancelled")
    await expect_focus(page, "#open")


async def test_a_click_within_a_modal_leaves_it_open(page: Page, windows: str) -> None:
    await visit(page, windows)
    await page.click("#open")
    await expect_focus(page, "#first")
    await page.click("#outer-title")
    await page.click("#first")
    await expect(page.locator("#outer-window")).to_be_visible()
    await expect(page.locator("#heard")).to_have_text("nothing")


async def test_the_focus_stays_within_a_modal(page: Page, windows: str) -> None:
    await visit(page, windows)
    await page.click("#open")
    await expect_focus(page, "#first")
    seen: list[str] = []
    for _ in range(4):
        await page.keyboard.press("Tab")
        seen.append(await focused(page))
    assert seen == ["further", "wb-close", "first", "further"]
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    assert await focused(page) == "wb-close"


async def test_escape_closes_the_window_that_has_the_focus(page: Page, windows: str) -> None:
    await visit(page, windows)
    await page.click("#open")
    await expect_focus(page, "#first")
    await page.click("#further")
    inner = page.get_by_role("alertdialog", name="Sure?")
    await expect(inner).to_be_visible()
    await expect(inner.get_by_role("button", name="Cancel")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(inner).to_be_hidden()
    await expect_focus(page, "#further")
    await expect(page.locator("#outer-window")).to_be_visible()
    await expect(page.locator("#heard")).to_have_text("nothing")
    await page.keyboard.press("Escape")
    await expect(page.locator("#outer-window")).to_be_hidden()
    await expect_focus(page, "#open")


async def test_a_dialog_closes_itself_and_passes_the_answer_on(page: Page, windows: str) -> None:
    await visit(page, windows)
    await page.click("#open")
    await page.click("#further")
    await page.get_by_role("button", name="Yes").click()
    await expect(page.locator("#heard")).to_have_text("confirmed")
    await expect(page.locator("#inner-window")).to_be_hidden()


async def test_a_modal_of_the_server_opens_when_rendered_and_tells_when_closed(
    page: Page, windows: str
) -> None:
    await visit(page, windows)
    for _ in range(2):
        await page.click("#ask")
        await expect(page.get_by_role("dialog", name="Asked")).to_be_visible()
        await expect_focus(page, "#link")
        await page.keyboard.press("Escape")
        await expect(page.locator("#asked")).to_have_count(0)
        await expect(page.locator("#heard")).to_have_text("answered")
        await expect_focus(page, "#ask")


async def test_escape_is_nothing_to_windows_that_are_closed(page: Page, windows: str) -> None:
    await visit(page, windows)
    await page.keyboard.press("Escape")
    await page.click("#ask")
    await expect(page.locator("#asked-window")).to_be_visible()
    await expect(page.locator("#heard")).to_have_text("nothing")


class ToastsView(LiveView[dict[str, Any]]):
    html = """
    {{ ui.flash_group(flash) }}
    <button id="say" phx-click="say">Say</button>
    """
    layout = None

    async def mount(self) -> None:
        self.state = {}

    @event
    async def say(self) -> None:
        self.socket.put_flash("info", "Saved")
        self.socket.put_flash("error", "<b>Failed</b>")


async def test_toasts_are_shown_and_dismissed_one_by_one(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", ToastsView)
    await visit(page, serve(app))
    await page.click("#say")
    info, error = page.locator("#flash-info"), page.locator("#flash-error")
    await expect(info).to_contain_text("Saved")
    await expect(error).to_contain_text("<b>Failed</b>")
    await expect(error).to_have_attribute("role", "alert")
    await info.get_by_role("button", name="Dismiss").click()
    await expect(info).to_have_count(0)
    await expect(error).to_be_visible()
    await page.click("#say")
    await expect(info).to_be_visible()


async def test_a_toast_says_that_the_server_is_gone_until_it_is_back(
    page: Page, make_app: MakeApp
) -> None:
    app = make_app()
    app.live("/", ToastsView)
    lost = page.locator("#flash-group-client-error")
    with ExitStack() as stack:
        url = stack.enter_context(serving(app))
        await visit(page, url)
        await expect(lost).to_be_hidden()
    await expect(lost).to_be_visible()
    await expect(lost).to_contain_text("Connection lost")
    bar = "getComputedStyle(document.querySelector('[data-phx-main]'), '::before').display"
    assert await page.evaluate(bar) == "none"
    with serving(app, port=int(url.rpartition(":")[2])):
        await connected(page)
        await expect(lost).to_be_hidden()


@dataclass(frozen=True)
class Song:
    id: int
    title: str


@dataclass
class Songs:
    songs: Stream[Song] = field(default_factory=Stream)
    listed: list[Song] = field(default_factory=list[Song])
    clicked: int = 0


class SongsView(LiveView[Songs]):
    html = """
    <p id="clicked">{{ clicked }}</p>
    <button id="add" phx-click="add">Add</button>
    {% macro title(song) %}<b>{{ song.title }}</b>{% endmacro %}
    {% macro remove(song) %}
    {{ ui.button("Remove", phx_click="remove", phx_value_id=song.id) }}
    {% endmacro %}
    {% macro click(song) %}{{ js.push("click", value={"id": song.id}) }}{% endmacro %}
    {{ ui.table(songs, id="songs", caption="Streamed", empty="None",
                col=[ui.col("Title", title)], action=remove) }}
    {{ ui.table(listed, id="listed", caption="Listed", empty="None",
                col=[ui.col("Title", "title")], row_click=click) }}
    """

    async def mount(self) -> None:
        self.state.listed = [Song(1, "One"), Song(2, "Two")]
        self.state.songs.insert_many(self.state.listed)

    @event
    async def add(self) -> None:
        song = Song(len(self.state.listed) + 1, "<New>")
        self.state.songs.insert(song, at=0)
        self.state.listed.insert(0, song)

    @event
    async def remove(self, id: int) -> None:
        self.state.songs.delete({"id": id})
        self.state.listed = [song for song in self.state.listed if song.id != id]

    @event
    async def click(self, id: int) -> None:
        self.state.clicked = id


async def test_a_table_shows_a_stream_or_a_list(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", SongsView)
    await visit(page, serve(app))
    streamed, listed = page.locator("#songs > tr"), page.locator("#listed > tr")
    await expect(streamed).to_have_count(2)
    await page.click("#add")
    for rows in (streamed, listed):
        await expect(rows.locator("td:first-child")).to_have_text(["<New>", "One", "Two"])
    assert await streamed.first.get_attribute("id") == "songs-3"
    await listed.nth(1).click()
    await expect(page.locator("#clicked")).to_have_text("1")
    none = page.locator(".wb-empty")
    await expect(none.first).to_be_hidden()
    for _ in range(3):
        count = await streamed.count()
        await streamed.first.get_by_role("button", name="Remove").click()
        await expect(streamed).to_have_count(count - 1)
    await expect(none).to_have_count(2)
    await expect(none.first).to_be_visible()


async def test_errors_of_a_field_are_shown_once_it_was_used(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await visit(page, serve(reading_room(make_app)))
    await page.get_by_role("button", name="Add a book").click()
    title, author = page.get_by_label("Title"), page.get_by_label("Author")
    await expect(title).to_be_focused()
    await author.fill("x")
    await page.get_by_label("Year").focus()
    wrong = page.locator(".wb-error")
    await expect(wrong).to_have_count(1)
    await expect(author).to_have_attribute("aria-invalid", "true")
    described = await author.get_attribute("aria-describedby") or ""
    assert described.split() == ["new_book_author-help", "new_book_author-error"]
    await expect(page.locator("#new_book_author-error")).to_contain_text("3 or more")
    await page.get_by_role("button", name="Shelve it").click()
    await expect(page.locator("#new_book_title-error")).to_be_visible()
    await title.fill("Emma")
    await author.fill("Jane Austen")
    await page.get_by_label("Year").fill("1815")
    await page.get_by_label("Shelf").select_option("Fiction")
    await page.get_by_label("Hardcover").check()
    await page.get_by_label("It may be lent").check()
    await expect(wrong).to_have_count(0)
    await page.get_by_role("button", name="Shelve it").click()
    await expect(page.locator("#books tr").first).to_contain_text("Emma")
    await expect(page.locator("#flash-success")).to_contain_text("Emma is on the shelf")
    await expect(title).to_have_value("")


async def test_a_portal_is_shown_elsewhere_and_its_events_reach_the_view(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await visit(page, serve(reading_room(make_app)))
    bar = page.locator("body > .reading")
    await expect(bar).to_have_count(0)
    await page.get_by_role("button", name="Read Elements").click()
    await expect(bar).to_contain_text("Reading Elements")
    await page.get_by_role("button", name="Read Middlemarch").click()
    await expect(bar).to_contain_text("Reading Middlemarch")
    await bar.get_by_role("button").click()
    await expect(bar).to_have_count(0)


async def test_live_components_stand_in_slots(page: Page, make_app: MakeApp, serve: Serve) -> None:
    await visit(page, serve(reading_room(make_app)))
    cards = page.locator(".card")
    await cards.nth(1).get_by_role("button", name="4 of 5").click()
    await expect(cards.nth(1).locator(".votes")).to_have_text("4.0 · 1 vote")
    await expect(cards.nth(0).locator(".votes")).to_have_text("No votes yet")


async def test_an_async_result_is_shown_when_it_is_there(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await visit(page, serve(reading_room(make_app)))
    await page.get_by_role("button", name="About Middlemarch").click()
    window = page.get_by_role("dialog", name="Middlemarch")
    await expect(window.locator("blockquote")).to_contain_text("A provincial town")
    await page.keyboard.press("Escape")
    await expect(window).to_have_count(0)
    await page.get_by_role("button", name="About Elements").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Nobody has written")


class EndlessView(LiveView[Songs]):
    html = """
    {% call ui.infinite_scroll(id="songs", tag="ol", on_bottom="more") %}
      {% for dom_id, song in songs %}
      <li id="{{ dom_id }}" style="height: 90vh">{{ song.title }}</li>
      {% endfor %}
    {% endcall %}
    """

    async def mount(self) -> None:
        await self.more()

    @event
    async def more(self) -> None:
        self.state.clicked += 1
        first = self.state.clicked * 10
        self.state.songs.insert_many(Song(id, f"song {id}") for id in (first, first + 1, first + 2))


async def test_an_infinite_list_grows_at_its_end(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", EndlessView)
    await visit(page, serve(app))
    rows = page.locator("ol#songs > li")
    await expect(rows).to_have_count(3)
    await page.mouse.move(200, 200)
    await page.mouse.wheel(0, 5000)
    await expect(rows).to_have_count(6)
    await expect(rows.nth(3)).to_have_text("song 20")


class MenuView(LiveView[Windows]):
    html = """
    <button id="ask" phx-click="ask">Menu</button>
    {% if asked %}
    {% call ui.focus_wrap(id="menu") %}
      <button id="one">One</button> <button id="two">Two</button>
    {% endcall %}
    {% endif %}
    """

    @event
    async def ask(self) -> None:
        self.state.asked = True


async def test_a_focus_wrap_takes_the_focus_and_keeps_it(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", MenuView)
    await visit(page, serve(app))
    await page.click("#ask")
    await expect_focus(page, "#one")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect_focus(page, "#one")
    await page.keyboard.press("Shift+Tab")
    await expect_focus(page, "#two")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_components_have_no_serious_faults_that_axe_knows(
    browser: Browser, make_app: MakeApp, serve: Serve, scheme: Literal["light", "dark"]
) -> None:
    context = await browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = await context.new_page()
    await visit(page, serve(reading_room(make_app)))
    await expect_no_faults(page, "the page")

    await page.get_by_role("button", name="Fail").click()
    await page.get_by_role("button", name="Read Elements").click()
    await expect(page.locator("body > .reading")).to_be_visible()
    await expect_no_faults(page, "toasts and a portal")

    await page.get_by_role("button", name="Add a book").click()
    await page.get_by_label("Author").fill("x")
    await page.get_by_label("Year").focus()
    await expect(page.locator(".wb-error")).to_be_visible()
    await expect_no_faults(page, "a modal with a form")
    await page.keyboard.press("Escape")
    await expect(page.locator("#new-book")).to_be_hidden()

    await page.get_by_role("button", name="Empty shelves").click()
    await expect(page.get_by_role("alertdialog")).to_be_visible()
    await expect_no_faults(page, "a dialog")
    await context.close()
