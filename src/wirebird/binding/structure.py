"""Which parameters take more than one plain value: a form's data, or a list.

A form's data fills a pydantic model, dataclass or TypedDict, without the client's own keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, cast, get_args, get_origin, get_type_hints

import typing_extensions
from pydantic import AliasChoices, AliasPath, BaseModel, RootModel, Secret, SecretBytes, SecretStr

from wirebird.binding.signature import arms_of
from wirebird.wire.params import UNUSED, Repeated

__all__ = ["Structure"]


@dataclass(frozen=True, slots=True)
class Structure:
    """A parameter that takes the form's data: a model, dataclass or TypedDict."""

    key: str
    keys: frozenset[str]
    lists: frozenset[str]
    has_default: bool
    nullable: bool

    def take(self, source: Mapping[str, Any], data: dict[str, Any]) -> None:
        own = source.get(self.key)
        if own is None and self.nullable and self.key in source:
            return
        if not isinstance(own, Mapping):
            if self.has_default and self.keys.isdisjoint(source):
                data.pop(self.key, None)
                return
            own = source
        form = _without_bookkeeping(cast("Mapping[str, Any]", own))
        for key in self.lists & form.keys():
            form[key] = one_to_list(form[key])
        data[self.key] = form


@dataclass(frozen=True, slots=True)
class StructureField:
    """One field of a structure.

    Attributes:
        name: Its own name.
        annotation: Its type; with its metadata, but for a model's.
        metadata: What a model's field says of its values.
        keys: The keys of a payload that it reads.
    """

    name: str
    annotation: Any
    metadata: Collection[Any]
    keys: Collection[str]


def is_structure(annotation: Any) -> bool:
    """Whether a form's data can fill it: a pydantic model, dataclass or TypedDict."""
    kind: Any = get_origin(annotation) or annotation
    if typing_extensions.is_typeddict(kind):
        return True
    if not isinstance(kind, type) or issubclass(kind, RootModel):
        return False
    return issubclass(kind, BaseModel) or is_dataclass(cast(Any, kind))


def structure_fields(annotation: Any) -> Iterator[StructureField]:
    """Return the fields of a structure."""
    kind = get_origin(annotation) or annotation
    if issubclass(kind, BaseModel):
        for name, info in kind.model_fields.items():
            keys = {name, *first_keys(info.validation_alias or info.alias)}
            yield StructureField(name, info.annotation, info.metadata, keys)
        return
    try:
        hints = get_type_hints(kind, include_extras=True)
    except Exception:  # pydantic says what is wrong with it
        return
    for name, hint in hints.items():
        keys = {name}
        for info in getattr(hint, "__metadata__", ()):
            keys.update(first_keys(getattr(info, "validation_alias", None)))
        yield StructureField(name, hint, (), keys)


def first_keys(alias: str | AliasPath | AliasChoices | None) -> Iterator[str]:
    """The keys of a payload where an alias begins."""
    if isinstance(alias, str):
        yield alias
    elif isinstance(alias, AliasPath):
        yield str(alias.path[0])
    elif isinstance(alias, AliasChoices):
        for choice in alias.choices:
            yield from first_keys(choice)


def is_many(annotation: Any) -> bool:
    """Whether one string must become a list of one: `list[str]`, `set[int] | None`, ..."""
    arms, _ = arms_of(annotation)
    kinds = [get_origin(arm) or arm for arm in arms]
    if any(kind in (str, bytes, Any, object) for kind in kinds):
        return False
    return any(
        (
            isinstance(kind, type)
            and issubclass(kind, Collection)
            and not issubclass(kind, Mapping | str | bytes | bytearray)
        )
        or kind is Iterable
        for kind in kinds
    )


def secret_keys(key: str, annotation: Any, within: tuple[Any, ...] = ()) -> Iterator[str]:
    """The keys of a payload whose values are secrets by their annotation: `SecretStr`, ..."""
    for arm in arms_of(annotation)[0]:
        kind: Any = get_origin(arm) or arm
        if isinstance(kind, type) and issubclass(kind, Secret | SecretStr | SecretBytes):
            yield key
        elif is_structure(arm) and arm not in within:
            for field in structure_fields(arm):
                for name in field.keys:
                    yield from secret_keys(name, field.annotation, (*within, arm))
        else:
            for inner in get_args(arm):
                yield from secret_keys(key, inner, within)


def _without_bookkeeping(form: Mapping[str, Any]) -> dict[str, Any]:
    """A form's data without the keys that the client adds of its own accord."""
    return {
        key: _without_bookkeeping(cast("Mapping[str, Any]", value))
        if isinstance(value, Mapping)
        else value
        for key, value in form.items()
        if key != "_target" and not key.startswith(UNUSED)
    }


def one_to_list(value: Any) -> Any:
    if isinstance(value, Repeated):
        return list(value.values)
    return [value] if isinstance(value, str) else value
