"""What a browser once sent to pages with components and nested views, and Phoenix's answers.

The rule: same answers in the same order, the same page after each, and the same economy: what is
sent of which component, and whether its statics are its own, those of another, or not sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.wire.test_replay import Replay, _normal  # pyright: ignore[reportPrivateUsage]
from tests.wire.transcripts import Line as Recorded
from tests.wire.transcripts import needs_transcripts, read
from tests.wire.views import LAYOUT, Flash, NavBLive, inspect
from wirebird import LiveComponent, LiveView, Socket, Wirebird, event
from wirebird.live.component import LiveComponent as Component
from wirebird.live.nested import live_render
from wirebird.testing.rendered import Rendered

pytestmark = needs_transcripts

STICKY_LAYOUT = (
    '{{ live_render(ChildLive, id="sticky", session={"name": "sticky"}, sticky=true) }}'
    "<main>{{ inner_content }}</main>"
)


@dataclass
class Comp:
    label: str = ""
    name: str = ""
    n: int = 0


class CompLive(LiveComponent[Comp]):
    html = """<div id="{{ name }}" class="comp">
      <b>{{ label }}</b> <i>{{ n }}</i>
      <button id="{{ name }}-inc" phx-click="inc" phx-target="{{ myself }}">inc</button>
      <button id="{{ name }}-patch" phx-click="flash" phx-target="{{ myself }}">flash</button>
    </div>"""

    async def mount(self) -> None:
        self.state.name = self.id

    @event
    async def inc(self) -> None:
        self.state.n += 1

    @event
    async def flash(self) -> None:
        self.socket.push_event("from-comp", {"cid": self.myself.cid, "id": self.id})


@dataclass
class Parts:
    a: str = "first"
    second: bool = True
    list: list[int] = field(default_factory=list[int])


class ComponentLive(LiveView[Parts]):
    html = """
    {{ live_component(CompLive, id="one", label=a) }}
    {% if second %}{{ live_component(CompLive, id="two", label="second") }}{% endif %}
    <ul>
      {% for i in list %}<li :key="{{ i }}">{{ live_component(CompLive, id="l" ~ i, label="item " ~ i) }}</li>{% endfor %}
    </ul>
    {% for name in ["label", "hide", "show", "send", "list", "rotate"] %}
    <button id="{{ name }}" phx-click="{{ name }}">{{ "send_update" if name == "send" else name }}</button>
    {% endfor %}
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        state = self.state
        match event:
            case "label":
                state.a = "changed"
            case "hide" | "show":
                state.second = event == "show"
            case "send":
                self.socket.send_update(CompLive, id="one", label="via send_update")
            case "list":
                state.list = [1, 2, 3]
            case _:
                state.list.append(state.list.pop(0))


@dataclass
class Item:
    id: int
    t: str


@dataclass
class Rich:
    name: str = ""
    n: int = 0
    open: bool = False
    items: list[Item] = field(default_factory=lambda: [Item(1, "a"), Item(2, "b")])
    events: tuple[str, ...] = ("open", "n", "item", "reply", "patch", "navigate", "flash")


class RichComp(LiveComponent[Rich]):
    html = """<div id="{{ name }}">
      {% if open %}<p>open {{ n }}</p>{% endif %}
      <ul>{% for i in items %}<li :key="{{ i.id }}">{{ i.t }} {{ n }}</li>{% endfor %}</ul>
      {% if open %}{{ live_component(CompLive, id="inner-" ~ name, label="inner " ~ n) }}{% endif %}
      {% for e in events %}<button id="{{ name }}-{{ e }}" phx-click="{{ e }}" phx-target="{{ myself }}">{{ e }}</button>{% endfor %}
      <span id="{{ name }}-hook" phx-hook="To" phx-target="{{ myself }}">hook</span>
    </div>"""

    async def mount(self) -> None:
        self.state.name = self.id

    async def handle_event(self, event: str, payload: Any) -> Any:
        state = self.state
        match event:
            case "open":
                state.open = not state.open
            case "item":
                state.items.append(Item(len(state.items) + 1, "new"))
            case "flash":
                self.socket.put_flash("info", "from component")
                self.socket.push_patch("/t/rich?q=2")
            case _:
                state.n += 1
                if event == "reply":
                    return {"from": "component", "got": payload}
                if event == "patch":
                    self.socket.push_patch("/t/rich?q=1")
                if event == "navigate":
                    self.socket.push_navigate("/t/nav/b")


@dataclass
class Query:
    q: str = ""
    n: int = 0


class RichLive(LiveView[Query]):
    html = """<i>{{ q }}</i>
    {{ live_component(RichComp, id="r1") }}
    {{ live_component(RichComp, id="r2") }}"""

    async def handle_params(self, q: str = "") -> None:
        self.state.q = q


