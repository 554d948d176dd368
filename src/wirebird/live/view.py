"""`LiveView`: what a page does, and what it has in common with a component.

The rule: a view is behaviour, `self.state` is data, `self.socket` is the wire. Mistakes in a view
are found when its class is made, not at its hundredth click.
"""

from __future__ import annotations

import dataclasses
import dis
import inspect
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, Generic, Literal, TypeAlias, cast, is_typeddict
from weakref import WeakValueDictionary

from typing_extensions import TypeVar

from wirebird.binding.binding import Binder
from wirebird.binding.signature import source_of
from wirebird.concurrency import is_async
from wirebird.forms.form import form_fields
from wirebird.live.errors import ViewDefinitionError
from wirebird.live.generics import argument_of, is_open, plain_class
from wirebird.live.handlers import Handlers
from wirebird.live.presence import take_metas
from wirebird.live.socket import Socket
from wirebird.live.stream import StreamFields

State = TypeVar("State", default=Any)

views: WeakValueDictionary[str, type[LiveView[Any]]] = WeakValueDictionary()
"""All classes of views by the names that stand in signed tokens."""

RESERVED_NAMES = frozenset(
    {
        "flash", "live_action", "socket", "uploads", "url", "myself", "js", "JS",
        "link", "live_render", "live_component", "live_title", "csrf_token", "self", "loop",
        "caller", "super", "ui",
    }
)  # fmt: skip


Durable: TypeAlias = bool | Literal["always"]
"""Whether a state is stored: soon, or before anybody sees it."""

Source = Literal["render", "html", "template"]
_SOURCES: tuple[Source, ...] = ("render", "html", "template")


class Definition:
    """What is known of a view's class once it is made.

    Attributes:
        name: Where the class is: `module:Class`. Stands in tokens, so that a join can name only
            views that the application serves.
        state_class: The class of `self.state`.
        make_state: Makes the state when `mount` does not; None if it cannot be made.
        handlers: The methods marked `@event` and `@info`.
        callbacks: The binders of the callbacks that take parameters, such as `mount`.
        streams: The state's fields that may hold streams; None when there are none.
    """

    __slots__ = (
        "callbacks",
        "handle_event",
        "handle_info",
        "handlers",
        "make_state",
        "name",
        "state_class",
        "streams",
        "terminate",
    )

    def __init__(self, view: type[Live[Any]], stages: Mapping[str, Any]) -> None:
        self.name = f"{view.__module__}:{view.__qualname__}"
        self.handlers = Handlers.of(view)
        self.state_class = _state_class(view)
        _check_names(view, plain_class(self.state_class))
        self.make_state = _state_maker(view, self.state_class)
        self.streams = StreamFields.of(plain_class(self.state_class))
        take_metas(plain_class(self.state_class))
        self.callbacks = {
            name: Callback(view, name, stage)
            for name, stage in stages.items()
            if hasattr(view, name)
        }
        self.handle_event = _plain(view, "handle_event")
        self.handle_info = _plain(view, "handle_info")
        self.terminate = _plain(view, "terminate")


class Callback:
    """`mount` or `handle_params` of a class: the function and what fills its parameters."""

    __slots__ = ("binder", "is_async", "name")

    def __init__(self, view: type[Any], name: str, stage: Any) -> None:
        function = getattr(view, name)
        self.name = name
        self.is_async = is_async(function)
        self.binder = Binder(function, owner=view.__name__, stage=stage, scope=vars(view))


def _plain(view: type[Any], name: str) -> bool | None:
    """Return whether a callback is asynchronous, None when the class does not have it."""
    function = getattr(view, name, None)
    return None if function is None else is_async(function)


def _state_class(view: type[Any]) -> Any:
    state = argument_of(view, Live)
    return SimpleNamespace if state is Any or isinstance(state, TypeVar) else state


def _state_maker(view: type[Any], state_class: Any) -> Any:
    state = plain_class(state_class)
    if isinstance(state, str) or not callable(state):
        raise ViewDefinitionError(
            f"{view.__name__} ({_where(view)}): the state {state!r} must be the class itself;"
            " define the state above the view"
        )
    if is_typeddict(state):
        return dict
    try:
        inspect.signature(state).bind()
    except ValueError:
        return state
    except TypeError as error:
        forms = form_fields(state_class)
        with suppress(TypeError):
            if forms:
                inspect.signature(state).bind(**forms)
                return lambda: state(**{name: make() for name, make in forms.items()})
        if _sets_state(view) or is_open(state_class):
            return None
        raise ViewDefinitionError(
            f"{view.__name__} ({_where(view)}): its state cannot be made without arguments"
            f" ({error}); give {state.__name__}'s fields defaults, or set self.state in mount"
        ) from None
    return state


def _sets_state(view: type[Any]) -> bool:
    """Tell whether `mount` sets the state, itself or by calling the one that it overrides."""
    mounts = [vars(kind)["mount"] for kind in view.__mro__ if "mount" in vars(kind)]
    for mount in mounts:
        code = getattr(inspect.unwrap(mount), "__code__", None)
        if code is None:
            return False
        if any(
            step.opname == "STORE_ATTR" and step.argval == "state"
            for step in dis.get_instructions(code)
        ):
            return True
        if "super" not in code.co_names:
            return False
    return False


