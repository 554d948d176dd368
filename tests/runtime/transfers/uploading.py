"""What tests of uploads share: a page with one, and a client that sends files as a browser does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from tests.runtime.line import Line, Page, Visitor
from wirebird import LiveView, UploadedFile, Wirebird, event
from wirebird.uploads.folder import upload_folder
from wirebird.wire.frames import Frame, encode

MakeApp = Callable[..., Wirebird]


def chosen(ref: str, name: str, size: int, **more: Any) -> dict[str, Any]:
    """Return what a browser says of a file that was chosen."""
    return {
        "path": "doc",
        "ref": ref,
        "last_modified": 1,
        "name": name,
        "relative_path": "",
        "type": "",
        "size": size,
        **more,
    }


@dataclass
class Browser:
    """Sends the files of one upload."""

    line: Line
    page: Page
    upload: str
    cid: int | None = None
    tokens: dict[str, Any] = field(default_factory=dict)

    def _target(self) -> dict[str, Any]:
        return {} if self.cid is None else {"cid": self.cid}

    async def choose(self, *entries: Any, event: str = "validate") -> Any:
        """Send the form's change with what was chosen."""
        payload = {
            "type": "form",
            "event": event,
            "value": "",
            "meta": {"_target": "doc"},
            "uploads": {self.upload: list(entries)},
            **self._target(),
        }
        return await self.line.reply(self.line.push(self.page.topic, "event", payload))

    async def preflight(self, *entries: Any) -> Any:
        """Ask to send what was chosen."""
        payload = {"ref": self.upload, "entries": list(entries), **self._target()}
        reply = await self.line.reply(self.line.push(self.page.topic, "allow_upload", payload))
        self.tokens.update(reply["response"].get("entries", {}))
        return reply

    async def join(self, ref: str, *, token: Any = None, topic: str | None = None) -> Any:
        """Begin to send an entry."""
        topic = topic or f"lvu:{ref}"
        join_ref = str(next(self.line.refs))
        self.line.joins[topic] = join_ref
        payload = {"token": self.tokens.get(ref) if token is None else token}
        self.line.send([join_ref, join_ref, topic, "phx_join", payload])
        return await self.line.reply(join_ref)

    def begin_chunk(self, ref: str, data: bytes, frame_ref: str | None = None) -> str:
        topic = f"lvu:{ref}"
        frame_ref = frame_ref or str(next(self.line.refs))
        self.line.send(encode(Frame(self.line.joins.get(topic), frame_ref, topic, "chunk", data)))
        return frame_ref

    async def chunk(self, ref: str, data: bytes, frame_ref: str | None = None) -> Any:
        """Send some bytes."""
        return await self.line.reply(self.begin_chunk(ref, data, frame_ref))

    async def progress(self, ref: str, progress: Any) -> Any:
        """Say how far an entry has come."""
        payload = {
            "event": None,
            "ref": self.upload,
            "entry_ref": ref,
            "progress": progress,
            **self._target(),
        }
        return await self.line.reply(self.line.push(self.page.topic, "progress", payload))

    async def send(self, ref: str, name: str, data: bytes, size: int = 10_000) -> None:
        """Send a whole file."""
        entry = chosen(ref, name, len(data))
        await self.choose(entry)
        assert (await self.preflight(entry))["status"] == "ok"
        assert (await self.join(ref))["status"] == "ok"
        for start in range(0, len(data), size):
            assert (await self.chunk(ref, data[start : start + size]))["status"] == "ok"
            await self.progress(ref, min(100, (start + size) * 100 // len(data)))


@dataclass
class Saved:
    saved: list[Any] = field(default_factory=list)


class UploadView(LiveView[Saved]):
    html = """
    <form id="f" phx-change="validate">{{ ui.live_file_input(uploads.doc) }}</form>
    <ul>{% for entry in uploads.doc.entries %}
    <li :key="{{ entry.ref }}">{{ entry.client_name }}|{{ entry.progress }}|{{ entry.done }}|
      {{- entry.errors | join(",") }}</li>
    {% endfor %}</ul>
    <p>{{ ui.upload_errors(uploads.doc) | join(",") }}</p>
    <b>{{ saved|string }}</b>
    """

    options: ClassVar[dict[str, Any]] = {
        "accept": [".txt"],
        "max_entries": 2,
        "max_file_size": 100_000,
    }

    async def mount(self) -> None:
        self.socket.allow_upload("doc", chunk_size=10_000, **self.options)

    @event
    async def validate(self) -> None: ...

    @event
    async def ping(self) -> None: ...

    @event
    async def cancel(self, ref: str) -> None:
        self.socket.cancel_upload("doc", ref)

    @event
    async def save(self) -> None:
        def keep(file: UploadedFile) -> tuple[str, bytes]:
            return file.entry.client_name, file.path.read_bytes()

        self.state.saved += await self.socket.consume_uploaded_entries("doc", keep)

    @event
    async def crash(self) -> None:
        raise RuntimeError("meant to happen")


def kept_files() -> list[Path]:
    """Return the temporary files that there are."""
    return [path for path in upload_folder().iterdir() if path.name != ".lock"]


@asynccontextmanager
async def opened(
    make_app: MakeApp, view: type[UploadView] = UploadView, **options: Any
) -> AsyncIterator[tuple[Line, Page, Browser, LiveView[Any]]]:
    app = make_app()
    app.live("/", type("Opened", (view,), {"options": {**view.options, **options}}))
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        (connection,) = app.endpoint.connections
        channel: Any = connection.channels[page.topic]
        live = channel.view
        yield line, page, Browser(line, page, live.socket.uploads.doc.ref), live
    assert kept_files() == []


def entries_of(view: LiveView[Any]) -> list[tuple[str, int, bool, tuple[str, ...]]]:
    return [
        (entry.client_name, entry.progress, entry.done, tuple(entry.errors))
        for entry in view.socket.uploads.doc.entries
    ]


@asynccontextmanager
async def sending(
    make_app: MakeApp, size: int = 25, **options: Any
) -> AsyncIterator[tuple[Line, Page, Browser, LiveView[Any]]]:
    """A page whose entry 0 is about to be sent."""
    async with opened(make_app, **options) as (line, page, browser, view):
        entry = chosen("0", "a.txt", size)
        await browser.choose(entry)
        await browser.preflight(entry)
        assert (await browser.join("0"))["status"] == "ok"
        yield line, page, browser, view
        assert await line.alive()
        assert await line.event(page, "ping") is not None
