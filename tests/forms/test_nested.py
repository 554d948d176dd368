"""Models within models, rows that come, go and move, and models that a choice selects."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, model_validator

from wirebird import Form, field_error
from wirebird.forms.form import FormDefinitionError
from wirebird.wire.params import decode_form


class Address(BaseModel):
    street: str
    city: str = Field(min_length=2)

    @model_validator(mode="after")
    def not_nowhere(self) -> Self:
        if self.city == "Nowhere":
            raise ValueError("Nobody lives there.")
        if self.city == "Atlantis":
            raise field_error("street", "It has sunk.")
        return self


class Line(BaseModel):
    product: str = Field(min_length=2)
    quantity: int = Field(default=1, ge=1)
    price: Decimal | None = None
    tags: list[Literal["new", "sale"]] = []


class Order(BaseModel):
    title: str = ""
    home: Address | None = None
    lines: list[Line] = Field(default=[], max_length=5)


class Group(BaseModel):
    name: str
    orders: list[Order]


def sent(query: str) -> dict[str, Any]:
    return decode_form(query)


def lines(form: Form[Any], name: str = "lines") -> list[tuple[str, Any]]:
    """Return the rows' keys and products."""
    return [(line.key, line["product"].value) for line in form.inputs_for(name)]


# One model


def test_a_nested_model_has_names_and_ids_of_its_own():
    form = Form(Order, {"home": Address(street="High St", city="Oxford")})
    (home,) = form.inputs_for("home")
    assert (home.name, home.id, home.index, home.key) == ("order[home]", "order_home", None, "")
    assert home["street"].name == "order[home][street]"
    assert home.street.id == "order_home_street"
    assert home.street.value == "High St"


def test_errors_of_a_nested_model_are_with_its_fields():
    form = Form(Order)
    form.submit(sent("order[home][street]=x&order[home][city]=y"))
    (home,) = form.inputs_for("home")
    assert home["city"].errors == ("Please use 2 or more characters.",)
    assert home["street"].errors == ()
    form.submit(sent("order[home][street]=x&order[home][city]=Nowhere"))
    (home,) = form.inputs_for("home")
    assert home.errors == ("Nobody lives there.",)
    assert form.errors == ()
    form.submit(sent("order[home][street]=x&order[home][city]=Atlantis"))
    (home,) = form.inputs_for("home")
    assert home.street.errors == ("It has sunk.",)


def test_a_nested_model_is_used_when_any_field_of_it_is():
    form = Form(Order)
    form.validate(sent("order[home][_unused_street]=&order[home][street]=&order[home][city]=x"))
    assert form["home"].used
    (home,) = form.inputs_for("home")
    assert not home["street"].used
    form.validate(sent("order[home][_unused_street]=&order[home][street]="))
    assert not form["home"].used


def test_an_optional_model_that_nobody_filled_in_is_none():
    form = Form(Order)
    data = form.submit(sent("order[title]=x&order[home][street]=&order[home][city]="))
    assert data is not None
    assert data.home is None
    assert form.submit(sent("order[home][street]=x&order[home][city]=")) is None
    data = form.submit(sent("order[title]=x"))
    assert data is not None
    assert data.home is None


def test_a_needed_model_that_is_not_on_the_page_lacks_its_fields():
    class Needy(BaseModel):
        home: Address

    form = Form(Needy)
    assert form.submit({"needy": {"x": ""}}) is None
    (home,) = form.inputs_for("home")
    assert home["street"].errors == ("Please fill this in.",)


def test_a_form_may_blame_a_part():
    form = Form(Order, {"home": {"street": "x", "city": "yy"}})
    (home,) = form.inputs_for("home")
    home.add_error("street", "We do not go there.")
    home.add_error(None, "Move.")
    (home,) = form.inputs_for("home")
    assert home.street.errors == ("We do not go there.",)
    assert home.errors == ("Move.",)
    assert form.errors == ()


def test_what_has_no_fields_of_its_own_says_so():
    with pytest.raises(FormDefinitionError, match=r"Order.title has no fields of its own"):
        Form(Order).inputs_for("title")


# Rows


