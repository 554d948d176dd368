"""Calls functions of the user's, whether they are `async def` or `def`.

The rule: the event loop never runs a plain function of the user's; a worker thread does. Whoever
has a `ThreadShare` has no more threads at once than that: one visitor leaves some to the others.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeAlias, cast

from anyio import CapacityLimiter, Semaphore
from anyio.to_thread import run_sync

RunInThread: TypeAlias = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs a function in a thread, and returns what it returns."""


class ThreadShare:
    """What those who share it may have of the process's worker threads.

    Args:
        most: How many at once; who asks for more waits. None for all that there are.
        runner: What runs functions in threads, instead of ours.

    Attributes:
        runner: What was given; None for ours.
    """

    __slots__ = ("_most", "_turns", "runner")

    def __init__(self, most: int | None = None, runner: RunInThread | None = None) -> None:
        self._most = most
        self._turns: Semaphore | None = None  # few ever need a thread
        self.runner = runner

    async def run(self, work: Callable[[], Any]) -> Any:
        """Run a function in a worker thread, and return what it returns."""
        runner = self.runner or run_sync
        if self._most is None:
            return await runner(work)
        if self._turns is None:
            self._turns = Semaphore(self._most)
        async with self._turns:
            return await runner(work)

    async def run_at_once(self, work: Callable[[], Any]) -> Any:
        """Run what others may wait for, such as a cleanup: it waits for none of our threads."""
        if self.runner is not None:
            return await self.runner(work)
        return await run_sync(work, limiter=CapacityLimiter(1))


_ALL = ThreadShare()

thread_share: ContextVar[ThreadShare] = ContextVar("wirebird_thread_share", default=_ALL)
"""The share of what runs here."""


def unwrap(function: Any) -> Any:
    """The function, method or class that calling `function` comes down to."""
    while True:
        if isinstance(function, functools.partial):
            function = cast("functools.partial[Any]", function).func
        elif isinstance(function, staticmethod | classmethod):
            function = cast(Any, function).__func__
        elif inspect.isroutine(function) or isinstance(function, type):
            return cast(Any, function)
        elif callable(function):
            return cast(Any, function).__call__
        else:
            return function


def is_async(function: Callable[..., Any]) -> bool:
    """Whether calling `function` gives something to await (partials and callables included)."""
    return inspect.iscoroutinefunction(unwrap(function))


async def call(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call a function of the user's: await `async def`, run `def` in a worker thread.

    A worker thread sees the caller's context variables. What a plain function returns is awaited
    too if it can be, so a wrapper around an `async def` need not be one itself.
    """
    if is_async(function):
        return await cast("Callable[..., Awaitable[Any]]", function)(*args, **kwargs)
    return await call_in_thread(function, *args, **kwargs)


async def call_in_thread(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """The half of `call` for a function known not to be `async def`."""
    work = functools.partial(function, *args, **kwargs)
    result = await thread_share.get().run(work)
    return await result if inspect.isawaitable(result) else result
