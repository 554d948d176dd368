"""The board, as a visitor takes notes down and puts them back."""

from examples.js_commands.js_commands import NotesView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", NotesView)


async def test_what_a_chain_of_commands_pushes_reaches_the_view() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("[aria-label='Take down: Call Ada']")
        assert view.text("[role=status]") == "3 notes"
        assert not view.has("li", "Call Ada")
        await view.click("button", text="Put all back")
        assert view.has("li", "Call Ada")
