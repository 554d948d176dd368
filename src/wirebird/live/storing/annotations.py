"""Which kind of values an annotation stands for.

The rule: whether a type's values can be stored is known from its annotation alone, down to the last
field of what is in it; what cannot be is named by its place.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections import Counter, OrderedDict, abc, defaultdict, deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from enum import Enum
from functools import partial
from typing import (
    Annotated,
    Any,
    ForwardRef,
    Literal,
    NewType,
    NotRequired,
    Required,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import typing_extensions
from pydantic import BaseModel, TypeAdapter

from wirebird.live.storing.containers import collection_of, deque_of, mapping_of, tuple_of
from wirebird.live.storing.kinds import Kind, UnfitError, UnstorableError
from wirebird.live.storing.records import (
    Fields,
    by_attribute,
    by_key,
    dataclass_of,
    model_of,
    named_tuple_of,
    typed_dict_of,
)
from wirebird.live.storing.scalars import SCALARS, enum_of, literal_of
from wirebird.live.storing.unions import ANY, union_of


class Mark:
    """The type of `TRANSIENT`, which marks fields that are not stored."""

    def __repr__(self) -> str:
        return "Transient"


TRANSIENT = Mark()

# Python's own since 3.12, and that of typing_extensions, which may be another.
_ALIASES = (
    typing_extensions.TypeAliasType,
    getattr(typing, "TypeAliasType", typing_extensions.TypeAliasType),
)
_WRAPPERS = (Required, NotRequired, typing_extensions.ReadOnly)
_CALLED = {"callable", "is-instance", "is-subclass", "any", "generator", "custom-error"}


class Types:
    """Finds the kinds of annotations.

    Args:
        special: Finds the kinds of classes that know more of themselves; None for the others.
    """

    def __init__(self, special: Callable[[Types, Any, tuple[Any, ...]], Kind | None]) -> None:
        self._special = special
        self._found: dict[Any, Kind] = {}
        self._begun: dict[Any, Kind] = {}
        self._path: list[str] = []

    @contextmanager
    def at(self, place: str) -> Generator[None]:
        """Name the place that is looked at, for errors."""
        self._path.append(place)
        yield
        self._path.pop()

    def refuse(self, why: str) -> UnstorableError:
        """Return what says that the values at this place cannot be stored."""
        return UnstorableError(f"{'.'.join(self._path)}: {why}" if self._path else why)

    def kind_of(self, hint: Any) -> Kind:
        """Return the kind of an annotation's values.

        Raises:
            UnstorableError: They cannot be stored.
        """
        if hint in SCALARS:
            return SCALARS[hint]
        if hint is Any or hint is object:
            return ANY
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._annotated(hint, arguments)
        if origin in _WRAPPERS:
            return self.kind_of(arguments[0])
        if origin is Union or origin is types.UnionType:
            return union_of(_flat([self.kind_of(argument) for argument in arguments]))
        if origin is Literal:
            return literal_of(arguments)
        if isinstance(hint, NewType):
            return self.kind_of(hint.__supertype__)
        if isinstance(hint, _ALIASES) or isinstance(origin, _ALIASES):
            alias: Any = origin or hint
            return self.kind_of(_filled(alias.__value__, alias, arguments))
        if isinstance(hint, TypeVar):
            return self.kind_of(_meant(hint))
        if isinstance(hint, str | ForwardRef):
            raise self.refuse(f"its annotation {hint!r} cannot be evaluated")
        return self._class(hint, origin or hint, arguments)

    def _annotated(self, hint: Any, arguments: tuple[Any, ...]) -> Kind:
        try:
            return self.kind_of(arguments[0])
        except UnstorableError:
            # What makes it storable may be among the metadata.
            with suppress(UnstorableError):
                return self._by_pydantic(hint)
            raise

    def _class(self, hint: Any, kind: Any, arguments: tuple[Any, ...]) -> Kind:
        found = self._special(self, kind, arguments)
        if found is None:
            found = self._collection(kind, arguments)
        if found is not None:
            return found
        if isinstance(kind, type) and issubclass(kind, Enum):
            return enum_of(kind)
        if is_record(kind):
            return self._record(hint, kind, arguments)
        return self._by_pydantic(hint)

    def _collection(self, kind: Any, arguments: tuple[Any, ...]) -> Kind | None:
        if kind is tuple:
            if not arguments:
                return collection_of(tuple, ANY, tuple)
            if len(arguments) == 2 and arguments[1] is Ellipsis:
                return collection_of(tuple, self._item(arguments[0]), tuple)
            return tuple_of([self._item(item) for item in arguments if item != ()])
        if kind is deque:
            return deque_of(self._item(arguments[0] if arguments else Any))
        if kind in _COLLECTIONS:
            item = self._item(arguments[0] if arguments else Any)
            return union_of([collection_of(each, item, each) for each in _COLLECTIONS[kind]])
        if kind is Counter:
            key = self._item(arguments[0] if arguments else Any)
            return mapping_of(Counter, key, SCALARS[int], lambda pairs: Counter(dict(pairs)))
        if kind is defaultdict:
            key, item = arguments or (Any, Any)
            factory = get_origin(item) or item
            if not (isinstance(factory, type) and factory in _FACTORIES):
                raise self.refuse("what makes the missing values of a defaultdict is not known")
            make = partial(defaultdict[Any, Any], factory)
            return mapping_of(defaultdict, self._item(key), self._item(item), make)
        if kind in _MAPPINGS:
            key, item = arguments or (Any, Any)
            if key is Any and item is Any and kind is not OrderedDict:
                key = str
            made = _MAPPINGS[kind]
            return mapping_of(made, self._item(key), self._item(item), made)
        return None

    def _item(self, hint: Any) -> Kind:
        with self.at("[]"):
            return self.kind_of(hint)

    def _record(self, hint: Any, kind: Any, arguments: tuple[Any, ...]) -> Kind:
        found = self._found.get(hint) or self._begun.get(hint)
        if found is not None:
            return found
        name = cast(str, kind.__qualname__)
        # A record that has some of its own kind in it refers to itself by its name.
        begun = self._begun[hint] = Kind(
            f"@{name}",
            lambda value: self._found[hint].write(value),
            lambda value, before: self._found[hint].read(value, before),
            lambda value: self._found[hint].has(value),
        )
        try:
            made = self._made(hint, kind, name, arguments)
        finally:
            del self._begun[hint]
        self._found[hint] = made
        begun.shape = f"@{name}"
        return made

    def _made(self, hint: Any, kind: Any, name: str, arguments: tuple[Any, ...]) -> Kind:
        if issubclass(kind, BaseModel):
            fields, private = self.fields_of(hint), self.private_of(kind)
            return model_of(kind, f"{name}{fields.shape}{private.shape}", fields, private)
        if typing_extensions.is_typeddict(kind):
            fields = self.fields_of(hint)
            shape = f"{name}{fields.shape}"
            transient = frozenset(kind.__annotations__) - frozenset(fields.names)
            return typed_dict_of(shape, fields, frozenset(kind.__required_keys__) - transient)
        if dataclasses.is_dataclass(kind):
            fields = self.fields_of(hint)
            return dataclass_of(cast(Any, kind), f"{name}{fields.shape}", fields)
        items = {
            field: self._field(field, item)
            for field, item in self._hints(kind, arguments).items()
            if field in kind._fields
        }
        items = {field: items.get(field, ANY) for field in kind._fields}
        shape = f"{name}({','.join(f'{field}:{item.shape}' for field, item in items.items())})"
        return named_tuple_of(kind, shape, items)

    def _field(self, name: str, hint: Any) -> Kind:
        with self.at(name):
            return self.kind_of(hint)

    def fields_of(self, hint: Any) -> Fields:
        """Return the stored fields of a dataclass, a model or a TypedDict.

        Raises:
            UnstorableError: One of them cannot be stored.
        """
        kind, arguments = get_origin(hint) or hint, get_args(hint)
        if issubclass(kind, BaseModel):
            self._check_model(kind)
            model: Any = hint if isinstance(hint, type) else kind
            hints: dict[str, Any] = {
                name: Annotated[(info.annotation, *info.metadata)]
                if info.metadata
                else info.annotation
                for name, info in model.model_fields.items()
            }
        else:
            hints = self._hints(kind, arguments)
            if dataclasses.is_dataclass(kind):
                hints = {field.name: hints[field.name] for field in dataclasses.fields(kind)}
        kinds = {
            name: self._field(name, hint) for name, hint in hints.items() if not is_transient(hint)
        }
        return by_key(kinds) if typing_extensions.is_typeddict(kind) else by_attribute(kinds)

    def private_of(self, model: type[BaseModel]) -> Fields:
        """Return the private attributes of a model that are stored.

        Raises:
            UnstorableError: One of them cannot be stored.
        """
        names = model.__private_attributes__
        hints = self._hints(model, ()) if names else {}
        return by_attribute(
            {
                name: self._field(name, hints.get(name, Any))
                for name in names
                if not is_transient(hints.get(name, Any))
            }
        )

    def _check_model(self, kind: type[BaseModel]) -> None:
        if hasattr(kind, "__mapper__") or hasattr(kind, "__table__"):
            raise self.refuse(
                f"a {kind.__name__} is a row of a database, and belongs to a session: keep its id,"
                " and load it in mount"
            )
        if not kind.__pydantic_complete__:
            kind.model_rebuild()

    def _hints(self, kind: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
        try:
            hints = get_type_hints(kind, localns={kind.__name__: kind}, include_extras=True)
        except Exception as error:
            raise self.refuse(
                f"an annotation of {kind.__name__} cannot be read: {error}"
            ) from error
        return {name: _filled(hint, kind, arguments) for name, hint in hints.items()}

    def _by_pydantic(self, hint: Any) -> Kind:
        name = getattr(hint, "__qualname__", str(hint))
        try:
            adapter = TypeAdapter[Any](hint)
            schema = cast("Mapping[str, Any]", adapter.core_schema)
        except Exception as error:
            raise self.refuse(f"a {name} cannot be stored") from error
        if schema["type"] in _CALLED and "serialization" not in schema:
            raise self.refuse(f"a {name} cannot be stored")
        dump, validate = adapter.serializer.to_python, adapter.validator.validate_python

        def write(value: Any) -> Any:
            try:
                return dump(value, mode="json", round_trip=True, warnings="error")
            except ValueError as error:
                raise UnstorableError(f"holds {value!r:.80}: {error}") from error

        def read(value: Any, before: Any) -> Any:
            try:
                return validate(value)
            except ValueError as error:
                raise UnfitError(f"{value!r:.80} is no {name}") from error

        def has(value: Any) -> bool:
            return adapter.validator.isinstance_python(value, strict=True)

        return Kind(name, write, read, has)


def is_record(kind: Any) -> bool:
    """Tell whether a class has fields that we know: a dataclass, a model, a TypedDict, a tuple."""
    if not isinstance(kind, type):
        return False
    found = cast("type[Any]", kind)
    return (
        dataclasses.is_dataclass(found)
        or issubclass(found, BaseModel)
        or typing_extensions.is_typeddict(found)
        or (issubclass(found, tuple) and hasattr(cast(Any, found), "_fields"))
    )


def is_transient(hint: Any) -> bool:
    """Tell whether an annotation says that the field is not stored."""
    origin = get_origin(hint)
    if origin is Annotated:
        first, *metadata = get_args(hint)
        return any(each is TRANSIENT for each in metadata) or is_transient(first)
    if origin in _WRAPPERS:
        return is_transient(get_args(hint)[0])
    return bool(getattr(origin or hint, "__transient__", False))  # of its class, as a Presence


def _flat(members: list[Kind]) -> list[Kind]:
    return list(dict.fromkeys(members))


def _meant(variable: TypeVar) -> Any:
    default = getattr(variable, "__default__", typing_extensions.NoDefault)
    if default is not typing_extensions.NoDefault:
        return default
    if variable.__constraints__:
        return Union[variable.__constraints__]  # noqa: UP007
    return Any if variable.__bound__ is None else variable.__bound__


def _filled(hint: Any, generic: Any, arguments: tuple[Any, ...]) -> Any:
    """Return an annotation of a generic class with its variables replaced."""
    variables = getattr(generic, "__parameters__", ()) or getattr(generic, "__type_params__", ())
    given = dict(zip(variables, arguments, strict=False))
    if not given:
        return hint
    if hint in given:
        return given[hint]
    parameters = cast("tuple[Any, ...]", getattr(hint, "__parameters__", ()))
    if not parameters or isinstance(hint, type):
        return hint
    return hint[tuple(given.get(each, each) for each in parameters)]


_COLLECTIONS: dict[Any, tuple[Any, ...]] = {
    list: (list,),
    set: (set,),
    frozenset: (frozenset,),
    abc.Sequence: (list, tuple),
    abc.MutableSequence: (list,),
    abc.Collection: (list, tuple, set, frozenset),
    abc.Iterable: (list, tuple, set, frozenset),
    abc.Set: (set, frozenset),
    abc.MutableSet: (set,),
}
_MAPPINGS: dict[Any, Any] = {
    dict: dict,
    OrderedDict: OrderedDict,
    abc.Mapping: dict,
    abc.MutableMapping: dict,
}
_FACTORIES = {list, dict, set, int, float, str, bool, tuple, deque, Counter}
