"""SQLModel's table classes, which check nothing when they are made: here they are validated."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel
from sqlalchemy import inspect
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from wirebird import Form
from wirebird.binding.binding import Binder, Sources
from wirebird.binding.errors import BindingError


class Table(SQLModel, registry=registry()):
    """Those of this file: the process's own are disposed of after the code of documents."""


class Hero(Table, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(min_length=2)
    age: int = Field(ge=0)


def test_a_form_of_a_table_is_validated_and_makes_a_row_that_can_be_stored():
    form = Form(Hero)
    assert form.submit({"hero": {"name": "x", "age": "abc"}}) is None
    assert form["name"].errors == ("Please use 2 or more characters.",)
    assert form["age"].errors == ("Please enter a whole number.",)
    hero = form.submit({"hero": {"name": "Ada", "age": "36"}})
    assert isinstance(hero, Hero)
    assert (hero.id, hero.name, hero.age) == (None, "Ada", 36)
    assert inspect(hero).transient


def test_a_form_of_a_row_gives_back_what_is_not_on_the_page():
    form = Form(Hero, Hero(id=7, name="Ada", age=36))
    assert form["age"].value == "36"
    hero = form.submit({"hero": {"name": "Grace"}})
    assert hero is not None
    assert (hero.id, hero.name, hero.age) == (7, "Grace", 36)


def bind(annotation: Any, payload: Any) -> Any:
    def handler(hero: annotation) -> None: ...  # type: ignore[valid-type]

    binder = Binder(handler, owner="View", stage="event", is_method=False)
    return binder.bind(Sources(payload=payload))["hero"]


@pytest.mark.parametrize("annotation", [Hero, Hero | None, Annotated[Hero, "a note"]])
def test_a_table_is_validated_as_an_events_parameter(annotation: Any):
    hero = bind(annotation, {"name": "Ada", "age": "36", "id": ""})
    assert (hero.id, hero.name, hero.age) == (None, "Ada", 36)
    with pytest.raises(BindingError, match=r"name.* at least 2 characters.*age.* valid integer"):
        bind(annotation, {"name": "x", "age": "abc"})


@pytest.mark.parametrize("annotation", [list[Hero], dict[str, Hero]])
def test_tables_within_others_are_validated(annotation: Any):
    wrong = {"name": "x", "age": 1}
    with pytest.raises(BindingError, match="at least 2 characters"):
        bind(annotation, {"hero": [wrong] if annotation == list[Hero] else {"a": wrong}})


def test_a_data_model_is_as_any_other():
    class HeroIn(SQLModel):
        name: str = Field(min_length=2)

    assert issubclass(HeroIn, BaseModel)
    assert Form(HeroIn).submit({"hero_in": {"name": "x"}}) is None
