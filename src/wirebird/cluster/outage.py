"""`Outage`: what is done for a store within a bounded time, and what is said when it is away.

The rule: whatever goes wrong is `StoreUnavailable` before patience ends; the log has one line when
a store goes away and one when it is back, however often it is asked meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

from wirebird.live.store import Status, StoreUnavailable
from wirebird.patience import Patience

PATIENCE = 5.0
"""How long a store may take to answer, in seconds."""

T = TypeVar("T")


class Outage:
    """Whether a store is there, and what asks it for something.

    Args:
        name: What it is called, without its password: "the store redis://host".
        patience: How long it may take to answer, in seconds.
        problem: Says what went wrong, for people; None for errors that are not the store's.
    """

    def __init__(
        self, name: str, patience: float, problem: Callable[[BaseException], str | None]
    ) -> None:
        self.name = name
        self.patience = patience
        self.status = Status(ok=True)
        self._waits = Patience(patience)
        self._problem = problem
        self._left: set[asyncio.Task[Any]] = set()

    async def bounded(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something with the store.

        Args:
            work: What to do; it must end when it is cancelled.

        Raises:
            StoreUnavailable: It could not be done, or took too long.
        """
        waiting = self._waits.wait()
        try:
            with waiting:
                result = await work
        except Exception as error:
            if waiting.is_late:
                raise self._late() from None
            problem = self._problem(error)
            if problem is None:
                raise
            # The driver's own error may hold the password, and is not shown.
            raise self.down(problem) from None
        if not self.status.ok:
            self.up()
        return result

    async def bounded_apart(self, work: Coroutine[Any, Any, T], give_up: Callable[[], bool]) -> T:
        """Do something that may need long to end when it is cancelled: nobody waits for that.

        Args:
            work: What to do.
            give_up: Lets it end by itself soon; returns whether it will. If not, it is cancelled.

        Raises:
            StoreUnavailable: It could not be done, or took too long.
        """
        return await self.bounded(self._apart(work, give_up))

    async def _apart(self, work: Coroutine[Any, Any, T], give_up: Callable[[], bool]) -> T:
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError:
            if not give_up():
                task.cancel()
            self._left.add(task)
            task.add_done_callback(self._ended)
            raise
        return task.result()

    def _late(self) -> StoreUnavailable:
        return self.down(f"it has not answered within {self.patience:g} s")

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._left.discard(task)
        if not task.cancelled():
            task.exception()  # nobody waits for it

    def down(self, problem: str) -> StoreUnavailable:
        """Note that the store is away, and return the error that says so."""
        if self.status.ok:
            logger.warning("%s cannot be used: %s", self.name, problem)
            self.status = Status(ok=False, since=datetime.now(UTC), problem=problem)
        else:
            self.status = self.status._replace(problem=problem)
        return StoreUnavailable(f"{self.name} cannot be used: {problem}")

    def up(self) -> None:
        """Note that the store is there again."""
        self.status = Status(ok=True)
        logger.warning("%s can be used again", self.name)


logger = logging.getLogger("wirebird.cluster")
