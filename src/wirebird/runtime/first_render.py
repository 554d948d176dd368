"""A first render that is kept: the view that made a page's HTML waits for the page's socket.

The rule: it is a view like any other, but its line has not come yet. The page that it was rendered
for takes it over, once, as a page does whose line was lost; who comes too late gets a new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from wirebird.errors import DefinitionError
from wirebird.live import lifecycle
from wirebird.live.durability import refuse_durable, stored_fields
from wirebird.live.errors import Redirect
from wirebird.live.router import Match
from wirebird.live.socket import ConnectInfo, Socket
from wirebird.live.view import LiveView
from wirebird.runtime.channel import Channel
from wirebird.runtime.children import ChildNode
from wirebird.runtime.connection import Connection
from wirebird.runtime.display import Display
from wirebird.runtime.endpoint import Endpoint
from wirebird.runtime.joining import Join
from wirebird.runtime.mailbox import ANSWERED, Outcome, Stage, is_cancelled
from wirebird.runtime.observed import introduce
from wirebird.runtime.restoring import durability
from wirebird.runtime.transport import TransportClosed
from wirebird.wire.frames import Frame


class _NoLine:
    """The transport of a page whose socket has not come yet."""

    __slots__ = ("unread_since",)

    kind = "http"

    def __init__(self) -> None:
        self.unread_since: float | None = None

    async def send(self, frame: str) -> None:
        raise TransportClosed

    async def close(self, code: int = 1000, reason: str = "") -> None:
        pass


@dataclass(slots=True)
class Asked:
    """The request for a page, as its views see it.

    Attributes:
        session: The session.
        info: Who has asked.
        root_path: The prefix under which the application is mounted.
        visitor: Whose page it is.
        csrf_token: The page's CSRF token.
        nonce: What its scripts carry, if its policy asks for one.
    """

    session: Mapping[str, Any]
    info: ConnectInfo
    root_path: str
    visitor: str
    csrf_token: str
    nonce: str


class FirstRender:
    """The views of a page that has no socket yet.

    Args:
        endpoint: The application.
        seconds: How long they are kept for their page.
        asked: What was asked for.
    """

    def __init__(self, endpoint: Endpoint, seconds: float, asked: Asked) -> None:
        self._endpoint = endpoint
        self._seconds = seconds
        self._params = {"_csrf_token": asked.csrf_token, "_nonce": asked.nonce}
        self._page = ""
        self._home = Connection(
            endpoint, _NoLine(), asked.session, asked.info,
            root_path=asked.root_path, visitor=asked.visitor,
        )  # fmt: skip
        self._kept: list[Channel] = []

    @property
    def socket(self) -> Socket:
        """The socket of the page's own view."""
        return self._kept[0].view.socket

    async def html(
        self, id: str, match: Match, url: str, session: dict[str, Any], flash: dict[str, str]
    ) -> str:
        """Mount the page's own view, keep it with all that stand in it, and return what it shows.

        Args:
            id: Its id in the page.
            match: Its route.
            url: The page's URL.
            session: What it sees of the session.
            flash: What the page before has left to be shown.

        Raises:
            Redirect: It sends its visitor elsewhere.
            NotFound: The URL's parameters do not fit what it declares.
        """
        self._page = f"lv:{id}"
        await self._home.await_page()
        join = self._join(self._page, match.route.view, match, url, flash, session)
        try:
            html = await self._render(self._hold(join))
        except BaseException:
            await self._end()
            raise
        parking = self._endpoint.parking
        for each in self._kept:
            if not parking.keep_first(each, self._seconds):
                await self._end()
                break
        return html

    async def _end(self) -> None:
        ends = [channel.end("http") for channel in self._kept]
        if ends:
            await asyncio.wait(ends)

    def _join(
        self,
        topic: str,
        view: type[LiveView[Any]],
        match: Match | None,
        url: str,
        flash: dict[str, str],
        session: dict[str, Any],
        given: dict[str, Any] | None = None,
        parent: Channel | None = None,
        guard: Match | None = None,
    ) -> Join:
        frame = Frame(None, None, topic, "phx_join", {})
        return Join(
            frame, view, match, url, navigated=False, flash=flash, session=session,
            params=self._params, given=given, parent=parent, guard=guard, page=self._page,
        )  # fmt: skip

    def _hold(self, join: Join) -> Channel:
        channel = Channel(self._home, join)
        introduce(channel)
        self._home.hold(channel)
        self._kept.append(channel)
        return channel

    async def _render(self, channel: Channel) -> str:
        """Mount a view, and return what it shows."""
        done: asyncio.Future[str] = channel.loop.create_future()
        channel.put(partial(self._on_request, channel), done)
        return await done

    async def _on_request(self, channel: Channel, done: asyncio.Future[str]) -> Outcome:
        try:
            html = await self._mount(channel)
        except asyncio.CancelledError:
            done.cancel()
            if is_cancelled():
                raise
        except (Exception, SystemExit) as error:
            if not done.done():
                done.set_exception(error)
        else:
            if not done.done():
                done.set_result(html)
        return ANSWERED

    async def _mount(self, channel: Channel) -> str:
        join = channel.join
        socket = join.socket(self._home, channel.host)
        channel.view = view = join.view(socket)
        channel.stage = Stage.JOINING
        self._store(channel)
        went_on = await lifecycle.begin(view, join.match, join.guard)
        navigation = socket.take_navigation()
        if navigation is not None and went_on and channel.parent is not None:
            navigation = await channel.navigate(navigation, told=True)
        if navigation is not None:
            raise Redirect.of(navigation)
        route = None if join.match is None else join.match.route
        display = Display(self._endpoint, view, route)
        display.first = partial(self._render_child, channel)
        if not durability(channel):
            display.check = partial(refuse_durable, channel.view_class)
        html = await display.html()
        if channel.is_wanted:
            channel.display = display
            channel.stage = Stage.PARKED
        return html

    async def _render_child(self, parent: Channel, child: ChildNode) -> None:
        socket = parent.view.socket
        guard = None
        if child.sticky:
            guard = self._endpoint.router.match_url(socket.url, socket.root_path)
        session = {**(self._home.session or {}), **child.session}
        join = self._join(
            f"lv:{child.id}", child.view, None, socket.url, {}, session,
            child.session, None if child.sticky else parent, guard,
        )  # fmt: skip
        channel = self._hold(join)
        try:
            child.inner = await self._render(channel)
        except Redirect:
            socket.flash = {**socket.flash, **channel.view.socket.flash}
            raise

    def _store(self, channel: Channel) -> None:
        """Let another process go on from what a durable view was at its first render."""
        saving = self._endpoint.saving
        if saving is None or not durability(channel):
            return
        with suppress(DefinitionError):
            stored_fields(channel.view_class)
            channel.saved = saving.of_first(channel, self._seconds)
