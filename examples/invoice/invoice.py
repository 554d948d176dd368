"""An invoice: lines that are added, removed and moved, and totals that follow every key."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from wirebird import Form, LiveView, event, js

CENT = Decimal("0.01")


class Tax(Enum):
    STANDARD = "20"
    REDUCED = "5"
    NONE = "0"

    @property
    def label(self) -> str:
        return f"{self.value} %"

    def on(self, amount: Decimal) -> Decimal:
        return (amount * int(self.value) / 100).quantize(CENT, ROUND_HALF_UP)


class Line(BaseModel):
    text: Annotated[str, Field(min_length=1, max_length=80, title="Description")]
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1
    price: Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=2)]
    tax: Tax = Tax.STANDARD

    @property
    def net(self) -> Decimal:
        return self.quantity * self.price


class Invoice(BaseModel):
    customer: Annotated[str, Field(min_length=2, max_length=60)]
    date: Annotated[date, Field(default_factory=date.today)]
    lines: Annotated[list[Line], Field(min_length=1, max_length=300)]


def line(text: str, quantity: int, price: str, tax: Tax = Tax.STANDARD) -> Line:
    return Line(text=text, quantity=quantity, price=Decimal(price), tax=tax)


WORK = line("Pruning of fruit trees, hours", 6, "42.00")
COMPOST = line("Compost, bags", 12, "7.50", Tax.REDUCED)
HOOKS = line("Hooks for the espalier", 40, "0.35")


@dataclass
class Totals:
    """What the lines come to, as far as they can be read.

    Attributes:
        lines: Each line that can be counted, by its key in the form.
        net: What they come to.
        taxes: What comes to that.
    """

    lines: dict[str, Line] = field(default_factory=dict[str, Line])

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines.values()), Decimal())

    @property
    def taxes(self) -> dict[Tax, Decimal]:
        nets: dict[Tax, Decimal] = {}
        for line in self.lines.values():
            nets[line.tax] = nets.get(line.tax, Decimal()) + line.net
        return {tax: tax.on(net) for tax, net in nets.items() if tax is not Tax.NONE}

    @property
    def due(self) -> Decimal:
        return self.net + sum(self.taxes.values())


@dataclass
class Billing:
    form: Form[Invoice]
    totals: Totals = field(default_factory=Totals)


class InvoiceView(LiveView[Billing]):
    """Keeps the form and its totals; the lines themselves are the form's business."""

    async def mount(self) -> None:
        self.socket.page_title = "Invoice"
        self.begin([WORK, COMPOST, HOOKS])

    def begin(self, lines: list[Line]) -> None:
        self.state.form.reset({"customer": "Hilltop Orchard", "lines": lines})
        self.count()

    def count(self) -> None:
        """Count what can be counted: a line need not be described for that."""
        lines = self.state.totals.lines = {}
        for row in self.state.form.inputs_for("lines"):
            values = {each.plain_name: each.value for each in row}
            with suppress(ValidationError):
                lines[str(row.key)] = Line.model_validate(values | {"text": "any"})

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        before = self.line_keys()
        self.state.form.validate(payload)
        self.count()
        after = self.line_keys()
        if len(after) < len(before):
            # The focus goes to the line that comes into the place of the one that is gone.
            place = next(i for i, key in enumerate(before) if key not in after)
            rest = after[place:] or after[-1:]
            self.focus(f"invoice_lines_{rest[0]}_drop" if rest else "add-line")

    def line_keys(self) -> list[str]:
        return [row.key for row in self.state.form.inputs_for("lines")]

    @event
    async def move(self, key: int, by: int) -> None:
        self.state.form.move_row("lines", str(key), by)
        self.focus(f"invoice_lines_{key}_{'up' if by < 0 else 'down'}")

    @event
    async def fill(self) -> None:
        self.begin([WORK, COMPOST, HOOKS, COMPOST] * 50)

    @event
    async def clear(self) -> None:
        self.begin([])

    @event
    async def issue(self, payload: dict[str, Any]) -> None:
        form = self.state.form
        invoice = form.submit(payload)
        self.count()
        if invoice is not None:
            due = f"{self.state.totals.due:,.2f}"
            self.socket.put_flash("success", f"€ {due} are due from {invoice.customer}.")
        elif (wrong := form.first_wrong()) is not None:
            self.focus(wrong.id)

    def focus(self, id: str) -> None:
        self.socket.push_js(js.focus(to=f"#{id}"))
