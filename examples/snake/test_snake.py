"""Snake, as a player plays it; its rules move by move."""

from examples.snake.game import Game
from examples.snake.snake import SnakeView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests", store="memory:")
app.live("/", SnakeView)


async def test_a_key_begins_the_game_and_a_lost_line_pauses_it() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        start = view.element("polyline").attributes["points"]
        await view.keydown("ArrowUp", "#board")
        await view.until(lambda view: view.element("polyline").attributes["points"] != start)
        assert view.text("#toggle") == "Pause"
        await view.keydown(" ", "#board")
        assert view.text("#toggle") == "Play"
        await view.click("#toggle")
        await view.disconnect()
        await view.reconnect()
        assert view.text("#toggle") == "Play"


def test_an_apple_makes_it_longer_and_a_wall_ends_it() -> None:
    game = Game(apple=(8, 8))
    game.move()
    assert (game.score, game.is_over) == (1, False)
    game.turn("left")
    game.turn("down")
    for _ in range(9):
        game.move()
    assert game.is_over
    assert game.snake[0] == (8, 15)
