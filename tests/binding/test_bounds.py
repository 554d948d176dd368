"""What does not fit costs no more than what fits, and numbers are numbers."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from typing_extensions import TypedDict

from wirebird.binding.binding import Binder, Sources
from wirebird.binding.bounds import MAX_COLLISIONS, collides
from wirebird.binding.errors import BindingError
from wirebird.forms.form import Form

MODULUS = sys.hash_info.modulus
MANY = [str(MODULUS * number) for number in range(1, 2 * MAX_COLLISIONS)]


def bind(function: Any, payload: Any) -> Any:
    binder = Binder(function, owner="View", stage="event", is_method=False)
    return dict(binder.bind(Sources(payload=payload)))


def refusal(function: Any, payload: Any) -> BindingError:
    with pytest.raises(BindingError) as caught:
        bind(function, payload)
    return caught.value


# Many mistakes


def ints(ids: list[int]) -> None: ...
def maybe(ids: list[int] | None) -> None: ...
def whole(ids: set[int]) -> None: ...
def pairs(ids: tuple[int, ...]) -> None: ...
def nested(ids: list[list[int]]) -> None: ...
def either(ids: list[int | float | bool]) -> None: ...


class Point(BaseModel):
    x: int
    y: int
    tags: list[int] = []


def points(ids: list[Point]) -> None: ...


@pytest.mark.parametrize("handler", [ints, maybe, whole, pairs, nested, either, points])
@pytest.mark.parametrize("wrong", ["x", []])
def test_one_mistake_of_a_long_list_is_enough(handler: Any, wrong: Any):
    payload = {"ids": [{"x": 1}] * 10_000 if handler is points else [wrong] * 10_000}
    if handler is nested and wrong == []:
        payload = {"ids": [[wrong] * 10_000] * 3}

    error = refusal(handler, payload)

    assert 1 <= len(error.errors) <= 4
    assert error.errors[0]["loc"][:2] in {("ids", 0), ("ids", "list[int]")} or handler is maybe


def test_of_very_many_mistakes_only_their_number_is_told():
    def handler(by: dict[str, int]) -> None: ...

    error = refusal(handler, {"by": dict.fromkeys(map(str, range(10_000)), "x")})

    assert "10000 things in it are wrong" in str(error)
    assert len(error.errors) == 1


def test_a_model_that_is_wrong_says_all_that_is_wrong_with_it():
    def handler(point: Point) -> None: ...

    error = refusal(handler, {"x": "a", "y": "b"})

    assert [detail["loc"] for detail in error.errors] == [("point", "x"), ("point", "y")]


# Values in one place


class Chosen(BaseModel):
    ids: set[int]


class Prices(TypedDict):
    prices: dict[Decimal, str]


@dataclass
class Wrapped:
    inner: list[Chosen]


def in_model(chosen: Chosen) -> None: ...
def frozen(ids: frozenset[int]) -> None: ...
def keys(ids: dict[int, str]) -> None: ...
def keys_inside(form: Prices) -> None: ...
def deep(form: Wrapped) -> None: ...
def decimals(ids: set[Decimal]) -> None: ...
def uuids(ids: set[UUID]) -> None: ...


AS_KEYS = dict.fromkeys(MANY, "x")


@pytest.mark.parametrize(
    ("handler", "payload"),
    [
        (whole, {"ids": MANY}),
        (whole, {"ids": [f" {text}" for text in MANY]}),
        (whole, {"ids": [int(text) for text in MANY]}),
        (frozen, {"ids": MANY}),
        (in_model, {"ids": MANY}),
        (in_model, {"chosen": {"ids": MANY}}),
        (deep, {"inner": [{"ids": ["1"]}, {"ids": MANY}]}),
        (keys, {"ids": AS_KEYS}),
        (keys_inside, {"prices": AS_KEYS}),
        (decimals, {"ids": [f"{text}.0" for text in MANY]}),
        (uuids, {"ids": [str(UUID(int=MODULUS * number)) for number in range(1, 200)]}),
    ],
)
def test_numbers_that_would_all_fall_into_one_place_of_a_set_are_refused(
    handler: Any, payload: Any
):
    assert "collide" in str(refusal(handler, payload))


def test_large_numbers_words_and_repetitions_are_welcome_in_sets():
    large = [str(2**62 + number) for number in range(1000)]
    assert bind(whole, {"ids": large}) == {"ids": set(map(int, large))}
    assert bind(whole, {"ids": [MANY[0]] * 1000}) == {"ids": {int(MANY[0])}}
    assert bind(whole, {"ids": [5] * 1000 + MANY[:MAX_COLLISIONS]})

    def words(ids: set[str]) -> None: ...

    assert len(bind(words, {"ids": [f"a rather long word {n}" for n in range(500)]})["ids"]) == 500


def test_a_list_may_hold_any_numbers():
    assert bind(ints, {"ids": MANY}) == {"ids": list(map(int, MANY))}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_any_payload_can_be_looked_through(payload: Any):
    assert collides(payload) is False


def test_odd_texts_that_are_nearly_numbers_do_no_harm():
    odd = ["sNaN" + "1" * 20, "1e99999999999999999999", "0" * 36, "-" * 20, "1" * 5000]
    assert not collides({"ids": [text + str(n) for n in range(50) for text in odd]})


class Tree(BaseModel):
    below: list[Tree] = []
    ids: set[int] = set()
    size: float = 0


def test_types_that_refer_to_themselves_are_read():
    def handler(tree: Tree, anything: JsonValue = None) -> None: ...

    deep = {"below": [{"below": [{"ids": ["1"], "size": "2"}]}]}
    found = bind(handler, {"tree": deep, "anything": [{}]})

    assert found["tree"].below[0].below[0].ids == {1}
    assert "finite" in str(refusal(handler, {"tree": {"size": "inf"}}))
    assert "collide" in str(refusal(handler, {"tree": {"ids": MANY}}))


# Numbers


class Amount(BaseModel):
    amount: float
    rest: list[float | None] = []


class Loose(BaseModel):
    model_config = ConfigDict(allow_inf_nan=True)
    amount: float


class Open(BaseModel):
    amount: float = Field(allow_inf_nan=True)


@dataclass
class Plain:
    amount: float
    by: dict[str, float] | None = None


class Typed(TypedDict):
    amount: float


class Order(BaseModel):
    lines: list[Plain]


def number(amount: float) -> None: ...
def optional(amount: float | None = None) -> None: ...
def several(amount: list[float]) -> None: ...
def model(form: Amount) -> None: ...
def plain(form: Plain) -> None: ...
def typed(form: Typed) -> None: ...
def order(form: Order) -> None: ...


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "Infinity", "1e999", math.nan, math.inf])
@pytest.mark.parametrize("handler", [number, optional, several, model, plain, typed])
def test_a_plain_float_is_a_number(handler: Any, text: Any):
    sent = [text] if handler is several else text
    assert "finite number" in str(refusal(handler, {"amount": sent}))
    assert bind(handler, {"amount": "1.5"})


def test_numbers_inside_of_models_are_numbers_too():
    assert "lines.0.amount" in str(refusal(order, {"lines": [{"amount": "nan"}]}))
    assert "rest.1" in str(refusal(model, {"amount": 1, "rest": [None, "inf"]}))
    assert "by.a" in str(refusal(plain, {"amount": 1, "by": {"a": "nan"}}))


def test_whoever_asks_for_infinity_gets_it():
    def explicit(amount: Annotated[float, Field(allow_inf_nan=True)]) -> None: ...
    def loose(form: Loose) -> None: ...
    def opened(form: Open) -> None: ...

    assert bind(explicit, {"amount": "inf"}) == {"amount": math.inf}
    assert bind(loose, {"amount": "inf"}) == {"form": Loose(amount=math.inf)}
    assert bind(opened, {"amount": "inf"}) == {"form": Open(amount=math.inf)}
    assert Form(Open, name="").submit({"amount": "inf"}) == Open(amount=math.inf)


@pytest.mark.parametrize("kind", [Amount, Plain, Typed])
def test_a_form_says_that_it_is_not_a_number(kind: Any):
    form: Form[Any] = Form(kind, name="")

    assert form.submit({"amount": "nan"}) is None

    assert form["amount"].errors == ("Please enter a number.",)
    assert form.submit({"amount": "1.5"}) is not None


def test_a_form_of_rows_says_it_at_the_row():
    form = Form(Order, name="")

    assert form.submit({"lines": {"0": {"amount": "1"}, "1": {"amount": "inf"}}}) is None

    errors = [row["amount"].errors for row in form.inputs_for("lines")]
    assert errors == [(), ("Please enter a number.",)]
