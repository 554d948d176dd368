{% if cookiecutter.auth %}
"""Passwords, as argon2 hashes."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

hasher = PasswordHasher()
of_nobody = hasher.hash(secrets.token_urlsafe(32))
# Each hash takes 64 MiB, so that only as many are made at a time.
_threads = ThreadPoolExecutor(2, "argon2")


async def hash_of(password: str) -> str:
    """Return what is kept of a password."""
    return await asyncio.get_running_loop().run_in_executor(_threads, hasher.hash, password)


async def is_right(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is right; it takes as long for None, when there is no such user."""
    return await asyncio.get_running_loop().run_in_executor(
        _threads, _verify, password_hash, password
    )


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        hasher.verify(password_hash or of_nobody, password)
    except VerifyMismatchError:
        return False
    return password_hash is not None
{% endif %}
