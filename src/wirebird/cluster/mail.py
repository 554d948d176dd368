"""What waits to be sent to a broker, and what came from it.

The rule: messages of one process arrive in the order in which they were sent, each of them once at
most; a message that is given up is made known to those who would have had it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from time import perf_counter

from wirebird.cluster.broker import Broker, Packet, Sender
from wirebird.cluster.messages import Decoder, MalformedMessage, UnknownMessage, encode
from wirebird.cluster.pubsub import LocalPubSub
from wirebird.live.messages import Resubscribed

logger = logging.getLogger("wirebird.cluster")

MOST_WAITING = 10_000
"""Most messages that wait to be sent; the oldest make way."""

MOST_WAITING_BYTES = 64 * 1024 * 1024
"""Most bytes of them."""

_MOST_AT_ONCE = 500
_MOST_BYTES_AT_ONCE = 1024 * 1024
_MOST_SENDERS = 1_000
_MOST_LOST_TOPICS = 10_000
_MOST_COMPLAINTS = 1_000


class Outbox:
    """What one process has to send.

    Args:
        broker: What takes it.

    Attributes:
        sender: The process, as its packets say it.
        sent: Is told, for each time that the broker was given messages, how many seconds it took
            and whether it went well, if anybody wants to know.
    """

    sent: Callable[[float, bool], None] | None = None

    def __init__(self, broker: Broker) -> None:
        self._name = broker.name
        self._patience = broker.patience
        self.begin()

    def begin(self) -> None:
        """Begin anew, on the event loop that is running."""
        self.sender = secrets.token_hex(8)
        self._number = 0
        self._waiting: deque[Packet] = deque()
        self._on_the_way: list[Packet] = []
        self._bytes = 0
        self._lost: set[str] = set()
        self._has_dropped = False
        self._wake = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._on_the_way)

    def put(self, topic: str, name: str, data: bytes) -> None:
        """Let a message wait; when too many do, the oldest is dropped."""
        self._number += 1
        self._waiting.append(Packet(topic, self.sender, self._number, name, data))
        self._bytes += len(data)
        while len(self._waiting) > MOST_WAITING or (
            self._bytes > MOST_WAITING_BYTES and len(self._waiting) > 1
        ):
            self._drop(self._waiting.popleft())
        self._empty.clear()
        self._wake.set()

    def _drop(self, packet: Packet) -> None:
        self._bytes -= len(packet.data)
        if not self._has_dropped:
            self._has_dropped = True
            logger.warning(
                "%s takes messages too slowly: %d wait, and the oldest are dropped",
                self._name,
                len(self._waiting),
            )
        self._lose(packet.topic)

    def _lose(self, topic: str) -> None:
        if len(self._lost) < _MOST_LOST_TOPICS:
            self._lost.add(topic)

    async def emptied(self) -> None:
        """Wait until nothing waits."""
        await self._empty.wait()

    async def send_all(self, sender: Sender) -> None:
        """Send what waits and what comes, until the connection fails."""
        while True:
            if not self._waiting and self._lost:
                self._make_known()
            while not self._waiting:
                self._empty.set()
                self._wake.clear()
                self._has_dropped = False
                await self._wake.wait()
            batch = self._on_the_way = self._next()
            refused = await self._send(sender, batch)
            self._on_the_way = []
            for packet, why in refused:
                self._lose(packet.topic)
                logger.error(
                    "%s does not take a message of the type %s on the topic %r: %s",
                    self._name,
                    packet.type,
                    packet.topic,
                    why,
                )

    async def _send(self, sender: Sender, batch: list[Packet]) -> Sequence[tuple[Packet, str]]:
        began = perf_counter()
        well = False
        try:
            async with asyncio.timeout(self._patience):
                refused = await sender.send(batch)
            well = True
            return refused
        finally:
            if self.sent is not None:
                self.sent(perf_counter() - began, well)

    def _next(self) -> list[Packet]:
        batch: list[Packet] = []
        size = 0
        while self._waiting and len(batch) < _MOST_AT_ONCE and size < _MOST_BYTES_AT_ONCE:
            packet = self._waiting.popleft()
            size += len(packet.data)
            batch.append(packet)
        self._bytes -= size
        return batch

    def _make_known(self) -> None:
        lost, self._lost = self._lost, set()
        for topic in lost:
            name, data = encode(Resubscribed(topic))
            self.put(topic, name, data)

    def not_sent(self) -> None:
        """Let wait again what was on the way when the connection failed."""
        # Some of it may have arrived: the numbers tell.
        batch, self._on_the_way = self._on_the_way, []
        self._waiting.extendleft(reversed(batch))
        self._bytes += sum(len(packet.data) for packet in batch)


class Inbox:
    """What came for one process.

    Args:
        local: Has its receivers.
    """

    def __init__(self, local: LocalPubSub) -> None:
        self._local = local
        self.begin("")

    def begin(self, own: str) -> None:
        """Begin anew; `own` is what the packets of this very process say."""
        self._own = own
        self._decoder = Decoder()
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._complaints: set[str] = set()

    def wants(self, head: bytes) -> bool:
        """Tell whether somebody here receives the packet of this head."""
        try:
            packet = Packet.unpacked(head)
        except MalformedMessage:
            return False
        return packet.sender != self._own and self._local.subscribers(packet.topic) > 0

    def take(self, packed: bytes) -> None:
        """Hand what came to those who receive its topic."""
        name = ""
        try:
            packet = Packet.unpacked(packed)
            if packet.sender == self._own or self._has_come(packet):
                return
            if self._local.subscribers(packet.topic):
                name = packet.type
                message = self._decoder.decode(name, packet.data)
                self._local.deliver(packet.topic, message)
        except (UnknownMessage, MalformedMessage) as error:
            self._complain(name, error)

    def _has_come(self, packet: Packet) -> bool:
        last = self._numbers.get(packet.sender)
        if last is None:
            if len(self._numbers) >= _MOST_SENDERS:
                self._numbers.popitem(last=False)
        elif packet.number <= last:
            return True
        else:
            self._numbers.move_to_end(packet.sender)
        self._numbers[packet.sender] = packet.number
        return False

    def _complain(self, name: str, error: Exception) -> None:
        if name not in self._complaints and len(self._complaints) < _MOST_COMPLAINTS:
            self._complaints.add(name)
            logger.warning("a message was not delivered: %s", error)
