"""A view's background work, from the event that starts it to the frame that shows its outcome."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypedDict

import pytest
from pydantic import BaseModel

from tests.runtime.line import Line, Page, Visitor
from tests.wire.transcript import read
from wirebird import (
    AsyncOutcome,
    AsyncResult,
    AsyncResultError,
    Cancelled,
    Failed,
    LiveComponent,
    LiveView,
    Ok,
    Redirect,
    Stream,
    Wirebird,
    event,
    info,
)
from wirebird.live import tasks
from wirebird.live.tasks import TooManyTasks

MakeApp = Callable[..., Wirebird]


@asynccontextmanager
async def joined(make_app: MakeApp, view: type[LiveView[Any]]) -> AsyncIterator[tuple[Line, Page]]:
    """A view that has joined, with nothing configured around it."""
    app = make_app(layout=None)
    app.live("/", view)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        assert (await line.join(page))["status"] == "ok"
        yield line, page


async def pushed(line: Line) -> Any:
    """Return the next diff that the server sends unasked."""
    frame = await line.receive()
    assert frame[3] == "diff", frame
    return frame[4]


async def logged(caplog: pytest.LogCaptureFixture, text: str) -> None:
    """Let others run until a text is in the log."""
    for _ in range(10_000):
        if text in caplog.text:
            return
        await asyncio.sleep(0)
    raise AssertionError(f"{text!r} is not in the log: {caplog.text}")


class Gates:
    """Work that waits until the test lets it go, and what was seen of it."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.began = asyncio.Event()
        self.ended = asyncio.Event()
        self.how: list[str] = []

    async def work(self, value: Any = None) -> Any:
        self.began.set()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.how.append("cancelled")
            raise
        finally:
            self.ended.set()
        return value


@dataclass
class Said:
    said: str = "nothing"


class TalkingView(LiveView[Said]):
    """Says what comes of the work that the event `start` begins."""

    html = "<p>{{ said }}</p>"
    begin: Callable[[Any], Any]

    @event
    async def start(self) -> None:
        type(self).begin(self)

    async def handle_async(self, name: str, outcome: AsyncOutcome[Any]) -> None:
        match outcome:
            case Ok(value):
                self.state.said = f"{name}: {value}"
            case Failed(error):
                self.state.said = f"{name} failed: {type(error).__name__}"
            case Cancelled():
                self.state.said = f"{name} was cancelled"


def talking(begin: Callable[[Any], Any], base: type[Any] = TalkingView) -> type[Any]:
    return type("TalkingView", (base,), {"begin": begin})


# start_async


async def test_the_result_comes_to_handle_async_after_the_events_own_answer(
    make_app: MakeApp,
) -> None:
    gates = Gates()
    view = talking(lambda self: self.socket.start_async("task", gates.work, 42))
    async with joined(make_app, view) as (line, page):
        assert await line.event(page, "start") == {}
        await gates.began.wait()
        gates.open.set()
        assert await pushed(line) == {"0": "task: 42"}


async def test_a_coroutine_a_plain_function_and_an_awaitable_can_be_started(
    make_app: MakeApp,
) -> None:
    async def later() -> str:
        return "later"

    threads: list[int] = []

    def in_thread(left: int, right: int) -> int:
        threads.append(threading.get_ident())
        return left + right

    begins: list[tuple[Callable[[Any], Any], str]] = [
        (lambda self: self.socket.start_async("a", later()), "a: later"),
        (lambda self: self.socket.start_async("b", in_thread, 1, 2), "b: 3"),
        (lambda self: self.socket.start_async("c", lambda: later()), "c: later"),
        (lambda self: self.socket.start_async("d", asyncio.ensure_future(later())), "d: later"),
    ]
    for begin, said in begins:
        async with joined(make_app, talking(begin)) as (line, page):
            await line.event(page, "start")
            assert await pushed(line) == {"0": said}
    assert threads
    assert threading.get_ident() not in threads


async def test_a_method_named_as_then_takes_the_outcome_instead(make_app: MakeApp) -> None:
    class View(TalkingView):
        @event
        async def start(self) -> None:
            self.socket.start_async("task", asyncio.sleep, 0, "rested", then=self.on_rest)

        async def on_rest(self, outcome: AsyncOutcome[str]) -> None:
            self.state.said = f"then {outcome == Ok('rested')}"

    async with joined(make_app, View) as (line, page):
        await line.event(page, "start")
        assert await pushed(line) == {"0": "then True"}


