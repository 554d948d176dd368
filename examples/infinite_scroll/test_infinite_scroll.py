"""The endless list: what the page asks for when its ends come into view."""

from examples.infinite_scroll.infinite_scroll import MOST_ROWS, InfiniteScrollView
from wirebird import Wirebird
from wirebird.testing import LiveClient, View

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", InfiniteScrollView)


async def scroll(view: View, to: str, number: int) -> None:
    await view.hook_event(to, {"id": f"numbers-{number}"})


async def test_the_list_goes_on_both_ways_and_the_page_holds_a_window_of_it() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        for last in (30, 60, 90):
            await scroll(view, "later", last)
        assert view.text("#window") == "31 to 120"
        assert len(view.all("article")) == MOST_ROWS
        assert view.text("#numbers-91 span") == "7 × 13"
        await scroll(view, "earlier", 31)
        assert view.text("#window") == "1 to 90"
        assert view.text("#numbers-1 span") == "one"
        await view.click("#to-top")
        assert view.text("#window") == "1 to 30"


async def test_a_page_that_asks_twice_gets_no_gap() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await scroll(view, "later", 30)
        await scroll(view, "later", 30)
        shown = [number.text for number in view.all("article strong")]
        assert shown == [str(number) for number in range(1, 61)]
