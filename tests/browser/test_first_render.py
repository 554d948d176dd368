"""A page takes over the view that made its HTML: it is mounted once, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.pages import visit
from wirebird import LiveView, Stream, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@dataclass(frozen=True)
class Item:
    id: int


@dataclass
class Board:
    count: int = 0
    text: str = ""
    items: Stream[Item] = field(default_factory=Stream)


class InnerView(LiveView[Board]):
    html = '<b>{{ count }}</b><button id="inner-add" phx-click="add">Inner</button>'
    mounts: list[str]

    async def mount(self) -> None:
        self.mounts.append("inner")

    @event
    async def add(self) -> None:
        self.state.count += 1


class BoardView(InnerView):
    html = """<h1>{{ count }}</h1><button id="add" phx-click="add">Add</button>
    <ul id="items" phx-update="stream">
      {% for dom_id, item in items %}<li id="{{ dom_id }}">{{ item.id }}</li>{% endfor %}</ul>
    <form id="form" phx-change="changed"><input name="text" value="{{ text }}"></form>
    <p>{{ text }}</p>{{ live_render(InnerView, id="inner") }}"""
    keep_first_render = 60.0

    async def mount(self) -> None:
        self.mounts.append("board")
        self.state.items.insert_many([Item(1), Item(2)])

    @event
    async def add(self) -> None:
        self.state.count += 1
        self.state.items.insert(Item(2 + self.state.count))

    @event
    async def changed(self, text: str) -> None:
        self.state.text = text


async def test_a_page_takes_over_what_made_its_html(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    InnerView.mounts = []
    app = make_app()
    app.templates.globals["InnerView"] = InnerView
    app.live("/", BoardView)
    await visit(page, serve(app))
    assert InnerView.mounts == ["board", "inner"]
    await expect(page.locator("li")).to_have_text(["1", "2"])
    await page.click("#add")
    await page.click("#inner-add")
    await page.fill("input", "typed")
    await expect(page.locator("h1")).to_have_text("1")
    await expect(page.locator("b")).to_have_text("1")
    await expect(page.locator("p")).to_have_text("typed")
    await expect(page.locator("li")).to_have_text(["1", "2", "3"])
    assert InnerView.mounts == ["board", "inner"]
