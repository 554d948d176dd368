"""`Around`: what stands around every callback of the user's.

The rule: where an application has none, nothing on the way of an event asks for it. A manager sees
what the callback raises, and cannot hide it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

from wirebird.concurrency import call, unwrap

if TYPE_CHECKING:
    from wirebird.live.view import Live

Manager: TypeAlias = AbstractContextManager[Any] | AbstractAsyncContextManager[Any]

Around: TypeAlias = "Callable[[Live[Any], str], Manager]"
"""Is given the view or component and the callback's name; returns what stands around the call."""

current_around: ContextVar[Around | None] = ContextVar("wirebird_around", default=None)
"""That of the application whose callbacks run here, if it has one."""


async def within(
    owner: Live[Any], name: str, function: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any
) -> Any:
    """Await an `async` function, with what the application wants around it.

    Args:
        owner: The view or component.
        name: The callback's name.
        function: What calls it.
        args: The function's arguments.
        kwargs: Those by name.
    """
    around = current_around.get()
    if around is None:
        return await function(*args, **kwargs)
    async with _Standing(around(owner, name)):
        return await function(*args, **kwargs)


class _Standing(AbstractAsyncContextManager[None, None]):
    """A manager of either kind, which sees what the callback raises but does not hide it."""

    __slots__ = ("_is_async", "_manager")

    def __init__(self, manager: Manager) -> None:
        self._manager: Any = manager
        self._is_async = hasattr(manager, "__aenter__")

    async def __aenter__(self) -> None:
        if self._is_async:
            await self._manager.__aenter__()
        else:
            self._manager.__enter__()

    async def __aexit__(self, *failure: Any) -> None:
        if self._is_async:
            await self._manager.__aexit__(*failure)
        else:
            self._manager.__exit__(*failure)


async def call_within(owner: Live[Any], function: Callable[..., Any], *args: Any) -> Any:
    """Call a function of the user's, `def` or `async def`, with what is wanted around it."""
    if current_around.get() is None:
        return await call(function, *args)
    return await within(owner, name_of(function), call, function, *args)


def name_of(function: Callable[..., Any]) -> str:
    """Return what a callback is called: a function's name, or its class's."""
    found = unwrap(function)
    name = getattr(found, "__name__", type(function).__name__)
    return type(function).__name__ if name == "__call__" else name
