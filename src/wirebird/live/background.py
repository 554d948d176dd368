"""The part of `self.socket` that is for background work.

The rule: work belongs to the view or component that started it: its fields, its callbacks, its
names. It ends with its owner.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, Awaitable, Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, cast, overload

from wirebird.html.stream_rows import StreamError
from wirebird.live.async_result import Assignment, AsyncResultError, get_field
from wirebird.live.stream import Stream
from wirebird.live.tasks import AsyncOutcome, Failed, Ok, Tasks, Work, tell

if TYPE_CHECKING:
    from wirebird.live.host import Host

logger = logging.getLogger("wirebird.live")

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Background:
    """What a socket offers for background work."""

    __slots__ = ()

    if TYPE_CHECKING:
        connected: bool
        _host: Host
        _owner: Any

    @overload
    def start_async(
        self,
        name: str,
        work: Callable[[*Ts], Awaitable[T]],
        *args: *Ts,
        then: Callable[[AsyncOutcome[T]], Any] | None = None,
        finish: bool = False,
    ) -> None: ...
    @overload
    def start_async(
        self,
        name: str,
        work: Callable[[*Ts], T],
        *args: *Ts,
        then: Callable[[AsyncOutcome[T]], Any] | None = None,
        finish: bool = False,
    ) -> None: ...
    @overload
    def start_async(
        self,
        name: str,
        work: Awaitable[T],
        *,
        then: Callable[[AsyncOutcome[T]], Any] | None = None,
        finish: bool = False,
    ) -> None: ...
    def start_async(
        self,
        name: str,
        work: Any,
        *args: Any,
        then: Callable[[Any], Any] | None = None,
        finish: bool = False,
    ) -> None:
        """Run something in the background; the view goes on, and hears what came of it.

        The outcome is `Ok(value)`, `Failed(error)` or `Cancelled()`. It is handled as a message of
        the view, and the page is rendered after it. The work ends with the view, unless it must
        `finish`.

        Args:
            name: What to call it. Work that is started under the same name later replaces it: it
                is cancelled, and nothing is heard of it.
            work: An `async def` function or a coroutine, run as a task; or a plain function, run
                in a thread, which cannot be stopped and only be ignored.
            args: The function's arguments.
            then: Takes the outcome; a method of the view, as a rule. Without it,
                `handle_async(self, name, outcome)` of the view takes it, if there is one.
            finish: Whether the work goes on when the view ends, and its outcome is still told, as
                long as the application's `end_patience` allows: for what must not be left half
                done, such as a payment.

        In the first (HTTP) render nothing runs.

        Raises:
            TypeError: `work` is nothing that can be run so.

        Example:
            ```python
            @event
            async def search(self, text: str) -> None:
                self.socket.start_async("search", self.index.find, text, then=self.found)

            async def found(self, outcome: AsyncOutcome[list[Hit]]) -> None:
                match outcome:
                    case Ok(hits):
                        self.state.hits = hits
                    case Failed(error):
                        self.socket.put_flash("error", "The search does not answer.")
            ```
        """
        told = tell(self._owner, then)
        self._start(Work(self._owner, (name,), work, args, told, must_finish=finish))

    @overload
    def start_stream(
        self,
        name: str,
        source: Callable[[*Ts], AsyncIterable[T] | Iterable[T]],
        *args: *Ts,
        each: Callable[[T], Any] | None = None,
        then: Callable[[AsyncOutcome[None]], Any] | None = None,
    ) -> None: ...
    @overload
    def start_stream(
        self,
        name: str,
        source: AsyncIterable[T] | Iterable[T],
        *,
        each: Callable[[T], Any] | None = None,
        then: Callable[[AsyncOutcome[None]], Any] | None = None,
    ) -> None: ...
    def start_stream(
        self,
        name: str,
        source: Any,
        *args: Any,
        each: Callable[[Any], Any] | None = None,
        then: Callable[[Any], Any] | None = None,
    ) -> None:
        """Run a generator in the background; the view takes what it yields as it comes.

        What comes within a frame (a sixtieth of a second) is handled in order and rendered once. A
        generator that is faster than its view waits for it.

        Args:
            name: What to call it, as in `start_async`.
            source: An asynchronous generator, or its function. A plain one runs in a thread.
            args: The function's arguments.
            each: Takes each item. Without it, items are the view's messages: the `@info` method of
                their class takes them.
            then: Takes the outcome after the last item: `Ok(None)`, `Failed(error)` or
                `Cancelled()`; without it, `handle_async` does.

        In the first (HTTP) render nothing runs.

        Raises:
            TypeError: `source` is no generator.

        Example:
            ```python
            @event
            async def ask(self, question: str) -> None:
                self.socket.start_stream("answer", model.tokens, question, each=self.add_token)

            async def add_token(self, token: str) -> None:
                self.state.answer += token
            ```
        """
        finish = tell(self._owner, then)
        self._start(Work(self._owner, (name,), source, args, finish, streams=True, each=each))

    @overload
    def assign_async(
        self,
        names: str | tuple[str, ...],
        work: Callable[[*Ts], Any],
        *args: *Ts,
        reset: bool | Collection[str] = False,
    ) -> None: ...
    @overload
    def assign_async(
        self,
        names: str | tuple[str, ...],
        work: Awaitable[Any],
        *,
        reset: bool | Collection[str] = False,
    ) -> None: ...
    def assign_async(
        self,
        names: str | tuple[str, ...],
        work: Any,
        *args: Any,
        reset: bool | Collection[str] = False,
    ) -> None:
        """Fill `AsyncResult` fields of the state in the background.

        The fields say at once that they are loading; when the work is done they hold its result, or
        why there is none.

        Args:
            names: A field, filled with what the work returns; or several, filled from the mapping
                or the tuple that it returns. Each is a name that `cancel_async` knows.
            work: As for `start_async`.
            args: The function's arguments.
            reset: Whether the old value goes while a new one is loaded; or the names of the fields
                whose old values go.

        In the first (HTTP) render the fields say that they are loading, and nothing runs.

        Raises:
            AsyncResultError: The state has no such field, or it holds something else.
            TypeError: `work` is nothing that can be run so.

        Example:
            ```python
            async def mount(self, id: int) -> None:
                self.socket.assign_async("org", fetch_org, id)
            ```
        """
        fields = (names,) if isinstance(names, str) else tuple(names)
        assignment = Assignment(self._owner, fields, alone=isinstance(names, str))
        task = Work(self._owner, fields, work, args, assignment.finish)
        assignment.begin(reset)
        self._start(task)

    def stream_async(
        self,
        name: str,
        work: Any,
        *args: Any,
        at: int = -1,
        limit: int | None = None,
        reset: bool = False,
        status: str | None = None,
    ) -> None:
        """Insert items into a `Stream` field when they have been loaded in the background.

        Args:
            name: The stream's field.
            work: As for `start_async`; returns the items.
            args: The function's arguments.
            at: The place of the first item, as for `Stream.insert_many`.
            limit: How many rows the page keeps, as for `Stream.insert_many`.
            reset: Whether they replace what is on the page.
            status: An `AsyncResult` field that says how far it is; its result is the number of
                items that came.

        In the first (HTTP) render nothing runs.

        Raises:
            AsyncResultError: The state has no such fields.
            TypeError: `work` is nothing that can be run so.

        Example:
            ```python
            self.socket.stream_async("posts", fetch_posts, page, status="loading_posts")
            ```
        """
        if not isinstance(get_field(self._owner, name), Stream):
            raise AsyncResultError(
                f"{type(self._owner).__name__}: {name!r} holds no Stream: declare"
                f" {name}: Stream[...] = field(default_factory=Stream)"
            )
        watched = None if status is None else Assignment(self._owner, (status,), alone=True)

        def finish(names: Sequence[str], outcome: AsyncOutcome[Any]) -> None:
            if isinstance(outcome, Ok):
                stream = cast("Stream[Any]", get_field(self._owner, name))
                try:
                    items = list(outcome.value)
                    if reset:
                        stream.reset()
                    stream.insert_many(items, at, limit)
                    outcome = Ok(len(items))
                except (TypeError, StreamError) as error:
                    logger.error(
                        "%s: stream_async(%r): %s", type(self._owner).__name__, name, error
                    )
                    outcome = Failed(error)
            if watched is not None:
                watched.finish(watched.names, outcome)

        task = Work(self._owner, (name,), work, args, finish)
        if watched is not None:
            watched.begin(reset=False)
        self._start(task)

    def cancel_async(self, name: str) -> None:
        """Cancel what was started under a name; nothing happens when it is done or never began.

        Whoever waits for the outcome is told `Cancelled()`, and an `AsyncResult` field that it has
        failed; its old value stays.

        Args:
            name: The name given to `start_async`, `start_stream` or `stream_async`, or a field
                given to `assign_async`.
        """
        tasks = self._tasks()
        if tasks is not None:
            tasks.cancel(self._owner, name)

    def _start(self, work: Work) -> None:
        tasks = self._tasks()
        if tasks is None:
            work.close()
        else:
            tasks.start(work)

    def _tasks(self) -> Tasks | None:
        return self._host.tasks() if self.connected else None
