"""Every page of the gallery, each visited once: for eyes, keys, phones, and those in a hurry.

The examples are those of the catalogue, so that a new one is tested here as soon as it is listed.
What a page looks like is no matter of Python's version: one version tests it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Error, Page, ViewportSize

from examples.catalogue import EXAMPLES, Example
from examples.gallery import app
from tests.browser.accessibility import expect_no_faults
from tests.browser.pages import connected
from tests.conftest import SECRET_KEY, serving

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 800}
OURS = 65 * 1024
MOST_STOPS = 60
SOURCE = ".source pre"
"""A thousand colours, the same in all pages: `test_gallery.py` looks at one."""

FOLLOW = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      const moved = sources.map(({ node }) => node?.outerHTML?.slice(0, 200));
      if (!hadRecentInput) shifts.push([value, ...moved]);
    }
  }).observe({ type: "layout-shift", buffered: true });
}"""

MOVING = """() => {
  const longest = (list) => Math.max(...list.split(", ").map(parseFloat));
  const moves = /all|transform|translate|scale|rotate|width|height|size|inset|top|left|margin/;
  const isMoving = (style) =>
    (moves.test(style.transitionProperty) && longest(style.transitionDuration) > 0.01) ||
    (style.animationName !== "none" && longest(style.animationDuration) > 0.01);
  return [...document.querySelectorAll("*")]
    .flatMap((el) => [undefined, "::before", "::after"].map((part) => [el, part]))
    .filter(([el, part]) => isMoving(getComputedStyle(el, part)))
    .map(([el, part = ""]) => el.outerHTML.slice(0, 160) + part);
}"""
"""What would move, though this visitor has asked for rest."""

WEIGHT = """() => performance.getEntriesByType("resource")
  .filter(({ initiatorType }) => ["script", "link", "css", "other"].includes(initiatorType))
  .map(({ name, encodedBodySize }) => [name.replace(location.origin, ""), encodedBodySize])"""

KEYS = """() => {
  const main = document.querySelector("main");
  window.stops = [];
  window.there = new Set(main.querySelectorAll("*"));
  main.tabIndex = -1;
  main.focus();
  main.removeAttribute("tabindex");
  addEventListener("focusin", ({ target }) => {
    if (!main.contains(target)) return;
    const near = [target, target.parentElement, target.nextElementSibling].filter(Boolean);
    const seen = near.some((el) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(el);
      return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
    });
    stops.push({ el: target, seen });
  });
}"""

HAS_LEFT = "!document.querySelector('main').contains(document.activeElement)"

LEFT_OUT = """() => {
  const inputs = `input:not([type=hidden]), select, textarea, button, a[href], summary, [tabindex],
    [contenteditable=true]`;
  const radios = new Set(stops.map(({ el }) => el.type === "radio" && el.name));
  const reached = new Set(stops.map(({ el }) => el));
  const short = (el) => el.outerHTML.slice(0, 160);
  return {
    unseen: stops.filter(({ seen }) => !seen).map(({ el }) => short(el)),
    missed: [...document.querySelectorAll(`main :is(${inputs})`)].filter((el) =>
      el.checkVisibility({ visibilityProperty: true }) && !el.disabled && el.tabIndex >= 0
      && !reached.has(el) && there.has(el) && !el.closest("[inert]")
      && !(el.type === "radio" && radios.has(el.name)))
      .map(short),
  };
}"""

CUT = """() => [...document.querySelectorAll("button, a")].filter((el) => {
  const { left, right, width } = el.getBoundingClientRect();
  const isCut = width > 1 && (left < 0 || right > innerWidth);
  const scrolls = (each) =>
    each && (getComputedStyle(each).overflowX !== "visible" || scrolls(each.parentElement));
  return isCut && el.checkVisibility() && !scrolls(el.parentElement);
}).map((el) => el.outerHTML.slice(0, 200))"""


