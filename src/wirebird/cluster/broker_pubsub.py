"""`BrokerPubSub`: publish/subscribe among processes, by way of a broker.

The rule: the receivers of this process never wait for the broker, nor does who sends to them. What
may have been missed because the broker was away is told as `Resubscribed`, never passed over.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any

from wirebird.cluster.broker import (
    CONNECT_PATIENCE,
    Broker,
    Receiver,
    Sender,
    checked_topic,
)
from wirebird.cluster.mail import Inbox, Outbox
from wirebird.cluster.messages import encode
from wirebird.cluster.pubsub import LocalPubSub
from wirebird.live.messages import Receiver as Listener
from wirebird.live.messages import Resubscribed
from wirebird.live.store import Status

logger = logging.getLogger("wirebird.cluster")

SUBSCRIBE_PATIENCE = 1.0
"""How long a view waits for the broker when it subscribes, in seconds."""

STOP_PATIENCE = 2.0
"""How long what waits to be sent may take at the end, in seconds."""

CLOSE_PATIENCE = 1.0
_FIRST_DELAY = 0.1
_LONGEST_DELAY = 3.0


class BrokerPubSub:
    """Topics that all processes of a broker share.

    Args:
        broker: The broker.
    """

    shared_between_workers = True

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._local = LocalPubSub()
        self._outbox = Outbox(broker)
        self._inbox = Inbox(self._local)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner: asyncio.Task[None] | None = None
        self._first_try = asyncio.Event()
        self._stopped = False
        self._users = 0  # that have started it, and not stopped it
        self._receiver: Receiver | None = None
        self._heard: set[str] = set()
        self._asked: dict[str, asyncio.Task[None]] = {}
        self._asking: dict[str, asyncio.Future[None]] = {}
        self._untold: set[str] = set()
        self._asides: set[asyncio.Future[None]] = set()
        self._down_since: float | None = None
        self._status = Status(ok=False, problem="it has not been started")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._broker.name}>"

    @property
    def status(self) -> Status:
        """Whether the broker can be reached, for health checks."""
        return self._status

    def time_sending(self, told: Callable[[float, bool], None]) -> None:
        """Tell somebody, each time that the broker was given messages, what came of it.

        Args:
            told: Is given how many seconds it took, and whether it went well.
        """
        self._outbox.sent = told

    def subscribers(self, topic: str) -> int:
        """Return how many receivers a topic has in this process."""
        return self._local.subscribers(topic)

    # Life

    async def start(self) -> None:
        """Connect, and go on trying if that fails; wait a second at most for the first success.

        Several applications may share one: it is stopped when the last of them stops it.
        """
        self._users += 1
        self._stopped = False
        try:
            self._begin()
            await self._here(self._begun())
        except BaseException:
            self._users -= 1
            raise

    async def _begun(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SUBSCRIBE_PATIENCE):
                await self._first_try.wait()

    async def stop(self) -> None:
        """Send what waits, within two seconds, and close the connections."""
        self._users = max(0, self._users - 1)
        if self._users:
            return
        self._stopped = True
        if self._is_running():
            await self._here(self._end())

    async def _end(self) -> None:
        runner, self._runner = self._runner, None
        if runner is None:
            return
        if self._status.ok:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_PATIENCE):
                    await self._outbox.emptied()
        if len(self._outbox):
            logger.warning("%s: %d messages were not sent", self._broker.name, len(self._outbox))
        runner.cancel()
        await asyncio.wait({runner})
        self._status = Status(ok=False, problem="it was stopped")

    def _is_running(self) -> bool:
        return (
            self._runner is not None
            and self._loop is not None
            and self._loop.is_running()
            and not self._runner.done()
        )

    def _begin(self) -> None:
        """Run on this event loop, unless it does on another."""
        if self._stopped or self._is_running():
            return
        self._loop = asyncio.get_running_loop()
        self._first_try = asyncio.Event()
        self._outbox.begin()
        self._inbox.begin(self._outbox.sender)
        self._receiver = None
        self._heard.clear()
        self._asked.clear()
        self._asking.clear()
        self._down_since = None
        self._status = Status(ok=False, since=_now(), problem="it is being connected to")
        self._runner = self._loop.create_task(self._run(), name=f"{self!r}")

    async def _here(self, work: Coroutine[Any, Any, None]) -> None:
        """Do work on the event loop that this runs on, also when asked on another."""
        if self._loop is None or asyncio.get_running_loop() is self._loop:
            return await work
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    # Topics

    async def subscribe(self, topic: str, receiver: Listener) -> None:
        """Call `receiver` with every message on `topic` from now on.

        Where the broker does not answer within a second, this returns nevertheless, and `receiver`
        gets a `Resubscribed` once it has answered.

        Raises:
            UnsendableMessage: The topic is too long, or no text.
        """
        checked_topic(topic)
        await self._local.subscribe(topic, receiver)
        self._begin()
        if topic not in self._heard and self._is_running():
            await self._here(self._hear(topic))

    async def _hear(self, topic: str) -> None:
        if self._receiver is None and self._down_since is None:
            await self._begun()
        if topic in self._heard:
            return
        if self._receiver is not None:
            asked = self._asked.get(topic)
            if asked is None:
                asked = self._asked[topic] = asyncio.ensure_future(self._ask(self._receiver, topic))
            await asyncio.wait({asked})
        if topic not in self._heard and self._local.subscribers(topic):
            self._untold.add(topic)

    async def _ask(self, receiver: Receiver, topic: str) -> None:
        """Ask the broker for a topic; return when it has confirmed it, or does not in time."""
        asking = self._asking[topic] = asyncio.ensure_future(receiver.hear([topic]))
        asking.add_done_callback(partial(self._on_heard, receiver, topic))
        try:
            await asyncio.wait({asking}, timeout=SUBSCRIBE_PATIENCE)
        finally:
            if self._asked.get(topic) is asyncio.current_task():
                del self._asked[topic]

    def _on_heard(self, receiver: Receiver, topic: str, asking: asyncio.Future[None]) -> None:
        error = None if asking.cancelled() else asking.exception()
        if self._asking.get(topic) is not asking:
            return  # it was left meanwhile
        del self._asking[topic]
        if error is not None:  # the connection has failed, and the next one will ask again
            logger.debug("%r: could not subscribe to %r: %s", self, topic, error)
        elif self._receiver is receiver and not asking.cancelled():
            self._heard.add(topic)
            self._tell([topic])

    async def unsubscribe(self, topic: str, receiver: Listener) -> None:
        """Stop what `subscribe` began; nothing happens when it never did."""
        if not self._local.subscribers(topic):
            return
        await self._local.unsubscribe(topic, receiver)
        if not self._local.subscribers(topic) and self._is_running():
            await self._here(self._leave(topic))

    async def _leave(self, topic: str) -> None:
        """Leave a topic; the broker hears of it in its turn, and no view waits for that."""
        if self._local.subscribers(topic):
            return
        self._heard.discard(topic)
        self._untold.discard(topic)
        self._asked.pop(topic, None)
        self._asking.pop(topic, None)
        if self._receiver is not None:
            leaving = asyncio.ensure_future(self._tell_leaving(self._receiver, topic))
            self._asides.add(leaving)
            leaving.add_done_callback(self._asides.discard)

    async def _tell_leaving(self, receiver: Receiver, topic: str) -> None:
        try:
            await receiver.leave([topic])
        except Exception as error:  # the connection has failed, which others see as well
            logger.debug("%r: could not unsubscribe from %r: %s", self, topic, error)

    def _tell(self, topics: Iterable[str]) -> None:
        for topic in topics:
            if topic in self._untold:
                self._untold.discard(topic)
                self._local.deliver(topic, Resubscribed(topic))

    # Messages

    async def broadcast(self, topic: str, message: Any, exclude: Listener | None = None) -> None:
        """Hand `message` to every receiver of `topic` except `exclude`, in all processes.

        Those of this process have it when this returns; for the others it waits to be sent. While
        the broker is away or slow, up to 10,000 messages wait; then the oldest make way, and their
        receivers elsewhere get a `Resubscribed`.

        Raises:
            UnsendableMessage: The message cannot be sent as it is; nobody has received it.
        """
        checked_topic(topic)
        name, data = encode(message)
        self._begin()
        self._local.deliver(topic, message, exclude)
        if self._loop is None or not self._is_running():
            return  # it was stopped
        if asyncio.get_running_loop() is self._loop:
            self._outbox.put(topic, name, data)
        else:
            self._loop.call_soon_threadsafe(self._outbox.put, topic, name, data)

    async def local_broadcast(
        self, topic: str, message: Any, exclude: Listener | None = None
    ) -> None:
        """Hand `message`, which may be any object, to those receivers that this process has."""
        self._local.deliver(topic, message, exclude)

    # Connections

    async def _run(self) -> None:
        delay = _FIRST_DELAY
        while True:
            began = monotonic()
            try:
                await self._connected()
            except Exception as error:
                self._went_down(error)
            if monotonic() - began > 2 * _LONGEST_DELAY:
                delay = _FIRST_DELAY
            # Not all processes at once, when a broker comes back.
            await asyncio.sleep(delay * random.uniform(0.5, 1))
            delay = min(2 * delay, _LONGEST_DELAY)

    async def _connected(self) -> None:
        """Serve one pair of connections, until one of them fails."""
        sender: Sender | None = None
        receiver: Receiver | None = None
        work: set[asyncio.Task[None]] = set()
        try:
            async with asyncio.timeout(CONNECT_PATIENCE):
                sender = await self._broker.sender()
                receiver = await self._broker.receiver(self._inbox)
            work.add(asyncio.ensure_future(receiver.run()))
            topics = self._local.topics()
            hearing = asyncio.ensure_future(receiver.hear(topics))
            work.add(hearing)
            async with asyncio.timeout(CONNECT_PATIENCE):
                await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                work.discard(hearing)
                await hearing
                self._came_up(receiver, topics)
                work.add(asyncio.ensure_future(self._outbox.send_all(sender)))
                await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for each in work:
                if each.done():
                    await each
        finally:
            self._receiver = None
            self._outbox.not_sent()
            for each in work:
                each.cancel()
            if work:
                await asyncio.wait(work)
            for connection in (sender, receiver):
                if connection is not None:
                    await _close(connection)

    def _came_up(self, receiver: Receiver, topics: list[str]) -> None:
        self._receiver = receiver
        self._heard.update(topic for topic in topics if self._local.subscribers(topic))
        self._status = Status(ok=True)
        if self._down_since is not None:
            seconds = monotonic() - self._down_since
            logger.warning("%s is back after %.1f s", self._broker.name, seconds)
            self._down_since = None
        self._first_try.set()
        self._tell(topics)
        # Those that came or went while the others were asked for.
        for topic in set(self._local.topics()) - self._heard - set(self._asked):
            self._asked[topic] = asyncio.ensure_future(self._ask(receiver, topic))
        for topic in set(topics) - self._heard:
            leaving = asyncio.ensure_future(self._tell_leaving(receiver, topic))
            self._asides.add(leaving)
            leaving.add_done_callback(self._asides.discard)

    def _went_down(self, error: Exception) -> None:
        problem = self._broker.problem(error).rstrip(".")
        if self._down_since is None:
            self._down_since = monotonic()
            self._status = Status(ok=False, since=_now(), problem=problem)
            logger.warning(
                "%s cannot be used: %s. Messages reach this process only; trying again until it"
                " can be",
                self._broker.name,
                problem,
            )
        else:
            self._status = self._status._replace(problem=problem)
        self._untold.update(self._heard)
        self._untold.update(self._asked)
        self._heard.clear()
        self._asked.clear()
        self._asking.clear()
        self._first_try.set()


async def _close(connection: Sender | Receiver) -> None:
    """Close what may have failed already."""
    with suppress(Exception):
        async with asyncio.timeout(CLOSE_PATIENCE):
            await connection.close()


def _now() -> datetime:
    return datetime.now(UTC)
