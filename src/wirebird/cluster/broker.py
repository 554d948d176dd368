"""What a broker is asked for: packets to send, and topics to hear.

The rule: a sender and a receiver are one connection each. Whatever goes wrong with one raises, and
it is not used again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from wirebird.cluster.messages import MalformedMessage, UnsendableMessage
from wirebird.errors import WirebirdError

PATIENCE = 5.0
"""How long a broker may take to answer, in seconds, and how long it may say nothing unasked."""

CONNECT_PATIENCE = 10.0
"""How long it may take to let us in, in seconds."""

TURN_SECONDS = 0.005
"""How long what has come may be handed over before others have their turn."""


class BrokerUnavailable(WirebirdError, ConnectionError):
    """The broker cannot be reached, is too slow, or lets nobody in.

    Its text says what happened, without passwords.
    """


class Packet(NamedTuple):
    """A message on its way.

    Attributes:
        topic: Its topic.
        sender: The process that sent it.
        number: Counts what that process has sent.
        type: The name of its type.
        data: Its JSON.
    """

    topic: str
    sender: str
    number: int
    type: str
    data: bytes

    def head(self) -> bytes:
        """Return all but the data, in one line."""
        return _ENCODER.encode((self.topic, self.sender, self.number, self.type))

    def packed(self) -> bytes:
        """Return what goes over the wire."""
        return b"%b\n%b" % (self.head(), self.data)

    @classmethod
    def unpacked(cls, packed: bytes) -> Packet:
        """Return what came over the wire.

        Raises:
            MalformedMessage: It is none of ours.
        """
        head, _, data = packed.partition(b"\n")
        try:
            return cls(*_DECODER.decode(head), data)
        except msgspec.MsgspecError as error:
            raise MalformedMessage(f"something else came by the broker: {error}") from error


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(tuple[str, str, int, str])


class Mail(Protocol):
    """Takes what comes over the wire."""

    def wants(self, head: bytes) -> bool:
        """Tell whether the packet of this head is worth reading."""
        ...

    def take(self, packed: bytes) -> None:
        """Take a packet; what is wrong with it is no error of the connection."""
        ...


class Sender(Protocol):
    """A connection to send over."""

    async def send(self, packets: Sequence[Packet]) -> Sequence[tuple[Packet, str]]:
        """Send packets in their order; return when the broker has them.

        Returns:
            Those that it does not take, while it takes others, each with the reason.
        """
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


class Receiver(Protocol):
    """A connection to hear over."""

    async def hear(self, topics: Sequence[str]) -> None:
        """Hear topics; return when what is sent from now on will come."""
        ...

    async def leave(self, topics: Sequence[str]) -> None:
        """Hear topics no more; what is still on its way may come."""
        ...

    async def run(self) -> None:
        """Take what comes, until the connection fails; to be run while the others are called."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


class Broker(Protocol):
    """Something that carries messages between processes.

    Attributes:
        name: What it is and where, for people, without a password.
        patience: How long it may take to answer, and may say nothing unasked, in seconds.
    """

    name: str
    patience: float

    async def sender(self) -> Sender:
        """Open a connection to send over."""
        ...

    async def receiver(self, mail: Mail) -> Receiver:
        """Open a connection to hear over; `mail` is given what comes."""
        ...

    def problem(self, error: BaseException) -> str:
        """Return what went wrong, for people, in one line without a password."""
        ...


def checked_topic(topic: str) -> str:
    """Return a topic that can be sent.

    Raises:
        UnsendableMessage: It is no text of at most 1,000 bytes.
    """
    try:
        if len(topic.encode()) <= 1_000:
            return topic
        why = "has more than 1,000 bytes"
    except UnicodeEncodeError:
        why = "has characters that are no text"
    raise UnsendableMessage(f"the topic {topic!r:.80} {why}")
