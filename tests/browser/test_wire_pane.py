"""The wire pane: what goes over a page's line, in words, with what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.accessibility import expect_no_faults
from tests.browser.blocking import before
from tests.browser.pages import visit
from tests.conftest import SECRET_KEY, serving
from wirebird import STRICT_POLICY, LiveView, Wirebird, event


@dataclass
class Counter:
    count: int = 5


class CounterView(LiveView[Counter]):
    html = """
    <main>
      <h1>Count is <b id="count">{{ count }}</b></h1>
      <button phx-click="increment" phx-value-by="2">More</button>
      <button phx-click="tell">Tell</button>
      <button data-wire-pane>Wire</button>
      <form id="names" phx-change="typed"><label>Name <input name="name"></label></form>
      <p phx-window-keydown="typed" hidden></p>
    </main>
    """

    @event
    async def increment(self, by: int = 1) -> None:
        self.state.count += by

    @event
    async def tell(self) -> None:
        self.socket.push_event("told", {"now": True})

    @event
    async def typed(self, name: str = "") -> None:
        self.socket.page_title = name or "Typed"


@pytest.fixture(scope="module")
def development() -> Iterator[str]:
    options = {"longPollFallbackMs": None}  # a slow machine's page would join once more, by polling
    app = Wirebird(secret_key=SECRET_KEY, debug=True, csp=STRICT_POLICY, client_options=options)
    app.live("/", CounterView)
    with serving(app) as url:
        yield url


@pytest.fixture(scope="module")
def production() -> Iterator[str]:
    app = Wirebird(secret_key=SECRET_KEY, wire_pane=True, csp=STRICT_POLICY)
    app.live("/", CounterView)
    with serving(app) as url:
        yield url


async def name_has_what_is_shown(badge: Locator) -> bool:
    name, shown = await badge.evaluate("el => [el.ariaLabel, el.innerText]")
    return " ".join(shown.split()) in " ".join(name.split())


async def test_a_frame_is_named_and_shown_beside_what_it_changed(
    page: Page, development: str
) -> None:
    await visit(page, development)
    badge = page.get_by_role("button", name="Wire: ")
    await expect(badge).to_contain_text("bytes")
    assert await name_has_what_is_shown(badge)
    await badge.click()
    pane = page.get_by_role("complementary", name="Wire")
    await expect(pane).to_be_focused()
    await expect(pane.get_by_role("button", name="view joins at /")).to_be_visible()

    await page.get_by_role("button", name="More").click()
    row = pane.get_by_role("button", name="event increment")
    await expect(row).to_contain_text("bytes")
    await expect(row).to_contain_text("server")
    await row.hover()
    box = await page.locator("#wirebird-wire .box").bounding_box()
    shown = await page.locator("#count").bounding_box()
    assert box is not None
    assert shown is not None
    assert box["x"] == pytest.approx(shown["x"] - 2)
    assert box["width"] == pytest.approx(shown["width"] + 4)

    await row.click()
    detail = pane.locator(".detail")
    await expect(detail).to_contain_text('"by": "2"')
    await expect(detail.get_by_text("value 0: 7")).to_be_visible()
    await expect(detail.locator(".leaf", has_text="value 0")).to_contain_text("b#count")
    await expect_no_faults(page, "the wire pane")
    await page.keyboard.press("Escape")
    await expect(pane).to_be_hidden()
    await expect(badge).to_be_focused()


async def test_frames_are_filtered_held_and_copied(page: Page, production: str) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await visit(page, production)
    await expect(page.locator("#wirebird-wire")).to_have_count(0)
    await page.get_by_role("button", name="Wire").click()
    pane = page.get_by_role("complementary", name="Wire")
    rows = pane.get_by_role("listitem")
    await expect(pane).to_contain_text("Nothing yet")
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("button", name="Tell").click()
    await expect(rows).to_have_count(2)
    await expect(rows.nth(1)).to_contain_text("event tell, pushes told")

    await pane.get_by_role("searchbox", name="Filter").fill("incr")
    await expect(rows).to_have_count(1)
    await expect(page).not_to_have_title("Typed")  # the page heard none of these keys
    await pane.get_by_role("searchbox", name="Filter").fill("")
    await pane.get_by_label("Which frames").select_option("Warnings")
    await expect(rows).to_have_count(0)
    await pane.get_by_label("Which frames").select_option("Everything")

    await pane.get_by_role("button", name="Pause").click()
    await page.get_by_role("button", name="More").click()
    await expect(page.locator("#count")).to_have_text("9")
    await expect(rows).to_have_count(2)
    await pane.get_by_role("button", name="Copy").click()
    await expect(pane.get_by_role("status")).to_have_text("The lines are copied.")
    copied = (await page.evaluate("navigator.clipboard.readText()")).splitlines()
    assert [line.split(",")[0] for line in copied] == ["event `increment`", "event `tell`"]
    await pane.get_by_role("button", name="Pause").click()
    await expect(rows).to_have_count(3)
    await pane.get_by_role("button", name="Clear").click()
    await expect(rows).to_have_count(0)
    await pane.get_by_role("button", name="Close").click()
    await expect(pane).to_be_hidden()


async def test_warnings_are_counted(page: Page, development: str) -> None:
    await visit(page, development)
    detail = "{code: 'no-handler', message: 'Nothing takes it', where: 'counter.html:3'}"
    await page.evaluate(f"dispatchEvent(new CustomEvent('wirebird:warning', {{detail: {detail}}}))")
    badge = page.get_by_role("button", name="1 warning")
    await expect(badge).to_be_visible()
    assert await name_has_what_is_shown(badge)
    await badge.click()
    pane = page.get_by_role("complementary", name="Wire")
    await expect(pane).to_contain_text("no-handler Nothing takes it (counter.html:3)")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 640)])
async def test_warnings_stand_above_the_open_pane(
    page: Page, development: str, width: int, height: int
) -> None:
    await page.set_viewport_size({"width": width, "height": height})
    await visit(page, development)
    warnings = page.locator("#wirebird-warnings")
    await page.evaluate("""for (let number = 0; number < 20; number += 1) {
        const push = JSON.stringify([["push", { event: `none${number}` }]]);
        liveSocket.execJS(document.querySelector("[data-phx-main]"), push);
    }""")
    await expect(warnings.locator("li")).to_have_count(20)
    await page.evaluate("wirebird.showWirePane()")
    pane = page.get_by_role("complementary", name="Wire")
    row = pane.get_by_role("button", name="view joins at /")
    await row.click(timeout=5000, position={"x": 20, "y": 10})
    await expect(pane.locator(".detail")).to_be_visible()
    upper, lower = await warnings.bounding_box(), await pane.bounding_box()
    assert upper is not None
    assert lower is not None
    assert upper["y"] >= 0
    assert upper["y"] + upper["height"] <= lower["y"]
    await pane.get_by_role("button", name="Close").click()
    await expect(pane).to_be_hidden()
    closed = await warnings.bounding_box()
    assert closed is not None
    assert closed["y"] + closed["height"] > height - 24


async def test_a_page_that_polls_has_one_too(page: Page) -> None:
    app = Wirebird(secret_key=SECRET_KEY, wire_pane=True, client_options={"longPollFallbackMs": 1})
    app.live("/", CounterView)
    with serving(app) as url:
        async with before(int(url.rpartition(":")[2])) as proxy:
            await visit(page, proxy.url)
            await page.evaluate("wirebird.showWirePane()")
            await page.get_by_role("button", name="More").click()
            row = page.get_by_role("complementary", name="Wire").get_by_role("listitem")
            await expect(row).to_contain_text("event increment")
            await expect(row).to_contain_text("server")
