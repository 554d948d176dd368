"""What tests of uploads share: a page with one, and a client that sends files as a browser does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.runtime.line import Line, Page
from wirebird.wire.frames import Frame, encode


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
