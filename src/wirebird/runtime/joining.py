"""`Join`: what a client may join, after all that it says of itself was checked.

The rule: nothing of a join is believed that a signed token of this application does not say, for
this visitor, at this URL.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from wirebird.live.host import Host
from wirebird.live.router import Match
from wirebird.live.socket import Socket
from wirebird.live.view import LiveView, views
from wirebird.runtime.flash import flash_of
from wirebird.runtime.line import JoinedView, Line
from wirebird.wire.frames import Frame
from wirebird.wire.tokens import TokenError

logger = logging.getLogger("wirebird.runtime")

_SIGNED = frozenset(("session", "static", "flash"))  # what a page has from us
_MOST_A_CHARACTER = 64  # bytes of memory that JSON becomes: nested objects without names take 47


@dataclass(slots=True, eq=False)
class Join:
    """What a checked `phx_join` asks for.

    Attributes:
        frame: The frame that asks, without its payload.
        view: The class of the view.
        match: The route that its URL matches; None for a nested view.
        url: The page's URL.
        navigated: Whether it comes by live navigation, not by a page load.
        flash: What the page before has left to be shown.
        session: The session, with what the route or a parent adds to it.
        params: What the client's socket was given as `params`.
        given: What a nested view's parent gives it.
        parent: The view in whose page a nested view stands; None for one that stays.
        guard: The route whose live session guards a view that stays.
        page: The topic of the page's own view.
    """

    frame: Frame
    view: type[LiveView[Any]]
    match: Match | None
    url: str
    navigated: bool
    flash: dict[str, str]
    session: dict[str, Any]
    params: dict[str, Any]
    given: dict[str, Any] | None = None
    parent: JoinedView | None = None
    guard: Match | None = None
    page: str = ""

    @property
    def is_return(self) -> bool:
        """Whether the page has shown the view before."""
        return bool(self.params.get("_mounts"))

    @property
    def attempts(self) -> int:
        """How often the page has tried to join since it was joined last, as it says."""
        found = self.params.get("_mount_attempts")
        return found if isinstance(found, int) else 0

    def socket(self, connection: Line, host: Host) -> Socket:
        """Return the socket of the view that is joined."""
        socket = Socket(
            self.frame.topic[3:], host, connected=True, url=self.url, session=self.session
        )
        socket.flash = self.flash
        socket.params = self.given or {}
        socket.navigation_type = "navigate" if self.navigated else "load"
        self.renew(socket, connection)
        return socket

    def renew(self, socket: Socket, connection: Line) -> None:
        """Let a socket know of the line, which may be another one than before."""
        socket.connect_info = connection.info
        socket.connect_params = self.params
        socket.csrf_token = str(self.params.get("_csrf_token", ""))
        socket.nonce = str(self.params.get("_nonce", ""))
        socket.root_path = connection.root_path
        socket.assets_changed = connection.assets_changed(self.params)


def admit(connection: Line, frame: Frame) -> Join | tuple[str, str]:
    """Return what a client may join, or why it may not: the reason it is told, and more."""
    payload = frame.payload
    if not isinstance(payload, dict):
        return "stale", "a binary join"
    if connection.session is None:
        return "stale", "the handshake had no valid CSRF token"
    most = connection.endpoint.limits.join_size
    said = [value for name, value in payload.items() if name not in _SIGNED]
    if weighs_more([frame.join_ref, frame.ref, *payload, *said], most):
        return "join crashed", f"what the page says of itself takes more than {most} bytes"
    try:
        token = connection.verify(payload.get("session"), "session")
        static = payload.get("static")
        page = connection.verify(static, "static") if static else {"id": token["id"]}
    except TokenError as error:
        return "stale", str(error)
    if f"lv:{token['id']}" != frame.topic or page["id"] != token["id"]:
        return "stale", "the tokens belong to another topic"
    if token.get("visitor", "") != connection.visitor:
        return "stale", "the page was made for another session"
    # What the view keeps of it: not the tokens, which are longer than all the rest.
    frame = Frame(frame.join_ref, frame.ref, frame.topic, frame.event, {})
    if "parent" in token:
        return _admit_child(connection, frame, payload, token)
    return _admit_page(connection, frame, payload, token, dict(page.get("flash", {})))


def weighs_more(value: Any, most: int) -> bool:
    """Tell whether decoded JSON takes more than some bytes of memory."""
    if len(msgspec.json.encode(value)) * _MOST_A_CHARACTER <= most:
        return False
    waiting = [value]
    total = 0
    while waiting:
        value = waiting.pop()
        total += sys.getsizeof(value)
        if total > most:
            return True
        if isinstance(value, dict):
            waiting += cast("dict[str, Any]", value).keys()
            waiting += cast("dict[str, Any]", value).values()
        elif isinstance(value, list):
            waiting += cast("list[Any]", value)
    return False


def _admit_page(
    connection: Line,
    frame: Frame,
    payload: dict[str, Any],
    token: dict[str, Any],
    flash: dict[str, str],
) -> Join | tuple[str, str]:
    router = connection.endpoint.router
    redirected = payload.get("redirect")
    url = redirected if isinstance(redirected, str) else payload.get("url")
    view: type[LiveView[Any]] | None = router.views.get(token.get("view", ""))
    if view is None:
        return "stale", f"no view is named {token.get('view')!r}"
    if not isinstance(url, str):  # without its route, its guards would not run
        return "unauthorized", "a join without a URL"
    match = router.match_url(url, connection.root_path)
    if match is None:
        return "unauthorized", f"no live route for {url!r:.200}"
    if match.route.live_session.name != token.get("live_session"):
        return "unauthorized", "another live session"
    if not isinstance(redirected, str) and match.route.view is not view:
        return "unauthorized", "the URL of another view"
    params = _params(payload)
    if isinstance(redirected, str) or params.get("_mounts"):
        flash = {}  # the page's own was for its first join
    carried = payload.get("flash")
    if isinstance(carried, str):
        try:
            flash = flash_of(connection.endpoint.signer, carried, connection.visitor)
        except TokenError as error:
            logger.info("%r: dropped a flash: %s", connection, error)
    return Join(
        frame,
        match.route.view,
        match,
        url,
        navigated=isinstance(redirected, str),
        flash=flash,
        session={**cast("Mapping[str, Any]", connection.session), **token.get("extra", {})},
        params=params,
        page=frame.topic,
    )


def _admit_child(
    connection: Line, frame: Frame, payload: dict[str, Any], token: dict[str, Any]
) -> Join | tuple[str, str]:
    """Return the join of a nested view, which its parent's own render has signed."""
    parent = connection.channels.get(f"lv:{token['parent']}")
    if not token["sticky"] and (parent is None or not parent.admits(token["key"])):
        return "stale", "the view that it stands in has not joined"
    view = views.get(token["view"])
    if view is None:
        return "stale", f"no view is named {token['view']!r}"
    guard = None
    if token["sticky"]:  # no parent has been let in before it
        guard = connection.endpoint.router.match_url(token["url"], connection.root_path)
        if guard is None:
            return "unauthorized", f"no live route for {token['url']!r:.200}"
    return Join(
        frame,
        view,
        None,
        "" if parent is None else parent.url,
        navigated=False,
        flash={},
        session={**cast("Mapping[str, Any]", connection.session), **token["session"]},
        params=_params(payload),
        given=token["session"],
        parent=None if token["sticky"] else parent,
        guard=guard,
        page=f"lv:{token['parent']}" if parent is None else _page_of(parent),
    )


def _page_of(view: JoinedView) -> str:
    """Return the topic of the page's own view, or of one that stays, around a view."""
    while view.parent is not None:
        view = view.parent
    return view.topic


def _params(payload: dict[str, Any]) -> dict[str, Any]:
    params = payload.get("params")
    return cast("dict[str, Any]", params) if isinstance(params, dict) else {}
