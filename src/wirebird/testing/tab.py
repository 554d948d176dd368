"""`Tab`: one open page: its socket, its views, its title.

The rule: one page, one socket; a page load closes both and opens others.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlencode, urljoin

from wirebird.testing.asgi import Asgi, Response, WebSocket
from wirebird.testing.channel import ClientChannel
from wirebird.testing.errors import JoinRefused, LiveTestError, NotLive, Redirected, TimedOut
from wirebird.testing.html import attribute, parse, text_of
from wirebird.testing.log import ServerLog
from wirebird.wire import frames
from wirebird.wire.frames import Frame

if TYPE_CHECKING:
    from wirebird.testing.client import LiveClient

T = TypeVar("T")

MOST_REDIRECTS = 10


class Receiver(Protocol):
    """What frames are for: a view, or a file on its way."""

    join_ref: str

    def receive(self, ref: str | None, event: str, payload: Any) -> None:
        """Take a frame from the server."""
        ...


class Tab:
    """One open page.

    Args:
        client: The visitor.
        response: The page's first HTML.
        connect_params: What the page sends along when it joins.

    Attributes:
        csrf_token: The page's.

    Raises:
        NotLive: There is no live view in the response.
    """

    def __init__(
        self, client: LiveClient, response: Response, connect_params: Mapping[str, Any]
    ) -> None:
        self.client = client
        self.asgi: Asgi = client.asgi
        self.log: ServerLog = client.log
        self.response = response
        self.title = ""
        self.channels: dict[str, Receiver] = {}
        self.file_refs = count()
        self.sticky: dict[str, ClientChannel] = {}
        self.marks: dict[str, str] = {}
        self._connect_params = connect_params
        self._refs = 3
        self._change = asyncio.Event()
        self._socket: WebSocket | None = None
        document = parse(response.text)
        container = document.css_first("[data-phx-main][data-phx-session]")
        if container is None:
            raise NotLive(
                f"{response.url} answered {response.status} without a live view:"
                f" {response.text[:300]!r}",
                response,
            )
        metas = {
            attribute(node, "name"): attribute(node, "content") for node in document.css("meta")
        }
        csrf_token, socket = metas.get("csrf-token"), metas.get("wirebird-socket")
        if not csrf_token:
            raise NotLive(
                f"{response.url} has no CSRF token in its <head>, so no browser could join it:"
                " does the root layout show {{ page.head }}?",
                response,
            )
        self.csrf_token = csrf_token
        script = document.css_first("head script[nonce]")
        self._nonce = "" if script is None else attribute(script, "nonce")
        self._socket_path = f"{socket or '/live'}/websocket"  # as the client's script has it
        title = document.css_first("title")
        self._title: dict[str, str | None] = {}
        if title is not None:
            self.title = text_of(title)
            names = ("default", "prefix", "suffix")
            self._title = {name: attribute(title, f"data-{name}") for name in names}
        self._tracked = [
            urljoin(response.url, url)
            for node in document.css("[phx-track-static]")
            if (url := attribute(node, "src") or attribute(node, "href"))
        ]
        self.statics = {
            attribute(node, "id"): attribute(node, "data-phx-static")
            for node in document.css("[data-phx-static]")
        }
        self.dead_html = container.inner_html or ""
        self.main = ClientChannel(
            self,
            attribute(container, "id") or "",
            attribute(container, "data-phx-session") or "",
            attribute(container, "data-phx-static"),
        )
        self.main.tag = container.tag or "div"
        client.report(document)

    # The socket

    async def open(self) -> None:
        """Open the socket and join the page's main view.

        Raises:
            LiveTestError: The server refuses.
        """
        query = urlencode({**_flat(self.connect_params(self.main)), "vsn": "2.0.0"})
        path = f"{self._socket_path}?{query}"
        socket = self.asgi.websocket(path, self._receive, self._closed)
        if not await socket.open():
            raise LiveTestError(
                f"the server refused the socket {self._socket_path}:"
                f" {socket.close_reason or socket.close_code}"
            )
        self._socket = socket
        for view in self.sticky.values():
            view.begin({})
        await self.main.join(self.main.url or self.response.url)

    async def close(self, why: str = "the page was closed") -> None:
        """Close the page, and thereby end all views."""
        await self._close(why, 1001)
        self.sticky.clear()

    async def lose(self, why: str = "the line was lost") -> None:
        """Lose the socket; the server may keep the views for `open`."""
        await self._close(why, 1006)

    async def _close(self, why: str, code: int) -> None:
        socket, self._socket = self._socket, None
        self.main.gone(why)
        if socket is not None:
            await socket.close(code)
        self.channels.clear()

    def connect_params(self, view: ClientChannel) -> dict[str, Any]:
        """Return what is sent along with the join of a view."""
        mark = self.marks.get(view.id, "") if view.joins else ""
        params: dict[str, Any] = {**self._connect_params, "_csrf_token": self.csrf_token}
        if self._nonce:
            params["_nonce"] = self._nonce
        if self._tracked:
            params["_track_static"] = self._tracked
        return {**params, "_mounts": view.joins, "_mount_attempts": 0, "_mark": mark}

    def next_ref(self) -> str:
        """Return a ref that no frame of this page has had."""
        self._refs += 1
        return str(self._refs)

    def send(self, join_ref: str, ref: str, topic: str, event: str, payload: Any) -> None:
        """Send a frame."""
        if self._socket is not None:
            self._socket.send(frames.encode(Frame(join_ref, ref, topic, event, payload)))

    def _receive(self, text: str) -> None:
        join_ref, ref, _topic, event, payload = json.loads(text)
        channel = self.channels.get(join_ref or "")
        if channel is not None and channel.join_ref == join_ref:
            channel.receive(ref, event, payload)
        self.changed()

    def _closed(self, why: str) -> None:
        if self._socket is not None:
            self.main.gone(f"the server closed the socket: {why}")
            self.changed()

    def examine(self) -> None:
        """Look for mistakes in the page as it is now.

        Raises:
            HtmlError: There are some, and the client minds.
        """
        self.client.report(self.main.page)

    # Waiting

    def changed(self) -> None:
        """Let all who wait look again."""
        event, self._change = self._change, asyncio.Event()
        event.set()

    async def next_change(self) -> None:
        """Wait for the next frame."""
        await self._change.wait()

    async def within(self, work: Awaitable[T], what: str) -> T:
        """Wait for an answer, as long as the client's timeout allows.

        Raises:
            TimedOut: It did not come.
        """
        return await within(work, self.client.timeout, what)

    # Title and navigation

    def put_title(self, title: Any) -> None:
        """Set the page's title as the client does."""
        parts = self._title
        if not isinstance(title, str) or not title.strip():
            title = parts.get("default")
            if title is None:
                return
        self.title = f"{parts.get('prefix') or ''}{title}{parts.get('suffix') or ''}"

    async def navigate(self, to: str, flash: str | None = None) -> Tab:
        """Go to another view over the open socket, or load its page where that is not possible.

        Returns:
            This tab, or the one that the page was loaded in.
        """
        for _ in range(MOST_REDIRECTS):
            url = urljoin(self.main.url, to)
            old = self.main
            old.leave(f"this view was left for {to!r}: go on with the one that navigating returned")
            self.main = ClientChannel(self, old.id, old.session, old.static, navigated=True)
            self.main.tag = old.tag
            try:
                await self.main.join(url, flash)
            except JoinRefused as refused:
                if refused.reason not in ("unauthorized", "stale", "reload"):
                    raise
                return await self._load(to, flash)
            onward = self.main.redirected
            if onward is None:
                for id in self.sticky.keys() - self.main.children.keys():
                    self.sticky.pop(id).leave(f"the page {to!r} does not show this sticky view")
                return self
            if onward.kind == "redirect":
                return await self._load(onward.to, onward.flash)
            to, flash = onward.to, onward.flash
        raise Redirected(to)

    async def follow(self) -> Tab:
        """Go where the main view sent its visitor; return the tab that shows it.

        Raises:
            LiveTestError: It sent nobody anywhere.
        """
        onward = self.main.redirected
        if onward is None:
            raise LiveTestError("the view did not redirect or navigate")
        if onward.kind == "navigate":
            return await self.navigate(onward.to, onward.flash)
        return await self._load(onward.to, onward.flash)

    async def _load(self, to: str, flash: str | None) -> Tab:
        await self.close(f"this page was left for {to!r}")
        return await self.client.load(to, self._connect_params, flash, follow_redirects=True)


async def within(work: Awaitable[T], seconds: float, what: str) -> T:
    """Wait for an answer for so many seconds.

    Raises:
        TimedOut: It did not come.
    """
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await work
    except TimeoutError:
        if not limit.expired():
            raise  # the application's own
        raise TimedOut(f"{what} did not come within {seconds} s") from None


def _flat(params: dict[str, Any]) -> dict[str, str]:
    plain = (str, int, float, bool)
    return {name: str(value) for name, value in params.items() if isinstance(value, plain)}
