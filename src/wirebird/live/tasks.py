"""A view's background work: what it has started, and how it hears what came of it.

The rule: work never touches its view. What comes of it waits in the view's mailbox as messages do,
counts only while the work still owns its name, and is heard before the view ends or not at all.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from wirebird.concurrency import is_async, thread_share, unwrap
from wirebird.errors import WirebirdError
from wirebird.live.around import call_within, name_of, within

logger = logging.getLogger("wirebird.live")

T = TypeVar("T")

MAX_TASKS = 100
"""Most pieces of work that one view may have under way."""

FRAME_SECONDS = 1 / 60
"""How long what a generator yields may wait, so that it is shown together."""

MAX_WAITING_ITEMS = 256
"""How far a generator may run ahead of its view before it has to wait."""

END_SECONDS = 1.0
"""How long a view that ends waits for its work to clean up."""

_THREADS = 32


@dataclass(frozen=True, slots=True)
class Ok(Generic[T]):
    """The work returned.

    Attributes:
        value: What it returned; None for a generator.
    """

    value: T


@dataclass(frozen=True, slots=True)
class Failed:
    """The work raised.

    Attributes:
        error: The exception, which has been logged.
    """

    error: BaseException


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The work was cancelled."""


AsyncOutcome: TypeAlias = Ok[T] | Failed | Cancelled
"""What came of background work: `Ok(value)`, `Failed(error)` or `Cancelled()`."""

Finish: TypeAlias = Callable[[Sequence[str], AsyncOutcome[Any]], Any]
Delivery: TypeAlias = Callable[[], Awaitable[None]]


class TooManyTasks(WirebirdError, RuntimeError):
    """A view has started more work than it may have under way at once."""


class Work:
    """One piece of background work.

    Args:
        owner: The view or component that started it.
        names: What it is called; it may lose names to later work, and with the last its meaning.
        source: What to run: a function, a coroutine or another awaitable; for `each`, a generator.
        args: The function's arguments.
        finish: Takes the names that it still has, and the outcome.
        streams: Whether it yields items.
        each: Takes each item; without it, items are the view's messages.
        must_finish: Whether it goes on to its end, and is heard, although its view ends.

    Raises:
        TypeError: `source` cannot be run that way.
    """

    __slots__ = (
        "args",
        "each",
        "finish",
        "items",
        "must_finish",
        "muted",
        "names",
        "owner",
        "room",
        "settled",
        "source",
        "streams",
        "task",
        "title",
    )

    def __init__(
        self,
        owner: Any,
        names: Sequence[str],
        source: Any,
        args: tuple[Any, ...],
        finish: Finish,
        *,
        streams: bool = False,
        each: Callable[[Any], Any] | None = None,
        must_finish: bool = False,
    ) -> None:
        _check(names, source, args, streams)
        self.owner = owner
        self.names = list(names)
        self.title = f"{type(owner).__name__}: the task {', '.join(map(repr, names))}"
        self.source = source
        self.args = args
        self.finish = finish
        self.streams = streams
        self.each = each
        self.must_finish = must_finish
        self.items: list[Any] = []
        self.room: asyncio.Future[None] | None = None
        self.settled = False
        self.muted = False
        self.task: asyncio.Task[None] | None = None

    def __str__(self) -> str:
        return self.title

    def close(self) -> None:
        """Let go of a coroutine that was never begun."""
        if inspect.iscoroutine(self.source):
            self.source.close()

    async def run(self) -> Any:
        """Run to the end and return the result."""
        source = self.source
        if inspect.isawaitable(source):
            return await source
        if is_async(source):
            return await source(*self.args)
        return await in_thread(source, *self.args)

    def iterate(self) -> AsyncIterator[Any]:
        """Return what yields the items."""
        items: Any = self.source(*self.args) if callable(self.source) else self.source
        return items.__aiter__() if hasattr(items, "__aiter__") else _in_steps(items)


def _check(names: Sequence[str], source: Any, args: tuple[Any, ...], streams: bool) -> None:
    what = f"the task {', '.join(map(repr, names))}"
    function = unwrap(source) if callable(source) else None
    yields = inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function)
    if streams:
        if not (callable(source) or hasattr(source, "__aiter__") or hasattr(source, "__iter__")):
            raise TypeError(f"{what}: start_stream takes a generator, not {source!r:.80}")
        if callable(source) and is_async(source):
            raise TypeError(
                f"{what}: {getattr(source, '__name__', source)!r} yields nothing: start_stream is"
                " for generators, start_async for functions with one result"
            )
    elif yields or hasattr(source, "__aiter__") or inspect.isgenerator(source):
        raise TypeError(f"{what}: a generator yields many results: use start_stream")
    elif not (callable(source) or inspect.isawaitable(source)):
        raise TypeError(f"{what}: it takes a function or a coroutine, not {source!r:.80}")
    if args and not callable(source):
        raise TypeError(f"{what}: {source!r:.80} takes no arguments; pass the function")


