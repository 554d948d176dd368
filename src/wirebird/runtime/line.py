"""`Line`: what a view, its uploads and its join ask of the line to their client.

The rule: what lives on a line knows no more of it than stands here, and views on one line no more
of each other. `Connection` is a `Line`, `Channel` a `JoinedView`, and `ChannelTransfer` a
`LineTransfer`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from wirebird.concurrency import ThreadShare
from wirebird.live.navigation import Navigation
from wirebird.live.socket import ConnectInfo
from wirebird.live.view import LiveView
from wirebird.runtime.endpoint import Endpoint
from wirebird.runtime.transport import TOO_MUCH
from wirebird.wire.frames import Frame


class JoinedView(Protocol):
    """A view on a line, as the line and its other views see it."""

    connection: Line
    endpoint: Endpoint
    life: int
    topic: str
    view_class: type[LiveView[Any]]

    @property
    def parent(self) -> JoinedView | None:
        """The view in whose page it stands."""
        ...

    @property
    def url(self) -> str:
        """The URL of its page."""
        ...

    def admits(self, key: str) -> bool:
        """Tell whether a nested view's token was made for its page as it is."""
        ...

    def deliver(self, message: Any) -> None:
        """Take a message; from any thread."""
        ...

    def patch_later(self, navigation: Navigation) -> None:
        """Patch the URL because a nested view asked for it."""
        ...

    def end(self, reason: str) -> asyncio.Task[None]:
        """End the view; return the end."""
        ...

    def tell_crash(self, what: str, error: BaseException) -> None:
        """Tell that the view raised, and what became of it."""
        ...

    def give_up_within(self, function: Callable[..., Any]) -> None:
        """Cancel what waits within a coroutine function, if that is what it is at."""
        ...


class LineTransfer(Protocol):
    """An upload that comes over a line."""

    topic: str
    join_ref: str | None

    async def receive(self, frame: Frame) -> None:
        """Take a frame of its topic."""
        ...


class Line(Protocol):
    """A client's line, as what lives on it sees it."""

    endpoint: Endpoint
    info: ConnectInfo
    root_path: str
    session: Mapping[str, Any] | None
    threads: ThreadShare
    visitor: str
    was_left: bool

    @property
    def channels(self) -> Mapping[str, JoinedView]:
        """The joined views by topic."""
        ...

    async def send(self, text: str) -> None:
        """Send a frame.

        Raises:
            TransportClosed: The line is gone.
        """
        ...

    def closed(self) -> None:
        """Take note that nothing can be sent."""
        ...

    def mount_anew(self, channel: JoinedView, reason: str) -> None:
        """Mount another view in the place of one that is not to come back, and ends therefore."""
        ...

    def taken_over(self) -> None:
        """Keep the views for their page, which has come back over another line than this one."""
        ...

    def abort(self, reason: str, code: int = TOO_MUCH) -> None:
        """Close the line because the client cannot be served, and end its views."""
        ...

    def let_go(self, channel: JoinedView) -> None:
        """Pass nothing more on to a view that ends."""
        ...

    def forget(self, channel: JoinedView) -> None:
        """Take a view that has ended off the line."""
        ...

    def add_transfer(self, transfer: LineTransfer) -> None:
        """Pass the frames of an upload's topic on to it."""
        ...

    def forget_transfer(self, transfer: LineTransfer) -> None:
        """Take an upload that ends off the line."""
        ...

    def assets_changed(self, params: Mapping[str, Any]) -> bool:
        """Tell whether the page was loaded with assets that are no longer current."""
        ...

    def verify(self, token: Any, salt: str, age: float | None = None) -> dict[str, Any]:
        """Return the data of a token that the client sent.

        Raises:
            TokenError: It cannot be trusted, or is older than `age` seconds.
        """
        ...