def test_rows_have_the_names_that_phoenix_gives_them():
    form = Form(Order, {"lines": [Line(product="tea"), Line(product="jam", quantity=2)]})
    tea, jam = form.inputs_for("lines")
    assert (jam.name, jam.id, jam.index, jam.key) == ("order[lines][1]", "order_lines_1", 1, "1")
    assert jam.quantity.name == "order[lines][1][quantity]"
    assert jam.quantity.value == "2"
    assert jam.tags.name == "order[lines][1][tags][]"
    assert form.lines.sort_name == tea.sort_name == "order[lines_sort][]"
    assert form.lines.drop_name == tea.drop_name == "order[lines_drop][]"


ROWS = "order[lines][0][product]=tea&order[lines][1][product]=jam&order[lines][2][product]=egg"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", [("0", "tea"), ("1", "jam"), ("2", "egg")]),
        ("&order[lines_sort][]=2&order[lines_sort][]=0&order[lines_sort][]=1",
         [("2", "egg"), ("0", "tea"), ("1", "jam")]),
        ("&order[lines_sort][]=1", [("0", "tea"), ("2", "egg"), ("1", "jam")]),
        ("&order[lines_sort][]=new", [("0", "tea"), ("1", "jam"), ("2", "egg"), ("3", "")]),
        ("&order[lines_sort][]=new&order[lines_sort][]=on",
         [("0", "tea"), ("1", "jam"), ("2", "egg"), ("3", ""), ("4", "")]),
        ("&order[lines_sort][]=7", [("0", "tea"), ("1", "jam"), ("2", "egg"), ("7", "")]),
        ("&order[lines_sort][]=1&order[lines_sort][]=1",
         [("0", "tea"), ("2", "egg"), ("1", "jam")]),
        ("&order[lines_drop][]=1", [("0", "tea"), ("2", "egg")]),
        ("&order[lines_drop][]=", [("0", "tea"), ("1", "jam"), ("2", "egg")]),
        ("&order[lines_drop][]=1&order[lines_sort][]=1&order[lines_sort][]=0",
         [("2", "egg"), ("0", "tea")]),
        ("&order[lines_drop][]=9", [("0", "tea"), ("1", "jam"), ("2", "egg")]),
        ("&order[lines_sort]=2", [("0", "tea"), ("1", "jam"), ("2", "egg")]),
        ("&order[lines_sort][a][b]=2", [("0", "tea"), ("1", "jam"), ("2", "egg")]),
        ("&order[lines][a%20b][product]=x", [("0", "tea"), ("1", "jam"), ("2", "egg"), ("3", "x")]),
        ("&order[lines][x]=y", [("0", "tea"), ("1", "jam"), ("2", "egg"), ("x", "")]),
        ("&order[lines][_persistent_id]=y", [("0", "tea"), ("1", "jam"), ("2", "egg")]),
    ],
)  # fmt: skip
def test_rows_are_sorted_added_and_dropped(more: str, expected: list[tuple[str, str]]):
    form = Form(Order)
    form.validate(sent(ROWS + more))
    assert lines(form) == expected
    assert "lines_sort" not in form.params


def test_the_model_has_the_rows_in_their_order():
    form = Form(Order)
    data = form.submit(sent(f"{ROWS}&order[lines_sort][]=2&order[lines_drop][]=0"))
    assert data is not None
    assert [line.product for line in data.lines] == ["jam", "egg"]


def test_rows_may_come_as_a_list():
    form = Form(Order)
    data = form.submit({"order": {"lines": [{"product": "tea"}, {"product": "jam"}, 3]}})
    assert data is None
    assert lines(form) == [("0", "tea"), ("1", "jam"), ("2", "")]


def test_the_last_row_can_be_removed():
    form = Form(Order, {"lines": [Line(product="tea")]})
    assert lines(form) == [("0", "tea")]
    data = form.validate(sent("order[lines_drop][]="))
    assert data == Order()
    assert lines(form) == []


def test_rows_that_are_not_on_the_page_stay():
    form = Form(Order, {"lines": [Line(product="tea")]})
    assert form.validate(sent("order[title]=x")) == Order(title="x", lines=[Line(product="tea")])


def test_a_new_row_has_the_defaults_and_no_errors_yet():
    form = Form(Order)
    form.validate(sent("order[lines_sort][]=new"))
    (line,) = form.inputs_for("lines")
    assert line["quantity"].value == "1"
    assert line["product"].errors == ()
    assert line["product"].all_errors == ("Please fill this in.",)
    assert not form["lines"].used
    assert form.submit(sent("order[lines_sort][]=0")) is None
    (line,) = form.inputs_for("lines")
    assert line["product"].errors == ("Please fill this in.",)


