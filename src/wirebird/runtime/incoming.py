"""What a client may send to a view that it has joined, and what becomes of each.

The rule: whatever comes is answered, and none of it ends the view but an error of its own code.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from wirebird.binding.errors import BindingError
from wirebird.live.errors import Redirect
from wirebird.live.events import MalformedEvent, UnknownEvent, pack_reply, read_event
from wirebird.runtime.mailbox import ANSWERED, Outcome
from wirebird.runtime.transfers.uploads import on_allow_upload, on_progress
from wirebird.runtime.warnings import warn_of_refusal
from wirebird.uploads.entry import MalformedUpload
from wirebird.wire import frames
from wirebird.wire.frames import Frame

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel

logger = logging.getLogger("wirebird.runtime")


async def on_event(channel: Channel, frame: Frame) -> Outcome:
    """Run the handler of an event."""
    payload: Any = frame.payload
    ref = frame.ref
    view = channel.view
    name, target = "", None
    try:
        name, value = read_event(payload)
        if name[:3] == "lv:":
            return _on_builtin(channel, ref, name, value)
        target = channel.display.target(payload)
        if target is None:
            logger.info("%r: event %r for a component that is gone", channel, name)
            return Outcome(ref)
        if payload.get("uploads"):
            channel.uploads.choose(payload["uploads"])
        if view.socket.hooks is not None:
            halt = await view.socket.hooks.run(view, "handle_event", name, value, view.socket)
            if halt is not None:
                reply = halt.reply
                if reply is not None:
                    reply = frames.packed(reply, f"a hook's reply to the event {name!r}")
                return _replied(channel, ref, reply)
        reply = await channel.endpoint.dispatch(target, name, value, channel.sources)
        if reply is not None and ref:
            reply = pack_reply(target, name, reply)
        return _replied(channel, ref, reply)
    except (BindingError, UnknownEvent) as error:
        warn_of_refusal(channel, type(target or view), name, error)
        return _refuse(channel, ref, str(error))
    except (MalformedEvent, MalformedUpload) as error:
        return _refuse(channel, ref, str(error))
    except Redirect as redirect:
        view.socket.go(redirect.navigation)
        return Outcome(ref)


def _replied(channel: Channel, ref: str | None, reply: Any) -> Outcome:
    if reply is not None and ref:
        channel.reply = reply
    return Outcome(ref)


def _refuse(channel: Channel, ref: str | None, why: str) -> Outcome:
    """Answer an event that reaches no handler: the view lives, the page hears of it.

    The answer is `ok` all the same: at an error the client never unlocks the elements that wait
    for it, so that the page is stuck. What is wrong stands in the reply, and `refused` tells it
    from a handler's own reply that has an `error`.
    """
    logger.warning("%r: %s", channel, why)
    told = why if channel.endpoint.debug else "the event was refused"
    return _replied(channel, ref, {"error": told, "refused": True})


def _on_builtin(channel: Channel, ref: str | None, name: str, value: Any) -> Outcome:
    if name != "lv:clear-flash":
        return _refuse(channel, ref, f"unknown event {name!r}")
    key = cast("dict[str, Any]", value).get("key") if isinstance(value, dict) else None
    channel.view.socket.clear_flash(key if isinstance(key, str) else None)
    return Outcome(ref)


async def on_malformed(channel: Channel, frame: Frame, why: str) -> Outcome:
    """Answer an event whose payload cannot be read."""
    return _refuse(channel, frame.ref, why) if frame.ref else ANSWERED


async def _on_live_patch(channel: Channel, frame: Frame) -> Outcome:
    url = cast("dict[str, Any]", frame.payload).get("url")
    match = channel.location.own(url) if isinstance(url, str) else None
    if match is None:
        await channel.answer(frame.ref, {"link_redirect": True})
        return ANSWERED
    view = channel.view
    view.socket.clear_flash()
    channel.display.changed = True
    await channel.location.enter(view, cast(str, url), match)
    return Outcome(frame.ref)


async def _on_components_will_destroy(channel: Channel, frame: Frame) -> Outcome:
    components = channel.display.components
    if components is not None:
        components.will_leave(_cids(frame))
    await channel.answer(frame.ref, {})
    return ANSWERED


async def _on_components_destroyed(channel: Channel, frame: Frame) -> Outcome:
    components = channel.display.components
    gone = [] if components is None else components.left(_cids(frame), channel.display.tree)
    if gone:
        channel.components_gone()
    await channel.answer(frame.ref, {"cids": gone})
    return ANSWERED


def _cids(frame: Frame) -> list[Any]:
    cids = cast("dict[str, Any]", frame.payload).get("cids")
    return cast("list[Any]", cids) if isinstance(cids, list) else []


HandleFrame: TypeAlias = "Callable[[Channel, Frame], Awaitable[Outcome]]"

FRAMES: dict[str, HandleFrame] = {
    "event": on_event,
    "live_patch": _on_live_patch,
    "cids_will_destroy": _on_components_will_destroy,
    "cids_destroyed": _on_components_destroyed,
    "allow_upload": on_allow_upload,
    "progress": on_progress,
}
