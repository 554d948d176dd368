"""Uploads when things happen at the wrong time, or do not end."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.runtime.line import PATIENCE, Line, Visitor
from tests.runtime.transfers.uploading import (
    Browser,
    MakeApp,
    Saved,
    UploadView,
    chosen,
    entries_of,
    kept_files,
    opened,
    sending,
)
from wirebird import (
    ExternalUpload,
    LiveComponent,
    LiveView,
    UploadedFile,
    UploadEntry,
    UploadWriter,
    event,
)
from wirebird.runtime.transfers import uploads as runtime_uploads
from wirebird.uploads import folder as folders
from wirebird.uploads.accept import Accept
from wirebird.uploads.folder import upload_folder
from wirebird.uploads.upload import Upload, Uploads
from wirebird.uploads.writer import TemporaryFileWriter


class Recording(UploadWriter):
    """Notes what is called, and lets each method be held or made to fail."""

    calls: ClassVar[list[str]]
    begun: ClassVar[asyncio.Event]
    go_on: ClassVar[asyncio.Event]
    slow: ClassVar[str] = ""
    bad: ClassVar[str] = ""

    async def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.bad == name:
            raise OSError("no")
        if self.slow == name:
            self.begun.set()
            await self.go_on.wait()
            self.calls.append(f"{name} ended")

    async def init(self) -> None:
        await self._call("init")

    async def write_chunk(self, data: bytes) -> None:
        await self._call("write")

    async def close(self, reason: Any) -> None:
        await self._call(f"close {reason}")

    async def release(self) -> None:
        await self._call("release")


@pytest.fixture
def recording() -> Callable[..., type[Recording]]:
    def make(**options: Any) -> type[Recording]:
        events = {"begun": asyncio.Event(), "go_on": asyncio.Event(), "calls": []}
        return type("Recorded", (Recording,), {**events, **options})

    return make


def transfers_of(view: LiveView[Any]) -> list[Any]:
    channel = view.socket._host._channel  # pyright: ignore
    return [*channel.uploads._transfers, *channel.connection._transfers.values()]


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  (nothing tells when)
            await asyncio.sleep(0)


# Beginning


@pytest.mark.parametrize("bad", ["init", "__init__"])
async def test_a_transfer_that_cannot_begin_is_forgotten(
    bad: str, make_app: MakeApp, recording: Callable[..., type[Recording]]
):
    def cannot(self: Any, *_: Any) -> None:
        raise OSError("no")

    more = {"__init__": cannot} if bad == "__init__" else {"bad": "init"}
    async with opened(make_app, writer=recording(**more)) as (_, _, browser, view):
        await browser.preflight(chosen("0", "a.txt", 25))
        reply = await browser.join("0")
        assert reply == {"status": "error", "response": {"reason": "writer_error"}}
        assert transfers_of(view) == []
        assert entries_of(view)[0][3] == ("writer_failure",)


async def test_a_view_that_ends_while_a_writer_begins_lets_it_close(
    make_app: MakeApp, recording: Callable[..., type[Recording]]
):
    writer = recording(slow="init")
    async with opened(make_app, writer=writer) as (line, page, browser, view):
        await browser.preflight(chosen("0", "a.txt", 25))
        line.joins["lvu:0"] = "90"
        line.send(["90", "90", "lvu:0", "phx_join", {"token": browser.tokens["0"]}])
        await writer.begun.wait()
        await line.leave(page)
        await until(lambda: transfers_of(view) == [])
        assert writer.calls == ["init", "close cancel", "release"]


# Chunks


async def test_the_wait_for_the_next_chunk_begins_when_the_last_was_written(make_app: MakeApp):
    written: list[float] = []

    class Slow(UploadWriter):
        async def write_chunk(self, data: bytes) -> None:
            await asyncio.sleep(0)
            written.append(asyncio.get_running_loop().time())

    async with sending(make_app, writer=Slow) as (_, _, browser, view):
        await browser.chunk("0", b"a")
        (transfer, _) = transfers_of(view)
        assert transfer._timer.when() >= written[0] + 10.0


async def test_a_cancel_while_a_chunk_is_written_waits_for_the_writer(
    make_app: MakeApp, recording: Callable[..., type[Recording]]
):
    go_on = threading.Event()
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    calls: list[str] = []

    class InThread(UploadWriter):
        def write_chunk(self, data: bytes) -> None:
            loop.call_soon_threadsafe(begun.set)
            go_on.wait(PATIENCE)
            calls.append("written")

        def close(self, reason: Any) -> None:
            calls.append(f"close {reason}")

    async with sending(make_app, writer=InThread) as (line, page, browser, view):
        browser.begin_chunk("0", b"a")
        await begun.wait()
        await line.event(page, "cancel", {"ref": "0"})
        assert await line.event(page, "ping") is not None
        assert calls == []
        go_on.set()
        await until(lambda: transfers_of(view) == [])
        assert calls == ["written", "close cancel"]


@pytest.mark.parametrize("slow", ["close done", "write"])
async def test_a_writer_is_closed_once_whenever_the_cancel_comes(
    slow: str, make_app: MakeApp, recording: Callable[..., type[Recording]]
):
    writer = recording(slow=slow)
    async with sending(make_app, size=5, writer=writer) as (line, page, browser, view):
        browser.begin_chunk("0", b"aaaaa")
        await writer.begun.wait()
        await line.event(page, "cancel", {"ref": "0"})
        await until(lambda: transfers_of(view) == [])
        assert [call[:5] for call in writer.calls].count("close") == 1
        assert writer.calls[-1] == "release"


async def test_a_writer_that_cannot_close_is_not_closed_again(
    make_app: MakeApp, recording: Callable[..., type[Recording]]
):
    writer = recording(bad="close done")
    async with sending(make_app, size=5, writer=writer) as (_, _, browser, view):
        reply = await browser.chunk("0", b"aaaaa")
        assert reply["response"] == {"reason": "writer_error"}
        assert writer.calls == ["init", "write", "close done", "release"]
        assert entries_of(view) == [("a.txt", 0, False, ("writer_failure",))]


async def test_a_file_that_cannot_be_finished_is_removed(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
):
    def cannot(self: Any) -> None:
        self._flush()
        raise OSError("the disk is full")

    async with sending(make_app, size=5) as (_, _, browser, _):
        monkeypatch.setattr(TemporaryFileWriter, "_finish", cannot)
        assert (await browser.chunk("0", b"aaaaa"))["status"] == "error"
        assert kept_files() == []


async def test_what_the_disk_takes_in_pieces_is_written_whole(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
):
    class Grudging:
        def __init__(self, file: Any) -> None:
            self.file = file
            self.close = file.close

        def write(self, data: Any) -> int:
            return self.file.write(bytes(data)[:7])

    def grudging(self: Path, mode: str = "r", buffering: int = -1, **options: Any) -> Any:
        file = plain(self, mode, buffering, **options)
        return Grudging(file) if mode == "xb" else file

    plain = Path.open
    monkeypatch.setattr(Path, "open", grudging)
    async with opened(make_app) as (line, page, browser, view):
        await browser.send("0", "a.txt", b"abcdefghij")
        await line.event(page, "save")
        assert view.state.saved == [("a.txt", b"abcdefghij")]


@pytest.mark.parametrize("error", [SystemExit(1), asyncio.CancelledError()], ids=repr)
@pytest.mark.parametrize("method", ["init", "write_chunk", "close", "release"])
async def test_nothing_that_a_writer_raises_goes_further(
    method: str, error: BaseException, make_app: MakeApp
):
    async def fail(self: Any, *_: Any) -> None:
        raise error

    writer = type("Bad", (UploadWriter,), {method: fail})
    async with opened(make_app, writer=writer) as (line, page, browser, view):
        entry = chosen("0", "a.txt", 5)
        await browser.preflight(entry)
        replies = [await browser.join("0")]
        if method != "init":
            replies.append(await browser.chunk("0", b"aaaaa"))
        if method != "release":
            assert replies[-1] == {"status": "error", "response": {"reason": "writer_error"}}
        await line.event(page, "cancel", {"ref": "0"})
        await until(lambda: transfers_of(view) == [])
        assert await line.alive()


@pytest.mark.parametrize("event", ["phx_leave", "chunk"])
async def test_a_client_that_floods_and_does_not_read_is_not_read_from(
    event: str, make_app: MakeApp, recording: Callable[..., type[Recording]]
):
    writer = recording(slow="write")
    async with opened(make_app, writer=writer) as (line, _, browser, _):
        await browser.preflight(chosen("0", "a.txt", 25))
        await browser.join("0")
        browser.begin_chunk("0", b"a")
        await writer.begun.wait()
        with line.not_reading():
            before = len(asyncio.all_tasks())
            for _ in range(500):
                line.push("lvu:0", event, {"padding": "x" * 1000})
            for _ in range(2000):
                await asyncio.sleep(0)
            assert len(asyncio.all_tasks()) < before + 5
            assert line._to_server.qsize() > 400  # pyright: ignore


async def test_a_cancel_while_the_file_is_written_leaves_none(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
):
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slowly(self: Path, mode: str = "r", buffering: int = -1, **options: Any) -> Any:
        if mode == "xb":
            loop.call_soon_threadsafe(begun.set)
            go_on.wait(PATIENCE)
        return plain(self, mode, buffering, **options)

    plain = Path.open
    async with opened(make_app) as (line, page, browser, view):
        upload_folder()
        monkeypatch.setattr(Path, "open", slowly)
        await browser.preflight(chosen("0", "a.txt", 5))
        await browser.join("0")
        browser.begin_chunk("0", b"aaaaa")
        await begun.wait()
        (transfer, _) = transfers_of(view)
        await line.event(page, "cancel", {"ref": "0"})
        for _ in range(50):
            await asyncio.sleep(0)
        go_on.set()
        await transfer._gone.wait()
        assert kept_files() == []


async def test_a_client_that_sends_on_without_reading_is_not_read_from(make_app: MakeApp):
    class Nowhere(UploadWriter):
        async def write_chunk(self, data: bytes) -> None: ...

    async with opened(make_app, writer=Nowhere) as (line, _, browser, _):
        await browser.preflight(chosen("0", "a.txt", 5000))
        await browser.join("0")
        with line.not_reading():
            before = len(asyncio.all_tasks())
            for _ in range(500):
                browser.begin_chunk("0", b"a")
            for _ in range(2000):
                await asyncio.sleep(0)
            assert len(asyncio.all_tasks()) < before + 5
            assert line._to_server.qsize() > 400  # pyright: ignore


# Ending


async def test_what_a_writer_keeps_is_released_after_it_has_closed(
    make_app: MakeApp, recording: Callable[..., type[Recording]]
):
    writer = recording(bad="write", slow="close no")
    async with opened(make_app, writer=writer) as (line, page, browser, _):
        await browser.preflight(chosen("0", "a.txt", 25))
        await browser.join("0")
        browser.begin_chunk("0", b"a")
        await writer.begun.wait()
        leaving = asyncio.ensure_future(line.leave(page))
        for _ in range(20):
            await asyncio.sleep(0)
        writer.go_on.set()
        await leaving
        assert await line.alive()
        assert writer.calls == ["init", "write", "close no", "close no ended", "release"]


async def test_a_writer_that_never_closes_is_given_up(
    make_app: MakeApp,
    recording: Callable[..., type[Recording]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setattr(runtime_uploads, "END_PATIENCE", 0.01)
    writer = recording(slow="close cancel")
    async with opened(make_app, writer=writer) as (line, page, browser, view):
        await browser.preflight(chosen("0", "a.txt", 25))
        await browser.join("0")
        await line.leave(page)
        assert await line.alive()
        await until(lambda: transfers_of(view) == [])
        assert writer.calls == ["init", "close cancel", "release"]
        assert "writers of its uploads do not end" in caplog.text


async def test_a_file_is_there_for_whoever_consumes_it_until_the_end(make_app: MakeApp):
    reading, go_on = asyncio.Event(), asyncio.Event()

    class Slowly(UploadView):
        @event
        async def save(self) -> None:
            async def keep(file: UploadedFile) -> int:
                reading.set()
                await go_on.wait()
                return file.path.stat().st_size

            self.state.saved += await self.socket.consume_uploaded_entries("doc", keep)

    async with opened(make_app, Slowly) as (line, page, browser, view):
        await browser.send("0", "a.txt", b"abc")
        saving = line.begin_event(page, "save")
        await reading.wait()
        assert (await line.reply(line.push("lvu:0", "phx_leave", {})))["status"] == "ok"
        go_on.set()
        assert (await line.reply(saving))["status"] == "ok"
        assert view.state.saved == [3]


# Views and components


async def test_handlers_in_threads_allow_and_cancel_uploads(make_app: MakeApp):
    class InThread(UploadView):
        @event
        def more(self) -> None:
            self.socket.allow_upload("more", accept="any")

        @event
        def cancel(self, ref: str) -> None:
            self.socket.cancel_upload("doc", ref)

        @event
        def disallow(self) -> None:
            self.socket.disallow_upload("more")

    async with opened(make_app, InThread) as (line, page, browser, view):
        await browser.send("0", "a.txt", b"abc")
        await line.event(page, "more")
        assert len(view.socket.uploads) == 2
        await line.event(page, "cancel", {"ref": "0"})
        await until(lambda: kept_files() == [])
        await line.event(page, "disallow")
        assert entries_of(view) == []


def test_uploads_may_be_allowed_while_one_is_looked_for():
    uploads = Uploads("View")
    uploads.add(Upload(name="a", accept=Accept("any")))

    class Meanwhile:
        __hash__ = None  # pyright: ignore

        def __eq__(self, other: object) -> bool:
            uploads.add(Upload(name=f"{len(uploads)}", accept=Accept("any")))
            return False

    assert uploads.by_ref(Meanwhile()) is None
    assert len(uploads) == 2


@dataclass
class Shown:
    shown: bool = True


class Part(LiveComponent[Saved]):
    html = """<form id="part" phx-change="check" phx-target="{{ myself }}">
      {{ ui.live_file_input(uploads.doc) }}</form>"""

    async def mount(self) -> None:
        self.socket.allow_upload("doc", accept="any", chunk_size=10_000)

    @event
    async def check(self) -> None: ...


class PartView(LiveView[Shown]):
    html = '{% if shown %}{{ live_component(Part, id="part") }}{% endif %}'

    @event
    async def hide(self) -> None:
        self.state.shown = False


async def test_a_component_that_leaves_the_page_takes_its_transfers_along(make_app: MakeApp):
    app = make_app()
    app.components(Part)
    app.live("/", PartView)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        channel: Any = app.endpoint.connections.pop().channels[page.topic]
        view = channel.view
        (uploads,) = view.socket.all_uploads.values()
        browser = Browser(line, page, uploads["doc"].ref, cid=1)
        await browser.preflight(chosen("0", "a.txt", 2_000_000))
        await browser.join("0")
        for _ in range(120):
            await browser.chunk("0", b"a" * 10_000)
        assert len(kept_files()) == 1
        await line.event(page, "hide")
        await line.reply(line.push(page.topic, "cids_will_destroy", {"cids": [1]}))
        await line.reply(line.push(page.topic, "cids_destroyed", {"cids": [1]}))
        assert (await browser.progress("0", 60))["status"] == "ok"
        await until(lambda: kept_files() == [] and transfers_of(view) == [])
        assert (await browser.chunk("0", b"a"))["response"] == {"reason": "unmatched topic"}
        assert await line.alive()


# Elsewhere


class Bucket(ExternalUpload):
    def __init__(self) -> None:
        self.calls: list[str] = []
        self.error: BaseException | None = None
        self.finishing, self.go_on = asyncio.Event(), asyncio.Event()
        self.view: LiveView[Any] | None = None

    async def start(self, entry: UploadEntry) -> dict[str, Any]:
        self.calls.append("start")
        if entry.client_name == "cancelled.txt":
            assert self.view is not None
            self.view.socket.cancel_upload("doc", entry.ref)
        if entry.client_name == "elsewhere.txt":
            assert self.view is not None
            self.view.socket.push_navigate("/login")
        return {"uploader": "Bucket"}

    async def finish(self, entry: UploadEntry, meta: Any) -> None:
        self.calls.append("finish")
        if self.error is not None:
            raise self.error
        self.finishing.set()
        await self.go_on.wait()

    async def cancel(self, entry: UploadEntry, meta: Any) -> None:
        self.calls.append("cancel")


async def external(browser: Browser, name: str) -> Any:
    entry = chosen("0", name, 5)
    return (await browser.preflight(entry))["response"]


def say_done(line: Line, browser: Browser) -> str:
    payload = {"event": None, "ref": browser.upload, "entry_ref": "0", "progress": 100}
    return line.push(browser.page.topic, "progress", payload)


async def test_an_external_upload_is_finished_once(make_app: MakeApp):
    bucket = Bucket()
    async with opened(make_app, external=bucket) as (line, _, browser, view):
        await external(browser, "a.txt")
        first = say_done(line, browser)
        await bucket.finishing.wait()
        for _ in range(3):
            assert (await line.reply(say_done(line, browser)))["status"] == "ok"
        bucket.go_on.set()
        assert (await line.reply(first))["status"] == "ok"
        assert bucket.calls == ["start", "finish"]
        assert entries_of(view) == [("a.txt", 100, True, ())]


@pytest.mark.parametrize("error", [OSError(), SystemExit(1), asyncio.CancelledError()], ids=repr)
async def test_an_external_upload_that_cannot_be_finished_has_failed(
    error: BaseException, make_app: MakeApp
):
    bucket = Bucket()
    bucket.error = error
    async with opened(make_app, external=bucket) as (line, _, browser, view):
        await external(browser, "a.txt")
        assert (await line.reply(say_done(line, browser)))["status"] == "ok"
        assert entries_of(view) == [("a.txt", 100, False, ("failed",))]


async def test_an_external_upload_that_is_cancelled_while_it_starts_is_removed(
    make_app: MakeApp,
):
    bucket = Bucket()
    async with opened(make_app, external=bucket) as (_, _, browser, view):
        bucket.view = view
        assert (await external(browser, "cancelled.txt"))["entries"] == {}
        await until(lambda: bucket.calls == ["start", "cancel"])


async def test_an_external_upload_that_is_cancelled_while_it_is_finished_is_removed(
    make_app: MakeApp,
):
    bucket = Bucket()
    async with opened(make_app, external=bucket) as (line, page, browser, view):
        await external(browser, "a.txt")
        done = say_done(line, browser)
        await bucket.finishing.wait()
        await line.event(page, "cancel", {"ref": "0"})
        bucket.go_on.set()
        assert (await line.reply(done))["status"] == "ok"
        assert bucket.calls[-1] == "cancel"
        assert entries_of(view) == []


async def test_an_external_upload_may_send_the_page_elsewhere(make_app: MakeApp):
    bucket = Bucket()
    async with opened(make_app, external=bucket) as (_, _, browser, view):
        bucket.view = view
        response = await external(browser, "elsewhere.txt")
        assert response["live_redirect"]["to"] == "/login"


# The folder


def test_the_folder_is_made_anew_when_it_was_removed():
    first = folders.upload_folder()
    (first / ".lock").unlink()
    first.rmdir()
    assert folders.upload_folder().is_dir()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs users")
def test_folders_of_others_are_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    left = tmp_path / f"{folders.PREFIX}left"
    left.mkdir()
    (left / ".lock").touch()
    user = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: user + 1)
    folders._sweep(tmp_path)  # pyright: ignore[reportPrivateUsage]
    assert left.exists()
    monkeypatch.undo()
    folders._sweep(tmp_path)  # pyright: ignore[reportPrivateUsage]
    assert not left.exists()
