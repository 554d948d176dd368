"""How a parked view is shown again: on a new line, whole, with what has waited for its page.

The rule: the page has what it said that it has. It is sent the whole tree, and of what is sent only
once (rows of streams, events) what it lacks: all of it, if it comes for the first time.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

from wirebird.html.differ import Message
from wirebird.live import lifecycle
from wirebird.live.navigation import Navigation
from wirebird.live.store import StoreUnavailable
from wirebird.runtime.location import path_of
from wirebird.runtime.mailbox import ANSWERED, Outcome, Stage
from wirebird.runtime.mounting import answer_join, come_later, lead_away, refuse_for
from wirebird.runtime.parking import KEPT_EVENT
from wirebird.runtime.readmitting import is_admitted
from wirebird.runtime.restoring import restore
from wirebird.runtime.transport import TransportClosed

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel
    from wirebird.runtime.connection import Connection
    from wirebird.runtime.joining import Join

logger = logging.getLogger("wirebird.runtime")


def begin(channel: Channel, connection: Connection, join: Join, number: int | None) -> None:
    """Let a parked view go on over a line, on which its page has come.

    Args:
        channel: The view.
        connection: The line.
        join: What the page asks for.
        number: How many of the view's messages the page has; None if it comes for the first time.
    """
    channel.endpoint.parking.forget(channel)
    rendered_at = channel.join.url
    channel.move(connection, join)
    if number is None:
        channel.follow()
        channel.put(partial(_on_arrival, channel, join), rendered_at)
    else:
        channel.put(partial(_on_return, channel, join), number)


async def _on_arrival(channel: Channel, join: Join, rendered_at: str) -> Outcome:
    if channel.join is join:
        socket = channel.view.socket
        # As the page knows it: with its fragment, and as it is called before any proxy.
        path = "" if socket.url == rendered_at else path_of(socket.url)
        socket.url = urljoin(join.url, path)
    return await _on_return(channel, join, None)


async def _on_return(channel: Channel, join: Join, number: int | None) -> Outcome:
    if channel.join is not join:  # this line was lost as well
        return ANSWERED
    if not await is_admitted(channel):
        channel.connection.mount_anew(channel, "refused")
        return ANSWERED
    saved = channel.saved
    if saved is not None and not await saved.is_newest():
        saved.let_go()
        channel.connection.mount_anew(channel, "replaced")
        return ANSWERED
    if number is None and saved is not None:
        saved.used_up()
    channel.reply = None
    channel.respond({})
    join.renew(channel.view.socket, channel.connection)
    return await _come_back(channel, number)


async def _come_back(channel: Channel, number: int | None) -> Outcome:
    """Show a view to the page that came back for it, and answer the join."""
    join = channel.join
    view = channel.view
    socket = view.socket
    endpoint = channel.endpoint
    message = Message()
    try:
        if number is None:
            restoring = await restore(channel)
            restoring.shows(channel.display)
            channel.display.take_over()
        patched: Navigation | None = None
        if join.match is not None and urldefrag(socket.url).url != urldefrag(join.url).url:
            # A page cannot go on without its view: it was not told where the view is.
            patched = Navigation("patch", path_of(socket.url))
        await lifecycle.come_back(view)
        navigation = socket.take_navigation()
        if navigation is not None:
            patched = navigation if channel.parent is None else patched
            navigation = await channel.navigate(navigation, told=True)
        if navigation is not None:
            return await lead_away(channel, socket, navigation)
        channel.display.touch_all()
        if number is not None:
            # What streams have by now that the page has not, new ones in the place of others too.
            await channel.display.diff(Message())
            if channel.sent is not None:
                socket.put_events(channel.sent.put_back(number))
            channel.display.touch_all()
        tree = await channel.display.full(message)
    except TransportClosed:
        raise
    except StoreUnavailable as error:
        return await come_later(channel, error)
    except (Exception, SystemExit, asyncio.CancelledError) as error:
        return await refuse_for(channel, socket, error)
    if channel.stage is not Stage.PARKED or channel.join is not join:
        return ANSWERED
    if endpoint.parking.holds(channel):  # this line was lost meanwhile, too
        return ANSWERED
    channel.stage = Stage.JOINED
    rendered = channel.complete(message, tree, socket, joins=True)
    if number is not None:
        rendered["e"] = [[KEPT_EVENT, {"view": socket.id}, True], *rendered["e"]]
    if socket.page_title is not None:
        rendered["t"] = socket.page_title
    return await answer_join(channel, {"rendered": rendered}, patched)
