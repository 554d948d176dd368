"""Models that validate only when they are asked to: SQLModel's table classes.

The rule: such a class is made by its `model_validate`, wherever its data comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel, PlainValidator

_SEVERAL: tuple[Any, ...] = (list, tuple, set, frozenset, dict)


def is_table(kind: Any) -> bool:
    """Tell whether a class is a table, which checks nothing when it is made."""
    return (
        isinstance(kind, type)
        and issubclass(kind, BaseModel)
        and bool(kind.model_config.get("table"))
    )


def maker_of(kind: Any) -> Callable[[Any], Any]:
    """Return what makes a table of its data, or raises pydantic's `ValidationError`."""

    def make(value: Any) -> Any:
        return value if isinstance(value, kind) else kind.model_validate(value, strict=False)

    return make


def with_tables(annotation: Any) -> Any:
    """Return an annotation in which tables are validated."""
    if is_table(annotation):
        return Annotated[annotation, PlainValidator(maker_of(annotation))]
    if hasattr(annotation, "__metadata__"):
        inner = with_tables(annotation.__origin__)
        parts = (inner, *annotation.__metadata__)
        return annotation if inner is annotation.__origin__ else Annotated[cast(Any, parts)]
    origin: Any = get_origin(annotation)
    is_union = origin in (Union, UnionType)
    if not is_union and origin not in _SEVERAL:
        return annotation
    arms = get_args(annotation)
    checked = tuple(map(with_tables, arms))
    if all(one is other for one, other in zip(checked, arms, strict=True)):
        return annotation
    whole: Any = Union if is_union else origin
    return whole[checked]
