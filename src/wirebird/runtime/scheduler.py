"""Starts the work of views: at once where the interpreter can, fairly where many wait.

The rule: work begins as its own task, so that a view's code never runs inside another's.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from time import monotonic
from typing import Any, TypeAlias

logger = logging.getLogger("wirebird.runtime")

Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

TURN_SECONDS = 0.005
"""How long the work of one client, or of one view, goes on before others get their turn."""

_EAGER = sys.version_info >= (3, 12)
_MOST_TASKS = 8
"""How many tasks begin in one turn where none begins at once, so that their time is not known."""


_running: set[asyncio.Task[None]] = set()


def start(work: Coroutine[Any, Any, None], context: Context) -> None:
    """Run `work` as a task of its own, up to its first wait before this returns.

    Args:
        work: What to run.
        context: The context variables that it sees and changes.
    """
    loop = asyncio.get_running_loop()
    if _EAGER:
        task = asyncio.Task(work, loop=loop, eager_start=True, context=context)  # type: ignore[call-arg]
        if task.done():
            if task.cancelled() or task.exception() is not None:
                _ended(task)
            return
    else:
        task = loop.create_task(work, context=context)
    _running.add(task)
    task.add_done_callback(_ended)


def _ended(task: asyncio.Task[None]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("the work of a view failed", exc_info=error)


class Scheduler:
    """Runs what is ready in one loop, some at a time, so that I/O gets its turn between."""

    __slots__ = ("_ends", "_loop", "_ready", "_scheduled")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ready: deque[tuple[Work, Context]] = deque()
        self._scheduled = False
        self._ends: set[asyncio.Task[None]] = set()

    def end(self, work: Coroutine[Any, Any, None], context: Context) -> asyncio.Task[None]:
        """Run the end of a view, which belongs to no connection; return its task."""
        task = self._loop.create_task(work, context=context)
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)
        task.add_done_callback(_ended)
        return task

    async def ended(self) -> None:
        """Wait until all views that are ending have ended."""
        while self._ends:
            await asyncio.wait(tuple(self._ends))

    def soon(self, work: Work, context: Context) -> None:
        """Start `work` once the caller has given way."""
        self._ready.append((work, context))
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._run)

    def _run(self) -> None:
        ready = self._ready
        began = monotonic()
        for _ in range(len(ready) if _EAGER else min(_MOST_TASKS, len(ready))):
            work, context = ready.popleft()
            start(work(), context)
            if monotonic() - began > TURN_SECONDS:
                break
        if ready:
            self._loop.call_soon(self._run)
        else:
            self._scheduled = False
