"""Where a view wants the browser to go, and which places it may be sent to.

The rule: a path stays on this host, an external URL is http(s) or mailto, and nobody else's text
can smuggle in another scheme.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from wirebird.errors import WirebirdError
from wirebird.html.escaping import stays_here

EXTERNAL_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


class NavigationError(WirebirdError, ValueError):
    """A view asked for a place that it cannot send the browser to."""


@dataclass(frozen=True, slots=True)
class Navigation:
    """One request to go somewhere else.

    Attributes:
        kind: "patch" stays in the view, "navigate" goes to another view of the same live session
            over the open socket, "redirect" loads a page.
        to: A path on this host, or a whole URL for an external redirect.
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
        return {"kind": "replace" if self.replace else "push", "to": self.to}


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
