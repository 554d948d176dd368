"""A spreadsheet that all fill in: 50 rows of 20 cells, with formulas.

The page knows which cell is chosen, so the arrow keys never wait; the server knows what is in it.
"""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import StringConstraints

from examples.shelf import SHELF
from examples.spreadsheet.formulas import COLUMNS
from examples.spreadsheet.sheet import Cell, Sheet
from wirebird import LiveView, Presence, Transient, event, info

TOPIC = "spreadsheet"

PICNIC = {
    "A1": "A picnic", "B1": "How many", "C1": "Each", "D1": "Cost", "E1": "Share",
    "A2": "Bread", "B2": "3", "C2": "2.4", "D2": "=B2*C2", "E2": "=ROUND(D2/D6*100, 1) & \"%\"",
    "A3": "Cheese", "B3": "2", "C3": "5.75", "D3": "=B3*C3", "E3": "=ROUND(D3/D6*100, 1) & \"%\"",
    "A4": "Plums", "B4": "24", "C4": "0.2", "D4": "=B4*C4", "E4": "=ROUND(D4/D6*100, 1) & \"%\"",
    "A5": "Lemonade", "B5": "4", "C5": "1.9", "D5": "=B5*C5", "E5": "=ROUND(D5/D6*100, 1) & \"%\"",
    "A6": "Together", "B6": "=SUM(B2:B5)", "D6": "=SUM(D2:D5)",
    "A7": "For each of", "B7": "6", "D7": "=ROUND(D6/B7, 2)",
    "A8": "Is it much?", "D8": "=IF(D7 > 8, \"yes\", \"no\")",
}  # fmt: skip

Name = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-T]([1-9]|[1-4]\d|50)$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


@dataclass(frozen=True)
class Entered:
    """Somebody has put something into a cell."""

    cell: str


@dataclass
class Table:
    rows: Transient[list[list[Cell]]] = field(default_factory=list[list[Cell]])
    people: Presence[str] = field(default_factory=Presence)
    news: str = ""

    columns = COLUMNS


class SpreadsheetView(LiveView[Table]):
    """Shows all cells anew when one was filled in: only those that look otherwise are sent."""

    sheet = Sheet(SHELF.get(TOPIC, PICNIC))

    async def mount(self) -> None:
        self.socket.page_title = "Spreadsheet"
        await self.socket.subscribe(TOPIC)
        self.state.people = await self.socket.track(TOPIC, self.socket.id, "calculating")
        self.read()

    @event
    async def enter(self, cell: Name, text: Text) -> None:
        entered = self.sheet.enter(cell, text)
        SHELF.put(TOPIC, self.sheet.texts)
        self.state.news = f"{cell}: {entered.shown or 'empty'} {entered.why}"
        self.read()
        await self.socket.broadcast(TOPIC, Entered(cell), include_self=False)

    @info
    async def on_entered(self, _: Entered) -> None:
        self.read()

    def read(self) -> None:
        cells = list(self.sheet.cells.values())
        width = len(COLUMNS)
        self.state.rows = [cells[at : at + width] for at in range(0, len(cells), width)]
