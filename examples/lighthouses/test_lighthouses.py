"""The map, as somebody finds a lighthouse."""

from examples.lighthouses.lighthouses import LighthousesView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", LighthousesView)


async def test_list_and_map_choose_each_other() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.change("#find", {"q": "france"})
        assert [each.text for each in view.all("li b")] == ["Cordouan", "La Jument"]
        assert '"cordouan"' in view.element("#map").attributes["data-places"]
        await view.click("button", text="Cordouan")
        assert await view.assert_patch("/?q=france&place=cordouan")
        assert view.element("#map").attributes["data-chosen"] == "cordouan"
        await view.hook_event("choose", {"id": "jument"})
        assert view.text("[aria-pressed=true] b") == "La Jument"
