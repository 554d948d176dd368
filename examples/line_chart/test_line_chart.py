"""The line chart, as a visitor sees it go on and stops it."""

from examples.line_chart.line_chart import SHOWN, LineChartView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", LineChartView)


async def test_the_line_goes_on_until_it_is_paused() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/?signal=heart")
        assert view.text("[aria-current]") == "Heart"
        first = view.all("line")[0].attributes["id"]
        await view.until(lambda view: not view.has(f"#{first}"))
        assert len(view.all("line")) == SHOWN
        await view.click("button", text="Pause")
        assert view.element("button").attributes["aria-pressed"] == "true"
        await view.click("a", text="Noise")
        assert len(view.all("line")) == SHOWN
