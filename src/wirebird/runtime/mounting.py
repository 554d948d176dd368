"""How a view is joined: mounted, shown whole, and its join answered; or refused, and why.

The rule: nothing is sent before the whole tree stands; whatever goes wrong before is a refusal.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from wirebird.html.differ import Message
from wirebird.live import lifecycle
from wirebird.live.errors import Redirect
from wirebird.live.navigation import Navigation
from wirebird.live.socket import Socket
from wirebird.live.store import StoreUnavailable
from wirebird.runtime.display import Display
from wirebird.runtime.endpoint import LIVEVIEW_VERSION
from wirebird.runtime.faults import join_refusal
from wirebird.runtime.location import path_of, way_out
from wirebird.runtime.mailbox import ANSWERED, Outcome, Stage, is_cancelled
from wirebird.runtime.parking import KEPT_EVENT
from wirebird.runtime.restoring import restore
from wirebird.runtime.transport import RESTART, TransportClosed
from wirebird.runtime.warnings import warn_of_fields

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel

logger = logging.getLogger("wirebird.runtime")


async def mount(channel: Channel) -> Outcome:
    """Mount a view and answer its join."""
    join = channel.join
    endpoint = channel.endpoint
    socket = join.socket(channel.connection, channel.host)
    message = Message()
    try:
        channel.view = view = join.view(socket)
        channel.stage = Stage.JOINING
        restoring = await restore(channel)
        went_on = await lifecycle.begin(view, join.match, join.guard, restoring.mounted)
        if went_on:
            await restoring.begun()
        if not channel.is_wanted:
            return ANSWERED
        patched: Navigation | None = None
        navigation = socket.take_navigation()
        if went_on and navigation is not None:
            patched = navigation if channel.parent is None else None
            navigation = await channel.navigate(navigation, told=True)
        if navigation is not None:
            return await lead_away(channel, socket, navigation)
        match = channel.location.match
        channel.display = Display(endpoint, view, None if match is None else match.route)
        restoring.shows(channel.display)
        tree = await channel.display.full(message)
    except TransportClosed:
        raise
    except StoreUnavailable as error:
        return await come_later(channel, error)
    except (Exception, SystemExit, asyncio.CancelledError) as error:
        return await refuse_for(channel, socket, error)
    if not channel.is_wanted:
        return ANSWERED
    channel.stage = Stage.JOINED
    if endpoint.debug:
        warn_of_fields(view)
    rendered = channel.complete(message, tree, socket, joins=True)
    if restoring.restored:
        rendered["e"] = [[KEPT_EVENT, {"view": socket.id}, True], *rendered.get("e", ())]
    more: dict[str, Any] = {}
    if join.navigated and join.match is not None:
        tag, attributes = join.match.route.container
        more["container"] = [tag, dict(attributes)]
    return await answer_join(channel, {"rendered": rendered, **more}, patched)


async def answer_join(
    channel: Channel, shown: dict[str, Any], patched: Navigation | None
) -> Outcome:
    """Answer a join with what the view shows, once that is stored where it must be.

    Args:
        channel: The view.
        shown: What the page is told.
        patched: The patch by which the view has come to its URL, if by any.
    """
    response = {"liveview_version": LIVEVIEW_VERSION, **shown}
    if patched is not None:
        response["live_patch"] = {**patched.history, "to": path_of(channel.view.socket.url)}
    if channel.saved is not None and (stored := channel.saved.shown()) is not None:
        await stored
    await channel.answer(channel.join.frame.ref, response)
    return ANSWERED


async def come_later(channel: Channel, error: StoreUnavailable) -> Outcome:
    """Close the line, for at a refusal the page would be loaded anew, without its state."""
    logger.info("%r: cannot join: %s", channel, error)  # the store says once that it is away
    channel.connection.abort("no store", RESTART)
    return ANSWERED


async def refuse(channel: Channel, response: dict[str, Any]) -> Outcome:
    """End a view because it cannot be joined, and say so."""
    channel.connection.let_go(channel)
    channel.end("refused")
    await channel.answer(channel.join.frame.ref, response, "error")
    return ANSWERED


async def lead_away(channel: Channel, socket: Socket, navigation: Navigation) -> Outcome:
    """Refuse a join because the view sends its visitor elsewhere."""
    way = way_out(navigation, socket, channel.endpoint.signer)
    return await refuse(channel, {"events": socket.take_events() or [], **way})


async def refuse_for(channel: Channel, socket: Socket, error: BaseException) -> Outcome:
    """Refuse a join because of what it raised.

    Raises:
        asyncio.CancelledError: It was the task itself that was cancelled.
    """
    if isinstance(error, Redirect):
        return await lead_away(channel, socket, error.navigation)
    if isinstance(error, asyncio.CancelledError) and is_cancelled():
        raise error
    return await refuse(channel, join_refusal(channel, error))
