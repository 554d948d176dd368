"""`Sources`: what parameters can be filled from.

The rule: it only carries; which parameter is filled from what is `Binder`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["EMPTY", "Sources"]

EMPTY: Mapping[str, Any] = MappingProxyType({})


class Sources:
    """What a handler's parameters can be filled from.

    Attributes:
        payload: The event's payload, as decoded; ordinary parameters of event handlers come from
            it when it is a mapping.
        params: Path and query merged; a repeated key holds its last value, and a
            parameter that takes a list gets them all. Ordinary parameters
            of every other handler, and of every dependency, come from it.
        session: The session.
        socket: The view's socket.
        url: The page's URL.
        event: The event's name.
        view: The view.
        extra: Values for the special names that a `Binder` was given on top.
    """

    __slots__ = ("event", "extra", "params", "payload", "session", "socket", "url", "view")

    def __init__(
        self,
        *,
        payload: Any = None,
        params: Mapping[str, Any] = EMPTY,
        session: Mapping[str, Any] = EMPTY,
        socket: Any = None,
        url: str = "",
        event: str = "",
        view: Any = None,
        extra: Mapping[str, Any] = EMPTY,
    ) -> None:
        self.payload = payload
        self.params = params
        self.session = session
        self.socket = socket
        self.url = url
        self.event = event
        self.view = view
        self.extra = extra

    @property
    def request(self) -> Any:
        """The request of the page, or of its socket's handshake."""
        return self.socket.request

    @property
    def overrides(self) -> Mapping[Any, Callable[..., Any]]:
        """The dependencies that the host replaces: FastAPI's `dependency_overrides`."""
        info = getattr(self.socket, "connect_info", None)
        return EMPTY if info is None else info.overrides
