"""What a parameter takes from the request of the host: itself, its headers, its cookies.

The rule: FastAPI's markers and classes mean here what they mean there, or are refused. They are
known by their names, so that nobody needs FastAPI for it.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Literal

from pydantic.fields import FieldInfo
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from wirebird.binding.signature import arms_of

__all__ = ["RequestPart", "asks_for", "part_of", "place_of"]

Place = Literal["Header", "Cookie", "Query", "Path", "Body"]


def asks_for(annotation: Any) -> Literal["request", "scopes"] | None:
    """Return what a class stands for; None for one that the client's values fill.

    Raises:
        TypeError: There is no such thing in a view.
    """
    arms, _ = arms_of(annotation)
    kind = arms[0] if len(arms) == 1 else None
    if not isinstance(kind, type):
        return None
    if issubclass(kind, WebSocket):
        raise TypeError("annotate it as Request or HTTPConnection, which every page has")
    if kind is HTTPConnection or issubclass(kind, Request):
        return "request"
    name, module = kind.__name__, kind.__module__.partition(".")[0]
    if issubclass(kind, Response) or (name == "BackgroundTasks" and module == "fastapi"):
        raise TypeError(
            f"a view has no {name}: it answers over a socket, which sends no headers; use "
            "self.socket.redirect, start_async, or a route of the host"
        )
    return "scopes" if name == "SecurityScopes" and module == "fastapi" else None


def place_of(parameter: inspect.Parameter, annotation: Any) -> tuple[Place | None, Any]:
    """Return where a parameter's FastAPI marker says that it comes from, and the marker."""
    for marker in (*getattr(annotation, "__metadata__", ()), parameter.default):
        if not isinstance(marker, FieldInfo) or not type(marker).__module__.startswith("fastapi"):
            continue
        for base in type(marker).__mro__:
            if base.__name__ in ("Header", "Cookie", "Query", "Path", "Body"):
                return base.__name__, marker  # pyright: ignore[reportReturnType]
    return None, None


@dataclass(frozen=True, slots=True)
class RequestPart:
    """A header or a cookie.

    Attributes:
        key: The name under which pydantic takes it.
        sent: Its own name.
        is_cookie: Whether it is a cookie.
        many: Whether all headers of that name are wanted.
    """

    key: str
    sent: str
    is_cookie: bool
    many: bool

    def read(self, request: HTTPConnection, into: dict[str, Any]) -> None:
        """Add its value, if the request has it."""
        if self.is_cookie:
            value: Any = request.cookies.get(self.sent)
        elif self.many:
            value = request.headers.getlist(self.sent) or None
        else:
            value = request.headers.get(self.sent)
        if value is not None:
            into[self.key] = value


def part_of(name: str, place: Place, marker: Any, many: bool) -> RequestPart:
    """Return the header or cookie that fills a parameter."""
    alias = marker.validation_alias or marker.alias
    key = alias if isinstance(alias, str) else name
    sent = key
    if place == "Header" and key is name and getattr(marker, "convert_underscores", True):
        sent = name.replace("_", "-")
    return RequestPart(key, sent, place == "Cookie", many)
