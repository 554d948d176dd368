"""`ErrorPage`: what a developer sees in the place of a page whose first render raised.

The rule: in debug mode only, and only where no handler of the application's takes the error. The
page says what the overlay of an open page says, and is loaded anew when its files are mended.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from wirebird.live.router import LiveRoute
from wirebird.runtime.error_page import STYLE, report
from wirebird.runtime.transport import DISCONNECTED

if TYPE_CHECKING:
    from wirebird.web.application import Application

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>html, body {{ margin: 0; min-height: 100vh; display: grid }}{style}</style>
</head>
<body>
{report}
<script type="module">
const url = new URL({socket}, location.href);
url.protocol = url.protocol.replace("http", "ws");
const again = () => location.reload();
const soon = () => setTimeout(whenBack, 150);
const whenBack = () => fetch(location.href, {{ method: "OPTIONS" }}).then(again, soon);
const listen = () => {{
  const socket = new WebSocket(url);
  socket.onmessage = ({{ data }}) => data.includes('"wirebird:reload"') && again();
  // There is nothing to join over this line, which the server closes for that after a while.
  socket.onclose = ({{ code }}) => (code === {closed} ? listen() : soon());
}};
listen();
</script>
</body>
</html>
"""


def is_handled(error: Exception, request: Request) -> bool:
    """Tell whether a handler of the application's, or the framework's, answers an error."""
    handlers, statuses = request.scope.get("starlette.exception_handlers", ({}, {}))
    status = getattr(error, "status_code", None)
    return status in statuses or any(kind in handlers for kind in type(error).__mro__)


class ErrorPage(HTMLResponse):
    """Shows an error, and then raises it, so that whoever stands around the page learns of it.

    Args:
        app: The application.
        route: The page's route.
        request: The request.
        error: What its first render raised.
    """

    def __init__(
        self, app: Application, route: LiveRoute, request: Request, error: Exception
    ) -> None:
        self.error = error
        socket = quote(request.scope.get("root_path", "")) + app.socket_path
        html = _PAGE.format(
            title=escape(f"{type(error).__name__} in {route.view.__name__}"),
            style=STYLE,
            report=report(error, route.view),
            closed=DISCONNECTED,
            socket=json.dumps(socket + "/websocket?vsn=2.0.0").replace("<", "\\u003c"),
        )
        super().__init__(html, 500, {"cache-control": "no-store"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)
        raise self.error
