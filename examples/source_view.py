"""The source of an example, beside it: a view in the page of another one."""

import asyncio
from dataclasses import dataclass, field

from examples.sources import Source, sources_of
from wirebird import LiveView, Transient, event


@dataclass
class Shown:
    files: Transient[list[Source]] = field(default_factory=list[Source])
    at: int = 0


class SourceView(LiveView[Shown]):
    """Shows one file at a time; the others are sent when somebody asks for them."""

    views: dict[str, type[LiveView]] = {}

    async def mount(self, example: str) -> None:
        self.state.files = await asyncio.to_thread(sources_of, self.views[example])

    @event
    async def show(self, file: int) -> None:
        if 0 <= file < len(self.state.files):
            self.state.at = file
