"""A quiz, with a host and two players."""

from examples.quiz import quiz
from examples.quiz.game import QUESTIONS
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
quiz.add_to(app)


async def test_the_host_asks_and_the_players_answer() -> None:
    async with LiveClient(app) as here, LiveClient(app) as there:
        host = await here.live("/quiz")
        await host.click("#host")
        code = host.element(".join a", text="/quiz/play/").text.rsplit("/", 1)[1]
        assert host.has(".join svg")
        ada, alan = [await there.live(f"/quiz/play/{code}") for _ in range(2)]
        await ada.submit("#join", {"name": "Ada"})
        await alan.submit("#join", {"name": "Alan"})
        await host.until(lambda host: len(host.all(".players li")) == 2)
        await host.click("#go-on")
        await ada.until(lambda ada: ada.has(".answer"))
        right = QUESTIONS[0].right
        await ada.click(f"#answer-{right}")
        assert "Wait for the others" in ada.text(".status")
        await alan.until(lambda alan: alan.has(".answer"))
        await alan.click(f"#answer-{(right + 1) % 4}")
        await ada.until(lambda ada: "Right!" in ada.text(".status"))
        await alan.until(lambda alan: "Wrong" in alan.text(".status"))
        await host.until(lambda host: host.all(".players li")[0].text.startswith("Ada"))
        assert host.has(".players li", "Alan 0")
