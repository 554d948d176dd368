"""The log, as somebody searches and reads it."""

from examples.log_viewer.log_viewer import FIRST, LogViewerView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", LogViewerView)


async def test_lines_are_searched_followed_and_held() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert len(view.all("#lines li")) == FIRST
        last = view.all("#lines li")[-1].attributes["id"]
        await view.until(lambda view: view.all("#lines li")[-1].attributes["id"] != last)
        await view.change("#filter", {"level": "40", "q": "failed"})
        assert await view.assert_patch() == "/?level=40&q=failed"
        assert all("failed" in line.text for line in view.all("#lines li"))
        await view.change("#filter", {"level": "10", "q": ""})
        await view.click("#follow")
        lines = [line.attributes["id"] for line in view.all("#lines li")]
        await view.until(lambda view: view.has("#follow", "new"))
        assert [line.attributes["id"] for line in view.all("#lines li")] == lines
