"""Live components on a page: their lives, what is rendered, and what of it is sent."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import pytest
import pytest_asyncio
from pydantic import Field

from wirebird import (
    Depends,
    LiveComponent,
    LiveView,
    NotFound,
    Redirect,
    Wirebird,
    event,
    info,
)
from wirebird.html.errors import ComponentError
from wirebird.live.rendering import Renderer
from wirebird.runtime.components import Components
from wirebird.testing import EventRefused, LiveClient, ViewCrashed
from wirebird.testing.tab import Tab
from wirebird.testing.view import View

Open = Callable[..., Awaitable[View]]


@pytest_asyncio.fixture
async def open_page(make_app: Callable[..., Wirebird]) -> AsyncIterator[Open]:
    """Opens a page of its own for a view: `await open_page(MyView, ItsComponent)`."""
    async with AsyncExitStack() as stack:

        async def open_page(view: type[LiveView[Any]], *components: Any, path: str = "/") -> View:
            app = make_app(debug=True)
            app.components(*components)
            app.live("/", view)
            app.live("/elsewhere", ElsewhereView)
            client = await stack.enter_async_context(LiveClient(app))
            return await client.live(path)

        yield open_page


@pytest.fixture
def diffs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The trees that the server has sent, in order: those of joins, answers and pushes."""
    found: list[Any] = []
    receive = Tab._receive  # pyright: ignore[reportPrivateUsage]

    def listen(tab: Tab, text: str) -> None:
        _, _, _, name, payload = json.loads(text)
        response = payload if name == "diff" else payload.get("response", {})
        tree = response if name == "diff" else response.get("rendered", response.get("diff"))
        if tree is not None:
            found.append(tree)
        receive(tab, text)

    monkeypatch.setattr(Tab, "_receive", listen)
    return found


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was rendered, in order: the names of views, and names and ids of components."""
    found: list[str] = []
    render = Renderer.render

    def count(renderer: Renderer, view: Any, page: Any, kept: Any) -> Any:
        id = f" {view.id}" if isinstance(view, LiveComponent) else ""
        found.append(type(view).__name__ + id)
        return render(renderer, view, page, kept)

    monkeypatch.setattr(Renderer, "render", count)
    return found


def components_of(view: View) -> Components:
    """Return the server's components of a page."""
    app: Any = view.client.asgi.app
    (connection,) = app.endpoint.connections
    return connection.channels[view.channel.topic].display.components


def component(view: View, id: str) -> LiveComponent[Any]:
    (found,) = [each for each in components_of(view) if each.id == id]
    return found


@dataclass
class Nothing:
    pass


class ElsewhereView(LiveView[Nothing]):
    html = "<h1>elsewhere</h1>"

    async def mount(self) -> None:
        pass


@dataclass
class Count:
    label: str = ""
    count: int = 0


class Counter(LiveComponent[Count]):
    html = """
    <div id="{{ id }}">
      <b>{{ label }}</b> <i>{{ count }}</i>
      <button phx-click="increment" phx-target="{{ myself }}" phx-value-by="2">+</button>
      <button class="other" phx-click="other" phx-target="{{ myself }}">?</button>
    </div>
    """.replace("{{ id }}", "c-{{ myself }}")

    @event
    async def increment(self, by: Annotated[int, Field(ge=1)] = 1) -> int:
        self.state.count += by
        return self.state.count


# Placing


@dataclass
class Page:
    items: list[str] = field(default_factory=lambda: ["a", "b", "c"])
    title: str = "Page"
    show: bool = True
    told: list[Any] = field(default_factory=list)


