"""Inputs, rows and errors of a `Form`: what its fields bring, and that nothing gets lost."""

from __future__ import annotations

import datetime as dt
import enum
import sys
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, EmailStr, Field, SecretStr
from selectolax.lexbor import LexborHTMLParser

from tests.components.markup import attributes, element, html_of
from wirebird import Form
from wirebird.components import errors, form, input, inputs_for, ui
from wirebird.html.differ import Message
from wirebird.html.errors import ComponentError
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.tree import to_html
from wirebird.testing import forms
from wirebird.wire.params import decode_form


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


class Line(BaseModel):
    product: str = Field(min_length=2, max_length=40)
    quantity: int = Field(default=1, ge=1)


class Shop(BaseModel):
    name: str = Field(max_length=20, pattern="^[A-Z].*$", title="The shop's name")
    email: EmailStr
    secret: SecretStr = SecretStr("")
    rating: float = Field(3, ge=1, le=5)
    open: bool = False
    terms: Literal[True] = True
    since: dt.date | None = None
    size: Size
    colour: Literal["red", "blue"] | None = None
    days: list[Literal["mon", "tue"]] = []
    tags: list[int] = []
    lines: list[Line] = Field([], max_length=2)


def shop(**values: Any) -> Form[Shop]:
    return Form(Shop, values or None)


# One input


def test_a_field_brings_its_type_label_and_constraints() -> None:
    shown = input(shop()["name"])
    assert element(shown, "label").text() == "The shop's name"
    found = attributes(shown, "input")
    assert (found["id"], found["name"], found["type"]) == ("shop_name", "shop[name]", "text")
    assert (found["maxlength"], found["pattern"]) == ("20", "[A-Z].*")
    assert "required" in found
    assert not found["value"]
    rating = attributes(input(shop().rating), "input")
    assert (rating["type"], rating["min"], rating["max"], rating["step"]) == (
        "number",
        "1",
        "5",
        "any",
    )
    assert rating["value"] == "3"
    assert attributes(input(shop()["email"]), "input")["type"] == "email"
    assert attributes(input(shop().since), "input")["type"] == "date"


def test_what_is_given_wins() -> None:
    shown = input(
        shop()["name"], type="search", label="N", required=False, maxlength=5, value="v", id="i"
    )
    found = attributes(shown, "input")
    assert "required" not in found
    assert (found["type"], found["maxlength"], found["value"], found["id"]) == (
        "search",
        "5",
        "v",
        "i",
    )
    assert element(shown, "label").text() == "N"
    assert "<label" not in html_of(input(shop()["name"], aria_label="N"))


def test_constraints_that_mean_nothing_on_an_input_are_left_out() -> None:
    assert "pattern" not in attributes(input(shop()["name"], type="textarea"), "textarea")
    hidden = attributes(input(shop()["name"], type="hidden"), "input")
    assert set(hidden) == {"type", "name", "id", "value"}
    assert "required" not in attributes(input(shop().rating, type="range"), "input")


def test_an_enum_is_a_select_with_an_empty_option_until_it_has_a_value() -> None:
    shown = input(shop()["size"])
    options = [option.text() for option in LexborHTMLParser(html_of(shown)).css("option")]
    assert options == ["", "Small", "Large"]
    assert "required" in attributes(shown, "select")
    shown = input(shop(size=Size.LARGE)["size"])
    assert element(shown, "option[selected]").text() == "Large"
    assert len(LexborHTMLParser(html_of(shown)).css("option")) == 2
    assert len(LexborHTMLParser(html_of(input(shop().colour))).css("option")) == 3
    assert element(input(shop()["size"], prompt="Choose"), "option[value='']").text() == "Choose"


def test_a_choice_may_be_a_group_of_radios() -> None:
    shown = input(shop(size=Size.LARGE)["size"], type="radio")
    assert element(shown, "legend").text() == "Size"
    assert attributes(shown, "input[checked]")["value"] == "l"
    assert len(LexborHTMLParser(html_of(shown)).css("input[required]")) == 2


