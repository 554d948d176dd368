"""`AsyncResult`: what it says of a value that is loaded, and where it can be a field."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from wirebird import AsyncResult


def said(result: AsyncResult[object]) -> tuple[bool, bool, str | None, object]:
    return result.ok, result.loading, result.failed, result.result


def test_while_it_is_loading_there_is_no_value() -> None:
    assert said(AsyncResult.loading()) == (False, True, None, None)


def test_it_is_ok_with_a_value_be_it_none() -> None:
    assert said(AsyncResult.ok(3)) == (True, False, None, 3)
    assert said(AsyncResult.ok(None)) == (True, False, None, None)


@pytest.mark.parametrize(
    ("reason", "text"),
    [("no answer", "no answer"), (ValueError("no answer"), "no answer"), (KeyError(), "KeyError")],
)
def test_it_says_why_it_failed(reason: object, text: str) -> None:
    assert said(AsyncResult.failed(reason)) == (False, False, text, None)


def test_a_value_stays_while_it_is_loaded_anew_and_when_that_fails() -> None:
    loading = AsyncResult.loading(AsyncResult.ok("old"))
    assert said(loading) == (True, True, None, "old")
    failed = AsyncResult.failed("gone", loading)
    assert said(failed) == (True, False, "gone", "old")
    assert said(AsyncResult.loading(failed)) == (True, True, "gone", "old")


def test_equal_results_are_equal_and_nothing_changes_one() -> None:
    assert AsyncResult.ok([1]) == AsyncResult.ok([1])
    assert AsyncResult.ok(1) != AsyncResult.loading(AsyncResult.ok(1))
    assert hash(AsyncResult.ok(1)) == hash(AsyncResult.ok(1))
    for name in ("ok", "loading", "failed", "result"):
        with pytest.raises(AttributeError):
            setattr(AsyncResult.ok(1), name, 2)
    assert copy.deepcopy(AsyncResult.ok([1])) == AsyncResult.ok([1])


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (AsyncResult.ok(1), "<AsyncResult ok(1)>"),
        (AsyncResult.loading(AsyncResult.ok(1)), "<AsyncResult ok(1) loading>"),
        (AsyncResult.failed("no"), "<AsyncResult failed('no')>"),
        (AsyncResult(), "<AsyncResult empty>"),
    ],
)
def test_its_repr_tells_its_state(result: AsyncResult[int], text: str) -> None:
    assert repr(result) == text


@dataclass
class Org:
    name: str


class Plain:
    """Nothing that pydantic knows."""


class Model(BaseModel):
    org: AsyncResult[Org] = Field(default_factory=AsyncResult.loading)
    plain: AsyncResult[Plain] = AsyncResult.loading()
    any: AsyncResult = AsyncResult.loading()  # type: ignore[type-arg]


def test_a_pydantic_model_takes_it_as_a_field_without_configuration() -> None:
    model = Model()
    assert model.org.loading
    ok = AsyncResult.ok(Org("acme"))
    assert Model(org=ok).org is ok
    with pytest.raises(ValidationError):
        Model(org="acme")  # type: ignore[arg-type]


@dataclass
class State:
    org: AsyncResult[Org] = field(default_factory=AsyncResult.loading)


@pytest.mark.parametrize(
    "result",
    [
        AsyncResult.ok(Org("acme")),
        AsyncResult.loading(AsyncResult.ok(Org("acme"))),
        AsyncResult.failed("gone"),
    ],
)
def test_a_state_with_it_can_be_stored_as_json_and_read_again(result: AsyncResult[Org]) -> None:
    adapter = TypeAdapter(State)
    assert adapter.validate_json(adapter.dump_json(State(result))) == State(result)
    assert adapter.validate_python(adapter.dump_python(State(result))) == State(result)
    assert Model.model_validate_json(Model(org=result).model_dump_json()).org == result
