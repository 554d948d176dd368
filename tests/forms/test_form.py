"""A form as a field of the state: from what was sent to the model, and back to what is shown."""

from __future__ import annotations

import copy
import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypedDict, TypeVar

import pytest
import typing_extensions
from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic_core import PydanticCustomError

from wirebird import Form, FormProblem, LiveComponent, LiveView, Wirebird, event, field_error
from wirebird.forms.form import FormDefinitionError
from wirebird.testing import LiveClient
from wirebird.wire.params import decode_form


class Signup(BaseModel):
    email: str = Field(min_length=3, title="E-mail")
    password: str
    password_again: str
    age: int = Field(default=18, ge=18)

    @field_validator("email")
    @classmethod
    def not_ours(cls, email: str) -> str:
        if email == "root":
            raise ValueError("This name is ours.")
        return email

    @model_validator(mode="after")
    def matches(self) -> Self:
        if self.password != self.password_again:
            raise field_error("password_again", "The passwords differ.")
        if self.password == self.email:
            raise ValueError("The password must not be the address.")
        return self


GOOD = {"email": "ada@x", "password": "p", "password_again": "p", "age": "36"}


def sent(**fields: Any) -> dict[str, Any]:
    return {"signup": {**GOOD, **fields}, "_target": ["signup", "email"]}


# The state


@dataclass
class SignupState:
    form: Form[Signup]
    saved: Signup | None = None


class Shop(BaseModel):
    model_config = {"arbitrary_types_allowed": True}
    form: Form[Signup]


class OwnForm(Form[Any]):
    pass


@dataclass
class Explicit:
    form: Form[Signup] = field(default_factory=lambda: Form(Signup, name="s"))


class SignupView(LiveView[SignupState]):
    html = """
    <form id="{{ form.id }}" phx-change="check" phx-submit="save">
      {% for field in form %}
      <input name="{{ field.name }}" value="{{ field.value }}">
      {% for error in field.errors %}<b>{{ field.label }}: {{ error }}</b>{% endfor %}
      {% endfor %}
      {% for error in form.errors %}<i>{{ error }}</i>{% endfor %}
    </form>
    {% if saved %}<p>{{ saved.age }}</p>{% endif %}
    """

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def save(self, payload: dict[str, Any]) -> None:
        if (signup := self.state.form.submit(payload)) is not None:
            if signup.email == "taken":
                self.state.form.add_error("email", "This is taken.")
            else:
                self.state.saved = signup


@pytest.mark.parametrize("state", [SignupState, Shop, Explicit])
def test_a_state_has_its_forms_without_being_told(state: Any):
    class View(LiveView[state]):
        html = ""

    class Part(LiveComponent[state]):
        html = "<p></p>"

    for live in (View, Part):
        made = live.definition.make_state
        first, second = made().form, made().form
        assert isinstance(first, Form)
        assert first is not second
        assert first["email"].label == "E-mail"


def test_a_form_class_of_ones_own_is_made_where_the_annotation_names_it():
    Model = TypeVar("Model")

    class AppForm(Form[Model], Generic[Model]):
        pass

    state = dataclasses.make_dataclass("State", [("form", AppForm[Signup])])

    class View(LiveView[state]):
        html = ""

    assert type(View.definition.make_state().form) is AppForm


def test_a_form_cannot_be_a_default_that_all_visitors_share():
    with pytest.raises(ValueError, match="default_factory"):

        @dataclass
        class Shared:
            form: Form[Signup] = Form(Signup)  # noqa: RUF009


