"""Takes the pictures of the README: `scripts/run python scripts/screenshots.py`."""

import asyncio
import os
import shutil
import sys
import threading
from pathlib import Path

import uvicorn
from playwright.async_api import async_playwright

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
sys.path.insert(0, str(ROOT))
os.environ.setdefault("WIREBIRD_DEBUG", "1")


def serve() -> tuple[uvicorn.Server, int]:
    """Serve the gallery on a free port, in a thread."""
    from examples.gallery import app

    config = uvicorn.Config(app, port=0, log_level="warning", ws="websockets-sansio")
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        threading.Event().wait(0.05)
    return server, server.servers[0].sockets[0].getsockname()[1]


async def take(base: str) -> None:
    """Open the examples as a visitor does, and take their pictures."""
    chromium = os.environ.get("WIREBIRD_CHROMIUM") or shutil.which("chromium")
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = await browser.new_page(viewport={"width": 960, "height": 560})
        await page.goto(base)
        await page.wait_for_selector(".phx-connected")
        await page.screenshot(path=IMAGES / "gallery.png")
        await page.goto(f"{base}/volume")
        await page.wait_for_selector(".phx-connected")
        for _ in range(4):
            await page.keyboard.press("ArrowUp")
        await page.get_by_role("button", name="Keys").click()
        await page.wait_for_selector("output:has-text('70 percent')")
        await page.wait_for_timeout(600)
        await page.screenshot(path=IMAGES / "volume.png")
        await browser.close()


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    running, port = serve()
    asyncio.run(take(f"http://127.0.0.1:{port}"))
    running.should_exit = True
