"""The dashboard, as it counts itself."""

from examples.server_dashboard import server_dashboard
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
server_dashboard.add_to(app)


async def test_it_shows_what_views_do_also_its_own() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/dashboard")
        assert view.has(".tiles li", "Memory")
        assert view.text("tbody th") == "ServerDashboardView"
        await view.until(lambda view: int(view.all("tbody td")[1].text) > 0, timeout=10)
