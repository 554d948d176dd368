"""`Parking`: views whose line was lost, until their pages come back.

The rule: a parked view is as it was, but for its page: it handles what comes, and nothing is shown.
It goes back to the page that it was shown in, of the same visitor with the same session, and to no
other. What there is no room for ends: the oldest of a visitor, or an address, that has more than
its share, else the oldest of all.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from itertools import count
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from wirebird.runtime.location import path_of
from wirebird.runtime.mailbox import Stage
from wirebird.runtime.sent import Sent
from wirebird.runtime.weight import weight_of
from wirebird.server.peers import known_peer

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel
    from wirebird.runtime.connection import Connection
    from wirebird.runtime.endpoint import Limits
    from wirebird.runtime.joining import Join
    from wirebird.runtime.line import JoinedView

logger = logging.getLogger("wirebird.runtime")

MARK = "_mark"
"""The parameter of a join in which a page says what it was shown by which view; empty at first.

A page that does not send it is never given a parked view: nobody knows what it has been shown.
"""

KEPT_EVENT = "wirebird:kept"
"""Tells a page, before it is patched, that its rows of streams and nested views stay."""

BASE_WEIGHT = 8 * 1024
"""What a view takes beside its state and what it shows, in bytes, about."""

WEIGHED_FIRST = 64
"""After how many messages a parked view is weighed anew, and then each time they have doubled."""

SHARE = 0.1
"""How much of the room is one visitor's, or one address's, before others have to make room."""

_PROCESS = token_urlsafe(6)
_lives = count(1)


def linger_of(channel: Channel) -> float:
    """Return how long a view is kept when its line is lost, in seconds; 0 if it cannot be."""
    if channel.view_class.temporary:  # nobody has any more what the page shows
        return 0
    own = channel.view_class.linger
    return channel.endpoint.linger if own is None else own


def marked(channel: Channel, events: list[list[Any]] | None, joins: bool) -> list[list[Any]] | None:
    """Return a message's events, with one that tells the page what it has once it has them.

    Args:
        channel: The view whose message it is.
        events: Its events.
        joins: Whether it is the answer to a join, which always says so.
    """
    if channel.sent is None and events:
        channel.sent = Sent()
    carries = channel.sent is not None and channel.sent.close(events)
    if not (carries or joins):
        return events
    number = 0 if channel.sent is None else channel.sent.number
    told = {"view": channel.topic[3:], "mark": f"{_PROCESS}.{channel.life}.{number}"}
    return [*(events or ()), ["wirebird:mark", told]]


def _read(mark: Any) -> tuple[int, int] | None:
    parts = mark.split(".") if isinstance(mark, str) else ()
    if len(parts) != 3 or parts[0] != _PROCESS:
        return None
    life, number = parts[1:]
    if not (life.isdecimal() and number.isdecimal() and len(mark) < 64):
        return None
    return int(life), int(number)


class _Place:
    """Where a view is parked: until when, and how much room it takes."""

    __slots__ = ("channel", "handled", "owners", "timer", "weighed_after", "weight")

    def __init__(self, channel: Channel, weight: int, timer: asyncio.TimerHandle) -> None:
        self.channel = channel
        self.owners = _owners_of(channel)
        self.weight = weight
        self.timer = timer
        self.handled = 0
        self.weighed_after = 0


class Parking:
    """The parked views of one event loop.

    Args:
        limits: How many there may be, and how much memory they may take.
    """

    __slots__ = ("_firsts", "_known", "_limits", "_nested", "_owned", "_places", "_weight")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._firsts: dict[tuple[str, str], Channel] = {}
        self._places: dict[int, _Place] = {}
        self._owned: dict[str, dict[int, _Place]] = {}  # by visitor, and by address
        self._weight = 0
        self._nested: dict[JoinedView, dict[int, Channel]] = {}  # by what they stand in
        self._known: WeakValueDictionary[int, Channel] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Channel]:
        return iter([place.channel for place in self._places.values()])

    def know(self, channel: Channel) -> int:
        """Return a number for a view, by which its page may come back for it."""
        life = next(_lives)
        self._known[life] = channel
        return life

    def take(self, channel: Channel) -> bool:
        """Keep a view whose line is lost for a while; False if it is to end instead."""
        if self.holds(channel):
            return True
        if (
            not channel.life
            or channel.is_ending
            or channel.stage not in (Stage.JOINED, Stage.PARKED)
            or (channel.parent is not None and not self.holds(channel.parent))
            or any(component.temporary for component in channel.display.components or ())
        ):
            return False
        channel.stage = Stage.PARKED
        channel.cut_uploads()
        self._keep(channel, linger_of(channel))
        return self.holds(channel)

    def keep_first(self, channel: Channel, seconds: float) -> bool:
        """Keep a view whose page has no line yet for some seconds; False if it is to end."""
        if channel.is_ending or (channel.parent is not None and not self.holds(channel.parent)):
            return False
        channel.life = self.know(channel)
        self._firsts[_place_of(channel.join)] = channel
        self._keep(channel, seconds)
        return self.holds(channel)

    def _keep(self, channel: Channel, seconds: float) -> None:
        weight = weight_of_view(channel)
        timer = channel.loop.call_later(seconds, self._expire, channel)
        place = self._places[channel.life] = _Place(channel, weight, timer)
        for owner in place.owners:
            self._owned.setdefault(owner, {})[channel.life] = place
        self._weight += weight
        if channel.parent is not None:
            self._nested.setdefault(channel.parent, {})[channel.life] = channel
        if channel.saved is not None:
            channel.saved.parked()
        self._make_room(place)

    def _make_room(self, grown: _Place) -> None:
        limits = self._limits
        while self._places and (
            len(self._places) > limits.parked_views or self._weight > limits.parked_memory
        ):
            # Pages that nobody may ever join do not push out those that somebody has used.
            channel = next(iter(self._firsts.values()), None)
            if channel is None:
                channel = next(iter(self._at_fault(grown).values())).channel
            logger.info("%r: ended, as there is no room for so many parked views", channel)
            self._end(channel)

    def _at_fault(self, grown: _Place) -> dict[int, _Place]:
        """Return the places of which one is to be given up for a view that came, or has grown."""
        limits = self._limits
        for owner in grown.owners:
            owned = self._owned.get(owner, {})
            if len(owned) > 1 and (
                len(owned) > SHARE * limits.parked_views
                or sum(place.weight for place in owned.values()) > SHARE * limits.parked_memory
            ):
                return owned
        return self._places

    def _expire(self, channel: Channel) -> None:
        logger.info("%r: ended, as its page did not come", channel)
        self._end(channel)

    def _end(self, channel: Channel) -> None:
        is_first = self._firsts.get(_place_of(channel.join)) is channel
        channel.end("http" if is_first else "disconnected")

    def forget(self, channel: Channel) -> None:
        """Give a view's place to others; nothing happens if it has none."""
        place = self._places.pop(channel.life, None)
        if self._firsts and self._firsts.get(_place_of(channel.join)) is channel:
            del self._firsts[_place_of(channel.join)]
        if place is not None:
            place.timer.cancel()
            self._weight -= place.weight
            for owner in place.owners:
                owned = self._owned[owner]
                del owned[channel.life]
                if not owned:
                    del self._owned[owner]
            if channel.parent is not None:
                nested = self._nested[channel.parent]
                del nested[channel.life]
                if not nested:
                    del self._nested[channel.parent]

    def handled(self, channel: Channel) -> None:
        """Take note that a parked view has handled something, of which it may have grown."""
        place = self._places.get(channel.life)
        if place is None:
            return
        place.handled += 1
        if place.handled >= WEIGHED_FIRST and place.handled >= 2 * place.weighed_after:
            place.weighed_after = place.handled
            self._weight -= place.weight
            place.weight = weight_of_view(channel)
            self._weight += place.weight
            self._make_room(place)

    def nested_in(self, channel: Channel) -> Iterable[Channel]:
        """Return the parked views that stand in the page of another one."""
        return tuple(self._nested.get(channel, {}).values())

    def holds(self, channel: JoinedView) -> bool:
        """Tell whether a view is kept here."""
        return channel.life in self._places

    # Coming back

    def claimed(self, connection: Connection, join: Join) -> tuple[Channel, int | None] | None:
        """Return the view that a page comes for, and how much of its messages the page has.

        It is parked from now on, even if it stood on a line of which the server does not know yet
        that it is lost. None of its messages is what a page has that was rendered by it, and comes
        for the first time.
        """
        if self._firsts and not (join.is_return or join.navigated):
            first = self._firsts.get(_place_of(join))
            if first is not None and first.connection.visitor == connection.visitor:
                return first, None
        claim = _read(join.params.get(MARK))
        if claim is None:
            return None
        life, number = claim
        place = self._places.get(life)
        channel = self._known.get(life) if place is None else place.channel
        if channel is None or channel.is_ending or channel.topic != join.frame.topic:
            return None
        if place is None and channel.loop is not connection.loop:
            return None
        if channel.connection.visitor != connection.visitor:
            logger.warning("%r: another visitor came for it", channel)
            return None
        if channel.stage is Stage.JOINED:
            channel.connection.taken_over()
        return (channel, number) if channel.stage is Stage.PARKED else None

    def problem(self, channel: Channel, join: Join, number: int | None) -> str | None:
        """Return the reason for which a parked view ends instead of coming back, if there is one.

        Args:
            channel: The view.
            join: What its page asks for.
            number: How many of the view's messages the page has; None if it comes first.
        """
        if (
            channel.view_class is not join.view
            or channel.parent is not join.parent
            or channel.view.socket.session != join.session
            or not channel.location.is_of(join.match)
        ):
            return "refused"
        if number is None:
            # A script of the page may have changed its URL before it joined.
            asked = channel.join
            moved = join.match is not None and path_of(join.url) != path_of(asked.url)
            return "replaced" if moved else None
        if channel.sent is not None and not channel.sent.reaches(number):
            return "replaced"
        return None


def _place_of(join: Join) -> tuple[str, str]:
    """Return where in which page a view is joined."""
    return join.page, join.frame.topic


def _owners_of(channel: Channel) -> list[str]:
    """Return whose a parked view is: its visitor, and the address where that is one peer's."""
    line = channel.connection
    peer = None if line.info.peer is None else known_peer(line.info.peer[0], ())
    return [owner for owner in (line.visitor, peer) if owner]


def weight_of_view(channel: Channel) -> int:
    """Return about how many bytes of memory a shown view takes."""
    display = channel.display
    weight = BASE_WEIGHT + weight_of(channel.view.state, display.tree)
    return weight + sum(weight_of(part.state) for part in display.components or ())
