"""Items are added and done, and the URL says which are shown."""

from app import app

from wirebird.testing import LiveClient


async def test_items_are_added_done_and_shown_by_the_url() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        for text in ("Wash", "Dry", ""):
            await view.submit("#new", {"text": text})
        assert len(view.all("#todos li")) == 2
        await view.click("#todos li:first-child button", text="Done")
        assert view.has("#todos li button", text="Again")
        await view.click("a", text="Open")
        assert view.patched[-1].endswith("?show=open")
        assert [("Wash" in item.text, "Dry" in item.text) for item in view.all("#todos li")] == [
            (False, True)
        ]
        await view.click("a", text="Finished")
        assert "Wash" in view.text("#todos li")


async def test_a_url_can_be_opened() -> None:
    async with LiveClient(app) as client:
        assert (await client.get("/?show=finished")).status == 200
        assert (await client.get("/?show=everything")).status == 404
