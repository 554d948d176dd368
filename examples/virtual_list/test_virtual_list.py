"""The list of 100,000 rows, as a visitor scrolls through it."""

from examples.virtual_list.virtual_list import ResultsView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", ResultsView)


async def test_the_page_has_the_rows_around_the_one_in_sight() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert len(view.all("[role=rowgroup] [role=row]")) < 100
        await view.hook_event("show", {"place": 70_000}, target="#results")
        assert view.has("[aria-rowindex='70001']")
        assert not view.has("[aria-rowindex='2']")
        await view.submit("#go", {"place": "100000"})
        assert await view.pushed("scroll-to") == {"place": 100_000}
        assert view.has("[aria-rowindex='100001']")

        await view.hook_event("rest", {"place": 99_990}, target="#results")
        reloaded = await client.live(view.patched[-1])
        assert reloaded.has("[aria-rowindex='99991']")
