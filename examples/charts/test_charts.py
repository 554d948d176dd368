"""The charts, as somebody chooses what they show."""

import json

from examples.charts.charts import ChartsView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", ChartsView)


async def test_what_comes_and_goes_is_sent_as_points() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/?city[]=London&city[]=Tokyo")
        spec = json.loads(view.element("#chart").attributes["data-spec"])
        assert len(spec["data"]["values"]) == 24
        await view.change("#cities", {"city[]": ["Tokyo", "Cairo"]})
        sent = await view.pushed("points")
        assert [point["city"] for point in sent["insert"]] == ["Cairo"] * 12
        assert sent["remove"] == ["London"]
        assert [each.text for each in view.all("tbody th")] == ["Cairo", "Tokyo"]
        await view.hook_event("choose", {"city": "Tokyo", "month": "Aug"})
        assert view.text(".status") == "Tokyo in Aug: 26.9 °C"