MEDDLING = """() => {
  const selectors = (rules) => [...rules].flatMap((rule) =>
    rule.selectorText ? [rule.selectorText] : rule.cssRules ? selectors(rule.cssRules) : []);
  const reach = (sheets, elements) => [...document.styleSheets]
    .filter(({ href }) => sheets.test(href))
    .flatMap(({ cssRules }) => selectors(cssRules))
    .filter((selector) => selector !== ".frame h1:first-child")
    .filter((selector) => [...elements].some((el) => el.matches(selector)));
  const frame = ".frame-bar, .frame-bar *, .frame > .about, .frame > .about *";
  return [
    ...reach(/\\/app\\/(?!gallery-)/, document.querySelectorAll(frame)),
    ...reach(/\\/app\\/gallery-/, document.querySelectorAll("main *")),
  ];
}"""
"""What the styles of an example and those of the frame around it do to each other."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, serving(app) as url:
        patch.setattr(app, "_secret_key", SECRET_KEY)
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visitor(browser: Browser) -> AsyncIterator[Page]:
    """One page for all visits, whose browser keeps what is the same in all of them."""
    context = await browser.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.add_init_script(f"({FOLLOW})()")
    yield page
    await context.close()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.slug)
async def test_a_page_is_good_to_use(
    example: Example, visitor: Page, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    page = visitor
    faults: list[str] = []

    def heard(error: Error) -> None:
        faults.append(error.stack or error.message)

    def told(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(message.text)

    page.on("pageerror", heard)
    page.on("console", told)
    try:
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size(DESK)
        response = await page.goto(url + example.path)
        assert response is not None
        says_what_it_is_without_javascript(await response.text())
        await connected(page)
        assert await page.evaluate(MEDDLING) == []
        await is_light_and_still(page, example, await response.body())
        await expect_no_faults(page, f"{example.path}, light", leave_out=SOURCE)
        await is_reached_by_keys(page)
        await use(page, example)
        assert await page.evaluate(MOVING) == []
        await page.emulate_media(color_scheme="dark")
        await expect_no_faults(page, f"{example.path}, used, dark", leave_out=SOURCE)
        await page.set_viewport_size(PHONE)
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert await page.evaluate(CUT) == []
        said = [each.getMessage() for each in caplog.records]
        # A machine that is out of breath is no fault of the page's.
        assert faults + [each for each in said if "has blocked the event loop" not in each] == []
    finally:
        page.remove_listener("pageerror", heard)
        page.remove_listener("console", told)


def says_what_it_is_without_javascript(html: str) -> None:
    """What is there before any script has run is the page, with a word about what is missing."""
    main = html[html.index("<main>") : html.index("</main>")]
    assert "<h1" in main
    assert "<noscript>" in html


async def is_light_and_still(page: Page, example: Example, html: bytes) -> None:
    parts: list[Any] = await page.evaluate(WEIGHT)
    weight = len(gzip.compress(html)) + sum(size for _, size in parts)
    assert weight <= OURS + example.kilobytes * 1024, (weight, parts)
    shifts = await page.evaluate("shifts")
    assert sum(shift[0] for shift in shifts) < 0.001, json.dumps(shifts, indent=1)


async def is_reached_by_keys(page: Page) -> None:
    await page.evaluate(KEYS)
    for stop in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        if stop % 5 == 4 and await page.evaluate(HAS_LEFT):
            break
    found = await page.evaluate(LEFT_OUT)
    assert found["unseen"] == []
    if await page.evaluate("stops.length") < MOST_STOPS:
        assert found["missed"] == []


async def use(page: Page, example: Example) -> None:
    """Press what shows most of a page's states, or the first button."""
    button = (
        page.locator(example.press).locator("visible=true").and_(page.locator(":enabled")).first
    )
    if await button.count():
        await button.focus()
        await page.keyboard.press("Enter")
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    await page.wait_for_function(
        "!document.querySelector('.phx-click-loading, .phx-submit-loading')"
    )
