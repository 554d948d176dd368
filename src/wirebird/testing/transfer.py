"""`ClientTransfer`: the browser's side of one file on its way: its own channel, and its answers.

The rule: the next chunk goes out when the last one was answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wirebird.errors import WirebirdError

if TYPE_CHECKING:
    from wirebird.testing.tab import Tab


class TransferEnded(WirebirdError):
    """The server takes no more of the file.

    Attributes:
        reason: The word of the protocol for it; None when the file was cancelled.
        problem: What is wrong with the file.
    """

    def __init__(self, reason: str | None, problem: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.problem = problem or reason or "cancelled"


class ClientTransfer:
    """One file on its way.

    Args:
        tab: The page that sends it.
        ref: The file's number in the page.
        on_error: Called with what the server says when it gives up while nothing is sent.
    """

    def __init__(self, tab: Tab, ref: str, on_error: Callable[[Any], None]) -> None:
        self.topic = f"lvu:{ref}"
        self.join_ref = tab.next_ref()
        self._tab = tab
        self._on_error = on_error
        self._answer: tuple[str, asyncio.Future[None]] | None = None

    async def join(self, token: Any) -> None:
        """Begin.

        Raises:
            TransferEnded: The server does not want it.
        """
        self._tab.channels[self.join_ref] = self
        await self._push(self.join_ref, "phx_join", {"token": token})

    async def chunk(self, data: bytes) -> None:
        """Send some bytes, and wait until the server has taken them.

        Raises:
            TransferEnded: It takes no more.
        """
        await self._push(self._tab.next_ref(), "chunk", data)

    def leave(self) -> None:
        """Say that no more will come."""
        self._tab.send(self.join_ref, self._tab.next_ref(), self.topic, "phx_leave", {})

    async def _push(self, ref: str, event: str, payload: Any) -> None:
        answer = asyncio.get_running_loop().create_future()
        self._answer = ref, answer
        self._tab.send(self.join_ref, ref, self.topic, event, payload)
        try:
            await self._tab.within(answer, f"an answer to {event!r} of {self.topic!r}")
        finally:
            self._answer = None

    def receive(self, ref: str | None, event: str, payload: Any) -> None:
        """Take a frame from the server."""
        if event == "phx_close":
            self._tab.channels.pop(self.join_ref, None)
            self._fail(None)
        elif event == "phx_error" and not self._fail(payload.get("reason")):
            self._on_error(payload)
        elif event == "phx_reply" and self._answer is not None and self._answer[0] == ref:
            if payload["status"] != "ok":
                response = payload["response"]
                self._fail(response.get("reason", "failed"), response.get("problem"))
            elif not self._answer[1].done():
                self._answer[1].set_result(None)

    def _fail(self, reason: str | None, problem: str | None = None) -> bool:
        """Let whoever waits for an answer know that there is none; False if nobody waits."""
        if self._answer is None or self._answer[1].done():
            return False
        self._answer[1].set_exception(TransferEnded(reason, problem))
        return True
