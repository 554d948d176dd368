"""CSRF tokens for an application's own POST routes.

The rule: a page's token is good for the session that the page was made for, and for no other.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection

from wirebird.wire import tokens

CSRF_KEY = "_csrf_token"
"""Where the session keeps the secret that pages' tokens are made from."""


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
