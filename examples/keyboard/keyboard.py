"""A game for the keyboard: the whole window listens, and a key that is held is slowed down."""

from typing import Literal

from examples.keyboard.game import LEVELS, Game
from wirebird import LiveView, event

Way = Literal["up", "down", "left", "right"]

KEYS: dict[str, Way] = {
    "ArrowUp": "up",
    "ArrowDown": "down",
    "ArrowLeft": "left",
    "ArrowRight": "right",
}


class WarehouseView(LiveView[Game]):
    """Keys and buttons do the same; other keys are nobody's business."""

    async def mount(self) -> None:
        self.socket.page_title = "Warehouse"

    @event
    async def key(self, key: str) -> None:
        if key in KEYS:
            self.state.go(KEYS[key])
        elif key == "u":
            self.state.undo()
        elif key == "r":
            await self.restart()

    @event
    async def go(self, way: Way) -> None:
        self.state.go(way)

    @event
    async def undo(self) -> None:
        self.state.undo()

    @event
    async def restart(self) -> None:
        self.state = Game(self.state.level)

    @event
    async def next(self) -> None:
        self.state = Game((self.state.level + 1) % len(LEVELS))
