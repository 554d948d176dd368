"""The album, as visitors fill it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from examples.image_upload import image_upload
from examples.image_upload.pictures import Album
from wirebird import Wirebird
from wirebird.testing import LiveClient, UploadRefused, View

app = Wirebird(secret_key="known to all, as it is for tests")
image_upload.add_to(app)

PNG = b"\x89PNG\r\n\x1a\n and the picture"


@pytest_asyncio.fixture
async def view(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[View]:
    monkeypatch.setattr(image_upload, "ALBUM", Album(most=3))
    async with LiveClient(app) as client:
        yield await client.live("/photos")


def names(view: View) -> list[str]:
    return [name.text for name in view.all(".photo-album figcaption")]


async def test_photos_are_looked_at_and_then_kept_for_everyone(view: View) -> None:
    chosen = await view.file_input("form", "photos", [("red.png", PNG), ("too.png", PNG)])
    await chosen.render_upload()
    assert [bar.attributes["value"] for bar in view.all("progress")] == ["100", "100"]
    await view.click("[aria-label='Leave out too.png']")
    async with LiveClient(app) as somebody:
        other = await somebody.live("/photos")
        await view.submit("form")
        await other.until(lambda view: names(view) == ["red.png"])
        picture = str(other.element(".photo-album img").attributes["src"])
        sent = await somebody.get(picture)
        assert (sent.body, sent.headers["content-type"]) == (PNG, "image/png")
        await other.click("[aria-label='Remove red.png']")
        await view.until(lambda view: names(view) == [])
        assert (await somebody.get(picture)).status == 404


async def test_what_is_no_photo_is_refused_by_its_content(view: View) -> None:
    chosen = await view.file_input("form", "photos", [("bad.png", b"MZ and more")])
    with pytest.raises(UploadRefused):
        await chosen.render_upload()
    assert view.has("[role=alert]", "There is no picture in this file.")


async def test_the_album_keeps_the_newest_photos_and_no_more(view: View) -> None:
    for number in range(5):
        chosen = await view.file_input("form", "photos", [(f"{number}.png", PNG)])
        await chosen.render_upload()
        await view.submit("form")
    await view.until(lambda view: names(view) == ["4.png", "3.png", "2.png"])
    assert len(list(image_upload.ALBUM.path("x").parent.iterdir())) == 3
