"""Pages that nobody sees or uses: their views are stored and ended, until somebody is back.

The rule: a page is paused as a whole or not at all, and only once all of it is in the store. One
that is in sight is paused only if nothing would come to it by itself.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from wirebird.live.store import StoreUnavailable
from wirebird.wire import frames
from wirebird.wire.frames import Frame

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel
    from wirebird.runtime.connection import Connection

logger = logging.getLogger("wirebird.runtime")

PAUSE_TOPIC = "wirebird"
"""The topic on which a page asks to be paused, with the event "pause"."""

PAUSE_PATIENCE = 5.0
"""How long a page waits for the store, in seconds; then it is not paused."""

PAUSE_EVENT = "wirebird:pause"
"""Tells a page after how many seconds out of sight, or without use, it may ask."""


def pause_after(channel: Channel) -> float | None:
    """Return after how many seconds a page whose own view this is may ask; None for never."""
    if channel.join.match is None or channel.saved is None:
        return None
    own = channel.view_class.pause_after
    return (channel.endpoint.pause_after if own is None else own) or None


async def pause(connection: Connection, frame: Frame) -> None:
    """End the views of a page that nobody sees or uses, and free what they take."""
    payload = frame.payload
    visible = type(payload) is dict and payload.get("visible") is True
    why = await _pause(list(connection.channels.values()), visible)
    status = "error" if why else "ok"
    response = {"reason": why} if why else {}
    if why:
        logger.debug("%r: not paused: %s", connection, why)
    else:
        connection.await_join()
    await connection.send(frames.reply(None, frame.ref, frame.topic, status, response))


async def _pause(channels: list[Channel], visible: bool) -> str:
    """Pause a page; return why it cannot be, or nothing."""
    if not any(pause_after(channel) for channel in channels):
        return "it has no view that may be paused"
    for channel in channels:
        if channel.saved is None:
            return f"{channel.view_class.__name__} is not durable"
        if channel.is_at_work:
            return f"{channel.view_class.__name__} is at work"
        if visible and channel.host.listens:
            return f"{channel.view_class.__name__} listens, and somebody may look"
    try:
        for channel in channels:
            if channel.saved is not None:
                await channel.saved.save(PAUSE_PATIENCE)
    except StoreUnavailable:
        return "the store does not answer"
    if any(channel.saved is None or channel.is_at_work for channel in channels):
        return "something came up"
    for channel in channels:
        channel.connection.let_go(channel)
    ends = [channel.end("paused") for channel in channels]
    if ends:
        await asyncio.wait(ends)
    return ""
