"""`ViewSpans`: a span for each message that a view handles, with its rendering in it.

The rule: what a handler does (a query, a request to elsewhere) happens within its span.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from wirebird.instruments.logs import UserOf, user_of
from wirebird.instruments.naming import named
from wirebird.instruments.provider import InstrumentationProvider
from wirebird.runtime.channel import Channel
from wirebird.runtime.mailbox import Handler
from wirebird.runtime.observed import Tracer


class ViewSpans(Tracer):
    """Makes spans of what views do.

    Args:
        provider: Keeps the spans.
        user: Says who uses a view, if that is to be in them.
    """

    def __init__(self, provider: InstrumentationProvider, user: UserOf | None) -> None:
        self._provider = provider
        self._user = user

    def handling(
        self, channel: Channel, handler: Handler[Any], argument: Any
    ) -> AbstractContextManager[object]:
        """Have a span around a message."""
        kind, name = named(channel, handler, argument)
        view = channel.view_class.__name__
        attributes = {
            "wirebird.view": view,
            "wirebird.view.id": channel.topic.removeprefix("lv:"),
            "wirebird.kind": kind,
            "wirebird.handler": name,
        }
        user = user_of(channel, self._user)
        if user is not None:
            attributes["user.id"] = user
        return self._provider.span(f"{view} {name}", attributes)

    def showing(self, channel: Channel) -> AbstractContextManager[object]:
        """Have a span around a rendering."""
        view = channel.view_class.__name__
        return self._provider.span(f"{view} render", {"wirebird.view": view})
