"""Warnings: what a developer is told in the open page of what went wrong and stopped nothing.

The rule: in debug mode only. Elsewhere nothing is looked for, and pages hear of none of it.
"""

from __future__ import annotations

import dataclasses
import inspect
import linecache
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

from typing_extensions import is_typeddict

from wirebird.binding.signature import source_of
from wirebird.live.events import UnknownEvent
from wirebird.live.generics import plain_class
from wirebird.live.view import Live
from wirebird.names import did_you_mean
from wirebird.runtime.error_page import editor_link
from wirebird.runtime.places import SETS, attributes_set, place_of_use

logger = logging.getLogger("wirebird.runtime")

WARNING_EVENT = "wirebird:warning"


class Warned(Protocol):
    """A view whose page can be told something."""

    endpoint: Any

    def announce(self, event: str, payload: Any) -> None:
        """Push an event to the page without rendering."""
        ...


def warning(code: str, message: str, where: str = "") -> dict[str, str]:
    """Return a warning as pages take it.

    Args:
        code: What kind it is; those that `wirebird check` finds, too, have its codes.
        message: What is wrong, and what to do.
        where: The place, as `file:line`.
    """
    told = {"code": code, "message": message, "where": where}
    path, _, line = where.rpartition(":")
    link = editor_link(path, int(line)) if line.isdecimal() else ""
    return {**told, "link": link} if link else told


def warn(channel: Warned, code: str, message: str, where: str = "") -> None:
    """Tell a page of something; nothing outside debug mode."""
    if channel.endpoint.debug:
        channel.announce(WARNING_EVENT, warning(code, message, where))


def warn_of_refusal(channel: Any, target: type[Any], name: str, error: Exception) -> None:
    """Tell a page of an event that reached no handler."""
    if not channel.endpoint.debug:
        return
    if isinstance(error, UnknownEvent):
        where = _in_template(channel, target, name) or place_of(target)
        warn(channel, "WB201", str(error), where)
    else:
        handler = target.definition.handlers.events.get(name)
        where = place_of(target) if handler is None else source_of(handler.function)
        warn(channel, "payload", str(error), where)


def warn_of_message(channel: Any, message: object) -> None:
    """Tell a page of a message that its view does not take."""
    view = channel.view_class
    kind = type(message).__name__
    text = f"nothing handles a {kind}: write an @info method that takes it"
    warn(channel, "message", text, place_of(view))


def warn_of_block(names: Mapping[str, Any], text: str, where: str) -> None:
    """Tell a page of what blocked the event loop; from the thread that saw it.

    Args:
        names: The variables of the function that blocks.
        text: What is said of it.
        where: The line, as `file:line`.
    """
    channel = names.get("self")
    if hasattr(channel, "announce"):
        channel = cast("Any", channel)
        channel.loop.call_soon_threadsafe(warn, channel, "WB601", text, where)


def place_of(view: type[Any]) -> str:
    """Return where a class is written, as `file:line`."""
    try:
        file = inspect.getsourcefile(view)
        return f"{file}:{inspect.getsourcelines(view)[1]}" if file else view.__module__
    except (OSError, TypeError):
        return view.__module__


def _in_template(channel: Any, view: type[Any], name: str) -> str:
    """Return the line of a view's template that names an event."""
    try:
        file: Path | None = channel.endpoint.renderer(view).file
    except Exception:
        return ""
    if file is None:
        return ""
    linecache.checkcache(str(file))
    for number, line in enumerate(linecache.getlines(str(file)), 1):
        if f'"{name}"' in line or f"'{name}'" in line:
            return f"{file}:{number}"
    return ""


# Fields that a state does not have


def watched(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Return what runs a handler, and then looks at the state that it leaves."""

    async def run_watched(target: Live[Any], *arguments: Any) -> Any:
        before = {name for name, _ in _strays(getattr(target, "state", None), type(target))}
        result = await run(target, *arguments)
        warn_of_fields(target, before)
        return result

    return run_watched


def warn_of_fields(owner: Live[Any], before: Collection[str] = ()) -> None:
    """Say which fields were set that the state of a view, or component, does not have.

    Args:
        owner: The view or component.
        before: Those of which it was said already.
    """
    for name, known in _strays(getattr(owner, "state", None), type(owner)):
        if name in before:
            continue
        meant = did_you_mean(name, known)
        hint = f": {meant}" if meant else ", and add it to the class if it should"
        kind = plain_class(type(owner).definition.state_class).__name__
        where = place_of_use(type(owner), name, SETS) or place_of(type(owner))
        text = f"the state {kind} has no field {name!r}{hint}"
        logger.warning("%s: %s (%s)", type(owner).__name__, text, where)
        channel = getattr(owner.socket.host, "channel", None)
        if channel is not None:
            warn(channel, "field", text, where)


def _strays(state: Any, view: type[Live[Any]]) -> Iterator[tuple[str, list[str]]]:
    kind = cast("type[Any]", type(state))
    declared = plain_class(view.definition.state_class)
    if is_typeddict(declared) and isinstance(state, dict):
        known = set(cast("dict[str, Any]", declared.__annotations__))
        has: Iterable[Any] = cast("dict[Any, Any]", state)
    elif dataclasses.is_dataclass(kind):
        known = set(kind.__dataclass_fields__)
        has = getattr(state, "__dict__", ())
    else:
        return
    for name in has:
        if name in known or not isinstance(name, str) or name[:1] == "_":
            continue
        if not hasattr(kind, name) and name not in attributes_set(kind):
            yield name, sorted(known)
