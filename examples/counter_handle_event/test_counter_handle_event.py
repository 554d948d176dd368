"""The counter with one method for all events, as a visitor uses it."""

from examples.counter_handle_event.counter_handle_event import CounterHandleEventView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", CounterHandleEventView)


async def test_it_counts_and_begins_anew() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("[aria-label='Add one']")
        await view.click("[aria-label='Add one']")
        await view.click("[aria-label='Subtract one']")
        assert view.text("h1") == "Count is 1"
        await view.click("button", text="Reset")
        assert view.text("h1") == "Count is 0"
