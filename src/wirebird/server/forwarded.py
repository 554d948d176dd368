"""Past uvicorn's middleware for proxies, where no proxy says anything.

The rule: it does nothing without their headers, but to find out whether the client is trusted takes
longer than to see that there are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_HEADERS = frozenset({b"x-forwarded-proto", b"x-forwarded-for"})


def unwrapped(app: Any, scope: Mapping[str, Any]) -> Any:
    """Return the application that a request is for, without the middleware if it has no part in it.

    Args:
        app: The application, as uvicorn has loaded it.
        scope: The request.
    """
    if type(app) is not ProxyHeadersMiddleware:
        return app
    for name, _ in scope["headers"]:
        if name in _HEADERS:
            return app
    return app.app
