"""A form of many rows over a socket: what is answered to one change, and to what no page sends."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import BaseModel, Field

from tests.runtime.line import Line, Page, Visitor
from wirebird import Form, LiveView, Wirebird, event

ROWS = 200


class Item(BaseModel):
    product: str = Field(min_length=2)
    quantity: int = Field(default=1, ge=1)


class Order(BaseModel):
    title: str = ""
    items: list[Item] = []


def filled() -> Form[Order]:
    return Form(Order, {"items": [Item(product=f"Thing {number}") for number in range(ROWS)]})


@dataclass
class OrderState:
    form: Form[Order] = field(default_factory=filled)


class ByHand(LiveView[OrderState]):
    html = """
    <form id="order" phx-change="check">
      {% for item in form.inputs_for("items") %}
      <p :key="{{ item.key }}">
        <input type="hidden" name="{{ item.sort_name }}" value="{{ item.key }}">
        {% for field in item %}
        <input name="{{ field.name }}" value="{{ field.value }}">
        {% for error in field.errors %}<b>{{ error }}</b>{% endfor %}
        {% endfor %}
      </p>
      {% endfor %}
    </form>
    """

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def save(self, payload: dict[str, Any]) -> None:
        self.state.form.submit(payload)


class WithInputs(ByHand):
    html = """
    {% call ui.form(for=form, on_change="check") %}
      {% call(item) ui.inputs_for(form, "items") %}
        <p>{{ ui.input(item.product) }} {{ ui.input(item.quantity) }}</p>
      {% endcall %}
    {% endcall %}
    """


@asynccontextmanager
async def opened(app: Wirebird, view: Any) -> AsyncIterator[tuple[Line, Page]]:
    app.live("/", view)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        assert (await line.join(page))["status"] == "ok"
        yield line, page


def encoded(changed: str = "", value: str = "", rows: int = ROWS) -> str:
    """Return what a browser sends: nothing was used but what is changed."""
    pairs: list[tuple[str, str]] = []
    for number in range(rows):
        pairs.append(("order[items_sort][]", str(number)))
        for name, first in (("product", f"Thing {number}"), ("quantity", "1")):
            full = f"order[items][{number}][{name}]"
            if full != changed:
                pairs.append((f"order[items][{number}][_unused_{name}]", ""))
            pairs.append((full, value if full == changed else first))
    return urlencode(pairs)


async def change(line: Line, page: Page, target: str, text: str) -> Any:
    payload = {"type": "form", "event": "check", "value": text, "meta": {"_target": target}}
    answer = await line.reply(line.push(page.topic, "event", payload))
    assert answer["status"] == "ok"
    return answer["response"]


def texts_of(tree: Any) -> list[str]:
    """Return the values of a diff, without the statics."""
    if isinstance(tree, str):
        return [tree]
    if isinstance(tree, dict):
        return [
            text for key, each in tree.items() if key not in ("s", "p") for text in texts_of(each)
        ]
    return [text for each in tree for text in texts_of(each)] if isinstance(tree, list) else []


def rows_of(tree: dict[str, Any]) -> dict[str, Any]:
    """Go down to the rows of which there are many; nothing else may have changed on the way."""
    tree = {key: each for key, each in tree.items() if key != "p"}  # statics that are new
    while tree.get("k", {}).get("kc") != ROWS:
        assert len(tree) == 1, tree
        (tree,) = tree.values()
    return tree["k"]


@pytest.mark.parametrize("view", [ByHand, WithInputs])
async def test_of_two_hundred_rows_only_the_field_that_changed_is_sent(
    view: Any, make_app: Callable[..., Wirebird]
):
    name = "order[items][120][quantity]"
    async with opened(make_app(), view) as (line, page):
        assert await change(line, page, name, encoded()) == {}
        answer = await change(line, page, name, encoded(name, "77"))
        rows = rows_of(answer["diff"])
        assert set(rows) == {"120", "kc"}
        found = " ".join(texts_of(rows["120"]))
        assert "77" in found
        assert "Thing" not in found
        assert "product" not in found
        assert len(json.dumps(answer)) < 400
        assert await change(line, page, name, encoded(name, "77")) == {}
        wrong = await change(line, page, name, encoded(name, "0"))
        rows = rows_of(wrong["diff"])
        assert set(rows) == {"120", "kc"}
        found = " ".join(texts_of(rows["120"]))
        assert "This must be 1 or more." in found
        assert "Thing" not in found
        assert "product" not in found


@pytest.mark.parametrize("view", [ByHand, WithInputs])
@pytest.mark.parametrize(
    "order",
    [
        5,
        None,
        [],
        ["items"],
        {"title": {"a": ["b"]}, "items": 3, "items_sort": 4, "items_drop": {"a": [1]}},
        {"title": [], "items": [1, None, "x", [], {"product": {"a": 1}, "quantity": []}]},
        {"items": {"-1": {"product": 5}, "٣": [], "x\x00": {}, "a" * 5000: {"quantity": True}}},
        {"items": {"__class__": {"__class__": "x", "model_config": {}}}, "__dict__": {}},
        {"items": {"0": {"_unused_product": [], "_unused_": {}}}, "_unused_items": 4},
        {"items_sort": ["new"] * 1500, "items": {str(number): 0 for number in range(1500)}},
        {"items_sort": [["0"], {"0": "1"}, None, 5, "0", "0", "new"], "items_drop": "0"},
    ],
    ids=lambda order: repr(order)[:40],
)
async def test_whatever_stands_where_the_form_should_be_the_view_lives_on(
    view: Any, order: Any, make_app: Callable[..., Wirebird], caplog: pytest.LogCaptureFixture
):
    async with opened(make_app(), view) as (line, page):
        for name in ("check", "save"):
            await line.event(page, name, {"order": order})
        name = "order[items][0][quantity]"
        answer = await change(line, page, name, encoded(name, "0", rows=1))
        assert "This must be 1 or more." in json.dumps(answer)
    assert "Traceback" not in caplog.text
