"""Finds and runs the handler of an event or a message.

The rule: only marked methods and the one fallback can be reached, and with a payload that fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from wirebird.live.binding import Sources
from wirebird.live.depends import call_in_thread
from wirebird.live.view import Live
from wirebird.wire.params import ParamsError, decode_form


class MalformedEvent(ValueError):
    """An event that no page of ours sends."""


class UnknownEvent(LookupError):
    """No handler claims an event."""


def read_event(payload: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the name of an event and its value; a form's, as nested dicts and lists.

    Raises:
        MalformedEvent: It has no name, or its form cannot be decoded.
    """
    name = payload.get("event")
    if not isinstance(name, str):
        raise MalformedEvent(f"an event without a name: {payload!r:.120}")
    value = payload.get("value")
    if payload.get("type") != "form":
        return name, value
    try:
        return name, decode_form(value or "", payload.get("meta") or {})
    except (ParamsError, TypeError, AttributeError, ValueError) as error:
        raise MalformedEvent(f"event {name!r}: its form is malformed: {error}") from error


async def dispatch(target: Live[Any], sources: Sources) -> Any:
    """Run the handler of `sources.event` on a view or component.

    Returns:
        What the handler returns: the reply, if it is not None.

    Raises:
        UnknownEvent: Nothing claims the event.
        BindingError: The payload does not fit; the handler has not been called.
    """
    name = sources.event
    definition = type(target).definition
    handler = definition.handlers.events.get(name)
    if handler is not None:
        return await handler.run(target, sources)
    if definition.handle_event is None:
        known = ", ".join(sorted(definition.handlers.events)) or "none"
        raise UnknownEvent(
            f"{type(target).__name__} has no @event {name!r} and no handle_event"
            f" (its events: {known})"
        )
    function = cast(Any, target).handle_event
    if definition.handle_event:
        return await function(name, sources.payload)
    return await call_in_thread(function, name, sources.payload)


async def tell(view: Live[Any], message: Any, sources: Sources) -> bool:
    """Run the handler of a message: the `@info` method of its type, else `handle_info`.

    Returns:
        Whether there is one.

    Raises:
        BindingError: Another parameter of the handler cannot be filled.
    """
    definition = type(view).definition
    handler = definition.handlers.info_for(cast(object, message).__class__)
    if handler is not None:
        await handler.run(view, message, sources)
    elif definition.handle_info is None:
        return False
    elif definition.handle_info:
        await cast(Any, view).handle_info(message)
    else:
        await call_in_thread(cast(Any, view).handle_info, message)
    return True
