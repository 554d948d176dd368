"""A scoped view marks its root element, whatever shows it, and stays the same between renders."""

from __future__ import annotations

from typing import Any

import pytest
from markupsafe import Markup

from wirebird import LiveComponent, LiveView, Wirebird, event
from wirebird.live.errors import ViewDefinitionError
from wirebird.live.scoping import MARK, scope_of
from wirebird.testing import LiveClient

KEY = "a key for tests, known to everyone who reads this"


class CardComponent(LiveComponent):
    html = "<b class='x'>{{ n }}</b>"
    scoped = True

    def update(self, n: int) -> None:
        self.state.n = n


class CardsView(LiveView):
    html = """<!-- cards -->
    <div class="{{ n }}">{{ live_component(CardComponent, id="a", n=n) }}
      <button phx-click="more">+</button></div>"""
    scoped = True

    async def mount(self) -> None:
        self.state.n = 1

    @event
    async def more(self) -> None:
        self.state.n += 1


async def test_the_root_of_a_scoped_view_and_of_its_components_is_marked() -> None:
    app = Wirebird(secret_key=KEY)
    app.components(CardComponent)
    app.live("/", CardsView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        for _ in range(2):
            assert view.element("div[class]").attributes[MARK] == scope_of(CardsView)
            assert view.element("b").attributes[MARK] == scope_of(CardComponent)
            await view.click("button")
        assert view.text("b") == "3"
        assert MARK in view.dead_html


class TwoRootsView(LiveView):
    html = "<p>one</p><p>two</p>"
    scoped = True


class MarkupView(LiveView):
    scoped = True

    async def render(self) -> Any:
        return Markup("<p>whole</p>")


@pytest.mark.parametrize("view", [TwoRootsView, MarkupView])
async def test_a_template_whose_root_is_not_known_is_an_error(view: type[LiveView]) -> None:
    app = Wirebird(secret_key=KEY)
    app.live("/", view)
    async with LiveClient(app) as client:
        with pytest.raises(ViewDefinitionError, match="needs one root element"):
            await client.live("/")
