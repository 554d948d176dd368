"""Messages between views: what carries them, and timers.

The rule: a message is handed over as it is, in order, and never runs anything by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar
from weakref import WeakSet

from wirebird.live.store import Status

Receiver: TypeAlias = Callable[[Any], None]
"""Takes a message; may be called from any thread."""


class Done:
    """What there is to await when the work was done already."""

    def __await__(self) -> Generator[Any, Any, None]:
        return
        yield


DONE = Done()


@dataclass(frozen=True, slots=True)
class Resubscribed:
    """What was broadcast on a topic may have been missed, and from now on nothing is.

    Every receiver of the topic gets it after the broker was out of reach. A view that keeps what
    can be read again takes it by `@info`; other views are not troubled with it.

    Attributes:
        topic: The topic.

    Example:
        ```python
        @info
        async def on_resubscribed(self, message: Resubscribed) -> None:
            self.state.messages = await load_messages(self.state.room)
        ```
    """

    topic: str


M = TypeVar("M", bound=type[Any])

broadcastable_types: WeakSet[type[Any]] = WeakSet()
"""The classes that were marked `@broadcastable`."""


def broadcastable(kind: M) -> M:
    """Let messages of a class, and of its subclasses, arrive from other processes.

    Those that an `@info` handler takes need no mark. It is for what only `handle_info`, a hook or a
    receiver of one's own takes: a broker's messages name their types, and a process makes objects
    of no types but those that it takes.

    Example:
        ```python
        @broadcastable
        @dataclass(frozen=True)
        class CacheCleared:
            name: str
        ```
    """
    broadcastable_types.add(kind)
    return kind


class PubSub(Protocol):
    """Topics that views subscribe to and broadcast on.

    Its methods may be called before `start`. The receivers of this process get a message at once,
    each of them once, whatever becomes of a broker behind it.
    """

    @property
    def status(self) -> Status:
        """Whether other processes can be reached, for health checks."""
        ...

    async def start(self) -> None:
        """Begin; the application does this when it starts. What is out of reach is no error."""
        ...

    async def stop(self) -> None:
        """End: send what waits to be sent, and close connections."""
        ...

    async def subscribe(self, topic: str, receiver: Receiver) -> None:
        """Call `receiver` with every message on `topic` from now on.

        Where a broker cannot be asked in time, this returns nevertheless, and `receiver` gets a
        `Resubscribed` once it was.
        """
        ...

    async def unsubscribe(self, topic: str, receiver: Receiver) -> None:
        """Stop what `subscribe` began; nothing happens when it never did."""
        ...

    async def broadcast(self, topic: str, message: Any, exclude: Receiver | None = None) -> None:
        """Hand `message` to every receiver of `topic` except `exclude`, in all processes."""
        ...

    async def local_broadcast(
        self, topic: str, message: Any, exclude: Receiver | None = None
    ) -> None:
        """Hand `message`, which may be any object, to those receivers that this process has."""
        ...


class Timer:
    """A message that is to come, once or again and again.

    Example:
        ```python
        self.timer = self.socket.every(Tick(), seconds=1)
        ...
        self.timer.cancel()
        ```
    """

    __slots__ = ("_active", "_deliver", "_handle", "_loop", "_on_end", "_repeat", "_seconds")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        seconds: float,
        deliver: Callable[[], None],
        *,
        repeat: bool,
        on_end: Callable[[Timer], None],
    ) -> None:
        self._loop = loop
        self._seconds = seconds
        self._repeat = repeat
        self._deliver = deliver
        self._on_end = on_end
        self._active = False
        self._handle: asyncio.TimerHandle | None = None

    @property
    def active(self) -> bool:
        """Whether a message is still to come."""
        return self._active

    def start(self) -> None:
        """Begin to count; the runtime does this, once."""
        self._active = True
        self._in_loop(self._wait)

    def cancel(self) -> None:
        """Let no further message come."""
        if self._active:
            self._active = False
            self._on_end(self)
            self._in_loop(self._stop)

    def _in_loop(self, function: Callable[[], None]) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:  # the thread of a `def` handler
            self._loop.call_soon_threadsafe(function)
        else:
            function()

    def _wait(self) -> None:
        if self._active:
            self._handle = self._loop.call_later(self._seconds, self._fire)

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        if not self._active:
            return
        if self._repeat:
            self._wait()
        else:
            self._active = False
            self._handle = None
            self._on_end(self)
        self._deliver()
