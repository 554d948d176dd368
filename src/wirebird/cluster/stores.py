"""Which store a URL means.

The rule: what a store needs is imported only where it is chosen, and a URL that cannot be used is
said at once, without its password.
"""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

from wirebird.cluster.memory_store import MemoryStore
from wirebird.errors import WirebirdError
from wirebird.live.store import StateStore

STORE_VARIABLE = "WIREBIRD_STORE"

REDIS = ("redis", "rediss", "valkey", "unix")
POSTGRES = ("postgres", "postgresql")


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
    return open_store(store) if isinstance(store, str) else store


def open_store(url: str) -> StateStore:
    """Return the store of a URL, which is not started yet.

    Args:
        url: `memory:`; `sqlite:///file` here or `sqlite:////folder/file`; `redis://`, `rediss://`,
            `valkey://` or `unix://`; `postgresql://`.

    Raises:
        StoreError: The URL is none of a store, or what it needs is not installed.

    Example:
        ```python
        store = open_store("sqlite:///states.db")
        ```
    """
    scheme, _, rest = url.partition(":")
    try:
        if scheme == "memory":
            return MemoryStore()
        if scheme == "sqlite":
            return _sqlite(rest)
        if scheme in REDIS:
            from wirebird.cluster.redis_store import RedisStore

            return RedisStore(url)
        if scheme in POSTGRES:
            from wirebird.cluster.postgres_store import PostgresStore

            return PostgresStore(url)
    except ModuleNotFoundError as error:
        extra = "redis" if scheme in REDIS else "postgres"
        raise StoreError(
            f'a store of {scheme}:// needs {error.name}: pip install "wirebird[{extra}]"'
        ) from error
    except ValueError as error:
        raise StoreError(
            f"the store's URL cannot be used: {_without_password(error, url)}"
        ) from None
    known = scheme if scheme.isalnum() and "@" not in scheme else "this"
    raise StoreError(
        f"{known[:20]!r} is no kind of store: write memory:, sqlite:///states.db,"
        " redis://host:6379 or postgresql://user@host/database"
    )


def _sqlite(rest: str) -> StateStore:
    from wirebird.cluster.sqlite_store import SQLiteStore

    path = unquote(rest.removeprefix("///"))
    if not rest.startswith("///") or not path:
        raise ValueError(
            "write sqlite:///states.db for a file in this folder, or sqlite:////var/lib/states.db"
        )
    return SQLiteStore(path)


def _without_password(error: ValueError, url: str) -> str:
    try:
        password = urlsplit(url).password
    except ValueError:
        return "it is no URL"
    return str(error).replace(password, "***") if password else str(error)
