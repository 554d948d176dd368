"""The annotations of this module are strings (`from __future__ import annotations`)."""

from __future__ import annotations

import functools
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar

import pytest
from pydantic import BaseModel
from typing_extensions import TypedDict

from wirebird.binding.binding import Sources
from wirebird.binding.depends import Depends
from wirebird.binding.errors import BindingDefinitionError, BindingError
from wirebird.live.errors import ViewDefinitionError
from wirebird.live.handlers import Handlers, event, info


class View:
    """Stands in for LiveView, which reads its subclasses in the same way."""

    def __init_subclass__(cls) -> None:
        Handlers.of(cls)


# @event


class Counter(View):
    def __init__(self) -> None:
        self.count = 0

    @event
    async def increment(self, by: int = 1) -> int:
        self.count += by
        return self.count

    @event("reset", "clear")
    def zero(self, event: str) -> tuple[str, int]:
        self.count = 0
        return event, threading.get_ident()

    @event()
    @staticmethod
    def add(a: int, b: int) -> int:
        return a + b

    @event
    @classmethod
    async def name(cls) -> str:
        return cls.__name__

    def secret(self) -> None: ...


def test_only_marked_methods_are_found_under_their_names():
    handlers = Handlers.of(Counter)

    assert set(handlers.events) == {"increment", "reset", "clear", "add", "name"}
    assert handlers.events["reset"] is handlers.events["clear"]
    assert handlers.events["increment"].is_async
    assert not handlers.events["reset"].is_async


def test_a_class_is_read_once():
    assert Handlers.of(Counter) is Handlers.of(Counter)


def test_a_bound_method_tells_its_first_name():
    view: Any = Counter()

    assert view.increment.__wirebird_event__ == "increment"
    assert view.zero.__wirebird_event__ == "reset"
    assert view.add.__wirebird_event__ == "add"


async def test_a_handler_runs_with_what_its_signature_asks_for():
    view, events = Counter(), Handlers.of(Counter).events

    assert await events["increment"].run(view, Sources(payload={"by": "3"})) == 3
    assert await events["increment"].run(view, Sources()) == 4
    assert await events["add"].run(view, Sources(payload={"a": "1", "b": "2"})) == 3
    assert await events["name"].run(view, Sources()) == "Counter"
    name, thread = await events["clear"].run(view, Sources(event="clear"))
    assert (name, view.count) == ("clear", 0)
    assert thread != threading.get_ident()


async def test_a_payload_that_does_not_fit_never_reaches_the_handler():
    view = Counter()

    with pytest.raises(BindingError, match=r"Counter\.increment"):
        await Handlers.of(Counter).events["increment"].run(view, Sources(payload={"by": "x"}))
    assert view.count == 0


async def test_dependencies_live_as_long_as_the_handler_runs():
    log: list[str] = []

    async def opened() -> AsyncIterator[str]:
        log.append("open")
        yield "it"
        log.append("closed")

    class Form(View):
        @event
        async def save(self, value: Annotated[str, Depends(opened)]) -> None:
            log.append(f"handler has {value}")

        @event
        def store(self, value: Annotated[str, Depends(opened)]) -> None:
            log.append(f"thread has {value}")

    await Handlers.of(Form).events["save"].run(Form(), Sources())
    await Handlers.of(Form).events["store"].run(Form(), Sources())

    assert log == ["open", "handler has it", "closed", "open", "thread has it", "closed"]


def test_decorators_of_ones_own_can_stand_above_and_below():
    def logged(function: Any) -> Any:
        @functools.wraps(function)
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            return await function(*args, **kwargs)

        return wrapper

    class Form(View):
        @logged
        @event
        async def above(self, by: int) -> None: ...

        @event
        @logged
        async def below(self, by: int) -> None: ...

    events = Handlers.of(Form).events
    assert events["above"].binder.bind(Sources(payload={"by": "1"})) == {"by": 1}
    assert events["below"].binder.bind(Sources(payload={"by": "1"})) == {"by": 1}


