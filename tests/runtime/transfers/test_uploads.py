"""Uploads over the wire: what a browser sends, and what only an attacker does."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any, ClassVar

import pytest

from tests.runtime.transfers.uploading import (
    MakeApp,
    UploadView,
    chosen,
    entries_of,
    kept_files,
    opened,
    sending,
)
from wirebird import (
    LiveView,
    Postpone,
    UploadedFile,
    UploadEntry,
    UploadError,
    UploadWriter,
    event,
)
from wirebird.testing import LiveClient

TEXT = b"abcdefghij\n" * 2273  # 25,003 bytes


async def test_a_file_comes_in_chunks_and_is_consumed(make_app: MakeApp):
    async with opened(make_app) as (line, page, browser, view):
        entry = chosen("0", "a.txt", len(TEXT))
        reply = await browser.choose(entry)
        assert reply["status"] == "ok"
        assert entries_of(view) == [("a.txt", 0, False, ())]
        reply = await browser.preflight(entry)
        response = reply["response"]
        assert response["ref"] == browser.upload
        assert response["config"] == {
            "chunk_size": 10_000,
            "chunk_timeout": 10_000,
            "max_entries": 2,
            "max_file_size": 100_000,
        }
        assert response["errors"] == {}
        assert list(response["entries"]) == ["0"]
        assert await browser.join("0") == {"status": "ok", "response": {}}
        assert await browser.chunk("0", TEXT[:10_000]) == {"status": "ok", "response": {}}
        await browser.progress("0", 39)
        assert entries_of(view) == [("a.txt", 39, False, ())]
        await browser.chunk("0", TEXT[10_000:20_000])
        await browser.chunk("0", TEXT[20_000:])
        await browser.progress("0", 100)
        assert entries_of(view) == [("a.txt", 100, True, ())]
        assert len(kept_files()) == 1
        await line.event(page, "save")
        assert view.state.saved == [("a.txt", TEXT)]
        assert entries_of(view) == []
        assert await line.receive() == ["4", "4", "lvu:0", "phx_close", {}]


async def test_two_files_come_side_by_side(make_app: MakeApp):
    async with opened(make_app) as (line, page, browser, view):
        one, two = chosen("0", "1.txt", 20_000), chosen("1", "2.txt", 5)
        await browser.choose(one, two)
        await browser.preflight(one, two)
        await browser.join("0")
        await browser.join("1")
        await browser.chunk("0", b"a" * 10_000)
        await browser.chunk("1", b"bbbbb")
        await browser.chunk("0", b"c" * 10_000)
        await browser.progress("0", 100)
        await browser.progress("1", 100)
        await line.event(page, "save")
        assert view.state.saved == [("1.txt", b"a" * 10_000 + b"c" * 10_000), ("2.txt", b"bbbbb")]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (chosen("0", "a.txt", 100_001), "too_large"),
        (chosen("0", "a.png", 10), "not_accepted"),
        (chosen("0", "a.txt", 0), "empty"),
        (chosen("0", "../../etc/a.txt", 10), "invalid_name"),
        (chosen("0", "..", 10), "invalid_name"),
        (chosen("0", "a\0.txt", 10), "invalid_name"),
        (chosen("0", "C:\\a.txt", 10), "invalid_name"),
        (chosen("0", "x" * 10_000 + ".txt", 10), "invalid_name"),
        (chosen("0", "a.txt", 10, relative_path="x/../../a.txt"), "invalid_name"),
        (chosen("0", "a.txt", 10, relative_path="/etc/a.txt"), "invalid_name"),
    ],
)
async def test_a_file_that_may_not_be_sent_is_refused_with_its_error(
    entry: dict[str, Any], problem: str, make_app: MakeApp
):
    async with opened(make_app) as (_, _, browser, view):
        await browser.choose(entry)
        assert problem in view.socket.uploads.doc.entries[0].errors
        assert len(view.socket.uploads.doc.entries[0].client_name) <= 255
        assert ".." not in view.socket.uploads.doc.entries[0].client_relative_path
        response = (await browser.preflight(entry))["response"]
        assert "entries" not in response
        assert ["0", problem] in response["error"]
        assert await browser.join("0", token="") == {
            "status": "error",
            "response": {"reason": "invalid_token"},
        }


async def test_more_files_than_allowed_are_refused_and_few_of_them_are_kept(make_app: MakeApp):
    async with opened(make_app) as (line, page, browser, view):
        three = [chosen(str(n), f"{n}.txt", 1) for n in range(3)]
        await browser.choose(*three)
        response = (await browser.preflight(*three))["response"]
        assert response["error"] == [[browser.upload, "too_many_files"]]
        await browser.choose(*(chosen(str(n), f"{n}.txt", 1) for n in range(5000)))
        assert len(view.socket.uploads.doc.entries) == 52
        for entry in tuple(view.socket.uploads.doc.entries[2:]):
            await line.event(page, "cancel", {"ref": entry.ref})
        assert set((await browser.preflight(*three[:2]))["response"]["entries"]) == {"0", "1"}


async def test_of_too_many_auto_uploads_the_first_are_sent_and_the_others_once_there_is_room(
    make_app: MakeApp,
):
    async with opened(make_app, auto_upload=True) as (line, page, browser, _):
        three = [chosen(str(n), f"{n}.txt", 1) for n in range(3)]
        response = (await browser.preflight(*three))["response"]
        assert set(response["entries"]) == {"0", "1"}
        assert response["errors"] == {"2": ["too_many_files"]}
        assert (await browser.preflight(three[2]))["response"]["entries"] == {}
        await line.event(page, "cancel", {"ref": "0"})
        assert set((await browser.preflight(three[2]))["response"]["entries"]) == {"2"}


async def test_chunks_that_no_frame_has_room_for_are_an_error_in_mount(make_app: MakeApp):
    class TooMuch(LiveView):
        html = ""

        async def mount(self) -> None:
            self.socket.allow_upload("doc", accept="any", chunk_size=1024 * 1024)

    app = make_app()
    app.live("/", TooMuch)
    async with LiveClient(app) as client:
        with pytest.raises(
            UploadError, match=r"allow_upload\('doc'\): chunk_size is 1048576 bytes"
        ):
            await client.live("/")


async def test_where_one_file_is_allowed_a_new_one_takes_its_place(make_app: MakeApp):
    async with opened(make_app, max_entries=1) as (_, _, browser, view):
        first, second = chosen("0", "1.txt", 5), chosen("1", "2.txt", 5)
        await browser.choose(first)
        await browser.preflight(first)
        await browser.join("0")
        await browser.choose(second)
        assert entries_of(view) == [("2.txt", 0, False, ())]
        reply = await browser.chunk("0", b"aaaaa")
        assert reply["status"] == "error"


async def test_with_auto_upload_good_files_are_sent_although_others_are_refused(
    make_app: MakeApp,
):
    async with opened(make_app, auto_upload=True) as (_, _, browser, _):
        good, bad = chosen("0", "1.txt", 5), chosen("1", "2.png", 5)
        response = (await browser.preflight(good, bad))["response"]
        assert list(response["entries"]) == ["0"]


async def test_progress_is_what_has_come_not_what_the_client_says(make_app: MakeApp):
    async with opened(make_app) as (_, _, browser, view):
        entry = chosen("0", "a.txt", 20_000)
        await browser.choose(entry)
        await browser.preflight(entry)
        await browser.progress("0", 100)
        assert entries_of(view) == [("a.txt", 0, False, ())]
        await browser.join("0")
        await browser.chunk("0", b"a" * 5000)
        await browser.progress("0", 100)
        assert entries_of(view) == [("a.txt", 25, False, ())]
        done, waiting = view.socket.uploaded_entries("doc")
        assert (done, len(waiting)) == ([], 1)


# What only an attacker sends


async def test_more_bytes_than_announced_are_refused(make_app: MakeApp):
    async with sending(make_app) as (_, _, browser, view):
        await browser.chunk("0", b"a" * 20)
        reply = await browser.chunk("0", b"a" * 6)
        response = {"reason": "file_size_limit_exceeded", "limit": 25}
        assert reply == {"status": "error", "response": response}
        assert entries_of(view) == [("a.txt", 0, False, ("too_large",))]
        reply = await browser.chunk("0", b"a" * 5)
        assert reply["response"] == {"reason": "unmatched topic"}
        assert kept_files() == []


async def test_bytes_after_the_last_are_refused_and_what_came_is_kept_until_then(
    make_app: MakeApp,
):
    async with sending(make_app) as (_, _, browser, view):
        await browser.chunk("0", b"a" * 25)
        assert (await browser.chunk("0", b"a"))["status"] == "error"
        assert entries_of(view)[0][3] == ("failed",)
        assert kept_files() == []


@pytest.mark.parametrize(
    ("data", "frame_ref", "reason"),
    [
        (b"", None, "empty_chunk"),
        (b"a" * 10_001, None, "chunk_too_large"),
        (b"a", "1", "out_of_order"),
        (b"a", "not a number", "out_of_order"),
    ],
)
async def test_a_chunk_that_no_browser_sends_ends_the_transfer(
    data: bytes, frame_ref: str | None, reason: str, make_app: MakeApp
):
    async with sending(make_app, 50_000) as (_, _, browser, view):
        assert (await browser.chunk("0", b"a" * 10))["status"] == "ok"
        reply = await browser.chunk("0", data, frame_ref)
        assert (reply["status"], reply["response"]["reason"]) == ("error", reason)
        assert entries_of(view)[0][3] == ("failed",)
        assert kept_files() == []


async def test_a_chunk_in_a_text_frame_is_refused(make_app: MakeApp):
    async with sending(make_app) as (line, _, _, _):
        reply = await line.reply(line.push("lvu:0", "chunk", {"data": "aaaa"}))
        assert reply["response"] == {"reason": "empty_chunk"}


async def test_a_chunk_before_the_last_one_was_answered_is_refused(make_app: MakeApp):
    writing = asyncio.Event()

    class Slow(UploadWriter):
        async def write_chunk(self, data: bytes) -> None:
            await writing.wait()

    async with sending(make_app, writer=Slow) as (_, _, browser, view):
        first = browser.begin_chunk("0", b"a")
        second = await browser.chunk("0", b"b")
        assert second["response"] == {"reason": "too_many_chunks"}
        assert entries_of(view)[0][3] == ("failed",)
        assert first


@pytest.mark.parametrize("token", ["", "forged", 7, None, {"a": 1}, "x" * 100_000])
async def test_a_forged_token_opens_nothing(token: Any, make_app: MakeApp):
    async with opened(make_app) as (_, _, browser, _):
        entry = chosen("0", "a.txt", 5)
        await browser.preflight(entry)
        browser.tokens = {}
        reply = await browser.join("0", token=token)
        assert reply == {"status": "error", "response": {"reason": "invalid_token"}}


async def test_a_token_is_good_once_and_for_its_own_entry(make_app: MakeApp):
    async with opened(make_app) as (_, _, browser, _):
        one, two = chosen("0", "1.txt", 5), chosen("1", "2.txt", 5)
        await browser.preflight(one, two)
        wrong = await browser.join("1", token=browser.tokens["0"])
        assert wrong["response"] == {"reason": "invalid_token"}
        assert (await browser.join("0"))["status"] == "ok"
        again = await browser.join("0")
        assert again["response"] == {"reason": "already_registered"}
        other = await browser.join("0", topic="lvu:7")
        assert other["response"] == {"reason": "already_registered"}


async def test_a_token_of_another_page_opens_nothing(make_app: MakeApp):
    async with (
        opened(make_app) as (_, _, browser, _),
        opened(make_app) as (_, _, other, _),
    ):
        await browser.preflight(chosen("0", "1.txt", 5))
        reply = await other.join("0", token=browser.tokens["0"])
        assert reply["response"] == {"reason": "disallowed"}


async def test_nothing_can_be_sent_of_what_was_cancelled(make_app: MakeApp):
    async with sending(make_app) as (line, page, browser, view):
        await browser.chunk("0", b"a" * 10)
        await line.event(page, "cancel", {"ref": "0"})
        assert (await browser.chunk("0", b"a" * 10))["status"] == "error"
        assert (await browser.join("0"))["response"] == {"reason": "disallowed"}
        assert entries_of(view) == []
        assert kept_files() == []
        await line.event(page, "cancel", {"ref": "0"})


@pytest.mark.parametrize(
    "payload",
    [
        {"ref": "phx-nope", "entries": []},
        {"entries": []},
        {"ref": 7, "entries": []},
        {"ref": "REF", "entries": "all"},
        {"ref": "REF", "entries": [7]},
        {"ref": "REF", "entries": [{"ref": "0"}]},
        {"ref": "REF", "entries": [chosen("0", "a.txt", -1)]},
        {"ref": "REF", "entries": [chosen("0", "a.txt", True)]},
        {"ref": "REF", "entries": [chosen("0", "a.txt", 10**30)]},
        {"ref": "REF", "entries": [chosen("../0", "a.txt", 1)]},
        {"ref": "REF", "entries": [chosen("0", "a.txt", 1, relative_path=[])]},
        {"ref": "REF", "entries": [chosen("0", "a.txt", 1, meta="x" * 10_000)]},
    ],
    ids=str,
)
async def test_a_malformed_preflight_is_answered_and_the_view_lives(
    payload: dict[str, Any], make_app: MakeApp, caplog: pytest.LogCaptureFixture
):
    async with opened(make_app) as (line, page, browser, view):
        payload = {
            key: browser.upload if value == "REF" else value for key, value in payload.items()
        }
        reply = await line.reply(line.push(page.topic, "allow_upload", payload))
        if reply["status"] == "ok":
            assert reply["response"]["error"] == [["0", "too_large"]]
        else:
            assert reply["response"] == {"reason": "malformed"}
            assert view.socket.uploads.doc.entries == []
            assert "the client sent" in caplog.text
        event = {"type": "form", "event": "validate", "value": "", "uploads": 7}
        reply = await line.reply(line.push(page.topic, "event", event))
        assert reply["response"]["diff"]["r"] == {"error": "the event was refused", "refused": True}
        assert await line.event(page, "ping") is not None


@pytest.mark.parametrize("progress", [None, "100", [], -5, 1e308])
async def test_a_malformed_progress_harms_nothing(progress: Any, make_app: MakeApp):
    async with sending(make_app) as (_, _, browser, view):
        await browser.progress("0", progress)
        await browser.progress("17", 100)
        assert entries_of(view) == [("a.txt", 0, False, ())]


# How it ends


async def test_a_lost_connection_leaves_no_file(make_app: MakeApp):
    async with opened(make_app) as (_, _, browser, _):
        entry = chosen("0", "a.txt", 90_000)
        await browser.preflight(entry)
        await browser.join("0")
        for _ in range(9):
            await browser.chunk("0", b"a" * 10_000)
        assert len(kept_files()) == 1
    assert kept_files() == []


async def test_a_crash_leaves_no_file_and_closes_the_transfer(make_app: MakeApp):
    async with opened(make_app) as (line, page, browser, _):
        await browser.send("0", "a.txt", TEXT)
        assert len(kept_files()) == 1
        line.begin_event(page, "crash")
        events = [(await line.receive())[2:4] for _ in range(2)]
        assert sorted(events) == [["lv:" + page.id, "phx_error"], ["lvu:0", "phx_close"]]
        assert kept_files() == []
        assert await line.alive()


async def test_a_silent_client_times_out(make_app: MakeApp):
    async with opened(make_app, chunk_timeout=0.02) as (line, page, browser, view):
        entry = chosen("0", "a.txt", 25)
        await browser.preflight(entry)
        await browser.join("0")
        assert (await line.receive())[2:] == ["lvu:0", "phx_error", {"reason": "timeout"}]
        frame = await line.receive()
        assert (frame[2:4]) == [page.topic, "diff"]
        assert entries_of(view) == [("a.txt", 0, False, ("timeout",))]


async def test_a_client_that_gives_up_is_believed(make_app: MakeApp):
    async with sending(make_app) as (line, _, browser, view):
        await browser.chunk("0", b"a")
        assert await line.reply(line.push("lvu:0", "phx_leave", {})) == {
            "status": "ok",
            "response": {},
        }
        await line.receive()
        assert entries_of(view) == [("a.txt", 0, False, ("failed",))]
        assert kept_files() == []


# Writers, checks and callbacks


class Record(UploadWriter):
    calls: ClassVar[list[Any]] = []

    async def init(self) -> None:
        self.calls.append("init")

    def write_chunk(self, data: bytes) -> None:
        self.calls.append(data)
        if b"bad" in data:
            raise OSError("the disk is full")

    def close(self, reason: Any) -> None:
        self.calls.append(str(reason))

    def meta(self) -> str:
        return "what was written"

    def release(self) -> None:
        self.calls.append("release")


@pytest.fixture
def record() -> type[Record]:
    return type("Recording", (Record,), {"calls": []})


class MetaView(UploadView):
    @event
    async def save(self) -> None:
        async def keep(file: UploadedFile) -> Any:
            return file.meta

        self.state.saved += await self.socket.consume_uploaded_entries("doc", keep)

    @event
    async def later(self) -> None:
        found = await self.socket.consume_uploaded_entries("doc", lambda file: Postpone("later"))
        self.state.saved += found


async def test_a_writer_of_one_s_own_takes_the_bytes(make_app: MakeApp, record: type[Record]):
    async with opened(make_app, MetaView, writer=record) as (line, page, browser, view):
        await browser.send("0", "a.txt", b"abcdef", size=3)
        assert record.calls == ["init", b"abc", b"def", "done"]
        await line.event(page, "later")
        assert (view.state.saved, len(view.socket.uploads.doc.entries)) == (["later"], 1)
        await line.event(page, "save")
        assert view.state.saved == ["later", "what was written"]
        assert record.calls[4:] == ["release"]


async def test_a_writer_that_fails_ends_the_transfer(
    make_app: MakeApp, record: type[Record], caplog: pytest.LogCaptureFixture
):
    async with sending(make_app, writer=record) as (line, page, browser, view):
        reply = await browser.chunk("0", b"bad")
        assert reply == {"status": "error", "response": {"reason": "writer_error"}}
        assert entries_of(view)[0][3] == ("writer_failure",)
        assert record.calls == ["init", b"bad", "the disk is full", "release"]
        assert "the disk is full" in caplog.text
        await line.event(page, "cancel", {"ref": "0"})
        assert entries_of(view) == []


async def test_a_writer_hears_of_a_cancel_once(make_app: MakeApp, record: type[Record]):
    async with sending(make_app, writer=record) as (line, page, browser, _):
        await browser.chunk("0", b"a")
        await line.event(page, "cancel", {"ref": "0"})
    assert record.calls == ["init", b"a", "cancel", "release"]


async def test_the_content_is_looked_at_before_anything_is_written(
    make_app: MakeApp, record: type[Record]
):
    def is_png(entry: UploadEntry, head: bytes) -> str | None:
        return None if head.startswith(b"\x89PNG") else "This is no picture."

    async with sending(make_app, writer=record, check_content=is_png) as (_, _, browser, view):
        reply = await browser.chunk("0", b"MZ")
        assert reply["response"] == {"reason": "writer_error", "problem": "This is no picture."}
        problem = view.socket.uploads.doc.entries[0].errors[0]
        assert problem.message == "This is no picture."
        assert record.calls == ["init", "cancel", "release"]


class ProgressView(UploadView):
    async def mount(self) -> None:
        self.socket.allow_upload(
            "doc", chunk_size=10_000, progress=self.on_progress, **self.options
        )

    async def on_progress(self, entry: UploadEntry) -> None:
        if entry.done:
            size = await self.socket.consume_uploaded_entry(
                entry, lambda file: file.path.stat().st_size
            )
            self.state.saved.append((entry.client_name, size))
        else:
            self.state.saved.append(entry.progress)


async def test_progress_is_told_and_may_consume(make_app: MakeApp):
    async with opened(make_app, ProgressView, auto_upload=True) as (_, _, browser, view):
        await browser.send("0", "a.txt", b"a" * 20_000)
        assert view.state.saved == [50, ("a.txt", 20_000)]
        assert entries_of(view) == []


async def test_files_that_are_still_to_come_are_not_consumed(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
):
    async with opened(make_app) as (line, page, browser, _):
        await browser.choose(chosen("0", "a.txt", 5))
        with caplog.at_level(logging.ERROR):
            line.begin_event(page, "save")
            assert (await line.receive())[3] == "phx_error"
        assert re.search("1 files of the upload 'doc' have not come yet", caplog.text)
