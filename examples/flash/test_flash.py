"""Messages that are shown once, as a visitor meets them."""

from examples.flash.flash import FlashView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", FlashView)


async def test_a_message_comes_along_until_it_was_seen() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("button", text="Warning")
        assert view.flash == {"warning": "Two books are due tomorrow."}
        await view.click("button", text="Clear all")
        await view.click("button", text="Save and patch")
        assert view.flash == {"success": "Saved, and here by patch."}
        await view.click("a", text="a link")
        assert view.flash == {}
        for way in ("navigate", "redirect"):
            await view.click("button", text=f"Save and {way}")
            view = await view.follow_redirect()
            assert view.flash == {"success": f"Saved, and here by {way}."}
