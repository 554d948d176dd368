"""Clients without a purpose: what they may keep, and for how long."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.runtime.line import Visitor
from wirebird import Limits, LiveView, Wirebird, event
from wirebird.runtime.joining import weighs_more
from wirebird.wire.frames import MAX_DEPTH


class Quiet(LiveView[dict[str, Any]]):
    html = "<p>quiet</p>"

    @event
    async def nothing(self) -> None:
        pass


@pytest.fixture
def build(make_app: Callable[..., Wirebird]) -> Callable[..., Wirebird]:
    def build(**limits: Any) -> Wirebird:
        app = make_app(limits=Limits(**limits))
        app.live("/", Quiet)
        return app

    return build


@pytest.mark.parametrize("debug", [False, True])
async def test_a_line_over_which_nothing_is_joined_is_closed_whatever_else_it_says(
    build: Callable[..., Wirebird], debug: bool
):
    app = build(join_within=0.1)
    app.debug = debug
    visitor = Visitor(app)
    async with visitor.line(await visitor.page("/")) as line:
        line.send([None, "1", "phoenix", "heartbeat", {}])
        line.send(["2", "2", "lv:phx-of-nobody", "phx_join", {}])
        closed = await line.until_closed()
        assert (closed.code, closed.reason) == (4008, "nothing was joined")


async def test_a_line_over_which_a_view_was_joined_stays(build: Callable[..., Wirebird]):
    app = build(join_within=0.2)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        await asyncio.sleep(0.3)
        assert await line.alive()


async def test_a_server_may_cut_a_line_first_until_a_view_is_joined(
    build: Callable[..., Wirebird],
):
    visitor = Visitor(build())
    page = await visitor.page("/")
    line = visitor.line(page)
    place = SimpleNamespace(expendable=False, is_unwrapped=lambda receive, send: False)
    line.scope["extensions"] = {"websocket.line": {"line": place}}
    async with line:
        assert place.expendable
        assert (await line.join(page, session="of nobody"))["status"] == "error"
        assert place.expendable
        assert (await line.join(page))["status"] == "ok"
        assert not place.expendable


@pytest.mark.parametrize(
    "said",
    [
        {"params": {"x": [[]] * 5000}},
        {"params": {str(number): {} for number in range(2000)}},
        {"params": {"x": "a" * 100_000}},
        {"url": "http://127.0.0.1:4010/?" + "a" * 100_000},
        {"redirect": "http://127.0.0.1:4010/?" + "a" * 100_000},
        {"something else": [[]] * 5000},
    ],
)
async def test_what_a_page_says_of_itself_is_kept_only_within_a_limit(
    build: Callable[..., Wirebird], said: dict[str, Any]
):
    app = build()
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        reply = await line.join(page, **said)
        assert reply == {"status": "error", "response": {"reason": "join crashed"}}
        (connection,) = app.endpoint.connections
        assert not connection.channels
        assert (await line.join(page))["status"] == "ok"


async def test_a_page_may_say_what_pages_say(build: Callable[..., Wirebird]):
    visitor = Visitor(build())
    page = await visitor.page("/")
    tracked = [f"http://127.0.0.1:4010/assets/app-{number}.css" for number in range(30)]
    params = {"_csrf_token": page.csrf, "_track_static": tracked, "time_zone": "Europe/Berlin"}
    async with visitor.line(page) as line:
        assert (await line.join(page, params=params))["status"] == "ok"


async def test_a_page_cannot_go_to_a_url_without_end(build: Callable[..., Wirebird]):
    visitor = Visitor(build())
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        await line.join(page)
        ref = line.push(page.topic, "live_patch", {"url": page.url + "?" + "a" * 100_000})
        assert (await line.reply(ref))["response"] == {"link_redirect": True}


def memory_of(value: Any) -> int:
    total = sys.getsizeof(value)
    if isinstance(value, dict):
        entries = cast("dict[Any, Any]", value).items()
        total += sum(memory_of(key) + memory_of(each) for key, each in entries)
    elif isinstance(value, list):
        total += sum(map(memory_of, cast("list[Any]", value)))
    return total


@given(
    st.recursive(
        st.none() | st.integers(-9, 2**63) | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=6)
        | st.dictionaries(st.text(max_size=2), inner, max_size=6),
    )
)  # fmt: skip
@example({"": {"": {"": {"": {"": {"": {"": {"": {}}}}}}}}})
@example([[[[[[[[[[[[]]]]]]]]]]]])
def test_nothing_takes_more_memory_than_it_is_weighed_with(sent: Any):
    value = msgspec.json.decode(msgspec.json.encode(sent))
    assert weighs_more(value, memory_of(value) - 1)


def test_data_is_weighed_by_what_it_takes_in_memory():
    assert not weighs_more({"a": [1, "b", None]}, 1000)
    assert weighs_more([[]] * 1000, 5000)
    assert weighs_more({"a": "b" * 1000}, 1000)
    nested: list[Any] = []
    for _ in range(MAX_DEPTH):
        nested = [nested]
    assert weighs_more(nested, 4000)
