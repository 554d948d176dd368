"""How dataclasses, pydantic models, TypedDicts and named tuples are written field by field.

The rule: what is read is made without its `__init__` and without validators, which have run when
it was made first; it has the fields that it had, private ones too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias, cast

from pydantic import BaseModel

from wirebird.html.dropped import Dropped
from wirebird.live.storing.kinds import OMITTED, Kind, UnfitError, UnstorableError, unstorable
from wirebird.live.storing.tables import Table
from wirebird.live.storing.unions import ANY

MISSING = object()

_Writers: TypeAlias = tuple[tuple[str, Callable[[Any], Any]], ...]

_MOST_KNOWN = 64
_EXTRA = "+"
_SET = ""


class Fields:
    """The stored fields of a class, by their names.

    Args:
        kinds: The kinds of what is in them.
        get: Returns the value of a field, or `MISSING`.
        getter: Makes what returns the values of several fields at once.
    """

    __slots__ = ("_get", "_known", "all", "kinds", "names")

    def __init__(
        self, kinds: Mapping[str, Kind], get: Callable[[Any, str], Any], getter: Callable[..., Any]
    ) -> None:
        self.kinds = dict(kinds)
        self.names = tuple(kinds)
        self._get = get
        if len(self.names) == 1:
            self.all: Callable[[Any], tuple[Any, ...]] = _alone(getter(*self.names))
        else:
            self.all = getter(*self.names) if kinds else _nothing
        # What writes the fields that are not written as they are, by the classes of all values, as
        # they were met.
        self._known: dict[tuple[Any, ...], _Writers] = {}

    @property
    def shape(self) -> str:
        """A text that other fields do not have."""
        return (
            f"{{{','.join(sorted(f'{name}:{kind.shape}' for name, kind in self.kinds.items()))}}}"
        )

    def write(self, record: Any) -> dict[str, Any]:
        """Return what is in the fields as JSON values.

        Raises:
            UnstorableError: A field holds something else than its type says.
        """
        try:
            values = self.all(record)
        except (AttributeError, KeyError):
            return self._write_what_there_is(record)
        classes = tuple(map(type, values))
        written: dict[str, Any] = dict(zip(self.names, values, strict=True))
        writers = self._known.get(classes)
        for name, write in self._learn(classes) if writers is None else writers:
            try:
                found = write(written[name])
            except UnstorableError:
                found = self._write_one(name, written[name])  # says where
            if found is OMITTED:
                del written[name]
            else:
                written[name] = found
        return written

    def _learn(self, classes: tuple[Any, ...]) -> _Writers:
        """Return what writes the fields that are not written as they are."""
        pairs = zip(self.kinds.items(), classes, strict=True)
        writers = tuple(
            (name, _omit if each is Dropped else kind.write)
            for (name, kind), each in pairs
            if each not in kind.plain
        )
        if len(self._known) < _MOST_KNOWN:
            self._known[classes] = writers
        return writers

    def _write_what_there_is(self, record: Any) -> dict[str, Any]:
        values = {name: self._get(record, name) for name in self.names}
        written = {
            name: self._write_one(name, value)
            for name, value in values.items()
            if value is not MISSING
        }
        return {name: value for name, value in written.items() if value is not OMITTED}

    def _write_one(self, name: str, value: Any) -> Any:
        if type(value) is Dropped:  # what was temporary
            return OMITTED
        try:
            return self.kinds[name].write(value)
        except UnstorableError as error:
            text = str(error)
            inner = f"{name} {text}" if text.startswith("holds ") else f"{name}.{text}"
            raise UnstorableError(inner) from None

    def read(self, written: Any, before: Any) -> dict[str, Any]:
        """Return the values of the fields that were written.

        Args:
            written: What was written.
            before: A record that stands in the place now; None for none.

        Raises:
            UnfitError: A value is not of its field's type.
        """
        if type(written) is not dict:
            raise UnfitError(f"{written!r:.80} are no fields")
        found = cast("dict[str, Any]", written)
        return {
            name: self.read_one(name, found[name], before) for name in self.names if name in found
        }

    def read_one(self, name: str, written: Any, before: Any) -> Any:
        """Return the value of one field."""
        now = MISSING if before is None else self._get(before, name)
        return self.kinds[name].read(written, None if now is MISSING else now)

    def now(self, record: Any, name: str) -> Any:
        """Return the value of a field, or `MISSING`."""
        return MISSING if record is None else self._get(record, name)


def _alone(get: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def get_one(record: Any) -> tuple[Any, ...]:
        return (get(record),)

    return get_one


def _nothing(record: Any) -> tuple[Any, ...]:
    return ()


def by_attribute(kinds: Mapping[str, Kind]) -> Fields:
    """Return fields that are attributes."""
    return Fields(kinds, lambda record, name: getattr(record, name, MISSING), attrgetter)


def by_key(kinds: Mapping[str, Kind]) -> Fields:
    """Return fields that are keys of a dictionary."""
    return Fields(kinds, lambda record, name: record.get(name, MISSING), itemgetter)


def set_field(record: Any, name: str, value: Any) -> None:
    """Set a field of a state, also of one that is frozen."""
    if isinstance(record, dict):
        record[name] = value
    elif isinstance(record, BaseModel) and name in type(record).model_fields:
        vars(record)[name] = value
        record.__pydantic_fields_set__.add(name)
    elif isinstance(record, BaseModel) and name in record.__private_attributes__:
        private = record.__pydantic_private__
        if private is None:
            private = {}
            object.__setattr__(record, "__pydantic_private__", private)
        private[name] = value
    else:
        object.__setattr__(record, name, value)


def dataclass_of(kind: type[Any], shape: str, fields: Fields) -> Kind:
    """Return the kind of the instances of a dataclass, which may be frozen or slotted."""
    defaults = {field.name: _default_of(field) for field in dataclasses.fields(kind)}
    return _made_anew(kind, shape, fields, defaults, object.__setattr__, _table_of(kind, fields))


def _default_of(field: dataclasses.Field[Any]) -> Callable[[], Any] | None:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory
    if field.default is not dataclasses.MISSING:
        return lambda: field.default
    return None


def _table_of(
    kind: type[Any], fields: Fields, fits: Callable[[Any], bool] | None = None
) -> Table | None:
    """Return how many records of a class are written at once, if they have fields."""
    return Table(kind, fields.kinds, fields.all, fits) if fields.names else None


def _omit(value: Any) -> Any:
    return OMITTED


def _made_anew(
    kind: type[Any],
    shape: str,
    fields: Fields,
    defaults: Mapping[str, Callable[[], Any] | None],
    put: Callable[[Any, str, Any], None],
    table: Table | None,
) -> Kind:
    def write(value: Any) -> Any:
        if type(value) is not kind:
            raise unstorable(value, shape)
        return fields.write(value)

    def read(written: Any, before: Any) -> Any:
        before = before if type(before) is kind else None
        values = fields.read(written, before)
        made = object.__new__(kind)
        for name, default in defaults.items():
            put(made, name, _value(name, values, default, fields, before, shape))
        return made

    return Kind(shape, write, read, _has(kind, fields), table=table)


def _value(
    name: str,
    values: Mapping[str, Any],
    default: Callable[[], Any] | None,
    fields: Fields,
    before: Any,
    shape: str,
) -> Any:
    """Return what a field is to hold: what was stored, what it holds now, or its default."""
    if name in values:
        return values[name]
    now = fields.now(before, name)
    if now is not MISSING:
        return now
    if default is None:
        raise UnfitError(f"{name} of {shape} is missing, and has no default")
    return default()


def _has(kind: type[Any], fields: Fields) -> Callable[[Any], bool]:
    def has(value: Any) -> bool:
        return type(value) is kind and all(
            now is MISSING or part.has(now)
            for name, part in fields.kinds.items()
            for now in (fields.now(value, name),)
        )

    return has


def model_of(kind: type[BaseModel], shape: str, fields: Fields, private: Fields) -> Kind:
    """Return the kind of the instances of a pydantic model, with its private attributes.

    Args:
        kind: The model.
        shape: Its shape.
        fields: Its fields.
        private: Its private attributes.
    """
    infos = kind.model_fields
    every = set(infos)

    def write(value: Any) -> Any:
        if type(value) is not kind:
            raise unstorable(value, shape)
        written = fields.write(value)
        written.update(private.write(value))
        if value.model_extra:
            written[_EXTRA] = ANY.write(value.model_extra)
        if value.model_fields_set != every:
            written[_SET] = sorted(value.model_fields_set)
        return written

    def read(written: Any, before: Any) -> Any:
        before = before if type(before) is kind else None
        values = fields.read(written, before)
        hidden = private.read(written, before)
        made = kind.__new__(kind)
        attributes: dict[str, Any] = {}
        for name, info in infos.items():
            default = None if info.is_required() else _model_default(info)
            attributes[name] = _value(name, values, default, fields, before, shape)
        extra: Any = written.get(_EXTRA, {}) if kind.model_config.get("extra") == "allow" else None
        put = object.__setattr__
        put(made, "__dict__", attributes)
        put(made, "__pydantic_fields_set__", set(written.get(_SET, every)))
        put(made, "__pydantic_extra__", extra)
        for name, attribute in kind.__private_attributes__.items():
            if name not in hidden:
                value = attribute.get_default()
                if not _is_undefined(value):
                    hidden[name] = value
        put(made, "__pydantic_private__", hidden if kind.__private_attributes__ else None)
        return made

    def is_plain(value: Any) -> bool:
        return value.__pydantic_fields_set__ == every

    has_more = private.kinds or kind.model_config.get("extra") == "allow"
    table = None if has_more else _table_of(kind, fields, is_plain)
    return Kind(shape, write, read, _has(kind, fields), table=table)


def _model_default(info: Any) -> Callable[[], Any]:
    return lambda: info.get_default(call_default_factory=True, validated_data={})


def _is_undefined(value: Any) -> bool:
    return type(value).__name__ == "PydanticUndefinedType"


def typed_dict_of(shape: str, fields: Fields, required: frozenset[str]) -> Kind:
    """Return the kind of dictionaries with named fields.

    Args:
        shape: Its shape.
        fields: Its fields.
        required: The names of those that must be there.
    """
    names = set(fields.names)

    def write(value: Any) -> Any:
        if type(value) is not dict:
            raise unstorable(value, shape)
        return fields.write(value)

    def read(written: Any, before: Any) -> Any:
        made = fields.read(written, before if type(before) is dict else None)
        missing = required - made.keys()
        if missing:
            raise UnfitError(f"{min(missing)} of {shape} is missing")
        return made

    def has(value: Any) -> bool:
        if type(value) is not dict:
            return False
        found = cast("dict[str, Any]", value)
        return required <= found.keys() <= names and all(
            fields.kinds[name].has(each) for name, each in found.items()
        )

    return Kind(shape, write, read, has)


def named_tuple_of(kind: Any, shape: str, items: Mapping[str, Kind]) -> Kind:
    """Return the kind of the instances of a named tuple."""
    parts = tuple(items.values())

    def write(value: Any) -> Any:
        if type(value) is not kind:
            raise unstorable(value, shape)
        return [part.write(each) for part, each in zip(parts, value, strict=True)]

    def read(written: Any, before: Any) -> Any:
        if type(written) is not list or len(cast("list[Any]", written)) != len(parts):
            raise UnfitError(f"{written!r:.80} is no {shape}")
        each = zip(parts, cast("list[Any]", written), strict=True)
        return kind._make([part.read(value, None) for part, value in each])

    def has(value: Any) -> bool:
        return type(value) is kind and all(
            part.has(each) for part, each in zip(parts, value, strict=True)
        )

    return Kind(shape, write, read, has)
