"""How a view goes on from what is stored of it: mounted as ever, and then filled in.

The rule: guards, `mount` and `handle_params` run before anything stored is shown; where the page is
at another URL by now, `handle_params` comes last.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from wirebird.errors import DefinitionError
from wirebird.live import lifecycle
from wirebird.live.durability import NoStore, nearest, refuse_durable, stored_fields
from wirebird.live.view import Durable, LiveView
from wirebird.runtime.mailbox import Stage
from wirebird.runtime.pausing import PAUSE_EVENT, pause_after
from wirebird.runtime.snapshots import Snapshot, StoredComponents

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel
    from wirebird.runtime.display import Display
    from wirebird.runtime.saving import Saving

logger = logging.getLogger("wirebird.runtime")


def durability(channel: Channel) -> Durable | None:
    """Return whether a view is durable, by its own word or by that of what is around it."""
    join = channel.join
    route = join.match or join.guard
    around: Durable | None = None if route is None else route.route.live_session.durable
    parent: Any = join.parent
    if parent is not None:
        around = durability(parent)
    return nearest(join.view.durable, around, channel.endpoint.durable or None)


async def restore(channel: Channel) -> Restoring:
    """Own the record of a view that is about to be mounted, if it is durable.

    Raises:
        NoStore: There is none to keep it.
        StoreUnavailable: The store is away, and its page should come again a little later.
    """
    durable = durability(channel)
    endpoint = channel.endpoint
    saving = endpoint.saving
    if not durable and (durable is False or not endpoint.keeps_what_fits or saving is None):
        return Restoring(channel, None)
    if saving is None:
        raise NoStore(channel.view_class)
    try:
        stored_fields(channel.view_class)
    except DefinitionError:
        if durable:
            raise
        return Restoring(channel, None)
    channel.view.socket.follows_streams = True
    channel.saved = saved = saving.of(channel, durable == "always")
    saved.survives_crashes = bool(durable)
    snapshot = None
    if channel.join.is_return or saved.always:  # else the record is claimed with its first save
        snapshot = await saved.restored()
    if not channel.join.is_return:
        snapshot = None if channel.stage is Stage.PARKED else await _first_render(channel, saving)
    restoring = Restoring(channel, snapshot)
    if durable:
        restoring.check = stored_fields
    return restoring


async def _first_render(channel: Channel, saving: Saving) -> Snapshot | None:
    """Return what the first render of a page has left for it, and leave it to nobody else."""
    join = channel.join
    seconds = 0.0 if join.navigated else channel.endpoint.seconds_kept(_page_view(channel))
    if not seconds:
        return None
    saved = saving.of_first(channel, seconds)
    snapshot = await saved.restored()
    saved.used_up()
    return snapshot


def _page_view(channel: Channel) -> type[LiveView[Any]]:
    """Return the class of the view whose page a view stands in."""
    around: Any = channel
    while around.parent is not None:
        around = around.parent
    guard = around.join.guard
    return around.view_class if guard is None else guard.route.view


class Restoring:
    """What is to be filled into a view, and when.

    Args:
        channel: The view.
        snapshot: What is stored of it, if anything is.

    Attributes:
        check: Raises for a component's class whose state cannot be stored, where it must be; or
            where nothing is, and it says that it must.
        restored: Whether the view goes on from what was stored.
    """

    __slots__ = ("_channel", "_components", "_snapshot", "check", "restored")

    def __init__(self, channel: Channel, snapshot: Snapshot | None) -> None:
        self._channel = channel
        self._snapshot = snapshot
        self._components: StoredComponents | None = None
        self.check: Callable[[type[Any]], object] = partial(refuse_durable, channel.view_class)
        self.restored = False

    def mounted(self) -> None:
        """Fill the view in before `handle_params`, if its page is at another URL by now."""
        if self._snapshot is not None and self._snapshot.url != self._channel.view.socket.url:
            self._fill(self._snapshot)

    async def begun(self) -> None:
        """Fill the view in after `handle_params`, and let it know that it goes on.

        Raises:
            Redirect: Its `handle_return` sent the visitor elsewhere.
        """
        if self._snapshot is not None:
            self._fill(self._snapshot)
        if self.restored:
            await lifecycle.come_back(self._channel.view)

    def shows(self, display: Display) -> None:
        """Take note of what the view is to be shown with."""
        display.stored, display.check = self._components, self.check
        after = pause_after(self._channel)
        if after is not None:
            self._channel.view.socket.push_event(PAUSE_EVENT, {"after": after})

    def _fill(self, snapshot: Snapshot) -> None:
        self._snapshot = None
        channel = self._channel
        keeps = channel.view_class.keep_fitting_state or channel.endpoint.keeps_what_fits
        if not snapshot.fill(channel.view, keeps):
            logger.warning("%r: not restored, mounted anew: its state does not fit", channel)
            return
        self.restored = True
        logger.info("%r: goes on from what was stored", channel)
        self._components = StoredComponents(snapshot.components, channel.endpoint.keeps_what_fits)
