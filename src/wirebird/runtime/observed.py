"""`ObservedChannel`: a view whose work is told to observers: an inspector, or instruments.

The rule: a view that nobody observes pays nothing. Which class a channel has says whether it tells
anybody, so that nothing on the way of an event asks for it.
"""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any, Protocol

from wirebird.runtime.channel import Channel
from wirebird.runtime.mailbox import Handler, Outcome
from wirebird.wire import frames
from wirebird.wire.frames import Frame


class Observer(Protocol):
    """Is told what views do, in their event loop, between two steps of theirs: be quick."""

    def handled(
        self,
        channel: Channel,
        handler: Handler[Any],
        argument: Any,
        waited: float,
        seconds: float,
        error: BaseException | None,
    ) -> None:
        """Take note of a message that was handled.

        Args:
            channel: The view.
            handler: What handled it, of the channel's.
            argument: What it was given; a frame of the client's, or a message.
            waited: How long it has waited in the mailbox, in seconds.
            seconds: How long it took.
            error: What it raised.
        """
        ...

    def shown(self, channel: Channel, seconds: float, size: int, text: str) -> None:
        """Take note of what the page was sent.

        Args:
            channel: The view.
            seconds: How long it took to render and compare, in seconds.
            size: How much was sent, in bytes.
            text: The last frame that was sent; empty when nothing was.
        """
        ...

    def ended(self, channel: Channel, reason: str) -> None:
        """Take note that a view ends.

        Args:
            channel: The view.
            reason: What `terminate` is told: "leave", "crash", ...
        """
        ...


class Observed:
    """Who observes a view, and what it has sent since it began to show something."""

    __slots__ = ("observers", "sending", "size", "text")

    def __init__(self) -> None:
        self.observers: tuple[Observer, ...] = ()
        self.sending = 0.0
        self.size = 0
        self.text = ""

    def send(self, text: str) -> None:
        """Take note of a frame that is about to be sent."""
        if not self.sending:
            self.sending = perf_counter()
        self.size += len(text) if text.isascii() else len(text.encode())
        self.text = text


class Waiting:
    """A message in the mailbox of an observed view.

    Args:
        channel: The view.
        func: What handles it.
    """

    __slots__ = ("channel", "func", "since")

    def __init__(self, channel: Channel, func: Handler[Any]) -> None:
        self.channel = channel
        self.func = func
        self.since = perf_counter()

    async def __call__(self, argument: Any) -> Outcome:
        channel = self.channel
        began = perf_counter()
        problem: BaseException | None = None
        try:
            return await self.func(argument)
        except BaseException as error:
            problem = error
            raise
        finally:
            observed = channel.observed
            if observed is not None:
                seconds = perf_counter() - began
                for each in observed.observers:
                    each.handled(channel, self.func, argument, began - self.since, seconds, problem)


class ObservedChannel(Channel):
    """A channel that tells its observers what it does; made of a plain one by `observe`."""

    __slots__ = ()

    # What is inherited is called by its class's name: a channel may be a plain one again by the
    # time a method of this class goes on.

    def _add(self, handler: Handler[Any], argument: Any) -> bool:
        return Channel._add(self, Waiting(self, handler), argument)

    def name_of(self, handler: Handler[Any], argument: Any) -> str:
        """Return what a message is called in the log."""
        handler = handler.func if isinstance(handler, Waiting) else handler
        return Channel.name_of(self, handler, argument)

    async def show(self, ref: str | None) -> None:
        """Render, and send what changed."""
        observed = self.observed
        if observed is None:
            return await Channel.show(self, ref)
        observed.sending = 0.0
        observed.size = 0
        observed.text = ""
        began = perf_counter()
        await Channel.show(self, ref)
        seconds = (observed.sending or perf_counter()) - began
        for each in observed.observers:
            each.shown(self, seconds, observed.size, observed.text)

    async def push(self, event: str, payload: Any, ref: str | None = None) -> None:
        """Send an event of the protocol to the page."""
        await self._send(frames.push(self.join_ref, self.topic, event, payload, ref=ref))

    async def answer(self, ref: str | None, response: Any, status: Any = "ok") -> None:
        """Answer a frame."""
        await self._send(frames.reply(self.join_ref, ref, self.topic, status, response))

    async def _send(self, text: str) -> None:
        if self.observed is not None:
            self.observed.send(text)
        await self.connection.send(text)

    def end(self, reason: str, leave: Frame | None = None) -> asyncio.Task[None]:
        """End the view."""
        observed = self.observed
        if observed is not None and not self.is_ending:
            for each in observed.observers:
                each.ended(self, reason)
        return Channel.end(self, reason, leave)


def observe(channel: Channel, observer: Observer) -> None:
    """Let somebody be told what a view does, from now on."""
    if channel.observed is None:
        channel.observed = Observed()
        channel.__class__ = ObservedChannel
    observed = channel.observed
    if observer not in observed.observers:
        observed.observers = (*observed.observers, observer)


def leave(channel: Channel, observer: Observer) -> None:
    """Tell somebody no more; a view that nobody observes is as if nobody ever had."""
    observed = channel.observed
    if observed is None:
        return
    observed.observers = tuple(each for each in observed.observers if each is not observer)
    if not observed.observers:
        channel.observed = None
        channel.__class__ = Channel


def introduce(channel: Channel) -> None:
    """Let those be told of a new view who are told of all."""
    for observer in channel.endpoint.observers:
        observe(channel, observer)
