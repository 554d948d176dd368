"""`python -m benchmarks.forms`: an invoice of 200 lines, from the frame's text to the diff's.

The rule: everything runs in one process without sockets, on what a browser sends while somebody
types into one field, `_unused_` marks included; medians of several rounds of CPU time.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from wirebird import Form, LiveView
from wirebird.components import ui
from wirebird.html.differ import Message
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.live.rendering import Renderer
from wirebird.wire.params import decode_form

ROWS = 200
ROUNDS = 7
REPEAT = 20
MUST_MS = 5.0


class Line(BaseModel):
    description: str = Field(min_length=2, max_length=80)
    quantity: int = Field(1, ge=1)
    price: Decimal = Field(ge=0, decimal_places=2)


class Invoice(BaseModel):
    customer: str
    lines: list[Line] = Field(min_length=1)


@dataclass
class InvoiceState:
    form: Form[Invoice]


class PlainView(LiveView[InvoiceState]):
    """Inputs written by hand."""

    html = """
    <form id="invoice" phx-change="check">
      {% for line in form.inputs_for("lines") %}
      <p :key="{{ line.key }}">
        <input type="hidden" name="{{ line.sort_name }}" value="{{ line.key }}">
        {% for field in line %}
        <input name="{{ field.name }}" id="{{ field.id }}" value="{{ field.value }}">
        {% for error in field.errors %}<b>{{ error }}</b>{% endfor %}
        {% endfor %}
      </p>
      {% endfor %}
    </form>
    """


class LibraryView(LiveView[InvoiceState]):
    """Inputs of the component library."""

    html = """
    {% call ui.form(for=form, on_change="check") %}
      {% call(line) ui.inputs_for(form, "lines") %}
        {{ ui.input(line.description) }} {{ ui.input(line.quantity) }} {{ ui.input(line.price) }}
      {% endcall %}
    {% endcall %}
    """


def sent(price: str = "12.50", *, wrong: bool = False) -> str:
    """Return what a browser sends: no field was used but one."""
    pairs = [("invoice[customer]", "Ada"), ("invoice[lines_drop][]", "")]
    for row in range(ROWS):
        name = f"invoice[lines][{row}]"
        values = {
            "description": "x" if wrong else f"Thing number {row}",
            "quantity": "0" if wrong else "3",
            "price": price if row == 100 else "1.234" if wrong else "12.50",
        }
        pairs.append(("invoice[lines_sort][]", str(row)))
        for field, value in values.items():
            if row != 100:
                pairs.append((f"{name}[_unused_{field}]", ""))
            pairs.append((f"{name}[{field}]", value))
    return urlencode(pairs)


META = {"_target": "invoice[lines][100][price]"}


class Page:
    """A view without a socket, rendered and compared as its channel does it."""

    def __init__(self, view: type[LiveView[Any]], form: Form[Any]) -> None:
        self.view = object.__new__(view)
        self.view.state = InvoiceState(form)
        environment = TemplateEnvironment()
        environment.globals["ui"] = ui
        self.renderer = Renderer(view, environment)
        self.tree: Any = self.renderer.render(self.view, {}, None)

    def update(self) -> Any:
        """Render, and return the diff."""
        new: Any = self.renderer.render(self.view, {}, None)
        message = Message()
        old, self.tree = self.tree, new
        return message.finish(message.diff_tree(old, new) or {})


def cost(work: Callable[[int], object]) -> float:
    """Return the CPU time of some work, in milliseconds."""
    rounds: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for number in range(REPEAT):
            work(number)
        rounds.append((time.process_time() - began) / REPEAT * 1e3)
    return statistics.median(rounds)


def main() -> int:
    """Measure, and print a table."""
    good = [sent(f"{number}.00") for number in range(REPEAT)]
    bad = sent(wrong=True)
    form = Form(Invoice)

    def decode(number: int) -> object:
        return decode_form(good[number], META)

    def validate(number: int) -> None:
        assert form.validate(decode_form(good[number], META)) is not None

    def refuse(number: int) -> None:
        assert form.validate(decode_form(bad, META)) is None

    def shown(view: type[LiveView[Any]]) -> Callable[[int], None]:
        page = Page(view, form)
        validate(0)
        page.update()

        def update(number: int) -> None:
            validate(number)
            page.update()

        return update

    works: list[tuple[str, Callable[[int], object]]] = [
        ("decode", decode),
        ("decode and validate", validate),
        ("decode and validate, 600 fields wrong", refuse),
        ("and render and diff, inputs by hand", shown(PlainView)),
        ("and render and diff, ui.input", shown(LibraryView)),
    ]
    print(f"{ROWS} lines of 3 fields, {len(good[0]):,} bytes sent;", end=" ")
    print(f"CPython {platform.python_version()}\n")
    print("| an invoice, one field changed | ms |\n|---|--:|")
    costs = {name: cost(work) for name, work in works}
    for name, milliseconds in costs.items():
        print(f"| {name} | {milliseconds:.2f} |")
    return 1 if costs["decode and validate"] > MUST_MS else 0


if __name__ == "__main__":
    raise SystemExit(main())
