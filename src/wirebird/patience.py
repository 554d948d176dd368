"""`Patience`: bounds how long something takes, as `asyncio.timeout` does, with one timer for all.

The rule: who is waited for longest is first in line, since all are waited for equally long.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import Context
from types import TracebackType
from typing import Any


class Patience:
    """For how long each of many things may be waited for.

    Args:
        seconds: How long.

    Example:
        ```python
        patience = Patience(5)
        with patience.wait() as waiting:
            await work  # cancelled after 5 seconds, and TimeoutError raised
        ```
    """

    __slots__ = ("_line", "_loop", "_timer", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._line: deque[Waiting] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def wait(self) -> Waiting:
        """Return what bounds the time of what is done within it."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._timer = loop, None
            self._line.clear()
        line = self._line
        while line and line[0].is_over:
            line.popleft()
        waiting = Waiting(loop.time() + self.seconds)
        line.append(waiting)
        if self._timer is None:
            self._set(loop, waiting.until)
        return waiting

    def _set(self, loop: asyncio.AbstractEventLoop, when: float) -> None:
        # In a context of its own, or it would keep that of whoever came first.
        self._timer = loop.call_at(when, self._look, loop, context=Context())

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        line = self._line
        while line and (line[0].is_over or line[0].until <= now):
            line.popleft().give_up()
        self._timer = None
        if line:
            self._set(loop, line[0].until)


class Waiting:
    """Something that is done within a bounded time.

    Attributes:
        until: Until when, as the event loop counts.
        is_over: Whether it is done.
        is_late: Whether it took too long.
    """

    __slots__ = ("_requests", "_task", "is_late", "is_over", "until")

    def __init__(self, until: float) -> None:
        self.until = until
        self._task: asyncio.Task[Any] | None = None
        self._requests = 0
        self.is_over = False
        self.is_late = False

    def __enter__(self) -> Waiting:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("nothing can be given up outside of a task")
        self._task, self._requests = task, task.cancelling()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task, self._task, self.is_over = self._task, None, True
        if (
            self.is_late
            and task is not None
            and task.uncancel() <= self._requests
            and kind is not None
            and issubclass(kind, asyncio.CancelledError)
        ):
            raise TimeoutError from error

    def give_up(self) -> None:
        """Cancel what is done, unless it is over."""
        if self._task is not None:
            self.is_late = True
            self._task.cancel()
