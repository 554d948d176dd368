"""The count goes up and down, not below zero, and begins where its URL says."""

from app import app

from wirebird.testing import LiveClient


async def test_it_counts_up_and_down() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("button", text="Up")
        await view.click("button", text="Up")
        await view.click("button", text="Down")
        assert view.text("h1") == "Count: 1"
        await view.click("button", text="Down")
        assert "disabled" in view.element("button", text="Down").attributes


async def test_the_url_says_where_it_begins() -> None:
    async with LiveClient(app) as client:
        assert "Count: 5" in (await client.live("/?start=5")).dead_html
        assert (await client.get("/?start=x")).status == 404
