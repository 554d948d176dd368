"""`OnceShown`: a view that is mounted for a page's HTML, and ends with it.

The rule: what would come later never comes.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from wirebird.live import lifecycle
from wirebird.live.durability import nearest, refuse_durable
from wirebird.live.errors import Redirect
from wirebird.live.messages import DONE, Timer
from wirebird.live.presence import Presence
from wirebird.live.router import Match
from wirebird.live.socket import Socket
from wirebird.runtime.display import Display
from wirebird.runtime.first_render import Asked
from wirebird.runtime.tracking import Seen

if TYPE_CHECKING:
    from wirebird.runtime.endpoint import Endpoint

logger = logging.getLogger("wirebird.web")


class OnceShown:
    """The views of a page that ends with the response; as `FirstRender`, which keeps them.

    Attributes:
        socket: The socket of the page's own view.
    """

    __slots__ = ("_asked", "_endpoint", "socket")

    socket: Socket

    def __init__(self, endpoint: Endpoint, asked: Asked) -> None:
        self._endpoint = endpoint
        self._asked = asked

    async def html(
        self, id: str, match: Match, url: str, session: dict[str, Any], flash: dict[str, str]
    ) -> str:
        """Mount the page's own view, and return what it shows; see `FirstRender.html`."""
        endpoint, asked = self._endpoint, self._asked
        route = match.route
        self.socket = socket = Socket(
            id,
            _NoPage(endpoint, asked.visitor, asked.session),
            connected=False,
            url=url,
            session=session,
            connect_info=asked.info,
        )
        socket.root_path = asked.root_path
        socket.csrf_token = asked.csrf_token
        socket.nonce = asked.nonce
        socket.flash = flash
        view = route.view(socket)
        try:
            await lifecycle.begin(view, match)
            navigation = socket.take_navigation()
            if navigation is not None:
                raise Redirect.of(navigation)
            display = Display(endpoint, view, route)
            if not nearest(view.durable, route.live_session.durable, endpoint.durable or None):
                display.check = partial(refuse_durable, route.view)
            return await display.html()
        finally:
            try:
                await lifecycle.terminate(view, "http")
            except Exception:
                logger.exception("%s.terminate raised", route.view.__name__)


class _NoPage:
    """What runs a view that has no socket: what comes later never comes."""

    __slots__ = ("_loop", "_presences", "_thread", "chunk_room", "pubsub", "session", "visitor")

    is_parked = False

    def __init__(self, endpoint: Endpoint, visitor: str, session: Mapping[str, Any]) -> None:
        self.pubsub = endpoint.pubsub
        self._presences = endpoint.presence
        self.chunk_room = endpoint.limits.chunk_room
        self.visitor = visitor
        self.session = session
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def deliver(self, message: Any) -> None:
        pass

    def send_update(self, component: type[Any], id: str, props: Any) -> None:
        pass

    def send_parent(self, message: Any) -> None:
        pass

    def send_child(self, id: str, message: Any) -> None:
        pass

    def start_timer(self, action: Callable[[], None], seconds: float, repeat: bool) -> Timer:
        return Timer(self._loop, seconds, lambda: None, repeat=repeat, on_end=lambda _: None)

    def subscribe(self, topic: str) -> Awaitable[None]:
        return DONE

    def unsubscribe(self, topic: str) -> Awaitable[None]:
        return DONE

    def broadcast(self, topic: str, message: Any, include_self: bool) -> Awaitable[None]:
        return self._here(self.pubsub.broadcast(topic, message))

    def local_broadcast(self, topic: str, message: Any, include_self: bool) -> Awaitable[None]:
        return self._here(self.pubsub.local_broadcast(topic, message))

    def _here(self, work: Coroutine[Any, Any, None]) -> Awaitable[None]:
        if threading.get_ident() == self._thread:
            return work
        asyncio.run_coroutine_threadsafe(work, self._loop).result()
        return DONE

    def tasks(self) -> None:
        return None

    def presence(
        self, owner: Any, topic: str, key: str | None = None, meta: Any = None
    ) -> Presence[Any]:
        if threading.get_ident() == self._thread:
            return Presence.at(Seen(self._presences, topic))

        async def see() -> Presence[Any]:
            return await Presence.at(Seen(self._presences, topic))

        return asyncio.run_coroutine_threadsafe(see(), self._loop).result()