def test_several_choices_are_a_select_or_a_group_of_boxes() -> None:
    shown = input(shop(days=["tue"]).days)
    assert attributes(shown, "select")["name"] == "shop[days][]"
    assert "multiple" in attributes(shown, "select")
    nothing = attributes(shown, "input[type=hidden]")
    assert nothing["name"] == "shop[days][]"
    assert not nothing["value"]
    group = input(shop(days=["tue"]).days, type="checkbox", disabled=True)
    assert attributes(group, "fieldset")["id"] == "shop_days"
    assert element(group, "[role=group]")
    assert attributes(group, "input[checked]")["value"] == "tue"
    assert len(LexborHTMLParser(html_of(group)).css("input[name='shop[days][]'][disabled]")) == 3


def test_options_of_ones_own_make_a_select() -> None:
    shown = input(shop(tags=[2]).tags, options={1: "One", 2: "Two"})
    assert element(shown, "option[selected]").text() == "Two"
    with pytest.raises(ComponentError, match="offers nothing to choose"):
        input(shop().tags)
    assert element(input(shop()["name"], options=["A", "B"]), "select")


def test_a_box_sends_false_when_it_is_not_ticked() -> None:
    shown = input(shop(open=True).open)
    assert attributes(shown, "input[type=hidden]")["value"] == "false"
    assert "checked" in attributes(shown, "input[type=checkbox]")
    assert "required" not in attributes(shown, "input[type=checkbox]")


def test_errors_are_shown_as_the_form_says() -> None:
    filled = shop()
    filled.validate({"shop": {"_unused_name": "", "name": ""}})
    assert "wb-error" not in html_of(input(filled["name"]))
    assert element(input(filled["name"], used=True), ".wb-error").text().strip()
    assert attributes(input(filled["name"], used=True), "input")["aria-invalid"] == "true"
    filled.add_error("name", "Taken.")
    assert element(input(filled["name"]), ".wb-error").text().strip() == "Taken."
    filled.submit({"shop": {"name": "x"}})
    shown = input(filled["name"])
    assert attributes(shown, "input")["aria-describedby"] == "shop_name-error"
    assert (
        element(shown, "#shop_name-error").text().strip() == "This does not have the right format."
    )


def test_what_is_no_field_is_named() -> None:
    filled = shop(lines=[{"product": "tea"}])
    (line,) = filled.inputs_for("lines")
    for wrong, match in (
        (filled.name, r'is form\["name"\]'),
        (filled.id, r'is form\["name"\]'),
        (line.key, r'is form\["name"\]'),
        (line, "a part of it"),
        (filled.lines, r'go over form.inputs_for\("lines"\)'),
    ):
        with pytest.raises(ComponentError, match=match):
            input(wrong)  # type: ignore[arg-type]


def test_an_input_that_has_not_changed_is_the_same_one() -> None:
    filled = shop()
    first = input(filled["name"], label="N", phx_debounce="blur")
    assert input(filled["name"], label="N", phx_debounce="blur") is first
    assert input(filled["name"], label="M", phx_debounce="blur") is not first
    filled.validate({"shop": {"name": "Tea"}})
    changed = input(filled["name"], label="N", phx_debounce="blur")
    assert attributes(changed, "input")["value"] == "Tea"
    rating = input(filled["rating"])
    for name in ("Tea", "Jam"):
        filled.validate({"shop": {"name": name}})
        assert input(filled["rating"]) is rating
    filled.add_error("name", "Taken.")
    assert "Taken." in html_of(input(filled["name"], label="N", phx_debounce="blur"))
    options = ["a"]
    before = html_of(input(filled["name"], options=options))
    options.append("b")
    assert html_of(input(filled["name"], options=options)) != before


# Forms and rows