def test_errors_and_marks_of_use_stay_with_their_row():
    form = Form(Order)
    form.validate(
        sent(
            "order[lines][0][product]=x&order[lines][1][_unused_product]=&order[lines][1][product]=y"
            "&order[lines_sort][]=1&order[lines_sort][]=0"
        )
    )
    second, first = form.inputs_for("lines")
    assert (first.key, first["product"].errors) == ("0", ("Please use 2 or more characters.",))
    assert (second.key, second["product"].errors) == ("1", ())
    assert not second["product"].used
    assert form["lines"].used


def test_a_row_of_the_beginning_keeps_what_is_not_on_the_page_wherever_it_moves():
    tea, jam = Line(product="tea", quantity=3), Line(product="jam", quantity=4)
    form = Form(Order, Order(lines=[tea, jam]))
    rows = "order[lines][0][product]=tea&order[lines][1][product]=jam"
    data = form.submit(sent(rows + "&order[lines_sort][]=1&order[lines_sort][]=0"))
    assert data is not None
    assert data.lines == [jam, tea]
    data = form.submit(sent(rows + "&order[lines_drop][]=0&order[lines_sort][]=new"))
    assert data is None
    assert [line.quantity.value for line in form.inputs_for("lines")] == ["4", "1"]


def test_a_new_row_never_takes_the_place_of_one_of_the_beginning():
    form = Form(Order, Order(lines=[Line(product="tea"), Line(product="jam", quantity=4)]))
    form.validate(sent("order[lines][0][product]=tea&order[lines_sort][]=new"))
    assert [(line.key, line.quantity.value) for line in form.inputs_for("lines")] == [
        ("0", "1"),
        ("2", "1"),
    ]


def test_too_many_rows_are_an_error_of_the_list():
    form = Form(Order)
    form.submit({"order": {"lines": [{"product": "tea"}] * 6}})
    assert form["lines"].errors == ("This takes no more than 5.",)


def test_rows_of_rows():
    form = Form(Group, {"name": "x", "orders": [Order(lines=[Line(product="tea")])]})
    (order,) = form.inputs_for("orders")
    (line,) = order.inputs_for("lines")
    assert line["product"].name == "group[orders][0][lines][0][product]"
    assert line.sort_name == "group[orders][0][lines_sort][]"
    data = form.validate(
        sent(
            "group[name]=x&group[orders][0][title]=a&group[orders][0][lines][0][product]=tea"
            "&group[orders][0][lines][1][product]=j&group[orders][0][lines_sort][]=1"
            "&group[orders][0][lines_sort][]=0&group[orders_sort][]=new&group[orders_sort][]=0"
        )
    )
    assert data is None
    new, old = form.inputs_for("orders")
    assert (new.key, old.key) == ("1", "0")
    assert [line["product"].value for line in old.inputs_for("lines")] == ["j", "tea"]
    assert old.inputs_for("lines")[0]["product"].errors == ("Please use 2 or more characters.",)
    assert new.inputs_for("lines") == []


def test_a_model_that_holds_itself():
    class Node(BaseModel):
        name: str
        children: list[Node] = []

    Node.model_rebuild()
    form = Form(Node)
    data = form.submit(
        sent("node[name]=a&node[children][0][name]=b&node[children][0][children][0][name]=c")
    )
    assert data == Node(name="a", children=[Node(name="b", children=[Node(name="c")])])


@dataclasses.dataclass
class Song:
    title: str


@dataclasses.dataclass
class Album:
    name: str
    songs: list[Song] = dataclasses.field(default_factory=list)
    label: Song | None = None


def test_dataclasses_within_dataclasses():
    form = Form(Album, Album("a", [Song("b")]))
    assert form.inputs_for("songs")[0]["title"].value == "b"
    data = form.submit(sent("album[name]=a&album[songs][0][title]=c&album[label][title]=d"))
    assert data == Album("a", [Song("c")], Song("d"))
    assert form.submit(sent("album[name]=a&album[songs][0][title]=")) is None
    assert form.inputs_for("songs")[0]["title"].errors == ("Please fill this in.",)


# Rows that the server adds and moves


