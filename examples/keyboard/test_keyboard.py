"""The warehouse, as a visitor with a keyboard clears it up."""

from examples.keyboard.keyboard import WarehouseView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", WarehouseView)


async def test_the_keys_push_boxes_home_and_take_steps_back() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        for way in ("Left", "Down", "Left", "Up"):
            await view.keydown(f"Arrow{way}")
        assert view.text("[role=status]") == "1 of 2 boxes are at home."
        await view.keydown("u")
        assert view.text("[role=status]") == "0 of 2 boxes are at home."
        for way in ("Up", "Down", "Right", "Right", "Right"):
            await view.keydown(f"Arrow{way}")
        assert view.text("[role=status]") == "All boxes are at home, in 8 steps."
        await view.click("button", text="Next warehouse")
        assert view.text("h1") == "Warehouse 2"
