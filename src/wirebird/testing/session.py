"""The session that a visitor comes with, in the cookie of whoever keeps sessions there.

The rule: that is the outermost who does: a `SessionMiddleware` before the `Wirebird` within.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from itsdangerous import TimestampSigner
from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Router
from starlette.types import ASGIApp

from wirebird.web.app import Wirebird


def session_cookie(app: ASGIApp, session: Mapping[str, Any]) -> dict[str, str]:
    """Return the cookie of a session: its name and its value.

    Raises:
        TypeError: Nobody in the application keeps sessions in a signed cookie.
    """
    keeper = _keeper(app)
    if keeper is None:
        raise TypeError(
            f"session= found no SessionMiddleware and no Wirebird in {type(app).__name__}:"
            " give the cookie with cookies=, or sign in with client.post"
        )
    signer, name = keeper
    data = base64.b64encode(json.dumps(dict(session)).encode())
    return {name: signer.sign(data).decode()}


def _keeper(app: Any) -> tuple[TimestampSigner, str] | None:
    if isinstance(app, SessionMiddleware):
        return app.signer, app.session_cookie
    if isinstance(app, Starlette):
        for each in app.user_middleware:
            if each.cls is SessionMiddleware:
                middleware: Any = each.cls
                return _keeper(middleware(app, *each.args, **each.kwargs))
    if isinstance(app, Wirebird):
        return TimestampSigner(app.secret_key), app.session_cookie
    within: list[Any] = list(app.routes) if isinstance(app, Starlette | Router) else [app]
    found = (_keeper(each.app) for each in within if hasattr(each, "app"))
    return next((each for each in found if each is not None), None)