class PageView(LiveView[Page]):
    html = """
    <h1>{{ title }}</h1>
    {% for item in items %}
    <section :key="{{ item }}" id="s-{{ item }}">
      {{- live_component(Counter, id=item, label=item) -}}
    </section>
    {% endfor %}
    {% if show %}<footer>{{ live_component(Counter, id="last", label=title) }}</footer>{% endif %}
    {% for item in told %}<p class="told">{{ item }}</p>{% endfor %}
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        change = payload.get("change")
        if change is not None:
            CHANGES[change](self)

    @info
    async def on_text(self, text: str) -> None:
        self.state.told.append(text)


CHANGES: dict[str, Callable[[PageView], Any]] = {
    "insert": lambda view: view.state.items.insert(1, "x"),
    "delete": lambda view: view.state.items.remove("b"),
    "reverse": lambda view: view.state.items.reverse(),
    "move": lambda view: view.state.items.append(view.state.items.pop(0)),
    "title": lambda view: setattr(view.state, "title", "New"),
    "nothing": lambda view: None,
    "hide": lambda view: setattr(view.state, "show", False),
    "show": lambda view: setattr(view.state, "show", True),
    "twice": lambda view: view.state.items.append("last"),
    "update": lambda view: view.socket.send_update(Counter, id="a", label="sent"),
    "update_twice": lambda view: (
        view.socket.send_update(Counter, id="a", label="first"),
        view.socket.send_update(Counter, id="a", count=9),
    ),
    "update_unknown": lambda view: view.socket.send_update(Counter, id="nobody", label="sent"),
    "update_wrongly": lambda view: view.socket.send_update(Counter, id="a", lable="sent"),
}


async def change(view: View, name: str) -> View:
    await view.hook_event("change", {"change": name})
    return view


async def counts(view: View) -> list[tuple[str, str]]:
    return [
        (each.text.split()[0], each.text.split()[1])
        for each in view.all("section > div, footer > div")
    ]


async def test_the_first_html_has_the_components(open_page: Open):
    view = await open_page(PageView, Counter)
    assert '<section id="s-a">' in view.dead_html
    assert "<b>c</b> <i>0</i>" in view.dead_html
    assert view.dead_html.count("data-phx-component=") == 4


async def test_events_go_to_the_component_that_they_stand_in(open_page: Open):
    view = await open_page(PageView, Counter)
    await view.click("#s-b button:first-of-type")
    assert view.reply == 2
    await view.click("#s-b button:first-of-type")
    await view.click("#s-c button:first-of-type")
    assert await counts(view) == [("a", "0"), ("b", "4"), ("c", "2"), ("Page", "0")]


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("insert", [("a", "0"), ("x", "0"), ("b", "2"), ("c", "2"), ("Page", "0")]),
        ("delete", [("a", "0"), ("c", "2"), ("Page", "0")]),
        ("reverse", [("c", "2"), ("b", "2"), ("a", "0"), ("Page", "0")]),
        ("move", [("b", "2"), ("c", "2"), ("a", "0"), ("Page", "0")]),
        ("title", [("a", "0"), ("b", "2"), ("c", "2"), ("New", "0")]),
        ("hide", [("a", "0"), ("b", "2"), ("c", "2")]),
    ],
)
async def test_components_keep_their_state_wherever_they_move(
    name: str, after: list[tuple[str, str]], open_page: Open
):
    view = await open_page(PageView, Counter)
    await view.click("#s-b button:first-of-type")
    await view.click("#s-c button:first-of-type")
    await change(view, name)
    assert await counts(view) == after


async def test_a_component_that_was_gone_begins_anew_under_a_new_number(open_page: Open):
    view = await open_page(PageView, Counter)
    await view.click("footer button:first-of-type")
    assert component(view, "last").myself.cid == 4
    await change(view, "hide")
    assert [each.id for each in components_of(view)] == ["a", "b", "c"]
    await change(view, "show")
    assert (await counts(view))[-1] == ("Page", "0")
    assert component(view, "last").myself.cid == 5


class SelectorView(LiveView[Page]):
    html = """
    {{ live_component(Counter, id="a", label="a") }}
    {{ live_component(Counter, id="b", label="b") }}
    <button id="all" phx-click="increment" phx-target="div b">all</button>
    """


async def test_a_selector_targets_the_components_that_it_finds(open_page: Open):
    view = await open_page(SelectorView, Counter)
    await view.hook_event("increment", {"by": 3}, target="#c-2")
    assert [each.text for each in view.all("i")] == ["0", "3"]
    await view.click("#all")
    assert [each.text for each in view.all("i")] == ["1", "4"]


def showing(html: str) -> type[LiveView[Any]]:
    class ShowingView(LiveView[Page]):
        pass

    ShowingView.html = html
    return ShowingView


# What a page pays for


async def test_only_the_component_that_an_event_is_for_is_rendered_and_sent(
    open_page: Open, rendered: list[str], diffs: list[Any]
):
    class ManyView(LiveView[Page]):
        html = PageView.html

        async def mount(self) -> None:
            self.state.items = [f"i{n}" for n in range(500)]

    view = await open_page(ManyView, Counter)
    rendered.clear()
    diffs.clear()
    await view.click("#s-i250 button:first-of-type")
    assert rendered == ["Counter i250"]
    assert diffs == [{"c": {"251": {"2": "2"}}, "r": 2}]


async def test_props_that_stay_the_same_are_not_given_again(
    open_page: Open, rendered: list[str], diffs: list[Any]
):
    view = await open_page(PageView, Counter)
    rendered.clear()
    diffs.clear()
    await change(view, "nothing")
    assert rendered == ["PageView"]
    await change(view, "title")
    assert rendered == ["PageView", "PageView", "Counter last"]
    assert diffs == [{"1": {"0": "New"}, "c": {"4": {"1": "New"}}}]


@dataclass(frozen=True)
class Frozen:
    name: str
    tags: tuple[str, ...] = ()


@dataclass
class Given:
    frozen: Frozen = field(default_factory=lambda: Frozen("f", ("t",)))
    names: list[str] = field(default_factory=lambda: ["n"])
    options: dict[str, list[int]] = field(default_factory=lambda: {"o": [1]})


class ShowGiven(LiveComponent[Given]):
    html = "<p>{{ frozen.name }} {{ names|join(',') }} {{ options.o|length }}</p>"


class GivenView(LiveView[Given]):
    html = """
    {{ live_component(ShowGiven, id="frozen", frozen=frozen) }}
    {{ live_component(ShowGiven, id="names", names=names) }}
    {{ live_component(ShowGiven, id="options", options=options) }}
    """

    @event
    async def mutate(self) -> None:
        self.state.names.append("m")
        self.state.options["o"].append(2)

    @event
    async def replace(self) -> None:
        self.state.frozen = Frozen("g")


async def test_props_that_change_in_place_are_noticed(open_page: Open, rendered: list[str]):
    view = await open_page(GivenView, ShowGiven)
    await view.hook_event("mutate")
    assert [each.text for each in view.all("p")] == ["f n 1", "f n,m 1", "f n 2"]
    rendered.clear()
    await view.hook_event("replace")
    assert [each.text for each in view.all("p")] == ["g n 1", "f n,m 1", "f n 2"]
    assert rendered == ["GivenView", "ShowGiven frozen"]
    rendered.clear()
    await view.hook_event("mutate")
    assert "ShowGiven frozen" not in rendered


class Draft(LiveComponent[Given]):
    html = """<section>{{ names|join(",") }}
    <button class="type" phx-click="type" phx-target="{{ myself }}">type</button></section>"""

    @event
    async def type(self) -> None:
        self.state.names = [*self.state.names, "typed"]


class DraftView(LiveView[Given]):
    html = """{{ live_component(Draft, id="draft", names=names) }}
    <button class="other" phx-click="other">other</button>"""

    @event
    async def other(self) -> None:
        self.state.names = list(self.state.names)


async def test_what_a_component_made_of_its_props_stays_while_they_say_the_same(open_page: Open):
    view = await open_page(DraftView, Draft)
    await view.click(".type")
    await view.click(".other")
    assert view.text("section").split() == ["n,typed", "type"]


# Statics


@dataclass
class Rich:
    open: bool = False
    items: list[str] = field(default_factory=lambda: ["x", "y"])


class RichComponent(LiveComponent[Rich]):
    html = """
    <div id="r-{{ myself }}">
      {% if open %}<em>{{ items|length }} open</em>{% endif %}
      {% for item in items -%}
      <li :key="{{ item }}">{{ item }}{% if open %}<s>{{ item }}</s>{% endif %}</li>
      {%- endfor %}
      <button class="toggle" phx-click="toggle" phx-target="{{ myself }}">toggle</button>
      <button class="empty" phx-click="empty" phx-target="{{ myself }}">empty</button>
    </div>
    """

    @event
    async def toggle(self) -> None:
        self.state.open = not self.state.open

    @event
    async def empty(self) -> None:
        self.state.items = [] if self.state.items else ["z"]


class RichView(LiveView[Page]):
    html = """
    {% for item in items %}
    <article :key="{{ item }}">{{ live_component(RichComponent, id=item) }}</article>
    {% endfor %}
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        self.state.items = payload["items"]


