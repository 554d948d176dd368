"""A generic view's state is what its type variables stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

import pytest
from pydantic import BaseModel

from wirebird import Form, LiveComponent, LiveView, ViewDefinitionError, Wirebird
from wirebird.testing import LiveClient

T = TypeVar("T")
S = TypeVar("S")
K = TypeVar("K")


@dataclass
class Page(Generic[T]):
    items: list[T] = field(default_factory=list[T])


@dataclass
class Fixed:
    number: int = 1


class Pages(LiveView[Page[T]], Generic[T]):
    html = "{{ items|length }}"


class Numbers(Pages[int]):
    pass


class MoreNumbers(Numbers):
    pass


class Keyed(LiveView[S], Generic[K, S]):
    html = "x"


class KeyedPage(Keyed[int, Page[int]]):
    pass


class HalfKeyed(Keyed[int, S], Generic[S]):
    pass


class KeyedFixed(HalfKeyed[Fixed]):
    pass


class Always(LiveView[Fixed], Generic[K]):
    html = "x"


class AlwaysFixed(Always[str]):
    pass


class Cards(LiveComponent[Page[T]], Generic[T]):
    html = "<b>x</b>"


class NumberCards(Cards[int]):
    pass


class Unknown(LiveView[S], Generic[S]):
    html = "x"


class Mixin:
    pass


class Mixed(Mixin, Numbers):
    pass


@pytest.mark.parametrize(
    ("view", "state"),
    [
        (Numbers, Page[int]),
        (MoreNumbers, Page[int]),
        (Mixed, Page[int]),
        (KeyedPage, Page[int]),
        (KeyedFixed, Fixed),
        (AlwaysFixed, Fixed),
        (NumberCards, Page[int]),
        (Unknown, SimpleNamespace),
    ],
)
def test_type_variables_are_followed_to_the_state(view: Any, state: Any) -> None:
    assert view.definition.state_class == state


class Item(BaseModel):
    title: str = "Tea"


@dataclass
class Edit(Generic[T]):
    form: Form[T]


class Editor(LiveView[Edit[T]], Generic[T]):
    html = "{{ form.title.value }}"


class ItemEditor(Editor[Item]):
    pass


class DirectEditor(LiveView[Edit[Item]]):
    html = "{{ form.title.value }}"


@pytest.mark.parametrize(
    ("view", "shown"), [(Numbers, "0"), (ItemEditor, "Tea"), (DirectEditor, "Tea")]
)
async def test_a_generic_state_is_made(
    make_app: Callable[..., Wirebird], view: type[LiveView[Any]], shown: str
) -> None:
    app = make_app()
    app.live("/", view)
    async with LiveClient(app) as client:
        assert shown in (await client.live("/")).html


@dataclass
class Hidden(Generic[T]):
    flash: str = ""


@dataclass
class Needs(Generic[T]):
    item: T


def test_a_generic_state_is_checked_when_the_class_is_made() -> None:
    with pytest.raises(ViewDefinitionError, match="flash would hide"):

        class HiddenView(LiveView[Hidden[int]]):
            html = "x"

    with pytest.raises(ViewDefinitionError, match="cannot be made without arguments"):

        class NeedsView(LiveView[Needs[int]]):
            html = "x"


def test_a_state_may_be_set_by_the_mount_that_another_one_calls() -> None:
    class BaseView(LiveView[Needs[int]]):
        html = "x"

        async def mount(self) -> None:
            self.state = Needs(1)

    class CallsView(BaseView):
        async def mount(self) -> None:
            await super().mount()

    with pytest.raises(ViewDefinitionError, match="cannot be made without arguments"):

        class ForgetsView(BaseView):
            async def mount(self) -> None:
                pass
