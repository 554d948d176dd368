"""A bad frame costs the frame: it is answered, and every view of the socket lives."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.runtime.line import Line, Page, Visitor
from wirebird import LiveComponent, LiveView, Wirebird, event

NOBODY = "lv:phx-nobody"


@dataclass
class Count:
    count: int = 0


class Row(LiveComponent[Count]):
    html = "<b>{{ count }}</b>"

    @event
    async def increment(self, by: int = 1) -> None:
        self.state.count += by


class Counter(LiveView[Count]):
    html = """<p>{{ count }}</p>{{ live_component(Row, id="row") }}
    <form phx-change="typed">{{ ui.live_file_input(uploads.files) }}</form>"""

    async def mount(self) -> None:
        self.socket.allow_upload("files", accept="any", auto_upload=True)

    @event
    async def increment(self, by: int = 1) -> None:
        self.state.count += by

    @event
    async def typed(self, payload: dict[str, Any]) -> None: ...


@dataclass
class Here:
    line: Line
    page: Page
    sibling: Page

    async def sibling_counts(self) -> None:
        assert "error" not in str(await self.line.event(self.sibling, "increment"))

    async def both_count(self) -> None:
        await self.sibling_counts()
        assert "error" not in str(await self.line.event(self.page, "increment"))

    def send(self, event: str, payload: str, topic: str | None = None) -> str:
        """Send a frame whose payload is this text; return its ref."""
        topic = self.page.topic if topic is None else topic
        ref = str(next(self.line.refs))
        join_ref = self.line.joins.get(topic, ref)
        names = json.dumps([join_ref, ref, topic, event])[:-1]
        self.line.send(f"{names},{payload}]")
        return ref


@asynccontextmanager
async def joined() -> AsyncIterator[Here]:
    app = Wirebird(secret_key="k" * 40)
    app.components(Row)
    app.live("/", Counter)
    visitor = Visitor(app)
    page, sibling = await visitor.page("/"), await visitor.page("/")
    async with visitor.line(page) as line:
        for each in (page, sibling):
            assert (await line.join(each))["status"] == "ok"
        yield Here(line, page, sibling)


@pytest.fixture
async def here() -> AsyncIterator[Here]:
    async with joined() as here:
        yield here


BAD = {
    "null": "null",
    "a list": "[]",
    "a text": '"x"',
    "a number": "1",
    "deep": '{"v":' + "[" * 65 + "]" * 65 + "}",
    "very deep": '{"v":' + "[" * 100_000 + "]" * 100_000 + "}",
    "huge": '{"v":' + "9" * 5000 + "}",
    "infinite": '{"v":1e400}',
    "half an emoji": '{"type":"hook","event":"typed","value":{"v":"\\ud83d"}}',
    "half an emoji as a name": '{"\\ud83d":1}',
    "not finished": '{"v":',
    "more than one": "{},1",
}


@pytest.mark.parametrize("payload", BAD.values(), ids=BAD)
async def test_an_event_with_a_bad_payload_is_refused_and_the_views_live(here: Here, payload: str):
    ref = here.send("event", payload)

    assert await here.line.reply(ref) == {
        "status": "ok",
        "response": {"diff": {"r": {"error": "the event was refused", "refused": True}}},
    }
    await here.both_count()


FRAMES = [
    "live_patch", "cids_will_destroy", "cids_destroyed", "allow_upload", "progress", "phx_leave",
    "phx_join", "heartbeat", "zzz",
]  # fmt: skip


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("payload", BAD.values(), ids=BAD)
async def test_another_frame_with_a_bad_payload_is_an_error(here: Here, name: str, payload: str):
    ref = here.send(name, payload)

    assert await here.line.reply(ref) == {"status": "error", "response": {"reason": "malformed"}}
    await here.both_count()


@pytest.mark.parametrize("topic", [NOBODY, "lvu:0", "phoenix", "", "room:1"])
async def test_a_bad_payload_to_a_topic_that_nobody_joined_is_an_error(here: Here, topic: str):
    for name in ("event", "phx_join", "heartbeat", "chunk"):
        reply = await here.line.reply(here.send(name, "null", topic))
        assert reply == {"status": "error", "response": {"reason": "malformed"}}
    await here.both_count()


async def test_a_long_name_of_an_event_is_an_error(here: Here):
    reply = await here.line.reply(here.send("e" * 256, "{}"))

    assert reply == {"status": "error", "response": {"reason": "malformed"}}
    await here.both_count()


@pytest.mark.parametrize("refs", ['"1",9', "1,2", f'"1","{"9" * 300}"', "true,1.5"])
async def test_a_ref_that_nobody_could_wait_for_is_not_answered(here: Here, refs: str):
    here.line.send(f'[{refs},"{here.page.topic}","event",{{}}]')

    assert await here.line.alive()
    await here.both_count()


async def test_nobody_is_answered_who_does_not_wait(here: Here):
    topic = here.page.topic
    here.line.send(f'["{here.line.joins[topic]}",null,"{topic}","event",null]')

    await here.both_count()


async def test_what_the_program_raises_while_it_takes_a_frame_costs_the_frame(
    here: Here, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("of our own")

    monkeypatch.setattr("wirebird.runtime.connection.admit", broken)
    monkeypatch.setattr("wirebird.runtime.channel.Channel.admits", broken)

    reply = await here.line.reply(here.send("phx_join", "{}", NOBODY))

    assert reply == {"status": "error", "response": {"reason": "malformed"}}
    assert "of our own" in caplog.text
    await here.both_count()


async def test_an_upload_that_comes_while_its_view_is_joined_anew_is_refused(here: Here):
    """The view is not there yet, but its token still holds."""
    line, page = here.line, here.page
    reference = page.html.partition('data-phx-upload-ref="')[2].partition('"')[0]
    rendered = json.dumps((await line.join(page))["response"])
    reference = rendered.partition('data-phx-upload-ref=\\"')[2].partition("\\")[0] or reference
    entry = {"ref": "0", "name": "a.txt", "size": 5, "type": "text/plain"}
    asked = line.push(page.topic, "allow_upload", {"ref": reference, "entries": [entry]})
    token = (await line.reply(asked))["response"]["entries"]["0"]

    rejoin = line.begin_join(page)
    upload = here.send("phx_join", json.dumps({"token": token}), "lvu:0")

    assert (await line.reply(rejoin))["status"] == "ok"
    assert (await line.reply(upload))["status"] == "error"
    await here.both_count()


# Whatever comes

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
KEYS = [
    "type", "event", "value", "meta", "cid", "uploads", "url", "cids", "ref", "entries",
    "entry_ref", "progress", "session", "static", "params", "redirect", "flash", "token", "_target",
]  # fmt: skip
NAMES = st.sampled_from(["increment", "typed", "lv:clear-flash", "form", "hook", "1", "0", "/"])
PAYLOADS = st.dictionaries(st.sampled_from(KEYS), JSON | NAMES | st.integers(0, 3), max_size=6)
RAW = st.sampled_from(list(BAD.values())) | PAYLOADS.map(json.dumps) | JSON.map(json.dumps)


@given(name=st.sampled_from(["event", "chunk", *FRAMES]), payload=RAW)
@example(name="event", payload='{"event":"increment","cid":{}}')
@example(name="event", payload='{"event":"typed","type":"form","value":"a=1","uploads":[1]}')
@example(name="cids_destroyed", payload='{"cids":[[],{},null,"1",1e9]}')
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_no_payload_of_any_frame_ends_a_sibling_view(name: str, payload: str):
    async with joined() as here:
        for topic in (here.page.topic, "lvu:0", NOBODY):
            here.send(name, payload, topic)

        await here.sibling_counts()
        assert await here.line.alive()


@given(text=st.text(), binary=st.binary())
@settings(deadline=None, max_examples=40)
async def test_what_is_no_frame_at_all_is_refused_and_nothing_else_is_raised(
    text: str, binary: bytes
):
    async with joined() as here:
        here.line.send(text)
        here.line.send(binary)
        assert (await here.line.until_closed()).code == 4011
