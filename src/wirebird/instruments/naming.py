"""What the messages of views are called in metrics and spans.

The rule: names are the program's, never a client's: however many events a client makes up, there
are as many names as handlers.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from wirebird.live.view import Live
from wirebird.runtime.channel import Channel
from wirebird.runtime.mailbox import Handler, Stage
from wirebird.runtime.transport import TransportClosed
from wirebird.wire.frames import Frame

_JOINS = {"on join": "mount", "on request": "render", "on return": "return", "on arrival": "return"}


def named(channel: Channel, handler: Handler[Any], argument: Any) -> tuple[str, str]:
    """Return what kind of message it is, and the name of what handles it.

    Returns:
        "event" and the event's name, behind its component's class if it is for one; "message" and
        its class; "join" and "mount" or "return"; "work" and what it is.
    """
    if argument.__class__ is Frame:
        frame = cast(Frame, argument)
        if frame.event == "event":
            return "event", _event(channel, cast("dict[str, Any]", frame.payload))
        return "work", frame.event  # one of those that `receive` knows
    if handler == channel.on_info:
        return "message", type(argument).__name__
    name = cast(str, getattr(handler, "func", handler).__name__).strip("_").replace("_", " ")
    join = _JOINS.get(name)
    return ("work", name) if join is None else ("join", join)


def _event(channel: Channel, payload: dict[str, Any]) -> str:
    name = payload.get("event")
    if "cid" not in payload:
        return _known(channel.view_class, name)
    components = channel.display.components if channel.stage.is_shown else None
    component = None if components is None else components.find(payload["cid"])
    if component is None:
        return "gone"
    return f"{type(component).__name__}.{_known(type(component), name)}"


def _known(owner: type[Live[Any]], name: Any) -> str:
    definition = owner.definition
    if isinstance(name, str):
        if name in definition.handlers.events:
            return name
        if name == "lv:clear-flash":
            return name
    return "unknown" if definition.handle_event is None else "handle_event"


def outcome_of(channel: Channel, kind: str, error: BaseException | None) -> str:
    """Return what came of a message.

    Returns:
        "ok"; "refused" for an event that reached no handler, or a view that was not joined;
        "error" for what was raised; "cancelled"; "gone" where the client was.
    """
    if error is None:
        if kind == "event":
            reply = channel.reply
            refused = reply.__class__ is dict and reply.get("refused") is True
            return "refused" if refused else "ok"
        if kind == "join" and (channel.is_ending or channel.stage is Stage.JOINING):
            return "refused"
        return "ok"
    if isinstance(error, TransportClosed):
        return "gone"
    return "cancelled" if isinstance(error, asyncio.CancelledError) else "error"