@dataclass
class Switch:
    mode: str = "a"
    n: int = 0
    name: str = "sw"


class SwitchComp(LiveComponent[Switch]):
    html = """{% if mode == "a" %}<div id="{{ name }}">mode a {{ n }}</div>
    {% else %}<section id="{{ name }}">mode b {{ n }}</section>{% endif %}"""


class SwitchLive(LiveView[Switch]):
    html = """{% if mode == "c" %}<h1>clause c {{ n }}</h1>
    <button phx-click="a">a</button>{% else %}
    {{ live_component(SwitchComp, id="sw", mode=mode, n=n) }}
    <button phx-click="a">a</button>
    <button phx-click="b">b</button>
    <button phx-click="c">c</button>{% endif %}"""

    async def handle_event(self, event: str, payload: Any) -> None:
        self.state.mode = event
        self.state.n += 1


class ChildLive(LiveView[Comp]):
    html = """<div>
      <p>{{ name }}: {{ n }}</p>
      <button id="{{ name }}-inc" phx-click="inc">child inc</button>
    </div>"""

    async def mount(self, name: str) -> None:
        self.state.name = name

    @event
    async def inc(self) -> None:
        self.state.n += 1


@dataclass
class Parent:
    show: bool = True
    n: int = 0
    q: str = ""


class ParentLive(LiveView[Parent]):
    html = """<h1>parent {{ n }}</h1>
    {% if show %}{{ live_render(ChildLive, id="kid", session={"name": "kid"}) }}{% endif %}
    <button id="pinc" phx-click="inc">parent inc</button>
    <button id="toggle" phx-click="toggle">toggle child</button>"""

    @event
    async def inc(self) -> None:
        self.state.n += 1

    @event
    async def toggle(self) -> None:
        self.state.show = not self.state.show


class PatchingChildLive(LiveView[Comp]):
    html = """<p>child {{ n }}</p>
    <button id="cpatch" phx-click="patch">patch the parent</button>
    <button id="cflash" phx-click="flash">child flash</button>
    <button id="cboom" phx-click="boom">crash the child</button>
    <button id="cnav" phx-click="nav">navigate</button>"""

    @event
    async def patch(self) -> None:
        self.state.n += 1
        self.socket.push_patch("/t/patching?q=child")

    @event
    async def flash(self) -> None:
        self.socket.put_flash("info", "in the child")

    @event
    async def boom(self) -> None:
        raise RuntimeError("child boom")

    @event
    async def nav(self) -> None:
        self.socket.push_navigate("/t/nav/b")


class PatchingLive(LiveView[Parent]):
    html = """<h1>{{ q }}</h1>
    {{ live_render(PatchingChildLive, id="pkid") }}
    <button id="pboom" phx-click="boom">crash the parent</button>"""

    async def handle_params(self, q: str = "") -> None:
        self.state.q = q

    @event
    async def boom(self) -> None:
        raise RuntimeError("parent boom")


class StickyALive(LiveView[Parent]):
    html = (
        '<h1>sticky A</h1><a href="/t/sticky/b" data-phx-link="redirect"'
        ' data-phx-link-state="push" id="to-b">to b</a>'
    )

    async def mount(self) -> None:
        self.socket.page_title = "Sticky A"


class StickyBLive(LiveView[Parent]):
    html = StickyALive.html.replace("sticky A", "sticky B").replace("/b", "/a").replace("to-b", "to-a")
    html = html.replace("to b", "to a")

    async def mount(self) -> None:
        self.socket.page_title = "Sticky B"


@pytest.fixture
def app(make_app: Callable[..., Wirebird]) -> Wirebird:
    app = make_app()
    app.components(CompLive, RichComp, SwitchComp, ChildLive, PatchingChildLive)

    def around(source: str) -> Any:
        template = app.templates.inline(source, "layout.html")

        def layout(socket: Socket, inner: Any) -> Any:
            return template.tree({"inner_content": inner, "flash": Flash(socket.flash)}, {})

        return layout

    with app.live_session("t", layout=around(LAYOUT)) as live:
        live.live("/t/component", ComponentLive)
        live.live("/t/rich", RichLive)
        live.live("/t/switch", SwitchLive)
        live.live("/t/parent", ParentLive)
        live.live("/t/patching", PatchingLive)
        live.live("/t/nav/b", NavBLive)
    with app.live_session("sticky", layout=around(STICKY_LAYOUT)) as live:
        live.live("/t/sticky/a", StickyALive)
        live.live("/t/sticky/b", StickyBLive)
    return app
