"""What a live page needs in its `<head>`, and the policy that says what it may load.

The rule: a page needs no inline script and no `eval`; all that it loads carries its nonce.
"""

from __future__ import annotations

import json
import secrets
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape
from starlette.requests import Request

from wirebird.live.router import LiveSession
from wirebird.web.application import Application

BASE_POLICY = "base-uri 'self'; frame-ancestors 'self';"

STRICT_POLICY = (
    "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic';"
    " style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline';"
    " img-src 'self' data: blob:; media-src 'self' blob:;"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""A Content-Security-Policy under which everything of Wirebird works."""


DEVELOPMENT = '<meta name="wirebird-dev"'
"""With what the tag begins that pages have in debug mode only."""

_MOST_ROOTS = 64
"""For how many prefixes tags are kept: a host may mount under one for each of its customers."""


def nonce_of(app: Application, request: Request) -> str:
    """Return the page's nonce: that of the host in `request.state.csp_nonce`, or a new one."""
    given = request.scope.get("state", {}).get("csp_nonce")
    if isinstance(given, str) and given:
        return given
    return secrets.token_urlsafe(16) if app.csp and "{nonce}" in app.csp else ""


def policy(app: Application, nonce: str, embedded: bool = False) -> str:
    """Return the page's Content-Security-Policy; none where it is the host's to say."""
    ours = "" if embedded else BASE_POLICY
    return (app.csp or ours).replace("{nonce}", nonce)


def head(
    app: Application, request: Request, csrf_token: str, live_session: LiveSession, nonce: str
) -> Markup:
    """Return the tags that a live page needs in its `<head>`."""
    root: str = request.scope.get("root_path", "")
    kept = app.assets.kept_tags(live_session)
    rest = None if nonce or app.debug else kept.get(root)
    if rest is None:
        rest = _tags(app, quote(root), live_session, nonce)
        if not nonce and len(kept) < _MOST_ROOTS:
            kept[root] = rest
    return Markup(f'<meta name="csrf-token" content="{csrf_token}">\n{rest}')


def _tags(app: Application, root: str, live_session: LiveSession, nonce: str) -> str:
    """Return those that are the same for many pages."""
    assets = app.assets
    mark = f' nonce="{escape(nonce)}"' if nonce else ""
    tags = [
        f'<meta name="wirebird-socket" content="{root}{app.socket_path}">',
        f'<meta name="wirebird-frame-size" content="{app.limits.frame_size}">',
    ]
    modules = [_url(root, url) for url in assets.scripts(live_session)]
    if modules:
        tags.append(f'<meta name="wirebird-modules" content="{json_attribute(modules)}">')
    if app.client_options:
        options = json_attribute(app.client_options)
        tags.append(f'<meta name="wirebird-config" content="{options}">')
    if app.debug:
        tags.append(f'{DEVELOPMENT} content="{root}{assets.development.path}">')
    if app.wire_pane:
        pane = f"{root}{assets.wire_pane.path}"
        tags.append(f'<meta name="wirebird-wire-pane" content="{pane}">')
    tags += [
        f'<link phx-track-static rel="stylesheet"{mark} href="{escape(_url(root, url))}">'
        for url in assets.styles(live_session)
    ]
    tags.append(
        f'<script phx-track-static defer type="module"{mark}'
        f' src="{root}{assets.client.path}"></script>'
    )
    return "\n".join(tags)


def _url(root: str, url: str) -> str:
    return f"{root}{url}" if url.startswith("/") and not url.startswith("//") else url


def json_attribute(value: Any) -> str:
    """Return JSON for a double-quoted attribute."""
    return str(escape(json.dumps(value, separators=(",", ":"))))
