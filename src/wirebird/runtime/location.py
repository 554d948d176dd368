"""`Location`: where a view is, and how it gets from one URL of its own to another.

The rule: a view moves only among the URLs that its own route table entry answers, in its own live
session; every other place is somebody else's.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

from wirebird.binding.errors import BindingError
from wirebird.html.tree import exact
from wirebird.live import lifecycle
from wirebird.live.errors import NotFound, Redirect
from wirebird.live.navigation import Navigation, NavigationError
from wirebird.live.router import Match, Router
from wirebird.live.socket import Socket
from wirebird.live.view import LiveView
from wirebird.runtime.flash import sign_flash
from wirebird.runtime.places import CALLS, place_of_use
from wirebird.wire.tokens import Signer

logger = logging.getLogger("wirebird.runtime")

MAX_PATCHES = 20
"""Most times that a view may patch its URL from within `handle_params`."""


class Location:
    """Where one view is.

    Args:
        router: Which view answers which URL.
        match: The route that brought the view here; None for a nested view.
        root_path: The prefix under which the application is mounted.
    """

    __slots__ = ("_root_path", "_router", "match")

    def __init__(self, router: Router, match: Match | None, root_path: str) -> None:
        self._router = router
        self._root_path = root_path
        self.match = match

    def is_of(self, match: Match | None) -> bool:
        """Tell whether a URL with that match is of this view, in the same live session."""
        here = self.match
        if match is None or here is None:
            return match is here
        return (
            match.route.view is here.route.view
            and match.route.live_session is here.route.live_session
        )

    def own(self, url: str) -> Match | None:
        """Return the match of a URL if this very view answers it in the same live session."""
        match = self._router.match_url(url, self._root_path)
        return match if match is not None and self.is_of(match) else None

    def _elsewhere(self, to: str, url: str, name: str) -> str:
        there = self._router.match_url(url, self._root_path)
        path = urlsplit(url).path.removeprefix(self._root_path)
        inner = path.removeprefix(self._root_path)
        if there is None and inner != path and self._router.match(inner) is not None:
            return (
                f"push_patch({inner!r:.200}) is what is meant: the application is mounted under"
                f" {self._root_path!r}, which is added to every path; {path!r:.200} has it already"
            )
        if there is None:
            return (
                f"push_patch({to!r}): no view is routed there; write app.live({path!r},"
                f" {name}), or use redirect for a page that is no view's"
            )
        view = there.route.view.__name__
        return f"push_patch({to!r}) leads out of {name}, to {view}: use push_navigate"

    def _check(self, view: LiveView[Any], navigation: Navigation) -> None:
        if navigation.kind != "navigate":
            return
        if self._router.match_url(navigation.to, self._root_path) is None:
            logger.warning(
                "%s: push_navigate leads to %.200s, where no view is routed, so that the browser"
                " loads a page: use redirect, or redirect(outside=...) for the application that"
                " this one is mounted in",
                type(view).__name__,
                navigation.to,
            )

    async def enter(self, view: LiveView[Any], url: str, match: Match) -> None:
        """Let a view know of its new URL.

        Raises:
            NotFound: The URL's parameters do not fit what `handle_params` declares.
        """
        view.socket.url = url
        self.match = match
        try:
            await lifecycle.patch(view, match)
        except BindingError as error:
            raise NotFound(str(error)) from error
        except Redirect as redirect:
            view.socket.go(redirect.navigation)

    async def follow(
        self,
        view: LiveView[Any],
        navigation: Navigation,
        tell: Callable[[Navigation], Awaitable[None]] | None,
    ) -> Navigation | None:
        """Carry out patches.

        Args:
            view: The view that asked.
            navigation: What it asked for.
            tell: Called with each patch before it is carried out.

        Returns:
            The navigation that leads out of the view, if any does.

        Raises:
            NavigationError: A patch leads out of the view, or they go round in circles.
        """
        name = type(view).__name__
        for _ in range(MAX_PATCHES):
            if navigation.kind != "patch":
                self._check(view, navigation)
                return navigation
            url = urljoin(view.socket.url, navigation.to)
            match = self.own(url)
            if match is None:
                error = NavigationError(self._elsewhere(navigation.to, url, name))
                place = place_of_use(type(view), "push_patch", CALLS, navigation.to)
                if place:
                    error.place = place
                    error.add_note(f"push_patch is called at {place}")
                raise error
            if tell is not None:
                await tell(navigation)
            await self.enter(view, url, match)
            following = view.socket.take_navigation()
            if following is None:
                return None
            navigation = following
        raise NavigationError(
            f"{name}.handle_params patched {MAX_PATCHES} times in a row:"
            " patch only when the URL is not yet what it should be"
        )


def way_out(navigation: Navigation, socket: Socket, signer: Signer) -> dict[str, Any]:
    """Return what the client is told of a navigation that leads out of a view."""
    navigation = navigation.under(socket.root_path)
    flash: dict[str, str] = {}
    if socket.flash:
        flash["flash"] = sign_flash(signer, socket.flash, socket.host.visitor)
    if navigation.kind == "navigate":
        return {"live_redirect": {**navigation.history, **flash}}
    return {"redirect": {"to": exact(navigation.to), "status": navigation.status, **flash}}


def path_of(url: str) -> str:
    """Return a URL's path, with its query."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
