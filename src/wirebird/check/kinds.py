"""What is known of a value by its annotation: its attributes, items and elements.

The rule: `UNKNOWN` is the answer to everything that an annotation does not settle, and `MISSING`
only where no value of that kind can have the attribute.
"""

from __future__ import annotations

import dis
import inspect
import typing
from abc import ABCMeta
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, EnumMeta
from functools import cache, cached_property
from types import (
    CodeType,
    FunctionType,
    GenericAlias,
    MemberDescriptorType,
    ModuleType,
    NoneType,
    SimpleNamespace,
    UnionType,
)
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

import typing_extensions
from msgspec import Struct
from pydantic import BaseModel

from wirebird.components.jinja import Library
from wirebird.forms.form import Form
from wirebird.forms.schema import FormDefinitionError, plan_of
from wirebird.html.js import JS
from wirebird.live.stream import Stream


class _Answer:
    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


UNKNOWN: Any = _Answer("UNKNOWN")
MISSING: Any = _Answer("MISSING")

_WRAPPERS: tuple[Any, ...] = (
    typing.ClassVar,
    typing.Final,
    typing.Required,
    typing.NotRequired,
    typing_extensions.Required,
    typing_extensions.NotRequired,
    typing_extensions.ReadOnly,
)
_ALIASES = tuple(
    {
        kind
        for module in (typing, typing_extensions)
        if isinstance(kind := getattr(module, "TypeAliasType", None), type)
    }
)
_METACLASSES = (type, ABCMeta, EnumMeta, type(BaseModel), type(Struct), type(typing.Protocol))
_BUILTINS: tuple[type[Any], ...] = (
    str, list, tuple, set, frozenset, int, float, bytes, Decimal
)  # fmt: skip
_STORE_ATTR = dis.opmap["STORE_ATTR"]
_DYNAMIC = ("__getattr__", "__getattribute__", "__getitem__", "__mapper__", "__class_getattr__")


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A value that is there before anything runs: a global of the templates."""

    value: Any


@dataclass(frozen=True, slots=True)
class Method:
    """A method, or a function, and what stands for the type variables in it."""

    function: Any
    given: tuple[tuple[Any, Any], ...] = ()


class Members:
    """What values have.

    Args:
        assigned: Names of attributes that some code of the application assigns to something.
    """

    def __init__(self, assigned: frozenset[str] = frozenset()) -> None:
        self._assigned = assigned

    def member(self, kind: Any, name: str) -> Any:
        """Return the kind of an attribute as Jinja takes it, `UNKNOWN` or `MISSING`."""
        kind = plain(kind)
        if kind is UNKNOWN:
            return UNKNOWN
        if isinstance(kind, Known):
            return self._of_value(kind.value, name)
        if isinstance(kind, Method):
            return UNKNOWN
        arms = arms_of(kind)
        if arms is not None:
            found = [self.member(arm, name) for arm in arms]
            if not found:
                return UNKNOWN
            there = [each for each in found if each is not MISSING]
            return same(there) if there else MISSING
        owner = get_origin(kind) or kind
        if not isinstance(owner, type):
            return UNKNOWN
        return self._of_class(owner, given_to(kind), name)

    def _of_value(self, value: Any, name: str) -> Any:
        static = inspect.getattr_static(value, name, MISSING)
        if isinstance(value, (Library, ModuleType)):
            if static is not MISSING:
                return Known(static)
            inside = value.__dict__
            return UNKNOWN if "__getattr__" in inside else MISSING
        kind = cast("type[Any]", type(value))
        if isinstance(value, type) or (static is not MISSING and not hasattr(kind, name)):
            return UNKNOWN
        return self.member(kind, name)

    def _of_class(self, owner: type[Any], given: tuple[tuple[Any, Any], ...], name: str) -> Any:
        if typing_extensions.is_typeddict(owner):
            if hasattr(dict, name):
                return UNKNOWN
            return hints_of(owner).get(name, MISSING)
        static = inspect.getattr_static(owner, name, MISSING)
        if static is not MISSING:
            return _of_attribute(owner, given, name, static)
        hints = hints_of(owner)
        if name in hints:
            return substituted(_mapped(hints[name]), dict(given))
        if given and isinstance(given[0][0], str):
            return given[1][1]
        if owner is Form:
            return _field_of(given, name)
        if name in self._assigned or name in _set_in(owner) or _is_open(owner):
            return UNKNOWN
        if owner.__module__ == "builtins" or owner in _BUILTINS:
            return MISSING
        has_more = any(self._subclass_has(each, name) for each in owner.__subclasses__())
        return UNKNOWN if has_more else MISSING

    def _subclass_has(self, owner: type[Any], name: str) -> bool:
        return self._of_class(owner, (), name) is not MISSING

    def names(self, kind: Any) -> list[str]:
        """Return the names of attributes, for those who ask what was meant."""
        kind = plain(kind)
        if isinstance(kind, Known):
            inside: dict[str, Any] = getattr(kind.value, "__dict__", {})
            return [name for name in inside if name[:1] != "_"]
        names: list[str] = []
        for arm in arms_of(kind) or [kind]:
            owner = get_origin(arm) or arm
            if not isinstance(owner, type):
                continue
            names += [name for name in (*hints_of(owner), *dir(owner)) if name[:1] != "_"]
            if issubclass(owner, Enum):
                names += ["name", "value"]
            elif issubclass(owner, Form):
                names += [name for model in get_args(arm) for name in hints_of(model)]
        return names

    def element(self, kind: Any) -> Any:
        """Return the kind of what a loop over a value gives."""
        kind = plain(kind)
        arms = arms_of(kind)
        if arms is not None:
            return same([self.element(arm) for arm in arms])
        owner, args = get_origin(kind) or kind, get_args(kind)
        if not isinstance(owner, type):
            return UNKNOWN
        if owner is Stream:
            return GenericAlias(tuple, (str, args[0] if args else UNKNOWN))
        if owner is str:
            return str
        if owner is tuple:
            return args[0] if len(args) == 2 and args[1] is ... else same(list(args))
        if args and _is_of_builtins(owner) and issubclass(owner, Iterable):
            return args[0]
        method = inspect.getattr_static(owner, "__iter__", None)
        if isinstance(method, FunctionType):
            returned = self.returned(Method(method, given_to(kind)))
            if get_args(returned) and _is_of_builtins(get_origin(returned)):
                return get_args(returned)[0]
        return UNKNOWN

    def item(self, kind: Any, key: Any = None) -> Any:
        """Return the kind of an item, by a key that is known or None."""
        kind = plain(kind)
        owner, args = get_origin(kind) or kind, get_args(kind)
        if not isinstance(owner, type):
            return UNKNOWN
        if typing_extensions.is_typeddict(owner):
            return hints_of(owner).get(key, UNKNOWN)
        if owner is tuple and isinstance(key, int) and args and ... not in args:
            return args[key] if -len(args) <= key < len(args) else UNKNOWN
        if not args or not _is_of_builtins(owner):
            return UNKNOWN
        if issubclass(owner, Mapping):
            return args[1] if len(args) == 2 else UNKNOWN
        return self.element(kind) if isinstance(key, int) else UNKNOWN

    def returned(self, kind: Any) -> Any:
        """Return the kind of what a call gives."""
        if isinstance(kind, Known):
            if isinstance(kind.value, type):
                return kind.value
            kind = Method(kind.value)
        if isinstance(kind, Method) and isinstance(kind.function, str):
            return _of_mapping(kind.function, *(each for _, each in kind.given))
        if not isinstance(kind, Method) or not isinstance(kind.function, FunctionType):
            return UNKNOWN
        if inspect.iscoroutinefunction(kind.function):
            return UNKNOWN
        hint = hints_of(kind.function).get("return", UNKNOWN)
        return substituted(hint, dict(kind.given))


def _of_mapping(method: str, key: Any, value: Any) -> Any:
    if method == "items":
        return GenericAlias(list, (GenericAlias(tuple, (key, value)),))
    if method in ("keys", "values"):
        return GenericAlias(list, (key if method == "keys" else value,))
    return value if method in ("get", "pop", "setdefault") else UNKNOWN


def _of_attribute(
    owner: type[Any], given: tuple[tuple[Any, Any], ...], name: str, static: Any
) -> Any:
    if given and isinstance(given[0][0], str):
        return Method(name, given)
    if isinstance(static, property):
        hints = {} if static.fget is None else hints_of(static.fget)
        return substituted(hints.get("return", UNKNOWN), dict(given))
    if isinstance(static, cached_property):
        found = hints_of(cast("cached_property[Any]", static).func)
        return substituted(found.get("return", UNKNOWN), dict(given))
    if isinstance(static, FunctionType):
        return Method(static, given)
    hint = hints_of(owner).get(name, UNKNOWN)
    is_descriptor = hasattr(cast("type[Any]", type(static)), "__get__")
    mapped = _mapped(hint)
    if is_descriptor and mapped is hint and not isinstance(static, MemberDescriptorType):
        return UNKNOWN
    return substituted(mapped, dict(given))


def _mapped(hint: Any) -> Any:
    """Return what an SQLAlchemy attribute holds."""
    if getattr(get_origin(hint), "__name__", "") == "Mapped":
        return get_args(hint)[0]
    return hint


def plain(kind: Any) -> Any:
    """Return a kind without what only tells more of it: `Annotated`, `Final`, aliases."""
    for _ in range(20):
        if isinstance(kind, _ALIASES):
            kind = kind.__value__
        elif get_origin(kind) is Annotated or get_origin(kind) in _WRAPPERS:
            kind = get_args(kind)[0]
        elif isinstance(kind, TypeVar):
            kind = UNKNOWN if kind.__bound__ is None else kind.__bound__
        elif isinstance(get_origin(kind), _ALIASES):
            return UNKNOWN
        elif hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        elif kind is None:
            return NoneType
        else:
            break
    if kind is Any or kind is object or kind is SimpleNamespace or isinstance(kind, str):
        return UNKNOWN
    return kind


def arms_of(kind: Any) -> list[Any] | None:
    """Return the kinds of a union without None, the types of literals; None for other kinds."""
    origin = get_origin(kind)
    if origin is Union or isinstance(kind, UnionType):
        return [arm for arm in map(plain, get_args(kind)) if arm is not NoneType]
    if origin is Literal:
        return [arm for arm in {value.__class__ for value in get_args(kind)} if arm is not NoneType]
    return [] if kind is NoneType else None


def same(kinds: list[Any]) -> Any:
    """Return the one kind that all are, or `UNKNOWN`."""
    kinds = [kind for kind in kinds if plain(kind) is not NoneType]
    first = kinds[0] if kinds else UNKNOWN
    return first if all(kind is first or kind == first for kind in kinds) else UNKNOWN


def given_to(kind: Any) -> tuple[tuple[Any, Any], ...]:
    """Return what stands for the type variables of a generic class."""
    owner = get_origin(kind)
    if owner is None:
        return ()
    parameters: tuple[Any, ...] = getattr(owner, "__parameters__", ())
    if _is_of_builtins(owner) and issubclass(owner, Mapping) and len(get_args(kind)) == 2:
        return (("key", get_args(kind)[0]), ("value", get_args(kind)[1]))
    return tuple(zip(parameters, get_args(kind), strict=False))


def substituted(hint: Any, given: Mapping[Any, Any]) -> Any:
    """Return an annotation with its type variables replaced; `UNKNOWN` where one is left."""
    if isinstance(hint, TypeVar):
        return given.get(hint, UNKNOWN)
    parameters: tuple[Any, ...] = getattr(hint, "__parameters__", ())
    if not parameters or isinstance(hint, type):
        return hint
    if not all(parameter in given for parameter in parameters):
        return UNKNOWN
    try:
        return hint[tuple(given[parameter] for parameter in parameters)]
    except Exception:
        return UNKNOWN


@cache
def hints_of(owner: Any) -> dict[str, Any]:
    """Return the annotations of a class or function; what cannot be evaluated is `UNKNOWN`."""
    try:
        return typing_extensions.get_type_hints(owner, include_extras=True)
    except Exception:
        kinds: tuple[Any, ...] = getattr(owner, "__mro__", (owner,))
        found: dict[str, Any] = {}
        for kind in reversed(kinds):
            try:
                own = typing_extensions.get_annotations(kind)
            except Exception:
                own = dict.fromkeys(_forward_names(kind), UNKNOWN)
            found.update({name: plain(hint) for name, hint in own.items()})
        return found


def _forward_names(owner: Any) -> Iterable[str]:
    """Return the names of annotations that cannot be evaluated, as on Python 3.14."""
    try:
        forward = typing_extensions.Format.FORWARDREF
        return list(typing_extensions.get_annotations(owner, format=forward))
    except Exception:
        return []


def _is_of_builtins(owner: Any) -> bool:
    module = getattr(owner, "__module__", "")
    return module in ("builtins", "collections", "collections.abc", "typing")


def _field_of(given: tuple[tuple[Any, Any], ...], name: str) -> Any:
    """Tell whether a form of a model has a field."""
    try:
        ((_, model),) = given
        plan = plan_of(model)
    except Exception:
        return UNKNOWN
    try:
        plan.field(name)
    except FormDefinitionError:
        is_known = isinstance(model, type) and not model.__subclasses__()
        return MISSING if is_known else UNKNOWN
    return UNKNOWN


@cache
def _is_open(owner: type[Any]) -> bool:
    """Tell whether values of a class may have attributes that nobody has declared."""
    if type(owner) not in _METACLASSES or owner is object:
        return True
    if inspect.isabstract(owner) or getattr(owner, "_is_protocol", False):
        return True
    if issubclass(owner, _BUILTINS):
        return owner.__module__ != "builtins" and _writes(owner)
    if issubclass(owner, Mapping):
        return True
    if owner is JS:
        return False
    for base in owner.__mro__[:-1]:
        if base is BaseModel or base.__module__.startswith(("typing", "pydantic.", "enum")):
            continue
        if any(name in vars(base) for name in _DYNAMIC) or _writes(base):
            return True
    return issubclass(owner, BaseModel) and owner.model_config.get("extra") == "allow"


def _writes(owner: type[Any]) -> bool:
    """Tell whether methods of a class set attributes by names that are computed."""
    return bool(_used_in(owner) & {"setattr", "__dict__", "__setattr__", "vars"}) and (
        "__dataclass_params__" not in vars(owner)
    )


@cache
def _set_in(owner: type[Any]) -> frozenset[str]:
    """Return the names that methods of a class use, among which are those that they set."""
    names: set[str] = set()
    for base in owner.__mro__[:-1]:
        names |= _used_in(base)
        names.update(each.name for each in getattr(base, "__attrs_attrs__", ()))
        names.update(getattr(base, "__struct_fields__", ()))
        names.update(getattr(base, "__private_attributes__", ()))
    return frozenset(names)


def _stored(code: CodeType) -> Iterator[str]:
    """Yield the names of the attributes that a function sets, quicker than `dis` tells them."""
    extended = 0
    for operation, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        argument = extended | low
        extended = argument << 8 if operation == dis.EXTENDED_ARG else 0
        if operation == _STORE_ATTR:
            yield code.co_names[argument]


@cache
def _used_in(owner: type[Any]) -> frozenset[str]:
    names: set[str] = set()

    def read(code: CodeType) -> None:
        names.update(_stored(code))
        names.update({"setattr", "__dict__", "__setattr__", "vars"} & set(code.co_names))
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                read(constant)

    if owner.__module__ == "builtins":
        return frozenset()
    for member in vars(owner).values():
        function = getattr(member, "__func__", getattr(member, "fget", member))
        if isinstance(function, cached_property):
            function = cast("cached_property[Any]", function).func
        code = getattr(inspect.unwrap(function) if callable(function) else function, "__code__", 0)
        if isinstance(code, CodeType) and code.co_filename != "<string>":
            read(code)
    return frozenset(names)
