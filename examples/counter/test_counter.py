"""The counter, as a visitor uses it."""

from examples.counter.counter import CounterView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", CounterView)


async def test_it_counts_from_where_the_url_says() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/?count=5")
        await view.click("button", text="+")
        assert view.text("h1") == "Count is 6"
        await view.click("a", text="Start at 100")
        assert view.text("h1") == "Count is 100"
