"""`Saving`: puts what views are into the store, many in one go, and gives it back.

The rule: a view costs nothing until it shows something, and then one dump for all that it shows
within `SAVE_SECONDS`. Whoever is not a record's last owner saves nothing, and its view ends.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Coroutine, Iterable, Mapping, Sequence
from contextvars import Context
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from wirebird.live.store import StateStore, StoreUnavailable, Write
from wirebird.patience import Patience
from wirebird.runtime import snapshots
from wirebird.runtime.saved import STORE_PATIENCE, Saved
from wirebird.wire.sealing import Sealer

if TYPE_CHECKING:
    from wirebird.runtime.channel import Channel
    from wirebird.runtime.endpoint import Limits

logger = logging.getLogger("wirebird.runtime")

SAVE_SECONDS = 0.05
"""Longest that what a page has seen of a view with `durable = True` is not in the store."""

RETRY_SECONDS = 0.5
"""How often a store that is away is asked again."""

CRASHES_WITHIN = 30.0
"""A view that crashes again within so many seconds begins anew: what is stored may be at fault."""

T = TypeVar("T")

_users: WeakKeyDictionary[StateStore, int] = WeakKeyDictionary()
"""How many applications have started a store that they share, and not stopped it."""

_MOST_CRASHES = 1000
_MOST_WRITES = 500
_TURN_SECONDS = 0.002
"""How long states are dumped before views get their turn."""


class _Waiting(NamedTuple):
    data: bytes
    done: asyncio.Future[None]
    until: float


class Saving:
    """Saves the views of one application.

    Args:
        store: Where to.
        sealer: Seals what is stored.
        limits: How large it may be, and how long it is kept.

    Attributes:
        records: What is asked for records: the store, or what times it.
    """

    def __init__(self, store: StateStore, sealer: Sealer, limits: Limits) -> None:
        self.store = store
        self.records = store
        self.sealer = sealer
        self.limits = limits
        self._patience = Patience(STORE_PATIENCE)
        self._all: set[Saved] = set()
        self._crashes: dict[str, float] = {}
        self._due: dict[Saved, None] = {}
        self._now: dict[Saved, _Waiting] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._renewing: asyncio.TimerHandle | None = None
        self._storing = False
        self._away = False
        self._started: asyncio.Task[None] | None = None

    def of(self, channel: Channel, always: bool) -> Saved:
        """Return the record of a view that is joined."""
        join = channel.join
        load = join.params.get("_load", "")
        context = f"{channel.connection.visitor} {join.page} {channel.topic} {load!s:.64}"
        saved = Saved(self, channel, context, always)
        self._all.add(saved)
        if self._renewing is None:
            self._renew_later()
        return saved

    def of_first(self, channel: Channel, seconds: float) -> Saved:
        """Return the record of a first render, from which its page may go on elsewhere.

        Args:
            channel: The view, or what its page joins instead.
            seconds: How long that is good.
        """
        join = channel.join
        context = f"first {channel.connection.visitor} {join.page} {channel.topic}"
        saved = Saved(self, channel, context, always=False, seconds=seconds)
        self._all.add(saved)
        return saved

    def drop(self, saved: Saved) -> None:
        """Save a view no more."""
        self._all.discard(saved)
        self._due.pop(saved, None)

    def forget(self, saved: Saved) -> None:
        """Save a view no more, and delete what is stored of it."""
        self.drop(saved)
        if saved.epoch is not None:
            self.spawn(self._delete_quietly(saved))

    def is_first_crash(self, key: str) -> bool:
        """Take note that a view has crashed; tell whether it had not a short while ago."""
        now = monotonic()
        before = self._crashes.pop(key, None)
        if before is not None and now - before < CRASHES_WITHIN:
            return False
        self._crashes[key] = now
        if len(self._crashes) > _MOST_CRASHES:
            del self._crashes[next(iter(self._crashes))]
        return True

    # Asked by views

    def soon(self, saved: Saved) -> None:
        """Save a view within `SAVE_SECONDS`."""
        self._due[saved] = None
        if self._timer is None:
            self._flush_in(SAVE_SECONDS)

    async def settled(self) -> None:
        """Wait until all that is to be saved is."""
        while self._due or self._tasks:
            self.hurry()
            if self._tasks:
                await asyncio.wait(tuple(self._tasks))
            else:
                await asyncio.sleep(SAVE_SECONDS)

    def hurry(self) -> None:
        """Save at once what is to be saved soon."""
        if self._timer is not None and self._due:
            self._timer.cancel()
            self._flush_later()

    async def now(self, saved: Saved, data: bytes, patience: float) -> None:
        """Save something of a view with whatever else is to be saved now.

        Args:
            saved: The view's record.
            data: What to save.
            patience: For how many seconds that is tried.

        Raises:
            StoreUnavailable: It could not be saved.
        """
        done = asyncio.get_running_loop().create_future()
        self._now[saved] = _Waiting(data, done, monotonic() + patience)
        self._due.pop(saved, None)
        if not self._storing:
            self._storing = True
            self.spawn(self._store())
        await done

    async def claim(self, saved: Saved, patience: float) -> bytes | None:
        """Become a record's owner; return what is in it.

        Raises:
            StoreUnavailable: The store does not answer.
        """
        return await self._asked(self._claim(saved), patience)

    async def delete(self, saved: Saved, patience: float) -> None:
        """Delete what is stored of a view.

        Raises:
            StoreUnavailable: The store does not answer.
        """
        if saved.epoch is not None:
            await self._asked(self.records.delete(saved.key, saved.epoch), patience)

    async def log_out(self, live_socket_id: str) -> None:
        """Let nothing be restored that was stored for a login that ends.

        Raises:
            StoreUnavailable: The store does not answer.
        """
        await self.start()
        key = login_key(live_socket_id)
        keep = self.limits.token_age
        claim = await self.records.claim(key, keep)
        await self.records.save([Write(key, claim.epoch, os.urandom(9), keep)])

    async def stop(self) -> None:
        """Save what is still to be saved, and close the store."""
        for timer in (self._timer, self._renewing):
            if timer is not None:
                timer.cancel()
        self._timer = self._renewing = None
        if self._due:
            await self._flush()
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))
        if self._started is not None:
            self._started = None
            _users[self.store] = users = _users[self.store] - 1
            if not users:
                await self.store.stop()

    # Saving

    async def _claim(self, saved: Saved) -> bytes | None:
        # Nothing else is under way meanwhile: a write that came to the store later would be refused
        # as an earlier owner's, and of two claims the earlier one could be answered last.
        while saved.writing is not None:
            await asyncio.wait([saved.writing])
        saved.writing = done = asyncio.get_running_loop().create_future()
        saved.epoch = None  # what is given up may be done all the same
        try:
            await self.start()
            login = login_of(saved.channel.connection.session)
            claim = await self.records.claim(saved.key, self.limits.snapshot_age)
            if login:
                (mark,) = await self.records.load([login_key(login)])
                saved.logins = f"{login} {'' if mark is None else mark.hex()}"
            saved.epoch = claim.epoch
        finally:
            saved.writing = None
            done.set_result(None)
        return claim.data

    async def _asked(self, work: Coroutine[Any, Any, T], patience: float) -> T:
        # In a context of its own: timers keep their context, and so a view that has ended.
        task = asyncio.get_running_loop().create_task(_within(work, patience), context=Context())
        return await task

    async def start(self) -> None:
        """Begin, if that was not done before: a store that is away is tried again later."""
        if self._started is None:
            _users[self.store] = _users.get(self.store, 0) + 1
            loop = asyncio.get_running_loop()
            self._started = loop.create_task(self._start_store(), context=Context())
        await asyncio.shield(self._started)

    async def _start_store(self) -> None:
        try:
            await self.store.start()
        except StoreUnavailable as error:
            self._is_away(error)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something of which nobody waits for the end but the application's."""
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _flush_in(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, self._flush_later, context=Context())

    def _flush_later(self) -> None:
        self._timer = None
        self.spawn(self._flush())

    async def _flush(self) -> None:
        """Save all views that have shown something since, and rest."""
        due, self._due = self._due, {}
        failed = False
        try:
            fresh = [s for s in due if s.epoch is None and s.writing is None and not s.gone]
            if fresh:
                await self._claim_all(fresh)
            writes: dict[Saved, bytes] = {}
            began = monotonic()
            for saved in due:
                if saved.gone:
                    continue
                if saved.is_busy or saved.writing is not None:
                    self._due[saved] = None
                    continue
                data = saved.take()
                if data is not None:
                    writes[saved] = data
                if monotonic() - began > _TURN_SECONDS:
                    await asyncio.sleep(0)
                    began = monotonic()
                if len(writes) >= _MOST_WRITES:
                    batch, writes = writes, {}
                    await self._write(batch)
            if writes:
                await self._write(writes)
        except StoreUnavailable as error:
            failed = True
            self._is_away(error)
            for saved in due:
                if not saved.gone:
                    self._due[saved] = None
        if self._due and self._timer is None:
            self._flush_in(RETRY_SECONDS if failed else SAVE_SECONDS)

    async def _store(self) -> None:
        """Save what somebody waits for, until nobody does."""
        try:
            while self._now:
                batch: dict[Saved, _Waiting] = {}
                for saved in list(self._now)[:_MOST_WRITES]:
                    while saved.writing is not None:
                        await asyncio.wait([saved.writing])
                    batch[saved] = self._now.pop(saved)
                try:
                    fresh = [saved for saved in batch if saved.epoch is None]
                    if fresh:
                        await self._claim_all(fresh)
                    await self._write({saved: waiting.data for saved, waiting in batch.items()})
                except StoreUnavailable as error:
                    self._is_away(error)
                    self._retry(batch, error)
                    await asyncio.sleep(RETRY_SECONDS)
                else:
                    for waiting in batch.values():
                        if not waiting.done.done():
                            waiting.done.set_result(None)
        finally:
            self._storing = False

    def _retry(self, batch: dict[Saved, _Waiting], error: StoreUnavailable) -> None:
        """Let what could not be saved wait again, but not for ever."""
        now = monotonic()
        for saved, waiting in batch.items():
            if waiting.done.done():
                continue
            if now + RETRY_SECONDS > waiting.until:
                waiting.done.set_exception(error)
            else:
                self._now.setdefault(saved, waiting)

    async def _claim_all(self, fresh: list[Saved]) -> None:
        claims = [_within(self._claim(saved), STORE_PATIENCE) for saved in fresh]
        for result in await asyncio.gather(*claims, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result

    async def _write(self, batch: dict[Saved, bytes]) -> None:
        done = asyncio.get_running_loop().create_future()
        for saved in batch:
            saved.writing = done
        try:
            writes = [Write(s.key, s.epoch or 0, data, s.keep) for s, data in batch.items()]
            kept = await self._kept(writes)
        except BaseException:
            for saved in batch:
                saved.forget_last()
            raise
        finally:
            for saved in batch:
                saved.writing = None
            done.set_result(None)
        self._is_back()
        for (saved, data), ok in zip(batch.items(), kept, strict=True):
            if ok:
                saved.kept(data)
            else:
                saved.lost()

    async def _kept(self, writes: list[Write]) -> Sequence[bool]:
        try:
            with self._patience.wait():
                return await self.records.save(writes)
        except StoreUnavailable:
            raise
        except Exception as error:
            raise _unavailable(error, STORE_PATIENCE) from error

    async def _delete_quietly(self, saved: Saved) -> None:
        try:
            await self.delete(saved, STORE_PATIENCE)
        except StoreUnavailable as error:
            self._is_away(error)

    # What a store needs

    def _is_away(self, error: BaseException) -> None:
        if not self._away:
            self._away = True
            logger.error("the store is away, states are saved when it is back: %s", error)

    def _is_back(self) -> None:
        if self._away:
            self._away = False
            logger.warning("the store is back")
            self._save_all(self._all)  # it may have lost what it had

    def _renew_later(self) -> None:
        wait = self.limits.snapshot_age / 4
        loop = asyncio.get_running_loop()
        self._renewing = loop.call_later(wait, self._renew, context=Context())

    def _renew(self) -> None:
        """Save anew what is about to expire although its view lives."""
        age = self.limits.snapshot_age / 2
        self._save_all([saved for saved in self._all if saved.is_older_than(age)])
        self._renew_later()

    def _save_all(self, all: Iterable[Saved]) -> None:
        for saved in all:
            if not saved.gone:
                saved.forget_last()
                self.soon(saved)


def login_of(session: Mapping[str, Any] | None) -> str:
    """Return what names the login of a session, if anything does."""
    name = None if session is None else session.get("live_socket_id")
    return name if isinstance(name, str) else ""


def login_key(live_socket_id: str) -> str:
    """Return the key under which a store keeps that a login has ended."""
    return snapshots.key_of(f"login {live_socket_id}")


async def _within(work: Awaitable[T], patience: float) -> T:
    try:
        async with asyncio.timeout(patience):
            return await work
    except StoreUnavailable:
        raise
    except Exception as error:
        raise _unavailable(error, patience) from error


def _unavailable(error: Exception, patience: float) -> StoreUnavailable:
    if isinstance(error, TimeoutError):
        return StoreUnavailable(f"it has not answered for {patience} s")
    # Of a store of the user's: whoever waits must hear of it.
    return StoreUnavailable(f"it failed with {error!r}")