def test_a_form_has_the_id_of_its_form_and_says_what_is_wrong_with_all_of_it() -> None:
    filled = shop()
    assert attributes(form("x", for_=filled), "form")["id"] == "shop"
    assert attributes(form("x", for_=filled, id="y"), "form")["id"] == "y"
    filled.add_error(None, "Closed on <b>Sundays</b>.")
    shown = form("x", for_=filled, actions="Save")
    assert element(shown, "[role=alert]").text().strip() == "Closed on <b>Sundays</b>."
    with pytest.raises(ComponentError, match="lacks an id"):
        form("x")


def test_errors_of_lists_and_of_parts_can_be_shown() -> None:
    filled = shop()
    assert html_of(errors(filled)) == html_of(errors(filled["lines"])) == ""
    filled.submit({"shop": {"lines": [{"product": "tea"}] * 3}})
    assert (
        element(errors(filled["lines"]), ".wb-error").text().strip() == "This takes no more than 2."
    )
    assert element(errors(["One", "Two"], id="e"), "#e").css("p").__len__() == 2


PAGE = """
{% call ui.form(for=form, on_change="check") %}
  {% for field in form %}
    {% if field.plain_name == "tags" %}{{ ui.input(field, options=[1, 2]) }}
    {% elif field.type %}{{ ui.input(field) }}{% endif %}
  {% endfor %}
  {% call(line) ui.inputs_for(form, "lines") %}
    <li id="{{ line.id }}">{{ ui.input(line.product) }}{{ ui.input(line.quantity) }}</li>
  {% endcall %}
{% endcall %}
"""


class Page:
    """A template with a form, rendered again and again."""

    def __init__(self, filled: Form[Any], source: str = PAGE) -> None:
        environment = TemplateEnvironment()
        environment.globals["ui"] = ui
        self.template = environment.inline(source, "page")
        self.form = filled
        self.tree: Any = None

    def render(self) -> Any:
        return self.template.tree({"form": self.form}, None, None)

    def send(self) -> Any:
        """Return what the browser is sent."""
        new, message = self.render(), Message()
        old, self.tree = self.tree, new
        return message.finish(
            message.full_tree(new) if old is None else message.diff_tree(old, new) or {}
        )

    def sent(self) -> dict[str, Any]:
        """Return what the browser sends of what it shows."""
        parsed = LexborHTMLParser(to_html(self.render()))
        node = parsed.css_first("form")
        assert node is not None
        return decode_form(forms.urlencode(forms.Form(node, parsed).entries()))


def test_rows_have_the_hidden_inputs_that_keep_them() -> None:
    shown = inputs_for(
        shop(lines=[Line(product="tea"), Line(product="jam")]), "lines", lambda line: line.key
    )
    parsed = LexborHTMLParser(html_of(shown)).css("input")
    assert [dict(each.attributes) for each in parsed] == [
        {"type": "hidden", "name": "shop[lines_drop][]"},
        {"type": "hidden", "name": "shop[lines_sort][]", "value": "0"},
        {"type": "hidden", "name": "shop[lines_sort][]", "value": "1"},
    ]
    assert "shop[lines_drop][]" in html_of(inputs_for(shop(), "lines", lambda line: line.key))


@pytest.mark.skipif(sys.version_info < (3, 14), reason="t-strings")
def test_a_form_in_a_t_string() -> None:
    from tests.components import form_tstring_py314

    page = form_tstring_py314.page(shop(lines=[Line(product="tea")], name="Shop"))
    parsed = LexborHTMLParser(page)
    assert parsed.css_first("form#shop input[name='shop[name]'][value=Shop]") is not None
    assert parsed.css_first("form#shop li input[name='shop[lines][0][product]']") is not None
    assert parsed.css_first("input[name='shop[lines_sort][]'][value='0']") is not None


