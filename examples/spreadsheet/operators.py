"""What formulas know: functions, operators, and how a value is read by people."""

from collections.abc import Callable
from typing import Any

LONGEST = 1_000


class FormulaError(Exception):
    """What a cell shows instead of a value, and why."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code, why)
        self.code, self.why = code, why


def joined(left: Any, right: Any) -> str:
    text = shown(left) + shown(right)
    if len(text) > LONGEST:
        raise FormulaError("#VALUE!", "The text is too long.")
    return text


def shown(value: Any) -> str:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.10g}" if isinstance(value, float | int) else str(value)


def number(value: Any) -> float:
    if not isinstance(value, float):
        raise TypeError
    return value


def numbers(values: tuple[Any, ...]) -> list[float]:
    """Return the numbers among some values and ranges of values."""
    ranges: list[list[Any]] = [value if isinstance(value, list) else [value] for value in values]
    return [each for cells in ranges for each in cells if isinstance(each, float)]


def negative(value: Any) -> float:
    return -number(value)


def percent(value: Any) -> float:
    return number(value) / 100


def rounded(value: Any, digits: Any = 0.0) -> float:
    return round(number(value), int(digits))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": lambda *values: float(sum(numbers(values))),
    "AVERAGE": lambda *values: sum(numbers(values)) / len(numbers(values)),
    "MIN": lambda *values: min(numbers(values), default=0.0),
    "MAX": lambda *values: max(numbers(values), default=0.0),
    "COUNT": lambda *values: float(len(numbers(values))),
    "ABS": abs,
    "ROUND": rounded,
}

OPERATORS: dict[str, tuple[int, Callable[[Any, Any], Any]]] = {
    "=": (1, lambda left, right: left == right),
    "<>": (1, lambda left, right: left != right),
    "<": (1, lambda left, right: left < right),
    ">": (1, lambda left, right: left > right),
    "<=": (1, lambda left, right: left <= right),
    ">=": (1, lambda left, right: left >= right),
    "&": (2, joined),
    "+": (3, lambda left, right: number(left) + number(right)),
    "-": (3, lambda left, right: number(left) - number(right)),
    "*": (4, lambda left, right: number(left) * number(right)),
    "/": (4, lambda left, right: number(left) / number(right)),
    "^": (5, lambda left, right: number(left) ** number(right)),
}