async def test_a_plain_handler_may_start_and_cancel_work_from_its_thread(
    make_app: MakeApp,
) -> None:
    gates = Gates()

    class View(TalkingView):
        @event
        def start(self) -> None:
            self.socket.start_async("task", gates.work)

        @event
        def stop(self) -> None:
            self.socket.cancel_async("task")

    async with joined(make_app, View) as (line, page):
        await line.event(page, "start")
        await gates.began.wait()
        await line.event(page, "stop")
        assert await pushed(line) == {"0": "task was cancelled"}
        await gates.ended.wait()


async def test_work_started_under_the_same_name_replaces_the_earlier(make_app: MakeApp) -> None:
    gates = [Gates(), Gates()]
    numbers = iter((0, 1))

    def begin(self: Any) -> None:
        number = next(numbers)
        self.socket.start_async("task", gates[number].work, number)

    async with joined(make_app, talking(begin)) as (line, page):
        await line.event(page, "start")
        await gates[0].began.wait()
        await line.event(page, "start")
        await gates[0].ended.wait()
        assert gates[0].how == ["cancelled"]
        gates[1].open.set()
        assert await pushed(line) == {"0": "task: 1"}


async def test_a_result_that_waits_in_the_mailbox_is_ignored_once_it_is_replaced(
    make_app: MakeApp,
) -> None:
    gates = Gates()

    class View(TalkingView):
        @event
        async def start(self) -> None:
            self.socket.start_async("task", asyncio.sleep, 0, "old")
            for _ in range(5):
                await asyncio.sleep(0)
            self.socket.start_async("task", gates.work, "new")

    async with joined(make_app, View) as (line, page):
        assert await line.event(page, "start") == {}
        gates.open.set()
        assert await pushed(line) == {"0": "task: new"}


async def test_cancelled_and_started_again_only_the_new_work_is_heard(make_app: MakeApp) -> None:
    def begin(self: Any) -> None:
        self.socket.start_async("task", asyncio.sleep, 3600)
        self.socket.cancel_async("task")
        self.socket.start_async("task", asyncio.sleep, 0, "second")

    async with joined(make_app, talking(begin)) as (line, page):
        assert await line.event(page, "start") == {}
        assert await pushed(line) == {"0": "task: second"}


async def test_cancelling_what_never_began_does_nothing(make_app: MakeApp) -> None:
    view = talking(lambda self: self.socket.cancel_async("nobody"))
    async with joined(make_app, view) as (line, page):
        assert await line.event(page, "start") == {}
        assert await line.alive()


async def test_work_ends_with_its_view(make_app: MakeApp) -> None:
    gates = Gates()
    view = talking(lambda self: self.socket.start_async("task", gates.work))
    async with joined(make_app, view) as (line, page):
        await line.event(page, "start")
        await gates.began.wait()
        await line.leave(page)
        await gates.ended.wait()
        assert gates.how == ["cancelled"]


async def test_work_ends_when_the_visitor_goes_away(make_app: MakeApp) -> None:
    gates = Gates()
    view = talking(lambda self: self.socket.start_async("task", gates.work))
    async with joined(make_app, view) as (line, page):
        await line.event(page, "start")
        await gates.began.wait()
    assert gates.how == ["cancelled"]


async def test_nothing_runs_on_the_http_render(make_app: MakeApp) -> None:
    ran: list[str] = []

    async def work(name: str) -> AsyncIterator[str]:
        ran.append(name)
        yield name

    async def one(name: str) -> str:
        ran.append(name)
        return name

    class View(LiveView[Fields]):
        html = "<p>{{ org.loading }}</p>"

        async def mount(self) -> None:
            self.socket.start_async("a", one, "a")
            self.socket.start_async("b", one("b"))
            self.socket.start_stream("c", work, "c")
            self.socket.assign_async("org", one, "d")
            self.socket.cancel_async("a")

    app = make_app()
    app.live("/", View)
    page = await Visitor(app).page("/")
    assert page.text == "True"
    assert ran == []


# What may go wrong


class Odd(BaseException):
    pass


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no"),
        KeyboardInterrupt(),
        SystemExit(1),
        Odd(),
        BaseExceptionGroup("several", [Odd(), KeyboardInterrupt()]),
        StopIteration(),
        GeneratorExit(),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("kind", ["coroutine", "thread"])