def test_one_changed_field_sends_that_field_alone() -> None:
    class Invoice(BaseModel):
        lines: list[Line]

    filled = Form(Invoice, {"lines": [Line(product=f"Thing {n}") for n in range(200)]})
    page = Page(filled, PAGE)
    page.send()
    sent = page.sent()
    filled.validate(sent)
    assert page.send() == {}
    sent["invoice"]["lines"] = {k: dict(row) for k, row in filled.params["lines"].items()}
    sent["invoice"]["lines"]["120"]["quantity"] = "77"
    filled.validate(sent)
    diff = page.send()
    while "k" not in diff:
        assert len(diff) == 1, diff
        (diff,) = diff.values()
    assert set(diff["k"]) == {120, "kc"}
    assert str(diff).count("77") == 1
    assert len(str(diff)) < 500


def test_a_row_that_is_removed_leaves_the_others_as_they_are() -> None:
    class Invoice(BaseModel):
        lines: list[Line]

    filled = Form(Invoice, {"lines": [Line(product=f"Thing {n}") for n in range(200)]})
    page = Page(filled)
    page.send()
    sent = page.sent()
    sent["invoice"]["lines_drop"] = ["0"]
    filled.validate(sent)
    assert "Thing" not in str(page.send())


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=9
)
minutes = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)).map(
    lambda each: each.replace(second=0, microsecond=each.microsecond // 1000 * 1000)
)


class Inner(BaseModel):
    a: str
    b: Decimal | None
    c: list[Size]


class Everything(BaseModel):
    text: Annotated[str, Field(min_length=1)]
    about: str = "x"
    maybe: str | None
    number: int
    real: float
    money: Decimal
    ticked: bool
    unsure: bool | None
    when: dt.date
    clock: dt.time
    moment: dt.datetime
    size: Size
    sizes: list[Size]
    letters: set[Literal["a", "b", "c"]]
    level: Literal[1, 2, 3]
    secret: SecretStr
    inner: Inner
    rows: list[Inner]


inners = st.builds(
    Inner,
    a=texts,
    b=st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    c=st.lists(st.sampled_from(Size), unique=True).map(
        lambda all: sorted(all, key=lambda s: -ord(s.value))
    ),
)
whole = st.builds(
    Everything,
    text=texts,
    about=texts | st.just(""),
    maybe=texts | st.none(),
    number=st.integers(),
    real=st.floats(allow_nan=False, allow_infinity=False),
    money=st.decimals(allow_nan=False, allow_infinity=False),
    ticked=st.booleans(),
    unsure=st.booleans() | st.none(),
    when=st.dates(),
    clock=minutes.map(dt.datetime.time),
    moment=minutes,
    size=st.sampled_from(Size),
    sizes=st.lists(st.sampled_from(Size), unique=True).map(
        lambda all: sorted(all, key=lambda s: -ord(s.value))
    ),
    letters=st.sets(st.sampled_from("abc")),
    level=st.sampled_from([1, 2, 3]),
    secret=st.just(SecretStr("s")),
    inner=inners,
    rows=st.lists(inners, max_size=3),
)
WHOLE = """
{% macro fields(part) %}
  {% for field in part %}{% if field.type %}{{ ui.input(field) }}{% endif %}{% endfor %}
{% endmacro %}
<form>
  {{ fields(form) }}
  {% call(part) ui.inputs_for(form, "inner") %}{{ fields(part) }}{% endcall %}
  {% call(part) ui.inputs_for(form, "rows") %}{{ fields(part) }}{% endcall %}
</form>
"""


@settings(max_examples=60)
@given(whole)
def test_a_model_that_is_shown_and_sent_back_is_the_same(model: Everything) -> None:
    page = Page(Form(Everything, model), WHOLE)
    sent = page.sent()
    sent["everything"]["secret"] = "s"  # a password is never in the page before it was typed
    assert page.form.submit(sent) == model, page.form.params
    sent = page.sent()
    assert page.form.submit(sent) == model
