"""`Sending`: what views are told from wherever the application is at work.

The rule: in `async def` code it is awaited; in a thread it is done when the call returns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any

from wirebird.cluster.broker import BrokerUnavailable
from wirebird.cluster.pubsub import LocalPubSub
from wirebird.live.messages import DONE, PubSub
from wirebird.runtime.connection import disconnect_topic
from wirebird.runtime.endpoint import Endpoint


class Sending:
    """Tells views something, and sessions that they are over.

    Attributes:
        pubsub: What carries messages between views.
    """

    pubsub: PubSub
    _endpoint: Endpoint | None
    _loop: asyncio.AbstractEventLoop | None

    @property
    def endpoint(self) -> Endpoint:
        """What all connections share."""
        raise NotImplementedError

    def broadcast(self, topic: str, message: Any) -> Awaitable[None]:
        """Send a message to every view that subscribed to a topic, from wherever you are.

        In `async def` code await it. In a thread, as that of a `def` route or task, the message has
        been sent when this returns. Programs that do not serve the application have a
        `Broadcaster`.

        Args:
            topic: The topic.
            message: What `socket.broadcast` takes.

        Raises:
            UnsendableMessage: A broker cannot carry the message; nobody has received it.
            BrokerUnavailable: There is a broker, and the application does not run in this process.

        Example:
            ```python
            async def order_paid(request):
                order = await pay(request)
                await app.broadcast(f"order:{order.id}", OrderPaid(order.id))
            ```
        """
        return self._wherever(self._sender.broadcast(topic, message))

    def local_broadcast(self, topic: str, message: Any) -> Awaitable[None]:
        """Send a message, which may be any object, to the subscribed views of this process."""
        return self._wherever(self._sender.local_broadcast(topic, message))

    @property
    def _sender(self) -> PubSub:
        return self.pubsub if self._endpoint is None else self._endpoint.pubsub

    def _wherever(self, work: Coroutine[Any, Any, None]) -> Awaitable[None]:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            pass
        else:
            return work
        if self._loop is not None and self._loop.is_running():
            asyncio.run_coroutine_threadsafe(work, self._loop).result()
        elif isinstance(self.pubsub, LocalPubSub):
            asyncio.run(work)
        else:
            work.close()
            raise BrokerUnavailable(
                "the application does not run in this process, so it has no broker here:"
                " `with Broadcaster(url) as broadcaster: broadcaster.broadcast(topic, message)`"
            )
        return DONE

    async def disconnect(self, live_socket_id: str) -> None:
        """Close all sockets of the sessions that have this `live_socket_id`, at once.

        A socket keeps the session that it was opened with, so log a visitor out by clearing the
        session and calling this. Their pages connect again, are refused, and reload. What is stored
        of their durable views is void from then on, also for whoever kept the old session's cookie.

        Args:
            live_socket_id: The value that the session had under that key.

        Example:
            ```python
            async def login(request):
                request.session.update(user=user.id, live_socket_id=f"user:{user.id}")

            async def logout(request):
                user = request.session.get("user")
                request.session.clear()
                await app.disconnect(f"user:{user}")
            ```

        Raises:
            StoreUnavailable: The sockets are closed, but the store could not be told.
        """
        try:
            if self.endpoint.saving is not None:
                await self.endpoint.saving.log_out(live_socket_id)
        finally:
            await self.pubsub.broadcast(disconnect_topic(live_socket_id), None)
