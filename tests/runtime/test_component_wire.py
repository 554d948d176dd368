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
from tests.wire.transcript import Line as Recorded
from tests.wire.transcript import read
from tests.wire.views import LAYOUT, Flash, NavBLive
from wirebird import LiveComponent, LiveView, Socket, Wirebird, event
from wirebird.testing.rendered import Rendered

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
      {% for i in list -%}
      <li :key="{{ i }}">{{ live_component(CompLive, id="l" ~ i, label="item " ~ i) }}</li>
      {%- endfor %}
    </ul>
    {% for name in ["label", "hide", "show", "send", "list", "rotate"] %}
    <button id="{{ name }}" phx-click="{{ name }}">
      {{- "send_update" if name == "send" else name -}}
    </button>
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
      {% for e in events -%}
      <button id="{{ name }}-{{ e }}" phx-click="{{ e }}" phx-target="{{ myself }}">{{ e }}</button>
      {%- endfor %}
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
    html = (
        str(StickyALive.html)
        .replace("sticky A", "sticky B")
        .replace("/b", "/a")
        .replace("to-b", "to-a")
    )
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


@pytest.mark.parametrize(
    "name", ["component", "rich_component", "switch", "child", "child_commands", "sticky"]
)
async def test_the_answers_are_those_of_phoenix(name: str, app: Wirebird):
    async with FamilyReplay(app) as replay:
        for step in read(name).steps:
            replay.step = f"{name}: {step.title}"
            for line in step.lines:
                await replay.take(line)
            await replay.compare()
        assert replay.compared > 0


class FamilyReplay(Replay):
    """A transcript of views that have components and children, being sent again."""

    def __init__(self, app: Wirebird) -> None:
        super().__init__(app)
        self.tokens: dict[str, dict[str, str]] = {}

    async def load(self, url: str) -> None:
        await super().load(url)
        assert self.page is not None
        self.note_children(self.page.html)

    def note_children(self, html: str) -> None:
        """Take the tokens of nested views out of their elements, as the page does."""
        for tag in re.findall(r'<\w+ id="[^"]+"[^>]* data-phx-session="[^>]*>', html):
            values = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            known = self.tokens.setdefault(f"lv:{values['id']}", {})
            known.update(
                {
                    name: values[f"data-phx-{name}"]
                    for name in ("session", "static")
                    if values.get(f"data-phx-{name}")
                }
            )

    def send(self, line: Recorded) -> None:
        assert self.line is not None
        topic = line.frame[2] if line.frame else ""
        if topic not in self.tokens or line.frame is None or line.frame[3] != "phx_join":
            return super().send(line)
        payload: dict[str, Any] = dict(line.frame[4])
        payload["session"] = self.tokens[topic]["session"]
        if payload["static"] is not None:
            payload["static"] = self.tokens[topic]["static"]
        self.line.send([*line.frame[:4], payload])

    async def compare(self) -> None:
        """Receive what answers the frames that Phoenix had sent, and compare both."""
        theirs, self.expected = self.expected, []
        if not theirs:
            return
        assert self.line is not None
        for frame in theirs:
            if frame[2] in self.pages:
                frame[2] = self.pages[frame[2]].topic
        # Diffs may be one or several, and a child that ended with its parent needs no close.
        required = [frame for frame in theirs if frame[3] not in ("diff", "phx_close")]
        keys = [frame[:4] for frame in required]
        changed = {frame[2] for frame in theirs if self.tree_of(frame)}
        # Nor does a view that is left say once more what it shows.
        left = {frame[2] for frame in theirs if "live_redirect" in frame[4].get("response", {})}
        changed -= left
        ours: list[list[Any]] = []
        while keys or changed:
            frame = await self.line.receive()
            ours.append(frame)
            if frame[:4] in keys:
                keys.remove(frame[:4])
            if self.tree_of(frame):
                changed.discard(frame[2])
        for frame in required:
            mine = next(each for each in ours if each[:4] == frame[:4])
            self.compare_answer(mine[4], frame[4])
        mine_sent, theirs_sent = self.apply(ours, 0), self.apply(theirs, 1)
        for topic in left:
            theirs_sent.pop(topic, None)
            self.trees.pop(topic, None)
        assert mine_sent == theirs_sent, f"{self.step}\nours: {ours}\ntheirs: {theirs}"
        for topic in self.trees:
            mine_page, their_page = (page_of(self.trees[topic][side]) for side in (0, 1))
            assert mine_page == their_page, self.step
        self.compared += 1

    def compare_answer(self, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
        where = f"{self.step}\nours: {mine}\ntheirs: {theirs}"
        assert mine.get("status") == theirs.get("status"), where
        response, recorded = mine.get("response", mine), theirs.get("response", theirs)
        for key in (response.keys() | recorded.keys()) - {"diff", "rendered", "liveview_version"}:
            assert without_flash(response.get(key)) == without_flash(recorded.get(key)), where
        tree, other = self.tree_of_answer(mine), self.tree_of_answer(theirs)
        assert tree.get("t") == other.get("t"), where
        assert tree.get("e") == other.get("e"), where
        if "diff" in recorded:
            assert tree.get("r") == other.get("r"), where

    def tree_of_answer(self, payload: dict[str, Any]) -> dict[str, Any]:
        response = payload.get("response", {})
        return response.get("rendered") or response.get("diff") or {}

    def tree_of(self, frame: list[Any]) -> dict[str, Any]:
        """Return the tree of a frame, without what it carries beside."""
        payload = frame[4]
        tree = payload if frame[3] == "diff" else self.tree_of_answer(payload)
        return {
            key: value
            for key, value in tree.items()
            if key not in ("e", "t") and not (key == "r" and value != 1)
        }

    def apply(self, frames: list[list[Any]], side: int) -> dict[str, dict[str, str]]:
        """Let a page take frames; return how the components in them were sent, by topic."""
        sent: dict[str, dict[str, str]] = {}
        for frame in frames:
            tree = self.tree_of(frame)
            if not tree:
                continue
            if side == 0:
                self.note_children(json.dumps(tree).replace('\\"', '"'))
            for cid, part in tree.get("c", {}).items():
                sent.setdefault(frame[2], {}).setdefault(cid, kind_of(part))
            tree = json.loads(json.dumps(tree))
            both = self.trees.setdefault(frame[2], (None, None))
            page = both[side]
            if page is None or "rendered" in frame[4].get("response", {}):
                page = Rendered(tree)
            else:
                page.merge(tree)
            page.print()
            self.trees[frame[2]] = (page, both[1]) if side == 0 else (both[0], page)
        return sent


def without_flash(place: Any) -> Any:
    """Return a place without the flash that goes along: Phoenix's components have their own."""
    if not isinstance(place, dict):
        return place
    return {key: value for key, value in place.items() if key != "flash"}


def kind_of(component: Mapping[str, Any]) -> str:
    """Tell how a component was sent: only what changed, or with which statics."""
    statics = component.get("s")
    if statics is None:
        return "changed"
    if isinstance(statics, int):
        return "as a new one" if statics > 0 else "as a known one"
    return "with statics"


def page_of(page: Rendered | None) -> list[Any]:
    if page is None:
        return []
    html = re.sub(r' data-phx-(session|static|parent-id)="[^"]*"', "", page.print().html)
    return _normal(html)
