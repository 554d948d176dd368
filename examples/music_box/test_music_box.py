"""The music box, as a listener uses it; the browser's part is played by the test."""

from io import BytesIO
from pathlib import Path
from wave import open as open_wave

from examples.music_box import music_box
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(
    secret_key="known to all, as it is for tests",
    templates=Path(music_box.__file__).parents[1],
    store="memory:",
)
music_box.add_to(app)


async def test_a_tune_plays_on_while_the_pages_change() -> None:
    async with LiveClient(app) as client:
        box = await client.live("/music-box")
        player = box.child("player")
        await box.click("[aria-label='Play Ode to Joy']")
        await player.until(lambda player: player.text("#now") == "Ode to Joy")
        await player.hook_event("heard", {"playing": True})
        await box.until(lambda box: box.has("[aria-label='Pause Ode to Joy']"))
        tune = await box.click("a", text="Frère Jacques")
        assert tune.text("h1").endswith("Frère Jacques")
        assert player.text("#now") == "Ode to Joy"
        await player.hook_event("over")
        assert player.text("#now") == "Frère Jacques"
        await tune.until(lambda tune: tune.has("[aria-label='Play Frère Jacques']"))
        sound = await client.get(str(player.element("audio").attributes["src"]))
        with open_wave(BytesIO(sound.body)) as wave:
            assert wave.getnframes() / wave.getframerate() > 10
