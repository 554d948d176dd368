"""How a view begins: hooks, `mount`, `handle_params`, in the first render and over the socket.

The rule: both run exactly the same steps, so that what the browser saw first is what it joins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from wirebird.binding.binding import Sources
from wirebird.binding.errors import BindingError
from wirebird.concurrency import call_in_thread
from wirebird.errors import WirebirdError
from wirebird.live.around import call_within, name_of, within
from wirebird.live.errors import NotFound, Redirect
from wirebird.live.router import Match
from wirebird.live.view import Callback, Live, LiveView


class MountError(WirebirdError):
    """A view cannot begin as it is written."""


def sources_of(view: Live[Any]) -> Sources:
    """Return what the parameters of a view's `mount` and `handle_params` are filled from."""
    socket = view.socket
    return Sources(
        params=socket.params,
        session=socket.session,
        socket=socket,
        url=socket.url,
        view=view,
        extra={"view": view},
    )


async def begin(
    view: LiveView[Any],
    match: Match | None,
    guard: Match | None = None,
    mounted: Callable[[], object] | None = None,
) -> bool:
    """Run the hooks, `mount` and `handle_params`.

    Args:
        view: The view.
        match: Its route; None for a nested view.
        guard: The route whose live session guards a nested view that joins without its parent.
        mounted: Called between `mount` and `handle_params`.

    Returns:
        False when one of them sent the visitor elsewhere: nothing after it was run.

    Raises:
        NotFound: The URL's parameters do not fit what `mount` or `handle_params` declare.
        MountError: The view has no state after `mount`.
    """
    socket = view.socket
    try:
        if match is not None:
            enter(view, match)
            guard = match
        hooks = () if guard is None else guard.route.live_session.hooks
        if guard is not None and hooks and not await _is_let_in(view, guard):
            return False
        callbacks = type(view).definition.callbacks
        if "mount" in callbacks:
            await _callback(view, "mount")
        if not hasattr(view, "state"):
            raise MountError(
                f"{type(view).__name__}.mount did not set self.state, and"
                f" {type(view).definition.state_class.__name__} cannot be made without arguments"
            )
        navigation = socket.is_going
        if navigation is not None and navigation.kind != "patch":
            return False
        if mounted is not None:
            mounted()
        if match is not None and navigation is None:
            if "handle_params" in callbacks or socket.hooks is not None:
                await _handle_params(view)
            navigation = socket.is_going
            return navigation is None or navigation.kind == "patch"
    except BindingError as error:
        raise NotFound(f"{error}{_way(error, match)}") from error
    except Redirect as redirect:
        socket.go(redirect.navigation)
        return False
    return True


def _way(error: BindingError, match: Match | None) -> str:
    """Return what to do about a parameter that the URL lacks; nothing for other mistakes."""
    missing = next((each["loc"] for each in error.errors if each["type"] == "missing"), ())
    if not missing or match is None:
        return ""
    name = missing[0]
    path = match.route.path.rstrip("/")
    return f"; route {path}/{{{name}}}, link to {path or '/'}?{name}=..., or give it a default"


async def _is_let_in(view: LiveView[Any], guard: Match) -> bool:
    for hook in guard.route.live_session.hooks:
        sources = sources_of(view)
        sources.params = guard.params
        name = name_of(hook.function)
        await within(view, name, _run, hook.function, hook.binder, hook.is_async, sources)
        if view.socket.is_going is not None:
            return False
    return True


async def is_admitted(view: LiveView[Any], match: Match | None, guard: Match | None) -> bool:
    """Tell whether `begin` would come to run `mount`: hooks and dependencies run, `mount` does not.

    Args:
        view: A view that is only made for this.
        match: Its route; None for a nested view.
        guard: The route whose live session guards it, if that is another.

    Raises:
        Exception: What a hook or a dependency raises; it is not admitted then.
    """
    if match is not None:
        enter(view, match)
        guard = match
    if guard is not None and not await _is_let_in(view, guard):
        return False
    callback = type(view).definition.callbacks.get("mount")
    if callback is not None and not callback.binder.is_simple:
        await within(view, "mount", _resolve, callback.binder, sources_of(view))
    return True


async def _resolve(binder: Any, sources: Sources) -> None:
    async with binder.resolve(sources):
        pass


async def mount_component(component: Live[Any]) -> None:
    """Run a component's `mount`.

    Raises:
        NotFound: The URL's parameters do not fit what it declares.
        MountError: It has no state after it.
    """
    try:
        await _callback(component, "mount")
    except BindingError as error:
        raise NotFound(str(error)) from error
    if not hasattr(component, "state"):
        raise MountError(
            f"{type(component).__name__}.mount did not set self.state, and"
            f" {type(component).definition.state_class.__name__} cannot be made without arguments"
        )


def enter(view: LiveView[Any], match: Match) -> None:
    """Let a view know where it is."""
    view.socket.params = match.params
    view.socket.live_action = match.route.action
    view.socket.metadata = match.route.metadata


async def patch(view: LiveView[Any], match: Match) -> None:
    """Run `handle_params` for a URL of the same view.

    Raises:
        BindingError: The URL's parameters do not fit what `handle_params` declares.
    """
    enter(view, match)
    await _handle_params(view)


async def _handle_params(view: LiveView[Any]) -> None:
    socket = view.socket
    if socket.hooks is not None:
        halt = await socket.hooks.run(view, "handle_params", socket.params, socket.url, socket)
        if halt is not None:
            return
    await _callback(view, "handle_params")


async def _callback(view: Live[Any], name: str) -> None:
    callback: Callback | None = type(view).definition.callbacks.get(name)
    if callback is not None:
        function = getattr(view, name)
        sources = sources_of(view)
        await within(view, name, _run, function, callback.binder, callback.is_async, sources)


async def _run(function: Any, binder: Any, is_async: bool, sources: Sources) -> None:
    if binder.is_simple:
        arguments = binder.bind(sources)
        if is_async:
            await function(**arguments)
        else:
            await call_in_thread(function, **arguments)
        return
    async with binder.resolve(sources) as arguments:
        if is_async:
            await function(**arguments)
        else:
            await call_in_thread(function, **arguments)


async def come_back(view: LiveView[Any]) -> None:
    """Run a view's `handle_return`, if it has one.

    Raises:
        NotFound: The URL's parameters do not fit what it declares.
        Redirect: It sent the visitor elsewhere.
    """
    try:
        await _callback(view, "handle_return")
    except BindingError as error:
        raise NotFound(str(error)) from error


async def terminate(view: LiveView[Any], reason: str) -> None:
    """Run a view's `terminate`, if it has one."""
    if type(view).definition.terminate is not None:
        await call_within(view, cast(Any, view).terminate, reason)
