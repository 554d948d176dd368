"""Forms that no page of ours sends: they cost no more than they weigh, and break nothing."""

from __future__ import annotations

import copy
import dataclasses
import tracemalloc
from decimal import Decimal
from typing import Annotated, Any, Literal, cast
from uuid import UUID, uuid4

import pydantic
import pytest
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    create_model,
    field_validator,
)

from wirebird import Form
from wirebird.components.inputs import input
from wirebird.forms.form import FormDefinitionError
from wirebird.wire.params import MAX_FORM_FIELDS, decode_form


class Line(BaseModel):
    product: str = Field(min_length=2)
    quantity: int = 1


class Order(BaseModel):
    title: str = ""
    lines: list[Line] = []


class Short(BaseModel):
    lines: list[Line] = Field([], max_length=5)


class Group(BaseModel):
    orders: list[Order] = []


class Tree(BaseModel):
    name: str
    trunk: Tree | None = None
    branches: list[Tree] = []


def keys(form: Any, name: str = "lines") -> list[str]:
    return [part.key for part in form.inputs_for(name)]


# How many


@pytest.mark.parametrize("sort", [["new"] * 5000, [f"k{n}" for n in range(5000)]])
def test_of_the_rows_that_a_page_adds_one_too_many_is_enough_to_say_so(sort: list[str]):
    form = Form(Short)
    assert form.submit({"short": {"lines_sort": sort}}) is None
    assert len(keys(form)) == 6
    form.submit({"short": {"lines": {str(n): {"product": "ok"} for n in range(5)}}})
    assert form.valid
    form.submit({"short": {**form.params, "lines_sort": ["new", "new", "new"]}})
    assert len(keys(form)) == 6


def test_rows_that_somebody_filled_in_are_kept_where_they_are_too_many():
    form = Form(Short, Short.model_construct(lines=[Line(product="tea")] * 9))
    rows = {str(n): {"product": "tea"} for n in range(9)}
    form.submit({"short": {"lines": rows, "lines_sort": [*rows, "new", "new"]}})
    assert keys(form) == list(rows)
    assert form["lines"].errors == ("This takes no more than 5.",)


def test_a_page_can_add_a_thousand_rows_where_the_model_has_no_limit():
    form = Form(Order)
    form.validate({"order": {"lines_sort": ["new"] * 5000}})
    assert len(keys(form)) == 1000


@pytest.mark.parametrize(
    "params",
    [
        {"orders": [0] * 20_000},
        {"orders": {str(n): {} for n in range(20_000)}},
        {"orders": [{"lines_sort": ["new"] * 1000}] * 20},
        {"orders": [{"lines": [0] * 1000}] * 20},
    ],
    ids=["nulls", "rows", "rows in rows, new", "rows in rows"],
)
def test_a_form_has_no_more_rows_than_a_page_has_fields(params: dict[str, Any]):
    form = Form(Group)
    form.validate({"group": params})
    rows = sum(1 + len(keys(order)) for order in form.inputs_for("orders"))
    assert 1000 < rows <= MAX_FORM_FIELDS


def test_a_thousand_wrong_entries_of_one_field_are_said_once():
    M = create_model("M", numbers=(list[int], ...), table=(dict[str, int], {}))
    form: Form[Any] = Form(M)
    form.submit(
        {"m": {"numbers": ["x"] * 1000, "table": dict.fromkeys(map(str, range(1000)), "x")}}
    )
    assert form["numbers"].errors == ("Please enter a whole number.",)
    assert form["table"].errors == ("Please enter a whole number.",)


def test_what_was_typed_into_rows_that_are_gone_is_forgotten():
    form = Form(Order)
    tracemalloc.start()
    try:
        for n in range(100):
            form.validate({"order": {"lines": {f"k{n}": {"product": "x" * 100_000}}}})
            (line,) = form.inputs_for("lines")
            str(input(line["product"]))
        assert tracemalloc.get_traced_memory()[0] < 2_000_000
    finally:
        tracemalloc.stop()


