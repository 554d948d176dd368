"""The form in steps, as a visitor goes through it, forth and back."""

from examples.wizard.wizard import RentalView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", RentalView)


async def test_steps_have_urls_keep_what_was_entered_and_survive_a_lost_view() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.submit("#trip", {"trip[begin]": "2030-05-02", "trip[end]": "2030-05-01"})
        assert view.has("#step-trip .wb-error", "before the first day")
        await view.submit("#trip", {"trip[end]": "2030-05-04"})
        assert view.patched[-1] == "/?step=bike"
        await view.submit("#bike", {"bike[kind]": "Cargo bike"})
        await view.patch("/?step=trip")
        assert view.element("#trip_end").value == "2030-05-04"

        await view.patch("/?step=review")
        assert view.text("#step-review a") == "Who?"
        await view.click("#step-review a")
        await view.change("#rider", {"rider[name]": "Ada", "rider[email]": "ada@example.org"})
        await view.disconnect()
        await view.reconnect()
        await view.submit("#rider")
        assert view.has("#step-review", "€ 96.00")
        await view.click("button", text="Book it")
        assert view.has("[role=status]", "It is yours, Ada.")
        await view.change("#trip", {"trip[end]": "2030-05-05"})
        assert not view.has("[role=status]", "It is yours, Ada.")
        assert view.has("[role=status]", "Still booked, until you book the change: Cargo bike")
        assert view.has("[role=status]", "2 May to 4 May 2030")
        assert view.has("#step-review", "€ 128.00")
        await view.click("button", text="Book the change")
        assert view.has("[role=status]", "It is yours, Ada.")
