"""DOM events that commands dispatch: changes of a form, as of buttons that add rows, and more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from wirebird import Form, LiveView, Wirebird, event
from wirebird.testing import ElementError, LiveClient


class Line(BaseModel):
    product: str = ""


class Order(BaseModel):
    lines: list[Line] = []


@dataclass
class State:
    form: Form[Order]
    target: str = ""


class OrderView(LiveView[State]):
    html = """
    {% call ui.form(for=form, on_change="check") %}
      {% call(line) ui.inputs_for(form, "lines") %}
        <li class="row" id="{{ line.id }}">
          {{ ui.input(line.product) }}
          {{ ui.button("Remove", name=line.drop_name, value=line.key,
                       phx_click=js.dispatch("change")) }}
        </li>
      {% endcall %}
      {{ ui.button("Add a line", name=form.lines.sort_name, value="new",
                   phx_click=js.dispatch("change")) }}
    {% endcall %}
    <button id="outside" phx-click="{{ js.dispatch("change") }}">Nobody listens</button>
    <button id="far" phx-click="{{ js.dispatch("input", to="#order_lines_0_product") }}">Far
    </button>
    <form id="search" phx-submit="search"><input name="q" value="tea">
      <button name="with" value="button">Search</button></form>
    <button id="from-afar" phx-click="{{ js.dispatch("submit", to="#search") }}">Search</button>
    <button id="press" phx-click="{{ js.dispatch("click", to="#outside, #from-afar") }}">!</button>
    <output>{{ target }}</output>
    """

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.target = ".".join(payload["_target"])
        self.state.form.validate(payload)

    @event
    async def search(self, payload: dict[str, Any]) -> None:
        self.state.target = str(payload)


async def test_a_button_adds_and_removes_rows(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.live("/", OrderView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        for rows in (1, 2):
            await view.click("button", text="Add a line")
            assert len(view.all(".row")) == rows
        await view.change("#order", {"order[lines][1][product]": "tea"})
        await view.click("#order_lines_0 button")
        assert len(view.all(".row")) == 1
        assert view.has("#order_lines_1 input[value=tea]")


async def test_a_command_reaches_another_element_or_nobody(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.live("/", OrderView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("button", text="Add a line")
        await view.click("#outside")
        assert view.text("output") == "order.lines_sort"
        await view.click("#far")
        assert view.text("output") == "order.lines.0.product"


async def test_a_command_submits_a_form_or_clicks(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.live("/", OrderView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#from-afar")
        assert view.text("output") == "{'q': 'tea'}"
        await view.submit("#search", {"q": "milk"})
        assert view.text("output") == "{'q': 'milk', 'with': 'button'}"
        await view.click("#press")
        assert view.text("output") == "{'q': 'tea'}"


async def test_nobody_types_into_a_button(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.live("/", OrderView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        with pytest.raises(ElementError, match="is a button: click it"):
            await view.change("#order button", "new")
        with pytest.raises(ElementError, match="is a button: click it"):
            await view.change("#order", {"order[lines_sort][]": "new"})
