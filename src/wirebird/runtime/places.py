"""Where the methods of a class set an attribute, or call one; for messages to its author.

The rule: it is only asked when something has gone wrong, or in debug mode.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType
from typing import Any

SETS = frozenset({"STORE_ATTR"})
CALLS = frozenset({"LOAD_ATTR", "LOAD_METHOD"})


@lru_cache(maxsize=256)
def attributes_set(kind: type[Any]) -> frozenset[str]:
    """Return the attributes that the methods of a class set, as `__post_init__` may."""
    return frozenset(name for code in _codes(kind) for name, _ in _uses(code, SETS))


def place_of_use(kind: type[Any], name: str, how: frozenset[str], constant: object = None) -> str:
    """Return where a class uses an attribute, as `file:line`; empty if that is not known.

    Args:
        kind: The class.
        name: The attribute.
        how: `SETS` or `CALLS`.
        constant: What stands in the same method, if it stands in any that uses the attribute.
    """
    found = [
        (constant in code.co_consts, place)
        for code in _codes(kind)
        for used, place in _uses(code, how)
        if used == name
    ]
    return max(found, key=lambda each: each[0])[1] if found else ""


def _codes(kind: type[Any]) -> Iterator[CodeType]:
    for base in kind.__mro__:
        if base.__module__.startswith("wirebird."):
            continue
        for member in vars(base).values():
            code = getattr(inspect.unwrap(member), "__code__", None) if callable(member) else None
            if code is not None:
                yield from _within(code)


def _within(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _within(constant)


def _uses(code: CodeType, how: frozenset[str]) -> Iterator[tuple[str, str]]:
    for step in dis.get_instructions(code):
        if step.opname in how:
            line = (step.positions and step.positions.lineno) or code.co_firstlineno
            yield str(step.argval), f"{code.co_filename}:{line}"
