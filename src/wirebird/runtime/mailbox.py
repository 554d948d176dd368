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
from typing import Any, TypeAlias

from wirebird.runtime.endpoint import Endpoint
from wirebird.runtime.scheduler import start
from wirebird.runtime.transport import TransportClosed

Handle: TypeAlias = Callable[[Any], Awaitable[str | None]]

ANSWERED = ""
"""What the handler of a message returns when it has answered and there is nothing to show."""

_MOST_BEFORE_SHOWING = 256


class Mailbox(ABC):
    """The waiting messages of a view.

    Each is a handler with its argument. A handler returns the ref of the message that waits for
    an answer, None when nobody waits, or `ANSWERED`.

    Args:
        endpoint: The application.
    """

    __slots__ = (
        "__weakref__", "_context", "_inbox", "_leaving", "_room", "_running", "_task", "ended",
        "endpoint", "loop", "thread",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.ended = False
        self.loop = asyncio.get_running_loop()
        self.thread = threading.get_ident()
        self._inbox: list[tuple[Handle, Any]] = []
        self._running = False
        self._leaving = False
        self._task: asyncio.Task[Any] | None = None
        self._room: asyncio.Future[None] | None = None
        # What a view sets in context variables is seen by its later handlers, not by other views.
        self._context = contextvars.copy_context()

    def put(self, handle: Handle, argument: Any) -> None:
        """Let a message wait, and begin with it at once where the view is idle."""
        if self._add(handle, argument):
            start(self._run(), self._context)

    def put_later(self, handle: Handle, argument: Any) -> None:
        """Let a message wait until whoever sends it has given way."""
        if self._add(handle, argument):
            self.endpoint.scheduler().soon(self._run, self._context)

    def _add(self, handle: Handle, argument: Any) -> bool:
        """Add a message; return whether the loop must be started."""
        if self.ended:
            return False
        self._inbox.append((handle, argument))
        if not self._running:
            self._running = True
            return True
        if len(self._inbox) > self.endpoint.limits.waiting_messages:
            self._inbox.clear()
            self.overflow()
        return False

    @property
    def is_full(self) -> bool:
        """Whether the client should wait before it sends more."""
        return len(self._inbox) >= self.endpoint.limits.waiting_frames and not self.ended

    async def room(self) -> None:
        """Wait until what has been sent so far is being handled."""
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
            while self._inbox and not self.ended:
                waiting, self._inbox = self._inbox, []
                self._make_room()
                last = len(waiting) - 1
                stale = False
                for index, (handle, argument) in enumerate(waiting, -last):
                    if self._leaving and getattr(argument, "event", "") != "phx_leave":
                        continue
                    ref = await handle(argument)
                    if self._leaving:
                        if self.ended:
                            return
                        continue
                    stale = stale or ref is not ANSWERED
                    if stale and (ref or not index or not index % _MOST_BEFORE_SHOWING):
                        await self.show(ref or None)
                        stale = False
                        if index and not index % _MOST_BEFORE_SHOWING:
                            await asyncio.sleep(0)
                if self._inbox:
                    await asyncio.sleep(0)  # a view that keeps itself busy must not starve others
        except TransportClosed:
            self.disconnected()
        except asyncio.CancelledError as error:
            if not is_cancelled():  # not this view's end: something that a handler awaited
                await self.crash(error)
            elif not self.ended:
                raise
        except (Exception, SystemExit) as error:
            await self.crash(error)
        finally:
            self._running = False
            self._task = None

    async def stop(self, patience: float) -> bool:
        """Handle nothing more, and cancel what is being handled.

        Args:
            patience: How long that may take, in seconds.

        Returns:
            Whether it stopped in time.
        """
        self.ended = self._leaving = True
        self._inbox.clear()
        self._make_room()
        task = self._task
        if task is None or task is asyncio.current_task():
            return True
        task.cancel()
        _, running = await asyncio.wait([task], timeout=patience)
        return not running

    @abstractmethod
    async def show(self, ref: str | None) -> None:
        """Render, and send what changed; `ref` is the message that waits for an answer."""

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
