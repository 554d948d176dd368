"""`ViewInstruments`: measures what views do, into a provider's instruments.

The rule: an event costs a few look-ups beside what the provider's own instruments cost. What tells
measurements apart is the program's: classes and handlers, never what a client sends or who it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wirebird.instruments.naming import named, outcome_of
from wirebird.instruments.provider import InstrumentationProvider
from wirebird.runtime.channel import Channel
from wirebird.runtime.mailbox import Handler
from wirebird.runtime.observed import Observer
from wirebird.wire.frames import Frame

Record = Callable[[float], None]


class ViewInstruments(Observer):
    """Measures views.

    Args:
        provider: Makes the instruments.
    """

    def __init__(self, provider: InstrumentationProvider) -> None:
        self._views = provider.create_updown_counter(
            "wirebird.views", "Views that are there, those that wait for their pages too"
        )
        self._joins = provider.create_counter("wirebird.joins", "Views that pages have joined")
        self._crashes = provider.create_counter(
            "wirebird.crashes", "Views that an error of their own has ended"
        )
        self._handlers = provider.create_histogram(
            "wirebird.handler.duration", "How long views were at messages", "s"
        )
        self._waits = provider.create_histogram(
            "wirebird.mailbox.wait", "How long messages have waited for their view", "s"
        )
        self._renders = provider.create_histogram(
            "wirebird.render.duration", "How long views took to render and compare", "s"
        )
        self._sizes = provider.create_histogram(
            "wirebird.diff.size", "What pages were sent of what has changed", "By"
        )
        self._handled: dict[tuple[type[Any], str, str, str], Record] = {}
        self._events: dict[tuple[type[Any], str], tuple[Record, Record]] = {}
        self._by_view: dict[type[Any], tuple[Record, Record, Record]] = {}

    def begun(self, channel: Channel) -> None:
        """Count a view."""
        self._views.add(1, {"view": channel.view_class.__name__})

    def handled(
        self,
        channel: Channel,
        handler: Handler[Any],
        argument: Any,
        waited: float,
        seconds: float,
        error: BaseException | None,
    ) -> None:
        """Measure a message."""
        view = channel.view_class
        if error is None and argument.__class__ is Frame and channel.reply is None:
            name = argument.payload.get("event")
            if name.__class__ is str and "cid" not in argument.payload:
                known = self._events.get((view, name))
                if known is not None and argument.event == "event":  # as nearly all are
                    known[0](seconds)
                    known[1](waited)
                    return
        kind, name = named(channel, handler, argument)
        outcome = outcome_of(channel, kind, error)
        key = (view, kind, name, outcome)
        record = self._handled.get(key)
        if record is None:
            record = self._handled[key] = self._handlers.bound(
                {"view": view.__name__, "kind": kind, "handler": name, "outcome": outcome}
            )
            if kind == "event" and outcome == "ok" and name in view.definition.handlers.events:
                self._events[view, name] = record, self._of(view)[0]
        record(seconds)
        self._of(view)[0](waited)
        if kind == "join" and name != "render":
            self._joins.add(1, {"view": view.__name__, "outcome": outcome})

    def shown(self, channel: Channel, seconds: float, size: int, text: str) -> None:
        """Measure a rendering."""
        view = channel.view_class
        records = self._by_view.get(view) or self._of(view)
        records[1](seconds)
        if size:
            records[2](size)

    def crashed(self, channel: Channel, error: BaseException) -> None:
        """Count a crash."""
        attributes = {"view": channel.view_class.__name__, "error": type(error).__name__}
        self._crashes.add(1, attributes)

    def ended(self, channel: Channel, reason: str) -> None:
        """Count a view no more."""
        self._views.add(-1, {"view": channel.view_class.__name__})

    def _of(self, view: type[Any]) -> tuple[Record, Record, Record]:
        records = self._by_view.get(view)
        if records is None:
            attributes = {"view": view.__name__}
            records = self._by_view[view] = (
                self._waits.bound(attributes),
                self._renders.bound(attributes),
                self._sizes.bound(attributes),
            )
        return records
