"""`Saved`: the record of one view in the store, as the view sees it.

The rule: a view says when it is about to show something, and how it ends; what is stored, and when,
is decided here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from time import monotonic
from typing import TYPE_CHECKING

from wirebird.live.durability import stored_fields
from wirebird.live.store import StoreUnavailable
from wirebird.runtime import snapshots
from wirebird.runtime.snapshots import Snapshot, SnapshotRefused
from wirebird.runtime.transport import RESTART
from wirebird.wire.sealing import SealError, mark

if TYPE_CHECKING:
    from wirebird.live.stored import OpenFields, StoredFields
    from wirebird.runtime.channel import Channel
    from wirebird.runtime.saving import Saving

logger = logging.getLogger("wirebird.runtime")

STORE_PATIENCE = 5.0
"""How long a view with `durable = "always"` waits for the store before it closes its line."""

LEFT_SECONDS = 600.0
"""How long what is stored of a page that was closed is kept: the browser may go back to it."""

CLAIM_PATIENCE = 2.0
"""How long a page that comes back waits for what is stored, each time that it tries."""

TRIES = 3
"""How often a page that comes back tries before its view is mounted anew."""

KEPT = frozenset({"disconnected", "shutdown", "replaced", "paused"})
"""Reasons for which a view ends and its page may come back."""


class Saved:
    """The record of one view.

    Args:
        saving: What keeps it.
        channel: The view.
        context: What it is for: the visitor and the page.
        always: Whether the page sees nothing that is not stored.
        seconds: How long what is stored is good, in seconds; None as the limits have it.

    Attributes:
        survives_crashes: Whether a page whose view crashed goes on from what is stored.
    """

    __slots__ = (
        "_at", "_body", "_fields", "_mark", "_saved_at", "_void", "always", "channel", "context",
        "epoch", "gone", "key", "logins", "saving", "seconds", "survives_crashes", "writing",
    )  # fmt: skip

    def __init__(
        self,
        saving: Saving,
        channel: Channel,
        context: str,
        always: bool,
        seconds: float | None = None,
    ) -> None:
        self.saving = saving
        self.channel = channel
        self.context = context
        self.key = snapshots.key_of(context)
        self.always = always
        self.seconds = seconds
        self.epoch: int | None = None
        self.logins = ""
        self.gone = False
        self.survives_crashes = False
        self.writing: asyncio.Future[None] | None = None
        self._at: object = None
        self._body: int | None = None  # what tells what was taken last from all else
        self._mark = b""  # what tells the last data that were stored
        self._fields: StoredFields | OpenFields | None = None
        self._saved_at = 0.0
        self._void = False

    # The view's side

    async def restored(self) -> Snapshot | None:
        """Own the record from now on; return what the view is to go on from, if anything.

        Raises:
            StoreUnavailable: The store is away, and the page should come again a little later.
        """
        patience = STORE_PATIENCE if self.always else CLAIM_PATIENCE
        join = self.channel.join
        try:
            data = await self.saving.claim(self, patience)
        except StoreUnavailable as error:
            # Many come at once after a restart: who is only late would lose what it has seen.
            if self.always or (join.is_return and join.attempts < TRIES - 1):
                raise
            logger.warning("%r: the store does not answer, mounted anew: %s", self.channel, error)
            return None
        if data is None:
            return None
        try:
            most = self.saving.limits.snapshot_age
            snapshot = snapshots.decode(self.saving.sealer.open(data, self.context), most)
            snapshot.check(self.channel, self.logins)
        except (SealError, SnapshotRefused) as error:
            logger.warning("%r: not restored, mounted anew: %s", self.channel, error)
            return None
        return snapshot

    async def is_newest(self) -> bool:
        """Own the record from now on; tell whether nobody has stored anything in it meanwhile."""
        try:
            data = await self.saving.claim(self, CLAIM_PATIENCE)
        except StoreUnavailable:
            return True
        if data is None:  # of a first render: another process has gone on from it
            return self.seconds is None or not self._mark
        return mark(data) == self._mark

    def shown(self) -> Awaitable[None] | None:
        """Take note that the view is about to show what it is now; to be awaited if it must."""
        if not self.always:
            self.changed()
            return None
        data = self.take()
        return None if data is None else self._stored(data)

    def changed(self) -> None:
        """Take note that the view has changed, and perhaps shows it to nobody yet."""
        self._at = self.channel.current
        self.saving.soon(self)

    def parked(self) -> None:
        """Save the view at once, as its page may go on elsewhere."""
        self.saving.hurry()

    def let_go(self) -> None:
        """Store nothing more: what is stored is newer."""
        self.gone = True
        self.saving.drop(self)

    def crashed(self) -> None:
        """Let the page go on from what it saw last; after a second crash it begins anew."""
        if self.survives_crashes and not self.gone and self.saving.is_first_crash(self.key):
            self.let_go()

    def void(self) -> None:
        """Let nobody come back for what is stored: the visitor is logged out."""
        self._void = True

    def used_up(self) -> None:
        """Store nothing more, and let nobody go on from what is stored."""
        self.gone = True
        self.saving.forget(self)

    async def _stored(self, data: bytes) -> None:
        try:
            await self.saving.now(self, data, STORE_PATIENCE)
        except StoreUnavailable as error:
            logger.info("%r: shows nothing, as the store does not answer: %s", self.channel, error)
            self.channel.connection.abort("not stored", RESTART)

    async def end(self, reason: str, was_shown: bool, patience: float) -> None:
        """Save the view for its return, or delete what is stored, as its end's reason has it."""
        if self.gone:
            return
        try:
            if reason not in KEPT or self._void:
                self.gone = True
                await self._written()
                await self.saving.delete(self, patience)
            elif was_shown:
                if self.channel.connection.was_left:
                    self.forget_last()  # to be kept for another time
                await self.save(patience)
        except StoreUnavailable as error:
            level = logging.INFO if self.always else logging.ERROR  # is what was shown lost?
            logger.log(level, "%r: the store does not answer at its end: %s", self.channel, error)
        finally:
            self.gone = True
            self.saving.drop(self)

    async def save(self, patience: float) -> None:
        """See that the view is in the store as it is now.

        Raises:
            StoreUnavailable: It is not, after `patience` seconds.
        """
        await self._written()
        if self.epoch is None:
            await self.saving.claim(self, patience)
        data = self.take()
        if data is not None:
            await self.saving.now(self, data, patience)

    async def _written(self) -> None:
        """Wait until nothing more of what was taken is on its way to the store."""
        while self.writing is not None:
            await asyncio.wait([self.writing])

    # The store's side

    @property
    def keep(self) -> float:
        """For how many seconds what is stored is good."""
        most = self.saving.limits.snapshot_age
        if self.seconds is not None:
            return min(most, self.seconds)
        return min(most, LEFT_SECONDS) if self.channel.connection.was_left else most

    @property
    def is_busy(self) -> bool:
        """Whether the view is in the middle of a handler, so that its state is half done."""
        current = self.channel.current
        return current is not None and current is not self._at

    def take(self) -> bytes | None:
        """Return what is to be stored now; None if it is stored already, or cannot be."""
        self._at = None
        try:
            fields = self._fields
            if fields is None:
                fields = self._fields = stored_fields(type(self.channel.view))
            snapshot = Snapshot.of(self.channel, fields, self.logins)
            body = snapshots.encode(snapshot)
        except Exception as error:
            self._give_up("its state cannot be stored", error)
            return None
        most = self.saving.limits.snapshot_size
        if len(body) > most:
            field = snapshots.largest_field(snapshot)
            self._give_up(
                f"its state takes {len(body)} bytes, more than {most}, most of them {field}"
            )
            return None
        told = hash(body)
        if told == self._body:
            return None
        self._body = told
        return self.saving.sealer.seal(snapshots.dated(body), self.context)

    def forget_last(self) -> None:
        """Take note that what was taken last is not in the store."""
        self._body = None

    def kept(self, data: bytes) -> None:
        """Take note that something was stored."""
        self._mark = mark(data)
        self._saved_at = monotonic()

    def is_older_than(self, seconds: float) -> bool:
        """Tell whether nothing was stored for so long."""
        return monotonic() - self._saved_at > seconds

    def lost(self) -> None:
        """End this copy: its page has gone on elsewhere."""
        if not self.gone:
            self.gone = True
            logger.info("%r: ends, as its page has gone on elsewhere", self.channel)
            self.saving.drop(self)
            self.saving.spawn(self.channel.moved())

    def _give_up(self, why: str, error: Exception | None = None) -> None:
        level = logging.DEBUG if self.channel.endpoint.keeps_what_fits else logging.ERROR
        logger.log(level, "%r: is durable no more: %s", self.channel, why, exc_info=error)
        self.gone = True
        self.channel.saved = None
        self.saving.forget(self)