def test_the_server_adds_a_row_with_values():
    form = Form(Order, Order(title="mine", lines=[Line(product="tea", quantity=3, tags=["new"])]))
    key = form.add_row("lines", {"product": "jam", "price": Decimal("2.50"), "tags": ["sale"]})
    assert key == "1"
    assert form["title"].value == "mine"
    assert lines(form) == [("0", "tea"), ("1", "jam")]
    tea, jam = form.inputs_for("lines")
    assert (jam["price"].value, jam["tags"].value, jam["quantity"].value) == (
        "2.50",
        ("sale",),
        "1",
    )
    assert (tea["quantity"].value, tea["tags"].value) == ("3", ("new",))
    assert not jam["product"].used
    assert form.data is not None
    assert form.data.lines[1] == Line(product="jam", price=Decimal("2.50"), tags=["sale"])
    assert form.data.lines[0].tags == ["new"]


def test_the_server_moves_a_row_and_what_was_typed_moves_with_it():
    form = Form(Order)
    form.validate(sent(f"{ROWS}&order[lines][2][quantity]=0"))
    form.move_row("lines", "2", -1)
    assert [key for key, _ in lines(form)] == ["0", "2", "1"]
    assert form.inputs_for("lines")[1]["quantity"].errors == ("This must be 1 or more.",)
    form.move_row("lines", "2", -9)
    assert [key for key, _ in lines(form)] == ["2", "0", "1"]
    form.move_row("lines", "2", 9)
    form.move_row("lines", "gone", 1)
    assert [key for key, _ in lines(form)] == ["0", "1", "2"]


def test_rows_within_rows_move_too():
    form = Form(
        Group, {"orders": [Order(lines=[Line(product="tea"), Line(product="jam")]), Order()]}
    )
    form.inputs_for("orders")[0].move_row("lines", "1", -1)
    first, second = form.inputs_for("orders")
    assert [line["product"].value for line in first.inputs_for("lines")] == ["jam", "tea"]
    second.add_row("lines")
    first, second = form.inputs_for("orders")
    assert [line["product"].value for line in first.inputs_for("lines")] == ["jam", "tea"]
    assert [line["product"].value for line in second.inputs_for("lines")] == [""]


def test_only_lists_of_models_have_rows():
    for name in ("title", "home"):
        with pytest.raises(FormDefinitionError, match="is no list of models"):
            Form(Order).add_row(name)
    with pytest.raises(FormDefinitionError, match="did you mean 'product'"):
        Form(Order).add_row("lines", {"produkt": "x"})


# Choices among models


class Card(BaseModel):
    kind: Literal["card"] = "card"
    number: str = Field(min_length=4)


class Bank(BaseModel):
    kind: Literal["sepa", "wire"]
    iban: str


class Method(Enum):
    CASH = "cash"


class Cash(BaseModel):
    kind: Literal[Method.CASH]


Payment = Annotated[Card | Bank | Cash, Field(discriminator="kind")]


class Bill(BaseModel):
    pay: Payment
    also: list[Payment] = []
    maybe: Payment | None = None


def names(part: Any) -> list[str]:
    return [field.plain_name for field in part]


def test_a_choice_selects_the_fields():
    form = Form(Bill)
    (pay,) = form.inputs_for("pay")
    assert names(pay) == ["kind"]
    assert pay["kind"].options == (
        ("card", "Card"), ("sepa", "Sepa"), ("wire", "Wire"), ("cash", "Cash"),
    )  # fmt: skip
    form.validate(sent("bill[pay][kind]=card&bill[pay][number]=12"))
    (pay,) = form.inputs_for("pay")
    assert names(pay) == ["kind", "number"]
    assert pay["kind"].value == "card"
    assert pay["kind"].options[1] == ("sepa", "Sepa")
    assert pay["number"].errors == ("Please use 4 or more characters.",)
    data = form.validate(sent("bill[pay][kind]=wire&bill[pay][number]=12&bill[pay][iban]=X"))
    assert data == Bill(pay=Bank(kind="wire", iban="X"))
    (pay,) = form.inputs_for("pay")
    assert names(pay) == ["kind", "iban"]
    assert form.validate(sent("bill[pay][kind]=cash")) == Bill(pay=Cash(kind=Method.CASH))


@pytest.mark.parametrize(
    ("raw", "message"),
    [("", "Please fill this in."), ("gold", "Please choose one of the options.")],
)
def test_a_choice_that_was_not_made_or_is_none_is_an_error_of_the_choice(raw: str, message: str):
    form = Form(Bill)
    assert form.submit(sent(f"bill[pay][kind]={raw}")) is None
    (pay,) = form.inputs_for("pay")
    assert pay["kind"].errors == (message,)


