"""The table, as a visitor searches it, orders it and turns its pages."""

from examples.paged_table.paged_table import CharactersView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", CharactersView)


async def test_what_is_searched_ordered_and_turned_is_in_the_url() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.submit("#search", {"q": "greek small alpha"})
        assert view.text("tbody tr:first-child .sign") == "ά"
        await view.click("nav a", text="Next")
        await view.click("th a", text="Name")
        await view.click("th a", text="Name")
        assert view.has("th[aria-sort=descending]", "Name")
        assert view.has("nav", "Page 1 of 2")
        await view.click("nav a", text="Last")

        shared = await client.live(view.patched[-1])
        assert shared.text("tbody") == view.text("tbody")
        assert shared.has("nav", "Page 2 of 2")
