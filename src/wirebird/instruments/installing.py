"""How an application gets its instruments.

The rule: what nobody asked to be measured is not even wrapped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wirebird.instruments.gauges import Gauges
from wirebird.instruments.logs import LogContext, UserOf
from wirebird.instruments.provider import InstrumentationProvider
from wirebird.instruments.shared import CountedPubSub, TimedSending, TimedStore
from wirebird.instruments.spans import ViewSpans
from wirebird.instruments.views import ViewInstruments
from wirebird.live.store import Status
from wirebird.runtime.endpoint import Endpoint
from wirebird.runtime.observed import Observer


def install(
    endpoint: Endpoint,
    providers: Sequence[InstrumentationProvider],
    user: UserOf | None,
    services: Callable[[], Mapping[str, Status]],
) -> None:
    """Let what an application does be measured.

    Args:
        endpoint: The application.
        providers: What keeps the measurements.
        user: Says who uses a view, if that is to be known.
        services: Returns how what processes share is, by name.
    """
    observers: list[Observer] = [LogContext(user)]
    time_sending = getattr(endpoint.pubsub, "time_sending", None)
    measuring = [provider for provider in providers if provider.has_metrics]
    if time_sending is not None and measuring:  # a broker's
        time_sending(TimedSending(measuring))
    observers += [ViewSpans(provider, user) for provider in providers if provider.has_spans]
    for provider in measuring:
        observers += [ViewInstruments(provider), Gauges(provider, endpoint, services)]
        endpoint.pubsub = CountedPubSub(endpoint.pubsub, provider)
        if endpoint.saving is not None:
            endpoint.saving.records = TimedStore(endpoint.saving.records, provider)
    endpoint.observers = (*endpoint.observers, *observers)
