"""`@event` and `@info`: which methods of a view the outside can call, and with what.

A class is read once. Only marked methods are found, and every mistake in them is said then.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType, MappingProxyType, UnionType
from typing import Any, Protocol, TypeVar, cast, get_origin, overload

from typing_extensions import is_typeddict

from wirebird.binding.binding import Binder, Sources
from wirebird.binding.signature import (
    annotation_of,
    arms_of,
    parameters_of,
    source_of,
)
from wirebird.concurrency import call_in_thread, is_async
from wirebird.live.errors import ViewDefinitionError

__all__ = [
    "EventHandler",
    "Handlers",
    "InfoHandler",
    "event",
    "info",
]

F = TypeVar("F", bound=Callable[..., Any])

_NAMES = "__wirebird_events__"
_FIRST_NAME = "__wirebird_event__"
_TYPES = "__wirebird_infos__"
_CACHE = "__wirebird_handlers__"
_RESERVED = "lv:"


class _Decorator(Protocol):
    def __call__(self, function: F, /) -> F: ...


@overload
def event(function: F, /) -> F: ...
@overload
def event(*names: str) -> _Decorator: ...
def event(*names: Any) -> Any:
    """Let the page call a method: `phx-click="increment"` calls `increment`.

    The method's parameters are filled by name from the event's payload. On Python 3.14 a t-string
    can name the method itself: `phx-click={self.increment}`.

    Args:
        names: The events' names, where they are not the method's; a t-string uses the first.

    Raises:
        ViewDefinitionError: It is not on a function, or a name is empty or reserved.

    Example:
        ```python
        @event
        async def increment(self, by: int = 1) -> None: ...

        @event("save", "save-and-close")
        async def save(self, user: Signup, event: str) -> None: ...
        ```
    """
    if len(names) == 1 and not isinstance(names[0], str):
        return _mark_event(names[0], ())
    if wrong := [name for name in names if not isinstance(name, str)]:
        raise ViewDefinitionError(f'@event takes names, as in @event("save"), not {wrong[0]!r}')

    def decorate(function: Any) -> Any:
        return _mark_event(function, names)

    return decorate


def _mark_event(marked: Any, names: tuple[str, ...]) -> Any:
    function = _function_of(marked, "event")
    chosen = names or (function.__name__,)
    for name in chosen:
        if not name or name.isspace():
            raise ViewDefinitionError(
                f"@event on {function.__qualname__} ({source_of(function)}): a name is empty; "
                f'write @event or @event("{function.__name__}")'
            )
        if name.startswith(_RESERVED):
            raise ViewDefinitionError(
                f'@event("{name}") on {function.__qualname__} ({source_of(function)}): names '
                f'beginning with "{_RESERVED}" belong to the client; choose another'
            )
    earlier = vars(function).get(_NAMES, ())
    every = tuple(dict.fromkeys((*chosen, *earlier)))
    setattr(function, _NAMES, every)
    setattr(function, _FIRST_NAME, every[0])
    return marked


@overload
def info(*types: type[Any] | UnionType) -> _Decorator: ...
@overload
def info(function: F, /) -> F: ...
def info(*types: Any) -> Any:
    """Let a method take messages: what is broadcast, sent, or scheduled for the view.

    The type of message is the annotation of the method's first parameter, or what the decorator is
    given. A message goes to the handler of the class nearest to it in its inheritance.

    Args:
        types: The messages' classes, where the annotation does not tell.

    Raises:
        ViewDefinitionError: It is not on a function, or an argument is no class.

    Example:
        ```python
        @info
        async def on_said(self, message: Said) -> None: ...
        ```
    """
    if names := [given for given in types if isinstance(given, str)]:
        raise ViewDefinitionError(
            f"@info chooses by the class of a message, not by a name as {names[0]!r}: write"
            " @info alone, and annotate the method's parameter with a class, such as a"
            " @dataclass(frozen=True)"
        )
    if len(types) == 1 and not isinstance(types[0], type) and get_origin(types[0]) is None:
        return _mark_info(types[0], ())

    def decorate(function: Any) -> Any:
        return _mark_info(function, types)

    return decorate


def _mark_info(marked: Any, types: tuple[Any, ...]) -> Any:
    function = _function_of(marked, "info")
    classes = tuple(kind for given in types for kind in _message_types(given, function))
    setattr(function, _TYPES, (*classes, *vars(function).get(_TYPES, ())))
    return marked


def _function_of(marked: Any, decorator: str) -> FunctionType:
    function = _plain_function(marked)
    if function is None:
        raise ViewDefinitionError(
            f"@{decorator} goes on a method (def or async def), not on {marked!r}"
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise ViewDefinitionError(
            f"@{decorator} on {function.__qualname__} ({source_of(function)}): "
            "a handler cannot yield; remove the yield"
        )
    return function


def _message_types(annotation: Any, function: FunctionType) -> list[type[Any]]:
    found: list[type[Any]] = []
    arms, nullable = arms_of(annotation)
    for arm in (*arms, *((type(None),) if nullable else ())):
        kind = get_origin(arm) or arm
        if not isinstance(kind, type) or is_typeddict(kind) or getattr(kind, "_is_protocol", False):
            raise ViewDefinitionError(
                f"@info on {function.__qualname__} ({source_of(function)}): {arm!r} is not a class "
                "that a message can be an instance of; use a dataclass"
            )
        found.append(kind)
    return found


@dataclass(frozen=True, slots=True)
class _Handler:
    attribute: str
    descriptor: Any
    function: Callable[..., Any]
    binder: Binder
    is_async: bool

    @property
    def identity(self) -> tuple[str, int]:
        return self.attribute, id(self.descriptor)

    @property
    def takes_nothing(self) -> bool:
        """Whether it is asynchronous and no parameter of it is to be filled."""
        return self.is_async and self.binder.is_empty

    def bound(self, view: object) -> Callable[..., Any]:
        """The method of this view."""
        return self.descriptor.__get__(view, type(view))

    async def _run(self, view: object, sources: Sources, *leading: Any) -> Any:
        function = self.bound(view)
        if not self.binder.is_simple:
            async with self.binder.resolve(sources) as arguments:
                if self.is_async:
                    return await function(*leading, **arguments)
                return await call_in_thread(function, *leading, **arguments)
        arguments = self.binder.bind(sources)
        if self.is_async:
            return await function(*leading, **arguments)
        return await call_in_thread(function, *leading, **arguments)


@dataclass(frozen=True, slots=True)
class EventHandler(_Handler):
    """A method marked `@event`.

    Attributes:
        names: The events that it handles.
        attribute: Its name in the class.
        descriptor: What stands in the class: the function, or a static or class method of it.
        function: The function.
        binder: Fills its parameters.
        is_async: Whether it is `async def`.
    """

    names: tuple[str, ...]

    async def run(self, view: object, sources: Sources) -> Any:
        """Bind and call the method.

        Returns:
            What the handler returns.

        Raises:
            BindingError: The payload does not fit; the handler has not been called.
        """
        return await self._run(view, sources)


@dataclass(frozen=True, slots=True)
class InfoHandler(_Handler):
    """A method marked `@info`. Its message is passed by position.

    Attributes:
        types: The classes of messages that it handles.
        attribute: Its name in the class.
        descriptor: What stands in the class: the function, or a static or class method of it.
        function: The function.
        binder: Fills the parameters after the message.
        is_async: Whether it is `async def`.
    """

    types: tuple[type[Any], ...]

    async def run(self, view: object, message: object, sources: Sources) -> Any:
        """Bind the other parameters and call the method with `message`.

        Returns:
            What the handler returns.

        Raises:
            BindingError: A parameter cannot be filled; the handler has not been called.
        """
        return await self._run(view, sources, message)


class Handlers:
    """The marked methods of a class, its bases' included.

    A method that overrides a marked one is marked like it, unless it has a mark of its own;
    `name = None` in a subclass takes the handler away.

    Attributes:
        events: The handlers by event name.
        infos: The handlers by class of message, as declared; `info_for` looks up.
    """

    def __init__(self, view: type[Any]) -> None:
        known_events: dict[tuple[str, int], EventHandler] = {}
        known_infos: dict[tuple[str, int], InfoHandler] = {}
        for base in view.__mro__[1:]:
            inherited: Handlers | None = base.__dict__.get(_CACHE)
            if inherited is not None:
                known_events |= {h.identity: h for h in inherited.events.values()}
                known_infos |= {h.identity: h for h in inherited.infos.values()}
        events: dict[str, EventHandler] = {}
        infos: dict[type[Any], InfoHandler] = {}
        methods = _methods_of(view)
        _check_claims(view, methods)
        for method in methods:
            identity = (method.attribute, id(method.descriptor))
            if method.names:
                handler = known_events.get(identity) or method.event_handler()
                for name in handler.names:
                    events.setdefault(name, handler)
            if method.types is not None:
                taker = known_infos.get(identity) or method.info_handler()
                for kind in taker.types:
                    infos.setdefault(kind, taker)
        self.events: Mapping[str, EventHandler] = MappingProxyType(events)
        self.infos: Mapping[type[Any], InfoHandler] = MappingProxyType(infos)
        self._nearest: dict[type[Any], InfoHandler | None] = {}

    @classmethod
    def of(cls, view: type[Any]) -> Handlers:
        """Read a class, or recall what was read.

        Raises:
            ViewDefinitionError: A mark is wrong: two methods of the class claim one event or one
                class of message, or an `@info` does not tell its type.
            BindingDefinitionError: A handler's signature cannot be bound.
        """
        found: Handlers | None = view.__dict__.get(_CACHE)
        if found is None:
            found = Handlers(view)
            setattr(view, _CACHE, found)
        return found

    def info_for(self, kind: type[Any]) -> InfoHandler | None:
        """The handler of messages of a class: that of the nearest class in its inheritance."""
        try:
            return self._nearest[kind]
        except KeyError:
            nearest = (self.infos[base] for base in kind.__mro__ if base in self.infos)
            found = self._nearest[kind] = next(nearest, None)
            return found


@dataclass(frozen=True, slots=True)
class _Method:
    """A marked method, as its class has it."""

    owner: type[Any]
    attribute: str
    descriptor: Any
    function: FunctionType
    names: tuple[str, ...]
    types: tuple[type[Any], ...] | None
    own: bool

    @property
    def is_method(self) -> bool:
        return not isinstance(self.descriptor, staticmethod)

    def event_handler(self) -> EventHandler:
        binder = Binder(
            self.function,
            owner=self.owner.__name__,
            stage="event",
            is_method=self.is_method,
            scope=vars(self.owner),
        )
        return EventHandler(
            self.attribute,
            self.descriptor,
            self.function,
            binder,
            is_async(self.function),
            self.names,
        )

    def info_handler(self) -> InfoHandler:
        binder = Binder(
            self.function,
            owner=self.owner.__name__,
            stage="info",
            is_method=self.is_method,
            leading=1,
            scope=vars(self.owner),
        )
        return InfoHandler(
            self.attribute,
            self.descriptor,
            self.function,
            binder,
            is_async(self.function),
            self.types or (),
        )


def _methods_of(view: type[Any]) -> list[_Method]:
    """The marked methods, those of the most derived class first, own marks before inherited."""
    found: dict[str, _Method | None] = {}
    for owner in view.__mro__:
        for attribute, descriptor in list(vars(owner).items()):
            names, types = _marks_of(descriptor, owner, attribute)
            if attribute in found or not (names or types is not None):
                continue
            nearest = next(base for base in view.__mro__ if attribute in vars(base))
            actual = vars(nearest)[attribute]
            function = _plain_function(actual)
            if function is None:
                found[attribute] = None
                continue
            own = nearest is owner
            if not own:
                _inherit_marks(function, names, types)
            if types == ():
                types = _annotated_types(nearest, attribute, actual, function)
            found[attribute] = _Method(nearest, attribute, actual, function, names, types, own)
    methods = [method for method in found.values() if method is not None]
    depths = {owner: depth for depth, owner in enumerate(view.__mro__)}
    return sorted(methods, key=lambda method: (depths[method.owner], not method.own))


def _plain_function(descriptor: Any) -> FunctionType | None:
    if isinstance(descriptor, staticmethod | classmethod):
        descriptor = cast(Any, descriptor).__func__
    return descriptor if isinstance(descriptor, FunctionType) else None


def _marks_of(
    descriptor: Any, owner: type[Any], attribute: str
) -> tuple[tuple[str, ...], tuple[type[Any], ...] | None]:
    function = _plain_function(descriptor)
    holder = descriptor.fget if isinstance(descriptor, property) else function or descriptor
    marks: Any = getattr(holder, "__dict__", None)
    if not isinstance(marks, dict) or not (_NAMES in marks or _TYPES in marks):
        return (), None
    if function is None:
        raise ViewDefinitionError(
            f"{owner.__name__}.{attribute} is marked @event or @info, but another decorator has "
            f"made {type(descriptor).__name__!r} of it; put the mark above that decorator, on a "
            "function"
        )
    known = cast("dict[str, Any]", marks)
    return known.get(_NAMES, ()), known.get(_TYPES)


def _annotated_types(
    owner: type[Any], attribute: str, descriptor: Any, function: FunctionType
) -> tuple[type[Any], ...]:
    where = f"{owner.__name__}.{attribute} ({source_of(function)})"
    parameters = parameters_of(function)
    parameters = parameters[not isinstance(descriptor, staticmethod) :]
    if not parameters or parameters[0].kind in (
        inspect.Parameter.VAR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    ):
        raise ViewDefinitionError(
            f"@info on {where}: it takes no message; add a parameter, annotated with its class"
        )
    try:
        annotation = annotation_of(parameters[0], function, vars(owner))
    except Exception as error:
        raise ViewDefinitionError(
            f"@info on {where}: the annotation of {parameters[0].name!r} cannot be evaluated "
            f"({error}). Define or import its class above the view, and not only under "
            "TYPE_CHECKING"
        ) from error
    if annotation is inspect.Parameter.empty or annotation is Any:
        raise ViewDefinitionError(
            f"@info on {where}: it does not tell the message's type; annotate "
            f"{parameters[0].name!r} with its class, or write @info(TheClass)"
        )
    return tuple(_message_types(annotation, function))


def _inherit_marks(
    function: FunctionType, names: tuple[str, ...], types: tuple[type[Any], ...] | None
) -> None:
    # So that a t-string can name the overriding method too.
    if names:
        setattr(function, _NAMES, names)
        setattr(function, _FIRST_NAME, names[0])
    if types is not None:
        setattr(function, _TYPES, types)


def _check_claims(view: type[Any], methods: list[_Method]) -> None:
    claims: dict[tuple[type[Any], object], _Method] = {}
    for method in methods:
        if not method.own:
            continue
        for claim in (*method.names, *(method.types or ())):
            other = claims.setdefault((method.owner, claim), method)
            if other.function is method.function:
                continue
            what = f'the event "{claim}"' if isinstance(claim, str) else f"messages of {claim!r}"
            raise ViewDefinitionError(
                f"{view.__name__}: {what} would go to two methods, "
                f"{other.attribute} ({source_of(other.function)}) and "
                f"{method.attribute} ({source_of(method.function)}); keep one or rename one"
            )
