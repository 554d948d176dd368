"""Live components whose HTML is in t-strings, and their content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from string.templatelib import Template
from typing import Any

import pytest

from wirebird import LiveComponent, LiveView, Wirebird, event
from wirebird.html.errors import ComponentError
from wirebird.live.nested import live_render
from wirebird.testing import LiveClient

MakeApp = Callable[..., Wirebird]


@dataclass
class Likes:
    label: str = ""
    count: int = 0


class Like(LiveComponent[Likes]):
    def render(self) -> Template:
        return t"""<button phx-click={self.like} phx-target={self.myself}>
          {self.state.label} {self.state.count}</button>"""

    @event
    async def like(self) -> None:
        self.state.count += 1


@dataclass
class Open:
    title: str = ""
    open: bool = True


class Panel(LiveComponent[Open]):
    def render(self) -> Template:
        body = t"<div class='body'>{self.slots['children']}</div>" if self.state.open else None
        footer = [t"<footer>{slot}</footer>" for slot in self.slots.get("footer", [])]
        return t"""<section><h2 phx-click={self.toggle} phx-target={self.myself}>
          {self.state.title}</h2>{body}{footer}</section>"""

    @event
    async def toggle(self) -> None:
        self.state.open = not self.state.open


class JinjaPanel(LiveComponent[Open]):
    html = """<section><h2 phx-click="toggle" phx-target="{{ myself }}">{{ title }}</h2>
      {% if open %}<div class="body">{{ inner_block }}</div>{% endif %}
      {% for each in footer %}<footer>{{ each }}</footer>{% endfor %}</section>"""

    toggle = Panel.toggle


@dataclass
class Page:
    items: list[str] = field(default_factory=lambda: ["a", "b"])
    title: str = "Page"


class PanelView(LiveView[Page]):
    panel: Any = Panel

    def render(self) -> Template:
        return t"""<{self.panel} id="p" title={self.state.title}>
          <u>{self.state.title}</u>
          {[t"<p :key={item}><{Like} id={item} label={item} /></p>" for item in self.state.items]}
          <:footer>{len(self.state.items)} items</:footer>
        </{self.panel}>"""

    @event
    async def rename(self, title: str) -> None:
        self.state.title = title
        self.state.items.insert(0, title)


class JinjaPanelView(PanelView):
    panel = JinjaPanel


@pytest.mark.parametrize("view_class", [PanelView, JinjaPanelView])
async def test_content_and_slots_reach_a_component_of_either_language(
    view_class: type[LiveView[Any]], make_app: MakeApp
):
    app = make_app(debug=True)
    app.live("/", view_class)
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert view.dead_html.count("<button") == 2
        assert view.text("footer") == "2 items"
        await view.click("button", text="b")
        assert [each.text for each in view.all("button")] == ["a 0", "b 1"]
        await view.hook_event("rename", {"title": "New"})
        assert view.text("h2") == view.text("u") == "New"
        assert [each.text for each in view.all("button")] == ["New 0", "a 0", "b 1"]
        await view.click("h2")
        assert not view.has("button")
        await view.click("h2")
        assert [each.text for each in view.all("button")] == ["New 0", "a 0", "b 0"]
        await view.click("button", text="a")
        assert view.has("button", "a 1")


async def test_a_wrong_prop_names_the_component(make_app: MakeApp):
    class WrongView(LiveView[Page]):
        def render(self) -> Template:
            return t"<main><{Like} id='x' lable='y' /></main>"

    app = make_app()
    app.live("/", WrongView)
    async with LiveClient(app) as client:
        with pytest.raises(ComponentError, match="Like has no field 'lable'") as caught:
            await client.live("/")
        assert any("while rendering WrongView" in note for note in caught.value.__notes__)


class Kid(LiveView[Likes]):
    def render(self) -> Template:
        return t"<b>{self.state.label} {self.state.count}</b>"

    async def mount(self, label: str) -> None:
        self.state.label = label

    @event
    async def like(self) -> None:
        self.state.count += 1


class KidsView(LiveView[Page]):
    def render(self) -> Template:
        return t"""<main>{
            [
                t"<p :key={item}>{live_render(Kid, id=f'kid-{item}', session={'label': item})}</p>"
                for item in self.state.items
            ]
        }</main>"""

    @event
    async def reverse(self) -> None:
        self.state.items.reverse()


async def test_nested_views_in_a_t_string(make_app: MakeApp):
    app = make_app(debug=True)
    app.live("/", KidsView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert "<b>a 0</b>" in view.dead_html
        await view.child("kid-a").hook_event("like")
        await view.hook_event("reverse")
        assert [each.text for each in view.all("b")] == ["b 0", "a 1"]
