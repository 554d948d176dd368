"""`BrokenApp`: stands in for an application that cannot be loaded, until its code is mended.

The rule: whoever looks at the browser sees why, and need do nothing there once it is mended.
"""

from __future__ import annotations

from html import escape

from starlette.types import Receive, Scope, Send

from wirebird.wire import frames
from wirebird.wire.frames import FrameError

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="1">
<title>The application cannot be loaded</title>
<style>
:root {{ color-scheme: light dark }}
body {{ margin: 0; padding: 2rem; background: light-dark(#fff, #141418);
  color: light-dark(#1c1917, #f4f4f5);
  font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }}
h1 {{ font: inherit; font-size: 18px; color: light-dark(#b91c1c, #fca5a5) }}
pre {{ font: inherit; white-space: pre-wrap; overflow-wrap: anywhere }}
</style>
</head>
<body>
<h1>The application cannot be loaded</h1>
<pre>{}</pre>
<p>This page waits for a change.</p>
</body>
</html>
"""


class BrokenApp:
    """An ASGI application that shows why there is no other.

    Args:
        problem: What is wrong, as plain text.
    """

    def __init__(self, problem: str) -> None:
        self.problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(receive, send)
        else:
            body = _PAGE.format(escape(self.problem)).encode()
            headers = [
                (b"content-type", b"text/html; charset=utf-8"),
                (b"cache-control", b"no-store"),
            ]
            await send({"type": "http.response.start", "status": 500, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _websocket(self, receive: Receive, send: Send) -> None:
        """Answer the joins of pages that were open before, so that they show the problem too."""
        await receive()
        await send({"type": "websocket.accept"})
        overlay = {
            "title": "The application cannot be loaded",
            "detail": self.problem,
            "untilJoined": True,
        }
        refusal = {"reason": "join crashed", "events": [["wirebird:error", overlay]]}
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            try:
                frame = frames.decode(message.get("text") or "")
            except FrameError:
                continue
            if frame.event == "phx_join":
                text = frames.reply(frame.join_ref, frame.ref, frame.topic, "error", refusal)
            elif frame.event == "heartbeat":
                text = frames.reply(None, frame.ref, frame.topic, "ok", {})
            else:
                continue
            await send({"type": "websocket.send", "text": text})
