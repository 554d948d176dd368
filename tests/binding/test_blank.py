"""An empty text is nothing where the type takes none: what is optional has its default."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from wirebird.binding.binding import Binder, Sources
from wirebird.binding.errors import BindingError

Default = "the default"


class Size(Enum):
    SMALL = "s"


class Person(BaseModel):
    name: str
    age: int | None = None
    born: dt.date | None
    size: Size = Size.SMALL


@dataclass
class Place:
    x: float
    note: str = "none"
    y: float = 1.5


def bind(function: Any, source: Mapping[str, Any], stage: Any = "event") -> Mapping[str, Any]:
    binder = Binder(function, owner="View", stage=stage, is_method=False)
    return binder.bind(Sources(payload=source, params=source))


@pytest.mark.parametrize("stage", ["event", "params", "mount"])
@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, {}),
        (float | None, {}),
        (dt.date, {}),
        (Size, {}),
        (Literal["a"], {}),
        (bool | None, {}),
        (Annotated[int, Field(ge=1)], {}),
        (int | dt.date | None, {}),
        (list[int], {}),
        (str, {"x": ""}),
        (str | None, {"x": ""}),
        (Literal["", "a"], {"x": ""}),
        (Any, {"x": ""}),
    ],
)
def test_an_optional_parameter_that_is_sent_empty_is_its_default(
    annotation: Any, value: Mapping[str, Any], stage: str
):
    def handler(x: annotation = Default) -> None: ...  # type: ignore[valid-type]

    assert bind(handler, {"x": ""}, stage) == value


def test_what_may_be_none_and_has_no_default_is_none():
    def handler(x: int | None) -> None: ...

    assert bind(handler, {"x": ""}) == {"x": None}


def test_a_default_in_field_is_one_too():
    def handler(x: Annotated[int, Field(alias="y")] = 1, z: int = Field(default=5)) -> None: ...

    assert bind(handler, {"y": "", "z": ""}) == {"z": 5}


def test_empty_texts_stay_where_they_fit_beside_those_that_do_not():
    def handler(q: str = "tea", page: int = 1) -> None: ...

    assert bind(handler, {"q": "", "page": ""}) == {"q": ""}


def test_what_is_needed_and_sent_empty_is_wrong_as_it_came():
    def handler(x: int, y: int = 1) -> None: ...

    with pytest.raises(BindingError, match=r"'x' should be a valid integer.*\(got ''\)"):
        bind(handler, {"x": "", "y": ""})


def test_what_else_is_wrong_is_said_alone():
    def handler(x: int, y: int = 1) -> None: ...

    with pytest.raises(BindingError, match=r"'x' should be a valid integer.*\(got 'a'\)") as caught:
        bind(handler, {"x": "a", "y": ""})
    assert len(caught.value.errors) == 1


@pytest.mark.parametrize("nested", [False, True])
def test_the_fields_of_a_model_are_optional_in_the_same_way(nested: bool):
    def handler(person: Person) -> None: ...

    fields = {"name": "", "age": "", "born": "", "size": ""}
    bound = bind(handler, {"person": fields} if nested else fields)
    assert bound == {"person": Person(name="", born=None)}
    assert fields["age"] == ""


def test_those_of_a_dataclass_too():
    def handler(place: Place) -> None: ...

    assert bind(handler, {"x": "2", "note": "", "y": ""}) == {"place": Place(2, "", 1.5)}
    with pytest.raises(BindingError, match=r"place\.x"):
        bind(handler, {"x": "", "y": ""})
