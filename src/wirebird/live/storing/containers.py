"""Lists, sets, tuples and dictionaries of values of known kinds.

The rule: each is written as a list or, where its keys are text or its values records, as a JSON
object; what it was is known from its kind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, cast

from wirebird.live.storing.kinds import Kind, UnfitError, unstorable
from wirebird.live.storing.scalars import TEXT


def collection_of(kind: type[Any], item: Kind, made: Callable[[list[Any]], Any]) -> Kind:
    """Return the kind of lists, sets and the like, of values of one kind.

    Args:
        kind: The class.
        item: The kind of what is in it.
        made: Makes one of a list.
    """
    shape = f"{kind.__name__}[{item.shape}]"

    def write(value: Any) -> Any:
        if type(value) is not kind:
            raise unstorable(value, shape)
        plain, write = item.plain, item.write
        if plain and plain.issuperset(map(type, value)):
            return list(value)
        table = None if item.table is None else item.table.write(cast("list[Any]", value))
        return [write(each) for each in value] if table is None else table

    def read(value: Any, before: Any) -> Any:
        if type(value) is list:
            written = cast("list[Any]", value)
        elif item.table is not None:
            written = item.table.read(value)
        else:
            raise UnfitError(f"{value!r:.80} is no {shape}")
        read = item.read
        try:
            return made([read(each, None) for each in written])
        except TypeError as error:  # what has no hash
            raise UnfitError(f"{value!r:.80} is no {shape}: {error}") from error

    def has(value: Any) -> bool:
        return type(value) is kind and all(map(item.has, value))

    return Kind(shape, write, read, has)


def deque_of(item: Kind) -> Kind:
    """Return the kind of deques of values of one kind, with how much they hold at most."""
    inner = collection_of(deque, item, list)

    def read(value: Any, before: Any) -> Any:
        if type(value) is list and len(cast("list[Any]", value)) == 2:
            most, items = cast("list[Any]", value)
            if most is None or type(most) is int:
                return deque(inner.read(items, None), most)
        raise UnfitError(f"{value!r:.80} is no {inner.shape}")

    def write(value: Any) -> Any:
        return [getattr(value, "maxlen", None), inner.write(value)]

    return Kind(inner.shape, write, read, inner.has)


def tuple_of(items: Sequence[Kind]) -> Kind:
    """Return the kind of tuples with a value of its own kind at each place."""
    shape = f"tuple[{','.join(item.shape for item in items)}]"

    def write(value: Any) -> Any:
        if type(value) is not tuple or len(cast("tuple[Any, ...]", value)) != len(items):
            raise unstorable(value, shape)
        return [
            item.write(each)
            for item, each in zip(items, cast("tuple[Any, ...]", value), strict=True)
        ]

    def read(value: Any, before: Any) -> Any:
        if type(value) is not list or len(cast("list[Any]", value)) != len(items):
            raise UnfitError(f"{value!r:.80} is no {shape}")
        each = zip(items, cast("list[Any]", value), strict=True)
        return tuple([item.read(part, None) for item, part in each])

    def has(value: Any) -> bool:
        return (
            type(value) is tuple
            and len(cast("tuple[Any, ...]", value)) == len(items)
            and all(item.has(each) for item, each in zip(items, cast(Any, value), strict=True))
        )

    return Kind(shape, write, read, has)


def mapping_of(
    kind: type[Any], key: Kind, item: Kind, made: Callable[[list[tuple[Any, Any]]], Any]
) -> Kind:
    """Return the kind of dictionaries; those with other keys than text are lists of pairs.

    Args:
        kind: The class.
        key: The kind of its keys.
        item: The kind of its values.
        made: Makes one of pairs.
    """
    shape = f"{kind.__name__}[{key.shape},{item.shape}]"
    by_text = key is TEXT

    def write(value: Any) -> Any:
        if type(value) is not kind:
            raise unstorable(value, shape)
        pairs = cast("dict[Any, Any]", value).items()
        if not by_text:
            return [[key.write(each), item.write(part)] for each, part in pairs]
        return {key.write(each): item.write(part) for each, part in pairs}

    def read(value: Any, before: Any) -> Any:
        if type(value) is not (dict if by_text else list):
            raise UnfitError(f"{value!r:.80} is no {shape}")
        pairs = cast(Any, cast("dict[Any, Any]", value).items() if by_text else value)
        try:
            return made([(key.read(each, None), item.read(part, None)) for each, part in pairs])
        except (TypeError, ValueError) as error:
            raise UnfitError(f"{value!r:.80} is no {shape}: {error}") from error

    def has(value: Any) -> bool:
        return type(value) is kind and all(
            key.has(each) and item.has(part) for each, part in cast("dict[Any, Any]", value).items()
        )

    return Kind(shape, write, read, has)
