"""Which broker a URL means.

The rule: what a broker needs is imported only where it is chosen, and a URL that cannot be used is
said at once, without its password.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from wirebird.cluster.broker import Broker
from wirebird.cluster.broker_pubsub import BrokerPubSub
from wirebird.cluster.pubsub import LocalPubSub
from wirebird.errors import WirebirdError
from wirebird.live.messages import PubSub

BROKER_VARIABLE = "WIREBIRD_BROKER"

REDIS = ("redis", "rediss", "unix")
POSTGRES = ("postgres", "postgresql")


class BrokerError(WirebirdError, ValueError):
    """A broker was chosen that cannot be used."""


def pubsub_of(broker: str | PubSub | None) -> PubSub:
    """Return what carries messages.

    Args:
        broker: A URL, or a PubSub; without it, the URL in WIREBIRD_BROKER, or this process only.

    Raises:
        BrokerError: The URL is none of a broker, or what it needs is not installed.
    """
    if broker is None:
        broker = os.environ.get(BROKER_VARIABLE, "")
    if not isinstance(broker, str):
        return broker
    return BrokerPubSub(broker_at(broker)) if broker else LocalPubSub()


def broker_at(url: str, name: str = "wirebird") -> Broker:
    """Return the broker of a URL.

    Args:
        url: `redis://`, `rediss://` or `unix://` for Redis and Valkey; `postgresql://`.
        name: Keeps applications apart that share it.

    Raises:
        BrokerError: The URL is none of a broker, or what it needs is not installed.
    """
    scheme = url.partition(":")[0]
    try:
        if scheme in REDIS:
            from wirebird.cluster.redis_pubsub import RedisBroker

            return RedisBroker(url, name)
        if scheme in POSTGRES:
            from wirebird.cluster.postgres_pubsub import PostgresBroker

            return PostgresBroker(url, name)
    except ModuleNotFoundError as error:
        extra = "redis" if scheme in REDIS else "postgres"
        raise BrokerError(
            f'a broker of {scheme}:// needs {error.name}: pip install "wirebird[{extra}]"'
        ) from error
    except ValueError as error:
        raise BrokerError(f"the broker's URL cannot be used: {_named(error, url)}") from None
    raise BrokerError(
        f"{scheme[:20]!r} is no kind of broker: write redis://host:6379, or"
        " postgresql://user@host/database"
    )


def _named(error: ValueError, url: str) -> str:
    try:
        password = urlsplit(url).password
    except ValueError:
        return "it is no URL"
    return str(error).replace(password, "***") if password else str(error)
