"""The annotations of this module are strings (`from __future__ import annotations`)."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any

import fastapi
import pytest
from pydantic import BaseModel
from typing_extensions import TypeAliasType

from wirebird.binding.binding import Binder, Sources
from wirebird.binding.depends import Depends, Session
from wirebird.binding.errors import BindingDefinitionError, BindingError
from wirebird.concurrency import call, is_async


def binder_of(function: Any, **options: Any) -> Binder:
    return Binder(function, **{"owner": "View", "stage": "event", "is_method": False, **options})


async def resolve(function: Any, payload: Any = None, **sources: Any) -> dict[str, Any]:
    async with binder_of(function).resolve(Sources(payload=payload, **sources)) as arguments:
        return dict(arguments)


def definition_error(function: Any) -> str:
    with pytest.raises(BindingDefinitionError) as caught:
        binder_of(function)
    return str(caught.value)


# Dependencies

log: list[str] = []


@pytest.fixture(autouse=True)
def empty_log() -> None:
    log.clear()


@dataclass
class User:
    name: str


async def current_user(session: dict[str, Any]) -> User:
    log.append("current_user")
    return User(session["user"])


def thread_id() -> int:
    return threading.get_ident()


Marker = pytest.mark.parametrize("marker", [Depends, fastapi.Depends])

CurrentUser = Annotated[User, Depends(current_user)]


async def test_a_dependency_fills_its_parameter_and_the_client_cannot():
    def handler(user: CurrentUser, by: int = 1, **rest: Any) -> None: ...

    forged = {"user": {"name": "root"}, "by": "2"}

    assert await resolve(handler, forged, session={"user": "Ann"}) == {"user": User("Ann"), "by": 2}


async def test_a_default_value_can_be_the_marker():
    def handler(user: User = Depends(current_user), key: str = Session("user")) -> None: ...  # noqa: B008

    assert await resolve(handler, {"user": "root", "key": "root"}, session={"user": "Ann"}) == {
        "user": User("Ann"),
        "key": "Ann",
    }


async def test_a_binder_with_dependencies_cannot_bind_without_waiting():
    def handler(user: CurrentUser) -> None: ...

    binder = binder_of(handler)

    assert not binder.is_simple
    with pytest.raises(TypeError, match="resolve"):
        binder.bind(Sources())


async def test_resolve_serves_simple_binders_too():
    def handler(by: int) -> None: ...

    assert binder_of(handler).is_simple
    assert await resolve(handler, {"by": "1"}) == {"by": 1}


async def test_dependencies_have_dependencies_and_each_is_asked_once():
    async def greeting(user: CurrentUser, word: str = "Hello") -> str:
        return f"{word} {user.name}"

    def handler(user: CurrentUser, text: Annotated[str, Depends(greeting)]) -> None: ...

    filled = await resolve(handler, params={"word": "Hi"}, session={"user": "Ann"})

    assert filled == {"user": User("Ann"), "text": "Hi Ann"}
    assert log == ["current_user"]


@Marker
async def test_use_cache_false_asks_again(marker: Any):
    def handler(
        a: CurrentUser, b: Annotated[User, marker(current_user, use_cache=False)]
    ) -> None: ...

    await resolve(handler, session={"user": "Ann"})

    assert log == ["current_user", "current_user"]


async def test_plain_functions_run_in_a_worker_thread_with_the_callers_context():
    variable: ContextVar[str] = ContextVar("variable")
    variable.set("seen")

    def value() -> tuple[int, str]:
        return threading.get_ident(), variable.get()

    def handler(got: Annotated[Any, Depends(value)]) -> None: ...

    thread, seen = (await resolve(handler))["got"]

    assert thread != threading.get_ident()
    assert seen == "seen"


class Page(BaseModel):
    page: int = 1


class Paging:
    def __init__(self, page: int = 1, size: int = 10) -> None:
        self.page, self.size = page, size

    async def __call__(self, by: int) -> int:
        return self.page * by


async def test_classes_and_callables_are_dependencies():
    def handler(
        paging: Annotated[Paging, Depends()],
        model: Annotated[Page, Depends()],
        user: Annotated[User, Depends(User)],
        product: Annotated[int, Depends(Paging(page=3))],
        partial: Annotated[int, Depends(functools.partial(Paging(page=4).__call__, by=2))],
    ) -> None: ...

    filled = await resolve(handler, params={"page": "2", "by": "5", "name": "Ann"})

    assert (filled["paging"].page, filled["paging"].size) == (2, 10)
    assert filled["model"] == Page(page=2)
    assert filled["user"] == User("Ann")
    assert filled["product"] == 15
    assert filled["partial"] == 4 * 5


async def test_what_does_not_fit_is_refused_before_any_dependency_runs():
    async def second(by: int) -> int:
        return by

    def handler(user: CurrentUser, by: Annotated[int, Depends(second)], to: int = 0) -> None: ...

    with pytest.raises(BindingError, match=r"View.handler, dependency second .* URL: 'by' "):
        await resolve(handler, params={"by": "x"}, session={"user": "Ann"})
    with pytest.raises(BindingError, match=r"View.handler .* payload: 'to' "):
        await resolve(handler, {"to": "x"}, params={"by": "1"}, session={"user": "Ann"})
    assert log == []


@Marker
@pytest.mark.parametrize("stage", ["mount", "params", "event", "info"])
async def test_a_dependency_reads_the_same_sources_at_every_stage(stage: str, marker: Any):
    def tenant(tenant: str, page: int = 1, event: str = "none", **more: str) -> Any:
        return tenant, page, event, more

    def below(inner: Annotated[Any, marker(tenant)], params: dict[str, Any]) -> Any:
        return inner, params

    def handler(got: Annotated[Any, marker(below)]) -> None: ...

    here = {"tenant": "acme"}
    forged = {"tenant": "other", "page": 7, "event": "x", "more": "x", "params": {}, "got": "x"}
    binder = binder_of(handler, stage=stage)

    async with binder.resolve(Sources(payload=forged, params=here, event="save")) as arguments:
        assert arguments == {"got": (("acme", 1, "none", {}), here)}


@Marker
async def test_a_model_as_a_dependency_is_not_filled_by_a_form(marker: Any):
    def handler(page: Annotated[Page, marker()], form: Page) -> None: ...

    filled = await resolve(handler, {"page": "7"}, params={"page": "2"})

    assert filled == {"page": Page(page=2), "form": Page(page=7)}


def test_a_dependency_that_asks_for_the_payload_is_refused():
    def spy(payload: dict[str, Any]) -> None: ...

    def handler(got: Annotated[Any, Depends(spy)]) -> None: ...

    message = definition_error(handler)

    assert "never sees a payload" in message
    assert 'Field(alias="payload")' in message


# Generators


async def outer() -> AsyncIterator[str]:
    log.append("outer in")
    try:
        yield "outer"
    except ValueError as error:
        log.append(f"outer saw {error}")
        raise
    finally:
        log.append("outer out")


def inner(outside: Annotated[str, Depends(outer)]) -> Iterator[str]:
    log.append("inner in")
    try:
        yield f"{outside}/inner"
    except ValueError as error:
        log.append(f"inner saw {error}")  # and does not raise it again
    finally:
        log.append("inner out")


def uses_inner(value: Annotated[str, Depends(inner)]) -> None: ...


async def test_generators_are_cleaned_up_last_first():
    async with binder_of(uses_inner).resolve(Sources()) as arguments:
        assert arguments == {"value": "outer/inner"}
        assert log == ["outer in", "inner in"]

    assert log == ["outer in", "inner in", "inner out", "outer out"]


async def test_generators_see_the_handlers_exception_but_cannot_hide_it():
    with pytest.raises(ValueError, match="oops"):
        async with binder_of(uses_inner).resolve(Sources()):
            raise ValueError("oops")

    assert log[2:] == ["inner saw oops", "inner out", "outer saw oops", "outer out"]


async def test_what_was_opened_is_closed_when_a_later_dependency_fails():
    async def fails(value: Annotated[str, Depends(outer)]) -> None:
        raise LookupError("no")

    def handler(value: Annotated[None, Depends(fails)]) -> None: ...

    with pytest.raises(LookupError):
        await resolve(handler)
    assert log == ["outer in", "outer out"]


async def test_generators_are_cleaned_up_to_the_end_when_the_view_is_stopped():
    async def slow() -> AsyncIterator[str]:
        try:
            yield "x"
        finally:
            await asyncio.sleep(0)
            log.append("closed")

    def handler(value: Annotated[str, Depends(slow)]) -> None: ...

    binder, entered = binder_of(handler), asyncio.Event()

    async def run() -> None:
        async with binder.resolve(Sources()):
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["closed"]


# FastAPI's markers


async def test_fastapis_depends_is_understood():
    def handler(
        user: Annotated[User, fastapi.Depends(current_user)],
        paging: Annotated[Paging, fastapi.Depends()],
    ) -> None: ...

    filled = await resolve(handler, {"user": {"name": "root"}}, session={"user": "Ann"})

    assert filled["user"] == User("Ann")
    assert filled["paging"].page == 1


async def test_fastapis_limit_of_concurrent_calls_is_kept():
    running = 0
    most = 0

    async def limited() -> AsyncIterator[int]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        yield running
        running -= 1

    try:
        marker = fastapi.Depends(limited, max_concurrency=2)
    except TypeError:
        pytest.skip("this FastAPI has no max_concurrency")

    def handler(value: int = marker) -> None: ...

    binder = binder_of(handler)

    async def run() -> None:
        async with binder.resolve(Sources()):
            await asyncio.sleep(0)

    await asyncio.gather(*(run() for _ in range(6)))
    assert most == 2


@pytest.mark.parametrize(
    ("annotation", "why"),
    [
        (fastapi.WebSocket, "Request or HTTPConnection"),
        (fastapi.Response, "a view has no Response"),
        (fastapi.BackgroundTasks, "a view has no BackgroundTasks"),
        (Annotated[str, fastapi.Body()], "never sees what a form sends"),
        (Annotated[str, fastapi.Form()], "never sees what a form sends"),
    ],
)
def test_what_no_page_has_is_refused_with_the_way_out(annotation: Any, why: str):
    def dependency(it: Any) -> None: ...
    def handler(got: Annotated[Any, Depends(dependency)]) -> None: ...

    dependency.__annotations__["it"] = annotation
    assert why in definition_error(handler)


# Mistakes in markers


def test_a_marker_that_is_not_outermost_is_refused_since_the_client_could_fill_it():
    def optional(user: CurrentUser | None = None) -> None: ...
    def listed(users: list[CurrentUser]) -> None: ...
    def twice(user: Annotated[User, Depends(current_user), Session("user")]) -> None: ...

    for handler in (optional, listed, twice):
        assert "outermost" in definition_error(handler)


UserAlias = TypeAliasType("UserAlias", Annotated[User, Depends(current_user)])
OptionalAlias = TypeAliasType("OptionalAlias", UserAlias | None)  # type: ignore[valid-type]


async def test_a_type_alias_does_not_hide_the_marker():
    def handler(user: UserAlias) -> None: ...
    def optional(user: OptionalAlias = None) -> None: ...

    assert await resolve(handler, {"user": {"name": "root"}}, session={"user": "Ann"}) == {
        "user": User("Ann")
    }
    assert "outermost" in definition_error(optional)


def test_a_marker_that_was_not_called_is_refused():
    def handler(user: Annotated[User, Depends]) -> None: ...

    assert "write Depends(...)" in definition_error(handler)


def test_a_dependency_that_depends_on_itself_is_refused():
    async def first(value: int) -> int:
        return value

    first.__annotations__["value"] = Annotated[int, Depends(first)]

    def handler(value: Annotated[int, Depends(first)]) -> None: ...

    assert "itself" in definition_error(handler)


def test_a_method_as_a_dependency_is_refused_since_the_client_could_send_self():
    class View:
        def user(self) -> str:
            return "x"

    def handler(user: Annotated[str, Depends(View.user)]) -> None: ...

    assert "without a view" in definition_error(handler)


# Session


async def test_session_takes_a_key_out_of_the_session_and_not_out_of_the_payload():
    def handler(
        user_id: Annotated[str | None, Session("uid")],
        count: Annotated[int, Session()],
        theme: Annotated[str, Session("theme")] = "light",
    ) -> None: ...

    forged = {"user_id": "1", "uid": "1", "theme": "dark"}

    assert await resolve(handler, forged, session={"count": "3"}) == {"user_id": None, "count": 3}
    assert await resolve(handler, forged, session={"count": 1, "uid": "7", "theme": "x"}) == {
        "user_id": "7",
        "count": 1,
        "theme": "x",
    }


async def test_a_session_key_that_is_missing_or_wrong_refuses_the_call_without_showing_it():
    def handler(count: Annotated[int, Session("count")]) -> None: ...

    with pytest.raises(BindingError, match="session: 'count' is missing"):
        await resolve(handler, {"count": "1"}, session={"other": 1})
    with pytest.raises(BindingError) as caught:
        await resolve(handler, session={"count": "hush"})
    assert "hush" not in str(caught.value)


# call


class Callable:
    async def __call__(self) -> str:
        return "called"


async def test_call_awaits_what_is_async_and_runs_the_rest_in_a_thread():
    async def double(number: int) -> int:
        return number * 2

    assert await call(double, 2) == 4
    assert await call(functools.partial(double, number=3)) == 6
    assert await call(Callable()) == "called"
    assert await call(lambda: double(4)) == 8
    assert await call(thread_id) != threading.get_ident()


def test_is_async_looks_through_partials_callables_and_static_methods():
    async def function() -> None: ...

    assert is_async(function)
    assert is_async(functools.partial(functools.partial(function)))
    assert is_async(Callable())
    assert is_async(staticmethod(function))
    assert not is_async(thread_id)
    assert not is_async(Callable)
