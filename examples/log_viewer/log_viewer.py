"""A log that goes on: a stream of the last lines, filtered on the server, and followed or not."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated

from pydantic import StringConstraints

from examples.log_viewer.machine import Level, Line, last_id, line
from wirebird import LiveView, Stream, event, info

FIRST = 100  # lines to begin with
MOST = 1_000  # lines in the page
SEARCHED = 5_000  # lines back

Words = Annotated[str, StringConstraints(max_length=60)]


@dataclass(frozen=True)
class Tick:
    """It is time to look for new lines."""


@dataclass
class Log:
    lines: Stream[Line] = field(default_factory=lambda: Stream(limit=-MOST))
    level: Level = Level.DEBUG
    q: str = ""
    follow: bool = True
    seen: int = 0
    waiting: int = 0

    levels = list(Level)

    def takes(self, line: Line) -> bool:
        return line.level >= self.level and line.is_about(self.q)


class LogViewerView(LiveView[Log]):
    """What is searched stands in the URL; while one reads, new lines are counted, not shown.

    Searching takes a while, so what does it is a plain `def`, which runs in a thread.
    """

    durable = False  # the URL says what is searched

    async def mount(self) -> None:
        self.socket.page_title = "Log viewer"
        self.socket.every(Tick(), 0.5)

    def handle_params(self, level: Level = Level.DEBUG, q: Words = "") -> None:
        self.state.level, self.state.q = level, q
        self.show_last()

    @event
    async def search(self, level: Level, q: Words = "") -> None:
        self.socket.push_patch(self.socket.path(level=level, q=q or None), replace=True)

    @event
    def toggle(self) -> None:
        self.state.follow = not self.state.follow
        if self.state.follow:
            self.show_last()

    @info
    async def on_tick(self, _: Tick) -> None:
        state = self.state
        before, state.seen = state.seen, last_id()
        new = [*self.found(range(before + 1, state.seen + 1))]
        if state.follow:
            state.lines.insert_many(new)
        else:
            state.waiting += len(new)

    def show_last(self) -> None:
        """Show the last lines that are searched for."""
        state = self.state
        state.seen, state.waiting = last_id(), 0
        back = range(state.seen, state.seen - SEARCHED, -1)
        state.lines.reset(reversed([*islice(self.found(back), FIRST)]))

    def found(self, ids: Iterable[int]) -> Iterable[Line]:
        return filter(self.state.takes, map(line, ids))
