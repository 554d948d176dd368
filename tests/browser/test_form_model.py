"""A `Form` in a real browser: typing, choosing, rows that come, go and move, and errors in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from playwright.async_api import Page, expect
from pydantic import BaseModel, EmailStr, Field, SecretStr

from tests.browser.pages import visit
from wirebird import Form, LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


class Line(BaseModel):
    product: str = Field(min_length=3)
    quantity: int = Field(1, ge=1)


class Order(BaseModel):
    name: str = Field(min_length=3)
    email: EmailStr
    secret: SecretStr = Field(min_length=4)
    price: Decimal = Field(Decimal(1), ge=1, decimal_places=2)
    when: dt.date | None = None
    size: Literal["small", "large"]
    days: list[Literal["mon", "tue", "wed"]] = []
    extras: list[Literal["milk", "sugar"]] = []
    express: bool = False
    terms: Literal[True]
    lines: list[Line] = []


@dataclass
class OrderState:
    form: Form[Order]
    placed: str = ""
    valid: bool = False


class OrderView(LiveView[OrderState]):
    html = """
    {% call ui.form(for=form, novalidate=true, on_change="check", on_submit="place",
                    actions=ui.button("Place")) %}
      {{ ui.input(form["name"]) }}
      {{ ui.input(form.email) }}
      {{ ui.input(form.secret) }}
      {{ ui.input(form.price) }}
      {{ ui.input(form.when) }}
      {{ ui.input(form.size) }}
      {{ ui.input(form.days) }}
      {{ ui.input(form.extras, type="checkbox") }}
      {{ ui.input(form.express) }}
      {{ ui.input(form.terms) }}
      <ul>
      {% call(line) ui.inputs_for(form, "lines") %}
        <li id="{{ line.id }}">
          {{ ui.input(line.product) }} {{ ui.input(line.quantity) }}
          {{ ui.button("Up", phx_click="up", phx_value_key=line.key) }}
          {{ ui.button("Remove", name=line.drop_name, value=line.key,
                       phx_click=js.dispatch("change")) }}
        </li>
      {% endcall %}
      </ul>
      {{ ui.button("Add", name=form.lines.sort_name, value="new",
                   phx_click=js.dispatch("change")) }}
    {% endcall %}
    <p id="typed">{{ form["name"].value }}</p>
    <p id="valid">{{ form.valid }}</p>
    <p id="placed">{{ placed }}</p>
    """

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def up(self, key: str) -> None:
        self.state.form.move_row("lines", key, -1)

    @event
    async def place(self, payload: dict[str, Any]) -> None:
        order = self.state.form.submit(payload)
        if order is None:
            return
        if order.name == "taken":
            self.state.form.add_error("name", "This is taken.")
            self.state.form.add_error(None, "We could not place it.")
        else:
            self.state.placed = f"{order!r} {order.secret.get_secret_value()}"


async def opened(page: Page, make_app: MakeApp, serve: Serve) -> None:
    app = make_app()
    app.live("/", OrderView)
    await visit(page, serve(app))


async def rows(page: Page) -> list[str]:
    return await page.locator("li input[id$=product]").evaluate_all(
        "inputs => inputs.map(input => input.value)"
    )


async def test_errors_are_shown_for_what_was_touched_and_after_submitting_for_all(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await opened(page, make_app, serve)
    await page.locator("#order_name").press_sequentially("ab")
    errors = page.locator(".wb-error")
    await expect(page.locator("#order_name-error")).to_have_text("Please use 3 or more characters.")
    await expect(errors).to_have_count(1)
    await expect(page.locator("#order_name")).to_have_attribute("aria-invalid", "true")
    await page.locator("#order_name").press_sequentially("c")
    await expect(errors).to_have_count(0)
    await page.locator("#order_email").fill("x")
    await expect(page.locator("#order_email-error")).to_be_visible()
    await expect(errors).to_have_count(1)
    await page.get_by_role("button", name="Place").click()
    # The address, the password, the size and the terms.
    await expect(errors).to_have_count(4)
    await expect(page.locator("#order_terms-error")).to_have_text("Please tick this box.")
    await expect(page.locator("#order_name")).to_have_value("abc")


async def test_everything_that_is_chosen_stays_and_makes_the_model(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await opened(page, make_app, serve)
    await page.locator("#order_secret").fill("hush")
    await page.locator("#order_email").fill("ada@example.com")
    await page.locator("#order_price").fill("2.50")
    await page.locator("#order_when").fill("2026-02-03")
    await page.locator("#order_size").select_option("large")
    await page.locator("#order_days").select_option(["mon", "wed"])
    await page.get_by_label("Sugar").check()
    await page.locator("#order_express").check()
    await page.locator("#order_terms").check()
    await page.locator("#order_name").fill("Ada")
    await expect(page.locator("#valid")).to_have_text("True")
    await expect(page.locator("#order_secret")).to_have_value("hush")
    await expect(page.locator("#order_days")).to_have_values(["mon", "wed"])
    await page.locator("#order_days").select_option([])
    await page.locator("#order_express").uncheck()
    await page.locator("#order_name").fill("Ada L")
    await expect(page.locator("#typed")).to_have_text("Ada L")
    await expect(page.locator("#order_days")).to_have_values([])
    await expect(page.locator("#order_size")).to_have_value("large")
    await expect(page.locator("#order_when")).to_have_value("2026-02-03")
    await expect(page.get_by_label("Sugar")).to_be_checked()
    await expect(page.locator("#order_express")).not_to_be_checked()
    await page.get_by_role("button", name="Place").click()
    order = Order(
        name="Ada L",
        email="ada@example.com",
        secret=SecretStr("hush"),
        price=Decimal("2.50"),
        when=dt.date(2026, 2, 3),
        size="large",
        extras=["sugar"],
        terms=True,
    )
    await expect(page.locator("#placed")).to_have_text(f"{order!r} hush")


async def test_rows_come_go_and_move_while_somebody_types(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await opened(page, make_app, serve)
    add = page.get_by_role("button", name="Add")
    for count, product in enumerate(("tea", "jam", "egg")):
        await add.click()
        await expect(page.locator("li")).to_have_count(count + 1)
        await expect(page.locator(".wb-error")).to_have_count(0)
        await page.locator(f"#order_lines_{count}_product").fill(product)
    assert await rows(page) == ["tea", "jam", "egg"]

    egg = page.locator("#order_lines_2_product")
    await egg.press_sequentially("plant and m")
    # Not a real click, which would take the focus away from what is being typed.
    await page.locator("#order_lines_2").get_by_role("button", name="Up").dispatch_event("click")
    await expect(page.locator("li").nth(1)).to_have_id("order_lines_2")
    await expect(egg).to_be_focused()
    await egg.press_sequentially("ore")
    await expect(egg).to_have_value("eggplant and more")
    assert await rows(page) == ["tea", "eggplant and more", "jam"]

    await page.locator("#order_lines_0").get_by_role("button", name="Remove").click()
    await expect(page.locator("li")).to_have_count(2)
    assert await rows(page) == ["eggplant and more", "jam"]
    await page.locator("#order_lines_1_quantity").fill("0")
    await expect(page.locator("#order_lines_1_quantity-error")).to_be_visible()
    await page.locator("#order_lines_1").get_by_role("button", name="Up").click()
    await expect(page.locator("li").first).to_have_id("order_lines_1")
    await expect(page.locator("#order_lines_1_quantity-error")).to_be_visible()
    await add.click()
    await expect(page.locator("li").nth(2)).to_have_id("order_lines_3")
    await expect(page.locator(".wb-error")).to_have_count(1)
    for key in (3, 2, 1):
        await page.locator(f"#order_lines_{key}").get_by_role("button", name="Remove").click()
        await expect(page.locator(f"#order_lines_{key}")).to_have_count(0)


async def test_rows_can_be_dragged_by_moving_their_elements(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await opened(page, make_app, serve)
    for count, product in enumerate(("tea", "jam")):
        await page.get_by_role("button", name="Add").click()
        await page.locator(f"#order_lines_{count}_product").fill(product)
    await page.locator("#order_lines_1_quantity").fill("7")
    await page.evaluate("""() => {
        // What a library for dragging does: the row with its hidden input, then a change.
        const row = document.getElementById("order_lines_1");
        const first = document.getElementById("order_lines_0").previousElementSibling;
        first.before(row.previousElementSibling, row);
        row.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    await expect(page.locator("li").first).to_have_id("order_lines_1")
    await page.locator("#order_name").fill("Ada")
    await expect(page.locator("#typed")).to_have_text("Ada")
    await expect(page.locator("#order_lines_1_quantity")).to_have_value("7")
    assert await rows(page) == ["jam", "tea"]


async def test_what_the_server_finds_is_shown_until_the_next_change(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    await opened(page, make_app, serve)
    await page.locator("#order_name").fill("taken")
    await page.locator("#order_email").fill("ada@example.com")
    await page.locator("#order_secret").fill("hush")
    await page.locator("#order_size").select_option("small")
    await page.locator("#order_terms").check()
    await page.get_by_role("button", name="Place").click()
    await expect(page.locator("#order_name-error")).to_have_text("This is taken.")
    await expect(page.locator(".wb-form [role=alert]")).to_have_text("We could not place it.")
    await page.locator("#order_name").fill("free")
    await expect(page.locator(".wb-error")).to_have_count(0)
    await page.get_by_role("button", name="Place").click()
    await expect(page.locator("#placed")).to_contain_text("name='free'")
