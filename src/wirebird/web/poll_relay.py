"""Passing polls on to the process that has their session, by way of the broker.

The rule: whatever goes wrong on the way is a session that is gone: the client begins a new one and
joins again, so that nothing is lost unnoticed.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets
from asyncio import FIRST_COMPLETED
from collections.abc import Sequence
from itertools import count
from typing import Any, cast

from wirebird.live.messages import PubSub
from wirebird.runtime.connection import READ_PATIENCE
from wirebird.web.polled import POLL_SECONDS, Session, Sessions
from wirebird.wire import longpoll

HEARD_WITHIN = 2.0
"""How long the process that has a session may take to say so, in seconds."""

_HEARD = 0
_POLL, _TAKE, _LOSE = "poll", "take", "lose"


class PollRelay:
    """Asks other processes, and answers them.

    Args:
        pubsub: What carries questions and answers.
        sessions: Those of this process.

    Attributes:
        name: What other processes know it by.
    """

    def __init__(self, pubsub: PubSub, sessions: Sessions) -> None:
        self.name = secrets.token_urlsafe(8)
        self._pubsub = pubsub
        self.sessions = sessions
        self._loop: asyncio.AbstractEventLoop | None = None
        self._numbers = count()
        self._asked: dict[int, tuple[asyncio.Future[None], asyncio.Future[Any]]] = {}
        self._polls: dict[tuple[str, int], asyncio.Future[None]] = {}

    @property
    def reaches(self) -> bool:
        """Whether there is a broker that reaches other processes."""
        return bool(getattr(self._pubsub, "shared_between_workers", False))

    async def listen(self) -> None:
        """Hear questions and answers from now on, if anybody can ask."""
        if self._loop is None and self.reaches:
            self._loop = asyncio.get_running_loop()
            await self._pubsub.subscribe(_topic(self.name), self._on_message)

    async def ask(self, place: str, question: dict[str, Any], within: float) -> tuple[int, Any]:
        """Ask a process; return the status and the frames of its answer.

        Args:
            place: The name of its relay.
            question: What it is asked: `what`, the session's `key` and its `visitor`.
            within: How long it may take, in seconds, beside being heard.
        """
        await self.listen()
        number = next(self._numbers)
        loop = asyncio.get_running_loop()
        heard, answer = self._asked[number] = loop.create_future(), loop.create_future()
        try:
            await self._tell(place, {**question, "number": number, "from": self.name})
            async with asyncio.timeout(HEARD_WITHIN):
                await heard
            async with asyncio.timeout(within):
                return await answer
        except TimeoutError:
            return longpoll.GONE, []
        except asyncio.CancelledError:
            await self._tell(place, {"what": _LOSE, "number": number, "from": self.name})
            raise
        finally:
            del self._asked[number]

    async def _tell(self, place: str, message: dict[str, Any]) -> None:
        await self._pubsub.broadcast(_topic(place), message)

    def _on_message(self, message: Any) -> None:
        """Take a question or an answer; from any thread."""
        loop = self._loop
        if loop is not None and isinstance(message, dict):
            loop.call_soon_threadsafe(self._take, cast("dict[str, Any]", message))

    def _take(self, message: dict[str, Any]) -> None:
        if "what" in message:
            self.sessions.do(self._answer(message))
            return
        asked = self._asked.get(message["number"])
        if asked is None:
            return
        heard, answer = asked
        if not heard.done():
            heard.set_result(None)
        if message["status"] != _HEARD and not answer.done():
            answer.set_result((message["status"], message.get("messages", [])))

    async def _answer(self, question: dict[str, Any]) -> None:
        number, place = question["number"], question["from"]
        if question["what"] == _LOSE:
            left = self._polls.get((place, number))
            if left is not None and not left.done():
                left.set_result(None)
            return
        posts = question["what"] == _TAKE
        session = self.sessions.find(question["key"], question["visitor"], posts=posts)
        if session is None:
            return await self._tell(place, {"number": number, "status": longpoll.GONE})
        messages: list[str] = []
        if question["what"] == _POLL:
            status, messages = await self._poll(session, place, number)
        else:
            await self._tell(place, {"number": number, "status": _HEARD})
            status = await session.take([_unpacked(each) for each in question["frames"]])
        await self._tell(place, {"number": number, "status": status, "messages": messages})

    async def _poll(self, session: Session, place: str, number: int) -> tuple[int, list[str]]:
        left = self._polls[place, number] = asyncio.get_running_loop().create_future()
        try:
            await self._tell(place, {"number": number, "status": _HEARD})
            try:
                return await session.poll(left)
            finally:
                session.answered()
        finally:
            del self._polls[place, number]


class RemoteSession:
    """A session that another process has.

    Args:
        relay: Reaches that process.
        place: The name of its relay.
        key: What the session is known by there.
        visitor: Who polls.
    """

    def __init__(self, relay: PollRelay, place: str, key: str, visitor: str) -> None:
        self._relay = relay
        self._place = place
        self._question = {"key": key, "visitor": visitor}

    async def poll(self, left: asyncio.Future[Any]) -> tuple[int, list[str]]:
        """Return the status of a poll, and the frames for it."""
        question = {"what": _POLL, **self._question}
        sessions = self._relay.sessions
        asking = sessions.do(self._relay.ask(self._place, question, POLL_SECONDS + 1))
        try:
            with sessions.elsewhere(asking):
                await asyncio.wait([asking, left], return_when=FIRST_COMPLETED)
            if asking.done() and not asking.cancelled():
                return asking.result()
            return longpoll.GONE, []
        finally:
            asking.cancel()

    def answered(self) -> None:
        """Do nothing: the other process counts from its own answer."""

    async def take(self, frames: Sequence[str | bytes]) -> int:
        """Take what the client has posted; return the status of that."""
        question = {"what": _TAKE, **self._question, "frames": [_packed(each) for each in frames]}
        status, _ = await self._relay.ask(self._place, question, READ_PATIENCE)
        return status

    def lose(self) -> None:
        """Let the session be: the client gives it up, and polls no more."""


def _topic(place: str) -> str:
    return f"longpoll:{place}"


def _packed(frame: str | bytes) -> str:
    return base64.b64encode(frame).decode() if isinstance(frame, bytes) else frame


def _unpacked(text: str) -> str | bytes:
    return text if text[:1] == "[" else binascii.a2b_base64(text)
