"""Takes the README's pictures, still and moving: `scripts/run python scripts/screenshots.py`.

The gallery is served as its visitors have it, by a process that starts another one for one that is
killed. Still ones are there in light and in the dark; the moving one is an animated PNG.
"""

import asyncio
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 600_000
MOST_GONE = 8
"""How many pictures are taken while the server is away: a slow machine is no longer film."""


@contextmanager
def gallery() -> Iterator[str]:
    """Serve the gallery on a free port until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as state:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("WIREBIRD_", "GALLERY_"))}
        env = {**clean, "CI": "true", "PORT": str(port), "XDG_STATE_HOME": state}
        server = subprocess.Popen([sys.executable, "-m", "examples"], cwd=ROOT, env=env)
        try:
            while server.poll() is None:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


async def visit(page: Page, url: str) -> None:
    await page.goto(url)
    await page.wait_for_selector("[data-phx-main].phx-connected")


async def still(browser: Browser, url: str) -> None:
    """Take the pictures that do not move, in both schemes."""
    schemes: dict[Literal["light", "dark"], str] = {"light": "", "dark": "-dark"}
    for scheme, suffix in schemes.items():
        page = await browser.new_page(
            viewport={"width": 1280, "height": 800},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        await visit(page, url)
        await page.screenshot(path=IMAGES / f"gallery{suffix}.png")
        await visit(page, f"{url}/spreadsheet")
        await page.screenshot(path=IMAGES / f"example{suffix}.png")
        await page.close()


@dataclass
class Frame:
    """A picture of the whole page, and for how long it is seen."""

    png: bytes
    milliseconds: int


class Film:
    """Pictures of a page, one after the other."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[Frame] = []

    async def take(self, milliseconds: int) -> None:
        png = await self.page.screenshot()
        if self.frames and self.frames[-1].png == png:
            self.frames[-1].milliseconds += milliseconds
        else:
            self.frames.append(Frame(png, milliseconds))


async def moving(browser: Browser, url: str) -> list[Frame]:
    """Film a page that counts, shows its wire, loses its server and goes on."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 760},
        device_scale_factor=0.75,
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    film = Film(page)
    await visit(page, f"{url}/counter")
    await film.take(1200)

    async def count(to: int, milliseconds: int) -> None:
        await page.get_by_role("button", name="Add one").click()
        await page.wait_for_function(f"document.querySelector('h1').textContent == 'Count is {to}'")
        await film.take(milliseconds)

    for number in (1, 2):
        await count(number, 450)
    await page.get_by_role("button", name="Wire", exact=True).click()
    await page.get_by_role("complementary", name="Wire").wait_for()
    await film.take(900)
    for number in (3, 4):
        await count(number, 800)
    kill = page.get_by_role("button", name="Kill the server")
    await kill.hover()
    await film.take(900)
    await kill.click()
    told = page.locator("#broken")
    for _ in range(MOST_GONE):
        if "lived" not in await told.inner_text():
            await film.take(250)
            await page.wait_for_timeout(150)
    await page.wait_for_function("document.querySelector('#broken').textContent.includes('lived')")
    await film.take(2600)
    for number in (5, 6):
        await count(number, 900)
    await film.take(1500)
    await context.close()
    return film.frames


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return the parts of a PNG: their names, and what is in them."""
    at = 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def rows(png: bytes) -> tuple[tuple[int, int, int], list[bytes]]:
    """Return a picture's width, height and bytes a pixel, and its rows without their filters."""
    found = dict(chunks(png))
    width, height, depth, colour = struct.unpack_from(">IIBB", found[b"IHDR"])
    size = {2: 3, 6: 4}[colour]
    assert depth == 8
    packed = b"".join(data for name, data in chunks(png) if name == b"IDAT")
    raw, stride, done = zlib.decompress(packed), width * size, [bytes(width * size)]
    for y in range(height):
        at = y * (stride + 1)
        done.append(unfiltered(raw[at], raw[at + 1 : at + 1 + stride], done[-1], size))
    return (width, height, size), done[1:]


def unfiltered(kind: int, row: bytes, above: bytes, size: int) -> bytes:
    """Undo a row's filter, one of the five that PNG has."""
    if kind == 0:
        return row
    if kind == 2:
        return bytes((a + b) & 255 for a, b in zip(row, above, strict=True))
    out = bytearray(row)
    for i in range(len(out)):
        left = out[i - size] if i >= size else 0
        up, corner = above[i], above[i - size] if i >= size else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            guess = min((left, up, corner), key=lambda each: abs(left + up - corner - each))
        out[i] = (out[i] + guess) & 255
    return bytes(out)


def animated(frames: list[Frame]) -> bytes:
    """Return an animated PNG; each picture after the first is what has changed, and no more."""
    (width, height, size), before = rows(frames[0].png)
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if size == 3 else 6, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"acTL", struct.pack(">II", len(frames), 0))]
    number = 0
    for index, frame in enumerate(frames):
        _, now = rows(frame.png)
        box = (0, 0, width, height) if index == 0 else changed(before, now, size)
        x, y, w, h = box
        told = struct.pack(">IIIIIHHBB", number, w, h, x, y, frame.milliseconds, 1000, 0, 0)
        parts.append(chunk(b"fcTL", told))
        data = zlib.compress(
            b"".join(b"\0" + row[x * size : (x + w) * size] for row in now[y : y + h]), 9
        )
        number += 1
        if index == 0:
            parts.append(chunk(b"IDAT", data))
        else:
            parts.append(chunk(b"fdAT", struct.pack(">I", number) + data))
            number += 1
        before = now
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def changed(before: list[bytes], now: list[bytes], size: int) -> tuple[int, int, int, int]:
    """Return the smallest rectangle in which two pictures differ: x, y, width, height."""
    lines = [y for y, (a, b) in enumerate(zip(before, now, strict=True)) if a != b]
    if not lines:
        return 0, 0, 1, 1
    top, bottom = lines[0], lines[-1]
    columns = [
        i // size
        for y in lines
        for i, (a, b) in enumerate(zip(before[y], now[y], strict=True))
        if a != b
    ]
    left, right = min(columns), max(columns)
    return left, top, right - left + 1, bottom - top + 1


async def main(url: str) -> None:
    chromium = os.environ.get("WIREBIRD_CHROMIUM") or shutil.which("chromium")
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=arguments)
        await still(browser, url)
        film = animated(await moving(browser, url))
        await browser.close()
    assert len(film) < MOST_BYTES, f"the film takes {len(film)} bytes"
    (IMAGES / "living.png").write_bytes(film)


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    with gallery() as address:
        asyncio.run(main(address))
