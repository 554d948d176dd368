"""Paths as an application writes them, and as the browser sees them.

The rule: a path that begins with one slash leads inside the application, wherever that is mounted;
a `BrowserPath` is whole already. Nothing is guessed from what a path begins with.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from markupsafe import Markup


class BrowserPath(str):
    """A path as the browser sees it: behind the prefix under which the application is mounted."""

    __slots__ = ()


_prefix: ContextVar[str] = ContextVar("wirebird_prefix", default="")


def prefix() -> str:
    """Return the prefix of the application that is answering, as it stands in a URL."""
    return _prefix.get()


@contextmanager
def mounted_at(root_path: str) -> Generator[None]:
    """Let an application that is mounted there answer, and all views that it makes meanwhile."""
    token = _prefix.set(quote(root_path))
    try:
        yield
    finally:
        _prefix.reset(token)


def as_url(to: Any) -> Any:
    """Return a URL as text, where a macro has made markup of it, with `&amp;` for `&`."""
    return to.unescape() if isinstance(to, Markup) else to


def leads_inside(to: str) -> bool:
    """Tell whether a path is one of the application's own, as its routes know it."""
    return (
        to.startswith("/") and not to.startswith(("//", "/\\")) and not isinstance(to, BrowserPath)
    )


def browser_path(to: str, prefix: str) -> str:
    """Return a path of the application as the browser sees it; any other URL as it is."""
    return BrowserPath(prefix + to) if prefix and leads_inside(to) else to


def outside_path(what: str, path: str | None) -> BrowserPath | None:
    """Return a path of the application outside, which gets no prefix.

    Raises:
        ValueError: It is no path.
    """
    path = as_url(path)
    if path is None or isinstance(path, BrowserPath):
        return path
    if not leads_inside(path):
        raise ValueError(
            f"{what}(outside={path!r:.80}) is no path: begin it with one slash; a whole URL needs"
            " no outside="
        )
    return BrowserPath(path)
