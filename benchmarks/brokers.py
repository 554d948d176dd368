"""`python -m benchmarks.brokers`: what a message to another process costs, and how long it takes.

The rule: two processes and a broker that is started for this; half of the way to and fro counts as
one way. (Needs redis-server and PostgreSQL, as the tests do.)

    scripts/run python -m benchmarks.brokers --messages 20000
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from tests.cluster.servers import start_postgres, start_redis
from wirebird import PubSub, broadcastable
from wirebird.cluster.brokers import pubsub_of
from wirebird.cluster.messages import Decoder, encode

STARTED = "echoes"


@broadcastable
@dataclass(frozen=True)
class Said:
    user: str
    text: str
    number: int


@broadcastable
@dataclass(frozen=True)
class Spent:
    cpu: float


def message(number: int) -> Said:
    return Said("ada", "a message of ordinary length, as people write them", number)


async def echo(url: str) -> None:
    """Send back what comes on one topic, count what comes on another, until the parent ends."""
    pubsub = pubsub_of(url)
    await pubsub.start()
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()
    began = 0.0

    def send(topic: str, answer: Any) -> None:
        task = loop.create_task(pubsub.broadcast(topic, answer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def count(said: Any) -> None:
        nonlocal began
        if said.number == 0:
            began = time.process_time()
        elif said.number < 0:
            send("spent", Spent(time.process_time() - began))

    await pubsub.subscribe("there", lambda said: send("back", said))
    await pubsub.subscribe("flood", count)
    print(STARTED, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await pubsub.stop()


class Waiter:
    """Receives one message at a time."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue()

    def __call__(self, said: Any) -> None:
        self.queue.put_nowait(said)

    async def next(self) -> Any:
        return await asyncio.wait_for(self.queue.get(), 60)


async def one_way(pubsub: PubSub, rounds: int) -> list[float]:
    """Return how long messages took, in milliseconds, one at a time."""
    back = Waiter()
    await pubsub.subscribe("back", back)
    took: list[float] = []
    for number in range(rounds):
        start = time.perf_counter()
        await pubsub.broadcast("there", message(number))
        await back.next()
        took.append((time.perf_counter() - start) * 500)
        await asyncio.sleep(0.002)
    return sorted(took)


async def cpu(pubsub: PubSub, messages: int) -> tuple[float, float, float]:
    """Return CPU to send and to receive, in microseconds a message, and messages a second."""
    spent = Waiter()
    await pubsub.subscribe("spent", spent)
    start, clock = time.process_time(), time.perf_counter()
    for number in range(messages):
        await pubsub.broadcast("flood", message(number))
        if number % 50 == 49:
            await asyncio.sleep(0.001)
    await pubsub.broadcast("flood", message(-1))
    received = (await spent.next()).cpu
    sent, seconds = time.process_time() - start, time.perf_counter() - clock
    return sent / messages * 1e6, received / messages * 1e6, messages / seconds


@contextmanager
def another_process(url: str) -> Generator[None]:
    command = [sys.executable, "-m", "benchmarks.brokers", "--echo", url]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == STARTED
        yield
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


async def measure(name: str, url: str, rounds: int, messages: int) -> None:
    pubsub = pubsub_of(url)
    await pubsub.start()
    with another_process(url):
        took = await one_way(pubsub, rounds)
        sent, received, rate = await cpu(pubsub, messages)
    await pubsub.stop()
    p50, p99 = statistics.median(took), took[int(len(took) * 0.99)]
    print(
        f"| {name} | {p50:.2f} ms | {p99:.2f} ms | {sent:.0f} us | {received:.0f} us | {rate:.0f} |"
    )


def each(work: Callable[[], object], times: int = 20_000) -> float:
    """Return what something takes, in microseconds."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times * 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=2_000, help="messages one at a time")
    parser.add_argument("--messages", type=int, default=20_000, help="messages in a row")
    parser.add_argument("--echo", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.echo:
        asyncio.run(echo(options.echo))
        return
    decoder, said = Decoder(), message(1)
    encoded = encode(said)
    print(
        f"To encode a message and compare what would arrive: {each(lambda: encode(said)):.1f} us;"
    )
    print(f"to decode it: {each(lambda: decoder.decode(*encoded)):.1f} us.\n")
    print("| broker | one way, p50 | p99 | CPU to send | to receive | messages/s |")
    print("|---|--:|--:|--:|--:|--:|", flush=True)
    for name, start in (("Redis", start_redis), ("PostgreSQL", start_postgres)):
        with closing(start()) as server:
            asyncio.run(measure(name, server.url, options.rounds, options.messages))


if __name__ == "__main__":
    main()
