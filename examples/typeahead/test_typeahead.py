"""The field that proposes, as a visitor types into it."""

from examples.typeahead.typeahead import BirdsView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", BirdsView)


async def test_what_is_typed_is_found_and_what_is_chosen_is_noted() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.change("#q", "ow")
        assert view.all("[role=option]")[0].text == "Barn owl Tyto alba"
        await view.change("#q", "owl")
        await view.click("[role=option]", text="Tawny owl")
        assert not view.has("[role=option]")
        assert view.text(".seen strong") == "Tawny owl"
        await view.change("#q", "strix")
        await view.keydown("Escape", "#q")
        assert view.element("#q").attributes["aria-expanded"] == "false"
        await view.change("#q", "owl")
        assert view.has("[role=option]")
        await view.blur("#q")
        assert not view.has("[role=option]")
