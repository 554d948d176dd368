from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pickle
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import TimestampSigner

from wirebird.wire.signing import CLOCK_SKEW_SECONDS
from wirebird.wire.tokens import (
    MAX_TOKEN_SIZE,
    Signer,
    TokenError,
    TokenExpired,
    TokenInvalid,
    check_secret,
    csrf_secret,
    csrf_valid,
    mask,
)

KEY = "k" * 40
OLD_KEY = "o" * 40
DATA = {"view": "app:Counter", "session": {"user": 1}, "list": [None, True, "é"]}


@pytest.fixture
def signer() -> Signer:
    return Signer(KEY)


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch):
    def forward(seconds: float) -> None:
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + seconds)

    return forward


def test_a_token_gives_its_data_back(signer: Signer):
    token = signer.sign(DATA, "session")
    assert signer.verify(token, "session", 10) == DATA
    assert Signer(KEY).verify(token, "session", 10) == DATA


def test_a_token_is_safe_in_urls_and_attributes(signer: Signer):
    token = signer.sign({"text": "<>&\"'/+=" * 20}, "session")
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_token_for_one_purpose_is_invalid_for_another(signer: Signer):
    token = signer.sign(DATA, "session")
    with pytest.raises(TokenInvalid):
        signer.verify(token, "upload", 10)


def test_a_token_expires(signer: Signer, wait: Any):
    token = signer.sign(DATA, "session")
    wait(100)
    assert signer.verify(token, "session", 110) == DATA
    with pytest.raises(TokenExpired):
        signer.verify(token, "session", 90)


def test_a_machine_whose_clock_is_a_little_ahead_may_sign(signer: Signer, wait: Any):
    token = signer.sign(DATA, "session")
    wait(-CLOCK_SKEW_SECONDS / 2)
    assert signer.verify(token, "session", 10) == DATA
    wait(-CLOCK_SKEW_SECONDS * 2)
    with pytest.raises(TokenInvalid):
        signer.verify(token, "session", 10)


def test_a_token_of_a_previous_key_still_holds():
    token = Signer(OLD_KEY).sign(DATA, "session")
    assert Signer(KEY, [OLD_KEY]).verify(token, "session", 10) == DATA
    with pytest.raises(TokenInvalid):
        Signer(KEY).verify(token, "session", 10)


def test_the_current_key_signs():
    token = Signer(KEY, [OLD_KEY]).sign(DATA, "session")
    assert Signer(KEY).verify(token, "session", 10) == DATA


@given(st.data())
def test_a_changed_token_is_invalid(data: st.DataObject):
    token = Signer(KEY).sign(DATA, "session")
    at = data.draw(st.integers(0, len(token) - 1))
    changed = token[:at] + data.draw(st.sampled_from("Aa0-_.\x00é")) + token[at + 1 :]
    try:
        # The last character of unpadded base64 has bits that carry nothing.
        assert Signer(KEY).verify(changed, "session", 10) == DATA
        assert changed == token or at == len(token) - 1
    except TokenInvalid:
        assert changed != token


@given(st.text(alphabet=st.characters(exclude_categories=[])) | st.text(alphabet="aA0.-_="))
def test_an_arbitrary_text_is_invalid(token: str):
    with pytest.raises(TokenInvalid):
        Signer(KEY).verify(token, "session", 10)


@pytest.mark.parametrize("token", [None, 1, b"a.b.c", ["a"], {}, ""])
def test_what_is_no_text_is_invalid(signer: Signer, token: Any):
    with pytest.raises(TokenInvalid):
        signer.verify(token, "session", 10)


