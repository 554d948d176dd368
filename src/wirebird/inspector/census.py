"""`Inspector`: which views there are in this process, and what can be said of each.

The rule: looking costs the views nothing: no message is sent to them, and what is expensive to know
is asked of few at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from weakref import WeakKeyDictionary

from wirebird.inspector.actions import Pause
from wirebird.inspector.log import Recorder
from wirebird.live.stream import StreamFields
from wirebird.live.view import LiveView
from wirebird.names import is_secret
from wirebird.runtime.channel import Channel
from wirebird.runtime.connection import Connection
from wirebird.runtime.endpoint import Endpoint
from wirebird.runtime.mailbox import Stage
from wirebird.runtime.masking import HIDDEN, shown_fields
from wirebird.runtime.parking import weight_of_view
from wirebird.runtime.watch import Blocked

MOST_ROWS = 200
"""How many views are listed."""

_WEIGHED_AT_ONCE = 10
_WEIGHED_AGAIN_AFTER = 5.0


@dataclass(frozen=True, slots=True)
class Row:
    """A view in the list.

    Attributes:
        id: Its number.
        name: Its class.
        url: Its page's, without secrets.
        stage: How far it is in its life.
        age: How long it has been there.
        waiting: How many messages wait.
        memory: How much memory it takes, about.
        peer: Whose line it is on.
        transport: What kind of line that is.
    """

    id: int
    name: str
    url: str
    stage: str
    age: str
    waiting: int
    memory: str
    peer: str
    transport: str

    @property
    def path(self) -> str:
        """The URL without the host that all have in common."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(scheme="", netloc=""))


@dataclass(frozen=True, slots=True)
class Details:
    """All that can be said of one view."""

    row: Row
    facts: dict[str, str]
    state_class: str
    state: list[tuple[str, str]]
    lists: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


@dataclass(frozen=True, slots=True)
class Summary:
    """What there is in all."""

    process: int
    lines: int
    views: int
    parked: int
    blocked: tuple[Blocked, ...]


