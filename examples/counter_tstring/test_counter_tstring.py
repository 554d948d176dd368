"""The counter in a t-string, as a visitor uses it."""

from examples.counter_tstring.counter_tstring import CounterTStringView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", CounterTStringView)


async def test_it_counts_both_ways() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("[aria-label=More]")
        await view.click("[aria-label=More]")
        await view.click("[aria-label=Less]")
        assert view.text("h1") == "Count is 1"
