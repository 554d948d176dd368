"""`ObservedChannel`: a view whose work is told to observers: an inspector, or instruments.

The rule: a view that nobody observes pays nothing. Which class a channel has says whether it tells
anybody, so that nothing on the way of an event asks for it.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from time import perf_counter
from typing import Any

from wirebird.runtime.channel import Channel
from wirebird.runtime.mailbox import Handler, Outcome, Stage
from wirebird.wire import frames
from wirebird.wire.frames import Frame


class Observer:
    """Is told what views do, in their event loop, between two steps of theirs: be quick.

    A subclass overrides what it wants to know.

    Attributes:
        follows: Whether it is told of more than the beginnings of views.
    """

    follows = True

    def begun(self, channel: Channel) -> None:
        """Take note of a view that is about to be joined, or made for a page.

        Args:
            channel: The view.
        """

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

    def shown(self, channel: Channel, seconds: float, size: int, text: str) -> None:
        """Take note of what the page was sent.

        Args:
            channel: The view.
            seconds: How long it took to render and compare, in seconds.
            size: How much was sent, in bytes.
            text: The last frame that was sent; empty when nothing was.
        """

    def crashed(self, channel: Channel, error: BaseException) -> None:
        """Take note of an error that ends a view, or keeps it from being joined.

        Args:
            channel: The view.
            error: What was raised.
        """

    def ended(self, channel: Channel, reason: str) -> None:
        """Take note that a view ends.

        Args:
            channel: The view.
            reason: What `terminate` is told: "leave", "crash", ...
        """


class Tracer(Observer):
    """An observer that stands around what views do, instead of hearing of it afterwards."""

    def handling(
        self, channel: Channel, handler: Handler[Any], argument: Any
    ) -> AbstractContextManager[object]:
        """Return what stands around a message; around an event's rendering, too.

        Args:
            channel: The view.
            handler: What handles it, of the channel's.
            argument: What it is given.
        """
        return nullcontext()

    def showing(self, channel: Channel) -> AbstractContextManager[object]:
        """Return what stands around a rendering.

        Args:
            channel: The view.
        """
        return nullcontext()


class Observed:
    """Who observes a view, and what it has sent since it began to show something.

    Attributes:
        observers: All who observe it.
        tracers: Those who stand around what it does.
        around: What they have left open around a message whose outcome is shown next.
    """

    __slots__ = ("around", "observers", "sending", "size", "text", "tracers")

    def __init__(self) -> None:
        self.observers: tuple[Observer, ...] = ()
        self.tracers: tuple[Tracer, ...] = ()
        self.around: ExitStack | None = None
        self.sending = 0.0
        self.size = 0
        self.text = ""

    def admit(self, observers: tuple[Observer, ...]) -> None:
        """Be observed by these and no others."""
        self.observers = observers
        self.tracers = tuple(each for each in observers if isinstance(each, Tracer))

    def send(self, text: str) -> None:
        """Take note of a frame that is about to be sent."""
        if not self.sending:
            self.sending = perf_counter()
        self.size += len(text) if text.isascii() else len(text.encode())
        self.text = text


async def _handle(channel: Channel, func: Handler[Any], since: float, argument: Any) -> Outcome:
    """Handle a message that has waited since then in the mailbox of an observed view."""
    observed = channel.observed
    began = perf_counter()
    problem: BaseException | None = None
    try:
        if observed is not None and observed.tracers:
            return await _traced(observed.tracers, channel, func, argument)
        return await func(argument)
    except BaseException as error:
        problem = error
        raise
    finally:
        seconds = perf_counter() - began
        observed = channel.observed
        if observed is not None:
            for each in observed.observers:
                each.handled(channel, func, argument, began - since, seconds, problem)


async def _traced(
    tracers: tuple[Tracer, ...], channel: Channel, func: Handler[Any], argument: Any
) -> Outcome:
    with ExitStack() as stack:
        for tracer in tracers:
            stack.enter_context(tracer.handling(channel, func, argument))
        outcome = await func(argument)
        # As `_run` has it: whoever waits for an answer is shown at once what came of it.
        shown = outcome.ref and outcome.shows and channel.stage is Stage.JOINED
        if shown and channel.observed is not None:
            channel.observed.around = stack.pop_all()
    return outcome


class ObservedChannel(Channel):
    """A channel that tells its observers what it does; made of a plain one by `observe`."""

    __slots__ = ()

    # What is inherited is called by its class's name: a channel may be a plain one again by the
    # time a method of this class goes on.

    def _add(self, handler: Handler[Any], argument: Any) -> bool:
        # A partial, as it is made in a third of the time of an object of ours.
        return Channel._add(self, partial(_handle, self, handler, perf_counter()), argument)

    def name_of(self, handler: Handler[Any], argument: Any) -> str:
        """Return what a message is called in the log."""
        waiting: Any = handler
        if isinstance(waiting, partial) and waiting.func is _handle:
            handler = waiting.args[1]
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
        if observed.tracers or observed.around is not None:
            await self._show_traced(observed, ref)
        else:
            await Channel.show(self, ref)
        seconds = (observed.sending or perf_counter()) - began
        for each in observed.observers:
            each.shown(self, seconds, observed.size, observed.text)

    async def _show_traced(self, observed: Observed, ref: str | None) -> None:
        with observed.around or ExitStack() as stack:
            observed.around = None
            for tracer in observed.tracers:
                stack.enter_context(tracer.showing(self))
            await Channel.show(self, ref)

    def tell_crash(self, what: str, error: BaseException) -> None:
        """Tell that the view raised, in the log and to those who observe it."""
        Channel.tell_crash(self, what, error)
        if self.observed is not None:
            for each in self.observed.observers:
                each.crashed(self, error)

    async def push(self, event: str, payload: Any, ref: str | None = None) -> None:
        """Send an event of the protocol to the page."""
        text = frames.push(self.join_ref, self.topic, event, payload, ref=ref)
        if self.observed is not None:
            self.observed.send(text)
        await self.connection.send(text)

    async def answer(self, ref: str | None, response: Any, status: Any = "ok") -> None:
        """Answer a frame."""
        text = frames.reply(self.join_ref, ref, self.topic, status, response)
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
        observed.admit((*observed.observers, observer))


def leave(channel: Channel, observer: Observer) -> None:
    """Tell somebody no more; a view that nobody observes is as if nobody ever had."""
    observed = channel.observed
    if observed is None:
        return
    observed.admit(tuple(each for each in observed.observers if each is not observer))
    if not observed.observers:
        channel.observed = None
        channel.__class__ = Channel


def introduce(channel: Channel) -> None:
    """Let those be told of a new view who are told of all."""
    for observer in channel.endpoint.observers:
        if observer.follows:
            observe(channel, observer)
        observer.begun(channel)
