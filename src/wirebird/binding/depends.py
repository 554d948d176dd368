"""Injected parameters: the `Depends` and `Session` markers, and running what they name.

A dependency never sees an event's payload, and its value never comes from one: a marker that cannot
be honoured is refused when the view is defined, because its parameter would be filled from there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Annotated, Any, cast, get_args, get_origin
from weakref import WeakKeyDictionary

from anyio import Semaphore
from anyio.lowlevel import RunVar

from wirebird.concurrency import call, thread_share, unwrap
from wirebird.errors import DefinitionError

__all__ = ["Dependency", "Depends", "Session", "SessionKey"]


@dataclass(frozen=True, slots=True)
class Dependency:
    """What `Depends(...)` leaves in an annotation."""

    dependency: Callable[..., Any] | None
    use_cache: bool = True


@dataclass(frozen=True, slots=True)
class SessionKey:
    """What `Session(...)` leaves in an annotation."""

    key: str | None


def Depends(dependency: Callable[..., Any] | None = None, *, use_cache: bool = True) -> Any:
    """Fill a handler's parameter with what a callable returns.

    The callable's own parameters are filled by name from the path and query, by special name
    (`socket`, `session`, `params`, `url`), or by another `Depends`: the same in `mount`, in an
    event, in a component. Nothing of an event's payload reaches it. `async def` is awaited, `def`
    and classes run in a worker thread. What a generator yields is the value; the code after its
    `yield` runs when the handler is done, also when it failed.
    FastAPI's own `Depends` is understood as well.

    Args:
        dependency: A function, generator function, class or other callable. Without it, the
            parameter's annotated class.
        use_cache: Whether one call of a handler shares the value among all who ask for it.

    Example:
        ```python
        async def current_user(session: dict[str, Any]) -> User: ...

        async def mount(self, user: Annotated[User, Depends(current_user)]) -> None: ...
        ```
    """
    return Dependency(dependency, use_cache)


def Session(key: str | None = None) -> Any:
    """Fill a handler's parameter with one key of the session.

    The value is validated against the annotation. A missing key gives the parameter's default, or
    `None` where the annotation allows it, and otherwise refuses the call.

    Args:
        key: The key in the session; the parameter's name if left out.

    Example:
        ```python
        async def mount(self, user_id: Annotated[str | None, Session("user_id")]) -> None: ...
        ```
    """
    return SessionKey(key)


@dataclass(frozen=True, slots=True)
class Injection:
    """A marker found on a parameter, whoever made it."""

    dependency: Callable[..., Any] | None = None
    use_cache: bool = True
    session_key: SessionKey | None = None
    max_concurrency: int | None = None
    marker: object = None
    scopes: tuple[str, ...] = ()


class UnsupportedMarkerError(DefinitionError):
    """A parameter carries a marker that would be ignored."""


def injection_of(marker: object) -> Injection | None:
    """Read a marker.

    Returns:
        What it asks for, or None if `marker` is no marker.

    Raises:
        UnsupportedMarkerError: It is a marker that has no meaning here.
    """
    if isinstance(marker, Dependency):
        return Injection(marker.dependency, marker.use_cache, marker=marker)
    if isinstance(marker, SessionKey):
        return Injection(session_key=marker, marker=marker)
    if isinstance(marker, type):
        if marker in (Dependency, SessionKey):
            raise UnsupportedMarkerError(f"{marker.__name__} needs to be called")
        return None
    if marker is Depends or marker is Session:
        name = cast("Callable[..., Any]", marker).__name__
        raise UnsupportedMarkerError(f"write {name}(...), not {name}")
    names = [base.__name__ for base in type(marker).__mro__]
    if "Depends" not in names or not hasattr(marker, "dependency"):
        return None
    foreign = cast(Any, marker)
    dependency = foreign.dependency
    if names[0] not in ("Depends", "Security") or not (dependency is None or callable(dependency)):
        raise UnsupportedMarkerError(f"{names[0]}(...) is not supported: use Depends(...)")
    return Injection(
        dependency,
        bool(getattr(foreign, "use_cache", True)),
        max_concurrency=getattr(foreign, "max_concurrency", None),
        marker=marker,
        scopes=tuple(getattr(foreign, "scopes", None) or ()),
    )


def injection_in(parameter: inspect.Parameter, annotation: Any) -> tuple[Injection | None, Any]:
    """Return a parameter's marker, and its annotation without it.

    Raises:
        UnsupportedMarkerError: A marker has no meaning here, or is not the only one, outermost.
    """
    whole = annotation
    while (alias := alias_value(annotation)) is not None:
        annotation = alias
    metadata = getattr(annotation, "__metadata__", ())
    found = [i for m in (*metadata, parameter.default) if (i := injection_of(m))]
    nested = list(markers_inside(get_args(annotation)[0] if metadata else annotation))
    if nested or len(found) > 1:
        raise UnsupportedMarkerError(
            "one marker, outermost, is what can be honoured: Annotated[..., Depends(...)]"
        )
    if not found:
        return None, whole  # an alias may refer to itself
    kept = tuple(m for m in metadata if m is not found[0].marker)
    base = get_args(annotation)[0] if metadata else annotation
    return found[0], Annotated[base, *kept] if kept else base


def markers_inside(annotation: object) -> Iterator[object]:
    """Every marker in an annotation, however deep (`Annotated[X, Depends(f)] | None`)."""
    alias = alias_value(annotation)
    if alias is not None:
        yield from markers_inside(alias)
    parts = get_args(annotation)
    metadata = getattr(annotation, "__metadata__", ())
    for part in metadata:
        if injection_of(part) is not None:
            yield part
    for part in parts:
        if part not in metadata:
            yield from markers_inside(part)


def alias_value(annotation: object) -> Any:
    """What a `type X = ...` alias stands for, subscribed or not; None for anything else."""
    for candidate in (annotation, get_origin(annotation)):
        if type(candidate).__name__ == "TypeAliasType":
            return cast(Any, candidate).__value__
    return None


_limits: RunVar[WeakKeyDictionary[Any, Semaphore]] = RunVar("wirebird_dependency_limits")


def _limit_of(injection: Injection) -> Semaphore | None:
    """The marker's own limit in this event loop, shared by all who use the same marker."""
    if injection.max_concurrency is None:
        return None
    limits = _limits.get(None)
    if limits is None:
        limits = WeakKeyDictionary[Any, Semaphore]()
        _limits.set(limits)
    limit = limits.get(injection.marker)
    if limit is None:
        limit = limits[injection.marker] = Semaphore(injection.max_concurrency)
    return limit


