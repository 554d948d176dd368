"""The sheet that all share: what was entered, and what comes of it.

The rule: a cell is evaluated after those that it looks at, so no chain is too long, and cells that
look at each other in a circle say so.
"""

import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from examples.spreadsheet.formulas import COLUMNS, ROWS, Formula, Reader, result
from examples.spreadsheet.operators import FormulaError, shown

NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)")


@dataclass(frozen=True)
class Cell:
    name: str
    text: str = ""
    shown: str = ""
    kind: str = ""
    why: str = ""


class Sheet:
    """Texts by the names of their cells; `cells` is how they look."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = dict(texts)
        self.cells: dict[str, Cell] = {}
        self.evaluate()

    def enter(self, name: str, text: str) -> Cell:
        """Put something into a cell, and return how it looks."""
        self.texts[name] = text
        self.evaluate()
        return self.cells[name]

    def evaluate(self) -> None:
        values = {name: read(text) for name, text in self.texts.items() if text}
        graph = {n: each.cells for n, each in values.items() if isinstance(each, Formula)}
        while True:
            try:
                order = list(TopologicalSorter(graph).static_order())
                break
            except CycleError as error:
                circle: list[str] = error.args[1]
                for name in circle[1:]:
                    values[name] = FormulaError("#CYCLE!", " looks at ".join(reversed(circle)))
                    del graph[name]

        def look_up(name: str) -> Any:
            value = values.get(name)
            if isinstance(value, FormulaError):
                raise value
            return value

        for name in order:
            if isinstance(formula := values.get(name), Formula):
                values[name] = result(formula, look_up)
        names = [f"{column}{row}" for row in range(1, ROWS + 1) for column in COLUMNS]
        self.cells = {name: cell(name, self.texts.get(name, ""), values) for name in names}


def read(text: str) -> Any:
    """Return what was entered: a number, a formula, an error, or a text."""
    if text.startswith("="):
        try:
            return Reader(text[1:]).read()
        except FormulaError as error:
            return error
    return float(text) if NUMBER.fullmatch(text) else text


def cell(name: str, text: str, values: dict[str, Any]) -> Cell:
    value = values.get(name, "")
    if isinstance(value, FormulaError):
        return Cell(name, text, value.code, "error", value.why)
    return Cell(name, text, shown(value), "number" if isinstance(value, float) else "")