def test_an_oversize_token_is_refused_and_never_made(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
):
    signer.sign("x" * (MAX_TOKEN_SIZE // 2), "session")
    with pytest.raises(ValueError, match="keep it on the server"):
        signer.sign("x" * MAX_TOKEN_SIZE, "session")

    def unreachable(*args: Any) -> Any:
        raise AssertionError("an oversize token was looked at")

    monkeypatch.setattr(Signer, "_signer", unreachable)
    with pytest.raises(TokenInvalid):
        signer.verify("x" * (MAX_TOKEN_SIZE + 1), "session", 10)


def reference(salt: str) -> TimestampSigner:
    """Return what itsdangerous makes the same tokens with."""
    derived = hmac.digest(KEY.encode(), b"wirebird:" + salt.encode(), "sha256")
    return TimestampSigner(derived, key_derivation="none", digest_method=hashlib.sha256)


@given(st.recursive(st.text() | st.integers(-9, 9) | st.booleans(), st.lists), st.text())
def test_tokens_are_those_of_itsdangerous(data: Any, salt: str):
    signer = Signer(KEY)
    token = signer.sign(data, salt)
    body = reference(salt).unsign(token)
    assert json.loads(base64.urlsafe_b64decode(body + b"==")) == data
    assert signer.verify(reference(salt).sign(body).decode(), salt, 10) == data


def test_only_json_is_signed(signer: Signer):
    body = signer.sign(DATA, "session").partition(".")[0]
    assert json.loads(base64.urlsafe_b64decode(body + "==")) == DATA
    with pytest.raises(TypeError):
        signer.sign(object(), "session")


def test_signed_bytes_that_are_no_json_are_invalid(signer: Signer):
    pickled = base64.urlsafe_b64encode(pickle.dumps(DATA)).rstrip(b"=")
    token = reference("session").sign(pickled).decode()
    with pytest.raises(TokenInvalid):
        signer.verify(token, "session", 10)


def test_errors_say_nothing_of_the_token_or_the_key(signer: Signer):
    token = signer.sign(DATA, "session")
    with pytest.raises(TokenError) as caught:
        signer.verify(token, "upload", 10)
    assert str(caught.value) == "the token is not valid"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert KEY not in repr(signer)


def test_a_short_secret_is_refused_with_a_way_to_make_one():
    with pytest.raises(ValueError, match=r"at least 32.*secrets\.token_urlsafe"):
        check_secret("x" * 31)
    with pytest.raises(ValueError, match="at least 32"):
        Signer("short")
    with pytest.raises(ValueError, match="at least 32"):
        Signer(KEY, ["short"])
    assert check_secret("x" * 32) == "x" * 32


def test_a_secret_of_another_type_is_refused():
    with pytest.raises(TypeError, match="got NoneType"):
        check_secret(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a list of secret keys"):
        Signer(KEY, OLD_KEY)


def test_a_csrf_token_is_valid_for_its_secret_only():
    secret = csrf_secret()
    assert csrf_valid(secret, mask(secret))
    assert not csrf_valid(csrf_secret(), mask(secret))


def test_each_page_gets_another_csrf_token():
    secret = csrf_secret()
    tokens = {mask(secret) for _ in range(20)}
    assert len(tokens) == 20
    assert all(secret not in token and csrf_valid(secret, token) for token in tokens)


@given(st.data())
def test_a_changed_csrf_token_is_invalid(data: st.DataObject):
    secret = csrf_secret()
    token = mask(secret)
    at = data.draw(st.integers(0, len(token) - 1))
    changed = token[:at] + data.draw(st.sampled_from("Aa0-_=\né")) + token[at + 1 :]
    assert csrf_valid(secret, changed) == (changed == token)


@pytest.mark.parametrize("token", [None, "", "x", "x" * 63, 3, b"x" * 64, "é" * 64, "x" * 65])
def test_what_is_no_csrf_token_is_invalid(token: Any):
    assert not csrf_valid(csrf_secret(), token)


@pytest.mark.parametrize("secret", [None, "", "short", 3, "é" * 32])
def test_without_a_secret_no_csrf_token_is_valid(secret: Any):
    assert not csrf_valid(secret, mask(csrf_secret()))


def test_masking_what_is_no_secret_is_refused():
    with pytest.raises(ValueError, match="csrf_secret"):
        mask("short")
