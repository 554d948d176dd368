"""`InspectorView`: the page of the inspector, and how an application gets it.

The rule: whoever may not see it is answered as if there were none, at the page and at the socket,
and is asked anew before anything is done to a view.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wirebird.inspector.actions import crash, disconnect
from wirebird.inspector.census import Details, Inspector, Row, Summary
from wirebird.inspector.log import MOST_ENTRIES, Entry
from wirebird.live.errors import NotFound
from wirebird.live.handlers import event, info
from wirebird.live.stream import Stream
from wirebird.live.view import LiveView
from wirebird.runtime.channel import Channel
from wirebird.web.assets import PREFIX

if TYPE_CHECKING:
    from wirebird.web.app import Guard, Wirebird

_LAYOUT = Path(__file__).with_name("layout.html")

EVERY = 1.0
"""How often the page looks anew, in seconds."""


class Tick:
    """It is time to look anew."""


@dataclass
class Inspection:
    """What the page shows."""

    rows: list[Row] = field(default_factory=list[Row])
    summary: Summary = Summary(0, 0, 0, 0, ())  # noqa: RUF009
    id: int = 0
    details: Details | None = None
    entries: Stream[Entry] = field(default_factory=Stream[Entry])


class InspectorView(LiveView[Inspection]):
    """The views of this process, or one of them."""

    template = "inspector.html"
    styles = ("inspector.css",)
    layout = None
    durable = False
    linger = 0
    pause_after = 0

    _watched: Channel | None = None
    _seen = 0

    @property
    def _inspector(self) -> Inspector:
        return self.socket.metadata["inspector"]

    async def mount(self) -> None:
        self.socket.page_title = "Wirebird inspector"
        self.socket.every(Tick(), EVERY)

    async def handle_params(self, id: int = 0) -> None:
        self._watch(None)
        self.state.id = id
        self.state.entries.reset()
        self._seen = 0
        self._look()

    @info
    async def on_tick(self, _: Tick) -> None:
        self._look()

    def _watch(self, channel: Channel | None) -> None:
        watched = self._watched
        if channel is watched or not self.socket.connected:
            return
        self._watched = channel
        if watched is not None:
            self._inspector.resume(watched)
            self._inspector.recorder.leave(watched)
        if channel is not None:
            self._inspector.recorder.watch(channel)
            self._seen = 0

    def _look(self) -> None:
        state, inspector = self.state, self._inspector
        if not state.id:
            state.details = None
            state.rows = inspector.rows()
            state.summary = inspector.summary(state.rows)
            return
        channel = inspector.find(state.id)
        self._watch(channel)
        state.details = None if channel is None else inspector.details(channel)
        if channel is not None:
            for entry in inspector.recorder.entries(channel):
                if entry.id > self._seen:
                    self._seen = entry.id
                    state.entries.insert(entry, at=0, limit=MOST_ENTRIES)

    @event
    async def crash(self) -> None:
        await self._do(crash)

    @event
    async def disconnect(self) -> None:
        await self._do(disconnect)

    @event
    async def pause(self) -> None:
        await self._do(self._inspector.pause)

    @event
    async def resume(self) -> None:
        await self._do(self._inspector.resume)

    async def _do(self, action: Callable[[Channel], None]) -> None:
        await self.socket.metadata["admit"](self)
        channel = self._inspector.find(self.state.id)
        if channel is not None:
            action(channel)
        self._look()

    async def terminate(self, reason: str) -> None:
        self._watch(None)


def admitting(guard: Guard | None) -> Callable[[LiveView[Any]], Awaitable[None]]:
    """Return what lets in whom a guard lets in; without one, everybody."""

    async def admit(view: LiveView[Any]) -> None:
        if guard is not None:
            answer = guard(view.socket.request)
            allowed = await answer if inspect.isawaitable(answer) else answer
            if allowed is not True:
                raise NotFound

    return admit


def install(app: Wirebird, guard: Guard | None) -> None:
    """Give an application its inspector.

    Args:
        app: The application.
        guard: Says who may see it; None for everybody, in development.
    """
    admit = admitting(guard)
    inspector = Inspector(app.endpoint, InspectorView, records=app.debug)
    with app.live_session(
        "wirebird-inspector", on_mount=[admit], root_layout=_LAYOUT, layout=None
    ) as session:
        app.assets.isolate(session.session)
        session.live(PREFIX, InspectorView, metadata={"inspector": inspector, "admit": admit})
    # Before all others: an application may have a route that takes every path.
    app.router.routes.insert(0, app.router.routes.pop())
    app.live_router.routes.insert(0, app.live_router.routes.pop())
