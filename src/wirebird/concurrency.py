"""Calls functions of the user's, whether they are `async def` or `def`.

The rule: the event loop never runs a plain function of the user's; a worker thread does.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, cast

from anyio.to_thread import run_sync


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
    result = await run_sync(functools.partial(function, *args, **kwargs))
    return await result if inspect.isawaitable(result) else result
