"""What cannot have a WebSocket polls, and cannot tell the difference."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.runtime.line import BASE_URL, PATIENCE, Closed, Page, Visitor
from tests.runtime.transfers.uploading import Browser, UploadView
from tests.web.polling import PATH, PollingLine, Request
from tests.wire.test_replay import Replay
from tests.wire.transcript import Line as Recorded
from tests.wire.transcript import read
from tests.wire.views import recorded_app
from wirebird import Limits, LiveView, Wirebird, event, info
from wirebird.runtime.transport import TransportClosed
from wirebird.web import polled
from wirebird.web.compression import Compression
from wirebird.wire import longpoll
from wirebird.wire.frames import Frame, encode

MakeApp = Callable[..., Wirebird]


@dataclass
class Count:
    count: int = 0
    transport: str = ""


class Counter(LiveView[Count]):
    html = "<p>{{ count }} {{ transport }}</p>"
    ended: asyncio.Queue[str]
    pushed = 0

    async def mount(self) -> None:
        self.state.transport = self.socket.transport
        await self.socket.subscribe("all")

    @event
    async def increment(self, by: int = 1) -> None:
        self.state.count += by

    @event
    async def pour(self, times: int) -> None:
        for _ in range(times):
            await self.socket.broadcast("all", "x" * 100)

    @info
    async def add(self, message: int) -> None:
        self.state.count += message

    @info
    async def said(self, message: str) -> None:
        type(self).pushed += 1
        self.socket.push_event("said", {"text": message})

    async def terminate(self, reason: str) -> None:
        if self.socket.connected:
            self.ended.put_nowait(reason)


@pytest.fixture
def counter() -> type[Counter]:
    class Mine(Counter):
        ended = asyncio.Queue()
        pushed = 0

    return Mine


@pytest.fixture
def app(make_app: MakeApp, counter: type[Counter]) -> Wirebird:
    async def sign_in(request: HttpRequest) -> Response:
        request.session["live_socket_id"] = "user:1"
        return Response()

    async def sign_out(request: HttpRequest) -> Response:
        request.session.clear()
        return Response()

    app = make_app(layout=None, limits=Limits(frame_size=3000))
    app.live("/", counter)
    app.add_route("/sign-in", sign_in, methods=["POST"])
    app.add_route("/sign-out", sign_out, methods=["POST"])
    return app


@pytest.fixture
def visitor(app: Wirebird) -> Visitor:
    return Visitor(app)


@pytest_asyncio.fixture
async def page(visitor: Visitor) -> Page:
    return await visitor.page("/")


@pytest_asyncio.fixture
async def joined(visitor: Visitor, page: Page) -> AsyncIterator[PollingLine]:
    """A session with the page's view, whose client polls when the test says so."""
    line = PollingLine(visitor, page)
    await line.begin()
    line.begin_join(page)
    await line.post(line.posts.get_nowait().decode())
    assert len((await line.poll())["messages"]) == 1
    yield line


def click(line: PollingLine, page: Page, name: str, value: Any = None) -> str:
    line.begin_event(page, name, value)
    return line.posts.get_nowait().decode()


async def ending(counter: type[Counter]) -> str:
    return await asyncio.wait_for(counter.ended.get(), PATIENCE)


class PollingReplay(Replay):
    """Sends what a browser once sent when it polled."""

    def __init__(self, app: Wirebird) -> None:
        super().__init__(app)
        self.polling: PollingLine | None = None
        self.waiting: dict[str, list[Request]] = {"GET": [], "POST": []}

    async def take(self, line: Recorded) -> None:
        if line.kind == "request" and urlsplit(line.url).path == PATH:
            await self.request(line)
        elif line.kind == "response" and line.headers["content-type"].startswith("app"):
            await self.answer(json.loads(line.body))
        else:
            await super().take(line)

    async def request(self, line: Recorded) -> None:
        query = {key: values[0] for key, values in parse_qs(urlsplit(line.url).query).items()}
        if "token" not in query:
            assert self.page is not None
            query["_csrf_token"] = self.page.csrf
            self.polling = PollingLine(self.visitor, self.page, query)
        assert self.polling is not None
        body = None
        if line.method == "POST":
            self.line = self.polling
            self.send(Recorded("sent", "", frame=json.loads(json.loads(line.body))))
            body = [self.polling.posts.get_nowait()]
        self.waiting[line.method].append(self.polling.request(line.method, body))

    async def answer(self, theirs: dict[str, Any]) -> None:
        assert self.polling is not None
        request = self.waiting["GET" if "messages" in theirs else "POST"].pop(0)
        ours = await request.answer()
        assert request.headers["cache-control"] == "no-store"
        assert ours.keys() == theirs.keys()
        assert ours["status"] == theirs["status"]
        self.polling.token = ours.get("token", self.polling.token)
        for one, other in zip(ours.get("messages", ()), theirs.get("messages", ()), strict=True):
            frame = json.loads(other)
            frame[2] = self.pages[frame[2]].topic
            self.compare_frame(json.loads(one), frame)
            self.compared += 1


