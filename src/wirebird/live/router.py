"""Which view answers which path, and which views a page may go to over one socket.

The rule: routes are matched in the order in which they were added, over HTTP and over the socket
by the same table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.convertors import Convertor
from starlette.routing import compile_path

from wirebird.binding.binding import Binder
from wirebird.concurrency import is_async
from wirebird.live.view import Durable, LiveView
from wirebird.wire.params import ParamsError, decode_params

_PLACE = re.compile(r"\{(\w+)\}")
_DOTS = re.compile(r"/\.\.?(/|\Z)")

MAX_URL_LENGTH = 64 * 1024
"""Longest URL that a page may say it has, as a server takes it in a request."""


class OnMount:
    """A function that runs before `mount`: it may send the visitor elsewhere."""

    __slots__ = ("binder", "function", "is_async")

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.is_async = is_async(function)
        name = getattr(function, "__qualname__", repr(function))
        self.binder = Binder(
            function, owner=f"on_mount {name}", stage="mount", is_method=False, special=("view",)
        )


@dataclass(frozen=True, eq=False)
class LiveSession:
    """Views that share guards and a root layout, and among which live navigation is possible.

    Args:
        name: Its name, unique in the application.
        on_mount: Functions that run before each view's mount; one that redirects ends the chain.
        session: More session data for its views: a mapping, or a function of the request.
        root_layout: The document around its pages, instead of the application's.
        layout: The live layout around its views, instead of the application's.
        durable: Whether its views are durable that say nothing of it; None as the application.
    """

    name: str
    on_mount: Sequence[Callable[..., Any]] = ()
    session: Mapping[str, Any] | Callable[..., Mapping[str, Any]] | None = None
    root_layout: Any = ...
    layout: Any = ...
    durable: Durable | None = None
    hooks: tuple[OnMount, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hooks", tuple(OnMount(function) for function in self.on_mount))


@dataclass(frozen=True, eq=False)
class LiveRoute:
    """A path and the view that answers it.

    Args:
        path: As in Starlette, with converters: `/rooms/{id:int}`.
        view: The view's class.
        live_session: The live session that it belongs to.
        action: What the view sees as `live_action`.
        name: The route's name, for `path_for`.
        layout: The live layout around the view here.
        container: The tag and attributes of the element that holds the view.
        metadata: Anything; the view sees it as `self.socket.metadata`.
    """

    path: str
    view: type[LiveView[Any]]
    live_session: LiveSession
    action: str | None = None
    name: str | None = None
    layout: Any = ...
    container: tuple[str, Mapping[str, str]] = ("div", {})
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    pattern: re.Pattern[str] = field(init=False)
    path_format: str = field(init=False)
    convertors: Mapping[str, Convertor[Any]] = field(init=False)

    def __post_init__(self) -> None:
        pattern, path_format, convertors = compile_path(self.path)
        object.__setattr__(self, "pattern", pattern)
        object.__setattr__(self, "path_format", path_format)
        object.__setattr__(self, "convertors", convertors)

    def path_with(self, params: Mapping[str, Any]) -> str:
        """Return the path that leads here with these parameters, percent-encoded.

        Raises:
            ValueError: A value does not fit into the path, or would lead elsewhere.
        """
        texts: dict[str, str] = {}
        for name, convertor in self.convertors.items():
            try:
                texts[name] = convertor.to_string(params[name])
            except (AssertionError, TypeError, ValueError) as error:
                raise ValueError(
                    f"{name}={params[name]!r:.60} does not fit into {self.path!r}: {error}"
                ) from error
        found = self.pattern.match(_PLACE.sub(lambda place: texts[place[1]], self.path_format))
        path = _PLACE.sub(lambda place: quote(texts[place[1]]), self.path_format)
        # Browsers take `/..` out of a path, and read two slashes at its start as a host's.
        if found is None or found.groupdict() != texts or _DOTS.search(path):
            raise ValueError(f"{params!r:.80} would not lead to {self.path!r}")
        return "/%2F" + path[2:] if path.startswith("//") else path


@dataclass(frozen=True, slots=True)
class Match:
    """A route that answers a URL.

    Attributes:
        route: The route.
        params: Path and query parameters, the path's over the query's.
        path: The path without the mount prefix.
    """

    route: LiveRoute
    params: dict[str, Any]
    path: str


class Router:
    """The live routes of an application."""

    def __init__(self) -> None:
        self.routes: list[LiveRoute] = []
        self.sessions: dict[str, LiveSession] = {}
        self.views: dict[str, type[LiveView[Any]]] = {}

    def add(self, route: LiveRoute) -> None:
        """Add a route, behind all others."""
        self.routes.append(route)
        self.views[route.view.definition.name] = route.view

    def add_session(self, session: LiveSession) -> None:
        """Add a live session.

        Raises:
            ValueError: Its name is taken.
        """
        if session.name in self.sessions:
            raise ValueError(f"there are two live sessions named {session.name!r}")
        self.sessions[session.name] = session

    def match(self, path: str, query: str = "") -> Match | None:
        """Return the first route that answers a path (without the mount prefix), or None.

        Raises:
            ParamsError: The query string is malformed.
        """
        for route in self.routes:
            found = route.pattern.match(path)
            if found is not None:
                params = decode_params(query) if query else {}
                for name, text in found.groupdict().items():
                    params[name] = route.convertors[name].convert(text)
                return Match(route, params, path)
        return None

    def match_url(self, url: str, root_path: str = "") -> Match | None:
        """Return the route of a whole URL as a browser shows it, or None."""
        from urllib.parse import unquote

        if len(url) > MAX_URL_LENGTH:
            return None
        try:
            parts = urlsplit(url)
            path = unquote(parts.path or "/", errors="strict")
            if root_path:
                if not path.startswith(root_path):
                    return None
                path = path[len(root_path) :] or "/"
            return self.match(path, parts.query)
        except (ValueError, ParamsError):
            return None

    def path_for(self, name: str, params: Mapping[str, Any]) -> str | None:
        """Return the path of a named route with its parameters filled in, or None.

        Raises:
            ValueError: A value does not fit into the path, or would lead elsewhere.
        """
        for route in self.routes:
            if route.name == name and route.convertors.keys() <= params.keys():
                return route.path_with(params)
        return None

    def names(self) -> Iterable[str]:
        """Return the names of all routes that have one."""
        return (route.name for route in self.routes if route.name)