def strings_in(tree: Any) -> int:
    """Count the lists of statics in what was sent of components."""
    if isinstance(tree, dict):
        return isinstance(tree.get("s"), list) + sum(map(strings_in, tree.values()))
    return sum(map(strings_in, tree)) if isinstance(tree, list) else 0


async def test_the_second_of_a_kind_is_sent_without_statics(open_page: Open, diffs: list[Any]):
    await open_page(RichView, RichComponent)
    first, second, third = diffs[0]["c"].values()
    assert strings_in(first) == 2  # its own and those of its loop
    assert strings_in(second) == strings_in(third) == 0
    assert second["s"] == third["s"] == 1


async def test_a_newcomer_takes_the_statics_of_one_on_the_page(open_page: Open, diffs: list[Any]):
    view = await open_page(RichView, RichComponent)
    await view.click("article:nth-child(1) .toggle")
    diffs.clear()
    await view.hook_event("items", {"items": ["a", "b", "c", "d", "e"]})
    components = diffs[0]["c"]
    assert components["4"]["s"] in (-1, -2, -3)
    assert components["5"]["s"] == 4
    assert strings_in(components) == 0
    texts = [each.text for each in view.all("article")]
    assert texts[3] == texts[4] == "xy toggle empty"
    assert texts[0].startswith("2 open")


@pytest.mark.parametrize("like", ["as it is", "open", "empty", "open and empty"])
async def test_a_newcomer_shows_its_own_whatever_it_takes_statics_of(like: str, open_page: Open):
    view = await open_page(RichView, RichComponent)
    await view.hook_event("items", {"items": ["a"]})
    for button in ("toggle", "empty"):
        if {"toggle": "open", "empty": "empty"}[button] in like:
            await view.click(f".{button}")
    await view.hook_event("items", {"items": ["n", "a", "m"]})
    assert view.element("article:nth-child(1)").text == "xy toggle empty"
    assert view.element("article:nth-child(3)").text == "xy toggle empty"
    await view.click("article:nth-child(1) .toggle")
    assert view.element("article:nth-child(1)").text == "2 openxxyy toggle empty"
    await view.click("article:nth-child(3) .empty")
    assert view.element("article:nth-child(3)").text == "toggle empty"
    await view.click("article:nth-child(3) .empty")
    assert view.element("article:nth-child(3)").text == "z toggle empty"


@dataclass
class Mode:
    mode: str = "div"
    n: int = 0
    whole: bool = False


class Switch(LiveComponent[Mode]):
    html = """
    {% if mode == "div" %}<div id="d">div {{ n }}</div>
    {% elif mode == "plain" %}<p>plain</p>
    {% else %}<section><b>section</b> {{ n }}</section>{% endif %}
    """


