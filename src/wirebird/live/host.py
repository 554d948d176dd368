"""`Host`: what a view's socket asks of whatever runs the view.

The rule: a socket knows no more of it than stands here, so that a first render, a joined view and a
test can each run one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from wirebird.live.messages import Timer
from wirebird.live.presence import Presence
from wirebird.live.tasks import Tasks


class Host(Protocol):
    """What runs a view, as its socket sees it."""

    @property
    def visitor(self) -> str:
        """Whose page it is; stands in tokens."""
        ...

    @property
    def is_parked(self) -> bool:
        """Whether the page's line is lost, and nothing is shown."""
        ...

    @property
    def chunk_room(self) -> int:
        """How many bytes of a file a frame has room for."""
        ...

    @property
    def session(self) -> Mapping[str, Any]:
        """The session of the HTTP request, without what a route or a parent added to it."""
        ...

    def deliver(self, message: Any) -> None: ...
    def send_update(self, component: type[Any], id: str, props: Mapping[str, Any]) -> None: ...
    def send_parent(self, message: Any) -> None: ...
    def send_child(self, id: str, message: Any) -> None: ...
    def start_timer(self, action: Callable[[], None], seconds: float, repeat: bool) -> Timer: ...
    def subscribe(self, topic: str) -> Awaitable[None]: ...
    def unsubscribe(self, topic: str) -> Awaitable[None]: ...
    def broadcast(self, topic: str, message: Any, include_self: bool) -> Awaitable[None]: ...
    def local_broadcast(self, topic: str, message: Any, include_self: bool) -> Awaitable[None]: ...
    def tasks(self) -> Tasks | None: ...
    def presence(
        self, owner: Any, topic: str, key: str | None = None, meta: Any = None
    ) -> Presence[Any]: ...