async def test_a_person_fills_in_a_form(make_app: Any):
    app: Wirebird = make_app()
    app.live("/", SignupView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.change("#signup", {"signup[email]": "a"})
        assert [b.text for b in view.all("b")] == ["E-mail: Please use 3 or more characters."]
        await view.submit("#signup", {"signup[email]": "taken"})
        assert len(view.all("b")) == 2
        passwords = {"signup[password]": "p", "signup[password_again]": "p"}
        await view.submit("#signup", passwords)
        assert [b.text for b in view.all("b")] == ["E-mail: This is taken."]
        await view.submit("#signup", {"signup[email]": "free"})
        assert not view.has("b")
        assert view.text("p") == "18"


# Values and names


def test_names_ids_and_values_are_what_inputs_need():
    form = Form(Signup, {"email": "ada"})
    email = form["email"]
    assert (form.name, form.id) == ("signup", "signup")
    assert (email.name, email.id, email.value) == ("signup[email]", "signup_email", "ada")
    assert form.age.value == "18"
    assert form["password"].value == ""
    assert [each.plain_name for each in form] == ["email", "password", "password_again", "age"]


def test_names_are_made_of_the_model_s_or_given():
    class HTMLPage(BaseModel):
        url: str

    assert Form(HTMLPage)["url"].name == "html_page[url]"
    given = Form(HTMLPage, name="page", id="first-page")
    assert (given.url.name, given.url.id) == ("page[url]", "first-page_url")
    bare = Form(HTMLPage, name="")
    assert (bare.url.name, bare.url.id) == ("url", "html_page_url")
    assert bare.validate({"url": "/", "_target": ["url"]}) == HTMLPage(url="/")


def test_what_was_typed_is_shown_even_if_it_is_wrong():
    form = Form(Signup, {"email": "ada", "age": 20})
    assert form.validate(sent(email="x", age="young")) is None
    assert (form["email"].value, form["age"].value) == ("x", "young")


def test_what_is_not_on_the_page_keeps_its_first_value():
    start = Signup.model_validate(GOOD | {"age": 50})
    form = Form(Signup, start)
    fields = {key: value for key, value in GOOD.items() if key != "age"}
    data = form.validate({"signup": fields})
    assert data is not None
    assert data.age == 50
    assert form["age"].value == "50"


def test_later_changes_of_an_instance_do_not_change_the_form():
    start = Signup.model_validate(GOOD)
    form = Form(Signup, start)
    start.email = "other"
    assert form["email"].value == "ada@x"


@pytest.mark.parametrize("payload", [{}, {"signup": "x"}, {"signup": ["x"]}, {"signup": {}}])
def test_a_payload_without_the_form_is_an_empty_form(payload: dict[str, Any]):
    form = Form(Signup)
    assert form.submit(payload) is None
    assert form["email"].errors == ("Please fill this in.",)
    assert form["age"].errors == ()


@pytest.mark.parametrize("value", [{"a": {"b": "c"}}, ["x"], 3, None, True, {"_unused_x": ""}])
def test_a_value_of_another_shape_is_an_error_and_shows_as_nothing_or_text(value: Any):
    form = Form(Signup)
    assert form.submit(sent(email=value)) is None
    assert form["email"].errors
    assert isinstance(form["email"].value, str)


def test_fields_that_the_model_lacks_are_left_alone():
    class Strict(BaseModel):
        model_config = {"extra": "forbid"}
        a: int

    form = Form(Strict)
    assert form.submit({"strict": {"a": "1", "b": "2", "_persistent_id": "0"}}) == Strict(a=1)


# Errors


def test_errors_wait_until_a_field_was_used():
    form = Form(Signup)
    form.validate(decode_form("signup[email]=&signup[_unused_password]=&signup[password]="))
    assert form["email"].used
    assert form["email"].errors == ("Please fill this in.",)
    assert not form["password"].used
    assert form["password"].errors == ()
    assert form["password"].all_errors == ("Please fill this in.",)
    assert not form["age"].used


def test_after_submitting_every_error_is_shown():
    form = Form(Signup)
    form.submit({"signup": {"_unused_email": "", "email": ""}})
    assert form.submitted
    assert form["email"].errors == form["password"].errors == ("Please fill this in.",)
    form.validate({"signup": {"_unused_email": "", "email": "x"}})
    assert form["email"].errors == ("Please use 3 or more characters.",)


def test_before_anything_was_sent_nothing_is_wrong_and_nothing_is_valid():
    form = Form(Signup)
    assert not form.valid
    assert form.data is None
    assert not form["email"].used
    assert form["email"].all_errors == ()


def test_a_valid_form_gives_the_model():
    form = Form(Signup)
    model = Signup.model_validate(GOOD)
    assert form.validate(sent()) == model
    assert form.data == model
    assert form.valid
    assert not form.submitted
    assert form.submit(sent(age="3")) is None
    assert form.data is None
    assert not form.valid


def test_a_validator_may_blame_another_field():
    form = Form(Signup)
    assert form.submit(sent(password_again="q")) is None
    assert form["password_again"].errors == ("The passwords differ.",)
    assert form.errors == ()


def test_what_a_model_says_of_no_field_belongs_to_the_form():
    form = Form(Signup)
    form.validate({"signup": {f"_unused_{key}": "" for key in GOOD} | GOOD | {"email": "ppp"}})
    assert form.errors == ()
    form.submit(sent(email="ppp", password="ppp", password_again="ppp"))
    assert form.errors == ("The password must not be the address.",)


def test_a_validator_s_own_words_are_said_as_they_are():
    form = Form(Signup)
    form.submit(sent(email="root"))
    assert form["email"].errors == ("This name is ours.",)


def test_blaming_a_field_that_is_not_there_is_a_mistake_that_is_named():
    class Wrong(BaseModel):
        a: str

        @model_validator(mode="after")
        def fail(self) -> Self:
            raise field_error("b", "No.")

    with pytest.raises(FormDefinitionError, match="Wrong has no field 'b'"):
        Form(Wrong).submit({"wrong": {"a": "x"}})


def test_one_field_s_validator_may_blame_its_neighbour():
    class Trip(BaseModel):
        start: int
        end: int

        @field_validator("end")
        @classmethod
        def after(cls, end: int, info: Any) -> int:
            if end < info.data.get("start", 0):
                raise field_error("start", "Begin before {end}.", end=end)
            return end

    form = Form(Trip)
    form.submit({"trip": {"start": "5", "end": "3"}})
    assert form["start"].errors == ("Begin before 3.",)
    assert form["end"].errors == ()


def test_the_server_s_errors_are_shown_at_once_and_stay_until_the_next_change():
    form = Form(Signup)
    assert form.validate({"signup": {**GOOD, "_unused_email": ""}}) is not None
    form.add_error("email", "This is taken.")
    form.add_error(None, "Try again later.")
    assert form["email"].errors == ("This is taken.",)
    assert form.errors == ("Try again later.",)
    assert not form.valid
    with pytest.raises(FormDefinitionError, match="did you mean 'email'"):
        form.add_error("emial", "x")
    assert form.validate(sent()) is not None
    assert form["email"].errors == form.errors == ()
    assert form.valid


def test_an_unknown_field_is_an_error_that_knows_what_was_meant():
    form = Form(Signup)
    with pytest.raises(FormDefinitionError, match="Signup has no field 'emial': did you mean 'em"):
        form["emial"]
    with pytest.raises(AttributeError, match="did you mean 'email'"):
        form.emial  # noqa: B018
    with pytest.raises(FormDefinitionError, match="did you mean 'email'"):
        Form(Signup, {"emial": "x"})
    assert not hasattr(form, "write_html")


@pytest.mark.parametrize("model", [int, str, list, None, "Signup"])
def test_what_is_no_model_is_refused(model: Any):
    with pytest.raises(FormDefinitionError, match="a form is made of"):
        Form(model)


def test_reset_begins_anew():
    form = Form(Signup, {"email": "ada"})
    form.submit(sent(email="x"))
    form.add_error(None, "No.")
    form.reset({"email": "grace"})
    assert form["email"].value == "grace"
    assert form.params == {}
    assert not form.submitted
    assert form.errors == form["email"].errors == ()
    form.reset()
    assert form["email"].value == ""


# Words


def test_messages_are_given_by_type_or_made_when_they_are_read():
    form = Form(Signup, messages={"missing": "Fehlt.", "string_too_short": "Min. {min_length}."})
    form.submit(sent(email="x", password="", age="1"))
    assert form["email"].errors == ("Min. 3.",)
    assert form["password"].errors == ("Fehlt.",)
    assert form["age"].errors == ("This must be 18 or more.",)

    language = "de"

    def translated(error: FormProblem) -> str:
        return f"{language}: {error.field} {error.type} {error.fill(error.text)}"

    form = Form(Signup, messages=translated)
    form.submit(sent(email="x"))
    said = "email string_too_short Please use 3 or more characters."
    assert form["email"].errors == (f"de: {said}",)
    language = "fr"
    assert form["email"].errors == (f"fr: {said}",)


def test_an_application_says_it_once_for_all_its_forms():
    class German(Form[Any]):
        messages: ClassVar[Any] = {"missing": "Fehlt.", "greater_than_equal": "Ab {ge}."}

    form = German(Signup, messages={"missing": "Bitte!"})
    form.submit(sent(password="", age="3"))
    assert form["password"].errors == ("Bitte!",)
    assert form["age"].errors == ("Ab 18.",)

    class Shouting(Form[Any]):
        messages: ClassVar[Any] = lambda error: str(error).upper()

    loud = Shouting(Signup)
    loud.submit(sent(password=""))
    assert loud["password"].errors == ("PLEASE FILL THIS IN.",)


def test_an_error_of_a_type_of_ones_own_keeps_its_words_and_can_be_translated():
    class Code(BaseModel):
        code: str

        @field_validator("code")
        @classmethod
        def known(cls, code: str) -> str:
            raise PydanticCustomError("unknown_code", "There is no {code}.", {"code": code})

    form = Form(Code)
    form.submit({"code": {"code": "x"}})
    assert form["code"].errors == ("There is no x.",)
    form = Form(Code, messages={"unknown_code": "{code} gibt es nicht. {else}"})
    form.submit({"code": {"code": "x"}})
    assert form["code"].errors == ("x gibt es nicht. {else}",)


# Other models


@dataclass
class Point:
    x: int
    y: int = 2
    names: list[str] = field(default_factory=list)


class Options(typing_extensions.TypedDict):
    size: int
    colour: typing_extensions.NotRequired[str]


def test_a_dataclass_makes_a_form():
    form: Form[Point] = Form(Point, Point(7))
    assert form["x"].value == "7"
    assert form.submit({"point": {"x": "1", "y": "", "names": ["a", ""]}}) == Point(1, 2, ["a"])
    assert form.submit({"point": {"x": ""}}) is None
    assert form["x"].errors == ("Please fill this in.",)


def test_a_dataclass_of_pydantic_s_makes_a_form():
    @pydantic_dataclass
    class Box:
        width: int = Field(gt=1, title="How wide")
        depth: int = Field(default=3)

    form = Form(Box)
    assert (form["width"].label, form["depth"].value) == ("How wide", "3")
    assert form["width"].attributes == {"required": True, "min": "2"}
    assert form.submit({"box": {"width": "4", "depth": ""}}) == Box(width=4, depth=3)
    assert form.submit({"box": {"width": "1"}}) is None


def test_a_typed_dict_makes_a_form():
    form = Form(Options, {"size": 3})
    assert form["size"].value == "3"
    assert not form["colour"].attributes
    assert form.submit({"options": {"size": "4", "colour": "red"}}) == {"size": 4, "colour": "red"}
    assert form.submit({"options": {"size": "4"}}) == {"size": 4}
    assert form.submit({"options": {"size": "x"}}) is None


def test_a_dict_makes_a_form_without_a_model():
    form = Form(dict, {"page": "1"}, name="search")
    assert form["q"].name == "search[q]"
    assert form["q"].value == ""
    sent = {"search": {"q": "tea", "_unused_q": "", "tags": ["a", "b"], "in": {"title": "on"}}}
    found = {"page": "1", "q": "tea", "tags": ["a", "b"], "in": {"title": "on"}}
    assert form.submit(sent) == found
    assert form["q"].value == "tea"
    assert form["tags"].value == ("a", "b")
    form.add_error("q", "Nothing was found.")
    assert form["q"].errors == ("Nothing was found.",)


def test_aliases_are_for_pydantic_and_names_for_the_page():
    class Aliased(BaseModel):
        zip_code: str = Field(alias="ZIP", min_length=5)

    form = Form(Aliased, Aliased(ZIP="12345"))
    assert form["zip_code"].name == "aliased[zip_code]"
    assert form["zip_code"].value == "12345"
    data = form.submit({"aliased": {"zip_code": "54321"}})
    assert data is not None
    assert data.zip_code == "54321"
    form.submit({"aliased": {"zip_code": "1"}})
    assert form["zip_code"].errors == ("Please use 5 or more characters.",)


def test_a_generic_model_has_a_name():
    T = TypeVar("T")

    class Box(BaseModel, Generic[T]):
        content: T

    form = Form(Box[int])
    assert form["content"].name == "box_int[content]"
    assert form.submit({"box_int": {"content": "3"}}) == Box[int](content=3)


def test_a_model_that_cannot_be_made_is_an_error_at_once():
    class Odd(TypedDict):
        a: NotThere  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(FormDefinitionError, match="annotation of Odd cannot be read"):
        Form(Odd)


# Copies


def test_a_copy_goes_its_own_way():
    form = Form(Signup, {"email": "ada"})
    form.submit(sent(email="x"))
    form.add_error("age", "No.")
    twin = copy.deepcopy(form)
    assert twin["email"].errors == form["email"].errors != ()
    assert twin["age"].errors == ("No.",)
    twin.validate(sent())
    assert twin.valid
    assert not form.valid
    assert form["email"].value == "x"


def test_what_a_form_keeps_of_the_page_is_plain():
    form = Form(Signup)
    form.submit(sent(email="x"))
    assert json.loads(json.dumps(form.params)) == form.params


def test_pydantic_states_take_forms_and_nothing_else():
    assert Shop(form=Form(Signup)).form["email"].value == ""
    with pytest.raises(ValidationError):
        Shop(form="x")  # type: ignore[arg-type]