async def test_the_answers_are_those_of_phoenix(make_app: MakeApp):
    replay = PollingReplay(recorded_app(make_app))
    for step in read("longpoll").steps:
        replay.step = step.title
        for line in step.lines:
            await replay.take(line)
    assert replay.compared == 2
    [waiting] = replay.waiting["GET"]  # the recording ends while it polls
    waiting.leave()
    assert (await waiting.answer())["status"] == 410


async def test_a_page_that_polls_has_all_that_one_with_a_socket_has(app: Wirebird, page: Page):
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with PollingLine(visitor, page) as line:
        reply = await line.join(page)
        assert (reply["status"], reply["response"]["rendered"]["1"]) == ("ok", "longpoll")
        assert await line.event(page, "increment", {"by": 3}) == {"diff": {"0": "3"}}
        await app.pubsub.broadcast("all", 4)
        assert (await line.receive())[4] == {"0": "7"}
        assert await line.leave(page) == {"status": "ok", "response": {}}
        assert await line.alive()


async def test_what_was_sent_together_is_answered_in_its_order(joined: PollingLine, page: Page):
    frames = [click(joined, page, "increment") for _ in range(3)]
    body = "\n".join(frames).encode()
    post = joined.request("POST", [body[:10], body[10:11], body[11:]])
    assert await post.answer() == {"status": 200}
    replies: list[Any] = []
    while len(replies) < 3:
        replies += map(json.loads, (await joined.poll())["messages"])
    diffs = [reply[4]["response"]["diff"] for reply in replies]
    assert diffs == [{"0": "1"}, {"0": "2"}, {"0": "3"}]


async def test_a_file_is_sent_in_binary_frames(make_app: MakeApp):
    app = make_app()
    app.live("/", UploadView)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with PollingLine(visitor, page) as line:
        await line.join(page)
        (connection,) = app.endpoint.connections
        channel: Any = connection.channels[page.topic]
        data = bytes(range(256)) * 100
        browser = Browser(line, page, channel.view.socket.uploads.doc.ref)
        await browser.send("0", "a.txt", data)
        await line.event(page, "save")
        assert channel.view.state.saved == [("a.txt", data)]


