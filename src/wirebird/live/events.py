"""Runs the handler of an event: the `@event` method that claims it, else `handle_event`.

The rule: only marked methods and the one fallback can be reached, and with a payload that fits.
"""

from __future__ import annotations

from typing import Any, cast

from wirebird.live.binding import Sources
from wirebird.live.depends import call_in_thread
from wirebird.live.view import Live


class UnknownEvent(LookupError):
    """No handler claims an event."""


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
