"""`Gauges`: how much there is, looked at now and then.

The rule: it costs events nothing. A process looks every few seconds, while it has a page.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextvars import Context
from typing import Any

from wirebird.instruments.provider import InstrumentationProvider
from wirebird.live.store import Status
from wirebird.runtime.channel import Channel
from wirebird.runtime.connection import Connection
from wirebird.runtime.endpoint import Endpoint
from wirebird.runtime.observed import Observer

EVERY = 5.0
"""How often it is looked, in seconds."""


class Gauges(Observer):
    """Looks at what there is.

    Args:
        provider: Makes the gauges.
        endpoint: What is looked at.
        services: Returns how what processes share is, by name.
    """

    follows = False

    def __init__(
        self,
        provider: InstrumentationProvider,
        endpoint: Endpoint,
        services: Callable[[], Mapping[str, Status]],
    ) -> None:
        self._endpoint = endpoint
        self._services = services
        self._depth = provider.create_gauge(
            "wirebird.mailbox.depth", "Messages that wait for views"
        )
        self._lines = provider.create_gauge("wirebird.connections", "Lines that are open")
        self._parked = provider.create_gauge(
            "wirebird.views.parked", "Views that wait for their pages to come back"
        )
        self._up = provider.create_gauge(
            "wirebird.service.up", "1 while what processes share can be used, else 0"
        )
        self._known: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def begun(self, channel: Channel) -> None:
        """Look from now on, if nobody does."""
        if self._loop is not channel.loop:
            self._loop = channel.loop
            self._later()

    def look(self) -> None:
        """Look now, in the event loop of the views."""
        endpoint = self._endpoint
        lines = [each for each in tuple(endpoint.connections) if isinstance(each, Connection)]
        waiting: Counter[str] = Counter(dict.fromkeys(self._known, 0))
        for line in lines:
            for channel in line.channels.values():
                waiting[channel.view_class.__name__] += channel.waiting
        self._known = set(waiting)
        for view, count in waiting.items():
            self._depth.set(count, {"view": view})
        self._lines.set(len(lines))
        self._parked.set(len(endpoint.parking))
        for name, status in self._services().items():
            self._up.set(int(status.ok), {"service": name})

    def _tick(self) -> None:
        self.look()
        if self._endpoint.connections:
            self._later()
        else:
            self._loop = None

    def _later(self) -> None:
        loop: Any = self._loop
        loop.call_later(EVERY, self._tick, context=Context())
