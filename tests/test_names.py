"""What names tell: their words, and whether what is called so is a secret."""

from __future__ import annotations

import pytest

from wirebird.gen.naming import Named
from wirebird.names import is_secret, words_of
from wirebird.new import module_name


@pytest.mark.parametrize(
    "text", ["HTTPShop", "HTTP shop", "http-shop", "http_shop", "httpShop", " http  shop!"]
)
def test_a_name_has_the_same_words_however_it_is_written(text: str):
    assert words_of(text) == ["http", "shop"]
    assert module_name(text) == Named.of(text).snake == "http_shop"


@pytest.mark.parametrize(
    "name",
    ["password", "user_passwd", "pass", "passcode", "client_secret", "authToken", "csrf", "apiKey",
     "key", "signing_keys", "credentials", "private_note", "card", "cardNumber", "credit_card",
     "cvc", "pin"],
)  # fmt: skip
def test_what_is_called_so_is_not_shown(name: str):
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["passenger", "compass", "keyboard", "monkey", "cards", "card_title", "spin", "name"]
)
def test_what_is_called_so_is_shown(name: str):
    assert not is_secret(name)