def markup_source(view: type[Any]) -> Source | None:
    """Return where the markup of a view comes from, as the nearest class says.

    Returns:
        None for a file that is named as the class.
    """
    for kind in view.__mro__:
        for name in _SOURCES:
            if vars(kind).get(name) is not None:
                return name
    return None


def _check_names(view: type[Any], state: Any) -> None:
    if markup_source(view) == "render":
        return  # a t-string has Python's own names
    if dataclasses.is_dataclass(state):
        fields = {field.name for field in dataclasses.fields(state)}
    else:
        fields = set(cast("dict[str, Any]", getattr(state, "__annotations__", {})))
    reserved = RESERVED_NAMES if hasattr(view, "__place__") else RESERVED_NAMES - {"myself"}
    hidden = sorted(fields & reserved)
    if hidden:
        owner: str = getattr(state, "__name__", "its state")
        raise ViewDefinitionError(
            f"{view.__name__} ({_where(view)}): {owner}.{hidden[0]} would hide what"
            f" templates know as {hidden[0]!r}; give the field another name"
        )


def _where(view: type[Any]) -> str:
    for member in vars(view).values():
        if inspect.isfunction(member):
            return source_of(member)
    return view.__module__


class Live(Generic[State]):
    """What views and components share: a state, a socket, and where their HTML comes from.

    Attributes:
        template: The name of the Jinja file, beside the module or in a template folder. Without
            it, the file is named as the class (`CounterView` -> `counter.html`) or the module.
        html: The Jinja source itself, for applications in one file.
        temporary: Fields of the state that are dropped once they were shown; the page keeps what
            they showed until they are set again.
        scripts: JavaScript modules that the pages load which can show it: files beside the module,
            or URLs. Those beside it under its template's name need not be named.
        styles: Their style sheets.
        scoped: Whether its style sheets reach no further than its own template.
        durable: Whether its state is kept in the application's store, to go on from on any machine:
            True saves it within 50 ms, "always" before the page sees it. None as what is around it:
            a component as its view, a view as its live session or the view in whose page it stands.
        keep_fitting_state: Whether, when the state's class has changed, the fields that still fit
            are kept; else it then begins anew.
    """

    template: ClassVar[str | None] = None
    html: ClassVar[str | None] = None
    temporary: ClassVar[tuple[str, ...]] = ()
    scripts: ClassVar[Sequence[str | Path]] = ()
    styles: ClassVar[Sequence[str | Path]] = ()
    scoped: ClassVar[bool] = False
    durable: ClassVar[Durable | None] = None
    keep_fitting_state: ClassVar[bool] = False
    definition: ClassVar[Definition]

    _stages: ClassVar[Mapping[str, Any]] = {}

    state: State
    socket: Socket

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.definition = Definition(cls, cls._stages)

    def __init__(self, socket: Socket) -> None:
        self.socket = socket.of(self)
        make = type(self).definition.make_state
        if make is not None:
            self.state = make()


class LiveView(Live[State]):
    """A live page.

    Write what it needs of these; all may be `def` (run in a thread) or `async def`:

    - `mount(self, ...)`: once per connection; parameters from path, query, session, dependencies.
    - `handle_params(self, ...)`: after mount and whenever the URL is patched.
    - `handle_event(self, event, payload)`: events that no `@event` method claims.
    - `handle_info(self, message)`: messages that no `@info` method claims.
    - `handle_async(self, name, outcome)`: what came of background work that named no `then`.
    - `render(self)`: a t-string, when there is no template file.
    - `handle_return(self, ...)`: when its page is back whose line was lost; parameters as in mount.
    - `terminate(self, reason)`: at the end, whatever ended it.

    Attributes:
        layout: The live layout around the view; None for none. Else the application's.
        keep_first_render: For how many seconds the view that was mounted for the page's HTML waits
            for the page's socket, which takes it over: `mount` runs once. 0 mounts it twice. Else
            the application's word.
        pause_after: After how many seconds out of sight, or without anybody using it, a page of
            this durable view is paused: stored, and ended until somebody looks at it or uses it.
            One in sight whose views subscribe, have timers or track presence goes on. 0 never
            pauses it. Else the application's word.
        linger: How long the view is kept when its page's line is lost, in seconds; 0 ends it at
            once. Else the application's.

    Example:
        ```python
        class CounterView(LiveView[Counter]):
            @event
            async def increment(self, by: int = 1) -> None:
                self.state.count += by
        ```
    """

    layout: ClassVar[Any] = ...
    keep_first_render: ClassVar[float | None] = None
    pause_after: ClassVar[float | None] = None
    linger: ClassVar[float | None] = None

    _stages: ClassVar[Mapping[str, Any]] = {
        "mount": "mount",
        "handle_params": "params",
        "handle_return": "mount",
    }

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        views[cls.definition.name] = cls
