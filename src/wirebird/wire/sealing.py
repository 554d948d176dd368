"""Seals what a store keeps: encrypted, and opened only for what it was sealed for.

The rule: nothing of what was sealed is returned before all of it, and its context, is known to be
what was sealed with one of our keys.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wirebird.errors import WirebirdError
from wirebird.wire.tokens import check_secret

VERSION = b"\x01"
OVERHEAD = 29
"""By how many bytes what is sealed is longer: the version, a nonce, a tag."""

_INFO = b"wirebird: states in a store, 1"
_NONCE = 12
_TAG = 16


class SealError(WirebirdError, ValueError):
    """It was not sealed with one of our keys, or for something else, or was changed."""


class Sealer:
    """Encrypts and authenticates bytes, by AES-GCM with a key that is made of the secret key.

    Args:
        secret_key: The key that seals, at least 32 characters.
        previous_keys: Older keys; what they sealed is still opened.

    Example:
        ```python
        sealer = Sealer(secret_key)
        sealed = sealer.seal(b"...", "visitor 1")
        sealer.open(sealed, "visitor 1")   # b"..."
        sealer.open(sealed, "visitor 2")   # raises SealError
        ```
    """

    __slots__ = ("_keys",)

    def __init__(self, secret_key: str, previous_keys: Sequence[str] = ()) -> None:
        keys = (secret_key, *reversed(previous_keys))
        self._keys = [AESGCM(_derived(check_secret(key))) for key in keys]

    def seal(self, data: bytes, context: str) -> bytes:
        """Return the bytes so that nobody without the key can read or change them.

        Args:
            data: What to seal.
            context: What it is for, which must be said again to open it. It is not kept.
        """
        nonce = os.urandom(_NONCE)
        return b"%b%b%b" % (VERSION, nonce, self._keys[0].encrypt(nonce, data, _bound(context)))

    def open(self, sealed: bytes, context: str) -> bytes:
        """Return what was sealed.

        Args:
            sealed: What `seal` returned.
            context: The same as when it was sealed.

        Raises:
            SealError: No key of ours sealed this for this context, or it was changed.
        """
        if len(sealed) < OVERHEAD or sealed[:1] != VERSION:
            raise SealError("this is nothing that was sealed here, or by a later version")
        nonce, body, bound = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], _bound(context)
        for key in self._keys:
            try:
                return key.decrypt(nonce, body, bound)
            except InvalidTag:
                continue
        raise SealError("sealed with another key, for another context, or changed since")


def mark(sealed: bytes) -> bytes:
    """Return what tells something that was sealed from all else that ever is."""
    return sealed[-_TAG:]


def _derived(secret: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=_INFO).derive(secret.encode())


def _bound(context: str) -> bytes:
    return VERSION + context.encode("utf-8", "surrogatepass")
