"""Finds and runs the handler of an event or a message.

The rule: only marked methods and the one fallback can be reached, and with a payload that fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from wirebird.binding.binding import Sources
from wirebird.binding.signature import source_of
from wirebird.concurrency import call_in_thread
from wirebird.errors import WirebirdError
from wirebird.live.around import within
from wirebird.live.view import Live
from wirebird.names import did_you_mean
from wirebird.wire.frames import UnsendableError, packed
from wirebird.wire.params import ParamsError, decode_form


class MalformedEvent(WirebirdError, ValueError):
    """An event that no page of ours sends."""


class UnknownEvent(WirebirdError, LookupError):
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
    meta = payload.get("meta")
    try:
        if not isinstance(value, str):
            raise ParamsError("its fields are no text")
        if not isinstance(meta, dict | None):
            raise ParamsError("its meta is no object")
        return name, decode_form(value, cast("dict[str, Any] | None", meta))
    except ParamsError as error:
        raise MalformedEvent(f"event {name!r}: its form is malformed: {error}") from error


MakeSources: TypeAlias = Callable[[str, Any], Sources]
"""Makes what parameters are filled from, of an event's name and payload, if any are to fill."""


async def dispatch(target: Live[Any], name: str, payload: Any, sources: MakeSources) -> Any:
    """Run the handler of an event on a view or component.

    Args:
        target: The view or component.
        name: The event's name.
        payload: Its payload, as decoded.
        sources: Makes what the handler's parameters are filled from.

    Returns:
        What the handler returns: the reply, if it is not None.

    Raises:
        UnknownEvent: Nothing claims the event.
        BindingError: The payload does not fit; the handler has not been called.
    """
    definition = type(target).definition
    handler = definition.handlers.events.get(name)
    if handler is not None:
        if handler.takes_nothing:
            return await handler.bound(target)()
        return await handler.run(target, sources(name, payload))
    if definition.handle_event is None:
        known = sorted(definition.handlers.events)
        meant = did_you_mean(name, known)
        if name[:1] != "_" and callable(vars(type(target)).get(name)):
            meant = "write @event above its method of that name"
        raise UnknownEvent(
            f"{type(target).__name__} has no @event {name!r} and no handle_event"
            f" (its events: {', '.join(known) or 'none'})" + (f"; {meant}" if meant else "")
        )
    function = cast(Any, target).handle_event
    if definition.handle_event:
        return await function(name, payload)
    return await call_in_thread(function, name, payload)


def pack_reply(target: Live[Any], name: str, reply: Any) -> Any:
    """Return a reply to an event as it will stand in the answer.

    Raises:
        UnsendableError: JSON has no equivalent of what is in it.
    """
    handler = type(target).definition.handlers.events.get(name)
    function = cast(Any, target).handle_event if handler is None else handler.function
    place = source_of(function)
    what = f"the reply of {function.__qualname__} ({place}) to the event {name!r}"
    try:
        return packed(reply, what)
    except UnsendableError as error:
        error.place = place
        raise


async def dispatch_within(target: Live[Any], name: str, payload: Any, sources: MakeSources) -> Any:
    """Do as `dispatch`, with what the application wants around the handler."""
    definition = type(target).definition
    handler = definition.handlers.events.get(name)
    if handler is None and definition.handle_event is None:
        return await dispatch(target, name, payload, sources)
    called = "handle_event" if handler is None else handler.attribute
    return await within(target, called, dispatch, target, name, payload, sources)


async def tell(view: Live[Any], message: Any, sources: MakeSources) -> bool:
    """Run the handler of a message: the `@info` method of its type, else `handle_info`.

    Args:
        view: The view.
        message: The message.
        sources: Makes what the handler's other parameters are filled from.

    Returns:
        Whether there is one.

    Raises:
        BindingError: Another parameter of the handler cannot be filled.
    """
    definition = type(view).definition
    handler = definition.handlers.info_for(message.__class__)
    if handler is not None:
        if handler.takes_nothing:
            await handler.bound(view)(message)
        else:
            await handler.run(view, message, sources("", None))
    elif definition.handle_info is None:
        return False
    elif definition.handle_info:
        await cast(Any, view).handle_info(message)
    else:
        await call_in_thread(cast(Any, view).handle_info, message)
    return True


async def tell_within(view: Live[Any], message: Any, sources: MakeSources) -> bool:
    """Do as `tell`, with what the application wants around the handler."""
    definition = type(view).definition
    handler = definition.handlers.info_for(message.__class__)
    if handler is None and definition.handle_info is None:
        return False
    called = "handle_info" if handler is None else handler.attribute
    return await within(view, called, tell, view, message, sources)
