"""Formulas such as `=SUM(A1:B3) / 2`, read once into functions of the cells that they name.

The rule: nothing runs but what this module knows, and a mistake is told by a code: `#DIV/0!`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from examples.spreadsheet.operators import FUNCTIONS, OPERATORS, FormulaError, negative, percent

COLUMNS = "ABCDEFGHIJKLMNOPQRST"
ROWS = 50

Lookup: TypeAlias = Callable[[str], Any]
Node: TypeAlias = Callable[[Lookup], Any]

TOKEN = re.compile(r'\s*(?:(\d+\.?\d*|\.\d+|"[^"]*"|[A-Za-z]+\d*|<=|>=|<>|[-+*/^&=<>(),:%])|$)')
CELL = re.compile(rf"([A-{COLUMNS[-1]}])([1-9]\d?)")


@dataclass(frozen=True)
class Formula:
    """A formula, and the cells that it looks at."""

    cells: frozenset[str]
    value: Node


class Reader:
    """Reads one formula from left to right; operators that bind tighter are read first."""

    def __init__(self, text: str) -> None:
        self.cells: set[str] = set()
        self.tokens: list[str] = []
        place = 0
        while place < len(text):
            found = TOKEN.match(text, place)
            if found is None:
                raise FormulaError("#ERROR!", f"What is “{text[place:].strip()}”?")
            self.tokens.append(found[1] or "")
            place = found.end()
        self.tokens.append("")
        self.tokens.reverse()

    def read(self) -> Formula:
        node = self.expression(0)
        self.expect("")
        return Formula(frozenset(self.cells), node)

    def expression(self, above: int) -> Node:
        left = self.operand()
        while self.tokens[-1] in OPERATORS and OPERATORS[self.tokens[-1]][0] > above:
            binds, apply = OPERATORS[self.tokens.pop()]
            left = applied(apply, left, self.expression(binds))
        return left

    def operand(self) -> Node:
        token = self.tokens.pop()
        if token == "-":
            node = applied(negative, self.expression(4))
        elif token == "(":
            node = self.expression(0)
            self.expect(")")
        elif token.startswith('"'):
            node = constant(token[1:-1])
        elif token[:1].isdigit() or token[:1] == ".":
            node = constant(float(token))
        elif self.tokens[-1:] == ["("]:
            node = self.call(token.upper())
        else:
            node = self.cell_or_range(token.upper())
        while self.tokens[-1] == "%":
            self.tokens.pop()
            node = applied(percent, node)
        return node

    def call(self, name: str) -> Node:
        if name not in FUNCTIONS and name != "IF":
            raise FormulaError("#NAME?", f"There is no function {name}.")
        self.expect("(")
        arguments: list[Node] = []
        while self.tokens[-1] != ")":
            arguments.append(self.expression(0))
            if self.tokens[-1] != ")":
                self.expect(",")
        self.expect(")")
        if name != "IF":
            return applied(FUNCTIONS[name], *arguments)
        if len(arguments) != 3:
            raise FormulaError("#ERROR!", "IF takes a test and two values.")
        test, yes, no = arguments
        return lambda look_up: (yes if test(look_up) else no)(look_up)

    def cell_or_range(self, first: str) -> Node:
        if self.tokens[-1:] != [":"]:
            (cell,) = self.look_at(first, first)
            return lambda look_up: 0.0 if (value := look_up(cell)) is None else value
        self.tokens.pop()
        cells = self.look_at(first, self.tokens.pop().upper())
        return lambda look_up: [look_up(cell) for cell in cells]

    def look_at(self, first: str, last: str) -> list[str]:
        (left, top), (right, bottom) = place_of(first), place_of(last)
        columns = COLUMNS[min(left, right) : max(left, right) + 1]
        rows = range(min(top, bottom), max(top, bottom) + 1)
        cells = [f"{column}{row}" for row in rows for column in columns]
        self.cells.update(cells)
        return cells

    def expect(self, token: str) -> None:
        if self.tokens.pop() != token:
            raise FormulaError("#ERROR!", f"“{token}” is missing." if token else "Too much.")


def place_of(cell: str) -> tuple[int, int]:
    """Return a cell's column, from 0, and its row, from 1."""
    found = CELL.fullmatch(cell)
    if found is None or int(found[2]) > ROWS:
        raise FormulaError("#REF!", f"There is no cell “{cell}”.")
    return COLUMNS.index(found[1]), int(found[2])


def constant(value: float | str) -> Node:
    return lambda look_up: value


def applied(function: Callable[..., Any], *arguments: Node) -> Node:
    return lambda look_up: function(*[argument(look_up) for argument in arguments])


def result(formula: Formula, look_up: Lookup) -> Any:
    """Return a formula's value, or the error that it has."""
    try:
        value = formula.value(look_up)
        if isinstance(value, complex | list):
            raise ValueError
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    except FormulaError as error:
        return error
    except ZeroDivisionError:
        return FormulaError("#DIV/0!", "Nothing is divided by zero.")
    except (TypeError, ValueError, OverflowError):
        return FormulaError("#VALUE!", "It takes numbers, and no such ones.")
