"""Pages are turned and sorted, and the URL says so."""

from app import app

from wirebird.testing import LiveClient


async def test_pages_are_turned() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert len(view.all("#people tbody tr")) == 10
        assert not view.has("a", text="Previous")
        await view.click("a", text="Next")
        assert "page=2" in view.patched[-1]
        assert "Person 11" in view.all("#people tbody tr")[0].text
        await view.click("a", text="Next")
        assert len(view.all("#people tbody tr")) == 5
        assert not view.has("a", text="Next")


async def test_the_order_is_kept() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/?page=3")
        await view.click("th a", text="Age")
        assert "Person 25" in view.all("#people tbody tr")[0].text
        await view.click("a", text="Next")
        assert "page=2" in view.patched[-1]
        assert "sort=-age" in view.patched[-1]
        assert "Person 15" in view.all("#people tbody tr")[0].text
        assert "Person 15" in (await client.live("/?page=2&sort=-age")).dead_html
