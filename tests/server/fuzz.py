"""Fuzzed clients, and what two readers make of them: ours, and the websockets package's.

    python -m tests.server.fuzz --frames 1000000 --seed 1

The rule: what is sent follows from the seed alone. Where the two differ, it is by agreement: a
length in more bytes than it needs is refused by us only; what is wrong in two ways may be refused
for either; we refuse by the header alone what they refuse once it has come; and with us a client
may close its line within a message, as control frames may stand there.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from websockets.frames import Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from tests.server.clients import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame
from wirebird.server.frames import Close, Event, Failure, FrameReader, Ping, Pong

LIMIT = 4096
TEXTS = ("", "a", "grün €", "\U0001f426" * 40, '["1","2","lv:x","event",{}]', "x" * 1500)


def session(chance: random.Random) -> tuple[list[bytes], bool]:
    """Return the frames that one client sends, and whether they may be cut or spoiled."""
    frames: list[bytes] = []
    spoiled = chance.random() < 0.5
    for _ in range(chance.randrange(1, 40)):
        frames += message(chance)
    if chance.random() < 0.3:
        frames.append(frame(CLOSE, chance.choice((b"", b"\x03\xe8", b"\x0f\xa0later"))))
    if spoiled:
        index = chance.randrange(len(frames))
        frames[index] = spoil(chance, frames[index])
    return frames, spoiled


def message(chance: random.Random) -> list[bytes]:
    """Return a message in fragments, or a control frame."""
    mask = chance.randbytes(4)
    kind = chance.random()
    if kind < 0.2:
        payload = chance.randbytes(chance.randrange(126))
        return [frame(chance.choice((PING, PONG)), payload, mask=mask)]
    text = kind < 0.7
    payload = chance.choice(TEXTS).encode() if text else chance.randbytes(chance.randrange(400))
    fragments = chance.choice((1, 1, 1, 2, 3, 9))
    ends = sorted(chance.randrange(len(payload) + 1) for _ in range(fragments - 1))
    made: list[bytes] = []
    for index, (start, end) in enumerate(zip([0, *ends], [*ends, len(payload)], strict=True)):
        opcode = CONTINUATION if index else TEXT if text else BINARY
        last = index == fragments - 1
        made.append(frame(opcode, payload[start:end], fin=last, mask=mask))
        if not last and chance.random() < 0.1:
            made.append(frame(PING, b"between", mask=mask))
    return made


def spoil(chance: random.Random, data: bytes) -> bytes:
    """Return a frame with something wrong in it, perhaps."""
    how = chance.randrange(5)
    changed = bytearray(data)
    if how == 0:
        changed[0] = chance.randrange(256)
    elif how == 1:
        changed[1] = chance.randrange(256)
    elif how == 2:
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif how == 3:
        del changed[chance.randrange(len(changed)) :]
    else:
        changed += chance.randbytes(chance.randrange(1, 30))
    return bytes(changed)


def ours(pieces: list[bytes]) -> list[Event]:
    reader = FrameReader(LIMIT)
    events: list[Event] = []
    for piece in pieces:
        reader.feed(piece)
        while (event := reader.next()) is not None:
            events.append(event)
    return events


def theirs(pieces: list[bytes]) -> list[Event]:
    """Return what the websockets package makes of it, in our words."""
    protocol = ServerProtocol(state=OPEN, max_size=LIMIT)
    events: list[Event] = []
    parts: list[bytes] = []
    kind = Opcode.CONT
    for piece in pieces:
        protocol.receive_data(piece)
        for event in protocol.events_received():
            data = bytes(event.data)  # type: ignore[union-attr]
            opcode: Opcode = event.opcode  # type: ignore[union-attr]
            if opcode is Opcode.PING:
                events.append(Ping(data))
            elif opcode is Opcode.PONG:
                events.append(Pong(data))
            elif opcode is Opcode.CLOSE:
                received = protocol.close_rcvd
                assert received is not None
                events.append(Close(received.code, received.reason))
            else:
                kind = kind if opcode is Opcode.CONT else opcode
                parts.append(data)
                if event.fin:  # type: ignore[union-attr]
                    whole, parts = b"".join(parts), []
                    try:
                        events.append(whole.decode() if kind is Opcode.TEXT else whole)
                    except UnicodeDecodeError:
                        return [*events, Failure(1007, "")]
        if protocol.parser_exc is not None:
            failed = protocol.close_sent
            assert failed is not None
            return [*events, Failure(failed.code, "")]
    return events


def plain(event: Event) -> Event:
    """Return an event without what the two need not agree on."""
    return Failure(0, "") if isinstance(event, Failure) else event


def ends(events: list[Event]) -> int:
    """Return how many of the last events end a line: one or none."""
    return sum(isinstance(event, Close | Failure) for event in events[-1:])


def fuzz(seed: int, frames: int) -> int:
    """Let fuzzed clients send some frames; return how many they were.

    Raises:
        AssertionError: The two readers differ.
    """
    chance = random.Random(seed)
    count = 0
    while count < frames:
        sent, spoiled = session(chance)
        count += len(sent)
        wire = b"".join(sent)
        places = sorted(chance.randrange(len(wire) + 1) for _ in range(chance.choice((0, 1, 9))))
        pieces = [wire[a:b] for a, b in zip([0, *places], [*places, len(wire)], strict=True)]
        read, expected = ours(pieces), theirs(pieces)
        if spoiled and Failure(1002, "a length in too many bytes") in read:
            continue
        said = [plain(event) for event in read]
        expected = [plain(event) for event in expected]
        if len(said) == len(expected) + 1 and isinstance(said[-1], Failure):
            said.pop()
        if spoiled and said[:-1] == expected[:-1] and ends(said) == ends(expected) == 1:
            continue
        pairs = zip(said, expected, strict=False)
        index = next((i for i, (one, other) in enumerate(pairs) if one != other), -1)
        assert said == expected, (
            f"seed {seed}, after {count} frames: event {index} of {len(said)} is"
            f" {said[index]!r:.200}, not {expected[index]!r:.200}"
        )
        assert spoiled or not any(isinstance(event, Failure) for event in read)
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    arguments = parser.parse_args()
    began = time.perf_counter()
    done = fuzz(arguments.seed, arguments.frames)
    sys.stdout.write(
        f"seed {arguments.seed}: {done} frames in {time.perf_counter() - began:.0f} s\n"
    )


if __name__ == "__main__":
    main()