def test_a_model_that_holds_itself_has_a_first_wrong_field():
    form = Form(Tree)
    form.submit({"tree": {"name": "oak", "trunk": {"name": "", "trunk": {"name": "x"}}}})
    wrong = form.first_wrong()
    assert wrong is not None
    assert wrong.name == "tree[trunk][name]"
    form.submit({"tree": {"name": "oak"}})
    assert form.first_wrong() is None


# Which


@pytest.mark.parametrize(
    "key",
    ["_unused_lines", "_persistent_id", "٣", "03", "-1", "9" * 9, "9" * 64, "9" * 65, "\x00", "",
     '"><script>', "a" * 100_000, "__class__", "\ud800"],
    ids=lambda key: repr(key)[:20],
)  # fmt: skip
def test_a_row_s_key_is_short_and_plain_and_no_row_takes_the_place_of_another(key: str):
    form = Form(Order, {"lines": [Line(product=f"p{n}", quantity=n + 5) for n in range(5)]})
    rows = {key: {"product": "zz"}, "0": {"product": "aa"}}
    form.validate({"order": {"lines": rows, "lines_sort": [key, "new", key, "0"]}})
    found = {part.key: part for part in form.inputs_for("lines")}
    assert len(found) == len(form.inputs_for("lines"))
    assert all(len(each) <= 65 and each.isprintable() and "<" not in each for each in found)
    assert found["0"]["product"].value == "aa"
    shown = [(part.key, part["quantity"].value) for part in found.values()]
    assert [quantity for key, quantity in shown if key != "0"] == ["1"] * (len(shown) - 1)
    form.validate({"order": form.params})
    assert [(part.key, part["quantity"].value) for part in form.inputs_for("lines")] == shown


def test_a_key_that_came_several_times_can_be_copied():
    class Search(BaseModel):
        q: str

    form = Form(Search, name="")
    form.validate(decode_form("q=a&q=b"))
    assert copy.deepcopy(form)["q"].value == "b"
    params = decode_form("q=a&q=b&q=c")
    assert copy.deepcopy(params)["q"].values == ["a", "b", "c"]


def test_a_tuple_of_which_a_part_is_missing_is_an_error_of_it():
    M = create_model("M", pair=(tuple[Line, Line], ...))
    form: Form[Any] = Form(M)
    assert form.submit({"m": {"pair": {"0": {"product": "ok"}}}}) is None
    assert form["pair"].errors == ("Please fill this in.",)


# What the program's own objects go through


def test_an_instance_and_its_form_share_nothing_that_can_change():
    class Note(BaseModel):
        title: str = ""
        tags: list[str] = []
        links: dict[str, list[int]] = {}
        anything: Any = None

    note = Note(tags=["a"], links={"a": [1]}, anything=[{"b": [1]}])
    before = note.model_copy(deep=True)
    form = Form(Note, note)
    data = form.validate({"note": {"title": "x"}})
    assert data is not None
    data.tags.append("b")
    data.links["a"].append(2)
    data.anything[0]["b"].append(2)
    assert note == before
    note.tags.append("c")
    note.links["a"].append(3)
    note.anything[0]["b"].append(3)
    form.validate({"note": {"title": "y"}})
    assert form.data == before.model_copy(update={"title": "y"})
    assert form["tags"].initial == ["a"]


def test_a_form_without_a_model_gives_values_of_its_own():
    start = {"tags": ["a"], "deep": {"x": [1]}}
    form = Form(dict, start)
    data = form.submit({"form": {"p": ["1"]}})
    assert data is not None
    for values in (data["tags"], data["deep"]["x"], data["p"]):
        values.append("z")
    assert start == {"tags": ["a"], "deep": {"x": [1]}}
    assert form.initial == start
    assert form.params == {"p": ["1"]}


def test_what_a_new_row_s_default_makes_is_made_once():
    @dataclasses.dataclass
    class Item:
        id: UUID = dataclasses.field(default_factory=uuid4)
        name: str = ""

    Basket = create_model("Basket", items=(list[Item], []))
    form = Form(Basket)
    form.validate({"basket": {"items_sort": ["new"]}})
    (item,) = form.inputs_for("items")
    shown = item["id"].value
    assert item["id"].value == shown
    assert form.data is not None
    assert str(cast(Any, form.data).items[0].id) == shown
    given = Form(Basket, {"items": [{"name": "x"}]})
    (item,) = given.inputs_for("items")
    assert item["id"].value == item["id"].value


