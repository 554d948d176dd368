"""Fields of every type: the input that fits, blank values, options and constraints."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType, cast

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic import (
    AnyUrl,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    FutureDate,
    HttpUrl,
    PositiveInt,
    RootModel,
    SecretStr,
    StringConstraints,
    create_model,
)

from wirebird import Form, FormField
from wirebird.wire.params import decode_form


class Size(enum.Enum):
    SMALL = "s"
    EXTRA_LARGE = "xl"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Named(enum.Enum):
    A = 1

    @property
    def label(self) -> str:
        return "The first"


class Tags(RootModel[list[str]]):
    pass


Id = NewType("Id", int)
NEEDED: Any = ...


def form_of(annotation: Any, default: Any = NEEDED, **initial: Any) -> Form[Any]:
    return Form(create_model("M", x=(annotation, default)), initial or None)


def field_of(annotation: Any, default: Any = NEEDED) -> FormField:
    return form_of(annotation, default)["x"]


def submit(form: Form[Any], raw: Any = None) -> Any:
    """Return the value that a text becomes, or what is said about it."""
    data = form.submit({"m": {"other": "1"} if raw is None else {"x": raw}})
    return form["x"].errors if data is None else data.x


@pytest.mark.parametrize(
    ("annotation", "type", "raw", "value"),
    [
        (str, "text", " a ", " a "),
        (int, "number", "7", 7),
        (Id, "number", "7", 7),
        (float, "number", "1.5", 1.5),
        (Decimal, "number", "1.50", Decimal("1.50")),
        (bool, "checkbox", "true", True),
        (bool, "checkbox", "on", True),
        (bool, "checkbox", "false", False),
        (bool | None, "select", "false", False),
        (dt.date, "date", "2026-01-02", dt.date(2026, 1, 2)),
        (FutureDate, "date", "2999-01-02", dt.date(2999, 1, 2)),
        (dt.time, "time", "09:30", dt.time(9, 30)),
        (dt.datetime, "datetime-local", "2026-01-02T09:30", dt.datetime(2026, 1, 2, 9, 30)),
        (EmailStr, "email", "a@example.com", "a@example.com"),
        (HttpUrl, "url", "https://example.com/", HttpUrl("https://example.com/")),
        (AnyUrl, "url", "ftp://example.com/", AnyUrl("ftp://example.com/")),
        (SecretStr, "password", "x", SecretStr("x")),
        (uuid.UUID, "text", str(uuid.UUID(int=1)), uuid.UUID(int=1)),
        (Size, "select", "xl", Size.EXTRA_LARGE),
        (Level, "select", "2", Level.HIGH),
        (Literal["a", "b"], "select", "b", "b"),
        (Literal[1, 2], "select", "2", 2),
        (Literal[True], "checkbox", "true", True),
        (list[int], "select", ["1", "", "2"], [1, 2]),
        (list[int], "select", "1", [1]),
        (list[int], "select", {"0": "1", "1": "2"}, [1, 2]),
        (set[Level], "select", ["1", "2", ""], {Level.LOW, Level.HIGH}),
        (tuple[Literal[1, 2], ...], "select", ["2"], (2,)),
        (Tags, "select", ["a"], Tags(["a"])),
        (int | str, "text", "x", "x"),
        (Any, "text", "x", "x"),
        (dict[str, int], "text", {"a": "1", "_unused_a": ""}, {"a": 1}),
        (Annotated[int | None, Field(ge=1)], "number", "1", 1),
        (Annotated[int, Field(ge=1)] | None, "number", "1", 1),  # pyright: ignore[reportOperatorIssue]
    ],
)
def test_a_type_has_the_input_that_fits_and_is_read_from_it(
    annotation: Any, type: str, raw: Any, value: Any
):
    form = form_of(annotation)
    assert form["x"].type == type
    assert submit(form, raw) == value


def test_a_key_that_came_several_times_is_a_list():
    form = Form(create_model("M", x=(list[int], ...)), name="")
    data = form.submit(decode_form("x=1&x=2&x="))
    assert data is not None
    assert cast(Any, data).x == [1, 2]


# Blank


@pytest.mark.parametrize("annotation", [str, int, dt.date, Size, Literal["a"], SecretStr, EmailStr])
@pytest.mark.parametrize("raw", ["", None])
def test_nothing_entered_is_an_error_where_something_is_needed(annotation: Any, raw: Any):
    assert submit(form_of(annotation), raw) == ("Please fill this in.",)
    assert submit(form_of(annotation), None) == ("Please fill this in.",)


@pytest.mark.parametrize("annotation", [str, int, dt.date, Size, Literal["a"], bool, SecretStr])
@pytest.mark.parametrize("default", [NEEDED, None])
def test_nothing_entered_is_none_where_that_is_allowed(annotation: Any, default: Any):
    assert submit(form_of(annotation | None, default), "") is None
    assert submit(form_of(annotation | None, default)) is None


def test_nothing_entered_is_the_default_except_of_a_text():
    assert submit(form_of(int, 5), "") == 5
    assert submit(form_of(Size, Size.SMALL), "") is Size.SMALL
    assert submit(form_of(HttpUrl | None, "x"), "") is None
    assert submit(form_of(str, "x"), "") == ""
    assert submit(form_of(SecretStr, SecretStr("x")), "") == SecretStr("")


def test_white_space_is_nothing_where_a_text_is_not_meant():
    assert submit(form_of(int, 5), "  ") == 5
    assert submit(form_of(int), " ") == ("Please fill this in.",)
    assert submit(form_of(str), " ") == " "
    assert submit(form_of(Annotated[str, StringConstraints(strip_whitespace=True)]), " ") == (
        "Please fill this in.",
    )
    stripped = create_model("M", x=(str, ...), __config__=ConfigDict(str_strip_whitespace=True))
    assert submit(Form(stripped), "  ") == ("Please fill this in.",)
    assert submit(Form(stripped), " a ") == "a"


def test_an_empty_text_that_can_be_chosen_is_a_choice():
    assert submit(form_of(Literal["", "a"]), "") == ""


@pytest.mark.parametrize("default", [NEEDED, ["a"]])
def test_no_choice_at_all_is_an_empty_list(default: Any):
    for raw in ([""], "", []):
        assert submit(form_of(list[Literal["a", "b"]], default, x=["b"]), raw) == []
    assert submit(form_of(list[Literal["a", "b"]]), None) == []


def test_choices_that_are_not_on_the_page_stay():
    class Post(BaseModel):
        title: str
        tags: list[str] = []

    form = Form(Post, Post(title="", tags=["a", "b"]))
    assert form.submit({"post": {"title": "x"}}) == Post(title="x", tags=["a", "b"])
    assert form["tags"].value == ("a", "b")


def test_an_untouched_list_keeps_what_it_began_with():
    form = form_of(list[Literal["a", "b"]], x=["b"])
    assert form["x"].value == ("b",)
    assert cast(Any, form.validate({})).x == ["b"]


def test_too_few_choices_are_an_error_of_the_list():
    form = form_of(Annotated[list[Size], Field(min_length=1)])
    assert submit(form, [""]) == ("This needs 1 or more.",)


# What is shown


@pytest.mark.parametrize(
    ("annotation", "initial", "shown"),
    [
        (str, "<a>", "<a>"),
        (int, 0, "0"),
        (Decimal, Decimal("1.50"), "1.50"),
        (bool, True, True),
        (bool, False, False),
        (bool | None, False, "false"),
        (bool | None, None, ""),
        (dt.date, dt.date(2026, 1, 2), "2026-01-02"),
        (dt.time, dt.time(9, 30), "09:30"),
        (dt.time, dt.time(9, 30, 5, 250_000), "09:30:05.250"),
        (dt.datetime, dt.datetime(2026, 1, 2, 9, 30, tzinfo=dt.UTC), "2026-01-02T09:30"),
        (Size, Size.SMALL, "s"),
        (Literal[1, 2], 2, "2"),
        (SecretStr, SecretStr("x"), ""),
        (HttpUrl, HttpUrl("https://example.com"), "https://example.com/"),
        (uuid.UUID, uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (dt.timedelta, dt.timedelta(hours=1), "PT1H"),
        (list[Size], [Size.SMALL, Size.EXTRA_LARGE], ("s", "xl")),
    ],
)
def test_a_first_value_is_shown_as_browsers_want_it(annotation: Any, initial: Any, shown: Any):
    assert form_of(annotation, x=initial)["x"].value == shown
    assert form_of(annotation, initial)["x"].value == (shown if annotation is not SecretStr else "")


def test_a_password_stays_in_the_page_as_it_was_typed():
    form = form_of(SecretStr, x=SecretStr("old"))
    assert form["x"].value == ""
    form.validate({"m": {"x": "new"}})
    assert form["x"].value == "new"


def test_a_typed_box_and_typed_choices_are_shown():
    form = form_of(bool)
    for raw, ticked in (("true", True), ("on", True), ("false", False), ("", False)):
        form.validate({"m": {"x": raw}})
        assert form["x"].value is ticked
    form = form_of(list[Size])
    form.validate({"m": {"x": ["", "xl", "nonsense"]}})
    assert form["x"].value == ("xl", "nonsense")
    form.validate({"m": {"y": "1"}})
    assert form["x"].value == ()


@pytest.mark.parametrize(
    ("annotation", "options"),
    [
        (Size, (("s", "Small"), ("xl", "Extra large"))),
        (Level, (("1", "Low"), ("2", "High"))),
        (Named, (("1", "The first"),)),
        (enum.Enum("Currency", ["EUR", "USD"]), (("1", "EUR"), ("2", "USD"))),
        (Literal["in_stock", "SOLD_OUT", "iPhone"], None),
        (list[Size], (("s", "Small"), ("xl", "Extra large"))),
        (bool | None, (("true", "Yes"), ("false", "No"))),
        (int, ()),
    ],
)
def test_options_are_values_with_labels(annotation: Any, options: Any):
    if options is None:
        options = (("in_stock", "In stock"), ("SOLD_OUT", "Sold out"), ("iPhone", "iPhone"))
    assert field_of(annotation).options == options


def test_several_values_have_a_name_that_says_so():
    assert field_of(list[Size]).name == "m[x][]"
    assert field_of(list[Size]).multiple
    assert not field_of(Size).multiple


# Constraints


WORD = r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}"


@pytest.mark.parametrize(
    ("annotation", "attributes"),
    [
        (str, {}),
        (Annotated[str, Field(min_length=2, max_length=5)], {"minlength": 2, "maxlength": 5}),
        (Annotated[str, StringConstraints(max_length=5)], {"maxlength": 5}),
        (Annotated[str, Field(pattern=r"^[a-z]{2}$")], {"pattern": "[a-z]{2}"}),
        (Annotated[str, Field(pattern=r"[a-z.-]")], {"pattern": r".*(?:[a-z.\-]).*"}),
        (Annotated[str, Field(pattern=r"^a|b$")], {"pattern": ".*(?:^a|b$).*"}),
        (Annotated[str, Field(pattern=r"(?i)a")], {}),
        (Annotated[str, Field(pattern=r"^\d[\d.]\\d$")], {"pattern": r"\p{Nd}[\p{Nd}.]\\d"}),
        (Annotated[str, Field(pattern=r"^\w[\w.]$")], {"pattern": f"[{WORD}][{WORD}.]"}),
        (Annotated[str, Field(pattern=r"^\W$")], {}),
        (Annotated[EmailStr, Field(max_length=90)], {"maxlength": 90}),
        (int, {}),
        (PositiveInt, {"min": "1"}),
        (Annotated[int, Gt(1), Lt(9)], {"min": "2", "max": "8"}),
        (Annotated[int, Ge(3), Le(9), Field(multiple_of=5)], {"min": "5", "max": "9", "step": "5"}),
        (float, {"step": "any"}),
        (Annotated[float, Ge(0.5)], {"min": "0.5", "step": "any"}),
        (Annotated[Decimal, Field(ge=0, decimal_places=2)], {"min": "0", "step": "0.01"}),
        (Annotated[Decimal, Field(ge=0.005, decimal_places=2)], {"min": "0.01", "step": "0.01"}),
        (Annotated[dt.date, Ge(dt.date(2026, 1, 1))], {"min": "2026-01-01"}),
        (Annotated[dt.date, Gt(dt.date(2026, 1, 1))], {"min": "2026-01-02"}),
        (Annotated[dt.datetime, Le(dt.datetime(2026, 1, 1))], {"max": "2026-01-01T00:00"}),
        (Size, {}),
    ],
)  # fmt: skip
def test_constraints_are_attributes_of_html(annotation: Any, attributes: dict[str, Any]):
    assert dict(field_of(annotation).attributes) == {"required": True, **attributes}
    assert dict(field_of(annotation | None).attributes) == attributes


def test_required_is_what_must_be_entered():
    assert not field_of(bool).attributes
    assert field_of(Literal[True]).attributes == {"required": True}
    assert not field_of(list[Size]).attributes
    assert not field_of(str, "").attributes


@pytest.mark.parametrize(
    ("annotation", "raw", "message"),
    [
        (int, "x", "Please enter a whole number."),
        (int, "1.5", "Please enter a whole number."),
        (float, "x", "Please enter a number."),
        (Decimal, "x", "Please enter a number."),
        (bool, "perhaps", "Please choose yes or no."),
        (dt.date, "2026-13-01", "Please enter a date."),
        (dt.time, "25:00", "Please enter a time."),
        (dt.datetime, "soon", "Please enter a date and a time."),
        (Size, "m", "Please choose one of the options."),
        (Literal["a"], "b", "Please choose one of the options."),
        (Literal[True], "false", "Please tick this box."),
        (list[Size], ["s", "m"], "Please choose one of the options."),
        (EmailStr, "x", "Please enter an email address, such as name@example.com."),
        (HttpUrl, "x", "Please enter a web address, such as https://example.com."),
        (HttpUrl, "ftp://x", "The address must begin with 'http' or 'https'."),
        (uuid.UUID, "x", "This is not valid."),
        (int | dt.date, "x", "Please enter a whole number."),
        (Annotated[str, Field(max_length=2)], "abc", "Please use no more than 2 characters."),
        (Annotated[SecretStr, Field(min_length=2)], "a", "Please use 2 or more characters."),
        (Annotated[EmailStr, Field(max_length=3)], "a@b.co",
         "Please use no more than 3 characters."),
        (Annotated[str, Field(pattern="^a$")], "b", "This does not have the right format."),
        (Annotated[float, Gt(2)], "1", "This must be greater than 2."),
        (Annotated[dt.date, Ge(dt.date(2026, 1, 1))], "2025-01-01",
         "This must be 2026-01-01 or more."),
        (Annotated[Decimal, Field(decimal_places=2)], "1.234",
         "Please use no more than 2 decimal places."),
        (FutureDate, "2000-01-01", "This must be in the future."),
    ],
)  # fmt: skip
def test_errors_are_said_to_people(annotation: Any, raw: Any, message: str):
    assert submit(form_of(annotation), raw) == (message,)


class Defaults(BaseModel):
    when: dt.date = Field(default_factory=lambda: dt.date(2026, 1, 2))
    token: str = Field(default_factory=lambda: uuid.uuid4().hex)


def test_a_default_that_is_made_is_made_once():
    form = Form(Defaults)
    assert form["when"].value == "2026-01-02"
    token = form["token"].value
    assert token == form["token"].value != Form(Defaults)["token"].value
    data = form.validate({"defaults": {"when": ""}})
    assert data is not None
    assert data.token == token
