"""The invoice, as somebody writes it."""

from examples.invoice.invoice import InvoiceView
from wirebird import Wirebird
from wirebird.testing import LiveClient, View

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", InvoiceView)


def totals(view: View) -> list[str]:
    return [total.text for total in view.all(".totals dd")]


def descriptions(view: View) -> list[str]:
    return [line.value or "" for line in view.all(".line input[id$=_text]")]


async def test_it_counts_while_it_is_typed() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert totals(view) == ["€ 356.00", "€ 53.20", "€ 4.50", "€ 413.70"]
        await view.change("#invoice_lines_0_quantity", "1")
        assert totals(view) == ["€ 146.00", "€ 11.20", "€ 4.50", "€ 161.70"]
        await view.change("#invoice_lines_0_tax", "0")
        assert totals(view)[-1] == "€ 153.30"
        await view.change("#invoice_lines_1_price", "7.505")
        assert view.text(".wb-error") == "Please use no more than 2 decimal places."
        assert view.text("#invoice_lines_1 output") == "–"


async def test_lines_come_go_and_move_with_what_was_typed() -> None:
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.click("#add-line")
        await view.change("#invoice_lines_3_text", "Ladder")
        await view.click("#invoice_lines_3_up")
        await view.click("[aria-label='Remove line 1']")
        assert descriptions(view) == ["Compost, bags", "Ladder", "Hooks for the espalier"]
        await view.submit("#invoice")
        focused = [(await view.pushed("js"))["cmd"][0][1]["to"] for _ in range(3)]
        assert focused == [f"#invoice_lines_{what}" for what in ("3_up", "1_drop", "3_price")]
        await view.submit("#invoice", {"invoice[lines][3][price]": "80"})
        assert view.flash == {"success": "€ 207.30 are due from Hilltop Orchard."}
        await view.click("button", text="Empty")
        await view.submit("#invoice")
        assert view.text(".wb-error") == "This needs 1 or more."