class Tasks:
    """The work that one view and its components have under way.

    May be asked from any thread; everything happens in the view's own.

    Args:
        loop: The view's event loop.
        thread: The thread in which that loop runs.
        deliver: Puts a callback into the view's mailbox, and says whether it is for work that must
            finish.
        touch: Lets a view or component render again; False if it is gone.
        on_message: Handles a message as the view's messages are handled.
    """

    __slots__ = (
        "_deliver",
        "_ended",
        "_ending",
        "_frame_due",
        "_loop",
        "_named",
        "_on_message",
        "_owed",
        "_running",
        "_shown_at",
        "_streaming",
        "_thread",
        "_timer",
        "_touch",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        thread: int,
        deliver: Callable[[Delivery, bool], None],
        touch: Callable[[Any], bool],
        on_message: Callable[[Any], Awaitable[Any]],
    ) -> None:
        self._loop = loop
        self._thread = thread
        self._deliver = deliver
        self._touch = touch
        self._on_message = on_message
        self._named: dict[tuple[int, str], Work] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._owed: set[asyncio.Task[None]] = set()
        self._streaming: dict[Work, None] = {}
        self._frame_due = False
        self._timer: asyncio.TimerHandle | None = None
        self._shown_at = float("-inf")
        self._ending = False
        self._ended = False

    def __len__(self) -> int:
        return len(self._running)

    @property
    def titles(self) -> list[str]:
        """What goes on, as the log calls it."""
        known = {id(work): work.title for work in self._named.values()}
        unnamed = len(self._running) - len(known)
        return [*known.values(), *(["work whose name was taken"] * max(unnamed, 0))]

    def start(self, work: Work) -> None:
        """Begin work; it takes its names from earlier work, which is cancelled unheard."""
        self._in_loop(self._start, work)

    def cancel(self, owner: Any, name: str) -> None:
        """Cancel the work of a name: its owner is told `Cancelled`. Nothing happens without it."""
        self._in_loop(self._cancel, owner, name)

    def end_of_those_gone(self, is_here: Callable[[Any], bool]) -> None:
        """Cancel the work of owners that are gone; nobody is told."""
        for (_, name), work in tuple(self._named.items()):
            if not is_here(work.owner):
                self._lose(work, name)

    async def done(self) -> None:
        """Wait until what is under way is done and its outcome waits in the mailbox."""
        while self._running:
            await asyncio.wait(tuple(self._running))

    def begin_end(self) -> None:
        """Cancel what need not finish; nobody is told."""
        self._ending = True
        for (_, name), work in tuple(self._named.items()):
            if not work.must_finish:
                self._lose(work, name)

    def unfinished(self) -> list[str]:
        """Return the names of what must finish and is still at it."""
        return [task.get_name() for task in self._owed]

    async def finish(self, deadline: float) -> list[str]:
        """Wait for what must finish.

        Args:
            deadline: Until when, by the loop's clock.

        Returns:
            The names of what is still at it then.
        """
        while self._owed and (patience := deadline - self._loop.time()) > 0:
            await asyncio.wait(tuple(self._owed), timeout=patience)
        return self.unfinished()

    async def end(self) -> None:
        """Cancel everything, nobody is told, and wait a moment for it to clean up."""
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        self._named.clear()
        self._streaming.clear()
        current = asyncio.current_task()
        running = [task for task in self._running if task is not current]
        for task in running:
            task.cancel()
        if running:
            _, stuck = await asyncio.wait(running, timeout=END_SECONDS)
            for task in stuck:
                logger.warning("%s: its view has ended and it still runs", task.get_name())

    # In the loop

    def _in_loop(self, function: Callable[..., None], *args: Any) -> None:
        if threading.get_ident() == self._thread:
            function(*args)
        else:
            self._loop.call_soon_threadsafe(function, *args)

    def _start(self, work: Work) -> None:
        if self._ended or (self._ending and not work.must_finish):
            work.close()
            return
        for name in work.names:
            key = id(work.owner), name
            earlier = self._named.get(key)
            if earlier is not None:
                self._lose(earlier, name)
            self._named[key] = work
        if len(self._running) >= MAX_TASKS:
            work.close()
            self._settle(
                work,
                Failed(
                    TooManyTasks(
                        f"{type(work.owner).__name__} has {MAX_TASKS} tasks under way already:"
                        " give work that replaces earlier work the same name, or cancel_async it"
                    )
                ),
            )
            return
        work.task = task = self._loop.create_task(self._carry_out(work), name=str(work))
        self._running.add(task)
        if work.must_finish:
            self._owed.add(task)

        def done(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            self._owed.discard(task)
            work.close()

        task.add_done_callback(done)

    def _cancel(self, owner: Any, name: str) -> None:
        work = self._named.get((id(owner), name))
        if work is None:
            return
        work.muted = True
        work.items.clear()
        self._settle(work, Cancelled())
        if work.task is not None:
            work.task.cancel()

    def _lose(self, work: Work, name: str) -> None:
        self._named.pop((id(work.owner), name), None)
        work.names.remove(name)
        if not work.names:
            work.settled = work.muted = True
            work.items.clear()
            if work.task is not None:
                work.task.cancel()

    async def _carry_out(self, work: Work) -> None:
        outcome: AsyncOutcome[Any]
        try:
            outcome = Ok(await (self._pump(work) if work.streams else work.run()))
        except asyncio.CancelledError:
            outcome = Cancelled()
        except BaseException as error:  # also SystemExit, which would end the whole server
            outcome = Failed(error)
        self._settle(work, outcome)

    def _settle(self, work: Work, outcome: AsyncOutcome[Any]) -> None:
        if isinstance(outcome, Failed):
            logger.error("%s failed", work, exc_info=outcome.error)
        if work.settled or self._ended:
            return
        work.settled = True
        if isinstance(outcome, Cancelled) and work.task is asyncio.current_task():
            logger.warning("%s was cancelled, but not by its view", work)
        self._deliver(functools.partial(self._finish, work, outcome), work.must_finish)

    async def _finish(self, work: Work, outcome: AsyncOutcome[Any]) -> None:
        await self._take_items(work)
        names = tuple(work.names)
        work.names.clear()
        for name in names:
            del self._named[id(work.owner), name]
        if names and self._touch(work.owner):
            result = work.finish(names, outcome)
            if inspect.isawaitable(result):
                await result

    # What generators yield: gathered, and handled once a frame

    async def _pump(self, work: Work) -> None:
        items = work.iterate()
        try:
            async for item in items:
                if work.muted:
                    return
                work.items.append(item)
                if not self._frame_due:
                    self._streaming[work] = None
                    self._plan_frame()
                elif work not in self._streaming:
                    self._streaming[work] = None
                if len(work.items) >= MAX_WAITING_ITEMS:
                    work.room = self._loop.create_future()
                    await work.room
        finally:
            close = getattr(items, "aclose", None)
            if close is not None:
                await close()

    def _plan_frame(self) -> None:
        self._frame_due = True
        wait = self._shown_at + FRAME_SECONDS - self._loop.time()
        if wait > 0:
            self._timer = self._loop.call_later(wait, self._frame)
        else:
            self._frame()

    def _frame(self) -> None:
        self._timer = None
        self._shown_at = self._loop.time()
        self._deliver(self._show_items, False)

    async def _show_items(self) -> None:
        streaming, self._streaming = self._streaming, {}
        for work in streaming:
            await self._take_items(work)
        self._frame_due = False
        if self._streaming:
            self._plan_frame()

    async def _take_items(self, work: Work) -> None:
        if not work.items:
            return
        items, work.items = work.items, []
        if work.room is not None and not work.room.done():
            work.room.set_result(None)
        if not self._touch(work.owner):
            return
        if work.each is None:
            await self._hand_on(work, self._on_message, items)
        else:
            name = name_of(work.each)
            await within(work.owner, name, self._hand_on, work, work.each, items)

    async def _hand_on(self, work: Work, each: Callable[[Any], Any], items: list[Any]) -> None:
        if not is_async(each):
            await in_thread(_call_with_each, each, items)
            return
        for item in items:
            if work.muted:
                return
            await each(item)


def tell(owner: Any, then: Callable[[Any], Any] | None) -> Finish:
    """Return what hands an outcome to `then`, or to the owner's `handle_async`, if it has one."""

    async def finish(names: Sequence[str], outcome: AsyncOutcome[Any]) -> None:
        if then is not None:
            await call_within(owner, then, outcome)
            return
        hooks = owner.socket.hooks
        if hooks is not None and await hooks.run(
            owner, "handle_async", names[0], outcome, owner.socket
        ):
            return
        handle_async = getattr(owner, "handle_async", None)
        if handle_async is not None:
            await call_within(owner, handle_async, names[0], outcome)

    return finish


def _call_with_each(function: Callable[[Any], Any], items: list[Any]) -> None:
    for item in items:
        function(item)


_END = object()


async def _in_steps(items: Any) -> AsyncIterator[Any]:
    iterator: Iterator[Any] = iter(items)
    while (item := await in_thread(next, iterator, _END)) is not _END:
        yield item


@functools.cache
def _threads() -> ThreadPoolExecutor:
    # Apart from the threads of handlers, which must not wait for work that takes long.
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="wirebird-task")


async def in_thread(function: Callable[..., Any], /, *args: Any) -> Any:
    """Run a plain function in a thread for background work; await what it returns if it can be.

    Cancelling returns at once. The function itself cannot be stopped: it keeps its thread until it
    returns, and waits for nobody.
    """
    runner = thread_share.get().runner
    if runner is None:
        run = functools.partial(copy_context().run, function, *args)
        loop = asyncio.get_running_loop()
        value, error = await loop.run_in_executor(_threads(), _try, run)
    else:
        value, error = await runner(functools.partial(_try, functools.partial(function, *args)))
    if error is not None:
        raise error
    return await value if inspect.isawaitable(value) else value


def _try(run: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return run(), None
    except BaseException as error:  # a future could not carry StopIteration
        return None, error
