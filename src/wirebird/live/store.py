"""What a store of views' states offers: records with one owner each.

The rule: who claims a record last owns it. Whatever an earlier owner still saves or deletes is
refused, so that two machines never keep two versions of one view.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from wirebird.errors import WirebirdError


class StoreUnavailable(WirebirdError, ConnectionError):
    """The store cannot do what it was asked to: it is away, slow, full, or lets nobody in.

    Its text says what happened, without passwords. Asking again later may help.
    """


class Claim(NamedTuple):
    """A record that is now one's own.

    Attributes:
        epoch: What to save and delete it with; higher than that of each owner before.
        data: What is kept; None when there is nothing.
    """

    epoch: int
    data: bytes | None


class Write(NamedTuple):
    """What is to be kept in a record.

    Attributes:
        key: The record.
        epoch: The owner's, from its claim.
        data: What to keep.
        keep: For how many seconds, if it is not written again.
    """

    key: str
    epoch: int
    data: bytes
    keep: float


class Status(NamedTuple):
    """Whether a service that several processes share can be used.

    Attributes:
        ok: Whether it could when it was last tried.
        since: When it went away; None while it can be used.
        problem: What happened, for people who look after it; None while it can be used.
    """

    ok: bool
    since: datetime | None = None
    problem: str | None = None


class StateStore(Protocol):
    """Records of bytes under keys, each with an owner and a time at which it vanishes.

    Every method may raise `StoreUnavailable`, within a bounded time.

    Example:
        ```python
        claim = await store.claim("page-1", keep=3600)
        (mine,) = await store.save([Write("page-1", claim.epoch, b"...", keep=3600)])
        ```
    """

    @property
    def status(self) -> Status:
        """Whether the store can be used, for health checks."""
        ...

    async def start(self) -> None:
        """Begin; an application does this once, before anything else is asked.

        Each of several that share the store does; it is stopped with the last of them.

        Raises:
            StoreUnavailable: It cannot be used now. It may be later, and is tried again.
        """
        ...

    async def stop(self) -> None:
        """End: what was saved is kept, connections are closed."""
        ...

    async def claim(self, key: str, keep: float) -> Claim:
        """Become the owner of a record, whether there is one yet or not.

        Args:
            key: The record.
            keep: For how many seconds the claim, and what the record holds, are kept from now on.
        """
        ...

    async def save(self, writes: Sequence[Write]) -> Sequence[bool]:
        """Keep what several owners have, in one round trip, in the order given.

        A record that has vanished is made anew.

        Returns:
            For each write whether it was kept: False when the record has a later owner.
        """
        ...

    async def load(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return what records hold, None for each that holds nothing; owners stay as they are."""
        ...

    async def delete(self, key: str, epoch: int) -> None:
        """Forget what a record holds, if its owner asks; else nothing happens."""
        ...