async def test_a_poll_that_nothing_comes_for_is_answered_in_time(
    joined: PollingLine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(polled, "POLL_SECONDS", 0)
    assert await joined.poll() == {"status": 204, "token": joined.token, "messages": []}


async def test_of_two_polls_the_later_gets_what_comes(joined: PollingLine, page: Page):
    first = joined.request("GET")
    second = joined.request("GET")
    assert await first.answer() == {"status": 204, "token": joined.token, "messages": []}
    await joined.post(click(joined, page, "increment"))
    answer = await second.answer()
    assert (answer["status"], len(answer["messages"])) == (200, 1)


# Who is gone


async def test_a_client_that_leaves_its_poll_is_gone(joined: PollingLine, counter: type[Counter]):
    poll = joined.request("GET")
    poll.leave()
    assert await ending(counter) == "disconnected"
    assert (await joined.poll())["status"] == 410


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_page_that_is_left_keeps_no_view(
    app: Wirebird, visitor: Visitor, counter: type[Counter], is_late: bool
):
    page = await visitor.page("/")
    line = PollingLine(visitor, page)
    await line.begin()
    ref = line.begin_join(page, params={"_csrf_token": page.csrf, "_mounts": 0, "_mark": ""})
    await line.post(line.posts.get_nowait().decode())
    assert ref in str((await line.poll())["messages"])
    if is_late:  # the browser ends the poll first
        line.request("GET").leave()
        while not len(app.endpoint.parking):  # noqa: ASYNC110 - tells nobody
            await asyncio.sleep(0)
    assert counter.ended.empty()
    assert await line.post(longpoll.LEFT) == {"status": 410}
    assert await ending(counter) == "disconnected"
    assert not list(app.endpoint.parking)


async def test_a_client_that_does_not_poll_again_is_gone(
    visitor: Visitor, page: Page, counter: type[Counter], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(polled, "_TICK_SECONDS", 0)
    line = PollingLine(visitor, page)
    await line.begin()
    line.begin_join(page)
    await line.post(line.posts.get_nowait().decode())
    monkeypatch.setattr(polled, "PATIENCE", -1)
    await line.poll()
    assert await ending(counter) == "disconnected"
    assert await line.post(click(line, page, "increment")) == {"status": 410}


async def test_whoever_joins_nothing_makes_room_for_others(
    app: Wirebird, joined: PollingLine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(polled, "MOST_UNJOINED", 2)
    stranger = Visitor(app)
    lines = [PollingLine(stranger) for _ in range(3)]
    for line in lines:
        await line.begin()
    monkeypatch.setattr(polled, "POLL_SECONDS", 0)
    assert [(await line.poll())["status"] for line in lines] == [410, 204, 204]
    assert (await joined.poll())["status"] == 204


async def test_one_address_has_no_more_sessions_than_it_may_have(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LINES_PER_PEER", "2")
    monkeypatch.setattr(polled, "POLL_SECONDS", 0)
    app = make_app()
    app.live("/", Counter)
    visitor = Visitor(app)
    page = await visitor.page("/")

    async def begun(peer: str) -> tuple[int, PollingLine]:
        line = PollingLine(visitor, page)
        line.peer = peer
        return (await line.begin())["status"], line

    first = [await begun("8.8.8.8") for _ in range(3)]
    assert [status for status, _ in first] == [410, 410, 403]
    assert [(await begun(peer))[0] for peer in ("8.8.4.4", "10.0.0.1", "10.0.0.1", "10.0.0.1")] == [
        410, 410, 410, 410
    ]  # fmt: skip
    assert await first[0][1].post("rubbish") == {"status": 400}  # which ends it
    assert (await begun("8.8.8.8"))[0] == 410


# Who may


async def test_a_session_is_one_visitors(app: Wirebird, joined: PollingLine, page: Page):
    thief = Visitor(app)
    await thief.page("/")
    stolen = PollingLine(thief, page)
    stolen.token = joined.token
    assert await stolen.poll() == {"status": 410}
    assert await stolen.post(click(joined, page, "increment")) == {"status": 410}
    await joined.post(click(joined, page, "increment"))
    [message] = (await joined.poll())["messages"]
    assert json.loads(message)[4]["response"] == {"diff": {"0": "1"}}


async def test_whoever_signs_out_polls_no_more(joined: PollingLine, visitor: Visitor, page: Page):
    await visitor.http.post("/sign-out")
    assert await joined.poll() == {"status": 410}


@pytest.mark.parametrize("token", ["x", "a.b.c", "another", "é", "x" * 100_000])
async def test_a_token_that_is_not_ours_is_of_no_session(
    app: Wirebird, visitor: Visitor, page: Page, token: str
):
    line = PollingLine(visitor, page)
    line.token = page.session if token == "another" else token
    assert await line.poll() == {"status": 410}
    assert await line.post("[]") == {"status": 410}
    line.token = ""
    assert await line.post("[]") == {"status": 410}


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({"vsn": "1.0.0"}, {}),
        ({"vsn": "3.0.0"}, {}),
        ({}, {"origin": "https://evil.example"}),
        ({}, {"origin": "null"}),
    ],
)
async def test_a_page_of_others_may_not_begin(
    visitor: Visitor, page: Page, query: dict[str, str], headers: dict[str, str]
):
    assert await PollingLine(visitor, page, query, headers).begin() == {"status": 403}


async def test_without_the_pages_token_nothing_is_joined(visitor: Visitor, page: Page):
    async with PollingLine(visitor, page, {"_csrf_token": "wrong"}) as line:
        assert (await line.join(page))["response"] == {"reason": "stale"}


@pytest.mark.parametrize("method", ["HEAD", "PUT", "OPTIONS", "DELETE"])
async def test_other_methods_are_not_allowed(app: Wirebird, visitor: Visitor, method: str):
    response = await visitor.http.request(method, PATH)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
    assert not app.endpoint.connections


# What is wrong or too much


@pytest.mark.parametrize(
    "frame", ["{}", "[1, 2]", "not base64", b"", b"\x01abcd", "[" + "1" * 3001 + "]"]
)
async def test_what_is_no_frame_ends_the_session(
    joined: PollingLine, counter: type[Counter], frame: str | bytes
):
    waiting = joined.request("GET")
    if frame == b"":
        frame = encode(Frame("1", "1", "lvu:0", "chunk", bytes(4000)))
    assert await joined.post(frame) == {"status": 400}
    assert await ending(counter) == "disconnected"
    assert await waiting.answer() == {"status": 410}


async def test_whoever_sends_too_much_waits_for_the_next_poll(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(polled, "MOST_WAITING", 10)
    transport = polled.LongPollTransport()
    await transport.send("x" * 10)
    sending = asyncio.create_task(transport.send("y"))
    await asyncio.sleep(0)
    assert not sending.done()
    assert transport.take() == ["x" * 10, "y"]
    await sending
    sending = asyncio.create_task(transport.send("z" * 11))
    await asyncio.sleep(0)
    await transport.close()
    await sending
    with pytest.raises(TransportClosed):
        await transport.send("")


async def test_a_view_that_sends_much_is_read_poll_by_poll(
    joined: PollingLine, page: Page, counter: type[Counter], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(polled, "MOST_WAITING", 1000)
    await joined.post(click(joined, page, "pour", {"times": 1000}))
    received = polls = 0
    while received < 1000:
        messages = (await joined.poll())["messages"]
        received += sum(message.count('"said"') for message in messages)
        polls += 1
    assert counter.pushed == received == 1000
    assert polls > 1


# How it ends


async def test_disconnecting_answers_the_poll(
    app: Wirebird, visitor: Visitor, counter: type[Counter]
):
    await visitor.http.post("/sign-in")
    page = await visitor.page("/")
    async with PollingLine(visitor, page) as line:
        await line.join(page)
        await app.disconnect("user:1")
        with pytest.raises(Closed):
            await line.receive()
    assert await ending(counter) == "disconnected"


async def test_what_was_sent_before_the_end_still_comes(
    joined: PollingLine, page: Page, app: Wirebird
):
    await joined.post(click(joined, page, "increment"))
    await app.endpoint.drain()
    answer = await joined.poll()
    assert (answer["status"], len(answer["messages"])) == (200, 1)
    assert await joined.poll() == {"status": 410}


async def test_a_server_that_stops_answers_polls_at_once(
    app: Wirebird, joined: PollingLine, counter: type[Counter]
):
    waiting = joined.request("GET")
    await app.endpoint.drain()
    assert await waiting.answer() == {"status": 410}
    assert await ending(counter) == "shutdown"


async def test_polls_are_answered_before_uvicorn_waits_for_them(
    app: Wirebird, joined: PollingLine, counter: type[Counter], monkeypatch: pytest.MonkeyPatch
):
    waiting = joined.request("GET")
    server = SimpleNamespace(should_exit=True)
    handler = SimpleNamespace(__self__=server)
    monkeypatch.setattr(signal, "getsignal", lambda number: handler)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert await waiting.answer() == {"status": 410}
    assert await ending(counter) == "shutdown"


# Within others


@pytest.mark.parametrize("prefix", ["", "/shop"])
async def test_it_works_mounted_and_compressed(app: Wirebird, prefix: str):
    host = Starlette()
    host.mount(prefix, app)
    whole = Compression(host)
    visitor = Visitor(whole)
    page = await visitor.page(prefix + "/")

    async def prefixed(scope: Scope, receive: Receive, send: Send) -> None:
        path = prefix + scope["path"] if scope["path"] == PATH else scope["path"]
        await whole({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    visitor.app = prefixed
    async with PollingLine(visitor, page, headers={"origin": BASE_URL}) as line:
        assert (await line.join(page))["status"] == "ok"
        assert await line.event(page, "increment") == {"diff": {"0": "1"}}
