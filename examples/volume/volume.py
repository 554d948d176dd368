"""A volume control: a slider for fingers and screen readers, and keys anywhere in the window."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from wirebird import LiveView, event, js

STEPS = {"ArrowUp": 10, "ArrowRight": 10, "ArrowDown": -10, "ArrowLeft": -10}


@dataclass
class Volume:
    level: int = 30
    muted: bool = False

    @property
    def heard(self) -> int:
        return 0 if self.muted else self.level

    @property
    def label(self) -> str:
        return "muted" if self.muted else f"{self.level} percent"


class VolumeView(LiveView[Volume]):
    """Arrow keys change the volume, Home and End go to its ends, M mutes."""

    async def mount(self) -> None:
        self.socket.page_title = "Volume"

    @event
    async def turn(self, by: int) -> None:
        self.set_level(self.state.level + by)

    @event
    async def set(self, level: Annotated[int, Field(ge=0, le=100)]) -> None:
        self.set_level(level)

    @event
    async def key(self, key: str) -> None:
        match key:
            case "Home":
                self.set_level(0)
            case "End":
                self.set_level(100)
            case "m" | "M":
                await self.mute()
            case _:
                if key in STEPS:
                    self.set_level(self.state.level + STEPS[key])

    @event
    async def mute(self) -> None:
        self.state.muted = not self.state.muted
        self.bump()

    def set_level(self, level: int) -> None:
        if level not in range(101):
            self.bump()
        self.state.level = min(100, max(0, level))
        self.state.muted = False

    def bump(self) -> None:
        """Let the dial shake once in the page."""
        shake = js.transition("shake", to="#dial", time=300, blocking=False)
        self.socket.push_js(shake)
