"""An error as a developer reads it says what they need, and no secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from jinja2 import Environment, UndefinedError
from pydantic import BaseModel, SecretStr

from wirebird import LiveView
from wirebird.runtime.error_page import editor_link, report


class Card(BaseModel):
    holder: str = "<Ada>"
    api_key: str = "deep-hidden"
    pin: SecretStr = SecretStr("sealed-hidden")


class Odd:
    def __repr__(self) -> str:
        raise RuntimeError


@dataclass
class Shop:
    monkeys: int = 3
    password: str = "plain-hidden"
    shop_token: str = "token-hidden"
    card: Card = field(default_factory=Card)
    cards: list[Card] = field(default_factory=lambda: [Card()])
    options: dict[str, str] = field(default_factory=lambda: {"secret": "dict-hidden"})
    odd: Odd = field(default_factory=Odd)


class ShopView(LiveView[Shop]):
    html = "<p></p>"


def broken(view: Any) -> Exception:
    try:
        raise KeyError("<no such row>")
    except KeyError as error:
        error.add_note("while <rendering>")
        return error


def told() -> str:
    view = ShopView.__new__(ShopView)
    view.state = Shop()
    return report(broken(view), ShopView)


def test_it_says_what_was_raised_where_and_what_the_state_was():
    html = told()
    assert "KeyError in ShopView" in html
    assert "while &lt;rendering&gt;" in html
    assert "test_error_page.py:" in html
    assert 'class="line marked"' in html
    assert "monkeys" in html
    assert "&lt;Ada&gt;" in html
    assert "<no such row>" not in html


def test_it_says_no_secrets_however_deep_they_lie():
    assert "-hidden" not in told().partition("The state")[2].partition("<details>")[0]


def test_what_cannot_be_shown_does_not_hide_the_rest():
    assert "cannot be shown: RuntimeError" in told()


def test_a_place_is_opened_in_the_editor_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
):
    assert editor_link(__file__, 7) == f"vscode://file{__file__}:7"
    monkeypatch.setenv("WIREBIRD_EDITOR", "idea://open?file={path}&line={line}")
    assert editor_link(__file__, 7) == f"idea://open?file={__file__}&line=7"
    monkeypatch.setenv("WIREBIRD_EDITOR", "")
    assert editor_link(__file__, 7) == ""
    assert editor_link("<string>", 7) == ""


class ShownView(LiveView[Shop]):
    def render(self) -> Any: ...


def test_what_is_wrong_with_a_t_string_has_the_place_of_the_render_that_made_it():
    view = ShownView.__new__(ShownView)
    view.state = Shop()
    html = report(ValueError("a quote is missing"), ShownView, view)
    marked = html.partition('class="line marked"')[2].partition("</pre>")[0]
    assert "def render(self)" in marked
    assert f"vscode://file{__file__}:" in html


class MissingGreenlet(Exception):
    """As SQLAlchemy's."""


def used_before_awaited() -> None:
    async def load() -> list[str]:
        return []

    loading: Any = load()
    try:
        list(loading)
    finally:
        loading.close()


def misspelt() -> None:
    state: Any = Shop()
    state.monkyes += 1


def lazily_loaded() -> None:
    raise MissingGreenlet("greenlet_spawn has not been called")


def without_a_caller() -> None:
    Environment().from_string(
        "{% macro a() %}{{ caller() }}{% endmacro %}"
        "{% macro b() %}{% call a() %}{{ caller() }}{% endcall %}{% endmacro %}{{ b() }}"
    ).render()


@pytest.mark.parametrize(
    ("mistake", "advice"),
    [
        (used_before_awaited, "write await before the call"),
        (misspelt, "did you mean &#x27;monkeys&#x27;?"),
        (lazily_loaded, "selectinload"),
        (without_a_caller, "keep it before that by {% set body = caller() %}"),
    ],
)
def test_it_says_what_to_do_about_errors_that_do_not(mistake: Callable[[], None], advice: str):
    with pytest.raises((MissingGreenlet, AttributeError, TypeError, UndefinedError)) as raised:
        mistake()
    html = report(raised.value, ShopView)
    assert advice in html.partition('class="note">')[2].partition("</pre>")[0]
