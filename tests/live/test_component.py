"""What a live component takes, and what it says when it is given something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

import pytest
from pydantic import BaseModel

from wirebird import LiveComponent, LiveView, event
from wirebird.html.errors import ComponentError
from wirebird.html.slots import EMPTY, NOTHING, Slot
from wirebird.live.component import Target, group_by_class, live_component
from wirebird.live.errors import ViewDefinitionError
from wirebird.live.socket import Socket


@dataclass
class Like:
    label: str = ""
    count: int = 0


class LikeButton(LiveComponent[Like]):
    html = "<button>{{ label }}</button>"


class Card(LiveComponent[Like]):
    html = "<div></div>"

    async def update(self, title: str, *, open: bool = False) -> None:
        self.state.label = title


class Loaded(LiveComponent[Like]):
    html = "<div></div>"

    @classmethod
    async def update_many(cls, updates: list[tuple[LiveComponent[Any], Mapping[str, Any]]]) -> None:
        pass


def make(kind: type[LiveComponent[Any]]) -> LiveComponent[Any]:
    host: Any = None
    return kind(Socket("phx-1", host, connected=True), "one", Target(7))


def test_a_target_is_its_number_in_a_template():
    assert str(Target(3)) == "3"
    assert Target(3) == Target(3) != Target(4)
    assert Target(3) != 3
    assert len({Target(3), Target(3)}) == 1


def test_props_go_into_the_fields_of_the_state():
    button = make(LikeButton)
    button.take_props({"label": "Like", "count": 3})
    assert button.state == Like("Like", 3)


def test_props_go_into_a_model_and_into_a_typed_dict():
    class Model(BaseModel):
        label: str = ""

    class Values(TypedDict):
        label: str

    class OfModel(LiveComponent[Model]):
        html = "<p></p>"

    class OfDict(LiveComponent[Values]):
        html = "<p></p>"

    first, second = make(OfModel), make(OfDict)
    for component in (first, second):
        component.check_props({"label": "x"})
        component.take_props({"label": "x"})
    assert first.state.label == "x"
    assert second.state == {"label": "x"}
    with pytest.raises(ComponentError, match="OfDict has no field 'lable'"):
        second.check_props({"lable": "x"})


def test_a_component_without_a_state_class_takes_any_prop():
    class Loose(LiveComponent):
        html = "<p></p>"

    Loose.check_props({"anything": 1})
    component = make(Loose)
    component.take_props({"anything": 1})
    assert component.state.anything == 1


def test_an_unknown_prop_names_the_component_and_the_way_out():
    with pytest.raises(ComponentError) as caught:
        LikeButton.check_props({"lable": "Like"})
    assert str(caught.value) == (
        "LikeButton has no field 'lable' to put this prop into: add it to Like,"
        " or write update(self, lable); did you mean 'label'?"
    )


@pytest.mark.parametrize(
    ("props", "says"),
    [
        ({}, "missing a required argument: 'title'"),
        ({"title": "x", "closed": True}, "unexpected keyword argument 'closed'"),
    ],
)
def test_props_that_update_does_not_take_are_an_error(props: dict[str, Any], says: str):
    with pytest.raises(ComponentError, match="Card cannot be given these props") as caught:
        Card.check_props(props)
    assert says in str(caught.value)


def test_content_is_no_prop():
    slots = [Slot()]
    inner = Slot({}, lambda: NOTHING)
    props = {"title": "x", "inner_block": inner, "footer": Slot(), "cols": slots}
    Card.check_props(props)
    card = make(Card)
    assert card.take_slots(props) == {"title": "x"}
    assert card.slots == {
        "inner_block": inner, "children": inner, "footer": props["footer"], "cols": slots,
    }  # fmt: skip


def test_without_content_there_is_an_empty_slot():
    card = make(Card)
    assert card.take_slots({"title": "x"}) == {"title": "x"}
    assert card.slots == {"inner_block": EMPTY, "children": EMPTY}


def test_update_is_given_again_what_it_cannot_do_without():
    last = {"title": "Old", "open": True}
    assert Card.complete_props({"open": False}, last) == {"title": "Old", "open": False}
    assert Card.complete_props({"title": "New"}, last) == {"title": "New"}
    assert LikeButton.complete_props({"count": 2}, {"label": "Like"}) == {"count": 2}


def test_update_many_takes_what_it_is_given():
    Loaded.check_props({"whatever": 1})


@pytest.mark.parametrize("id", [None, ""])
def test_a_component_needs_an_id(id: Any):
    with pytest.raises(ComponentError, match="LikeButton needs an id"):
        live_component(LikeButton, id=id)


def test_a_component_stands_only_in_a_live_view():
    with pytest.raises(ComponentError, match="LikeButton can only stand in the template of a live"):
        live_component(LikeButton, id="one")


class SomeView(LiveView):
    html = "<p></p>"


@pytest.mark.parametrize("component", [SomeView, "LikeButton", None, make(LikeButton)])
def test_only_a_component_can_be_placed(component: Any):
    with pytest.raises(ComponentError, match="live_component takes a LiveComponent's class, not"):
        live_component(component, id="one")


def test_updates_are_grouped_by_class_in_the_order_of_their_first():
    a, b, c = make(LikeButton), make(Card), make(LikeButton)
    one: dict[str, Any] = {"label": "1"}
    groups = group_by_class([(a, one), (b, {}), (c, {})])
    assert list(groups.items()) == [(LikeButton, [(a, one), (c, {})]), (Card, [(b, {})])]


def test_a_state_that_cannot_be_made_is_found_at_import():
    @dataclass
    class Needy:
        items: list[int]

    with pytest.raises(ViewDefinitionError, match="its state cannot be made without arguments"):

        class NeedyComponent(LiveComponent[Needy]):  # pyright: ignore[reportUnusedClass]
            html = "<p></p>"


def test_a_field_that_would_hide_myself_is_found_at_import():
    @dataclass
    class Hiding:
        myself: str = ""

    with pytest.raises(ViewDefinitionError, match=r"Hiding\.myself would hide"):

        class HidingComponent(LiveComponent[Hiding]):  # pyright: ignore[reportUnusedClass]
            html = "<p></p>"


def test_an_event_claimed_twice_is_found_at_import():
    with pytest.raises(ViewDefinitionError, match='the event "go" would go to two'):

        class Twice(LiveComponent[Like]):  # pyright: ignore[reportUnusedClass]
            html = "<p></p>"

            @event
            async def go(self) -> None: ...

            @event("go")
            async def start(self) -> None: ...


def test_each_component_has_a_state_of_its_own():
    @dataclass
    class Bag:
        items: list[int] = field(default_factory=list)

    class BagComponent(LiveComponent[Bag]):
        html = "<p></p>"

    first, second = make(BagComponent), make(BagComponent)
    first.state.items.append(1)
    assert second.state.items == []
