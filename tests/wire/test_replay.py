"""Sends what a browser once sent to a Phoenix server, and compares our answers with Phoenix's.

The rule: same frames, in the same order, with the same status and the same tree, after ids and
tokens are ours. What differs on purpose is listed in docs/design/0002-wire-differences.md.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.html import client_tree
from tests.runtime.line import BASE_URL, Closed, Line, Page, Visitor
from tests.wire.transcript import Line as Recorded
from tests.wire.transcript import read, resolve
from tests.wire.views import recorded_app
from wirebird import Wirebird

BROWSED = [
    "bench_counter",
    "keyed",
    "nested",
    "cond",
    "events",
    "form_recovery",
    "form_recovery_lost_transport",
    "push_event",
    "reply",
    "info",
    "title",
    "patch",
    "flash",
    "push_navigate",
    "push_navigate_flash",
    "push_navigate_other_session",
    "redirect",
    "navigate_with_changes",
    "mount_patch",
    "mount_navigate",
    "guarded",
    "guarded_http",
    "crash",
    "crash_mount",
    "crash_mount_404",
    "heartbeat",
    "js",
]
SCRIPTED = ("py_counter", "py_table")


@pytest.fixture
def app(make_app: Callable[..., Wirebird]) -> Wirebird:
    return recorded_app(make_app)


@pytest.mark.parametrize("name", [*BROWSED, *SCRIPTED])
async def test_the_answers_are_those_of_phoenix(name: str, app: Wirebird):
    async with Replay(app) as replay:
        transcript = read(name)
        for step in transcript.steps:
            replay.step = f"{name}: {step.title}"
            for line in step.lines:
                await replay.take(line)
            await replay.compare()
        assert replay.compared > 0


async def test_a_broadcast_reaches_both_clients_as_one_diff_each(app: Wirebird):
    visitor = Visitor(app)
    pages = [await visitor.page("/bench/broadcast") for _ in range(2)]
    async with visitor.line(pages[0]) as first, visitor.line(pages[1]) as second:
        await first.join(pages[0])
        await second.join(pages[1])
        assert await first.event(pages[0], "go", {"n": 7}) == {}
        for line, page in ((first, pages[0]), (second, pages[1])):
            assert await line.receive() == ["1", None, page.topic, "diff", {"0": {"0": "7"}}]
        # The same value again is no change, so nobody hears of it.
        assert await first.event(pages[0], "go", {"n": 7}) == {}
        assert await first.event(pages[0], "lv:clear-flash") == {}
        assert await second.event(pages[1], "lv:clear-flash") == {}


async def test_state_that_is_set_to_an_equal_value_is_not_sent_again(app: Wirebird):
    """Phoenix's temporary assigns send it again; ours is plain state, which is compared."""
    visitor = Visitor(app)
    page = await visitor.page("/t/temp")
    async with visitor.line(page) as line:
        await line.join(page)
        assert await line.event(page, "n") == {"diff": {"2": {"1": "1"}}}
        assert await line.event(page, "msg") == {"diff": {"2": {"0": "again"}}}
        assert await line.event(page, "msg") == {}


def _error_steps(*names: str) -> list[Any]:
    steps: list[Any] = []
    for name in names:
        try:
            steps += [pytest.param(step, id=step.title) for step in read(name).steps if step.title]
        except OSError:
            continue
    return steps


REFUSED_OTHERWISE = {
    "no url": "unauthorized",
}


@pytest.mark.parametrize("step", _error_steps("py_errors"))
async def test_broken_joins_are_answered_as_phoenix_does(step: Any, app: Wirebird):
    visitor = Visitor(app)
    page = await visitor.page("/bench/counter")
    other = await visitor.page("/t/title")
    opened = step.of("open")[0]
    sent = step.sent[0] if step.sent else None
    query = {key: values[0] for key, values in parse_qs(urlsplit(opened.url).query).items()}
    if step.title not in ("wrong csrf token",) and "_csrf_token" in query:
        query["_csrf_token"] = page.csrf
    cookie = visitor.cookies() if opened.headers.get("Cookie") else ""
    path = urlsplit(opened.url).path
    line = visitor.line(query=query, headers={"cookie": cookie}, path=path)
    if step.of("refused") or not query.get("vsn", "1").startswith("2."):
        with pytest.raises(Closed):
            await line.open()
        assert not line.accepted
        return
    assert sent is not None
    payload = dict(sent[4])
    if "session" in payload:
        payload["session"] = _token(step.title, "session", page.session, other.session)
    if payload.get("static"):
        payload["static"] = _token(step.title, "static", page.static, other.static)
    topic = page.topic if sent[2].startswith("lv:phx-GO") else sent[2]
    async with line:
        line.send(["1", "1", topic, "phx_join", payload])
        ours = await line.receive()
        theirs = step.received[0]
        assert ours[:2] == theirs[:2]
        assert ours[2:4] == [topic, "phx_reply"]
        if step.title in REFUSED_OTHERWISE:
            reason = REFUSED_OTHERWISE[step.title]
            assert ours[4] == {"status": "error", "response": {"reason": reason}}
            return
        assert ours[4]["status"] == theirs[4]["status"]
        if ours[4]["status"] == "error":
            assert ours[4] == theirs[4]
        else:
            assert ours[4]["response"].keys() == theirs[4]["response"].keys()
            assert _page(ours[4]["response"]["rendered"]) == _page(
                theirs[4]["response"]["rendered"]
            )
        assert await line.alive()


