"""Streams in t-strings."""

from __future__ import annotations

from dataclasses import dataclass, field
from string.templatelib import Template
from typing import Any

import pytest

from tests.html.client_tree import apply, encode
from wirebird import LiveView, Stream
from wirebird.html.differ import Message
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.stream_rows import StreamError
from wirebird.html.tree import to_html
from wirebird.live.rendering import Renderer


@dataclass(frozen=True)
class Item:
    id: int
    text: str


@dataclass
class Items:
    items: Stream[Item] = field(default_factory=Stream)


class Each(LiveView[Items]):
    def render(self) -> Template:
        items = self.state.items
        return t"<ul>{items.each(lambda dom_id, item: t'<li id={dom_id}>{item.text}</li>')}</ul>"


class Mixed(LiveView[Items]):
    def row(self, dom_id: str, item: Item) -> Template:
        if item.id % 2:
            return t"<li id={dom_id} class='odd'>{item.text}</li>"
        return t"<li id={dom_id} :key={item.id}>{item.text}</li>"

    def render(self) -> Template:
        return t"<ul>{self.state.items.each(self.row)}</ul>"


class Comprehended(LiveView[Items]):
    def render(self) -> Template:
        rows = [t"<li id={dom_id}>{item.text}</li>" for dom_id, item in self.state.items]
        return t"<ul>{rows}</ul>"


class Later(Comprehended):
    async def render(self) -> Template:  # type: ignore[override]
        return super().render()


class Whole(LiveView[Items]):
    def render(self) -> Template:
        return t"<ul>{self.state.items}</ul>"


def rendered(kind: type[LiveView[Any]], *ids: int) -> tuple[Any, Items]:
    view = object.__new__(kind)
    view.state = Items(Stream(Item(id, f"i{id}") for id in ids))
    renderer = Renderer(kind, TemplateEnvironment())
    return lambda: renderer.render(view, {}, None), view.state


def diff(old: Any, new: Any) -> Any:
    message = Message()
    payload = message.full_tree(new) if old is None else message.diff_tree(old, new) or {}
    return encode(message.finish(payload))


def test_each_shows_the_rows_of_a_stream():
    render, state = rendered(Each, 1, 2)
    assert to_html(render()) == '<ul><li id="items-1">i1</li><li id="items-2">i2</li></ul>'
    first = render()
    assert diff(None, first)["0"]["k"]["kc"] == 2
    state.items.insert(Item(3, "<3>"))
    second = render()
    assert diff(first, second)["0"]["k"] == {
        "0": {"0": ' id="items-3"', "1": "&lt;3&gt;"},
        "kc": 1,
    }
    state.items.delete(Item(1, ""))
    assert diff(second, render())["0"]["stream"][2] == ["items-1"]


def test_a_client_follows_a_stream_that_begins_empty():
    render, state = rendered(Each)
    tree = render()
    client = apply(None, diff(None, tree))
    for id in (1, 2, 3):
        state.items.insert(Item(id, "x"))
        new = render()
        client = apply(client, diff(tree, new))
        tree = new
    state.items.delete_by_dom_id("items-1")
    apply(client, diff(tree, render()))


def test_rows_may_have_several_templates():
    render, state = rendered(Mixed, 1, 2)
    html = '<ul><li id="items-1" class=\'odd\'>i1</li><li id="items-2">i2</li></ul>'
    assert to_html(render()).replace('"odd"', "'odd'") == html
    tree = render()
    client = apply(None, diff(None, tree))
    for ids in ([3], [4, 5], [6]):
        state.items.insert_many([Item(id, "x") for id in ids])
        new = render()
        client = apply(client, diff(tree, new))
        tree = new


@pytest.mark.parametrize("kind", [Comprehended, Later])
async def test_a_list_made_of_a_stream_is_an_error_that_shows_each(kind: type[LiveView[Any]]):
    render, _ = rendered(kind, 1)

    async def show() -> None:
        result = render()
        if type(result) is not tuple:
            await result

    with pytest.raises(StreamError, match=r"self\.state\.items\.each"):
        await show()


def test_a_stream_as_it_is_cannot_be_shown():
    render, _ = rendered(Whole, 1)
    with pytest.raises(StreamError, match=r"each\(lambda"):
        render()
