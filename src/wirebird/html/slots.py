"""Content that a template hands to a component: its children, and its named slots.

The rule: a slot is rendered when the component shows it, as often as it shows it and with the
arguments that it gives; it never turns into text on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from types import CellType, FunctionType
from typing import Any, cast

from wirebird.html.tree import Statics, Tree

NOTHING: Tree = (Statics(("",)),)


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A piece of a template that a component may show.

    A slot is falsy when it has neither content nor attributes. Interpolate it to show it, or call
    it with what its content takes:

    Example:
        >>> def table(rows, col):  # <{table} rows={users}><:col label="Name">...</:col></{table}>
        ...     return t"<table>{[t'<tr>{[c(row) for c in col]}</tr>' for row in rows]}</table>"

    Args:
        attributes: What stood in the slot's own tag (`<:col label="Name">`).
        content: Makes the slot's tree from the arguments of `render`; None when it is empty.
    """

    attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    content: Callable[..., Tree] | None = None

    def render(self, *args: Any) -> Tree:
        """Return the slot's tree.

        Args:
            *args: Passed to the functions that stand as values in the slot's content
                (`<:col>{(lambda user: user.name)}</:col>`).
        """
        return NOTHING if self.content is None else self.content(*args)

    __call__ = render

    @property
    def __tree__(self) -> Tree:
        return self.render()

    def __getitem__(self, name: str) -> Any:
        return self.attributes[name]

    def __bool__(self) -> bool:
        return self.content is not None or bool(self.attributes)


EMPTY = Slot()


def call_block(caller: Any) -> Slot:
    """Return the body of a Jinja `{% call %}` block as a slot.

    The names in it are bound to what they are now: when the slot is shown, a loop around the
    block may be at its end.
    """
    # A body without parameters may stand where the component has something to pass.
    most = None if caller.catch_varargs else len(caller.arguments)
    bound = copy(caller)
    function = caller._func
    cells = tuple(map(copy_cell, function.__closure__ or ()))
    bound._func = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, cells
    )
    return Slot({}, lambda *args: cast(Tree, bound(*args[:most]).__tree__))


def copy_cell(cell: CellType) -> CellType:
    """Return a cell with what another one holds now, perhaps nothing."""
    try:
        return CellType(cell.cell_contents)
    except ValueError:
        return CellType()
