"""What an application wants around every callback, and what runs its functions in threads."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Annotated, Any

import anyio.to_thread
import pytest

from wirebird import (
    AsyncOutcome,
    Depends,
    ExternalUpload,
    LiveComponent,
    LiveView,
    UploadedFile,
    UploadEntry,
    UploadWriter,
    Wirebird,
    event,
    info,
)
from wirebird.testing import LiveClient, ViewCrashed

language: ContextVar[str] = ContextVar("language", default="none")

Log = list[tuple[str, str]]


class Around:
    """Notes what it stands around, and sets the language meanwhile."""

    def __init__(self) -> None:
        self.calls: Log = []
        self.failures: list[BaseException] = []

    @contextmanager
    def of_both(self, owner: Any, name: str) -> Generator[None]:
        self.calls.append((type(owner).__name__, name))
        token = language.set("eo")
        try:
            yield
        except BaseException as error:
            self.failures.append(error)
            raise
        finally:
            language.reset(token)

    @asynccontextmanager
    async def later(self, owner: Any, name: str) -> AsyncGenerator[None]:
        await anyio.lowlevel.checkpoint()
        with self.of_both(owner, name):
            yield

    def names(self, owner: str) -> list[str]:
        return [name for kind, name in self.calls if kind == owner]


@pytest.fixture
def around() -> Around:
    return Around()


@pytest.fixture(params=["sync", "async"])
def manager(request: pytest.FixtureRequest, around: Around) -> Callable[..., Any]:
    return around.of_both if request.param == "sync" else around.later


class Spoken:
    def __str__(self) -> str:
        return language.get()


class Part(LiveComponent):
    html = "<b phx-click='press' phx-target='{{ myself }}'>{{ spoken }} {{ heard }}</b>"

    def mount(self) -> None:
        self.state.heard = language.get()
        self.state.spoken = ""

    def update(self) -> None:
        self.state.spoken = language.get()

    @event
    def press(self) -> None:
        self.state.heard = f"pressed in {language.get()}"


class Inner(LiveView):
    html = "<i phx-click='press'>{{ heard }}</i>"

    async def mount(self) -> None:
        self.state.heard = language.get()

    @event
    async def press(self) -> None:
        self.state.heard = f"pressed in {language.get()}"


def dependency() -> Iterator[str]:
    yield language.get()


class Plain(LiveView):
    """All of its callbacks run in threads."""

    html = """<button phx-click="add">Add</button><button phx-click="other">Other</button>
        <p>{{ heard|join(",") }}</p><q>{{ spoken() }}</q>
        {{ live_component(Part, id="part") }}{{ live_render(Inner, id="inner") }}"""

    def mount(self) -> Any:
        self.state.heard = ["mount " + language.get()]
        self.state.spoken = language.get

    def handle_params(self) -> Any:
        self.hear("handle_params")

    def hear(self, what: str) -> None:
        self.state.heard.append(f"{what} {language.get()}")

    @event("add")
    def added(self, said: Annotated[str, Depends(dependency)]) -> Any:
        self.hear(f"added {said}")
        self.socket.send("a message")
        self.socket.start_async("work", language.get, then=self.done)
        self.socket.start_async("more", language.get)
        self.socket.start_stream("items", lambda: iter("a"), each=self.take)

    def handle_event(self, name: str, value: Any) -> Any:
        self.hear("handle_event")
        self.socket.send(3)

    @info
    def said(self, message: str) -> Any:
        self.hear("said")

    def handle_info(self, message: object) -> Any:
        self.hear("handle_info")

    def done(self, outcome: AsyncOutcome[str]) -> Any:
        self.hear("done")

    def handle_async(self, name: str, outcome: AsyncOutcome[str]) -> Any:
        self.hear("handle_async")

    def take(self, item: str) -> Any:
        self.hear("take")

    def terminate(self, reason: str) -> Any:
        ended.append(f"{reason} {language.get()}")


class Async(Plain):
    """The same on the event loop."""

    async def mount(self) -> None:
        super().mount()

    async def handle_params(self) -> None:
        super().handle_params()

    @event("add")
    async def added(self, said: Annotated[str, Depends(dependency)]) -> None:
        super().added(said)

    async def handle_event(self, name: str, value: Any) -> None:
        super().handle_event(name, value)

    @info
    async def said(self, message: str) -> None:
        super().said(message)

    async def handle_info(self, message: object) -> None:
        super().handle_info(message)

    async def done(self, outcome: AsyncOutcome[str]) -> None:
        super().done(outcome)

    async def handle_async(self, name: str, outcome: AsyncOutcome[str]) -> None:
        super().handle_async(name, outcome)

    async def take(self, item: str) -> None:
        super().take(item)

    async def terminate(self, reason: str) -> None:
        super().terminate(reason)


ended: list[str] = []


def audit(view: LiveView[Any]) -> None:
    view.socket.attach_hook("see", "handle_event", see)
    hooked.append(f"audit {language.get()}")


def see(*_: Any) -> None:
    hooked.append(f"see {language.get()}")


hooked: list[str] = []


def application(view: type[LiveView[Any]], **options: Any) -> Wirebird:
    app = Wirebird(debug=True, **options)
    app.components(Part, Inner)
    with app.live_session("audited", on_mount=[audit]) as audited:
        audited.live("/", view)
    return app


@pytest.mark.parametrize("view_class", [Plain, Async])
async def test_a_manager_stands_around_every_callback(
    around: Around, manager: Callable[..., Any], view_class: type[LiveView[Any]]
) -> None:
    ended.clear()
    hooked.clear()
    async with LiveClient(application(view_class, around=manager)) as client:
        view = await client.live("/")
        assert "mount eo,handle_params eo" in view.dead_html
        assert "<q>eo</q>" in view.dead_html
        assert "eo eo</b>" in view.dead_html
        assert "eo</i>" in view.dead_html
        assert ended == ["http eo"]
        assert view.text("q") == "eo"
        assert view.text("b") == "eo eo"
        await view.click("button", text="Add")
        await view.until(
            lambda view: (
                {"said eo", "done eo", "handle_async eo", "take eo"}
                <= set(view.text("p").split(","))
            )
        )
        assert "added eo eo" in view.text("p")
        await view.click("button", text="Other")
        assert "handle_event eo" in view.text("p")
        await view.until(lambda view: "handle_info eo" in view.text("p"))
        await view.click("b")
        assert view.text("b") == "eo pressed in eo"
        await view.child("inner").click("i")
        assert view.child("inner").text("i") == "pressed in eo"
        assert set(hooked) == {"audit eo", "see eo"}
    assert ended[-1].endswith(" eo")
    assert language.get() == "none"
    names = around.names(view_class.__name__)
    assert names[:5] == ["audit", "mount", "handle_params", "render", "terminate"]
    assert set(names) == {
        "added", "audit", "done", "handle_async", "handle_event", "handle_info", "handle_params",
        "mount", "render", "said", "see", "take", "terminate",
    }  # fmt: skip
    assert set(around.names("Part")) == {"mount", "update", "render", "press"}
    assert set(around.names("Inner")) == {"mount", "render", "press"}


class Failing(LiveView):
    html = """<button phx-click="fail">fail</button><button phx-click="spoil">spoil</button>
        <p>{{ 1 // count }}</p>"""

    async def mount(self) -> None:
        self.state.count = 1

    @event
    async def fail(self) -> None:
        raise LookupError("not there")

    @event
    async def spoil(self) -> None:
        self.state.count = 0


@pytest.mark.parametrize("name", ["fail", "spoil"])
async def test_a_manager_sees_an_exception_and_cannot_hide_it(around: Around, name: str) -> None:
    @contextmanager
    def hiding(owner: Any, name: str) -> Generator[None]:
        try:
            with around.of_both(owner, name):
                yield
        except (LookupError, ZeroDivisionError):
            pass

    async with LiveClient(application(Failing, around=hiding)) as client:
        view = await client.live("/")
        with pytest.raises(ViewCrashed):
            await view.click("button", text=name)
    assert [type(each) for each in around.failures] == [
        LookupError if name == "fail" else ZeroDivisionError
    ]


async def test_functions_run_in_threads_by_the_application_s_runner() -> None:
    runs: list[Any] = []
    mine = threading.local()

    async def run_in_thread(work: Callable[[], Any]) -> Any:
        def run() -> Any:
            mine.open = True
            try:
                return work()
            finally:
                mine.open = False

        runs.append(work)
        return await anyio.to_thread.run_sync(run)

    def opens() -> bool:
        return mine.open

    def opened() -> Iterator[str]:
        assert mine.open
        yield "given"
        assert mine.open

    class InThreads(LiveView):
        html = "<button phx-click='press'>Press</button><p>{{ heard|join(',') }}</p>"

        def mount(self) -> None:
            self.state.heard = [f"mount {mine.open}"]

        @event
        def press(self, given: Annotated[str, Depends(opened)]) -> None:
            self.state.heard.append(f"{given} {mine.open}")
            self.socket.start_async("work", opens, then=self.done)

        def done(self, outcome: Any) -> None:
            self.state.heard.append(f"done {outcome.value} {mine.open}")

    async with LiveClient(application(InThreads, run_in_thread=run_in_thread)) as client:
        view = await client.live("/")
        assert "mount True" in view.dead_html
        assert view.text("p") == "mount True"
        await view.click("button")
        await view.until(lambda view: view.text("p") == "mount True,given True,done True True")
    assert runs


taken: list[str] = []


def note(what: str) -> None:
    taken.append(f"{what} {language.get()}")


class Writer(UploadWriter):
    """All of its methods run in threads."""

    def init(self) -> Any:
        note("init")

    def write_chunk(self, data: bytes) -> Any:
        note("write_chunk")

    def close(self, reason: object) -> Any:
        note("close")

    def release(self) -> Any:
        note("release")


class AsyncWriter(Writer):
    async def init(self) -> None:
        super().init()

    async def write_chunk(self, data: bytes) -> None:
        super().write_chunk(data)

    async def close(self, reason: object) -> None:
        super().close(reason)

    async def release(self) -> None:
        super().release()


class Elsewhere(ExternalUpload):
    def start(self, entry: UploadEntry) -> dict[str, Any]:
        note("start")
        return {"uploader": "X"}

    async def finish(self, entry: UploadEntry, meta: Any) -> None:
        note("finish")

    def cancel(self, entry: UploadEntry, meta: Any) -> None:
        note("cancel")


class Uploading(LiveView):
    html = """<form id="form" phx-change="chosen" phx-submit="save">
        {{ ui.live_file_input(uploads.here) }}{{ ui.live_file_input(uploads.there) }}</form>
        <button phx-click="cancel">Cancel</button>"""
    writer: type[UploadWriter] = Writer

    async def mount(self) -> None:
        self.socket.allow_upload(
            "here", accept="any", writer=self.writer, check_content=self.check, progress=self.tell
        )
        self.socket.allow_upload("there", accept="any", external=Elsewhere(), max_entries=2)

    def check(self, entry: UploadEntry, data: bytes) -> None:
        note("check")

    def tell(self, entry: UploadEntry) -> None:
        note("tell")

    def keep(self, file: UploadedFile) -> None:
        note("keep")

    @event
    async def chosen(self) -> None: ...

    @event
    async def save(self) -> None:
        await self.socket.consume_uploaded_entries("here", self.keep)

    @event
    async def cancel(self) -> None:
        for entry in self.socket.uploads["there"].entries:
            self.socket.cancel_upload("there", entry.ref)


class UploadingAsync(Uploading):
    writer = AsyncWriter


@pytest.mark.parametrize("view_class", [Uploading, UploadingAsync])
async def test_a_manager_stands_around_what_an_upload_calls(
    around: Around, manager: Callable[..., Any], view_class: type[LiveView[Any]]
) -> None:
    taken.clear()
    async with LiveClient(application(view_class, around=manager)) as client:
        view = await client.live("/")
        here = await view.file_input("#form", "here", [("a.txt", b"a")])
        await here.render_upload("a.txt")
        there = await view.file_input("#form", "there", [("b.txt", b"b"), ("c.txt", b"c")])
        await there.render_upload("b.txt")
        await there.render_upload("c.txt", 50)
        await view.submit("#form")
        await view.click("button")
    assert {name.removesuffix(" eo") for name in taken} == {
        "cancel", "check", "close", "finish", "init", "keep", "release", "start", "tell",
        "write_chunk",
    }  # fmt: skip
    assert set(around.names(view_class.__name__)) == {
        "audit", "cancel", "check", "chosen", "close", "finish", "init", "mount", "release",
        "render", "save", "see", "start", "tell", "write_chunk",
    }  # fmt: skip


async def test_an_upload_s_functions_run_in_threads_by_the_application_s_runner() -> None:
    ran: list[str] = []

    async def run_in_thread(work: Callable[[], Any]) -> Any:
        before = len(taken)
        result = await anyio.to_thread.run_sync(work)
        ran.extend(name.split()[0] for name in taken[before:])
        return result

    taken.clear()
    async with LiveClient(application(Uploading, run_in_thread=run_in_thread)) as client:
        view = await client.live("/")
        here = await view.file_input("#form", "here", [("a.txt", b"a")])
        await here.render_upload("a.txt")
        there = await view.file_input("#form", "there", [("b.txt", b"b")])
        await there.render_upload("b.txt", 50)
        await view.submit("#form")
        await view.click("button")
    assert set(ran) == {
        "cancel", "check", "close", "init", "keep", "release", "start", "tell", "write_chunk",
    }  # fmt: skip
