"""The records, as a listener goes through them."""

from pathlib import Path

from examples.tabs import tabs
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(
    secret_key="known to all, as it is for tests", templates=Path(tabs.__file__).parents[1]
)
tabs.add_to(app)


async def test_the_player_plays_on_while_records_change() -> None:
    async with LiveClient(app) as client:
        album = await client.live("/tabs")
        player = album.child("player")
        await album.child("tracks-seasons").click("[aria-label='Play Summer']")
        await player.until(lambda player: player.text("#track") == "Summer")
        planets = await album.click("a", text="The Planets")
        assert planets.text("h1") == "The Planets"
        assert player.text("#track") == "Summer"
        assert player.element("#toggle").attributes["aria-label"] == "Pause"
        await player.click("[aria-label=Next]")
        assert player.text("#track") == "Autumn"


async def test_a_tab_has_a_url_and_what_is_written_in_it_stays() -> None:
    async with LiveClient(app) as client:
        album = await client.live("/tabs")
        await album.keydown("End", "#tab-tracks")
        assert album.patched == ["/tabs?tab=notes"]
        notes = album.child("notes-seasons")
        await notes.submit("form", {"text": "A dog barks."})
        await album.click("#tab-story")
        assert "hidden" in album.element("#panel-notes").attributes
        await album.click("#tab-notes")
        assert notes.text(".written li") == "A dog barks."
