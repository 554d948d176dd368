"""The letter, written by a visitor who loses the line."""

from examples.form_recovery.form_recovery import LetterView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", LetterView)


async def test_another_view_has_what_was_written() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.change("form", {"letter[to]": "Grace", "letter[text]": "Three words long"})
        before = view.text("code")
        await view.disconnect()
        await view.reconnect()
        assert view.text("code") != before
        assert view.text("output") == "3"
        assert view.element("#letter_to").value == "Grace"
        assert not view.has(".wb-error")  # the subject is still to come, and nobody was there yet
        await view.submit("form", {"letter[subject]": "News"})
        assert view.flash == {"success": "Your letter is on its way to Grace."}
