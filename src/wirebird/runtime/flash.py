"""The flash on its way from one page to the next, through the browser.

The rule: a message is for the visitor whom a view wrote it for, and for the next minute.
"""

from __future__ import annotations

from wirebird.wire.tokens import Signer, TokenInvalid

FLASH_SECONDS = 60.0
"""How long a message may take to the page that shows it."""

_SALT = "flash"


def sign_flash(signer: Signer, flash: dict[str, str], visitor: str) -> str:
    """Return the token that carries a flash to this visitor's next page."""
    return signer.sign({"visitor": visitor, "flash": flash}, _SALT)


def flash_of(signer: Signer, token: str, visitor: str) -> dict[str, str]:
    """Return the flash that a token carries.

    Raises:
        TokenError: It cannot be trusted, is another visitor's, or came too late.
    """
    data = signer.verify(token, _SALT, FLASH_SECONDS)
    if data["visitor"] != visitor:
        raise TokenInvalid("the flash is another visitor's")
    return dict(data["flash"])
