"""Tells a developer of links that lead nowhere, or out of a mounted application unsaid.

The rule: it only looks, and only in debug mode at pages of an application that is mounted, where a
path in plain HTML stands as it is written and a helper's gets the prefix.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from html import unescape
from typing import Any

from starlette.routing import Match

from wirebird.web.application import Application

logger = logging.getLogger("wirebird.web")

_TAGS = re.compile(r"<(a|form)\s[^>]*>")
_PLACE = re.compile(r'\s(?:href|action)="(/[^"]*)"')


def check_links(app: Application, view: type[Any], html: str, root_path: str) -> list[str]:
    """Return what a page's links and forms do that nobody can have meant.

    The log has it once for each view.

    Args:
        app: The application.
        view: The view whose page it is.
        html: The page.
        root_path: Where the application is mounted.
    """
    found_out: list[str] = []

    def tell(message: str, place: str) -> None:
        _tell(message, view, place)
        found_out.append(message % (view.__name__, place))

    for tag in _TAGS.finditer(html):
        found = _PLACE.search(tag[0])
        if found is None:
            continue
        place = unescape(found[1])
        path = place.partition("?")[0].partition("#")[0]
        if "data-phx-link=" in tag[0]:
            if app.endpoint.router.match_url(place, root_path) is None:
                tell(_NOWHERE, place)
        elif not f"{path}/".startswith(f"{root_path}/") and _answers(app, path):
            tell(_OUTSIDE[tag[1]], path)
    return list(dict.fromkeys(found_out))


def _answers(app: Application, path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
    return any(route.matches(scope)[0] is not Match.NONE for route in app.router.routes)


_NOWHERE = (
    "%s links to %s, where no view is routed, so that the browser loads a page: write"
    " link(href=...), or link(outside=...) for the application that this one is mounted in"
)
_OUTSIDE = {
    "a": "%s has <a href=%r>, which leads out of the application, and the application has such a"
    ' path: write link(...), or href="{{ socket.path(...) }}"; if it is to lead out,'
    " link(outside=...) is the same",
    "form": "%s has <form action=%r>, which leads out of the application, and the application has"
    ' such a path: write ui.form(...), or action="{{ socket.path(...) }}"; if it is to lead out,'
    " ui.form(outside=...) is the same",
}


@lru_cache(maxsize=1024)
def _tell(message: str, view: type[Any], place: str) -> None:
    logger.warning(message, view.__name__, place)
