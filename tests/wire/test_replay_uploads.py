"""Uploads against a real Phoenix server's: its answers, and what a browser sent to it.

The rule: the same answers in the same order, and the same page after each step. When an entry
leaves the page, and in which diff, is not compared: Phoenix drops it after it has answered. What
else differs on purpose is listed in docs/design/0002-wire-differences.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.html import client_tree
from tests.wire.test_replay import Replay, _joined, _normal, _tree_only
from tests.wire.transcript import Line, read
from tests.wire.upload_views import upload_app
from wirebird import Wirebird
from wirebird.testing import File, LiveClient
from wirebird.testing.tab import Tab
from wirebird.wire.frames import Frame, encode

BROWSED = [
    "upload",
    "upload_two",
    "upload_auto",
    "upload_external",
    "upload_component",
    "upload_errors",
]
TEXT = b"abcdefghij\n"

REFUSED_OTHERWISE = "allow_upload with an unknown ref"
CONSUMED_IN_REVERSE = (
    "{&quot;two.txt&quot;, 5}, {&quot;one.txt&quot;, 12}",
    "{&quot;one.txt&quot;, 12}, {&quot;two.txt&quot;, 5}",
)
KEPT_WITH_ITS_ERROR = "a chunk that exceeds the announced size"

_UPLOAD_REF = re.compile(r'data-phx-upload-ref=\\?"([^"\\]+)')
_CHOSEN = re.compile(r"(\S+) \((\d+) bytes\)")


@pytest.fixture
def app(make_app: Callable[..., Wirebird]) -> Wirebird:
    return upload_app(make_app)


@pytest.mark.parametrize("name", [*BROWSED, "py_upload_errors"])
async def test_uploads_are_answered_as_phoenix_does(name: str, app: Wirebird):
    async with UploadReplay(app) as replay:
        for step in read(name).steps:
            replay.step = f"{name}: {step.title}"
            if step.title == REFUSED_OTHERWISE:
                await replay.take(step.of("sent")[0])
                assert replay.line is not None
                frame = await replay.line.receive()
                assert frame[4] == {"status": "error", "response": {"reason": "malformed"}}
                assert await replay.line.alive()
                continue
            for line in step.lines:
                await replay.take(line)
            await replay.compare()
            replay.compare_answers()
            if step.title != KEPT_WITH_ITS_ERROR:
                replay.compare_shown()
        assert replay.compared > 3


class UploadReplay(Replay):
    """A transcript with uploads being sent again."""

    def __init__(self, app: Wirebird) -> None:
        super().__init__(app)
        self.refs: dict[str, str] = {}
        self.tokens: dict[str, Any] = {}
        self.sent: dict[str, int] = {}
        self.ours: list[list[Any]] = []
        self.theirs: list[list[Any]] = []

    async def take(self, line: Line) -> None:
        if line.kind == "open":
            await self.compare()
            if self.page is None or self.line is not None:
                await self.load("/t/upload")
                self.statuses.clear()
            self.trees.clear()
            self.sent.clear()
        await super().take(line)

    def send(self, line: Line) -> None:
        assert self.line is not None
        if isinstance(line.binary, bytes):
            self.line.send(line.binary)
        elif line.binary is not None:
            self.line.send(self.chunk(line.binary))
        elif line.frame is not None and line.frame[2].startswith("lvu:"):
            join_ref, ref, topic, event, payload = line.frame
            if "bad token" not in self.step:
                payload = {"token": self.tokens.get(topic[4:], self.tokens.get("0"))}
            self.line.send([join_ref, ref, topic, event, payload])
        else:
            frame = json.loads(replaced(line.frame, self.refs))
            super().send(Line("sent", "", frame=frame))

    def chunk(self, described: dict[str, Any]) -> str | bytes:
        """Return a chunk as the browser sent it."""
        topic, size = described["topic"], described["payload_bytes"]
        start = self.sent.get(topic, 0)
        self.sent[topic] = start + size
        data = content(start + size)[start:]
        assert data.startswith(described["payload_head"].encode())
        return encode(Frame(described["join_ref"], described["ref"], topic, "chunk", data))

    async def compare(self) -> None:
        """Wait for what Phoenix had answered."""
        expected, self.expected = self.expected, []
        theirs = [frame for frame in expected if frame[3] != "diff"]
        for frame in expected:
            self.merge(frame, 1)
        self.theirs += theirs
        while {key(frame) for frame in theirs} - {key(frame) for frame in self.ours}:
            assert self.line is not None
            frame = await self.line.receive()
            self.merge(frame, 0)
            if frame[3] != "diff":
                self.ours.append(frame)

    def merge(self, frame: list[Any], side: int) -> None:
        """Merge what a frame says of the page into our tree (0) or Phoenix's (1)."""
        payload = frame[4]
        response = payload.get("response", {})
        if "rendered" in response:
            tree = _joined(response["rendered"])
            mine, other = self.trees.get("page", (None, None))
            self.trees["page"] = (mine, tree) if side else (tree, other)
            if not side:
                both = (self.upload_refs(1), self.upload_refs(0))
                self.refs = dict(zip(*both, strict=True))
        diff = payload if frame[3] == "diff" else response.get("diff")
        if diff:
            client_tree.apply(self.trees["page"][side], _tree_only(diff))
        if not side:
            self.tokens.update(response.get("entries", {}))

    def upload_refs(self, side: int) -> list[str]:
        return _UPLOAD_REF.findall(client_tree.to_html(self.trees["page"][side]))

    def plain(self, frame: list[Any]) -> Any:
        """Return a frame without ids and tokens, and without what it changes on the page."""
        payload = frame[4]
        if "response" in payload:
            response = {
                key: value
                for key, value in payload["response"].items()
                if key not in ("diff", "rendered", "liveview_version")
            }
            if "entries" in response:
                entries = response["entries"].items()
                response["entries"] = {
                    ref: meta if isinstance(meta, dict) else "token" for ref, meta in entries
                }
            payload = {**payload, "response": response}
        topic = "the view" if frame[2].startswith("lv:") else frame[2]
        ours = {ours: theirs for theirs, ours in self.refs.items()}
        return json.loads(replaced([*frame[:2], topic, frame[3], payload], ours))

    def compare_answers(self) -> None:
        """Compare what was answered since the last time; two files' answers are not ordered."""
        self.ours.sort(key=lambda frame: int(frame[0]))
        self.theirs.sort(key=lambda frame: int(frame[0]))
        assert [*map(self.plain, self.ours)] == [*map(self.plain, self.theirs)], self.step
        self.compared += len(self.theirs)
        self.ours.clear()
        self.theirs.clear()

    def compare_shown(self) -> None:
        """Compare what the pages show now."""
        if "page" not in self.trees:
            return
        mine, other = (client_tree.to_html(tree) for tree in self.trees["page"])
        other = other.replace(*CONSUMED_IN_REVERSE)
        mine = replaced_text(mine, {ours: theirs for theirs, ours in self.refs.items()})
        assert shown(mine) == shown(other), self.step


