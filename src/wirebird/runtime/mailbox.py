"""`Mailbox`: what waits for one view, and the loop that handles it.

The rule: one message at a time, in the order of arrival, each followed by one showing; messages
that nobody waits on share one. An error ends this view and no other.

Read `_run` from top to bottom: it is the life of an event.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from enum import Enum
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from wirebird.runtime.scheduler import TURN_SECONDS, start
from wirebird.runtime.transport import TransportClosed

if TYPE_CHECKING:
    from wirebird.runtime.endpoint import Endpoint


class Stage(Enum):
    """How far a view is in its life; it only ever goes on in this list.

    Only parked and joined take turns: a line is lost, and another one takes its place.

    Attributes:
        takes: Whether messages that come now will be handled.
        handles: Whether messages that wait are handled.
        is_shown: Whether the view has a page to show.
    """

    #            name        takes  handles is_shown
    WAITING = ("waiting", True, True, False)  # there is no view yet
    JOINING = ("joining", True, True, False)  # it is being mounted
    PARKED = ("parked", True, True, True)  # its line is lost: what comes is handled, unshown
    JOINED = ("joined", True, True, True)  # what changed is shown
    LEAVING = ("leaving", False, False, True)  # it has sent its visitor elsewhere
    FINISHING = ("finishing", False, True, True)  # what came before the end is handled, unshown
    ABANDONED = ("abandoned", False, False, False)  # what runs goes on to its end, nothing else
    ENDED = ("ended", False, False, False)

    def __init__(self, name: str, takes: bool, handles: bool, is_shown: bool) -> None:
        self.takes = takes
        self.handles = handles
        self.is_shown = is_shown


class Outcome:
    """What came of a message: whether something is to be shown, and who waits for an answer.

    Attributes:
        shows: Whether the page may show something new.
        ref: The ref of the message that waits for an answer; None when nobody waits.
    """

    __slots__ = ("ref", "shows")

    def __init__(self, ref: str | None, shows: bool = True) -> None:
        self.ref = ref
        self.shows = shows


SHOWS = Outcome(None)
"""Nobody waits for an answer."""

ANSWERED = Outcome(None, False)
"""The message was answered, and there is nothing to show."""

A = TypeVar("A")
Handler: TypeAlias = Callable[[A], Awaitable[Outcome]]

_MOST_BEFORE_SHOWING = 256


class Mailbox(ABC):
    """The waiting messages of a view.

    Each is a handler with its argument.

    Args:
        endpoint: The application.

    Attributes:
        stage: How far the view is in its life.
    """

    __slots__ = (
        "__weakref__", "_context", "_current", "_idle", "_inbox", "_room", "_running", "_task",
        "endpoint", "loop", "stage", "thread",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.stage = Stage.WAITING
        self.loop = asyncio.get_running_loop()
        self.thread = threading.get_ident()
        self._inbox: list[tuple[Handler[Any], Any]] = []
        self._current: tuple[Handler[Any], Any] | None = None
        self._idle: asyncio.Event | None = None
        self._running = False
        self._task: asyncio.Task[Any] | None = None
        self._room: asyncio.Future[None] | None = None
        # What a view sets in context variables is seen by its later handlers, not by other views.
        self._context = contextvars.copy_context()

    def context(self) -> contextvars.Context:
        """Return the context variables for what is done beside the view."""
        return self._context.copy()

    def remember(self, variable: contextvars.ContextVar[A], value: A) -> None:
        """Set a context variable for all that the view does."""
        self._context.run(variable.set, value)

    def put(self, handler: Handler[A], argument: A) -> None:
        """Let a message wait, and begin with it at once where the view is idle."""
        if self._add(handler, argument):
            start(self._run(), self._context)

    def put_later(self, handler: Handler[A], argument: A) -> None:
        """Let a message wait until whoever sends it has given way."""
        if self._add(handler, argument):
            self.endpoint.scheduler().soon(self._run, self._context)

    def put_last(self, handler: Handler[A], argument: A) -> None:
        """Let a message wait, also when the view takes no others any more: see `is_owed`."""
        if self.stage.is_shown:
            self._inbox.append((handler, argument))
            if not self._running:
                self._running = True
                start(self._run(), self._context)

    def _add(self, handler: Handler[A], argument: A) -> bool:
        """Add a message; return whether the loop must be started."""
        if not self.stage.takes:
            return False
        self._inbox.append((handler, argument))
        if not self._running:
            self._running = True
            return True
        if len(self._inbox) > self.endpoint.limits.waiting_messages:
            self._inbox.clear()
            self.overflow()
        return False

    @property
    def ended(self) -> bool:
        """Whether the view takes nothing more."""
        return self.stage is Stage.ENDED

    @property
    def is_wanted(self) -> bool:
        """Whether anybody waits for what the view does: its end has not begun."""
        return self.stage.takes

    @property
    def is_full(self) -> bool:
        """Whether the client should wait before it sends more."""
        return len(self._inbox) >= self.endpoint.limits.waiting_frames and not self.ended

    async def room(self) -> None:
        """Wait until what has been sent so far is being handled, if the view is full."""
        if not self.is_full:  # what was sent has been handled before this began to wait
            return
        if self._room is None:
            self._room = self.loop.create_future()
        await asyncio.shield(self._room)

    def _make_room(self) -> None:
        if self._room is not None:
            if not self._room.done():
                self._room.set_result(None)
            self._room = None

    async def _run(self) -> None:
        self._task = asyncio.current_task()
        try:
            while self._inbox:
                waiting, self._inbox = self._inbox, []
                self._make_room()
                last = len(waiting) - 1
                began = monotonic()
                stale = False
                # The index counts up to 0, the last message of this batch. So `not index` is
                # "nothing follows, show what is stale", and below 0 there is always a message to
                # come: a view may show in between, but need not.
                for index, message in enumerate(waiting, -last):
                    handler, argument = message
                    stage = self.stage
                    if not stage.handles and not (stage.is_shown and self.is_owed(handler)):
                        continue
                    self._current = message
                    try:
                        outcome = await handler(argument)
                        if self.stage is not Stage.JOINED:
                            if self.stage is Stage.PARKED:
                                self.held_back()
                            continue
                        stale = stale or outcome.shows
                        ref = outcome.ref
                        if stale and (ref or not index or not index % _MOST_BEFORE_SHOWING):
                            await self.show(ref or None)
                            stale = False
                    except TransportClosed:
                        # Nobody sees it any more; what the client sent before is handled all the
                        # same.
                        self.disconnected()
                    if index and monotonic() - began > TURN_SECONDS:
                        await asyncio.sleep(0)
                        began = monotonic()
                if self._inbox:
                    await asyncio.sleep(0)  # a view that keeps itself busy must not starve others
        except asyncio.CancelledError as error:
            if not is_cancelled():  # not this view's end: something that a handler awaited
                await self.crash(error)
            elif self.stage is not Stage.ENDED:
                raise
        except (Exception, SystemExit) as error:
            await self.crash(error)
        finally:
            self._running = False
            self._task = self._current = None
            if self._idle is not None:
                self._idle.set()

    async def finish(self, patience: float) -> bool:
        """Take nothing more, and handle what came before; nothing of it is shown.

        Args:
            patience: How long that may take, in seconds.

        Returns:
            Whether it was done in time.
        """
        if self.stage in (Stage.JOINED, Stage.PARKED, Stage.LEAVING):
            self.stage = Stage.FINISHING
        elif self.stage.takes:
            self.stage = Stage.ABANDONED
        self._make_room()
        if not self._running:
            return True
        self._idle = asyncio.Event()
        try:
            async with asyncio.timeout(patience):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    def give_up_within(self, function: Callable[..., Any]) -> None:
        """Cancel what waits within a coroutine function, if that is what it is at."""
        task = self._task
        at: Any = None if task is None else task.get_coro()
        while at is not None:
            if getattr(at, "cr_code", None) is function.__code__:
                cast("asyncio.Task[Any]", task).cancel()
                return
            at = getattr(at, "cr_await", None)

    async def stop(self, patience: float) -> bool:
        """Handle nothing more, and cancel what is being handled.

        Args:
            patience: How long that may take, in seconds.

        Returns:
            Whether it stopped in time.
        """
        self.stage = Stage.ENDED
        self._inbox.clear()
        self._make_room()
        task = self._task
        if task is None:
            return True
        task.cancel()
        _, running = await asyncio.wait([task], timeout=patience)
        return not running

    @property
    def waiting(self) -> int:
        """How many messages wait."""
        return len(self._inbox)

    @property
    def current(self) -> object:
        """What is being handled, of which no two are the same; None when nothing is."""
        return self._current

    @property
    def handling(self) -> str:
        """The name of what is being handled, or an empty string."""
        return "" if self._current is None else self.name_of(*self._current)

    @abstractmethod
    def is_owed(self, handler: Handler[Any]) -> bool:
        """Tell whether a message is handled although the view has sent its visitor elsewhere."""

    @abstractmethod
    def name_of(self, handler: Handler[Any], argument: Any) -> str:
        """Return what a message is called in the log."""

    @abstractmethod
    async def show(self, ref: str | None) -> None:
        """Render, and send what changed; `ref` is the message that waits for an answer."""

    @abstractmethod
    def held_back(self) -> None:
        """Take note that a message was handled whose outcome cannot be shown yet."""

    @abstractmethod
    async def crash(self, error: BaseException) -> None:
        """End the view because a handler raised."""

    @abstractmethod
    def overflow(self) -> None:
        """Take note that more messages came than may wait."""

    @abstractmethod
    def disconnected(self) -> None:
        """Take note that the client is gone."""


def is_cancelled() -> bool:
    """Tell whether the current task itself was cancelled, not something that it awaited."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