def test_the_rows_that_a_default_brings_are_shown():
    class Box(BaseModel):
        lines: list[Line] = [Line(product="tea")]

    Shelf = create_model("Shelf", boxes=(list[Box], []))
    added = Form(Shelf)
    added.validate({"shelf": {"boxes_sort": ["new"]}})
    for form in (Form(Shelf, {"boxes": [{}]}), added):
        (box,) = form.inputs_for("boxes")
        assert [line["product"].value for line in box.inputs_for("lines")] == ["tea"]


def test_bytes_that_are_no_text_are_not_shown_as_something_else():
    form: Form[Any] = Form(create_model("M", raw=(bytes, ...)), {"raw": b"a\xff"})
    with pytest.raises(FormDefinitionError, match=r"M\.raw cannot be shown: .* Base64Bytes"):
        _ = form["raw"].value
    assert form.validate({}).raw == b"a\xff"


def test_figures_that_pydantic_cannot_compute_with_are_not_valid():
    M = create_model(
        "M", price=(Annotated[Decimal, Field(multiple_of=cast(Any, Decimal("0.01")))], ...)
    )
    form: Form[Any] = Form(M)
    assert form.submit({"m": {"price": "1e400"}}) is None
    assert form.errors or form["price"].errors
    assert form.submit({"m": {"price": "1.50"}}) is not None


def test_a_sum_that_cannot_be_done_is_not_valid_and_is_logged(caplog: pytest.LogCaptureFixture):
    class Share(BaseModel):
        of: int
        password: SecretStr

        @field_validator("of")
        @classmethod
        def parts(cls, of: int) -> int:
            return 100 // of

    form = Form(Share)
    assert form.submit({"share": {"of": "0", "password": "hunter2"}}) is None
    assert form.errors == ("This is not valid.",)
    assert "Share" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "hunter2" not in caplog.text


def test_a_validator_that_fails_is_an_error_of_the_program():
    class Broken(BaseModel):
        a: str

        @field_validator("a")
        @classmethod
        def look_up(cls, a: str) -> str:
            return {}[a]

    with pytest.raises(KeyError):
        Form(Broken).validate({"broken": {"a": "x"}})


def test_a_secret_is_nowhere_but_where_it_was_typed():
    class Login(BaseModel):
        password: SecretStr = Field(min_length=9)
        number: Literal["1"]

    form = Form(Login, {"password": SecretStr("hunter1")})
    form.submit({"login": {"password": "hunter2", "number": "2"}})
    texts = [repr(form), repr(form["password"]), *form["password"].errors, *form["number"].errors]
    texts += [repr(form._errors), repr(list(form))]
    assert "hunter" not in "".join(texts)
    assert Form(Login, {"password": "hunter1"})["password"].value == ""
    assert Form(dict, {"key": SecretStr("hunter1")})["key"].value == ""


# Models with settings of their own


def test_a_strict_model_takes_what_pages_send():
    Strict = create_model(
        "Strict",
        __config__=ConfigDict(strict=True),
        count=(int, ...),
        price=(Decimal, ...),
        lines=(list[Line], ...),
    )
    data = Form(Strict).submit(
        {"strict": {"count": "3", "price": "1.5", "lines": {"0": {"product": "tea"}}}}
    )
    assert data is not None
    assert (cast(Any, data).count, cast(Any, data).price) == (3, Decimal("1.5"))


def test_an_alias_that_pydantic_does_not_take_is_not_given():
    if not hasattr(pydantic, "__version__") or pydantic.VERSION < "2.11":
        pytest.skip("pydantic 2.11 has the setting")

    class Own(BaseModel):
        model_config = ConfigDict(validate_by_alias=False, validate_by_name=True)
        count: int = Field(alias="COUNT")

    assert Form(Own).submit({"own": {"count": "3"}}) is not None


def test_a_field_that_is_read_from_a_path_is_refused_by_name():
    M = create_model("M", a=(int, Field(validation_alias=pydantic.AliasPath("x", "y"))))
    with pytest.raises(FormDefinitionError, match=r"M\.a is read from a path"):
        Form(M)
