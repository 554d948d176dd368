"""Answers say how long the server was at them, where the wire pane may be opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.runtime.line import Visitor
from wirebird import LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]


@dataclass
class Count:
    count: int = 0


class Counter(LiveView[Count]):
    html = "<p>{{ count }}</p>"

    @event
    async def increment(self) -> None:
        self.state.count += 1


async def answers(app: Wirebird) -> list[dict[str, Any]]:
    """Return the answers to a join, to an event and to a heartbeat."""
    app.live("/", Counter)
    visitor = Visitor(app)
    page = await visitor.page("/")
    line = visitor.line(page)
    line.scope["extensions"] = {}
    async with line:
        found = [await line.reply(line.begin_join(page))]
        found.append(await line.reply(line.begin_event(page, "increment")))
        line.send([None, "9", "phoenix", "heartbeat", {}])
        return [*found, await line.reply("9")]


async def test_an_answer_says_in_microseconds_how_long_it_took(make_app: MakeApp) -> None:
    told = await answers(make_app(wire_pane=True))
    took = [answer.pop("took") for answer in told]
    assert all(type(each) is int and 0 <= each < 10_000_000 for each in took)
    assert told[1:] == [
        {"status": "ok", "response": {"diff": {"1": {"0": "1"}}}},
        {"status": "ok", "response": {}},
    ]


async def test_elsewhere_it_does_not(make_app: MakeApp) -> None:
    assert [*map(set, await answers(make_app()))] == [{"status", "response"}] * 3
