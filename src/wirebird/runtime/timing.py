"""`TimedConnection`: a line whose answers say how long the server was at them.

The rule: only where the wire pane may be opened. Elsewhere a line is a plain `Connection`, which
knows nothing of it; what is written into an answer is nothing that a client of the protocol reads.
"""

from __future__ import annotations

import re
from collections.abc import Coroutine
from time import perf_counter
from typing import Any

from wirebird.runtime.connection import Connection
from wirebird.wire.frames import Frame

TOOK = "took"
"""Where it stands in an answer, beside its status and response: in microseconds."""

_ANSWER = re.compile(r'\[(?:null|"[^"\\]*"),"([^"\\]*)","[^"\\]*","phx_reply",\{')
_MOST_WAITING = 1000


class TimedConnection(Connection):
    """A client's line that is timed: from when a frame was read to when its answer is written."""

    __slots__ = ("_came",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._came: dict[str, float] = {}

    def _handle(self, frame: Frame) -> Coroutine[Any, Any, None] | None:
        if frame.ref is not None:
            if len(self._came) >= _MOST_WAITING:  # frames that nothing answers
                self._came.clear()
            self._came[frame.ref] = perf_counter()
        return super()._handle(frame)

    async def send(self, text: str) -> None:
        """Send a frame; an answer says how long it took."""
        answer = _ANSWER.match(text)
        came = None if answer is None else self._came.pop(answer[1], None)
        if came is not None:
            took = round((perf_counter() - came) * 1_000_000)
            text = f'{text[:-2]},"{TOOK}":{took}}}]'
        await super().send(text)
