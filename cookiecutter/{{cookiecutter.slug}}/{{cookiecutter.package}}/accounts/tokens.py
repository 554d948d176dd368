{% if cookiecutter.auth %}
"""Tokens: issued once, good for one purpose and for a time, kept as a hash."""

import hashlib
import secrets
import time
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from {{ cookiecutter.package }}.accounts.tables import Token

Purpose = Literal["ticket", "reset", "login", "remembered"]

SECONDS: dict[Purpose, int] = {
    "ticket": 60,  # from a view that knows who it is to the request that sets the cookie
    "reset": 3600,
    "login": 24 * 3600,
    "remembered": 14 * 24 * 3600,
}
LOGINS: tuple[Purpose, ...] = ("login", "remembered")


async def issue(database: AsyncSession, user_id: int, purpose: Purpose) -> tuple[str, Token]:
    """Return a new token: what its holder is given, and what is kept."""
    secret, now = secrets.token_urlsafe(32), int(time.time())
    await database.execute(delete(Token).where(Token.expires <= now))
    expires = now + SECONDS[purpose]
    token = Token(user_id=user_id, purpose=purpose, digest=_digest(secret), expires=expires)
    database.add(token)
    await database.flush()
    return secret, token


async def find(database: AsyncSession, secret: str, *purposes: Purpose) -> Token | None:
    """Return what is kept of a token that is still good for one of the purposes."""
    return await database.scalar(
        select(Token).where(
            Token.digest == _digest(secret),
            Token.purpose.in_(purposes),
            Token.expires > int(time.time()),
        )
    )


async def redeem(database: AsyncSession, secret: str, *purposes: Purpose) -> Token | None:
    """Return what was kept of a token, which is no longer good: of two who try, one gets it."""
    token = await find(database, secret, *purposes)
    if token is None:
        return None
    gone = delete(Token).where(Token.id == token.id).returning(Token.id)
    return token if await database.scalar(gone) is not None else None


async def revoke(database: AsyncSession, user_id: int) -> list[int]:
    """Take all tokens of a user back, and return their ids."""
    gone = delete(Token).where(Token.user_id == user_id).returning(Token.id)
    return list(await database.scalars(gone))


def _digest(secret: str) -> bytes:
    # Nobody can guess 256 random bits, so that a fast hash is enough.
    return hashlib.sha256(secret.encode()).digest()
{% endif %}