def shown(page: str) -> list[Any]:
    """Return a page as a list; our file inputs have a class of their own for the style."""
    without = page.replace(' phx-target="1"', "")
    return _normal(without.replace("=&#34;", '="'))


def key(frame: list[Any]) -> tuple[Any, ...]:
    return frame[0], frame[1], frame[3]


def replaced(value: Any, names: dict[str, str]) -> str:
    return replaced_text(json.dumps(value), names)


def replaced_text(text: str, names: dict[str, str]) -> str:
    for name, other in names.items():
        text = text.replace(name, other)
    return text


def content(size: int) -> bytes:
    return (TEXT * (size // len(TEXT) + 1))[:size]


# What the test client sends


@pytest.mark.parametrize("name", BROWSED)
async def test_the_test_client_sends_what_a_browser_sends(
    name: str, app: Wirebird, monkeypatch: pytest.MonkeyPatch
):
    ours: list[Any] = []
    send = Tab.send

    def keep(self: Tab, join_ref: str, ref: str, topic: str, event: str, payload: Any) -> None:
        ours.append([topic, event, payload])
        send(self, join_ref, ref, topic, event, payload)

    monkeypatch.setattr(Tab, "send", keep)
    transcript = read(name)
    path = "/t/upload_comp" if name == "upload_component" else "/t/upload"
    async with LiveClient(app) as client:
        view = await client.live(path)
        inputs = {each.attributes["name"]: each for each in view.all("input[type=file]")}
        refs = {each.attributes["data-phx-upload-ref"]: n for n, each in inputs.items()}
        chosen: Any = None
        files: list[File] = []
        for step in transcript.steps[1:]:
            ours.clear()
            if step.title.startswith("choose"):
                upload = step.title.rpartition("name=")[2].rstrip("]")
                files = [
                    File(
                        file,
                        content(int(size)),
                        "application/octet-stream" if file.endswith(".bin") else None,
                    )
                    for file, size in _CHOSEN.findall(step.title)
                ]
                form = next(f for f in view.all("form") if f'name="{upload}"' in f.html)
                selector = f"#{form.attributes['id']}"
                chosen = await view.file_input(selector, upload, files)
                if "auto" in upload:
                    await chosen.render_upload()
            elif step.title == "click #save_ext":
                await chosen.render_upload(percent=50)
                await view.click("#save_ext")
            elif step.title.startswith("click") and step.sent:
                await view.click(step.title.removeprefix("click "))
            else:
                continue
            theirs = step.of("sent")
            their_refs = _their_refs(transcript)
            mine = [_sent(each, refs) for each in ours]
            other = [_recorded(line, their_refs) for line in theirs]
            if len(files) > 1:  # which are sent side by side
                mine.sort(key=str)
                other.sort(key=str)
            assert mine == other, step.title


def _their_refs(transcript: Any) -> dict[str, str]:
    rendered = next(line.text for line in transcript.lines if "liveview_version" in line.text)
    names = re.findall(r'name=\\"(\w+)\\"', rendered)
    return dict(zip(_UPLOAD_REF.findall(rendered), names, strict=True))


def _sent(frame: list[Any], refs: dict[str, str]) -> Any:
    topic, event, payload = frame
    if isinstance(payload, bytes):
        return [topic, event, len(payload), payload[:24].decode()]
    return _described(topic, event, json.loads(replaced(payload, refs)))


def _recorded(line: Line, refs: dict[str, str]) -> Any:
    if isinstance(line.binary, dict):
        told = line.binary
        return [told["topic"], told["event"], told["payload_bytes"], told["payload_head"]]
    assert line.frame is not None
    _, _, topic, event, payload = line.frame
    return _described(topic, event, json.loads(replaced(payload, refs)))


def _described(topic: str, event: str, payload: dict[str, Any]) -> Any:
    if topic.startswith("lvu:"):
        return [topic, event, sorted(payload)]
    text = re.sub(r'"last_modified": \d+', '"last_modified": 0', json.dumps(payload))
    return ["the view", event, json.loads(text)]
