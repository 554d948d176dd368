"""Where a view wants the browser to go, and which places it may be sent to.

The rule: a path stays in the application, or on this host where it is said to lead outside; an
external URL is http(s) or mailto, and nobody else's text can smuggle in another scheme.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as with_other
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from wirebird.errors import WirebirdError
from wirebird.html.escaping import stays_here
from wirebird.html.paths import BrowserPath, browser_path
from wirebird.html.tree import exact

EXTERNAL_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


class NavigationError(WirebirdError, ValueError):
    """A view asked for a place that it cannot send the browser to."""


@dataclass(frozen=True, slots=True)
class Navigation:
    """One request to go somewhere else.

    Attributes:
        kind: "patch" stays in the view, "navigate" goes to another view of the same live session
            over the open socket, "redirect" loads a page.
        to: A path of the application, a `BrowserPath` of this host, or a whole URL for an external
            redirect.
        replace: Whether the history's current entry is replaced.
        status: The HTTP status of a redirect in the first (HTTP) render.
    """

    kind: Literal["patch", "navigate", "redirect"]
    to: str
    replace: bool = False
    status: int = 302

    @property
    def history(self) -> dict[str, Any]:
        """What the client is told of a patch or a live navigation."""
        return {"kind": "replace" if self.replace else "push", "to": exact(self.to)}

    def under(self, root_path: str) -> Navigation:
        """Return the same for the browser, which sees an application behind its mount prefix."""
        if not root_path:
            return self
        to = browser_path(self.to, quote(root_path))
        return self if to is self.to else with_other(self, to=to)


def redirection(
    what: str, to: str | None, external: str | None, outside: str | None, status: int
) -> Navigation:
    """Return a page load, to the one place that is given.

    Raises:
        NavigationError: The place is not allowed, or not exactly one is given.
    """
    if (to is not None) + (external is not None) + (outside is not None) != 1:
        raise NavigationError(
            f"{what} takes one of a path, external=URL and outside=PATH (of the application in"
            " which this one is mounted)"
        )
    if external is not None:
        place = external_url(external)
    elif outside is not None:
        place = BrowserPath(local_path(outside))
    else:
        place = local_path(to or "")
    return Navigation("redirect", place, status=status)


def local_path(to: str) -> str:
    """Return `to` if it is a path on this host.

    Raises:
        NavigationError: It is a URL of somewhere else, or no path.
    """
    if (
        not to.startswith("/")
        or to.startswith(("//", "/\\"))
        or not stays_here(to)
        or any(ord(character) < 0x20 or character == "\x7f" for character in to)
    ):
        raise NavigationError(
            f"{to[:120]!r} is no path on this host: begin it with one slash,"
            " or use redirect(external=...) for another site"
        )
    return to


def external_url(url: str) -> str:
    """Return `url` if a browser may be sent there.

    Raises:
        NavigationError: Its scheme is none of http, https, mailto and tel, or it has no host.
    """
    parts = urlsplit(url)
    if (
        parts.scheme not in EXTERNAL_SCHEMES
        or (parts.scheme in ("http", "https") and not parts.netloc)
        or any(ord(character) < 0x20 for character in url)
    ):
        raise NavigationError(
            f"{url[:120]!r} is no external URL: it must begin with one of"
            f" {', '.join(sorted(EXTERNAL_SCHEMES))}"
        )
    return url
