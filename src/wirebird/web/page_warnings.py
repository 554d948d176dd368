"""`with_warnings`: a page as its developer gets it, which tells of mistakes in its HTML.

The rule: in debug mode only, and never in the way of the page: what looks for them may fail. A page
without our `<head>` loads what shows warnings, and nothing else: it stays as dead as it will be.
"""

from __future__ import annotations

import logging
from html import escape
from importlib import import_module
from urllib.parse import quote

from wirebird.binding.signature import source_of
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


def with_warnings(app: Application, route: LiveRoute, html: str, root_path: str, nonce: str) -> str:
    """Return a page's HTML with what is wrong in it.

    Args:
        app: The application.
        route: The page's route.
        html: The page.
        root_path: Where the application is mounted.
        nonce: What lets a script of the page run, if its policy asks for one.
    """
    links = check_links(app, route.view, html, root_path) if root_path else []
    try:
        # By name: `dev` stands above this layer, and is only there for debug mode.
        look = import_module("wirebird.dev.structure").page_problems
        found: dict[str, list[dict[str, str]]] = look(app, route, html)
    except Exception:
        logger.exception("%s: its HTML could not be looked through", route.view.__name__)
        found = {}
    is_dead = DEVELOPMENT not in html
    if is_dead:
        found["head"] = [_no_head(app, route)]
    for each in [each for kind in found.values() for each in kind]:
        logger.warning("%s: %s (%s)", route.view.__name__, each["message"], each["where"])
    found["links"] = [warning("WB301", text, place_of(route.view)) for text in links]
    if not any(found.values()):
        return html
    told = json_attribute({kind: each for kind, each in found.items() if each})
    if is_dead:
        mark = f' nonce="{escape(nonce)}"' if nonce else ""
        source = f"{quote(root_path)}{app.assets.development.path}"
        attributes = f'type="module"{mark} src="{source}" data-wirebird-warnings="{told}"'
        return f"{html}<script {attributes}></script>"
    meta = f'<meta name="wirebird-warnings" content="{told}">\n'
    return html.replace(DEVELOPMENT, meta + DEVELOPMENT, 1)


def _no_head(app: Application, route: LiveRoute) -> dict[str, str]:
    chosen = app.layouts.root_of(route.live_session)
    name = getattr(chosen, "__qualname__", chosen)
    where = source_of(chosen) if callable(chosen) else str(chosen or "")
    return warning("head", _NO_HEAD % (f" {name}" if name else ""), where)