def test_stacked_marks_add_names():
    class Form(View):
        @event("a")
        @event("b")
        async def save(self) -> None: ...

    assert set(Handlers.of(Form).events) == {"a", "b"}
    assert Form.save.__wirebird_event__ == "a"  # type: ignore[attr-defined]


def test_classes_of_the_view_and_of_the_function_around_it_are_known():
    class Local(BaseModel):
        name: str

    class Form(View):
        class Inner(BaseModel):
            name: str

        @event
        async def save(self, local: Local, inner: Inner) -> None: ...

    binder = Handlers.of(Form).events["save"].binder
    assert binder.bind(Sources(payload={"name": "A"})) == {
        "local": Local(name="A"),
        "inner": Form.Inner(name="A"),
    }


# Inheritance


def test_a_subclass_inherits_overrides_and_takes_away():
    class Special(Counter):
        async def increment(self, by: str = "") -> str:  # type: ignore[override]
            return by

        @event("add-up")
        async def add(self) -> None: ...  # type: ignore[override]

        name = None  # type: ignore[assignment]

    inherited, events = Handlers.of(Counter).events, Handlers.of(Special).events

    assert set(events) == {"increment", "reset", "clear", "add-up"}
    assert events["reset"] is inherited["reset"]
    assert events["increment"].binder.bind(Sources(payload={"by": "x"})) == {"by": "x"}
    assert Special.increment.__wirebird_event__ == "increment"  # type: ignore[attr-defined]


def test_a_name_that_a_subclass_claims_for_another_method_is_the_subclasss():
    class Special(Counter):
        @event("increment")
        async def other(self) -> None: ...

    assert Handlers.of(Special).events["increment"].attribute == "other"


def test_a_mixin_brings_its_handlers():
    class Closing:
        @event
        async def close(self) -> None: ...

    class Dialog(Closing, View): ...

    assert set(Handlers.of(Dialog).events) == {"close"}


# Mistakes


def test_a_name_claimed_twice_is_refused_with_both_methods_and_lines():
    with pytest.raises(ViewDefinitionError) as caught:

        class Form(View):
            @event
            async def save(self) -> None: ...

            @event("save")
            async def store(self) -> None: ...

    message = str(caught.value)
    assert isinstance(caught.value, TypeError)
    assert 'Form: the event "save"' in message
    assert "save (" in message
    assert "store (" in message
    assert message.count(f"{__file__}:") == 2


def test_one_function_under_two_attributes_is_no_conflict():
    class Form(View):
        @event
        async def save(self) -> None: ...

        store = save

    assert set(Handlers.of(Form).events) == {"save"}


@pytest.mark.parametrize("name", ["", " ", "lv:clear-flash"])
def test_empty_and_reserved_names_are_refused_with_their_place(name: str):
    def save(self: Any) -> None: ...

    with pytest.raises(ViewDefinitionError, match=r"save \(.*test_handlers\.py:\d+\)"):
        event(name)(save)


@pytest.mark.parametrize("thing", [1, None, functools.partial(print), Counter])
@pytest.mark.parametrize("decorator", [event, event("name")])
def test_event_on_what_is_no_function_is_refused(decorator: Any, thing: Any):
    with pytest.raises(ViewDefinitionError, match="goes on a method"):
        decorator(thing)


def test_a_handler_cannot_yield():
    async def stream(self: Any) -> AsyncIterator[int]:
        yield 1

    with pytest.raises(ViewDefinitionError, match="yield"):
        event(stream)


def test_a_mark_lost_under_another_decorator_is_refused():
    with pytest.raises(ViewDefinitionError, match=r"Form\.save .*another decorator"):

        class Form(View):
            @functools.cache  # noqa: B019
            @event
            def save(self) -> None: ...

    with pytest.raises(ViewDefinitionError, match=r"Other\.save .*another decorator"):

        class Other(View):
            @property
            @event
            def save(self) -> None: ...


