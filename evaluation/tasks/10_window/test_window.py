"""The window has a URL, and what it does is in the list."""

from app import app

from wirebird.testing import LiveClient


async def test_a_plant_is_renamed_in_a_window() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert not view.has("#rename")
        await view.click("#plants li:nth-child(2) a", text="Rename")
        assert view.patched == ["/plants/2/rename"]
        assert view.element("#name-form [name=name]").value == "Ivy"
        await view.submit("#name-form", {"name": "Vine"})
        assert view.patched[-1] == "/"
        assert not view.has("#rename")
        assert "Vine" in view.text("#plants")
        assert view.flash == {"info": "Renamed."}


async def test_a_window_s_url_can_be_opened() -> None:
    async with LiveClient(app) as client:
        assert (await client.live("/plants/1/rename")).has("#rename #name-form")
        assert (await client.get("/plants/9/rename")).status == 404
