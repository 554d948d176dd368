"""What all connections of an application share.

The rule: everything that a view's life depends on is named here, and nothing of HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary, WeakSet

from wirebird.concurrency import RunInThread, ThreadShare, thread_share
from wirebird.html.tree import Tree
from wirebird.live.around import Around, current_around
from wirebird.live.events import MakeSources, dispatch, dispatch_within, tell, tell_within
from wirebird.live.messages import PubSub
from wirebird.live.presence import Presences
from wirebird.live.rendering import Renderers
from wirebird.live.router import Router
from wirebird.live.socket import Socket
from wirebird.live.view import Durable, Live, LiveView
from wirebird.runtime.parking import Parking
from wirebird.runtime.scheduler import Scheduler
from wirebird.runtime.warnings import warn_of_block, watched
from wirebird.runtime.watch import BLOCKED_AFTER, Blocked, Watch
from wirebird.wire.tokens import Signer

if TYPE_CHECKING:
    from wirebird.runtime.observed import Observer
    from wirebird.runtime.saving import Saving

LIVEVIEW_VERSION = "1.2.12"
"""The version of the JavaScript client that is bundled."""

END_PATIENCE = 10.0
"""How long a view that ends may take to finish what it is at, in seconds, unless one is chosen."""

LINGER = 30.0
"""How long a view is kept when its line is lost, in seconds, unless something else is chosen."""

Layout = Callable[[Socket, Tree], Tree]


FRAME_OVERHEAD = 2048
"""Most that a frame has beside the bytes of a chunk."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may ask of the server.

    Attributes:
        frame_size: Largest frame from a client, in bytes.
        waiting_frames: Most frames that wait for one view before no more are read from its client.
        waiting_messages: Most messages that wait for one view before its connection is closed.
        views_per_connection: Most views on one connection.
        join_within: How long a connection may be open before its first join, in seconds.
        join_size: Most memory that what a page says when it joins a view may take, in bytes.
        threads_per_connection: Most `def` handlers of one connection that run at once, of the 40
            threads that a process has for them.
        token_age: How long a page's tokens are good for, in seconds.
        snapshot_size: Most that is stored of a durable view, in bytes. A view whose state takes
            more is not durable.
        snapshot_age: How long what is stored of a page that is gone is kept, in seconds.
        parked_views: Most views of a process whose lines were lost and that are kept for their
            pages. Whoever has more than a tenth of the room gives up an own one first; else the
            oldest ends.
        parked_memory: Most memory that they may take, in bytes, about.
        parked_events: Most events that a view without a line has waiting for its page.
        events_per_second: How many events of one connection are read in a second; 0 for any number.
            Who sends more waits.
        events_at_once: How many may come at once before that.
        unread_within: How long a client may leave unread what it was sent, in seconds, before its
            connection is closed.
    """

    frame_size: int = 1024 * 1024
    waiting_frames: int = 256
    waiting_messages: int = 10_000
    views_per_connection: int = 200
    join_within: float = 60.0
    join_size: int = 64 * 1024
    threads_per_connection: int = 8
    token_age: float = 14 * 24 * 3600
    snapshot_size: int = 1024 * 1024
    snapshot_age: float = 24 * 3600
    parked_views: int = 1000
    parked_memory: int = 64 * 1024 * 1024
    parked_events: int = 1000
    events_per_second: float = 500.0
    events_at_once: int = 1000
    unread_within: float = 30.0

    @property
    def chunk_room(self) -> int:
        """How many bytes of a file a frame has room for."""
        return self.frame_size - FRAME_OVERHEAD


class ShownView(Protocol):
    """A view on an open line, as the application sees it."""

    life: int
    loop: asyncio.AbstractEventLoop
    view_class: type[LiveView[Any]]

    def refresh(self) -> None:
        """Render anew although nothing came."""
        ...

    def announce(self, event: str, payload: Any) -> None:
        """Push an event to the page without rendering."""
        ...


class OpenLine(Protocol):
    """An open line, as the application sees it."""

    loop: asyncio.AbstractEventLoop

    def check(self, now: float) -> None:
        """Do without a client that does not read."""
        ...

    def tell(self, event: str, payload: Any) -> None:
        """Send an event to a page that shows no view."""
        ...

    @property
    def channels(self) -> Mapping[str, ShownView]:
        """The joined views by topic."""
        ...

    async def shut_down(self) -> None:
        """End all views because the server stops."""
        ...


@dataclass
class Endpoint:
    """The application, as its connections see it.

    Attributes:
        router: Which view answers which path.
        renderer: What renders the views and components of a class.
        signer: Signs and checks tokens.
        pubsub: Carries broadcasts.
        presence: Knows who is where.
        layout: Returns the layout of a route's views, or None.
        debug: Whether the browser is shown tracebacks.
        limits: What one client may ask.
        end_patience: How long a view that ends may take to finish what it is at, in seconds.
        linger: How long a view is kept when its line is lost, in seconds.
        keep_first_render: How long the views of a first render are kept for their page, in seconds.
        blocked_after: How long a handler may block the event loop before it is named in the log, in
            seconds; 0 for as long as it likes.
        around: What stands around every callback of the user's, if anything does.
        run_in_thread: What runs plain functions in threads, instead of ours.
        dispatch: Runs the handler of an event.
        tell: Runs that of a message.
        connections: The open lines.
        observers: Who is told what views do that are joined from now on.
        is_stopping: Whether the server stops, and nobody should be sent to it.
        saving: Saves durable views; None without a store.
        durable: Whether views are durable that say nothing of it, nor does their live session.
        keeps_what_fits: Whether views of which nobody says whether they are durable are, as far as
            that is possible; for development, where the server starts anew for each change.
        pause_after: After how many seconds out of sight, or without use, a page of durable views is
            paused.
    """

    router: Router
    renderer: Renderers
    signer: Signer
    pubsub: PubSub
    presence: Presences
    layout: Callable[[Any, type[LiveView[Any]]], Layout | None]
    debug: bool = False
    limits: Limits = field(default_factory=Limits)
    end_patience: float = END_PATIENCE
    saving: Saving | None = None
    durable: Durable = False
    pause_after: float | None = None
    keeps_what_fits: bool = False
    linger: float = LINGER
    keep_first_render: float = 0.0
    blocked_after: float = BLOCKED_AFTER
    around: Around | None = None
    run_in_thread: RunInThread | None = None
    dispatch: Callable[[Live[Any], str, Any, MakeSources], Awaitable[Any]] = field(init=False)
    tell: Callable[[Live[Any], Any, MakeSources], Awaitable[bool]] = field(init=False)
    connections: WeakSet[OpenLine] = field(default_factory=WeakSet[OpenLine])
    observers: tuple[Observer, ...] = field(default=(), init=False)
    is_stopping: bool = field(default=False, init=False)
    _schedulers: WeakKeyDictionary[asyncio.AbstractEventLoop, Scheduler] = field(
        default_factory=WeakKeyDictionary[asyncio.AbstractEventLoop, Scheduler]
    )
    _parkings: WeakKeyDictionary[asyncio.AbstractEventLoop, Parking] = field(
        default_factory=WeakKeyDictionary[asyncio.AbstractEventLoop, Parking]
    )

    _watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = field(
        default_factory=WeakKeyDictionary[asyncio.AbstractEventLoop, Watch]
    )

    def __post_init__(self) -> None:
        alone = self.around is None
        self.dispatch = dispatch if alone else dispatch_within
        self.tell = tell if alone else tell_within
        if self.debug:
            self.dispatch, self.tell = watched(self.dispatch), watched(self.tell)

    @contextmanager
    def surroundings(self) -> Generator[None]:
        """Let what callbacks run in be right where no view has a context of its own."""
        around = current_around.set(self.around)
        threads = thread_share.set(ThreadShare(runner=self.run_in_thread))
        try:
            yield
        finally:
            thread_share.reset(threads)
            current_around.reset(around)

    def opened(self, line: OpenLine) -> None:
        """Know a line that was opened, and watch over its loop."""
        self.connections.add(line)
        watch = self._watches.get(line.loop)
        if watch is None:
            told = warn_of_block if self.debug else None
            watch = Watch(line.loop, self.connections, self.blocked_after, told)
            self._watches[line.loop] = watch
        watch.begin()

    @property
    def blocked(self) -> list[Blocked]:
        """What has blocked an event loop, the longest first."""
        found = [each for watch in self._watches.values() for each in watch.blocked.values()]
        return sorted(found, key=lambda each: -each.seconds)

    @property
    def spread(self) -> int:
        """Over how many milliseconds pages should come back, that all lose their lines at once."""
        return len(self.connections)  # each costs the next server about half of one

    async def drain(self) -> None:
        """End all views of the running event loop, as the server stops, and wait for their ends."""
        self.is_stopping = True
        loop = asyncio.get_running_loop()
        connections = [each for each in self.connections if each.loop is loop]
        await asyncio.gather(*(connection.shut_down() for connection in connections))
        await self.scheduler().ended()
        if self.saving is not None:
            await self.saving.stop()

    @property
    def parking(self) -> Parking:
        """The parked views of the running event loop."""
        loop = asyncio.get_running_loop()
        parking = self._parkings.get(loop)
        if parking is None:
            parking = self._parkings[loop] = Parking(self.limits)
        return parking

    def seconds_kept(self, view: type[LiveView[Any]]) -> float:
        """Return how long the first render of a page's view is kept, in seconds; 0 for not."""
        own = view.keep_first_render
        return self.keep_first_render if own is None else own

    def scheduler(self) -> Scheduler:
        """Return the scheduler of the running event loop."""
        loop = asyncio.get_running_loop()
        scheduler = self._schedulers.get(loop)
        if scheduler is None:
            scheduler = self._schedulers[loop] = Scheduler(loop)
        return scheduler
