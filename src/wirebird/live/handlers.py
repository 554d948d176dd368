"""`@event` and `@info`: which methods of a view the outside can call, and with what.

A class is read once. Only marked methods are found, and every mistake in them is said then.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType, MappingProxyType
from typing import Any, Protocol, TypeVar, cast, get_origin, is_typeddict, overload

from wirebird.live.binding import Binder, Sources
from wirebird.live.depends import call, call_in_thread, is_async, unwrap
from wirebird.live.signature import (
    BindingDefinitionError,
    ViewDefinitionError,
    annotation_of,
    arms_of,
    parameters_of,
    place,
)

__all__ = [
    "BindingDefinitionError",
    "EventHandler",
    "Handlers",
    "InfoHandler",
    "ViewDefinitionError",
    "call",
    "event",
    "info",
    "is_async",
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
    return lambda function: _mark_event(function, names)  # pyright: ignore[reportUnknownLambdaType]


def _mark_event(marked: Any, names: tuple[str, ...]) -> Any:
    function = _function_of(marked, "event")
    chosen = names or (function.__name__,)
    for name in chosen:
        if not name or name.isspace():
            raise ViewDefinitionError(
                f"@event on {function.__qualname__} ({place(function)}): a name is empty; "
                f'write @event or @event("{function.__name__}")'
            )
        if name.startswith(_RESERVED):
            raise ViewDefinitionError(
                f'@event("{name}") on {function.__qualname__} ({place(function)}): names beginning '
                f'with "{_RESERVED}" belong to the client; choose another'
            )
    earlier = vars(function).get(_NAMES, ())
    every = tuple(dict.fromkeys((*chosen, *earlier)))
    setattr(function, _NAMES, every)
    setattr(function, _FIRST_NAME, every[0])
    return marked


@overload
def info(function: F, /) -> F: ...
@overload
def info(*types: type[Any]) -> _Decorator: ...
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
    if len(types) == 1 and not isinstance(types[0], type) and inspect.isroutine(types[0]):
        return _mark_info(types[0], ())
    return lambda function: _mark_info(function, types)  # pyright: ignore[reportUnknownLambdaType]


def _mark_info(marked: Any, types: tuple[Any, ...]) -> Any:
    function = _function_of(marked, "info")
    classes = tuple(kind for given in types for kind in _message_types(given, function))
    setattr(function, _TYPES, (*classes, *vars(function).get(_TYPES, ())))
    return marked


def _function_of(marked: Any, decorator: str) -> FunctionType:
    function = marked.__func__ if isinstance(marked, staticmethod | classmethod) else marked
    if not isinstance(function, FunctionType):
        raise ViewDefinitionError(
            f"@{decorator} goes on a method (def or async def), not on {marked!r}"
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise ViewDefinitionError(
            f"@{decorator} on {function.__qualname__} ({place(function)}): "
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
                f"@info on {function.__qualname__} ({place(function)}): {arm!r} is not a class that "
                "a message can be an instance of; use a dataclass"
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

    def bound(self, view: object) -> Callable[..., Any]:
        """The method of this view."""
        return self.descriptor.__get__(view, type(view))

    async def _run(self, view: object, sources: Sources, *leading: Any) -> Any:
        function = self.descriptor.__get__(view, type(view))
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

    def __init__(self, cls: type[Any]) -> None:
        self._owner = cls.__name__
        self._known = _handlers_of_bases(cls)
        self._nearest: dict[type[Any], InfoHandler | None] = {}
        events: dict[str, EventHandler] = {}
        infos: dict[type[Any], InfoHandler] = {}
        for attribute, names, types in _marks(cls):
            descriptor = inspect.getattr_static(cls, attribute)
            if names:
                handler = self._event_handler(cls, attribute, descriptor, names)
                for name in names:
                    events.setdefault(name, handler)
            if types is not None:
                taker = self._info_handler(cls, attribute, descriptor, types)
                for kind in taker.types:
                    infos.setdefault(kind, taker)
        self.events: Mapping[str, EventHandler] = MappingProxyType(events)
        self.infos: Mapping[type[Any], InfoHandler] = MappingProxyType(infos)
        _check_claims(cls, self.events, self.infos)

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
