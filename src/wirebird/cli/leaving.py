"""Sees that a server process ends once its application has ended, whatever still runs in a thread.

The rule: a thread cannot be stopped from outside. Whoever asked the process to end waits no longer
for one than the application did, and reads in the log what was given up.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wirebird.runtime.watch import place_in_code

logger = logging.getLogger("wirebird.cli")

LEAVE_WITHIN = 3.0
"""How long a process may take to end after its application's lifespan has, in seconds."""


class Leaving:
    """Middleware that ends the process soon after its application has ended.

    Args:
        app: The application.
        within: How long the process may take, in seconds.
    """

    def __init__(self, app: ASGIApp, within: float = LEAVE_WITHIN) -> None:
        self.app = app
        self._within = within

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "lifespan":
            send = self._noticing(send)
        return self.app(scope, receive, send)

    def _noticing(self, send: Send) -> Send:
        async def noticing(message: Message) -> None:
            await send(message)
            if message["type"].startswith("lifespan.shutdown."):
                # A daemon: a process that ends by itself does not wait for it.
                threading.Thread(target=self._leave, name="wirebird-leaving", daemon=True).start()

        return noticing

    def _leave(self) -> None:
        time.sleep(self._within)
        for thread, where in _at_work():
            logger.warning("thread %s was given up, as it has not ended: %s", thread, where)
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)


def _at_work() -> list[tuple[str, str]]:
    """Return the threads that a process would wait for, and where each of them is."""
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage]
    return [
        (thread.name, place_in_code(frames[thread.ident]))
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.daemon and thread.ident in frames
    ]
