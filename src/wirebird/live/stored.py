"""`StoredFields`: what of a state is kept in a store, and how it is filled in again.

The rule: a field that cannot come back as exactly what it was is an error when its view is defined,
and a state is filled in as a whole or not at all, unless its view takes what still fits.
"""

from __future__ import annotations

import hashlib
from types import SimpleNamespace
from typing import Annotated, Any, TypeVar, cast, get_origin

from pydantic import BaseModel

from wirebird.live.errors import ViewDefinitionError
from wirebird.live.storing.annotations import TRANSIENT, Types, is_record
from wirebird.live.storing.kinds import OMITTED, Kind, UnfitError, UnstorableError
from wirebird.live.storing.parts import part_of
from wirebird.live.storing.records import Fields, by_attribute, set_field

T = TypeVar("T")

Transient = Annotated[T, TRANSIENT]
"""Marks a field of a state that is not stored: `timer: Transient[Timer | None] = None`.

In a view that is restored it holds what `mount` put into it.

Example:
    ```python
    @dataclass
    class Board:
        cards: list[Card] = field(default_factory=list)
        cursor: Transient[Cursor | None] = None
    ```
"""

_SHAPE = ""  # no field has this name


class UnstorableState(ViewDefinitionError):
    """A state cannot be kept in a store, and its view is durable.

    Attributes:
        state: The state's class.
        field: The field that cannot be, or "" if nothing of it can.
    """

    def __init__(self, message: str, state: type[Any], field: str = "") -> None:
        super().__init__(message)
        self.state = state
        self.field = field


class StoredFields:
    """The fields of a state's class that are stored: all but those marked `Transient`.

    Attributes:
        shape: A text that changes when the names or the types of the fields do.

    Example:
        ```python
        stored = StoredFields.of(Counter)
        dumped = stored.dump(Counter(3))     # JSON values
        state = Counter()
        stored.fill(state, dumped)           # True; state == Counter(3)
        ```
    """

    __slots__ = ("_fields", "_name", "shape")

    def __init__(self, name: str, fields: Fields) -> None:
        self._name = name
        self._fields = fields
        self.shape = hashlib.sha256(fields.shape.encode()).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"<StoredFields of {self._name}>"

    @classmethod
    def of(cls, state_class: Any, owner: str = "") -> StoredFields | OpenFields:
        """Return the stored fields of a dataclass, a pydantic model or a TypedDict.

        Args:
            state_class: The class, with its arguments if it is generic; `SimpleNamespace` for the
                state of a view that names none.
            owner: The view's or component's name, for errors.

        Raises:
            UnstorableState: A field can neither be stored nor is marked `Transient`.
        """
        if state_class is SimpleNamespace or state_class is Any:
            return OpenFields()
        kind: Any = get_origin(state_class) or state_class
        name: str = getattr(kind, "__name__", str(kind))
        if not is_record(kind) or issubclass(kind, tuple):
            raise UnstorableState(
                f"{owner or name}: the state {name} cannot be stored, as only a dataclass, a"
                " pydantic model or a TypedDict says what its fields are",
                cast("type[Any]", kind),
            )
        types = Types(part_of)
        try:
            fields = types.fields_of(state_class)
            if issubclass(kind, BaseModel):
                private = types.private_of(kind)
                fields = by_attribute({**fields.kinds, **private.kinds})
        except UnstorableError as error:
            raise _refused(owner, kind, str(error)) from error
        return cls(name, fields)

    def dump(self, state: Any) -> dict[str, Any]:
        """Return what is stored of a state, as JSON values.

        Raises:
            UnstorableError: A field holds something that its annotation does not allow.
        """
        try:
            written = self._fields.write(state)
        except UnstorableError as error:
            raise UnstorableError(f"{self._name}.{error}") from error
        written[_SHAPE] = self.shape
        return written

    def fill(self, state: Any, dumped: Any, keep_fitting: bool = False) -> bool:
        """Fill what was stored into a state that `mount` has made.

        Args:
            state: The state; what was not stored stays in it.
            dumped: What `dump` returned, here or elsewhere.
            keep_fitting: Whether the fields that fit are filled in when others do not.

        Returns:
            Whether something was; if not, the state is as it was.
        """
        if type(dumped) is not dict:
            return False
        found = cast("dict[str, Any]", dumped)
        if not keep_fitting and found.get(_SHAPE) != self.shape:
            return False
        values: dict[str, Any] = {}
        for name in self._fields.names:
            if name in found:
                try:
                    values[name] = self._fields.read_one(name, found[name], state)
                except UnfitError:
                    if not keep_fitting:
                        return False
        for name, value in values.items():
            set_field(state, name, value)
        return bool(values) or found.get(_SHAPE) == self.shape


class OpenFields:
    """What is stored of a state whose class is not said: whatever it has.

    The rule: it holds JSON values, forms and streams, or it cannot be stored.
    """

    __slots__ = ()

    shape = "open"

    def dump(self, state: Any) -> dict[str, Any]:
        """Return what a state has, as JSON values.

        Raises:
            UnstorableError: It holds something else.
        """
        written: dict[str, Any] = {_SHAPE: self.shape}
        for name, value in cast("dict[str, Any]", vars(state)).items():
            try:
                found = _kind_of(value).write(value)
            except UnstorableError as error:
                raise UnstorableError(
                    f"state.{name} {error}; give the view a state class that says its type"
                ) from error
            if found is not OMITTED:
                written[name] = found
        return written

    def fill(self, state: Any, dumped: Any, keep_fitting: bool = False) -> bool:
        """Fill what was stored into a state that `mount` has made.

        Args:
            state: The state.
            dumped: What `dump` returned.
            keep_fitting: Whether the fields that fit are filled in when others do not.

        Returns:
            Whether something was; if not, the state is as it was.
        """
        if type(dumped) is not dict or cast("dict[str, Any]", dumped).get(_SHAPE) != self.shape:
            return False
        values: dict[str, Any] = {}
        for name, written in cast("dict[str, Any]", dumped).items():
            if name != _SHAPE:
                before = getattr(state, name, None)
                try:
                    values[name] = _kind_of(before).read(written, before)
                except UnfitError:
                    if not keep_fitting:
                        return False
        for name, value in values.items():
            set_field(state, name, value)
        return True


def _kind_of(value: Any) -> Kind:
    types = Types(part_of)
    return part_of(types, cast(Any, type(value)), ()) or types.kind_of(Any)


def _refused(owner: str, kind: type[Any], why: str) -> UnstorableState:
    field, state = why.partition(":")[0].partition(".")[0], kind.__name__
    return UnstorableState(
        f"{owner or state}: {state}.{why}, so it cannot be kept in a store; write"
        f" {field}: Transient[...], and let mount make it",
        kind,
        field,
    )


__all__ = ["OpenFields", "StoredFields", "Transient", "UnstorableError", "UnstorableState"]