def _token(title: str, name: str, own: str, foreign: str) -> str:
    if f"tampered {name}" in title:
        return own[:-4] + ("aaaa" if own[-4:] != "aaaa" else "bbbb")
    if title.startswith("session of another page"):
        return foreign
    return own


REJECTED = {
    "unknown event name (no handle_event clause)",
    "unknown lv: event",
}


@pytest.mark.parametrize("step", _error_steps("py_bad_frames"))
async def test_broken_frames_are_answered_as_phoenix_does(step: Any, app: Wirebird):
    visitor = Visitor(app)
    page = await visitor.page("/bench/counter")
    async with visitor.line(page) as line:
        assert (await line.join(page))["status"] == "ok"
        line.joins[page.topic] = "1"
        for sent in step.of("sent")[1:]:
            if sent.frame is None:
                line.send(sent.text)
                continue
            frame = list(sent.frame)
            if frame[2].startswith("lv:phx-GO"):
                frame[2] = page.topic
            if frame[3] == "phx_join":
                frame[4] = {**frame[4], "session": page.session, "static": page.static}
            line.send(frame)
        theirs = [one.frame for one in step.of("received")][1:]
        if step.of("closed")[0].text.endswith("1011 (internal error)"):
            assert (await line.until_closed()).code == 4011
            return
        if step.title == "event without a type":
            # Ours: whatever is not a form's is taken as it is.
            assert (await line.receive())[4]["response"] == {"diff": {"0": {"0": "1"}}}
            return
        if step.title in REJECTED:
            # Ours: the view lives on, and the client, which waits for an answer, gets one.
            [_, ref, _, event, payload] = await line.receive()
            assert (ref, event, payload["status"]) == ("9", "phx_reply", "ok")
            assert payload["response"]["diff"]["r"]["error"]
            assert await line.event(page, "inc") == {"diff": {"0": {"0": "1"}}}
            return
        ours = [await line.receive() for _ in theirs]
        for one in theirs:
            one[2] = page.topic if one[2].startswith("lv:phx-GO") else one[2]
        assert sorted(map(_shape, ours), key=str) == sorted(map(_shape, theirs), key=str)
        assert await line.alive()


def _shape(frame: list[Any]) -> list[Any]:
    payload = frame[4]
    if "rendered" in payload.get("response", {}):
        payload = {"status": payload["status"], "page": _page(payload["response"]["rendered"])}
    return [*frame[:4], payload]


