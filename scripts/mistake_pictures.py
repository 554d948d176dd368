"""Makes pictures of what a developer is told in the page, in both colour schemes, to be looked at.

Usage: `scripts/run python scripts/mistake_pictures.py FOLDER`
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, ViewportSize, async_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.conftest import serving
from tests.dev import test_mistakes, test_mistakes_in_html

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WARN = ("unknown", "lacking", "unfit", "stray", "tell", "block")
BREAK = ("unsendable", "unanswerable", "astray", "typo", "unawaited")


async def pictures(page: Page, urls: tuple[str, str], folder: Path, scheme: str) -> None:
    """Make all mistakes in one scheme."""
    url, html = urls
    warnings = page.locator("#wirebird-warnings li")
    await page.goto(url)
    await page.locator("[data-phx-main].phx-connected").wait_for(state="attached")
    for number, button in enumerate(WARN):
        await page.click(f"#{button}")
        await warnings.nth(number).wait_for(state="attached")
    await page.screenshot(path=folder / f"warnings-{scheme}.png")
    await page.goto(html)
    await warnings.filter(has_text="WB501").wait_for()
    await page.screenshot(path=folder / f"html-{scheme}.png")
    await page.goto(f"{url}/headless")
    await warnings.wait_for()
    await page.screenshot(path=folder / f"headless-{scheme}.png")
    for button in BREAK:
        await page.goto(url)
        await page.locator("[data-phx-main].phx-connected").wait_for(state="attached")
        await page.click(f"#{button}")
        await page.locator("#wirebird-error").wait_for()
        await page.screenshot(path=folder / f"{button}-{scheme}.png")
    await page.goto(f"{url}/broken")
    await page.locator(".report").wait_for()
    await page.screenshot(path=folder / f"first-render-{scheme}.png")


async def main(folder: Path, script: Path) -> None:
    """Make the pictures of both schemes."""
    async with async_playwright() as playwright:
        path = os.environ.get("WIREBIRD_CHROMIUM")
        browser = await playwright.chromium.launch(executable_path=path)
        for scheme in SCHEMES:
            html = test_mistakes_in_html.build(script=script)
            with serving(test_mistakes.build()) as url, serving(html) as other:
                size: ViewportSize = {"width": 900, "height": 700}
                page = await browser.new_page(color_scheme=scheme, viewport=size)
                await pictures(page, (url, other), folder, scheme)
        await browser.close()


if __name__ == "__main__":
    chosen = Path(sys.argv[1])
    chosen.mkdir(parents=True, exist_ok=True)
    broken = chosen / "hooks.js"
    broken.write_text("export const hooks = {")
    asyncio.run(main(chosen, broken))
