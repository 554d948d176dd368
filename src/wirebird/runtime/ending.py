"""How a view ends: what it is at and what came before is finished, then `terminate` is called.

The rule: a view ends once, whoever asks for it, and within a bounded time; nothing that belongs to
it outlives it.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from wirebird.live import lifecycle
from wirebird.runtime.mailbox import Stage, is_cancelled
from wirebird.runtime.transport import TransportClosed
from wirebird.wire.frames import Frame

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel

logger = logging.getLogger("wirebird.runtime")

STOP_PATIENCE = 5.0
"""How long what is cancelled at a view's end may take to stop, in seconds."""


async def end(channel: Channel, reason: str, leave: Frame | None) -> None:
    """End a view, and those that stand in its page."""
    stage = channel.stage
    connection = channel.connection
    around = (*connection.channels.values(), *channel.endpoint.parking.nested_in(channel))
    children = {c.topic: c for c in around if c.parent is channel}.values()
    for child in children:
        child.connection.let_go(child)
    ends = [child.end(reason) for child in children]
    channel.host.begin_end()
    late = await _finish(channel, channel.loop.time() + channel.endpoint.end_patience)
    if leave is not None:
        with suppress(TransportClosed):
            await channel.push("phx_close", {}, ref=channel.join_ref)
            await channel.answer(leave.ref, {})
    await channel.end_uploads()
    if channel.saved is not None:
        await channel.saved.end(reason, stage.is_shown, channel.endpoint.end_patience)
    if ends:
        await asyncio.wait(ends)
    if stage is not Stage.WAITING:
        await _terminate(channel, reason)
    for name in late:
        logger.error("%r: cancelled: %s does not end although its view has", channel, name)
    if channel.stage.is_shown:
        del channel.display
    if not await channel.stop(STOP_PATIENCE):
        logger.error("%r: %s does not stop although it was cancelled", channel, channel.handling)
    await channel.host.end()
    connection.forget(channel)


async def _finish(channel: Channel, deadline: float) -> list[str]:
    """Let what must finish do so; return the names of what does not in time."""
    while await channel.finish(deadline - channel.loop.time()):
        late = await channel.host.finish(deadline)
        if late or channel.handling == "":
            return late
    return [channel.handling, *channel.host.unfinished()]


async def _terminate(channel: Channel, reason: str) -> None:
    patience = channel.endpoint.end_patience
    timeout = asyncio.timeout(patience)
    try:
        async with timeout:
            await lifecycle.terminate(channel.view, reason)
    except (Exception, SystemExit, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and is_cancelled():
            raise
        if timeout.expired():
            logger.error("%r: cancelled: terminate takes more than %s s", channel, patience)
        else:
            logger.error("%r: terminate raised", channel, exc_info=error)