class Inspector:
    """Knows the views of an application.

    Args:
        endpoint: What its connections share.
        hidden: The view that is not listed: the inspector's own.
        records: Whether what views do is kept from their beginning; else while somebody looks.
    """

    def __init__(self, endpoint: Endpoint, hidden: type[LiveView[Any]], records: bool) -> None:
        self.endpoint = endpoint
        self.recorder = Recorder(self.resume)  # a view that is paused goes on to its end
        self._hidden = hidden
        self._next = count(1)
        self._numbers: WeakKeyDictionary[Channel, int] = WeakKeyDictionary()
        self._weights: WeakKeyDictionary[Channel, tuple[float, int]] = WeakKeyDictionary()
        self._pauses: WeakKeyDictionary[Channel, Pause] = WeakKeyDictionary()
        if records:
            endpoint.observers = (*endpoint.observers, self.recorder)

    # What there is

    def channels(self) -> Iterator[Channel]:
        """Return the views of the running event loop, with those that wait for their pages."""
        parking = self.endpoint.parking
        for line in tuple(self.endpoint.connections):
            if isinstance(line, Connection):
                yield from self._listed(tuple(line.channels.values()))
        yield from self._listed(tuple(each for each in parking if each.stage is Stage.PARKED))

    def _listed(self, channels: tuple[Channel, ...]) -> Iterator[Channel]:
        for channel in channels:
            if channel.view_class is not self._hidden and not channel.is_ending:
                yield channel

    def find(self, number: int) -> Channel | None:
        """Return the view of a number, if it is there."""
        return next((c for c in self.channels() if self._number(c) == number), None)

    def _number(self, channel: Channel) -> int:
        number = self._numbers.get(channel)
        if number is None:
            number = self._numbers[channel] = next(self._next)
        return number

    def rows(self) -> list[Row]:
        """Return the list of views, the newest last."""
        channels = dict.fromkeys(self.channels())
        rows = sorted(channels, key=lambda channel: channel.began)[-MOST_ROWS:]
        self._weigh(rows)
        return [self._row(channel) for channel in rows]

    def _weigh(self, channels: list[Channel]) -> None:
        now = monotonic()
        due = (
            channel
            for channel in channels
            if channel.stage.is_shown
            and now - self._weights.get(channel, (0.0, 0))[0] > _WEIGHED_AGAIN_AFTER
        )
        for channel in islice(due, _WEIGHED_AT_ONCE):
            self._weights[channel] = (now, weight_of_view(channel))

    def _row(self, channel: Channel) -> Row:
        info = channel.connection.info
        weight = self._weights.get(channel)
        stage = "paused" if self.is_paused(channel) else channel.stage.name.lower()
        return Row(
            self._number(channel),
            channel.view_class.__name__,
            shown_url(channel.url),
            stage,
            age(monotonic() - channel.began),
            channel.waiting,
            "" if weight is None else size(weight[1]),
            "" if info.peer is None else f"{info.peer[0]}:{info.peer[1]}",
            info.transport,
        )

    def summary(self, rows: list[Row]) -> Summary:
        """Return what there is in all."""
        lines = {id(c.connection) for c in self.channels() if c.stage is not Stage.PARKED}
        parked = sum(row.stage == "parked" for row in rows)
        blocked = tuple(self.endpoint.blocked[:10])
        return Summary(os.getpid(), len(lines), len(rows), parked, blocked)

    def details(self, channel: Channel) -> Details:
        """Return all that can be said of a view."""
        self._weigh([channel])
        row = self._row(channel)
        info = channel.connection.info
        facts = {
            "URL": row.url,
            "Topic": channel.topic,
            "Age": row.age,
            "Waiting messages": str(row.waiting),
            "At work on": channel.handling or "nothing",
            "Memory, about": row.memory or "unknown",
            "Line": f"{row.transport} from {row.peer or 'nobody known'}",
            "Browser": info.user_agent[:200] or "unknown",
        }
        if channel.parent is not None:
            facts["Stands in"] = channel.parent.view_class.__name__
        if not channel.stage.is_shown:
            return Details(row, facts, "", [])
        state = channel.view.state
        components = list(channel.display.components or ())
        streams = StreamFields.of(type(state))
        host = channel.host
        lists = {
            "Components": [f"{type(each).__name__} {each.myself.cid}" for each in components],
            "Streams": [] if streams is None else [n for n, _ in streams.of_state(state)],
            "Subscriptions": host.topics,
            "Presence": [
                f"{each.topic} (follows)" if each.key is None else f"{each.topic} as {each.key}"
                for each in host.tracked
            ],
            "Background tasks": host.work,
            "Timers": [f"{host.timers} running"] if host.timers else [],
        }
        return Details(row, facts, type(state).__name__, shown_fields(state), lists)

    # Pauses

    def is_paused(self, channel: Channel) -> bool:
        """Tell whether a view was paused from here."""
        pause = self._pauses.get(channel)
        return pause is not None and not pause.is_over

    def pause(self, channel: Channel) -> None:
        """Let a view handle nothing for a while."""
        if not self.is_paused(channel):
            self._pauses[channel] = Pause(channel)

    def resume(self, channel: Channel) -> None:
        """Let a view go on."""
        pause = self._pauses.pop(channel, None)
        if pause is not None:
            pause.end()


def shown_url(url: str) -> str:
    """Return a URL without what its query has of secrets."""
    parts = urlsplit(url)
    if not parts.query:
        return url
    fields = parse_qsl(parts.query, keep_blank_values=True)
    if not any(is_secret(name) for name, _ in fields):
        return url
    query = urlencode([(n, HIDDEN if is_secret(n) else v) for n, v in fields], safe="()")
    return urlunsplit(parts._replace(query=query))


def age(seconds: float) -> str:
    """Return a time in words."""
    if seconds < 60:
        return f"{int(seconds)} s"
    if seconds < 3600:
        return f"{int(seconds / 60)} min"
    return f"{int(seconds / 3600)} h {int(seconds % 3600 / 60)} min"


def size(value: int) -> str:
    """Return a number of bytes in words."""
    if value < 1024:
        return f"{value} B"
    return f"{value / 1024:.0f} KiB" if value < 1024 * 1024 else f"{value / 1048576:.1f} MiB"