def test_a_choice_of_the_beginning():
    form = Form(Bill, Bill(pay=Bank(kind="sepa", iban="X"), also=[Card(number="1234")]))
    (pay,) = form.inputs_for("pay")
    assert (pay["kind"].value, pay["iban"].value) == ("sepa", "X")
    (also,) = form.inputs_for("also")
    assert (also["kind"].value, also["number"].value) == ("card", "1234")


def test_rows_of_chosen_models():
    form = Form(Bill)
    query = (
        "bill[pay][kind]=cash&bill[also][0][kind]=card&bill[also][0][number]=1"
        "&bill[also][1][kind]=sepa&bill[also][1][iban]=&bill[also_sort][]=1&bill[also_sort][]=0"
    )
    assert form.submit(sent(query)) is None
    bank, card = form.inputs_for("also")
    assert bank["iban"].errors == ("Please fill this in.",)
    assert card["number"].errors == ("Please use 4 or more characters.",)


def test_a_choice_may_be_left_open_where_none_is_needed():
    data = Form(Bill).submit(sent("bill[pay][kind]=cash&bill[maybe][kind]="))
    assert data is not None
    assert data.maybe is None


def test_several_models_without_a_choice_are_refused():
    class Unclear(BaseModel):
        pay: Card | Bank

    with pytest.raises(FormDefinitionError, match=r"Unclear.pay may be Card \| Bank"):
        Form(Unclear)


# Whatever is sent


products = st.lists(st.text("abc", min_size=2, max_size=3), min_size=1, max_size=6)


@given(products, st.data())
def test_sorting_and_dropping_keeps_rows_whole(texts: list[str], data: st.DataObject):
    keys = [str(index) for index in range(len(texts))]
    sort = data.draw(st.permutations(keys))
    drop = data.draw(st.lists(st.sampled_from(keys), unique=True))
    rows = {
        key: {"product": text, "quantity": str(int(key) + 1)}
        for key, text in zip(keys, texts, strict=True)
    }
    form = Form(Group)
    form.validate(
        {"group": {"orders": {"0": {"lines": rows, "lines_sort": sort, "lines_drop": drop}}}}
    )
    (order,) = form.inputs_for("orders")
    kept = [key for key in sort if key not in drop]
    shown = [
        (line.key, line["product"].value, line["quantity"].value)
        for line in order.inputs_for("lines")
    ]
    assert shown == [(key, texts[int(key)], str(int(key) + 1)) for key in kept]


scalars = st.text("ab01_ ", max_size=4) | st.none() | st.booleans() | st.integers(-3, 9)
names_of_fields = st.sampled_from(
    ["title", "home", "lines", "lines_sort", "lines_drop", "0", "1", "product", "quantity", "tags",
     "_unused_title", "_unused_lines", "street", "city", "price", "_persistent_id", "pay", "kind",
     ""]
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(names_of_fields, inside, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(names_of_fields, anything, max_size=6))
def test_whatever_is_sent_is_shown_or_refused_and_never_fails(params: dict[str, Any]):
    for model, name in ((Order, "order"), (Bill, "bill"), (Group, "group"), (dict, "form")):
        form = Form(model)
        before = copy.deepcopy(params)
        data = form.submit({name: params})
        assert params == before
        assert form.valid == (data is not None)
        wrong = list(itertools.chain(form.errors, shown(form)))
        assert bool(wrong) == (data is None)
        twin = copy.deepcopy(form)
        assert list(itertools.chain(twin.errors, shown(twin))) == wrong
        form.validate({name: form.params})
        assert form.params == twin.params


def shown(group: Any) -> Any:
    for field in group:
        assert isinstance(field.value, str | bool | tuple)
        yield from field.errors
        if not field.type:
            for part in group.inputs_for(field.plain_name):
                yield from (
                    part.errors if part.form_path != (*group.form_path, field.plain_name) else ()
                )
                yield from shown(part)


def test_the_first_field_that_is_wrong_may_be_in_a_row():
    form = Form(Order)
    assert form.first_wrong() is None
    form.submit(sent("order[lines][0][product]=ok&order[lines][1][product]=x&order[title]=x"))
    wrong = form.first_wrong()
    assert wrong is not None
    assert wrong.id == "order_lines_1_product"
    form.add_error("title", "This title is taken.")
    wrong = form.first_wrong()
    assert wrong is not None
    assert wrong.id == "order_title"
    form.submit(sent("order[lines][0][product]=ok"))
    assert form.first_wrong() is None
