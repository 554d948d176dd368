"""Strings of any class are text or markup: what stands for `django.utils.safestring` here."""

from __future__ import annotations

from typing import Any

import pytest

from wirebird import LiveComponent, LiveView, Wirebird
from wirebird.html.attributes import attribute, attributes, style_text
from wirebird.html.escaping import keep, keep_style
from wirebird.html.link import link
from wirebird.html.tree import exact, to_html
from wirebird.testing import LiveClient
from wirebird.wire.tokens import Signer


class Safe(str):
    """`SafeString` of Django: its text is of its own class."""

    __slots__ = ()

    def __html__(self) -> Safe:
        return self

    def __str__(self) -> Safe:
        return self


class Own(str):
    """A string that is no markup."""

    __slots__ = ()

    def __str__(self) -> Own:
        return self


class Lazy:
    """Text that is made when it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class Field:
    """Something that shows itself, in a safe string."""

    def __html__(self) -> Safe:
        return Safe("<input>")


VALUES = [
    (Safe("<b>x</b>"), "<b>x</b>"),
    (Field(), "<input>"),
    (Own("<b>"), "&lt;b&gt;"),
    (Lazy("<b>"), "&lt;b&gt;"),
    (Lazy(Safe("<b>")), "&lt;b&gt;"),
    (Lazy(Own("<b>")), "&lt;b&gt;"),
]


@pytest.mark.parametrize(("value", "html"), VALUES)
def test_what_is_kept_is_plain(value: Any, html: str):
    for kept in (keep(value), keep_style(value)):
        inner = kept[0] if isinstance(kept, tuple) else kept
        assert type(inner) is str
    assert to_html(keep(value)) == html


@pytest.mark.parametrize("value", [value for value, _ in VALUES])
def test_attributes_are_plain(value: Any):
    for text in (
        attribute("title", value),
        attribute("href", value),
        attributes({"title": value, "data-x": value}).__str__(),
        style_text("color: red", {"color": value if isinstance(value, str) else "blue"}),
        exact(value),
    ):
        assert type(text) is str


@pytest.mark.parametrize("kind", [Safe, Own, Lazy])
def test_a_link_leads_there(kind: Any):
    assert 'href="/x"' in str(link("x", href=kind("/x")))


def test_a_token_carries_them_as_text():
    signer = Signer("k" * 40)
    data = {Safe("key"): Safe("a"), "b": [Own("b")], "c": {"d": Safe("d")}}

    assert signer.verify(signer.sign(data, "session"), "session", 60) == {
        "key": "a",
        "b": ["b"],
        "c": {"d": "d"},
    }


class Row(LiveComponent[Any]):
    html = "<i>{{ shown }}</i>"


class Nested(LiveView[Any]):
    html = "<u>{{ name }}</u>"

    async def mount(self, name: str) -> None:
        self.state.name = name


@pytest.mark.parametrize("kind", [Safe, Own])
async def test_a_page_made_of_them_is_shown_and_joined(kind: Any):
    class View(LiveView[Any]):
        html = """<p class="{{ text }}" title="{{ text }}" id="{{ text }}">{{ text }}</p>
        {{ live_component(Row, id=text, shown=text) }}
        {{ live_render(Nested, id="n" ~ text, session={"name": text}) }}"""

        async def mount(self) -> None:
            self.state.text = kind("x")
            self.socket.page_title = kind("title")
            self.socket.put_flash(kind("info"), kind("flash"))
            self.socket.push_event("event", {kind("key"): kind("value")})

    app = Wirebird(secret_key="k" * 40)
    app.components(Row, Nested)
    app.live("/", View)
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert [view.text(tag) for tag in ("#x", "i", "u")] == ["x", "x", "x"]
        assert view.title == "title"
        assert view.flash == {"info": "flash"}
