"""Whether a visitor who comes back for a parked view would still be let in.

The rule: who may see a view is decided at each join. So the guards of its live session and the
dependencies of its `mount` run again, for a view that is only made for this and has no effect.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wirebird.live import lifecycle
from wirebird.live.messages import DONE, Timer
from wirebird.live.presence import Presence
from wirebird.runtime.mailbox import is_cancelled
from wirebird.runtime.tracking import Seen

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel

logger = logging.getLogger("wirebird.runtime")


async def is_admitted(channel: Channel) -> bool:
    """Tell whether a view could be mounted by the join for which it comes back."""
    join = channel.join
    if join.match is not None:  # at the URL that it shows, whatever the page says of its own
        join = replace(join, match=channel.location.match, url=channel.view.socket.url)
    host = _Nothing(channel)
    try:
        view = join.view(join.socket(channel.connection, host))
        return await lifecycle.is_admitted(view, join.match, join.guard)
    except (Exception, SystemExit, asyncio.CancelledError) as error:
        if is_cancelled():
            raise
        logger.info("%r: its visitor is not let in any more: %r", channel, error)
        return False


class _Nothing:
    """Serves the socket of a view that is only asked whether it lets its visitor in."""

    is_parked = True

    def __init__(self, channel: Channel) -> None:
        self._loop: asyncio.AbstractEventLoop = channel.loop
        self._presences = channel.endpoint.presence
        self.visitor = channel.host.visitor
        self.chunk_room = channel.host.chunk_room
        self.session: Mapping[str, Any] = channel.host.session

    def deliver(self, message: Any) -> None: ...
    def send_update(self, component: type[Any], id: str, props: Mapping[str, Any]) -> None: ...
    def send_parent(self, message: Any) -> None: ...
    def send_child(self, id: str, message: Any) -> None: ...
    def tasks(self) -> None: ...

    def presence(
        self, owner: Any, topic: str, key: str | None = None, meta: Any = None
    ) -> Presence[Any]:
        return Presence.at(Seen(self._presences, topic))

    def start_timer(self, action: Callable[[], None], seconds: float, repeat: bool) -> Timer:
        return Timer(self._loop, seconds, action, repeat=repeat, on_end=lambda timer: None)

    def subscribe(self, topic: str) -> Awaitable[None]:
        return DONE

    def unsubscribe(self, topic: str) -> Awaitable[None]:
        return DONE

    def broadcast(self, topic: str, message: Any, include_self: bool) -> Awaitable[None]:
        return DONE

    def local_broadcast(self, topic: str, message: Any, include_self: bool) -> Awaitable[None]:
        return DONE
