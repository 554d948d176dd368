"""The volume, as a visitor turns it."""

from examples.volume.volume import VolumeView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", VolumeView)


async def test_the_slider_and_the_keys_turn_the_volume() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.change("#dial", {"level": "100"})
        assert view.text("output") == "100 percent"
        await view.keydown("ArrowLeft")
        assert view.text("output") == "90 percent"
        await view.keydown("m")
        assert view.text("output") == "muted"
        assert view.element("#level").value == "0"
        await view.click("button", text="Mute")
        await view.keydown("Home")
        assert view.text("output") == "0 percent"