class SwitchView(LiveView[Mode]):
    html = """
    {% if whole %}<h1>{{ n }}</h1>{{ live_component(Switch, id="s", mode=mode, n=n) }}{% else -%}
    {{ live_component(Switch, id="s", mode=mode, n=n) }}{% endif %}
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        self.state.mode = event
        self.state.n += 1
        self.state.whole = payload.get("whole", self.state.whole)


async def test_a_component_whose_root_changes_is_sent_anew(open_page: Open, diffs: list[Any]):
    view = await open_page(SwitchView, Switch)
    assert view.html.strip() == '<div data-phx-component="1" id="d">div 0</div>'
    for mode, shown in (("section", "section 1"), ("section", "section 2"), ("div", "div 3")):
        diffs.clear()
        await view.hook_event(mode)
        assert view.text("[data-phx-component]") == shown
        assert ("s" in diffs[0]["c"]["1"]) is (shown != "section 2")
    await view.hook_event("plain")
    assert view.text("p") == "plain"
    await view.hook_event("div")
    assert view.text("#d") == "div 5"


async def test_components_stay_when_what_is_around_them_changes(open_page: Open):
    view = await open_page(SwitchView, Switch)
    before = component(view, "s")
    await view.hook_event("div", {"whole": True})
    assert view.text("h1") == "1"
    assert view.text("#d") == "div 1"
    assert component(view, "s") is before
    await view.hook_event("div", {"whole": False})
    assert not view.has("h1")
    assert view.text("#d") == "div 2"


async def test_a_client_that_forgets_components_with_the_tree_gets_them_again(
    make_app: Callable[..., Wirebird], diffs: list[Any]
):
    """A live layout that is another template replaces the whole tree of the client."""
    app = make_app(debug=True)
    app.components(Counter)
    one = app.templates.inline("<main>{{ inner_content }}</main>", "one.html")
    two = app.templates.inline("<aside>{{ inner_content }}</aside>", "two.html")

    def around(socket: Any, inner: Any) -> Any:
        return (two if socket.flash else one).tree({"inner_content": inner}, {})

    class FlashView(PageView):
        layout = around

        @event
        async def flash(self) -> None:
            self.socket.put_flash("info", "hello")

    app.live("/", FlashView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#s-b button:first-of-type")
        diffs.clear()
        await view.hook_event("flash")
        assert view.has("aside")
        assert set(diffs[0]["c"]) == {"1", "2", "3", "4"}
        assert await counts(view) == [("a", "0"), ("b", "2"), ("c", "0"), ("Page", "0")]
        await view.click("#s-b button:first-of-type")
        assert (await counts(view))[1] == ("b", "4")


# Content


@dataclass
class Panel:
    title: str = ""
    open: bool = True


class PanelComponent(LiveComponent[Panel]):
    html = """
    <section class="panel">
      <h2 phx-click="toggle" phx-target="{{ myself }}">{{ title }}</h2>
      {% if open %}<div class="body">{{ inner_block }}</div>{% endif %}
    </section>
    """

    @event
    async def toggle(self) -> None:
        self.state.open = not self.state.open


class PanelView(LiveView[Page]):
    html = """
    {% call live_component(PanelComponent, id="p", title="Panel") %}
      <p class="text">{{ title }}</p>
      {% for item in items %}{{ live_component(Counter, id=item, label=item) }}{% endfor %}
    {% endcall %}
    """

    @event
    async def rename(self, title: str) -> None:
        self.state.title = title
        self.state.items.append(title)


async def test_content_is_shown_inside_and_follows_the_view(open_page: Open):
    view = await open_page(PanelView, PanelComponent, Counter)
    assert view.dead_html.count("<b>") == 3
    assert view.text(".panel .text") == "Page"
    await view.hook_event("rename", {"title": "New"})
    assert view.text(".panel .text") == "New"
    assert [each.text for each in view.all(".body b")] == ["a", "b", "c", "New"]


async def test_components_in_content_live_their_own_lives(open_page: Open):
    view = await open_page(PanelView, PanelComponent, Counter)
    await view.click(".body div:nth-of-type(2) button:first-of-type")
    assert [each.text for each in view.all(".body i")] == ["0", "2", "0"]
    await view.click("h2")
    assert not view.has(".body")
    assert len(components_of(view)) == 1
    await view.hook_event("rename", {"title": "New"})
    await view.click("h2")
    assert view.text(".panel .text") == "New"
    assert [each.text for each in view.all(".body b")] == ["a", "b", "c", "New"]


class Each(LiveComponent[Page]):
    html = """<ol>{% for item in items %}<li>{{ inner_block(item, 1) }}</li>{% else %}
      <li>{{ children }}</li>{% endfor %}</ol>"""


class EachView(LiveView[Page]):
    html = """
    {% for title in ["x", "y"] %}
    {% call(item) live_component(Each, id=title, items=items) %}{{ title }}-{{ item }}{% endcall %}
    {% endfor %}
    {{ live_component(Each, id="none", items=[]) }}
    """


async def test_content_takes_what_the_component_passes_to_it(open_page: Open):
    view = await open_page(EachView, Each)
    shown = ["x-a", "x-b", "x-c", "y-a", "y-b", "y-c", ""]
    assert [each.text for each in view.all("li")] == shown
    assert "<li>x-b</li>" in view.dead_html


async def test_content_that_is_not_shown_is_not_there(open_page: Open, rendered: list[str]):
    class ClosedView(PanelView):
        html = str(PanelView.html).replace('title="Panel"', 'title="Panel", open=False')

    view = await open_page(ClosedView, PanelComponent, Counter)
    assert len(components_of(view)) == 1
    assert not any(name.startswith("Counter") for name in rendered)
    await view.click("h2")
    assert [each.text for each in view.all(".body b")] == ["a", "b", "c"]
    await view.click("h2")
    await view.click("h2")
    assert [each.text for each in view.all(".body b")] == ["a", "b", "c"]


# Updates


@dataclass
class Log:
    calls: list[str] = field(default_factory=list)
    label: str = ""


class Lifecycle(LiveComponent[Log]):
    html = "<p>{{ calls|join(' ') }}</p>"

    async def mount(self) -> None:
        self.state.calls.append("mount")

    async def update(self, label: str, extra: str = "-") -> None:
        self.state.calls.append(f"{label}{extra}")

    @event
    async def again(self) -> None:
        self.state.calls.append("event")


class LifecycleView(LiveView[Page]):
    html = '{{ live_component(Lifecycle, id="l", label=title) }}'

    @event
    async def rename(self, title: str) -> None:
        self.state.title = title

    @event
    async def send(self) -> None:
        self.socket.send_update(Lifecycle, id="l", extra="!")
        self.socket.send_update(Lifecycle, id="l", label="sent")


async def test_mount_comes_once_and_update_with_every_change_of_the_props(open_page: Open):
    view = await open_page(LifecycleView, Lifecycle)
    assert "<p" in view.dead_html
    assert view.text("p") == "mount Page-"
    await view.hook_event("rename", {"title": "Page"})
    await view.hook_event("again", target="p")
    await view.hook_event("rename", {"title": "New"})
    assert view.text("p") == "mount Page- event New-"


async def test_send_update_gives_what_it_names_and_what_update_cannot_do_without(open_page: Open):
    view = await open_page(LifecycleView, Lifecycle)
    await view.hook_event("send")
    await view.until(lambda view: view.text("p") == "mount Page- Page! sent-")
    await view.hook_event("rename", {"title": "Page"})
    assert view.text("p") == "mount Page- Page! sent-"


async def test_what_was_sent_to_a_component_stays_until_the_template_says_else(open_page: Open):
    view = await open_page(PageView, Counter)
    await change(view, "update")
    await view.until(lambda view: view.text("#s-a b") == "sent")
    await change(view, "reverse")
    await change(view, "title")
    assert view.text("#s-a b") == "sent"


async def test_updates_that_come_at_once_all_arrive(open_page: Open):
    view = await open_page(PageView, Counter)
    await change(view, "update_twice")
    await view.until(lambda view: view.text("#s-a i") == "9")
    assert view.text("#s-a b") == "first"


async def test_an_update_for_nobody_is_logged_and_harmless(
    open_page: Open, caplog: pytest.LogCaptureFixture
):
    view = await open_page(PageView, Counter)
    with caplog.at_level(logging.INFO, "wirebird"):
        await change(view, "update_unknown")
        await view.render()
    assert "no Counter with id='nobody' to update" in caplog.text
    await view.click("#s-b button:first-of-type")
    assert view.text("#s-b i") == "2"


async def test_an_update_with_an_unknown_prop_says_so(open_page: Open):
    view = await open_page(PageView, Counter)
    with pytest.raises(ViewCrashed, match="Counter has no field 'lable'"):
        await _change_and_wait(view, "update_wrongly")


async def _change_and_wait(view: View, name: str) -> None:
    await change(view, name)
    await view.render()


@dataclass
class Name:
    name: str = ""
    note: str = ""


class Loaded(LiveComponent[Name]):
    html = "<p>{{ name }} {{ inner_block }}</p>"

    calls: ClassVar[list[list[str]]] = []

    @classmethod
    async def update_many(cls, updates: list[tuple[Loaded, Mapping[str, Any]]]) -> None:
        cls.calls.append([component.id for component, _ in updates])
        for component, props in updates:
            component.state.name = f"{props['name']} of {len(updates)}"


class LoadedView(LiveView[Page]):
    html = """
    {% for item in items %}{{ live_component(Loaded, id=item, name=item) }}{% endfor %}
    {% call live_component(Loaded, id="z", name="z") %}<u>content</u>{% endcall %}
    {{ live_component(Counter, id="c") }}
    """

    @event
    async def more(self) -> None:
        self.state.items += ["d", "e"]


async def test_update_many_takes_all_updates_of_a_class_at_once(open_page: Open):
    Loaded.calls.clear()
    view = await open_page(LoadedView, Loaded, Counter)
    assert Loaded.calls == [["a", "b", "c", "z"]] * 2
    await view.hook_event("more")
    assert Loaded.calls[2:] == [["d", "e", "z"]]
    assert [each.text for each in view.all("p")] == [
        "a of 4", "b of 4", "c of 4", "d of 3", "e of 3", "z of 3 content",
    ]  # fmt: skip


# What a component can do


def current_user() -> str:
    return "ada"


class Doing(LiveComponent[Name]):
    html = """
    <div id="doing"><b>{{ name }}</b> <i>{{ note }}</i>
      <form id="f" phx-submit="save" phx-target="{{ myself }}"><input name="note"></form>
    </div>
    """

    async def mount(self, user: Annotated[str, Depends(current_user)]) -> None:
        self.state.name = user

    @event
    async def save(self, note: str, user: Annotated[str, Depends(current_user)]) -> dict[str, str]:
        self.state.note = f"{note} by {user}"
        return {"saved": note}

    @event
    async def tell(self) -> None:
        self.socket.push_event("told", {"cid": self.myself.cid})
        self.socket.send("from a component")

    @event
    async def flash(self) -> None:
        self.socket.put_flash("info", "from a component")

    @event
    async def title(self) -> None:
        self.socket.page_title = "Titled"

    @event
    async def patch(self) -> None:
        self.state.note = "patched"
        self.socket.push_patch("/?q=1")

    @event
    async def navigate(self) -> None:
        self.socket.put_flash("info", "bye")
        self.socket.push_navigate("/elsewhere")

    @event
    def leave(self) -> None:
        raise Redirect("/elsewhere")

    @event
    async def crash(self) -> None:
        raise ZeroDivisionError("in a component")

    async def handle_event(self, event: str, payload: Any) -> Any:
        self.state.note = f"{event} {payload['x']}"
        return [event]


class DoingView(LiveView[Page]):
    html = """
    <h1>{{ title }}</h1>{{ live_component(Doing, id="d") }}
    {% for item in told %}<p class="told">{{ item }}</p>{% endfor %}
    {% for text in flash.values() %}<p role="alert">{{ text }}</p>{% endfor %}
    """

    layout = None

    async def handle_params(self, q: str = "-") -> None:
        self.state.title = q

    @info
    async def on_text(self, text: str) -> None:
        self.state.told.append(text)


async def test_handlers_are_bound_and_answer(open_page: Open):
    view = await open_page(DoingView, Doing)
    assert view.text("b") == "ada"
    await view.submit("#f", {"note": "milk"})
    assert view.text("i") == "milk by ada"
    assert view.reply == {"saved": "milk"}
    assert await view.hook_event("anything", {"x": 7}, target="#doing") == ["anything"]
    assert view.text("i") == "anything 7"


async def test_a_payload_that_does_not_fit_reaches_no_handler(open_page: Open):
    view = await open_page(PageView, Counter)
    with pytest.raises(EventRefused, match="by"):
        await view.hook_event("increment", {"by": "many"}, target="#c-1")
    with pytest.raises(EventRefused, match="by"):
        await view.hook_event("increment", {"by": 0}, target="#c-1")
    with pytest.raises(EventRefused, match="Counter has no @event 'other'"):
        await view.click("#s-a .other")
    assert (await counts(view))[0] == ("a", "0")


async def test_a_components_events_do_not_render_the_view(open_page: Open, rendered: list[str]):
    view = await open_page(DoingView, Doing)
    rendered.clear()
    await view.submit("#f", {"note": "x"})
    assert rendered == ["Doing d"]


async def test_a_component_reaches_the_page_and_its_view(open_page: Open, rendered: list[str]):
    view = await open_page(DoingView, Doing)
    await view.hook_event("tell", target="#doing")
    assert await view.pushed("told") == {"cid": 1}
    await view.until(lambda view: view.has(".told", "from a component"))
    await view.hook_event("title", target="#doing")
    assert view.title == "Titled"


async def test_a_flash_put_in_a_component_shows(open_page: Open):
    view = await open_page(DoingView, Doing)
    await view.hook_event("flash", target="#doing")
    assert view.text("[role=alert]") == "from a component"


async def test_a_component_patches_the_page(open_page: Open):
    view = await open_page(DoingView, Doing)
    await view.hook_event("patch", target="#doing")
    assert view.patched == ["/?q=1"]
    assert view.text("h1") == "1"
    assert view.text("i") == "patched"


@pytest.mark.parametrize("name", ["navigate", "leave"])
async def test_a_component_leads_elsewhere(name: str, open_page: Open):
    view = await open_page(DoingView, Doing)
    await view.hook_event(name, target="#doing")
    await view.assert_redirect("/elsewhere")
    view = await view.follow_redirect()
    assert view.text("h1") == "elsewhere"


async def test_a_crash_in_a_component_ends_its_view_only(make_app: Callable[..., Wirebird]):
    app = make_app(debug=True)
    app.components(Doing)
    app.live("/", DoingView)
    async with LiveClient(app) as client:
        view, other = await client.live("/"), await client.live("/")
        with pytest.raises(ViewCrashed, match="ZeroDivisionError: in a component"):
            await view.hook_event("crash", target="#doing")
        await other.submit("#f", {"note": "well"})
        assert other.text("i") == "well by ada"
        await view.reconnect()
        assert view.text("b") == "ada"


class Guard(LiveComponent[Name]):
    html = "<p>{{ name }}</p>"

    async def mount(self) -> None:
        if self.state.name == "":
            self.state.name = "mounted"

    async def update(self, how: str = "") -> None:
        match how:
            case "navigate":
                self.socket.push_navigate("/elsewhere")
            case "redirect":
                raise Redirect("/elsewhere")
            case "patch":
                self.socket.push_patch("/?q=2")
            case "missing":
                raise NotFound("no such thing")
            case _:
                pass


class GuardView(LiveView[Page]):
    html = '{{ live_component(Guard, id="g", how=title) }}'

    async def handle_params(self, how: str = "", late: str = "") -> None:
        self.state.title = how or (late if self.socket.connected else "")

    @event
    async def go(self, how: str) -> None:
        self.state.title = how


@pytest.mark.parametrize("how", ["navigate", "redirect"])
async def test_a_component_may_send_the_visitor_elsewhere_while_it_is_updated(
    how: str, make_app: Callable[..., Wirebird]
):
    app = make_app(debug=True)
    app.components(Guard)
    app.live("/", GuardView)
    app.live("/elsewhere", ElsewhereView)
    async with LiveClient(app) as client:
        view = await client.live(f"/?how={how}", follow_redirects=True)
        assert view.text("h1") == "elsewhere"
        view = await client.live(f"/?late={how}", follow_redirects=True)
        assert view.text("h1") == "elsewhere"
        view = await client.live("/")
        await view.hook_event("go", {"how": how})
        view = await view.follow_redirect()
        assert view.text("h1") == "elsewhere"


async def test_a_component_cannot_patch_while_it_is_updated(open_page: Open):
    view = await open_page(GuardView, Guard)
    with pytest.raises(ViewCrashed, match="Guard: mount and update cannot push_patch"):
        await view.hook_event("go", {"how": "patch"})


# Mistakes


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("live_component(Counter, id='x', lable='y')", "Counter has no field 'lable'"),
        ("live_component(Lifecycle, id='x')", "missing a required argument: 'label'"),
        ("live_component(Lifecycle, id='x', label='y', z=1)", "unexpected keyword argument 'z'"),
        ("live_component(Counter, id='')", "Counter needs an id"),
        ("live_component('Counter', id='x')", "takes a LiveComponent's class, not 'Counter'"),
        (
            "live_component(Counter, id='x') ~ live_component(Counter, id='x')",
            "Counter stands twice on the page with id='x'",
        ),
    ],
)
async def test_a_mistake_in_a_call_names_the_component_and_the_line(
    call: str, says: str, open_page: Open
):
    view = showing(f"<p>one</p>\n<p>\n{{{{ {call} }}}}</p>")
    with pytest.raises(ComponentError) as caught:
        await open_page(view, Counter, Lifecycle)
    assert says in str(caught.value)
    (note,) = caught.value.__notes__
    assert "while rendering ShowingView" in note
    assert "ShowingView.html, line 3" in note
    assert call in note


async def test_an_id_that_comes_up_twice_later_is_an_error(open_page: Open):
    view = await open_page(PageView, Counter)
    with pytest.raises(ViewCrashed, match="Counter stands twice on the page with id='last'"):
        await change(view, "twice")


async def test_an_id_may_be_used_by_two_classes(open_page: Open):
    view = await open_page(
        showing(
            "{{ live_component(Counter, id='x') }}{{ live_component(Lifecycle, id='x', label='y')}}"
        ),
        Counter,
        Lifecycle,
    )
    assert view.text("p") == "mount y-"


class Outer(LiveComponent[Name]):
    html = """<div class="outer"><button phx-click="again" phx-target="{{ myself }}">again</button>
      {{ live_component(Counter, id="x", label=name) }}</div>"""

    @event
    async def again(self) -> None:
        self.state.name += "!"


async def test_an_id_that_a_component_and_its_view_both_use_is_an_error(open_page: Open):
    html = "{{ live_component(Outer, id='o') }}{{ live_component(Counter, id='x') }}"
    with pytest.raises(ComponentError, match="Counter stands twice on the page with id='x'"):
        await open_page(showing(html), Outer, Counter)


async def test_a_component_may_put_its_own_ones_there_at_every_render(open_page: Open):
    view = await open_page(showing("{{ live_component(Outer, id='o') }}"), Outer, Counter)
    await view.click(".outer > button")
    await view.click(".outer > button")
    assert view.text("b") == "!!"
    assert len(components_of(view)) == 2


class Endless(LiveComponent[Count]):
    html = "<div>{{ live_component(Endless, id=count, count=count + 1) }}</div>"


async def test_components_that_nest_for_ever_are_an_error(open_page: Open):
    view = showing("{{ live_component(Endless, id='x') }}")
    with pytest.raises(ComponentError, match="nested more than 64 levels deep"):
        await open_page(view, Endless)


@pytest.mark.parametrize(
    "html",
    [
        "<p>one</p><p>two</p>",
        "text",
        "{{ label }}",
        "<p>one</p> text",
        "{% if label %}<p>{{ label }}</p>{% endif %}",
        "",
    ],
)
async def test_a_component_has_exactly_one_root(html: str, open_page: Open):
    class Rootless(LiveComponent[Count]):
        pass

    Rootless.html = html
    with pytest.raises(ComponentError, match="Rootless must have exactly one root element"):
        await open_page(showing("{{ live_component(Rootless, id='x') }}"), Rootless)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>static</p>", '<p data-phx-component="1">static</p>'),
        ("<!-- note --><p>{{ count }}</p>", '<p data-phx-component="1">0</p>'),
        ("<my-tag x='1'/>", '<my-tag data-phx-component="1" x='),
        ("{% set x = 1 %}<p>{{ x }}</p>", '<p data-phx-component="1">1</p>'),
        ("<br>", '<br data-phx-component="1">'),
    ],
)
async def test_what_counts_as_a_root(html: str, shown: str, open_page: Open):
    class Rooted(LiveComponent[Count]):
        pass

    Rooted.html = html
    view = await open_page(showing("{{ live_component(Rooted, id='x') }}"), Rooted)
    assert shown in view.html
    assert shown in view.dead_html


# Bad input


@pytest.mark.parametrize("cid", [0, -1, 99, 2**70, "1", "x", 1.0, True, None, [1], {"a": 1}])
async def test_a_forged_number_reaches_nobody(
    cid: Any, open_page: Open, caplog: pytest.LogCaptureFixture
):
    view = await open_page(PageView, Counter)
    with caplog.at_level(logging.INFO, "wirebird"):
        answer = await view.channel.push(
            "event", {"type": "click", "event": "increment", "value": {}, "cid": cid}
        )
        assert answer == {}
        assert "event 'increment' for a component that is gone" in caplog.text
        for name in ("cids_will_destroy", "cids_destroyed"):
            answer = await view.channel.push(name, {"cids": [cid]})
            assert answer in ({}, {"cids": []})
    assert await counts(view) == [("a", "0"), ("b", "0"), ("c", "0"), ("Page", "0")]
    await view.click("#s-a button:first-of-type")
    assert view.text("#s-a i") == "2"


@pytest.mark.parametrize("payload", [{}, {"cids": None}, {"cids": 1}, {"cids": "1"}])
async def test_malformed_lists_of_numbers_do_no_harm(payload: Any, open_page: Open):
    view = await open_page(PageView, Counter)
    assert await view.channel.push("cids_will_destroy", payload) == {}
    assert await view.channel.push("cids_destroyed", payload) == {"cids": []}
    assert len(components_of(view)) == 4


async def test_an_event_for_a_component_that_is_gone_is_logged(
    open_page: Open, caplog: pytest.LogCaptureFixture
):
    view = await open_page(PageView, Counter)
    await change(view, "hide")
    with caplog.at_level(logging.INFO, "wirebird"):
        await view.channel.push(
            "event", {"type": "click", "event": "increment", "value": {}, "cid": 4}
        )
    assert "for a component that is gone" in caplog.text


async def test_a_client_cannot_remove_what_is_on_the_page(open_page: Open):
    view = await open_page(PageView, Counter)
    assert await view.channel.push("cids_destroyed", {"cids": [1, 2]}) == {"cids": []}
    await view.channel.push("cids_will_destroy", {"cids": [1]})
    await change(view, "title")
    assert await view.channel.push("cids_destroyed", {"cids": [1]}) == {"cids": []}
    assert len(components_of(view)) == 4


# Leaving


async def test_a_component_that_comes_back_in_time_keeps_its_state(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    view = await open_page(PageView, Counter)
    await view.click("footer button:first-of-type")
    monkeypatch.setattr(type(view.channel), "_ask", lambda *_: None)  # a slow client
    await change(view, "hide")
    await view.channel.push("cids_will_destroy", {"cids": [4]})
    await change(view, "show")
    assert (await counts(view))[-1] == ("Page", "2")
    assert await view.channel.push("cids_destroyed", {"cids": [4]}) == {"cids": []}
    await view.click("footer button:first-of-type")
    assert (await counts(view))[-1] == ("Page", "4")


async def test_a_component_that_is_gone_leaves_no_memory(open_page: Open):
    view = await open_page(PageView, Counter)
    gone = weakref.ref(component(view, "last"))
    state = weakref.ref(component(view, "last").state)
    await view.click("footer button:first-of-type")
    await change(view, "hide")
    gc.collect()
    assert gone() is None
    assert state() is None


async def test_a_component_in_a_loop_that_is_gone_leaves_no_memory(open_page: Open):
    view = await open_page(PageView, Counter)
    gone = weakref.ref(component(view, "b"))
    await change(view, "delete")
    gc.collect()
    assert gone() is None


async def test_components_end_with_their_view(open_page: Open):
    view = await open_page(PageView, Counter)
    gone = weakref.ref(component(view, "a"))
    await view.tab.close()
    while view.client.asgi.app.endpoint.connections:
        await asyncio.sleep(0)
        gc.collect()
    assert gone() is None


# Inside each other


@dataclass
class Knot:
    path: str = ""
    depth: int = 0
    open: bool = True
    n: int = 0


class Branch(LiveComponent[Knot]):
    html = """
    <div class="knot" id="k-{{ myself }}"><span>{{ n }}</span>
      <button class="n" phx-click="count" phx-target="{{ myself }}">n</button>
      <button class="o" phx-click="toggle" phx-target="{{ myself }}">o</button>
      {% if open and depth %}
        {{ live_component(Branch, id=path ~ "0", path=path ~ "0", depth=depth - 1) }}
        {{ live_component(Branch, id=path ~ "1", path=path ~ "1", depth=depth - 1) }}
      {% endif %}
    </div>
    """

    @event
    async def count(self) -> None:
        self.state.n += 1

    @event
    async def toggle(self) -> None:
        self.state.open = not self.state.open


async def test_components_inside_each_other(open_page: Open):
    view = showing("{{ live_component(Branch, id='r', path='r', depth=3) }}")
    page = await open_page(view, Branch)
    assert len(components_of(page)) == 15
    await page.click("#k-4 > .n")
    assert page.text("#k-4 > span") == "1"
    await page.click("#k-2 > .o")
    right = {f"r1{a}{b}" for a in "01" for b in "01"}
    assert {each.id for each in components_of(page)} == {"r", "r0", "r1", "r10", "r11"} | right
    await page.click("#k-2 > .o")
    assert len(components_of(page)) == 15
    assert "1" not in [each.text for each in page.all(".knot > span")]


# When rendering fails and the view lives on: a template that is being written


async def test_a_component_that_failed_once_is_given_its_props_again(open_page: Open):
    class Fragile(LiveComponent[Name]):
        html = "<p>{{ name }}</p>"
        broken = False

        async def update(self, name: str) -> None:
            if type(self).broken:
                raise ZeroDivisionError
            self.state.name = name

    class FragileView(LiveView[Page]):
        html = "<h1>{{ title }}</h1>{{ live_component(Fragile, id='f', name=title) }}"

    view = await open_page(FragileView, Fragile)
    app: Any = view.client.asgi.app
    (connection,) = app.endpoint.connections
    channel = connection.channels[view.channel.topic]
    channel.view.state.title = "New"
    Fragile.broken = True
    channel.refresh()
    await view.until(lambda view: any(name == "wirebird:error" for name, _ in view.events))
    Fragile.broken = False
    channel.refresh()
    await view.until(lambda view: view.text("p") == "New")
    assert view.text("h1") == "New"
