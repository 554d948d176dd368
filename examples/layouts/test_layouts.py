"""The newspaper, as a visitor turns its pages."""

from pathlib import Path

from examples.layouts import layouts
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests", templates=Path(__file__).parents[1])
layouts.add_to(app)


async def test_pages_have_one_frame_and_each_its_own_content() -> None:
    async with LiveClient(app) as client:
        front = await client.live("/newspaper")
        await front.click("button", text="Swifts are back")
        assert front.element("button", text="Swifts are back").text.startswith("Agree 13")
        assert front.has(".last", "48 people agree")

        letters = await front.click("a", text="Letters")
        await letters.submit("#letter", {"text": "More swifts, please."})
        assert letters.text("h1") == "The Daily Wire: Letters"
        assert letters.has("section", "More swifts, please.")
        assert letters.text("nav [aria-current]") == "Letters"


async def test_a_letter_that_is_half_written_outlives_its_view() -> None:
    async with LiveClient(app) as client:
        letters = await client.live("/newspaper/letters")
        await letters.change("#letter", {"text": "More swi"})
        await letters.disconnect()
        await letters.reconnect()
        assert letters.element("#text").value == "More swi"
        await letters.submit("#letter", {"text": "More swifts, please."})
        assert letters.element("#text").value == ""
