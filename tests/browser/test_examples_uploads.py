"""The examples with uploads, as a visitor uses them: the album and the avatar."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from examples.avatar_cropper.avatar_cropper import AvatarView
from examples.gallery import HERE
from examples.image_upload import image_upload
from examples.image_upload.pictures import Album
from tests.browser.accessibility import expect_no_faults
from tests.browser.pages import visit
from wirebird import Wirebird

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]
RED, BLUE = b"\xff\0\0", b"\0\0\xff"


def png(*columns: bytes, width: int = 100, height: int = 100) -> bytes:
    """Return a picture of coloured columns."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    row = b"\0" + b"".join(column * width for column in columns)
    header = struct.pack(">IIBBBBB", width * len(columns), height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(row * height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rows + chunk(b"IEND", b"")


def photo(name: str, content: bytes | None = None, kind: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": png(RED) if content is None else content}


@pytest.fixture
def album(monkeypatch: pytest.MonkeyPatch) -> Album:
    album = Album(most=3)
    monkeypatch.setattr(image_upload, "ALBUM", album)
    return album


@pytest.fixture
def url(album: Album, make_app: MakeApp, serve: Serve) -> str:
    styles = [HERE / "gallery.css"]
    app = make_app(templates=HERE, layout="gallery_layout.html", styles=styles)
    image_upload.add_to(app)
    app.live("/avatar", AvatarView)
    return serve(app)


async def choose(page: Page, *photos: FilePayload) -> Locator:
    await page.set_input_files("input[type=file]", list(photos))
    return page.locator(".chosen li")


async def test_photos_are_looked_at_and_then_kept_for_everyone(
    page: Page, other_page: Page, url: str
) -> None:
    await visit(page, url + "/photos")
    await visit(other_page, url + "/photos")
    chosen = await choose(page, photo("red.png"), photo("too.png"))
    await expect(chosen.first.locator("img")).to_have_js_property("naturalWidth", 100)
    await expect(chosen.locator("progress")).to_have_count(2)
    await expect(chosen.locator("progress").last).to_have_attribute("value", "100")
    await expect_no_faults(page, "photos that were chosen")
    await page.get_by_role("button", name="Leave out too.png").click()
    await page.get_by_role("button", name="Keep it").click()
    for each in (page, other_page):
        kept = each.get_by_role("img", name="red.png")
        await expect(kept).to_have_js_property("naturalWidth", 100)
    await expect(chosen).to_have_count(0)
    answer = await page.request.get(url + str(await kept.get_attribute("src")))
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert await answer.body() == png(RED)
    await expect_no_faults(page, "the album")
    await other_page.get_by_role("button", name="Remove red.png").click()
    await expect(page.locator(".photo-album li")).to_have_count(0)
    assert (await page.request.get(answer.url)).status == 404


async def test_photos_are_dropped_and_too_many_of_them_are_left_out(page: Page, url: str) -> None:
    await visit(page, url + "/photos")
    dropped = await page.evaluate_handle(
        """picture => {
          const transfer = new DataTransfer();
          for (let number = 1; number <= 7; number++) {
            transfer.items.add(new File([new Uint8Array(picture)], `${number}.png`));
          }
          return transfer;
        }""",
        list(png(BLUE)),
    )
    await page.dispatch_event(".drop", "dragenter", {"dataTransfer": dropped})
    await expect(page.locator(".phx-drop-target-active")).to_be_visible()
    await page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
    await expect(page.locator(".phx-drop-target-active")).to_have_count(0)
    await expect(page.get_by_text("These are too many files. Leave out 1.")).to_be_visible()
    await page.get_by_role("button", name="Leave out 7.png").click()
    await page.get_by_role("button", name="Keep 6 photos").click()
    kept = page.locator(".photo-album figcaption")
    await expect(kept).to_have_text(["6.png", "5.png", "4.png"])


async def colour(picture: Locator, x: float) -> str:
    """Return which colour a picture has at a place from 0 (left) to 1."""
    return await picture.evaluate(
        """async (picture, x) => {
          if (picture.decode) await picture.decode();
          const [width, height] = [picture.naturalWidth || picture.width, picture.height];
          const canvas = new OffscreenCanvas(width, height);
          const context = canvas.getContext("2d");
          context.drawImage(picture, 0, 0);
          const [r, , b] = context.getImageData(Math.floor(x * (width - 1)), 50, 1, 1).data;
          return r > b ? "red" : "blue";
        }""",
        x,
    )


async def test_an_avatar_is_dragged_and_zoomed_and_only_the_square_is_sent(
    page: Page, url: str
) -> None:
    await visit(page, url + "/avatar")
    await expect_no_faults(page, "no avatar yet")
    wide = photo("wide.png", png(RED, BLUE, width=400, height=400))
    await page.set_input_files("#cropper input[type=file]", wide)
    canvas = page.locator("canvas")
    await expect(canvas).to_be_focused()
    assert [await colour(canvas, 0), await colour(canvas, 1)] == ["red", "blue"]
    for _ in range(30):
        await page.keyboard.press("ArrowRight")
    assert [await colour(canvas, 0), await colour(canvas, 1)] == ["red", "red"]
    box = await canvas.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 100)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 5, box["y"] + 100, steps=4)
    await page.mouse.up()
    assert await colour(canvas, 1) == "blue"
    zoom = page.get_by_role("slider", name="Zoom")
    await expect(zoom).to_have_value("1")
    await canvas.press("+")
    await expect(zoom).to_have_value("1.1")
    await page.mouse.wheel(0, 100)
    await expect(zoom).to_have_value("1")
    await expect_no_faults(page, "the cropper")
    await page.get_by_role("button", name="Use this").click()
    avatar = page.get_by_role("img", name="Your avatar")
    await expect(avatar).to_have_js_property("naturalWidth", 320)
    assert (await avatar.get_attribute("src") or "") > "data:image/jpeg"
    assert await colour(avatar, 1) == "blue"
    await canvas.press("ArrowLeft")
    await page.get_by_role("button", name="Use this").click()
    await expect(page.locator(".you progress")).to_have_count(0)
    await page.get_by_role("button", name="Remove it").click()
    await expect(page.get_by_text("Nobody yet.")).to_be_visible()


async def test_what_the_browser_cannot_show_becomes_no_avatar(page: Page, url: str) -> None:
    await visit(page, url + "/avatar")
    await page.set_input_files("#cropper input[type=file]", photo("song.png", b"la la la"))
    await expect(page.get_by_role("alert")).to_have_text(
        "song.png is not a picture that this browser can show."
    )
