"""The client against a real Phoenix server's frames: its page must be the browser's."""

from __future__ import annotations

from typing import Any

import pytest
from selectolax.lexbor import LexborNode

from tests.wire.transcript import Transcript, names, read
from wirebird.testing import JoinRefused, ViewCrashed
from wirebird.testing.channel import ClientChannel
from wirebird.testing.html import attribute, parse, parse_body
from wirebird.testing.log import ServerLog

ELSEWHERE = {
    "bench_counter": "no DOM was recorded",
    "child_commands": "commands changed the DOM",
    "colocated": "a hook changed the DOM",
    "js": "commands changed the DOM",
    "portal": "teleported elements stand outside of the view",
    "push_event": "a hook changed the DOM",
    "reply": "a hook changed the DOM",
    "sticky": "sticky views outlive their page",
}
NOT_OURS = ("data-phx-", "aria-", "phx-ref", "selected")
CLIENT_CLASSES = {"phx-connected"}


class ReplayedTab:
    """A page whose server is a transcript."""

    def __init__(self) -> None:
        self.channels: dict[str, ClientChannel] = {}
        self.sticky: dict[str, ClientChannel] = {}
        self.statics: dict[str | None, str | None] = {}
        self.log = ServerLog()
        self.sent: list[tuple[str, str, Any]] = []
        self.title = ""
        self._refs = 0

    def next_ref(self) -> str:
        self._refs += 1
        return f"ours-{self._refs}"

    def send(self, join_ref: str, ref: str, topic: str, event: str, payload: Any) -> None:
        self.sent.append((topic, event, payload))

    def put_title(self, title: Any) -> None:
        pass

    def connect_params(self, view: ClientChannel) -> dict[str, Any]:
        return {}

    def changed(self) -> None:
        pass


def replay(transcript: Transcript) -> tuple[ReplayedTab, ClientChannel]:
    """Play a transcript's frames to the client; return its page and main view."""
    tab: Any = ReplayedTab()
    main: ClientChannel | None = None
    asked: dict[str, str] = {}
    for line in transcript.lines:
        frame = line.frame
        if frame is None:
            continue
        join_ref, ref, topic, event, payload = frame
        views = {} if main is None else {view.topic: view for view in main.family()}
        if line.kind == "sent" and event == "phx_join" and topic.startswith("lv:"):
            if topic not in views:
                main = views[topic] = ClientChannel(tab, topic[3:], "", None)
            view = views[topic]
            if view is main:
                view.begin({})
            view.join_ref = join_ref
        elif line.kind == "sent" and event in ("cids_will_destroy", "cids_destroyed"):
            ours = views[topic]
            asked[ref] = next(
                own
                for own, cids in ours._waiting.items()  # pyright: ignore[reportPrivateUsage]
                if sorted(cids) == sorted(payload["cids"])
            )
        elif line.kind == "received" and topic in views and views[topic].join_ref == join_ref:
            views[topic].receive(asked.get(ref, ref), event, payload)
            failure = views[topic].failure
            if failure is not None and not isinstance(failure, JoinRefused | ViewCrashed):
                raise failure
    assert main is not None
    return tab, main


def shape(node: LexborNode) -> Any:
    """Return what a person could see of an element, without what only the client puts there."""
    children: list[Any] = []
    for child in node.iter(include_text=True):
        if child.is_element_node:
            children.append(shape(child))
        elif text := " ".join(child.text().split()):
            children.append(text)
    attributes = {
        name: value or ""
        for name, value in node.attributes.items()
        if not name.startswith(NOT_OURS) and name != "class"
    }
    classes = set((attribute(node, "class") or "").split()) - CLIENT_CLASSES
    return (node.tag, attributes, sorted(classes), children)


def recorded() -> list[str]:
    found: list[str] = []
    for name in names():
        transcript = read(name)
        if name not in ELSEWHERE and transcript.steps[-1].dom and transcript.joins:
            found.append(name)
    return found


@pytest.mark.parametrize("name", recorded())
async def test_the_page_is_the_one_that_the_browser_showed(name: str):
    transcript = read(name)
    _, main = replay(transcript)
    body = parse(f"<body>{transcript.steps[-1].dom}</body>")
    theirs = body.css_first("[data-phx-main]")
    ours = parse_body(f"<div id='{main.id}'>{main.html}</div>").css_first("div")
    assert theirs is not None
    assert ours is not None
    assert shape(ours)[3] == shape(theirs)[3]


def test_enough_transcripts_are_compared():
    assert {"stream", "keyed", "component", "child", "nested", "rich_component"} <= set(recorded())
