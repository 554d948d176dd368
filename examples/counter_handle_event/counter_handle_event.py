"""The counter with one method for all events, as Phoenix has it."""

from dataclasses import dataclass
from typing import Any

from wirebird import LiveView


@dataclass
class Counter:
    count: int = 0


class CounterHandleEventView(LiveView[Counter]):
    """Gets payloads as the page sends them: what is in them is for the view to look at."""

    async def mount(self) -> None:
        self.socket.page_title = "Counter with handle_event"

    async def handle_event(self, event: str, payload: dict[str, Any]) -> None:
        match event, payload:
            case "increment", {"by": "1" | "-1" as by}:
                self.state.count += int(by)
            case "reset", _:
                self.state.count = 0
            case _:
                raise ValueError(f"no such event: {event} with {payload}")
