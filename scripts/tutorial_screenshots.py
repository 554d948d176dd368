"""Takes the pictures of the tutorial: `scripts/run python scripts/tutorial_screenshots.py`.

It follows the tutorial to its end in an empty folder, and does in a browser what the pages say.
"""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.request import urlopen

from playwright.async_api import Browser, Page, async_playwright, expect

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images" / "tutorial"
sys.path.insert(0, str(ROOT))

from tests.docs.tutorial import PAGES, follow  # noqa: E402

TITLES = [
    "The door squeaks", "The lamp is dark", "The build is slow", "Letters have no subject",
    "Umlauts are lost", "The chart has no legend", "The log says nothing", "Too many cookies",
]  # fmt: skip


def begin(folder: Path, pages: int) -> Path:
    """Follow the first pages, and return the project."""
    for page in PAGES[:pages]:
        follow(page, folder)
    return folder / "tracker"


def answers(url: str) -> bool:
    try:
        return urlopen(f"{url}/_wirebird/ready").status == 200
    except OSError:
        return False


@contextmanager
def served(project: Path) -> Iterator[str]:
    """Serve a project on a free port."""
    key = "a key that only the pictures are signed with"
    with subprocess.Popen(
        [sys.executable, "-m", "wirebird", "run", "tracker.app", "--port", "0"],
        cwd=project,
        env={**os.environ, "WIREBIRD_SECRET_KEY": key},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout
            said = server.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", said)
            assert found, said
            while not answers(found[0]):
                time.sleep(0.1)
            yield found[0]
        finally:
            server.terminate()


async def take(page: Page, name: str) -> None:
    await expect(page.locator("[data-phx-main].phx-connected")).to_be_visible()
    await page.evaluate("() => Promise.all(document.getAnimations().map((each) => each.finished))")
    await page.screenshot(path=IMAGES / f"{name}.png")


async def of_the_list(browser: Browser, url: str) -> None:
    """What the first page has made."""
    page = await browser.new_page(base_url=url, viewport={"width": 720, "height": 360})
    await page.goto("/")
    for title in TITLES[1::-1]:
        await page.get_by_label("Title").fill(title)
        await page.get_by_role("button", name="Add").click()
        await expect(page.locator("#issues")).to_contain_text(title)
    await page.get_by_role("button", name="Close").last.click()
    await expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    await take(page, "list")


async def of_the_rest(browser: Browser, url: str) -> None:
    """What all pages have made."""
    page = await browser.new_page(base_url=url, viewport={"width": 720, "height": 480})
    await page.goto("/sign-up")
    await page.get_by_label("Email").fill("ada@example.com")
    await page.get_by_label("Password").fill("correct horse battery")
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    for title in TITLES:
        await page.goto("/new")
        await page.get_by_label("Title").fill(title)
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator("#issues")).to_contain_text(title)
    for _ in range(3):
        await page.get_by_role("button", name="Close").last.click()
    await page.goto("/?q=the")
    await page.get_by_role("link", name="Edit").last.click()
    for row, text in enumerate(("Find the oil", "Oil it")):
        await page.get_by_role("button", name="Add a task").click()
        await page.get_by_label("Task").nth(row).fill(text)
    await page.set_viewport_size({"width": 720, "height": 720})
    await page.get_by_label("Done").first.check()
    await page.get_by_label("Title").fill("")
    await page.get_by_label("What is wrong?").fill("In the morning it wakes the whole house.")
    await expect(page.locator(".wb-error")).to_be_visible()
    await take(page, "form")
    await page.get_by_label("Title").fill("The door squeaks")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("link", name="The door squeaks").click()

    await page.locator("input[type=file]").set_input_files(ROOT / "docs/images/volume.png")
    await page.get_by_role("button", name="Attach").click()
    await expect(page.locator("#files")).to_contain_text("volume.png")
    for text in ("Is it the hinge, or the lock?", "The hinge. I oil it tonight."):
        await page.get_by_label("Your comment").fill(text)
        await page.get_by_role("button", name="Comment").click()
        await expect(page.locator("#comments")).to_contain_text(text)
    await page.set_viewport_size({"width": 720, "height": 860})
    await page.get_by_role("button", name="Summarize").click()
    await expect(page.locator("#summary")).to_contain_text("says: The hinge.")
    await take(page, "issue")


async def of_the_chart(browser: Browser, url: str, project: Path) -> None:
    """The chart of twelve weeks, which the table is given."""
    sql = ["DELETE FROM issues"]
    today = date.today()
    for number in range(60):
        opened = today - timedelta(days=(number * 29) % 84)
        closed = opened + timedelta(days=(number * 7) % 40)
        ended = f"'{closed}'" if closed <= today else "NULL"
        sql.append(
            "INSERT INTO issues (title, about, opened, closed, author_id)"
            f" VALUES ('Issue', '', '{opened}', {ended}, 1)"
        )
    with sqlite3.connect(project / "app.db") as database:
        database.executescript(";".join(sql))
    page = await browser.new_page(base_url=url, viewport={"width": 720, "height": 400})
    await page.goto("/log-in?to=/chart")
    await page.get_by_label("Email").fill("ada@example.com")
    await page.get_by_label("Password").fill("correct horse battery")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.locator("#chart")).to_be_visible()
    await take(page, "chart")


async def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("WIREBIRD_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as last:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            with served(begin(Path(first), 1)) as url:
                await of_the_list(browser, url)
            project = begin(Path(last), len(PAGES))
            with served(project) as url:
                await of_the_rest(browser, url)
                await of_the_chart(browser, url, project)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
