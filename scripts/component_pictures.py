"""Takes the pictures of the components: `scripts/run python scripts/component_pictures.py`.

Each is of the code that stands above it in docs/reference/components.md.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from playwright.async_api import async_playwright
from pydantic import BaseModel, Field

from wirebird import Form, LiveView, Wirebird
from wirebird.components import ICONS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "components.md"
IMAGES = ROOT / "docs" / "images"
_SHOWN = re.compile(r"```jinja\n(.*?)```\n\n!\[[^\]]+\]\(\.\./images/([\w-]+)\.png\)", re.DOTALL)
_STYLE = "section { padding: 1rem; max-width: 36rem } section > * + * { margin-top: .5rem }"


class SignUp(BaseModel):
    email: str = Field(min_length=3)
    age: int = Field(default=36, ge=18)


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    age: int


@dataclass
class Shown:
    """What the examples show."""

    form: Form[SignUp] = field(default_factory=lambda: Form(SignUp))
    people: tuple[Person, ...] = (
        Person(1, "Ada", 36),
        Person(2, "Grace", 85),
        Person(3, "Mary", 53),
    )
    icons: tuple[str, ...] = tuple(ICONS)


class ShownView(LiveView[Shown]):
    """A page with nothing but an example."""

    html = ""


def examples() -> dict[str, str]:
    """Return the code of each picture, by the picture's name."""
    return {name: code for code, name in _SHOWN.findall(PAGE.read_text(encoding="utf-8"))}


def application() -> Wirebird:
    """Return an application that has a page for each picture."""
    app = Wirebird(secret_key="p" * 32, layout=None)
    for name, code in examples().items():
        html = f'<section id="shown">{code}</section>'
        app.live(f"/{name}", type(f"{name}View", (ShownView,), {"html": html}))
    return app


async def take(base: str) -> None:
    chromium = os.environ.get("WIREBIRD_CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 640, "height": 320}, color_scheme="light")
        for name in examples():
            await page.goto(f"{base}/{name}")
            await page.wait_for_selector(".phx-connected", state="attached")
            await page.add_style_tag(content=_STYLE)
            if name == "ui-modal":
                await page.wait_for_selector("[role=dialog]")
                await page.wait_for_timeout(400)  # until it has faded in
                await page.screenshot(path=IMAGES / f"{name}.png")
            else:
                await page.locator("#shown").screenshot(path=IMAGES / f"{name}.png")
        await browser.close()


def main() -> None:
    config = uvicorn.Config(application(), port=0, log_level="warning", ws="websockets-sansio")
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        threading.Event().wait(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    asyncio.run(take(f"http://127.0.0.1:{port}"))
    server.should_exit = True


if __name__ == "__main__":
    main()
