"""`Broadcaster`: messages to the views of an application, from where there is none.

The rule: nothing is kept for later. The broker has taken a message when the call returns; otherwise
the call raises.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from types import TracebackType
from typing import Any, Self

from wirebird.cluster.broker import (
    CONNECT_PATIENCE,
    BrokerUnavailable,
    Packet,
    Sender,
    checked_topic,
)
from wirebird.cluster.brokers import BROKER_VARIABLE, BrokerError, broker_at
from wirebird.cluster.messages import UnsendableMessage, encode


class AsyncBroadcaster:
    """Broadcasts to an application's views from another program, such as an arq job.

    It connects when it first has something to send, and again when the connection was lost.

    Args:
        broker: The application's broker; without it, the URL in WIREBIRD_BROKER.
        name: The prefix or channel, if the application's broker was given one.

    Raises:
        BrokerError: There is no broker, or its URL cannot be used.

    Example:
        ```python
        async with AsyncBroadcaster("redis://localhost") as broadcaster:
            await broadcaster.broadcast("orders", OrderPaid(order.id))
        ```
    """

    def __init__(self, broker: str | None = None, *, name: str = "wirebird") -> None:
        url = os.environ.get(BROKER_VARIABLE, "") if broker is None else broker
        if not url:
            raise BrokerError(
                f"there is no broker: give its URL, or set {BROKER_VARIABLE}, as the application"
                " does"
            )
        self._broker = broker_at(url, name)
        self._process = secrets.token_hex(8)
        self._number = 0
        self._sender: Sender | None = None
        self._turn = asyncio.Lock()

    async def broadcast(self, topic: str, message: Any) -> None:
        """Hand a message to every view that subscribed to a topic; return when the broker has it.

        Args:
            topic: The topic.
            message: A dataclass, a pydantic model, or a JSON value.

        Raises:
            UnsendableMessage: It cannot be sent as it is.
            BrokerUnavailable: The broker does not take it.
        """
        checked_topic(topic)
        name, data = encode(message)
        async with self._turn:
            await self._broadcast(topic, name, data)

    async def _broadcast(self, topic: str, name: str, data: bytes) -> None:
        self._number += 1
        packet = Packet(topic, self._process, self._number, name, data)
        was_connected = self._sender is not None
        try:
            await self._send(packet)
        except Exception as error:
            await self.close()
            if not was_connected:
                raise BrokerUnavailable(self._problem(error)) from None
            # The connection may have been lost long ago. If the packet did arrive, its number
            # tells.
            try:
                await self._send(packet)
            except Exception as again:
                await self.close()
                raise BrokerUnavailable(self._problem(again)) from None

    async def _send(self, packet: Packet) -> None:
        if self._sender is None:
            async with asyncio.timeout(CONNECT_PATIENCE):
                self._sender = await self._broker.sender()
        sender = self._sender
        async with asyncio.timeout(self._broker.patience):
            refused = await sender.send([packet])
        for _, why in refused:
            raise UnsendableMessage(f"{self._broker.name} does not take the message: {why}")

    def _problem(self, error: Exception) -> str:
        return f"{self._broker.name} cannot be used: {self._broker.problem(error)}"

    async def close(self) -> None:
        """Close the connection, if there is one."""
        sender, self._sender = self._sender, None
        if sender is not None:
            try:
                async with asyncio.timeout(1):
                    await sender.close()
            except Exception:  # it was lost
                return

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


class Broadcaster:
    """Does as `AsyncBroadcaster`, for plain functions: Celery jobs, management commands.

    It belongs to one thread. Keep one for many messages, so that it connects once.

    Args:
        broker: The application's broker; without it, the URL in WIREBIRD_BROKER.
        name: The prefix or channel, if the application's broker was given one.

    Raises:
        BrokerError: There is no broker, or its URL cannot be used.

    Example:
        ```python
        with Broadcaster("redis://localhost") as broadcaster:
            broadcaster.broadcast("orders", OrderPaid(order.id))
        ```
    """

    def __init__(self, broker: str | None = None, *, name: str = "wirebird") -> None:
        self._inner = AsyncBroadcaster(broker, name=name)
        self._runner = asyncio.Runner()

    def broadcast(self, topic: str, message: Any) -> None:
        """Hand a message to every view that subscribed to a topic; return when the broker has it.

        Args:
            topic: The topic.
            message: A dataclass, a pydantic model, or a JSON value.

        Raises:
            UnsendableMessage: It cannot be sent as it is.
            BrokerUnavailable: The broker does not take it.
            RuntimeError: An event loop runs in this thread; `AsyncBroadcaster` is for there.
        """
        self._runner.run(self._inner.broadcast(topic, message))

    def close(self) -> None:
        """Close the connection, if there is one."""
        self._runner.run(self._inner.close())
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
