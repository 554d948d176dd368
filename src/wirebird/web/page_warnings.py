"""`with_warnings`: a page as its developer gets it, which tells of mistakes in its HTML.

The rule: in debug mode only, and never in the way of the page: what looks for them may fail.
"""

from __future__ import annotations

import logging
from html import escape
from importlib import import_module

from wirebird.live.router import LiveRoute
from wirebird.runtime.warnings import place_of, warning
from wirebird.web.application import Application
from wirebird.web.head import DEVELOPMENT, json_attribute
from wirebird.web.leading import check_links

logger = logging.getLogger("wirebird.web")

_NO_HEAD = (
    "the root layout%s does not write {{ page.head }}, so that the page is dead: no script, no"
    " style, no socket. Write it before </head>"
)
_NOTICE = (
    '<div role="alert" style="position:fixed;inset:auto 0 0 0;z-index:2147483647;padding:1rem;'
    'font:14px/1.5 system-ui,sans-serif;background:#fef3c7;color:#1c1917">%s</div>'
)


def with_warnings(app: Application, route: LiveRoute, html: str, root_path: str) -> str:
    """Return a page's HTML with what is wrong in it.

    Args:
        app: The application.
        route: The page's route.
        html: The page.
        root_path: Where the application is mounted.
    """
    links = check_links(app, route.view, html, root_path) if root_path else []
    if DEVELOPMENT not in html:
        chosen = route.live_session.root_layout
        chosen = app.layouts.root if chosen is ... else chosen
        name = getattr(chosen, "__qualname__", chosen)
        text = _NO_HEAD % (f" {name}" if name else "")
        logger.error("%s: %s", route.view.__name__, text)
        return html + _NOTICE % escape(text)
    try:
        # By name: `dev` stands above this layer, and is only there for debug mode.
        look = import_module("wirebird.dev.structure").problems
        found: list[dict[str, str]] = look(app, route.view, route, html)
    except Exception:
        logger.exception("%s: its HTML could not be looked through", route.view.__name__)
        found = []
    for each in found:
        logger.warning("%s: %s (%s)", route.view.__name__, each["message"], each["where"])
    found += [warning("WB301", text, place_of(route.view)) for text in links]
    if not found:
        return html
    meta = f'<meta name="wirebird-warnings" content="{json_attribute(found)}">\n'
    return html.replace(DEVELOPMENT, meta + DEVELOPMENT, 1)