async def test_whatever_work_raises_goes_to_the_handler_and_the_log(
    error: BaseException, kind: str, make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise error

    def fail_in_thread() -> None:
        raise error

    work = fail if kind == "coroutine" else fail_in_thread
    view = talking(lambda self: self.socket.start_async("task", work))
    async with joined(make_app, view) as (line, page):
        await line.event(page, "start")
        expected = "RuntimeError" if isinstance(error, StopIteration) else type(error).__name__
        assert await pushed(line) == {"0": f"task failed: {expected}"}
        assert await line.event(page, "start") == {}
    records = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "the task 'task' failed" in records[0].getMessage()
    assert records[0].exc_info is not None


async def test_without_a_handler_a_failure_is_logged_and_the_view_lives(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    failed = asyncio.Event()

    async def fail() -> None:
        failed.set()
        raise ValueError("meant to be")

    class View(LiveView[Said]):
        html = "<p>{{ said }}</p>"

        @event
        async def start(self) -> None:
            self.socket.start_async("task", fail)

        @event
        async def say(self) -> None:
            self.state.said = "alive"

    async with joined(make_app, View) as (line, page):
        await line.event(page, "start")
        await failed.wait()
        assert await line.event(page, "say") == {"diff": {"0": "alive"}}
    assert "View: the task 'task' failed" in caplog.text
    assert "meant to be" in caplog.text


async def test_work_that_cancels_itself_is_told_as_cancelled(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    async def cancel() -> None:
        raise asyncio.CancelledError

    view = talking(lambda self: self.socket.start_async("task", cancel))
    async with joined(make_app, view) as (line, page):
        await line.event(page, "start")
        assert await pushed(line) == {"0": "task was cancelled"}
    assert "not by its view" in caplog.text


async def test_cleanup_that_fails_or_goes_on_does_not_keep_the_view_waiting(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "END_SECONDS", 0.01)
    began, cleaning, released = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        began.set()
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                cleaning.set()
        raise ValueError("in its cleanup")

    view = talking(lambda self: self.socket.start_async("task", stubborn))
    try:
        async with joined(make_app, view) as (line, page):
            await line.event(page, "start")
            await began.wait()
            await line.leave(page)
            await cleaning.wait()
            await logged(caplog, "its view has ended and it still runs")
    finally:
        released.set()
    await logged(caplog, "in its cleanup")


async def test_a_thread_that_never_ends_is_ignored_once_its_view_has_ended(
    make_app: MakeApp,
) -> None:
    began, release = threading.Event(), threading.Event()

    def block() -> None:
        began.set()
        release.wait(10)

    view = talking(lambda self: self.socket.start_async("task", block))
    try:
        async with joined(make_app, view) as (line, page):
            await line.event(page, "start")
            await asyncio.to_thread(began.wait, 10)
            await line.leave(page)
            assert not release.is_set()
    finally:
        release.set()


async def test_a_view_has_no_more_than_a_hundred_tasks(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tasks.MAX_TASKS == 100
    monkeypatch.setattr(tasks, "MAX_TASKS", 2)
    outcomes: list[Any] = []

    class View(TalkingView):
        @event
        async def start(self) -> None:
            for name in "abc":
                self.socket.start_async(name, asyncio.sleep, 3600)

        async def handle_async(self, name: str, outcome: AsyncOutcome[Any]) -> None:
            outcomes.append((name, outcome))
            self.state.said = "told"

    async with joined(make_app, View) as (line, page):
        await line.event(page, "start")
        assert await pushed(line) == {"0": "told"}
    [(name, outcome)] = outcomes
    assert name == "c"
    assert isinstance(outcome.error, TooManyTasks)
    assert "2 tasks" in str(outcome.error)


async def test_what_cannot_be_run_is_refused_where_it_is_started(make_app: MakeApp) -> None:
    async def tokens() -> AsyncIterator[str]:
        yield "a"

    async def one() -> str:
        return "a"

    errors: list[str] = []

    class View(LiveView[Fields]):
        html = "<p></p>"

        async def mount(self) -> None:
            for start, source, args in (
                (self.socket.start_async, tokens, ()),
                (self.socket.start_async, tokens(), ()),
                (self.socket.start_async, 42, ()),
                (self.socket.start_async, asyncio.sleep(0), (1,)),
                (self.socket.start_stream, one, ()),
                (self.socket.start_stream, 42, ()),
            ):
                with pytest.raises(TypeError) as caught:
                    start("x", source, *args)  # type: ignore[operator]
                errors.append(str(caught.value))
                if asyncio.iscoroutine(source):
                    source.close()

    app = make_app()
    app.live("/", View)
    await Visitor(app).page("/")
    assert all("the task 'x'" in error for error in errors)
    assert [("start_stream" in error) for error in errors] == [True, True, False, False, True, True]


async def test_a_handler_may_leave_for_another_page(make_app: MakeApp) -> None:
    class View(TalkingView):
        @event
        async def start(self) -> None:
            self.socket.start_async("task", asyncio.sleep, 0, then=self.leave)

        async def leave(self, outcome: AsyncOutcome[None]) -> None:
            raise Redirect("/elsewhere")

    async with joined(make_app, View) as (line, page):
        await line.event(page, "start")
        assert (await line.receive())[4] == {"e": []}
        frame = await line.receive()
        assert frame[3] == "redirect"
        assert frame[4]["to"] == "/elsewhere"


# assign_async


@dataclass
class Fields:
    org: AsyncResult[str] = field(default_factory=AsyncResult.loading)
    x: AsyncResult[int] = field(default_factory=AsyncResult.loading)
    y: AsyncResult[int] = field(default_factory=AsyncResult.loading)
    count: int = 0


ORG = "<p>{{ org.loading }} {{ org.ok }} {{ org.failed }} {{ org.result }}</p>"


class ModelFields(BaseModel):
    org: AsyncResult[str] = AsyncResult.loading()


class DictFields(TypedDict, total=False):
    org: AsyncResult[str]


@pytest.mark.parametrize("state", [Fields, ModelFields, DictFields, Any])
async def test_a_field_loads_holds_fails_and_keeps_its_old_value(
    state: Any, make_app: MakeApp
) -> None:
    gates: list[Gates] = []

    class View(LiveView[state]):  # type: ignore[valid-type]
        html = ORG

        async def mount(self) -> None:
            await self.load("first")

        @event
        async def load(self, value: str, reset: bool = False) -> None:
            gates.append(Gates())
            self.socket.assign_async("org", gates[-1].work, value, reset=reset)

        @event
        async def fail(self) -> None:
            async def work() -> str:
                raise ValueError("no answer")

            self.socket.assign_async("org", work)

    async with joined(make_app, View) as (line, page):
        gates[-1].open.set()
        assert await pushed(line) == {"0": "False", "1": "True", "3": "first"}
        assert await line.event(page, "load", {"value": "second"}) == {"diff": {"0": "True"}}
        gates[-1].open.set()
        assert await pushed(line) == {"0": "False", "3": "second"}
        assert await line.event(page, "fail") == {"diff": {"0": "True"}}
        assert await pushed(line) == {"0": "False", "2": "no answer"}
        response = await line.event(page, "load", {"value": "third", "reset": True})
        assert response == {"diff": {"0": "True", "1": "False", "2": "None", "3": "None"}}
        gates[-1].open.set()
        assert await pushed(line) == {"0": "False", "1": "True", "3": "third"}


async def test_several_fields_are_filled_from_a_mapping_or_a_tuple(make_app: MakeApp) -> None:
    class View(LiveView[Fields]):
        html = "<p>{{ x.result }} {{ y.result }} {{ y.failed }}</p>"

        @event
        async def load(self, what: str) -> None:
            values: dict[str, Any] = {"dict": {"x": 1, "y": 2}, "tuple": (3, 4), "wrong": [5, 6]}
            self.socket.assign_async(("x", "y"), asyncio.sleep, 0, values[what])

    async with joined(make_app, View) as (line, page):
        await line.event(page, "load", {"what": "dict"})
        assert await pushed(line) == {"0": "1", "1": "2"}
        await line.event(page, "load", {"what": "tuple"})
        assert await pushed(line) == {"0": "3", "1": "4"}
        await line.event(page, "load", {"what": "wrong"})
        [(key, reason)] = (await pushed(line)).items()
        assert key == "2"
        assert "must return a mapping with these keys or a tuple of 2" in reason


async def test_of_several_fields_one_can_be_loaded_anew_meanwhile(make_app: MakeApp) -> None:
    both = Gates()

    class View(LiveView[Fields]):
        html = "<p>{{ x.result }} {{ y.result }}</p>"

        @event
        async def load(self) -> None:
            self.socket.assign_async(("x", "y"), both.work, {"x": 1, "y": 1})
            self.socket.assign_async("y", asyncio.sleep, 0, 2)

    async with joined(make_app, View) as (line, page):
        await line.event(page, "load")
        assert await pushed(line) == {"1": "2"}
        both.open.set()
        assert await pushed(line) == {"0": "1"}


async def test_a_field_that_is_cancelled_has_failed_and_keeps_its_value(make_app: MakeApp) -> None:
    class View(LiveView[Fields]):
        html = ORG

        async def mount(self) -> None:
            self.state.org = AsyncResult.ok("old")
            self.socket.assign_async("org", asyncio.sleep, 3600)

        @event
        async def stop(self) -> None:
            self.socket.cancel_async("org")

    async with joined(make_app, View) as (line, page):
        assert await line.event(page, "stop") == {}
        assert await pushed(line) == {"0": "False", "2": "cancelled"}


@pytest.mark.parametrize("state", [Fields, ModelFields, DictFields])
async def test_a_field_that_is_not_there_is_refused_with_those_that_are(
    state: Any, make_app: MakeApp
) -> None:
    errors: list[str] = []

    class View(LiveView[state]):  # type: ignore[valid-type]
        html = "<p></p>"

        async def mount(self) -> None:
            with pytest.raises(AsyncResultError) as caught:
                self.socket.assign_async("orgg", asyncio.sleep, 0)
            errors.append(str(caught.value))

    app = make_app()
    app.live("/", View)
    await Visitor(app).page("/")
    assert "View: its state has no field 'orgg' (it has: " in errors[0]
    assert "org" in errors[0].partition("it has: ")[2]


async def test_a_field_of_another_kind_is_not_replaced(make_app: MakeApp) -> None:
    class View(LiveView[Fields]):
        html = "<p></p>"

        async def mount(self) -> None:
            with pytest.raises(AsyncResultError, match="'count' holds a int"):
                self.socket.assign_async("count", asyncio.sleep, 0)

    app = make_app()
    app.live("/", View)
    await Visitor(app).page("/")


# stream_async


@dataclass
class Post:
    id: int


@dataclass
class Posts:
    posts: Stream[Post] = field(default_factory=Stream)
    status: AsyncResult[int] = field(default_factory=AsyncResult.loading)


class PostsView(LiveView[Posts]):
    html = """
    <ul id="posts" phx-update="stream">
    {% for id, post in posts %}<li id="{{ id }}">{{ post.id }}</li>{% endfor %}
    </ul>
    <p>{{ status.result }} {{ status.failed }}</p>
    """

    @event
    async def load(self, ids: list[int], reset: bool = False) -> None:
        posts = [Post(id) for id in ids]
        self.socket.stream_async(
            "posts", asyncio.sleep, 0, posts, reset=reset, status="status", limit=5
        )

    @event
    async def load_nonsense(self, nonsense: Any) -> None:
        self.socket.stream_async("posts", asyncio.sleep, 0, nonsense, status="status")

    @event
    async def wrong(self) -> None:
        with pytest.raises(AsyncResultError, match="'status' holds no Stream"):
            self.socket.stream_async("status", asyncio.sleep, 0)


async def test_items_are_put_into_the_stream_when_they_are_there(make_app: MakeApp) -> None:
    async with joined(make_app, PostsView) as (line, page):
        await line.event(page, "load", {"ids": [1, 2]})
        diff = await pushed(line)
        inserts = [["posts-2", -1, 5, False], ["posts-1", -1, 5, False]]
        assert diff["0"]["stream"][1:] == [inserts, []]
        assert diff["1"] == "2"
        await line.event(page, "load", {"ids": [3], "reset": True})
        diff = await pushed(line)
        assert diff["0"]["stream"][1:] == [[["posts-3", -1, 5, False]], [], True]
        assert await line.event(page, "wrong") == {}


@pytest.mark.parametrize("nonsense", [7, ["no id"]])
async def test_a_stream_that_cannot_be_filled_says_so_in_its_status(
    nonsense: Any, make_app: MakeApp
) -> None:
    async with joined(make_app, PostsView) as (line, page):
        await line.event(page, "load_nonsense", {"nonsense": nonsense})
        diff = await pushed(line)
        assert "not iterable" in diff["2"] or "id" in diff["2"]
        assert await line.alive()


# start_stream


@dataclass
class Text:
    text: str = ""
    ended: str = ""


class TextView(LiveView[Text]):
    html = "<p>{{ text }}</p><p>{{ ended }}</p>"
    begin: Callable[[Any], Any]

    @event
    async def start(self) -> None:
        type(self).begin(self)

    async def add(self, token: str) -> None:
        self.state.text += token

    async def end(self, outcome: AsyncOutcome[None]) -> None:
        self.state.ended = type(outcome).__name__


@dataclass(frozen=True)
class Token:
    text: str


async def test_what_is_yielded_goes_to_each_and_then_the_outcome_to_then(
    make_app: MakeApp,
) -> None:
    async def tokens(*words: str) -> AsyncIterator[str]:
        for word in words:
            yield word

    def begin(self: Any) -> None:
        self.socket.start_stream("answer", tokens, "a", "b", "c", each=self.add, then=self.end)

    seen: dict[str, str] = {}
    async with joined(make_app, talking(begin, TextView)) as (line, page):
        await line.event(page, "start")
        while seen.get("1") != "Ok":
            seen |= await pushed(line)
    assert seen == {"0": "abc", "1": "Ok"}


async def test_without_each_what_is_yielded_are_messages(make_app: MakeApp) -> None:
    async def tokens() -> AsyncIterator[Token]:
        yield Token("a")
        yield Token("b")

    class View(TextView):
        @event
        async def start(self) -> None:
            self.socket.start_stream("answer", tokens())

        @info
        async def on_token(self, token: Token) -> None:
            self.state.text += token.text

        async def handle_async(self, name: str, outcome: AsyncOutcome[Any]) -> None:
            self.state.ended = f"{name} {outcome == Ok(None)}"

    seen: dict[str, str] = {}
    async with joined(make_app, View) as (line, page):
        await line.event(page, "start")
        while "1" not in seen:
            seen |= await pushed(line)
    assert seen == {"0": "ab", "1": "answer True"}


async def test_plain_generators_and_plain_callbacks_run_in_threads(make_app: MakeApp) -> None:
    here = threading.get_ident()
    threads: set[int] = set()

    def tokens() -> Iterator[str]:
        for token in "abc":
            threads.add(threading.get_ident())
            yield token

    class View(TextView):
        def add_plainly(self, token: str) -> None:
            threads.add(threading.get_ident())
            self.state.text += token

    def begin(self: Any) -> None:
        self.socket.start_stream("answer", tokens, each=self.add_plainly, then=self.end)

    seen: dict[str, str] = {}
    async with joined(make_app, talking(begin, View)) as (line, page):
        await line.event(page, "start")
        while seen.get("1") != "Ok":
            seen |= await pushed(line)
    assert seen["0"] == "abc"
    assert here not in threads


async def test_many_tokens_share_a_frame(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "FRAME_SECONDS", 3600)
    first = asyncio.Event()

    async def tokens() -> AsyncIterator[str]:
        yield "first "
        await first.wait()
        for number in range(200):
            yield f"{number} "
            await asyncio.sleep(0)

    def begin(self: Any) -> None:
        self.socket.start_stream("answer", tokens(), each=self.add, then=self.end)

    async with joined(make_app, talking(begin, TextView)) as (line, page):
        await line.event(page, "start")
        assert await pushed(line) == {"0": "first "}, "the first is shown at once"
        first.set()
        rest = await pushed(line)
        assert rest["1"] == "Ok", "what waits for a frame is shown before the outcome"
        assert rest["0"].endswith("198 199 ")


class Owner:
    """Stands in for a view, where only its work matters."""

    def __init__(self) -> None:
        self.mailbox: list[tasks.Delivery] = []
        self.seen: list[str] = []
        self.tasks = tasks.Tasks(
            asyncio.get_running_loop(),
            threading.get_ident(),
            lambda delivery, owed: self.mailbox.append(delivery),
            lambda owner: True,
            self.see,
        )

    async def see(self, message: Any) -> None:
        self.seen.append(message)


def ignore(names: Sequence[str], outcome: AsyncOutcome[Any]) -> None:
    pass


async def test_two_generators_of_a_view_share_their_frames() -> None:
    async def items(name: str) -> AsyncIterator[str]:
        for number in range(3):
            yield f"{name}{number}"
            await asyncio.sleep(0)
        await asyncio.Event().wait()

    owner = Owner()
    for name in "ab":
        work = tasks.Work(owner, (name,), items, (name,), ignore, streams=True)
        owner.tasks.start(work)
    for _ in range(10):
        await asyncio.sleep(0)
    [show] = owner.mailbox
    await show()
    assert owner.seen == ["a0", "a1", "a2", "b0", "b1", "b2"]
    await owner.tasks.end()


async def test_one_can_wait_until_all_work_is_done() -> None:
    gates = Gates()
    owner = Owner()
    owner.tasks.start(tasks.Work(owner, ("work",), gates.work, (), ignore))
    waiting = asyncio.create_task(owner.tasks.done())
    await gates.began.wait()
    assert len(owner.tasks) == 1
    assert not waiting.done()
    gates.open.set()
    await waiting
    assert len(owner.mailbox) == 1
    assert len(owner.tasks) == 0


async def test_an_error_in_a_callback_is_one_of_the_view(make_app: MakeApp) -> None:
    class View(TextView):
        async def add_wrongly(self, token: str) -> None:
            raise ValueError("meant to be")

    async def items() -> AsyncIterator[str]:
        yield "a"

    view = talking(lambda self: self.socket.start_stream("a", items, each=self.add_wrongly), View)
    async with joined(make_app, view) as (line, page):
        await line.event(page, "start")
        frame = await line.receive()
        assert frame[3:] == ["phx_error", {"reason": "channel_crash"}]
        assert await line.alive()


async def test_a_generator_that_is_faster_than_its_view_waits_for_it(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "MAX_WAITING_ITEMS", 8)
    monkeypatch.setattr(tasks, "FRAME_SECONDS", 0)
    gate, busy = asyncio.Event(), asyncio.Event()
    yielded: list[int] = []

    async def numbers() -> AsyncIterator[int]:
        for number in range(100):
            yielded.append(number)
            yield number

    class View(TextView):
        async def add_slowly(self, number: int) -> None:
            busy.set()
            await gate.wait()
            self.state.text = str(number)

    def begin(self: Any) -> None:
        self.socket.start_stream("numbers", numbers(), each=self.add_slowly, then=self.end)

    seen: dict[str, str] = {}
    async with joined(make_app, talking(begin, View)) as (line, page):
        await line.event(page, "start")
        await busy.wait()
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(yielded) <= 17
        gate.set()
        while seen.get("1") != "Ok":
            seen |= await pushed(line)
    assert seen["0"] == "99"
    assert len(yielded) == 100


async def test_a_generator_is_closed_when_it_is_cancelled_and_nothing_more_is_heard(
    make_app: MakeApp,
) -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncIterator[str]:
        try:
            while True:
                yield "x"
                await asyncio.sleep(0)
        finally:
            closed.set()

    class View(TextView):
        @event
        async def start(self) -> None:
            self.socket.start_stream("endless", endless(), each=self.one, then=self.end)

        async def one(self, token: str) -> None:
            self.state.text += token
            self.socket.cancel_async("endless")

    async with joined(make_app, View) as (line, page):
        await line.event(page, "start")
        assert await pushed(line) == {"0": "x"}
        assert await pushed(line) == {"1": "Cancelled"}
        await closed.wait()


async def test_a_generator_that_fails_shows_what_it_had_yielded(make_app: MakeApp) -> None:
    async def tokens() -> AsyncIterator[str]:
        yield "half an ans"
        raise ValueError("the model is gone")

    def begin(self: Any) -> None:
        self.socket.start_stream("answer", tokens, each=self.add, then=self.end)

    seen: dict[str, str] = {}
    async with joined(make_app, talking(begin, TextView)) as (line, page):
        await line.event(page, "start")
        while "1" not in seen:
            seen |= await pushed(line)
    assert seen == {"0": "half an ans", "1": "Failed"}


async def test_a_generator_ends_with_its_view(make_app: MakeApp) -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncIterator[str]:
        try:
            yield "x"
            await asyncio.Event().wait()
        finally:
            closed.set()

    def begin(self: Any) -> None:
        self.socket.start_stream("endless", endless, each=self.add)

    async with joined(make_app, talking(begin, TextView)) as (line, page):
        await line.event(page, "start")
        assert await pushed(line) == {"0": "x"}
        await line.leave(page)
        await closed.wait()


# Components


class OrgBox(LiveComponent[Fields]):
    html = "<div>{{ org.result }}</div>"
    gates: Gates

    async def mount(self) -> None:
        self.socket.assign_async("org", self.gates.work, "acme")


class ShelfView(LiveView[Fields]):
    html = """
    <p>{{ org.result }}</p>{% if count == 0 %}{{ live_component(Box, id='box') }}{% endif %}
    """

    @event
    async def remove(self) -> None:
        self.state.count = 1


async def test_a_components_work_fills_its_own_state_and_renders_it_only(
    make_app: MakeApp,
) -> None:
    gates = Gates()
    app = make_app(layout=None)
    app.templates.globals["Box"] = type("OrgBox", (OrgBox,), {"gates": gates})
    app.live("/", ShelfView)
    visitor = Visitor(app)
    page = await visitor.page("/")
    assert not gates.began.is_set()
    async with visitor.line(page) as line:
        await line.join(page)
        await gates.began.wait()
        gates.open.set()
        assert await pushed(line) == {"c": {"1": {"0": "acme"}}}


async def test_a_components_work_ends_when_it_leaves_the_page(make_app: MakeApp) -> None:
    gates = Gates()
    app = make_app(layout=None)
    app.templates.globals["Box"] = type("OrgBox", (OrgBox,), {"gates": gates})
    app.live("/", ShelfView)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        await gates.began.wait()
        await line.event(page, "remove")
        await line.reply(line.push(page.topic, "cids_will_destroy", {"cids": [1]}))
        await line.reply(line.push(page.topic, "cids_destroyed", {"cids": [1]}))
        await gates.ended.wait()
        assert gates.how == ["cancelled"]


# As Phoenix does


class AsyncView(LiveView[Any]):
    """The view that was recorded, without its stream."""

    html = """
    {% if org.ok %}<p>{{ org.result.name }}</p>{% else %}loading org{% endif %}
    <p id="bad">{{ bad.failed }}</p>
    <p id="boom">{% if boom.failed %}exit{% else %}ok?{% endif %}</p>
    <p id="xy">{{ x.result }} {{ y.result }}</p><p id="started">{{ started }}</p>
    """

    async def mount(self) -> None:
        self.state.started = "not started"
        self.socket.assign_async("org", self.fetch, {"name": "acme"})
        self.socket.assign_async("bad", self.fail, "nope")
        self.socket.assign_async("boom", self.fail, "boom")
        self.socket.assign_async(("x", "y"), self.fetch, {"x": 1, "y": 2})

    async def fetch(self, value: Any) -> Any:
        return value

    async def fail(self, why: str) -> None:
        raise RuntimeError(why)

    @event
    async def start(self) -> None:
        self.state.started = "started"
        self.socket.start_async("task", self.fetch, 42)

    @event
    async def fail_task(self) -> None:
        self.socket.start_async("task", self.fail, "bad")

    @event
    async def reload(self) -> None:
        self.socket.assign_async("org", self.fetch, {"name": "reloaded"}, reset=True)

    @event
    async def cancel(self) -> None:
        self.socket.start_async("task", asyncio.sleep, 5)
        self.socket.cancel_async("task")

    async def handle_async(self, name: str, outcome: AsyncOutcome[Any]) -> None:
        match outcome:
            case Ok(value):
                self.state.started = f"done {value}"
            case Failed(error):
                self.state.started = f"exit {error}"
            case Cancelled():
                self.state.started = "exit cancelled"


@pytest.mark.parametrize(
    ("step", "name", "ours"),
    [
        ("click #start", "start", [{"diff": {"5": "started"}}, {"5": "done 42"}]),
        ("click #fail", "fail_task", [{}, {"5": "exit bad"}]),
        ("click #reload", "reload", None),
        ("click #cancel", "cancel", [{}, {"5": "exit cancelled"}]),
    ],
)
async def test_answers_come_in_the_order_and_number_of_phoenix(
    step: str, name: str, ours: list[Any] | None, make_app: MakeApp
) -> None:
    theirs = read("async").step(step).received
    assert [frame[3] for frame in theirs] == ["phx_reply", "diff"]
    async with joined(make_app, AsyncView) as (line, page):
        loaded: dict[str, Any] = {}
        while not {"0", "1", "2", "3", "4"} <= loaded.keys():
            loaded |= await pushed(line)
        answers = [await line.event(page, name), await pushed(line)]
    if ours is not None:
        assert answers == ours
        shown = [frame[4].get("response", frame[4]) for frame in theirs]
        assert [bool(answer) for answer in shown] == [bool(answer) for answer in answers]
    else:
        assert "loading org" in str(answers[0])
        assert "reloaded" in str(answers[1])
