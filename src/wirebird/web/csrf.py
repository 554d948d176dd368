"""CSRF tokens for an application's own POST routes.

The rule: a page's token is good for the session that the page was made for, and for no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

from wirebird.wire import tokens

CSRF_KEY = "_wirebird_csrf"
"""Where the session keeps the secret that pages' tokens are made from; a name of our own, as others
may keep theirs in the same session."""


def secret_of(session: Mapping[str, Any]) -> str | None:
    """Return the secret that a session keeps; None when it has none, or something else there."""
    secret = session.get(CSRF_KEY)
    return secret if tokens.is_csrf_secret(secret) else None


def csrf_valid(request: HTTPConnection, token: object) -> bool:
    """Tell whether a token that came with a request belongs to its session.

    Args:
        request: The request, with a session.
        token: What the form or link sent as `_csrf_token`, whatever it is.

    Example:
        ```python
        async def log_out(request: Request) -> Response:
            async with request.form() as form:
                token = form.get("_csrf_token")
            if not csrf_valid(request, token):
                raise HTTPException(403)
            request.session.clear()
            return RedirectResponse("/", 303)
        ```
    """
    return tokens.csrf_valid(request.session.get(CSRF_KEY), token)
