"""What is sold, and what is in whose basket: in a SQLite file, so that both outlive the process."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

MOST = 9  # of one thing

TABLES = """
CREATE TABLE IF NOT EXISTS lines (
    basket TEXT, product TEXT, quantity INTEGER, PRIMARY KEY (basket, product)
);
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY, basket TEXT, name TEXT, address TEXT, cents INTEGER
);
"""


@dataclass(frozen=True)
class Product:
    id: str
    name: str
    about: str
    cents: int


PRODUCTS = {
    product.id: product
    for product in (
        Product("teapot", "Teapot", "Stoneware, for four cups.", 3900),
        Product("lamp", "Desk lamp", "Brass, with a paper shade.", 7450),
        Product("notebook", "Notebook", "160 pages, thread-bound.", 1280),
        Product("blanket", "Blanket", "Wool, woven in a mill.", 8900),
        Product("whistle", "Bird whistle", "Clay; fill it with water.", 650),
        Product("kite", "Kite", "Silk and bamboo.", 2400),
    )
}


@dataclass(frozen=True)
class Line:
    product: Product
    quantity: int

    @property
    def cents(self) -> int:
        return self.quantity * self.product.cents


class Store:
    """The baskets and the orders.

    Args:
        path: The file that keeps them.
    """

    def __init__(self, path: str | Path = ":memory:") -> None:
        self._lock = Lock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.executescript(TABLES)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def lines(self, basket: str) -> list[Line]:
        """Return what is in a basket, in the order in which it is sold."""
        found = self._run("SELECT product, quantity FROM lines WHERE basket = ?", basket)
        quantities: dict[str, int] = dict(found)
        return [Line(PRODUCTS[id], quantities[id]) for id in PRODUCTS if id in quantities]

    def add(self, basket: str, product: str, by: int) -> None:
        """Put some of a product into a basket, or take some out."""
        with self._lock:
            self._run(
                "INSERT INTO lines VALUES (?, ?, max(0, ?)) ON CONFLICT DO UPDATE"
                " SET quantity = max(0, min(?, quantity + ?))",
                basket, product, by, MOST, by,
            )  # fmt: skip
            self._run("DELETE FROM lines WHERE basket = ? AND quantity = 0", basket)

    def order(self, basket: str, name: str, address: str) -> int | None:
        """Make an order of a basket, which is empty then; None if it was empty before."""
        with self._lock, self._database:
            self._run("BEGIN IMMEDIATE")
            cents = sum(line.cents for line in self.lines(basket))
            if not cents:
                return None
            ((number,),) = self._run(
                "INSERT INTO orders (basket, name, address, cents) VALUES (?, ?, ?, ?)"
                " RETURNING number",
                basket, name, address, cents,
            )  # fmt: skip
            self._run("DELETE FROM lines WHERE basket = ?", basket)
            return number

    def _run(self, statement: str, *values: str | int) -> list[tuple[Any, ...]]:
        return self._database.execute(statement, values).fetchall()
