"""Snake at 30 frames a second: the server plays, and the page is sent where head and tail are."""

from dataclasses import dataclass, field
from typing import Literal

from examples.snake.game import HEIGHT, WIDTH, Game
from wirebird import LiveView, Timer, Transient, event, info

FRAMES = 30  # a second
FRAMES_A_MOVE = 4
KEYS = {"w": "up", "a": "left", "s": "down", "d": "right"}


@dataclass(frozen=True)
class Frame:
    """It is time for the next frame."""


@dataclass
class Play:
    game: Game = field(default_factory=Game)
    frame: int = 0
    best: int = 0
    playing: Transient[bool] = False

    width, height = WIDTH, HEIGHT

    @property
    def head(self) -> str:
        return self.between(self.game.snake[1], self.game.snake[0])

    @property
    def corners(self) -> str:
        snake = self.game.snake
        found = [
            f"{x},{y}"
            for before, (x, y), after in zip(snake, snake[1:], snake[2:], strict=False)
            if before[0] != after[0] and before[1] != after[1]
        ]
        return " ".join(found)

    @property
    def tail(self) -> str:
        return self.between(self.game.snake[-1], self.game.snake[-2])

    def between(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """Where something is on its way from one cell to the next."""
        part = self.frame / FRAMES_A_MOVE
        x, y = ((1 - part) * a + part * b for a, b in zip(start, end, strict=True))
        return f"{x:g},{y:g}"


class SnakeView(LiveView[Play]):
    """Plays while somebody looks; a game whose line or server is lost waits to be gone on with."""

    durable = True
    timer: Timer | None = None

    async def mount(self) -> None:
        self.socket.page_title = "Snake"

    async def handle_return(self) -> None:
        self.pause()

    @event
    async def toggle(self) -> None:
        if self.state.playing:
            self.pause()
        else:
            self.play()

    @event
    async def turn(self, to: Literal["up", "down", "left", "right"]) -> None:
        self.play()
        self.state.game.turn(to)

    @event
    async def key(self, key: str) -> None:
        if key == " ":
            await self.toggle()
        direction = KEYS.get(key.lower(), key.removeprefix("Arrow").lower())
        if direction in KEYS.values():
            self.play()
            self.state.game.turn(direction)

    @info
    async def on_frame(self, _: Frame) -> None:
        state = self.state
        if self.socket.parked:
            self.pause()
            return
        state.frame = (state.frame + 1) % FRAMES_A_MOVE
        if state.frame == 0:
            state.game.move()
            state.best = max(state.best, state.game.score)
        if state.game.is_over:
            self.pause()

    def play(self) -> None:
        if self.state.game.is_over:
            self.state.game, self.state.frame = Game(), 0
        if not self.state.playing:
            self.state.playing = True
            self.timer = self.socket.every(Frame(), 1 / FRAMES)

    def pause(self) -> None:
        self.state.playing = False
        if self.timer:
            self.timer.cancel()