def test_a_signature_that_cannot_be_bound_is_refused_when_the_class_is_made():
    with pytest.raises(BindingDefinitionError, match=r'Form\.save, parameter "user"'):

        class Form(View):
            @event
            async def save(self, user: Unheard) -> None: ...  # type: ignore[name-defined]  # noqa: F821


# @info


@dataclass
class Message:
    text: str = ""


class Said(Message): ...


class Shouted(Said): ...


class Ticked: ...


class Stopped: ...


T = TypeVar("T")


class Changed(Generic[T]): ...


class Room(View):
    @info
    async def on_message(self, message: Message) -> str:
        return f"message {message.text}"

    @info
    def on_said(self, message: Annotated[Said, "doc"], url: str) -> str:
        return f"said {message.text} at {url}"

    @info
    async def on_two(self, message: Ticked | Stopped | None) -> str:
        return "two"

    @info(Changed)
    async def on_changed(self, message) -> str:  # type: ignore[no-untyped-def]
        return "changed"


async def test_a_message_goes_to_the_handler_of_the_nearest_class():
    handlers, view = Handlers.of(Room), Room()

    async def send(message: object) -> Any:
        handler = handlers.info_for(type(message))
        assert handler is not None
        return await handler.run(view, message, Sources(url="/r"))

    assert await send(Message("a")) == "message a"
    assert await send(Said("b")) == "said b at /r"
    assert await send(Shouted("c")) == "said c at /r"
    assert [await send(message) for message in (Ticked(), Stopped(), None)] == ["two"] * 3
    assert await send(Changed[int]()) == "changed"
    assert handlers.info_for(int) is None


def test_a_generic_annotation_stands_for_its_class():
    class Other(View):
        @info
        async def on_changed(self, message: Changed[int]) -> None: ...

        @info
        async def on_rest(self, message: object) -> None: ...

    handlers = Handlers.of(Other)
    changed, rest = handlers.info_for(Changed), handlers.info_for(int)
    assert changed is not None
    assert rest is not None
    assert (changed.attribute, rest.attribute) == ("on_changed", "on_rest")


def test_a_subclass_of_a_view_wins_for_its_message():
    class Loud(Room):
        @info
        async def louder(self, message: Said) -> None: ...

    taker = Handlers.of(Loud).info_for(Shouted)
    assert taker is not None
    assert taker.attribute == "louder"
    assert Handlers.of(Loud).info_for(Message) is Handlers.of(Room).info_for(Message)


def test_two_handlers_of_one_message_in_a_class_are_refused():
    with pytest.raises(ViewDefinitionError, match=r"Said.* would go to two methods"):

        class Twice(View):
            @info
            async def first(self, message: Said) -> None: ...

            @info(Said)
            async def second(self, message: Said) -> None: ...


class Spoken(TypedDict):
    text: str


class Speaking(Protocol):
    text: str


def untold(self: Any, message) -> None: ...  # type: ignore[no-untyped-def]
def anything(self: Any, message: Any) -> None: ...
def nothing(self: Any) -> None: ...
def typed_dict(self: Any, message: Spoken) -> None: ...
def protocol(self: Any, message: Speaking) -> None: ...
def variable(self: Any, message: T) -> None: ...  # pyright: ignore[reportInvalidTypeVarUse]
def unknown(self: Any, message: Unheard) -> None: ...  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    "function", [untold, anything, nothing, typed_dict, protocol, variable, unknown]
)
def test_an_info_that_does_not_tell_its_type_is_refused(function: Any):
    with pytest.raises(ViewDefinitionError, match=rf"@info on .*{function.__name__} \(.*:\d+\)"):
        type("Untold", (View,), {function.__name__: info(function)})


def test_info_with_a_name_says_that_messages_are_classes():
    with pytest.raises(ViewDefinitionError, match="by the class of a message, not by a name"):
        info("ping")  # pyright: ignore


def test_info_takes_classes_and_functions_only():
    with pytest.raises(ViewDefinitionError, match="goes on a method"):
        info(3)  # type: ignore[call-overload]
