"""The playlist, as a listener edits it."""

from examples.streams.streams import PlaylistView
from wirebird import Wirebird
from wirebird.testing import LiveClient, View

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", PlaylistView)


def titles(view: View) -> list[str]:
    return [song.text for song in view.all(".song strong")]


async def test_songs_are_added_moved_loved_and_removed() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.change("#add", {"title": "Bol"})
        await view.disconnect()
        await view.reconnect()
        assert view.element("#title").value == "Bol"
        await view.submit("#add", {"title": "Boléro", "artist": "Ravel"}, submitter="[value='0']")
        assert titles(view)[0] == "Boléro"
        assert view.element("#title").value == ""
        assert view.text("#count") == "6 songs."
        await view.click("[aria-label='Move Boléro down']")
        assert titles(view)[:2] == ["Gymnopédie No. 1", "Boléro"]
        await view.click("[aria-label='Love Boléro']")
        assert view.element("[aria-label='Love Boléro']").attributes["aria-pressed"] == "true"
        await view.click("[aria-label='Remove Boléro']")
        assert titles(view)[1] == "The Lark Ascending"
        assert view.text("#status") == "Removed Boléro."
        await view.click("#clear")
        assert titles(view) == []
        await view.click("#restore")
        assert len(titles(view)) == 5


async def test_a_song_that_goes_leaves_the_focus_to_the_next_one() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        for removed, focused in ((2, "#remove-3"), (5, "#remove-4")):
            await view.click(f"#remove-{removed}")
            assert (await view.pushed("js"))["cmd"] == [["focus", {"to": focused}]]


async def test_the_last_three_that_were_played_stay() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        for title in ("Clair de lune", "The Firebird", "Maple Leaf Rag", "The Firebird"):
            await view.click(f"[aria-label='Play {title}']")
        played = [play.text for play in view.all("#played li")]
        assert played == ["The Firebird", "Maple Leaf Rag", "The Firebird"]
