"""Which store a URL means.

The rule: what a store needs is imported only where it is chosen, and a URL that cannot be used is
said at once.
"""

from __future__ import annotations

import os

from wirebird.cluster.memory_store import MemoryStore
from wirebird.errors import WirebirdError
from wirebird.live.store import StateStore

STORE_VARIABLE = "WIREBIRD_STORE"


class StoreError(WirebirdError, ValueError):
    """A store was chosen that cannot be used."""


def store_of(store: str | StateStore | None) -> StateStore | None:
    """Return what keeps the states of durable views.

    Args:
        store: A URL, or a store; without it, the URL in WIREBIRD_STORE, or none.

    Raises:
        StoreError: The URL is none of a store, or what it needs is not installed.
    """
    if store is None:
        store = os.environ.get(STORE_VARIABLE) or None
    return store_at(store) if isinstance(store, str) else store


def store_at(url: str) -> StateStore:
    """Return the store of a URL.

    Raises:
        StoreError: The URL is none of a store, or what it needs is not installed.
    """
    scheme = url.partition(":")[0]
    if scheme == "memory":
        return MemoryStore()
    raise StoreError(f'{scheme[:20]!r} is no kind of store: write "memory:"')
