"""Signed tokens that travel through the browser, and the tokens against forged requests.

The rule: nothing of a token is read before its signature holds, only JSON is ever read, and
comparisons take the same time whatever the client sent.
"""

from __future__ import annotations

import binascii
import hmac
import os
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from typing_extensions import TypeIs

from wirebird.errors import WirebirdError
from wirebird.jsonable import jsonable
from wirebird.wire.signing import TimedSigner, decoded, encoded

MAX_TOKEN_SIZE = 64 * 1024
"""Longest token, in characters."""

MIN_SECRET_LENGTH = 32
"""Shortest secret key, in characters."""

_CSRF_SECRET_SIZE = 24
_CSRF_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
_CSRF_TOKEN = re.compile(r"[A-Za-z0-9_-]{64}")


class TokenError(WirebirdError, ValueError):
    """A token that cannot be trusted."""


class TokenInvalid(TokenError):
    """It was not signed here, or for something else, or was changed."""


class TokenExpired(TokenError):
    """It was signed here, but too long ago."""


def check_secret(secret: str) -> str:
    """Return the secret key if it is long enough to sign with.

    Raises:
        TypeError: It is not a string.
        ValueError: It has fewer than 32 characters.
    """
    if not isinstance(secret, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"the secret key must be a string, got {type(secret).__name__}")
    if len(secret) < MIN_SECRET_LENGTH:
        raise ValueError(
            f"the secret key has {len(secret)} characters and needs at least {MIN_SECRET_LENGTH}; "
            "generate one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return secret


class Signer:
    """Signs and verifies JSON data, URL-safe and timed.

    Args:
        secret_key: The key that signs, at least 32 characters.
        previous: Older keys whose tokens still hold, so that the key can be changed without
            turning every open page stale.

    Example:
        ```python
        signer = Signer(secret_key)
        token = signer.sign({"user": 1}, "session")
        signer.verify(token, "session", max_age_seconds=3600)   # {"user": 1}
        ```
    """

    __slots__ = ("_keys", "_signers")

    def __init__(self, secret_key: str, previous: Sequence[str] = ()) -> None:
        if isinstance(previous, str):
            raise TypeError("previous must be a list of secret keys, got one string")
        keys = [*(check_secret(key) for key in previous), check_secret(secret_key)]
        self._keys = [key.encode() for key in keys]
        self._signers: dict[str, TimedSigner] = {}

    def sign(self, data: Any, salt: str) -> str:
        """Return a token that carries `data`: readable by all, changeable by nobody.

        Args:
            data: What JSON can express; it comes back as plain dicts, lists, strings, numbers.
            salt: What the token is for (`"session"`, `"upload"`): a token for one purpose is
                invalid for another. A constant of the program, never a client's input.

        Raises:
            TypeError: JSON has no equivalent of a value in `data`.
            ValueError: The token would be longer than 64 KiB.
        """
        body = msgspec.json.encode(data, enc_hook=jsonable)
        token = self._signer(salt).sign(encoded(body)).decode()
        if len(token) > MAX_TOKEN_SIZE:
            raise ValueError(
                f"the data makes a token of {len(token)} characters, more than {MAX_TOKEN_SIZE}: "
                "keep it on the server and sign its key"
            )
        return token

    def verify(self, token: str, salt: str, max_age_seconds: float) -> Any:
        """Return the data of a token.

        Args:
            token: What the client sent; of any type.
            salt: As it was signed with.
            max_age_seconds: How long a token is good for.

        Raises:
            TokenExpired: It is older than that.
            TokenInvalid: It was not made by `sign` with this salt and one of the keys.
        """
        if (
            not isinstance(token, str)  # pyright: ignore[reportUnnecessaryIsInstance]
            or len(token) > MAX_TOKEN_SIZE
            or not token.isascii()
        ):
            raise TokenInvalid("the token is not valid")
        try:
            body, age = self._signer(salt).unsign(token.encode())
            data = msgspec.json.decode(decoded(body))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise TokenInvalid("the token is not valid") from None
        if age > max_age_seconds:
            raise TokenExpired("the token has expired")
        return data

    def _signer(self, salt: str) -> TimedSigner:
        signer = self._signers.get(salt)
        if signer is None:
            purpose = b"wirebird:" + salt.encode()
            derived = [hmac.digest(key, purpose, "sha256") for key in reversed(self._keys)]
            signer = self._signers[salt] = TimedSigner(derived, "sha256")
        return signer

    def __repr__(self) -> str:
        return f"<Signer with {len(self._keys)} keys>"


def random_id(size: int) -> str:
    """Return random bytes as text for URLs, as `secrets.token_urlsafe` does, at half the cost."""
    return encoded(os.urandom(size)).decode()


def csrf_secret() -> str:
    """Return a new secret for a visitor's session, from which the pages' tokens are made."""
    return random_id(_CSRF_SECRET_SIZE)


def is_csrf_secret(secret: object) -> TypeIs[str]:
    """Tell whether something was made by `csrf_secret`."""
    return isinstance(secret, str) and _bytes_of(secret) is not None


@lru_cache(maxsize=1024)  # a page, its socket and the next pages are of one
def _bytes_of(secret: str) -> bytes | None:
    """Return what a secret says; None if it was not made by `csrf_secret`."""
    return None if _CSRF_SECRET.fullmatch(secret) is None else _plain(secret)


def mask(secret: str) -> str:
    """Return a token of the session's secret for one page.

    It differs each time, so that an attacker who watches the size of compressed pages (BREACH)
    learns nothing of the secret.

    Raises:
        ValueError: The secret was not made by `csrf_secret`.
    """
    plain = _bytes_of(secret)
    if plain is None:
        raise ValueError("the secret was not made by csrf_secret(): make a new one")
    pad = os.urandom(_CSRF_SECRET_SIZE)
    return encoded(pad + _xor(plain, pad)).decode()


def csrf_valid(secret: object, token: object) -> bool:
    """Tell whether a token was made from the session's secret; both may be anything."""
    plain = _bytes_of(secret) if isinstance(secret, str) else None
    if plain is None:
        return False
    if not isinstance(token, str) or _CSRF_TOKEN.fullmatch(token) is None:
        return False
    masked = _plain(token)
    pad, rest = masked[:_CSRF_SECRET_SIZE], masked[_CSRF_SECRET_SIZE:]
    return hmac.compare_digest(_xor(rest, pad), plain)


def _plain(text: str) -> bytes:
    return binascii.a2b_base64(text.translate(_TO_STANDARD))


_TO_STANDARD = str.maketrans("-_", "+/")


def _xor(left: bytes, right: bytes) -> bytes:
    size = len(left)
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(size, "big")