class Replay:
    """One transcript being sent again."""

    def __init__(self, app: Wirebird) -> None:
        self.visitor = Visitor(app)
        self.line: Line | None = None
        self.step = ""
        self.compared = 0
        self.page: Page | None = None
        self.pages: dict[str, Page] = {}
        self.flash: str | None = None
        self.statuses: list[int] = []
        self.expected: list[list[Any]] = []
        self.trees: dict[str, tuple[Any, Any]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: Any) -> None:
        if self.line is not None:
            await self.line.close()

    async def take(self, line: Recorded) -> None:
        match line.kind:
            case "request":
                await self.load(line.url)
            case "response":
                await self.compare()
                assert self.statuses.pop(0) == line.status, self.step
            case "open":
                await self.compare()
                if self.line is not None:
                    await self.line.close()
                self.line = await self.visitor.line(self.page).open()
            case "sent":
                await self.compare()
                self.send(line)
            case "received":
                if line.frame is not None:
                    self.expected.append(line.frame)
            case _:
                pass

    async def load(self, url: str) -> None:
        response = await self.visitor.get(url)
        self.statuses.append(response.status_code)
        if response.status_code == 302:
            assert response.headers["location"] == "/t/nav/b"
        elif response.status_code == 200 and "data-phx-main" in response.text:
            self.page = Page.parse(BASE_URL + url, response.text)

    def send(self, line: Recorded) -> None:
        assert self.line is not None
        assert self.page is not None
        if line.frame is None:
            self.line.send(line.text)
            return
        join_ref, ref, topic, event, payload = line.frame
        if topic.startswith("lv:phx-"):
            topic = self.pages.setdefault(topic, self.page).topic
        if event == "phx_join":
            page = self.pages[line.frame[2]]
            payload = {**payload, "session": page.session, "static": page.static}
            if payload.get("flash"):
                payload["flash"] = self.flash
        self.line.send([join_ref, ref, topic, event, payload])

    async def compare(self) -> None:
        """Receive as many frames as Phoenix had sent, and compare them."""
        expected, self.expected = self.expected, []
        if not expected:
            return
        assert self.line is not None
        for frame in expected:
            if frame[2] in self.pages:
                frame[2] = self.pages[frame[2]].topic
        ours = [await self.line.receive() for _ in expected]
        if any(frame[3] == "phx_close" for frame in expected):
            # A view's end and the next one's beginning are not ordered.
            ours.sort(key=_order)
            expected.sort(key=_order)
        for one, other in zip(ours, expected, strict=True):
            self.compare_frame(one, other)
            self.compared += 1

    def compare_frame(self, ours: list[Any], theirs: list[Any]) -> None:
        where = f"{self.step}\nours:   {ours!r:.3000}\ntheirs: {theirs!r:.3000}"
        assert ours[:4] == theirs[:4], where
        mine, other = ours[4], theirs[4]
        if ours[3] == "diff":
            self.compare_diff(ours[2], mine, other, where)
            return
        if ours[3] != "phx_reply":
            assert self.without_flash(mine) == self.without_flash(other), where
            return
        assert mine["status"] == other["status"], where
        response, recorded = mine["response"], other["response"]
        assert response.keys() == recorded.keys(), where
        for key in response:
            if key == "rendered":
                self.compare_join(ours[2], response[key], recorded[key], where)
            elif key == "diff":
                self.compare_diff(ours[2], response[key], recorded[key], where)
            elif key == "token":
                token = response[key]
                self.visitor.http.cookies.set("__phoenix_reload_status__", token)
            elif key != "liveview_version":
                assert self.without_flash(response[key]) == self.without_flash(recorded[key]), where

    def without_flash(self, place: Any) -> Any:
        """Return a redirect with its flash token marked; our own is kept for the next page."""
        if not isinstance(place, dict) or "flash" not in place:
            return place
        flash: str = place["flash"]
        if not flash.startswith("SFMyNTY"):  # so the tokens of Phoenix begin
            self.flash = flash
            self.visitor.http.cookies.set("__phoenix_flash__", flash)
        return {**place, "flash": "a token"}

    def compare_join(self, topic: str, ours: Any, theirs: Any, where: str) -> None:
        for key in ("t", "e"):
            assert ours.get(key) == theirs.get(key), where
        self.trees[topic] = (_joined(ours), _joined(theirs))
        self.compare_pages(topic, where)

    def compare_diff(self, topic: str, ours: Any, theirs: Any, where: str) -> None:
        tree, recorded = resolve(ours), resolve(theirs)
        assert _plain(tree, recorded, ours=True) == _plain(recorded, tree, ours=False), where
        mine, other = self.trees[topic]
        client_tree.apply(mine, _tree_only(ours))
        client_tree.apply(other, _tree_only(theirs))
        self.compare_pages(topic, where)

    def compare_pages(self, topic: str, where: str) -> None:
        mine, other = self.trees[topic]
        assert _normal(client_tree.to_html(mine)) == _normal(client_tree.to_html(other)), where


def _order(frame: list[Any]) -> tuple[int, bool, str]:
    return int(frame[0] or 0), frame[3] == "phx_close", str(frame[1])


def _tree_only(rendered: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a message carries beside its tree: events, title and an event's reply."""
    tree = {key: value for key, value in rendered.items() if key not in ("e", "t")}
    if isinstance(tree.get("r"), dict):
        del tree["r"]
    return tree


def _joined(rendered: dict[str, Any]) -> Any:
    return client_tree.apply(None, _tree_only(rendered))


def _page(rendered: dict[str, Any]) -> list[Any]:
    return _normal(client_tree.to_html(_joined(rendered)))


def _plain(node: Any, other: Any, *, ours: bool) -> Any:
    """Return a diff as it can be compared with `other`.

    A branch without dynamics is its text; space around tags does not matter; the mark of a single
    root (`r`) is an optimisation; a branch that was empty and stays so need not be repeated; a
    list that was emptied and filled may bring its statics again; an attribute may be sent with its
    name or without; and quotes are escaped in several ways.
    """
    if isinstance(node, str):
        text = re.sub(r"\s+(?=<)|(?<=>)\s+|^\s*\n\s*|\s*\n\s*$", "", node)
        text = re.sub(r"\s*\n\s*", " ", text)
        attribute = re.fullmatch(r' [\w:-]+="(.*)"', text)
        return _json(html.unescape(attribute[1] if attribute else text))
    if isinstance(node, list):
        return [_plain(item, None, ours=ours) for item in node]
    if not isinstance(node, dict):
        return node
    if node.keys() <= {"s", "r"} and "s" in node and len(node["s"]) == 1:
        return _plain(node["s"][0], None, ours=ours)
    known = other if isinstance(other, dict) else {}
    return {
        key: _plain(value, known.get(key), ours=ours)
        for key, value in node.items()
        if not (key == "r" and value == 1)
        and not (not ours and value == "" and key not in known)
        and not (ours and key == "s" and "k" in node and "k" in known and "s" not in known)
    }


class _Normal(HTMLParser):
    """HTML as a list of tags with sorted attributes, and texts without the space around them."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, sorted((name, _json(value)) for name, value in attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.parts.append(("text", " ".join(data.split())))


def _json(value: str | None) -> str:
    if value and value.startswith("["):
        return json.dumps(json.loads(value), sort_keys=True)
    return value or ""


def _normal(page: str) -> list[Any]:
    parser = _Normal()
    parser.feed(page)
    parser.close()
    return parser.parts
