"""Temporary fields: dropped once they were shown, while the page keeps what they showed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from wirebird import LiveView, Wirebird, event
from wirebird.testing import LiveClient


@dataclass
class Log:
    note: str = "first"
    lines: list[str] = field(default_factory=lambda: ["a", "b"])
    pairs: list[tuple[int, str]] = field(default_factory=lambda: [(1, "x")])
    count: int = 0


class LogView(LiveView[Log]):
    temporary = ("note", "lines", "pairs")
    html = """<p id="note">{{ note }}</p><p id="count">{{ count }}</p>
        <ul>{% for line in lines %}<li>{{ line }}</li>{% endfor %}</ul>
        <ol>{% for number, text in pairs %}<li>{{ number }}{{ text }}</li>{% endfor %}</ol>"""

    @event
    async def more(self) -> None:
        self.state.count += 1

    @event
    async def say(self, text: str) -> None:
        self.state.note = text
        self.state.lines = [text]

    @event
    async def held(self) -> str:
        return repr(self.state.lines)


async def test_a_page_keeps_what_a_dropped_field_showed(make_app: Callable[..., Wirebird]) -> None:
    app = make_app()
    app.live("/", LogView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        before = view.text("#note"), view.text("ul"), view.text("ol")
        await view.hook_event("more")
        assert view.text("#count") == "1"
        assert (view.text("#note"), view.text("ul"), view.text("ol")) == before
        assert await view.hook_event("held") == "DROPPED"


async def test_a_field_that_is_set_again_is_shown_again(make_app: Callable[..., Wirebird]) -> None:
    app = make_app()
    app.live("/", LogView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.hook_event("say", {"text": "second"})
        assert view.text("#note") == "second"
        assert [item.text for item in view.all("ul li")] == ["second"]
        assert [item.text for item in view.all("ol li")] == ["1x"]