async def provide(
    injection: Injection,
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    stack: AsyncExitStack,
) -> Any:
    """Run a dependency; what it must clean up later goes on `stack`."""
    target = unwrap(function)
    limit = _limit_of(injection)
    manager: AbstractAsyncContextManager[Any] | None = None
    if inspect.isasyncgenfunction(target):
        manager = asynccontextmanager(function)(**arguments)
    elif inspect.isgeneratorfunction(target):
        manager = _InThread(contextmanager(function)(**arguments))
    if manager is None:
        if limit is None:
            return await call(function, **arguments)
        async with limit:
            return await call(function, **arguments)
    if limit is not None:
        await stack.enter_async_context(limit)
    value = await manager.__aenter__()
    stack.push_async_exit(_Unsuppressed(manager))
    return value


class _Unsuppressed:
    """Cleans a dependency up, and lets it see the handler's exception but not hide it."""

    def __init__(self, manager: AbstractAsyncContextManager[Any]) -> None:
        self.manager = manager

    async def __call__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        await self.manager.__aexit__(kind, error, traceback)
        return False


class _InThread(AbstractAsyncContextManager[Any]):
    """A synchronous context manager whose both ends run in a worker thread."""

    def __init__(self, manager: AbstractContextManager[Any]) -> None:
        self.manager = manager

    async def __aenter__(self) -> Any:
        return await thread_share.get().run(self.manager.__enter__)

    async def __aexit__(self, *failure: Any) -> bool | None:
        # At once: handlers waiting for a thread may be waiting for this cleanup.
        return await thread_share.get().run_at_once(partial(self.manager.__exit__, *failure))
