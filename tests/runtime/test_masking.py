"""What is shown of a state has no secrets in it, whatever they stand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wirebird.runtime.masking import secrets_in, shown_fields, without_secrets


class Pair(NamedTuple):
    user: str
    password: str


class Account:
    def __repr__(self) -> str:
        return "Account(name='ann', api_token='sesame-1', logins=3)"


@dataclass
class State:
    pair: Pair = field(default_factory=lambda: Pair("ann", "sesame-2"))
    account: Account = field(default_factory=Account)
    url: str = "postgresql://ann:sesame-3@db/shop"
    options: dict[str, Any] = field(default_factory=lambda: {"a": [{"secret": "sesame-4"}]})
    password: str = "sesame-5"
    greeting: str = "your password is sesame-5"
    count: int = 3


def test_secrets_are_hidden_by_name_at_any_depth_and_wherever_else_they_stand() -> None:
    shown = dict(shown_fields(State()))
    assert "sesame" not in str(shown)
    assert shown["count"] == "3"
    assert shown["account"] == "Account(name='ann', api_token=(hidden), logins=3)"
    assert shown["greeting"] == "'your password is (hidden)'"


def test_signed_tokens_are_hidden_in_texts() -> None:
    assert without_secrets('<div data="eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3">') == (
        '<div data="(hidden)">'
    )


def test_the_secrets_of_what_holds_itself_are_found_in_bounded_time() -> None:
    state = State()
    state.options["self"] = state
    assert secrets_in(state) == {"sesame-5"}
