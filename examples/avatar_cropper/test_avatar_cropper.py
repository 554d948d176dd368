"""The avatar: what the server makes of what the cropper sends."""

import pytest

from examples.avatar_cropper.avatar_cropper import AvatarView
from wirebird import Wirebird
from wirebird.testing import LiveClient, UploadRefused

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", AvatarView)

JPEG = b"\xff\xd8\xff and the square"


async def test_the_square_that_was_sent_is_shown_and_removed() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert view.has(".you", "Nobody yet.")
        square = await view.file_input("#avatar-form", "avatar", [("a.jpg", JPEG, "image/jpeg")])
        await square.render_upload()
        await view.until(lambda view: view.has("img[alt='Your avatar']"))
        assert view.has(".you", f"{len(JPEG)} Bytes were sent.")
        await view.click("button", text="Remove it")
        assert view.has(".you", "Nobody yet.")


async def test_what_is_no_square_of_the_cropper_is_refused() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        song = await view.file_input("#avatar-form", "avatar", [("a.jpg", b"la", "image/jpeg")])
        with pytest.raises(UploadRefused):
            await song.render_upload()
        assert view.text("[role=alert]") == "This is not what the cropper makes."
        await view.hook_event("unreadable", {"name": "song.png"})
        assert view.has("[role=alert]", "song.png is not a picture")
